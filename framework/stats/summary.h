/** @file summary.h
 * Small statistics of samples. NaN values are the caller's to remove.
 */
#ifndef PRODA_STATS_SUMMARY_H
#define PRODA_STATS_SUMMARY_H

#include <stddef.h>

/** NaN for n = 0. */
double proda_mean(const double *x, size_t n);
/** Divisor n - 1; NaN for n < 2. */
double proda_variance(const double *x, size_t n);
/** Sorts ascending, in place. */
void proda_sort(double *x, size_t n);
/** Quantile of type 7 of sorted values, a + f (b - a); NaN for n = 0 or p outside [0,1]. */
double proda_quantile_sorted(const double *x, size_t n, double p);

/** Agreement of model with observation: NSE = R2 against the observed mean (equation 1), RMSE, bias
 * = mean(model - obs), squared Pearson correlation. NaN where a value is not defined: all of them for
 * n = 0, nse for observations that do not vary, r2 where either does not. */
struct proda_skill {
  size_t n;
  double nse, rmse, bias, r2;
};
void proda_skill_compute(const double *obs, const double *model, size_t n, struct proda_skill *skill);

#endif
