/** @file random_formula.h
 * Random formulas, as text and as what they mean: a tree that knows nothing of the framework's,
 * with an evaluation of its own in long double that carries a bound of the error of doubles along.
 */
#ifndef PRODA_TESTS_FORMULA_RANDOM_FORMULA_H
#define PRODA_TESTS_FORMULA_RANDOM_FORMULA_H

#include <stdbool.h>
#include <stdlib.h>

#include "testing.h"

#include <proda/random.h>

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

/* ---- evaluation ---- */

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

/* ---- making ---- */

/** What a formula may use. */
struct formula_maker {
  struct proda_random random;
  struct formula node[FORMULA_NODES];
  size_t n;
  bool pools; /**< and then nothing that goes over layers */
};

static inline size_t formula_draw(struct formula_maker *m, size_t n)
{
  size_t k = (size_t)(proda_random_uniform(&m->random) * (double)n);
  return k < n ? k : n - 1;
}

static inline const struct formula *formula_keep(struct formula_maker *m, struct formula f)
{
  assert_true(m->n < FORMULA_NODES);
  if (f.op != FORM_LEAF && f.op != FORM_NUMBER)
    f.dims = (f.a ? f.a->dims : 0) | (f.b ? f.b->dims : 0) | (f.c ? f.c->dims : 0);
  bool reduces =
      (f.op >= FORM_SUM && f.op <= FORM_GREATEST) || f.op == FORM_ANY || f.op == FORM_ALL;
  if (reduces)
    f.dims &= f.by_month ? 1u : 2u;
  if (f.op >= FORM_CUMULATIVE && f.op <= FORM_CHANGE)
    f.dims |= 1u;
  m->node[m->n] = f;
  return &m->node[m->n++];
}

static inline const struct formula *formula_make(struct formula_maker *m, int depth);

static inline const struct formula *formula_make_leaf(struct formula_maker *m)
{
  static const unsigned dims[N_LEAVES] = {0, 0, 0, 1, 2, 3, 1, 1, 1, 0, 1, 1, 0, 1, 2};
  if (formula_draw(m, 5) == 0)
    return formula_keep(
        m, (struct formula){.op = FORM_NUMBER, .number = (double)(1 + formula_draw(m, 300)) / 100});
  enum formula_leaf leaf = formula_draw(m, m->pools ? LEAF_B + 1 : LEAF_A);
  return formula_keep(m, (struct formula){.op = FORM_LEAF, .leaf = leaf, .dims = dims[leaf]});
}

/** A time: a leaf, a sum or the least of two, or one times a number. */
static inline const struct formula *formula_make_time(struct formula_maker *m, int depth)
{
  static const unsigned dims[] = {0, 1, 2};
  size_t k = depth > 0 ? formula_draw(m, 4) : 0;
  if (k == 0) {
    size_t leaf = formula_draw(m, 3);
    return formula_keep(
        m, (struct formula){.op = FORM_LEAF, .leaf = LEAF_TIME_YEARS + leaf, .dims = dims[leaf]});
  }
  const struct formula *a = formula_make_time(m, depth - 1), *b;
  b = k == 3 ? formula_keep(m, (struct formula){.op = FORM_NUMBER, .number = 1.5})
             : formula_make_time(m, depth - 1);
  return formula_keep(m, (struct formula){.op = k == 1   ? FORM_ADD
                                                : k == 2 ? FORM_MIN
                                                         : FORM_MULTIPLY,
                                          .a = a,
                                          .b = b});
}

static inline const struct formula *formula_make_condition(struct formula_maker *m, int depth)
{
  size_t k = depth > 1 ? formula_draw(m, 6) : 0;
  struct formula f = {.op = FORM_LESS};
  if (k <= 1 || k > 5) {
    f.a = formula_make(m, depth - 1);
    f.b = formula_make(m, depth - 1);
    return formula_keep(m, f);
  }
  f.a = formula_make_condition(m, depth - 1);
  f.op = k == 2 ? FORM_AND : k == 3 ? FORM_OR : FORM_NOT;
  if (k <= 3)
    f.b = formula_make_condition(m, depth - 1);
  if (k == 5 && f.a->dims & 2u) {
    f.op = formula_draw(m, 2) ? FORM_ANY : FORM_ALL;
    f.by_month = true;
  }
  return formula_keep(m, f);
}

/** Something over an axis along which the operand varies; a sum of it with itself else. */
static inline const struct formula *formula_make_over(struct formula_maker *m, int depth)
{
  struct formula f = {.op = FORM_SUM + formula_draw(m, 7), .a = formula_make(m, depth - 1)};
  bool layers = f.a->dims & 1u && !m->pools, months = f.a->dims & 2u;
  if (f.op >= FORM_CUMULATIVE && !months && !m->pools) {
    if (f.op == FORM_CHANGE || formula_draw(m, 3) == 0) {
      f.op = FORM_CHANGE;
      f.b = formula_keep(m, (struct formula){.op = FORM_NUMBER, .number = 0.75});
    }
    return formula_keep(m, f);
  }
  if (f.op >= FORM_CUMULATIVE)
    f.op = FORM_MEAN;
  f.by_month = months && (!layers || formula_draw(m, 2));
  if (layers || months)
    return formula_keep(m, f);
  f.op = FORM_ADD;
  f.b = f.a;
  return formula_keep(m, f);
}

static inline const struct formula *formula_make(struct formula_maker *m, int depth)
{
  if (depth <= 0)
    return formula_make_leaf(m);
  size_t k = formula_draw(m, 20);
  struct formula f = {.op = FORM_NEGATE + k};
  if (k > 12)
    return k > 17   ? formula_make_over(m, depth)
           : k > 15 ? formula_keep(m, (struct formula){.op = FORM_RATIO,
                                                       .a = formula_make_time(m, depth - 1),
                                                       .b = formula_make_time(m, depth - 1)})
                    : formula_keep(m, (struct formula){.op = FORM_MULTIPLY,
                                                       .a = formula_make(m, depth - 1),
                                                       .b = formula_make(m, depth - 1)});
  if (f.op == FORM_WHERE) {
    f.a = formula_make_condition(m, depth - 1);
    f.b = formula_make(m, depth - 1);
    f.c = formula_make(m, depth - 1);
    return formula_keep(m, f);
  }
  f.a = formula_make(m, depth - 1);
  bool two = (f.op >= FORM_ADD && f.op <= FORM_DIVIDE) || f.op == FORM_MIN || f.op == FORM_MAX;
  if (f.op == FORM_POWER)
    f.b = formula_draw(m, 2)
              ? formula_keep(m, (struct formula){.op = FORM_NUMBER,
                                                 .number = (double)formula_draw(m, 7) / 2 - 1})
              : formula_keep(m, (struct formula){.op = FORM_LEAF, .leaf = formula_draw(m, 2)});
  else if (two)
    f.b = formula_make(m, depth - 1);
  return formula_keep(m, f);
}

/** A formula without months. */
static inline const struct formula *formula_make_whole(struct formula_maker *m, int depth)
{
  const struct formula *f = formula_make(m, depth);
  if (f->dims & 2u)
    f = formula_keep(m, (struct formula){.op = FORM_MEAN, .by_month = true, .a = f});
  return f;
}

/* ---- text ---- */

static inline void formula_print(const struct formula *f, FILE *out);

static inline void formula_print_call(const char *name, const struct formula *f, FILE *out)
{
  fprintf(out, "%s(%s, ", name, f->by_month ? "month" : "layer");
  formula_print(f->a, out);
  if (f->b) {
    fputs(", ", out);
    formula_print(f->b, out);
  }
  fputc(')', out);
}

static inline void formula_print_infix(const char *before, const char *between, const char *after,
                                       const struct formula *f, FILE *out)
{
  fputs(before, out);
  formula_print(f->a, out);
  fputs(between, out);
  if (f->b)
    formula_print(f->b, out);
  fputs(after, out);
}

static inline void formula_print(const struct formula *f, FILE *out)
{
  static const char *const leaf[N_LEAVES] = {"p",
                                             "r",
                                             "scalar",
                                             "by_layer",
                                             "by_month",
                                             "by_both",
                                             "(dz / 1 [m])",
                                             "(node / 100 [cm])",
                                             "(top / 1 [m])",
                                             "extra",
                                             "(A / 1 [gC m-3])",
                                             "(B / 0.001 [kgC m-3])",
                                             "years",
                                             "days",
                                             "hours"};
  static const char *const over[] = {"sum", "mean", "min", "max", "cumulative", "below", "change"};
  switch (f->op) {
  case FORM_NUMBER:
    fprintf(out, "%.17g", f->number);
    break;
  case FORM_LEAF:
    fputs(leaf[f->leaf], out);
    break;
  case FORM_NEGATE:
    formula_print_infix("(-", "", ")", f, out);
    break;
  case FORM_ADD:
    formula_print_infix("(", " + ", ")", f, out);
    break;
  case FORM_SUBTRACT:
    formula_print_infix("(", " - ", ")", f, out);
    break;
  case FORM_MULTIPLY:
    formula_print_infix("(", " * ", ")", f, out);
    break;
  case FORM_DIVIDE:
    formula_print_infix("(", " / (abs(", ") + 0.5))", f, out);
    break;
  case FORM_RATIO:
    formula_print_infix("(", " / ", ")", f, out);
    break;
  case FORM_SQUARE:
    formula_print_infix("(", "", " ^ 2)", f, out);
    break;
  case FORM_POWER:
    formula_print_infix("((abs(", ") + 0.1) ^ ", ")", f, out);
    break;
  case FORM_EXP:
    formula_print_infix("exp(-abs(", "", "))", f, out);
    break;
  case FORM_LOG:
    formula_print_infix("log(abs(", "", ") + 0.2)", f, out);
    break;
  case FORM_ROOT:
    formula_print_infix("sqrt(abs(", "", "))", f, out);
    break;
  case FORM_MIN:
    formula_print_infix("min(", ", ", ")", f, out);
    break;
  case FORM_MAX:
    formula_print_infix("max(", ", ", ")", f, out);
    break;
  case FORM_LESS:
    formula_print_infix("(", " < ", ")", f, out);
    break;
  case FORM_AND:
    formula_print_infix("(", " and ", ")", f, out);
    break;
  case FORM_OR:
    formula_print_infix("(", " or ", ")", f, out);
    break;
  case FORM_NOT:
    formula_print_infix("(not ", "", ")", f, out);
    break;
  case FORM_ANY:
  case FORM_ALL:
    formula_print_call(f->op == FORM_ANY ? "any" : "all", f, out);
    break;
  case FORM_WHERE:
    fputs("where(", out);
    formula_print(f->a, out);
    fputs(", ", out);
    formula_print(f->b, out);
    fputs(", ", out);
    formula_print(f->c, out);
    fputc(')', out);
    break;
  default:
    formula_print_call(over[f->op - FORM_SUM], f, out);
  }
}

#endif
