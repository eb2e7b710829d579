/** @file bootstrap.h
 * Uncertainty by resampling clusters with replacement (Efron & Tibshirani 1993): of a site's
 * layers, all are drawn or none.
 */
#ifndef PRODA_STATS_BOOTSTRAP_H
#define PRODA_STATS_BOOTSTRAP_H

#include <stddef.h>
#include <stdint.h>

#include <proda/status.h>

/** Random numbers are counter-based: resample k is the stream (seed, stream, k), whatever else is
 * drawn. */
struct proda_bootstrap {
  uint64_t seed, stream;
  size_t n_clusters;  /**< below 2^32 */
  size_t n_resamples; /**< below 2^32 */
  size_t n_values;    /**< that `statistic` computes of a resample */
};

/** Computes value[n_values] of the resample that holds the clusters place[n_clusters], some of them
 * more than once. */
typedef void proda_bootstrap_statistic(void *context, const uint32_t *place, double *value);

/** All resamples, value by value: out[n_values][n_resamples], the caller's. Without clusters all
 * are NaN. */
int proda_bootstrap_run(const struct proda_bootstrap *bootstrap,
                        proda_bootstrap_statistic *statistic, void *context, double *out,
                        struct proda_error *error);

/** The interval that holds the share `level` of one value's resamples [n], between quantiles of
 * type 7. Sorts them, in place; NaN among them are left out, and NaN if nothing else is there. */
void proda_bootstrap_interval(double *resample, size_t n, double level, double *lower,
                              double *upper);

#endif
