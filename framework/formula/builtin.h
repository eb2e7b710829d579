/** @file builtin.h
 * The built-in functions of formulas, for the table in builtin.c. Each lowers a call of itself;
 * rules of units and axes: doc/formulas.md.
 */
#ifndef PRODA_FORMULA_BUILTIN_H
#define PRODA_FORMULA_BUILTIN_H

#include "formula/lower.h"

/** Argument i in the unit of `first`, which takes the other's where it is a plain 0. */
int proda_builtin_like(struct lowering *l, const struct proda_expression *e, size_t i,
                       struct term *first, struct term *out);

/* ---- builtin_axis.c ---- */

int proda_builtin_sum(struct lowering *l, const struct proda_expression *e, struct term *out);
int proda_builtin_mean(struct lowering *l, const struct proda_expression *e, struct term *out);
int proda_builtin_any(struct lowering *l, const struct proda_expression *e, struct term *out);
int proda_builtin_all(struct lowering *l, const struct proda_expression *e, struct term *out);
int proda_builtin_min(struct lowering *l, const struct proda_expression *e, struct term *out);
int proda_builtin_max(struct lowering *l, const struct proda_expression *e, struct term *out);
int proda_builtin_cumulative(struct lowering *l, const struct proda_expression *e,
                             struct term *out);
int proda_builtin_below(struct lowering *l, const struct proda_expression *e, struct term *out);
int proda_builtin_change(struct lowering *l, const struct proda_expression *e, struct term *out);

/* ---- builtin_choice.c ---- */

int proda_builtin_where(struct lowering *l, const struct proda_expression *e, struct term *out);
int proda_builtin_choose(struct lowering *l, const struct proda_expression *e, struct term *out);
int proda_builtin_prescribed(struct lowering *l, const struct proda_expression *e,
                             struct term *out);

#endif
