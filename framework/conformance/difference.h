/** @file difference.h
 * Derivatives from differences, with an estimate of their error.
 */
#ifndef PRODA_CONFORMANCE_DIFFERENCE_H
#define PRODA_CONFORMANCE_DIFFERENCE_H

#include <stdbool.h>

enum { PRODA_DIFFERENCE_STEPS = 6 };

/** Step k, of the scale of what is changed: half the one before. */
double proda_difference_step(double scale, int k);

/** Values at +- proda_difference_step(scale, k): f[k][0] below, f[k][1] above. The derivative by
 * Richardson's extrapolation of neighbouring steps, the one with the least error; `*error` is that
 * of the method and of rounding. */
double proda_difference(const double f[PRODA_DIFFERENCE_STEPS][2], double scale, double *error);

/** Whether a derivative agrees with differences to a relative 1e-6, their own error apart; where
 * there is no difference, it does. */
bool proda_difference_agrees(double derivative, double difference, double error);

#endif
