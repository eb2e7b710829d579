/** @file structure.h
 * A structure ready to run: model instance, plan, and blocks of lanes that solve draws.
 */
#ifndef PRODA_MATRIX_STRUCTURE_H
#define PRODA_MATRIX_STRUCTURE_H

#include "matrix/budget.h"
#include "matrix/components.h"
#include "plugin/loader.h"

struct proda_structure; /**< shared and read-only after creation */
struct proda_block;     /**< PRODA_LANES problems: site data, terms, solution, workspace */

/** Creates the model for this forcing length. Refused: channels that are not
 * linear without the plugin's extension "nonlinear", or with one that has neither a closed form nor
 * slopes; quantities without "quantities". `loaded` must outlive the structure. */
int proda_structure_new(const struct proda_loaded *loaded, const struct proda_settings *settings,
                        size_t n_months, struct proda_structure **structure,
                        struct proda_error *error);
void proda_structure_free(struct proda_structure *structure);
const struct proda_manifest *proda_structure_manifest(const struct proda_structure *structure);
const struct proda_plan *proda_structure_plan(const struct proda_structure *structure);
/** Whether the plugin offers what a time course needs: all is linear, or rates have slopes. */
bool proda_structure_has_slopes(const struct proda_structure *structure);

/** What solve computes beyond the pools. */
enum proda_want {
  PRODA_WANT_CONDITION = 1, /**< rcond and the near-singular flag */
  PRODA_WANT_BALANCE = 2,   /**< that stocks do not change; losses over input */
  PRODA_WANT_STABILITY = 4, /**< growth and the state's stability, where the plugin has slopes */
  PRODA_WANT_SEVERAL = 8,   /**< whether further starts of Newton's method lead to other states, and
                                 where none leads to one, whether there is one without some pools */
};

enum proda_solve_status {
  PRODA_SOLVED = 0,
  PRODA_SOLVE_NEAR_SINGULAR, /**< rcond < 2^-52; the pools are still given; needs WANT_CONDITION */
  PRODA_SOLVE_NEGATIVE,      /**< a pool below zero beyond rounding */
  PRODA_SOLVE_NOT_FINITE,    /**< no steady state: a pool is NaN or infinite */
  PRODA_SOLVE_REFUSED,       /**< the structure itself does not accept the state */
  PRODA_SOLVE_FRACTIONS,     /**< fractions of a channel sum to more than 1: carbon from nothing */
  PRODA_SOLVE_NO_STATE,      /**< Newton's method finds no state with carbon in all pools */
  PRODA_SOLVE_SEVERAL,       /**< more than one state; the first is given; needs WANT_SEVERAL */
  PRODA_SOLVE_UNSTABLE,      /**< the state grows away from itself; it is given; needs
                                  WANT_STABILITY */
  PRODA_SOLVE_EXTINCT,    /**< no state with carbon in all pools; one is given where some have died
                               out and cannot come back; needs WANT_SEVERAL */
  PRODA_SOLVE_UNBALANCED, /**< stocks change beyond rounding: no steady state; needs WANT_BALANCE */
  PRODA_N_SOLVE_STATUS,
};

int proda_block_new(const struct proda_structure *structure, unsigned wants,
                    struct proda_block **block, struct proda_error *error);
void proda_block_free(struct proda_block *block);
const struct proda_manifest *proda_block_manifest(const struct proda_block *block);

/** Moves lane i to a site; forcing->record may be NULL for the forcing itself. PRODA_REJECT where
 * the model finds the forcing unusable. Lanes that were never attached solve for nothing that means
 * anything. */
int proda_block_attach(struct proda_block *block, int i, const struct proda_forcing *forcing,
                       struct proda_error *error);

/** Sets the parameters of lane i: [n_parameters], physical units, manifest order. */
void proda_block_set(struct proda_block *block, int i, const double *parameter);

/** Fills the terms and solves for all lanes. */
void proda_block_solve(struct proda_block *block);

/** Fills the terms for all lanes, and no more: rates of channels that are not linear keep what they
 * held. */
void proda_block_fill(struct proda_block *block);
/** Lanes of filled terms where the fractions of a channel sum to more than 1 in some layer. */
lane_mask proda_block_excess(const struct proda_block *block);
/** Fills the rates of channels that are not linear at a state of all lanes, pools [n_pools][L] > 0;
 * where `slope` is not NULL their derivatives too, [plan->n_slopes][L]. */
void proda_block_rates(struct proda_block *block, const lane *pools, lane *slope);
/** [L], of the sites that lanes stand at: what one unit of a pool is in gC m-3, in gC m-2. */
const lane *proda_block_density(const struct proda_block *block);
const lane *proda_block_area(const struct proda_block *block);
/** What an observable of lane i holds that no pool does, of its parameters, in the pools' unit. */
double proda_block_inert(const struct proda_block *block, size_t observable, int i);

/** Results of the last solve; borrowed. L = n_layers. */
enum proda_solve_status proda_block_status(const struct proda_block *block, int i);
/** [n_pools][L], in the manifest's unit. */
const lane *proda_block_pools(const struct proda_block *block);
const struct proda_terms *proda_block_terms(const struct proda_block *block);
double proda_block_rcond(const struct proda_block *block, int i);
/** rcond < 2^-52, whatever else is wrong with the lane; needs WANT_CONDITION. */
bool proda_block_near_singular(const struct proda_block *block, int i);
/** CO2 and other losses over the input, without what transport loses; needs WANT_BALANCE. */
double proda_block_balance(const struct proda_block *block, int i);
/** Of the last solve, gC m-2 per the manifest's time: budget.h. loss[n_losses]. */
void proda_block_budget(const struct proda_block *block, struct proda_budget *budget, lane *loss);
/** Largest real part of the eigenvalues of d(dX/dt)/dX over the components that are not linear, per
 * the manifest's time; -INFINITY where there are none or the plugin has no slopes; needs
 * WANT_STABILITY. */
double proda_block_growth(const struct proda_block *block, int i);

/** Observable of the last solve: out[L] = weighted sum of pools, on lanes, gC m-3 whatever the
 * pools' unit. */
void proda_block_observe(const struct proda_block *block, size_t observable, lane *out);

/** Components of the last solve (matrix/components.h), of the observed quantity: out
 * [PRODA_N_COMPONENTS], on lanes. */
void proda_block_components(const struct proda_block *block, size_t observable, lane *out);

/** The structure's own quantities of the last solve: out[n_quantities], on lanes. */
void proda_block_quantities(const struct proda_block *block, lane *out);

/** Integral of a density over 0..depth (m): whole layers plus the share of the cut one.
 * density[L] with `stride` doubles between layers; depth INFINITY for the column, NaN for a finite
 * one below it. */
double proda_grid_stock(const struct proda_grid *grid, const double *density, size_t stride,
                        double depth);

/** The default parameters of a site: the manifest's defaults, NaN where `prescribed_by` drivers are
 * all present in `forcing`. parameter[n_parameters]. */
void proda_default_parameters(const struct proda_manifest *manifest,
                              const struct proda_forcing *forcing, double *parameter);

#endif
