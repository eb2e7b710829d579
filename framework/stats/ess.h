/** @file ess.h
 * Effective sample size of chains [m][n] from their autocovariances.
 */
#ifndef PRODA_STATS_ESS_H
#define PRODA_STATS_ESS_H

#include <stddef.h>

/** out[k] = sum over m chains of sum_t y_t y_(t+lag+k), k < PRODA_LAG_BLOCK, for chains y[m][n]
 * whose means are zero; lags of n and more give 0. */
enum { PRODA_LAG_BLOCK = 8 };
void proda_lagged_products(const double *y, size_t m, size_t n, size_t lag,
                           double out[PRODA_LAG_BLOCK]);

/** Vehtari et al. 2021, equations 10-12: biased autocovariances averaged over chains, Geyer's
 * initial positive and monotone sequences, the last positive even term added once, capped at S
 * log10(S). Stops at Geyer's cut-off: costs (autocorrelation time x draws), not draws squared. NaN
 * for constant draws or n < 3. `work` holds m * n values. */
double proda_ess(const double *x, size_t m, size_t n, double *work);

#endif
