/** @file budget.h
 * Where the carbon of a state comes from and where it goes: input = losses + transport + change.
 */
#ifndef PRODA_MATRIX_BUDGET_H
#define PRODA_MATRIX_BUDGET_H

#include "matrix/steady.h"

/** All of the column, per area and time. The equation above holds to rounding at any state, its
 * parts being summed independently; at a steady state the change is 0. */
struct proda_budget {
  lane input;     /**< from plants */
  lane transport; /**< what vertical transport takes from layers and gives to none: 0 but for
                       operators that do not conserve, as CLM5's above bedrock; below 0 where it
                       makes carbon */
  lane change;    /**< of the stocks of all pools: dX/dt */
  lane gross;     /**< sum of all that moves between pools and layers, in and out */
};

/** area[L]: what one unit of a pool in a layer is per area. loss[plan->n_losses]: what the channels
 * hand to no pool, by the manifest's losses, CO2 first. `steady` has the fluxes at its pools. */
void proda_budget_compute(const struct proda_plan *plan, const lane *area,
                          const struct proda_terms *terms, const struct proda_steady *steady,
                          struct proda_budget *budget, lane *loss);

/** Lanes where the stocks of a state that is said to be steady change: by more than 1e-10 of the
 * input and what rounding leaves of the gross fluxes. */
lane_mask proda_budget_open(const struct proda_budget *budget);

#endif
