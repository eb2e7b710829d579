/** @file random_formula.h
 * Random formulas as what they mean: a tree that knows nothing of the framework's, with an
 * evaluation of its own in long double that carries a bound of the error of doubles along.
 */
#ifndef PRODA_TESTS_FORMULA_RANDOM_FORMULA_H
#define PRODA_TESTS_FORMULA_RANDOM_FORMULA_H

#include <stdbool.h>
#include <stdlib.h>

#include "testing.h"

enum { FORMULA_LAYERS = 4, FORMULA_MONTHS = 6, FORMULA_NODES = 4000 };

/** Everything that a formula can name; plain numbers first, then times in days. */
enum formula_leaf {
  LEAF_P, /**< parameters */
  LEAF_R,
  LEAF_SCALAR, /**< drivers */
  LEAF_LAYER,
  LEAF_MONTH,
  LEAF_BOTH,
  LEAF_DZ, /**< grid */
  LEAF_NODE,
  LEAF_TOP,
  LEAF_SETTING,
  LEAF_A, /**< pools */
  LEAF_B,
  LEAF_TIME_YEARS, /**< a parameter */
  LEAF_TIME_DAYS,  /**< drivers */
  LEAF_TIME_HOURS,
  N_LEAVES,
};

enum formula_op {
  FORM_NUMBER,
  FORM_LEAF,
  FORM_NEGATE,
  FORM_ADD,
  FORM_SUBTRACT,
  FORM_MULTIPLY,
  FORM_DIVIDE, /**< by abs(b) + 0.5 */
  FORM_SQUARE,
  FORM_POWER, /**< (abs(a) + 0.1) ^ b, b within -2..2 */
  FORM_EXP,   /**< of -abs(a) */
  FORM_LOG,   /**< of abs(a) + 0.2 */
  FORM_ROOT,  /**< of abs(a) */
  FORM_MIN,
  FORM_MAX,
  FORM_WHERE, /**< a condition, b, c */
  FORM_SUM,
  FORM_MEAN,
  FORM_LEAST,
  FORM_GREATEST,
  FORM_CUMULATIVE,
  FORM_BELOW,
  FORM_CHANGE,
  FORM_RATIO, /**< of two times */
  FORM_LESS,  /**< conditions */
  FORM_AND,
  FORM_OR,
  FORM_NOT,
  FORM_ANY,
  FORM_ALL,
};

struct formula {
  enum formula_op op;
  double number;
  enum formula_leaf leaf;
  bool by_month; /**< of what goes over an axis */
  unsigned dims; /**< 1 layer, 2 month */
  const struct formula *a, *b, *c;
};

/** Where and with which numbers a formula is evaluated. */
struct formula_place {
  long double parameter[3]; /**< p, r, years */
  long double scalar, layer[FORMULA_LAYERS], month[FORMULA_MONTHS];
  long double both[FORMULA_LAYERS][FORMULA_MONTHS];
  long double days[FORMULA_LAYERS], hours[FORMULA_MONTHS];
  long double pool[2][FORMULA_LAYERS];
  long double setting;
};

static const double formula_dz[] = {0.1, 0.2, 0.3, 0.4};
static const double formula_node[] = {0.05, 0.2, 0.45, 0.8};
static const double formula_interface[] = {0.1, 0.3, 0.6, 1.0};

/** A value, and how wrong doubles may have it; `doubtful` where a comparison hangs on rounding. */
struct formula_value {
  long double x, error;
  bool doubtful;
};

static inline struct formula_value formula_evaluate(const struct formula *f,
                                                    const struct formula_place *at, int layer,
                                                    int month);

static inline long double formula_leaf(const struct formula *f, const struct formula_place *at,
                                       int layer, int month)
{
  switch (f->leaf) {
  case LEAF_P:
    return at->parameter[0];
  case LEAF_R:
    return at->parameter[1];
  case LEAF_SCALAR:
    return at->scalar;
  case LEAF_LAYER:
    return at->layer[layer];
  case LEAF_MONTH:
    return at->month[month];
  case LEAF_BOTH:
    return at->both[layer][month];
  case LEAF_DZ:
    return formula_dz[layer];
  case LEAF_NODE:
    return formula_node[layer];
  case LEAF_TOP:
    return layer > 0 ? formula_interface[layer - 1] : 0;
  case LEAF_SETTING:
    return at->setting;
  case LEAF_A:
  case LEAF_B:
    return at->pool[f->leaf - LEAF_A][layer];
  case LEAF_TIME_YEARS:
    return at->parameter[2] * 365;
  case LEAF_TIME_DAYS:
    return at->days[layer];
  default:
    return at->hours[month] / 24;
  }
}

static inline long double formula_combine(enum formula_op op, long double so_far, long double next)
{
  switch (op) {
  case FORM_LEAST:
    return next < so_far ? next : so_far;
  case FORM_GREATEST:
    return next > so_far ? next : so_far;
  case FORM_ANY:
    return so_far != 0 || next != 0;
  case FORM_ALL:
    return so_far != 0 && next != 0;
  default:
    return so_far + next;
  }
}

/** Entries first..last along the axis, combined. */
static inline struct formula_value formula_over(const struct formula *f,
                                                const struct formula_place *at, int layer,
                                                int month, int first, int last)
{
  struct formula_value all = {0, 0, false};
  for (int k = first; k <= last; k++) {
    struct formula_value v =
        formula_evaluate(f->a, at, f->by_month ? layer : k, f->by_month ? k : month);
    all.x = k == first ? v.x : formula_combine(f->op, all.x, v.x);
    all.error += v.error;
    all.doubtful = all.doubtful || v.doubtful;
  }
  return all;
}

static inline struct formula_value formula_reduce(const struct formula *f,
                                                  const struct formula_place *at, int layer,
                                                  int month)
{
  int n = f->by_month ? FORMULA_MONTHS : FORMULA_LAYERS;
  struct formula_value v;
  switch (f->op) {
  case FORM_CUMULATIVE:
    return formula_over(f, at, layer, month, 0, layer);
  case FORM_BELOW:
    return formula_over(f, at, layer, month, layer + 1, n - 1);
  default:
    v = formula_over(f, at, layer, month, 0, n - 1);
  }
  if (f->op == FORM_MEAN) {
    v.x /= n;
    v.error /= n;
  }
  return v;
}

static inline struct formula_value formula_arithmetic(const struct formula *f,
                                                      struct formula_value a,
                                                      struct formula_value b)
{
  struct formula_value v = {0, 0, a.doubtful || b.doubtful};
  long double base = fabsl(a.x), divisor = fabsl(b.x) + 0.5L;
  switch (f->op) {
  case FORM_NEGATE:
    v.x = -a.x, v.error = a.error;
    break;
  case FORM_ADD:
    v.x = a.x + b.x, v.error = a.error + b.error;
    break;
  case FORM_SUBTRACT:
    v.x = a.x - b.x, v.error = a.error + b.error;
    break;
  case FORM_MULTIPLY:
    v.x = a.x * b.x, v.error = fabsl(a.x) * b.error + fabsl(b.x) * a.error;
    break;
  case FORM_DIVIDE:
    v.x = a.x / divisor, v.error = a.error / divisor + fabsl(v.x) * b.error / divisor;
    break;
  case FORM_RATIO:
    v.x = a.x / b.x, v.error = a.error / fabsl(b.x) + fabsl(v.x) * b.error / fabsl(b.x);
    break;
  case FORM_SQUARE:
    v.x = a.x * a.x, v.error = 2 * base * a.error;
    break;
  case FORM_POWER:
    v.x = powl(base + 0.1L, b.x);
    v.error = v.x * (fabsl(b.x) * a.error / (base + 0.1L) +
                     fabsl(logl(base + 0.1L)) * (b.error + 1e-16L * fabsl(b.x)));
    break;
  case FORM_EXP:
    v.x = expl(-base), v.error = v.x * a.error;
    break;
  case FORM_LOG:
    v.x = logl(base + 0.2L), v.error = a.error / (base + 0.2L) + 1e-16L;
    break;
  case FORM_ROOT:
    v.x = sqrtl(base), v.error = base > 0 ? a.error / v.x : sqrtl(a.error);
    break;
  case FORM_MIN:
  case FORM_MAX:
    v.x = (a.x < b.x) == (f->op == FORM_MIN) ? a.x : b.x, v.error = a.error + b.error;
    break;
  case FORM_LESS:
    v.x = a.x < b.x;
    v.doubtful = v.doubtful || fabsl(a.x - b.x) <= 100 * (a.error + b.error) + 1e-13L;
    break;
  case FORM_AND:
    v.x = a.x != 0 && b.x != 0;
    break;
  case FORM_OR:
    v.x = a.x != 0 || b.x != 0;
    break;
  case FORM_NOT:
    v.x = a.x == 0;
    break;
  default:
    fail();
  }
  v.error += 2e-16L * fabsl(v.x);
  return v;
}

static inline struct formula_value formula_evaluate(const struct formula *f,
                                                    const struct formula_place *at, int layer,
                                                    int month)
{
  struct formula_value a = {0, 0, false}, b = {0, 0, false};
  bool reduces = f->op >= FORM_SUM && f->op <= FORM_BELOW;
  if (f->op == FORM_NUMBER || f->op == FORM_LEAF) {
    a.x = f->op == FORM_NUMBER ? f->number : formula_leaf(f, at, layer, month);
    a.error = 2e-16L * fabsl(a.x);
    return a;
  }
  if (reduces || f->op == FORM_ANY || f->op == FORM_ALL)
    return formula_reduce(f, at, layer, month);
  a = formula_evaluate(f->a, at, layer, month);
  if (f->op == FORM_CHANGE) {
    b = layer > 0 ? formula_evaluate(f->a, at, layer - 1, month)
                  : formula_evaluate(f->b, at, layer, month);
    return (struct formula_value){a.x - b.x, a.error + b.error, a.doubtful || b.doubtful};
  }
  if (f->op == FORM_WHERE) {
    b = formula_evaluate(a.x != 0 ? f->b : f->c, at, layer, month);
    b.doubtful = b.doubtful || a.doubtful;
    return b;
  }
  if (f->b)
    b = formula_evaluate(f->b, at, layer, month);
  return formula_arithmetic(f, a, b);
}

#endif
