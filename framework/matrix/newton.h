/** @file newton.h
 * Steady state of a component whose rates depend on its pools, by Newton's method on lanes.
 *
 * A layer stands alone where no pool of the component is transported; else all layers are solved
 * together. Every lane of every such system goes its own way and does not see its neighbours: to
 * the bit, it finds what it would find alone. Pools stay above 0 by steps that multiply, by e at
 * most; by more where a pool keeps going one way. Each start is tried in up to three ways
 * (doc/decisions/0011):
 *
 *   1. Newton on in - out = 0, in and out being all that enters a pool and all that leaves it;
 *   2. Newton on log(in / out) = 0, which pools that compete want;
 *   3. steps of time, implicit, growing while they change little: finds what the others miss at
 *      kinks and far from a stable state.
 *
 * Done where every pool's in and out agree to 1e-11 of themselves and the last step was below 1e-7,
 * which leaves rounding. A pool that receives nothing, directly or through others, is 0.
 */
#ifndef PRODA_MATRIX_NEWTON_H
#define PRODA_MATRIX_NEWTON_H

#include "matrix/balance.h"

/** Lanes of workspace that the plan's components need. */
size_t proda_newton_size(const struct proda_plan *plan);

/** Solves for the component's rows of steady->pools; lanes without a state hold NaN there. Adds to
 * nonlinear->none lanes where no state was found, to ->several those where one of
 * nonlinear->n_starts further starts led to another state (the first stays), and to ->extinct those
 * where the only state has pools without carbon that feed on themselves (microbes), and that would
 * not grow from a trace. */
void proda_newton_solve(const struct proda_balance *balance, struct proda_nonlinear *nonlinear,
                        lane *workspace);

#endif
