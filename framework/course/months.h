/** @file months.h
 * The terms of every month of a forcing record, each month in a lane of its own: they are computed
 * together, once, before a time course runs through them.
 */
#ifndef PRODA_COURSE_MONTHS_H
#define PRODA_COURSE_MONTHS_H

#include "matrix/structure.h"

struct proda_months;

/** For a structure made for one month and n months; or made for a whole record, and n = 1: the
 * record is then held as a whole, as at steady state. `structure` must outlive it. */
int proda_months_new(const struct proda_structure *structure, size_t n,
                     struct proda_months **months, struct proda_error *error);
void proda_months_free(struct proda_months *months);
size_t proda_months_count(const struct proda_months *months);

/** Computes the terms. forcing->driver holds all n months. PRODA_REJECT, with the reason, where the
 * forcing of a month is unusable or fractions sum to more than 1. */
int proda_months_attach(struct proda_months *months, const struct proda_forcing *forcing,
                        const double *parameter, struct proda_error *error);

/** The block that month k < n stands in, and its lane there. */
struct proda_block *proda_months_block(const struct proda_months *months, size_t k, int *slot);

#endif
