/** @file special.h
 * The special functions that diagnostics and correlations need.
 */
#ifndef PRODA_STATS_SPECIAL_H
#define PRODA_STATS_SPECIAL_H

/** Quantile of the standard normal distribution, relative error near 1e-16: algorithm AS 241
 * (PPND16) of Wichura 1988, Applied Statistics 37, 477-484. -+INFINITY at 0 and 1, NaN outside. */
double proda_normal_quantile(double p);

/** Regularised incomplete beta function I_x(a, b), a and b > 0: the continued fraction of DLMF
 * 8.17.22 by the modified Lentz method. Relative error below 1e-13 for a + b < 100, growing with
 * a + b as the logarithm of its beta function is subtracted (1e-10 at 1e6). */
double proda_beta_cdf(double x, double a, double b);

/** Its natural logarithm, which does not underflow where the value does; -INFINITY for x <= 0. */
double proda_beta_log_cdf(double x, double a, double b);

/** The x with I_x(a, b) = p: Newton steps kept inside a bisection. */
double proda_beta_quantile(double p, double a, double b);

#endif
