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
 * = mean(model - obs), squared Pearson correlation. NaN where a value is not defined: all of them
 * for n = 0, nse for observations that do not vary, r2 where either does not. */
struct proda_skill {
  size_t n;
  double nse, rmse, bias, r2;
};
void proda_skill_compute(const double *obs, const double *model, size_t n,
                         struct proda_skill *skill);

/** The same from sums that can be added up, as resampling needs them: of obs and model less the
 * same constant, best near their means, as digits are lost otherwise. */
struct proda_skill_sums {
  double n, obs, model, obs_squares, model_squares, products;
  double errors; /**< of (model - obs)^2 */
};
void proda_skill_sums_add(struct proda_skill_sums *sums, const struct proda_skill_sums *other);
/** Adds one pair. */
void proda_skill_sums_pair(struct proda_skill_sums *sums, double obs, double model);
void proda_skill_from_sums(const struct proda_skill_sums *sums, struct proda_skill *skill);

#endif
