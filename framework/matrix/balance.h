/** @file balance.h
 * What comes into the pools of a component and what leaves them at a state, and how that changes
 * with the pools.
 *
 * Rows are the component's pools, [n_layers][m]; functions look at layers [first, first + n).
 */
#ifndef PRODA_MATRIX_BALANCE_H
#define PRODA_MATRIX_BALANCE_H

#include <proda/model.h>

#include "matrix/blocks.h"
#include "matrix/plan.h"
#include "matrix/steady.h"

/** A pool without carbon where rates must be computed: small enough to count for nothing, large
 * enough to divide by. */
#define PRODA_EMPTY 1e-140

struct proda_balance {
  const struct proda_plan *plan;
  const struct proda_component *component;
  const struct proda_terms *terms;
  const struct proda_steady *steady; /**< flux, loss, pools */
  const lane *inflow;                /**< rows: from plants and from components upstream */
};

/** What derivatives are computed in. */
struct proda_linearised {
  lane *slope;                /**< [n_slopes][L], as the structure's `slopes` fills it */
  struct proda_blocks blocks; /**< coupled where a pool of the component is transported */
};

/** Lanes for any of the plan's components that are not linear. */
size_t proda_linearised_size(const struct proda_plan *plan);
/** Cuts `memory` for one component. Returns what follows the memory that was used. */
lane *proda_linearised_bind(const struct proda_plan *plan, const struct proda_component *component,
                            lane *memory, struct proda_linearised *linearised);

/** Fluxes of the channels out of a component's pools, and what each pool loses by them: fills rows
 * of steady->flux and ->loss. */
void proda_balance_fluxes(const struct proda_plan *plan, const struct proda_component *component,
                          const struct proda_terms *terms, const struct proda_steady *steady);

/** Sums of all that enters a row and of all that leaves it, each not negative: at a steady state
 * they are equal. */
void proda_balance_sides(const struct proda_balance *balance, size_t first, size_t n, lane *in,
                         lane *out);

/** Fills `blocks` with the derivatives of the rows' parts with respect to the component's pools,
 * each part times its row's weight: that of `in` where it enters, of `out` where it leaves; NULL:
 * 1, and the whole is the Jacobian of dX/dt. slope: as the structure's `slopes` filled it; NULL:
 * rates are taken as constant. */
void proda_balance_jacobian(const struct proda_balance *balance, size_t first, size_t n,
                            const lane *slope, const lane *in, const lane *out,
                            const struct proda_blocks *blocks);

#endif
