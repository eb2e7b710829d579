/** @file correlation.h
 * Two variables against each other: Pearson correlation, regression, distance from the 1:1 line.
 */
#ifndef PRODA_STATS_CORRELATION_H
#define PRODA_STATS_CORRELATION_H

#include <stddef.h>

struct proda_correlation {
  size_t n;         /**< pairs that count */
  double r;         /**< Pearson correlation */
  double df;        /**< effective number of pairs - 2; whole where there are no weights */
  double p;         /**< two-sided, Student's t with df degrees of freedom; 0 where it underflows */
  double log10_p;   /**< the same where p is too small for a double; -INFINITY for r = +-1 */
  double slope;     /**< of the least-squares line of y on x */
  double intercept; /**< of that line */
  double distance;  /**< root mean square of |y - x| / sqrt(2), the distance from the line y = x */
  double bias;      /**< mean of y - x */
};

/** Correlates x[n] with y[n]; pairs where one is not finite do not count, nor do pairs whose weight
 * is not finite and above 0. `weight` [n] may be NULL: all count alike. With weights the moments
 * are weighted, and the effective number of pairs is Kish's, so that few heavy pairs do not pass
 * for many. NaN for what is not defined: r, df, p, slope, intercept for fewer than 3 pairs; r, p
 * where either does not vary but for rounding; slope and intercept where x does not; distance and
 * bias for no pair.
 */
void proda_correlate(const double *x, const double *y, const double *weight, size_t n,
                     struct proda_correlation *out);

#endif
