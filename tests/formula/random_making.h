/** @file random_making.h
 * Making random formulas.
 */
#ifndef PRODA_TESTS_FORMULA_RANDOM_MAKING_H
#define PRODA_TESTS_FORMULA_RANDOM_MAKING_H

#include <proda/random.h>

#include "random_formula.h"

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

#endif
