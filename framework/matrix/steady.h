/** @file steady.h
 * Steady state of the linear terms on lanes, by the plan.
 *
 * Numbers in, numbers out; no allocation. Elimination goes without pivoting: the system is an
 * M-matrix (positive diagonal, the rest not positive, columns dominated by the diagonal as long as
 * fractions sum to at most one), for which that is stable.
 */
#ifndef PRODA_MATRIX_STEADY_H
#define PRODA_MATRIX_STEADY_H

#include <proda/model.h>

#include "matrix/plan.h"

/** Everything that one solve leaves behind. All arrays are 64-byte aligned and the caller's. */
struct proda_steady {
  lane *flux;    /**< [channel][L]: rate times modifier, per time */
  lane *loss;    /**< [pool][L]: sum of the fluxes out of the pool, per time */
  lane *inverse; /**< [plan->n_factor]: inverse diagonal blocks of the elimination */
  lane *pools;   /**< [pool][L]: the state */
  lane *adjoint; /**< [pool][L]: y of M^T y = 1, filled by proda_steady_rcond; until then scratch */
  lane *newton;  /**< [proda_newton_size]: workspace */
};

/** What solves the components that are not linear: the structure's own closed form, or Newton's
 * method (newton.h) on its rates and slopes. */
struct proda_nonlinear {
  const struct proda_nonlinear_ops *ops;
  const void *model;
  const lane *site, *parameter;
  unsigned n_starts; /**< from how many further starts to look for other states; 0: none */
  /** Out: lanes where no state was found, or more than one, or only one without pools that might
   * have carbon. The last two are looked for where n_starts > 0. */
  lane_mask none, several, extinct;
};

/** Lanes that the arrays of struct proda_steady need together. */
size_t proda_steady_size(const struct proda_plan *plan);
/** Cuts `memory`, proda_steady_size lanes, into the arrays. */
void proda_steady_bind(const struct proda_plan *plan, lane *memory, struct proda_steady *steady);

/** Solves for the pools, and fills terms->rate of channels that are not linear at the state.
 * `nonlinear` may be NULL where plan->linear. Negative entries are left for the caller to judge. */
void proda_steady_solve(const struct proda_plan *plan, const struct proda_terms *terms,
                        struct proda_nonlinear *nonlinear, const struct proda_steady *steady);

/** Reciprocal condition number in the 1-norm of the matrix of the linear components that was solved
 * last, which has a non-negative inverse: 1 / (largest column sum of |M| times largest entry of y),
 * M^T y = 1 (doc/decisions/0007). */
void proda_steady_rcond(const struct proda_plan *plan, const struct proda_terms *terms,
                        const struct proda_steady *steady, lane *rcond);

#endif
