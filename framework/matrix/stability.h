/** @file stability.h
 * Whether a steady state stays where it is: eigenvalues of d(dX/dt)/dX of the components that are
 * not linear (the others are stable as long as fractions sum to at most one).
 */
#ifndef PRODA_MATRIX_STABILITY_H
#define PRODA_MATRIX_STABILITY_H

#include "matrix/steady.h"

/** Doubles of scratch memory. */
size_t proda_stability_size(const struct proda_plan *plan);

/** For lanes of `which`: the largest real part of any eigenvalue, per time, and whether it is above
 * 0 beyond rounding. -INFINITY and false elsewhere, and where the plugin has no slopes. The state
 * is that of the last proda_steady_solve; terms->rate and steady->flux are computed anew there. */
void proda_stability(const struct proda_plan *plan, const struct proda_terms *terms,
                     const struct proda_nonlinear *nonlinear, const struct proda_steady *steady,
                     lane_mask which, double *scratch, lane *growth, lane_mask *unstable);

#endif
