/** @file weighted.h
 * Statistics of values that count by weight. Weights are finite and above 0; the rest is the
 * caller's to remove.
 */
#ifndef PRODA_STATS_WEIGHTED_H
#define PRODA_STATS_WEIGHTED_H

#include <stddef.h>

struct proda_weighted {
  double value, weight;
};

/** Kish's effective number of values, (sum w)^2 / sum w^2 (Kish 1965, Survey Sampling); NaN for
 * n = 0. */
double proda_effective_n(const struct proda_weighted *x, size_t n);

/** NaN for n = 0. */
double proda_weighted_mean(const struct proda_weighted *x, size_t n);

/** Sorts ascending by value, in place. */
void proda_weighted_sort(struct proda_weighted *x, size_t n);

/** Quantile of sorted values: type 7 with Kish's effective number of values (Akinshin 2023,
 * arXiv:2304.07265); of equal weights that of proda_quantile_sorted. NaN for n = 0 or p outside
 * [0,1]. */
double proda_weighted_quantile_sorted(const struct proda_weighted *x, size_t n, double p);

#endif
