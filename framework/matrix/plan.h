/** @file plan.h
 * The plan: from a structure's channel graph, the order and the kind of every small solve.
 *
 * At steady state 0 = I + sum over channels into p - K_p X_p - (V X)_p for every pool p. Pools that
 * feed each other in a circle form a component (a strongly connected component of the graph), where
 * a pool that a rate depends on feeds the channel's donor and recipients;
 * components are solved in topological order, donors first. A component of one pool without
 * transport is a division per layer, of m coupled pools a dense m x m solve per layer, with
 * transport a tridiagonal or block-tridiagonal solve over the layers.
 */
#ifndef PRODA_MATRIX_PLAN_H
#define PRODA_MATRIX_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "plugin/manifest.h"

/** The largest number of pools in one component that the solver is compiled for. */
enum { PRODA_MAX_COMPONENT = 8 };

struct proda_component {
  size_t n_pools;
  const size_t *pool; /**< ascending */
  size_t n_transported;
  bool linear;   /**< no channel out of its pools depends on pools */
  size_t factor; /**< where its inverse blocks start in the workspace: n_pools^2 x L lanes */
};

/** A transfer with what a solver needs of it at hand. */
struct proda_link {
  size_t transfer, channel, donor, recipient;
};

struct proda_plan {
  size_t n_layers, n_pools, n_channels, n_transfers, n_inputs, n_modifiers, n_losses;
  size_t n_components;
  const struct proda_component *component; /**< donors before recipients */
  const size_t *component_of;              /**< [n_pools] */
  const size_t *place;                     /**< [n_pools]: index of the pool within its component */
  const bool *transported;                 /**< [n_pools] */
  const long *input_of;           /**< [n_pools]: input index, -1 where the pool receives none */
  const size_t *channel_modifier; /**< [n_channels] */
  const size_t *channel_donor;    /**< [n_channels] */
  const size_t *channel_loss;     /**< [n_channels]: what it hands to no pool, of n_losses */
  bool linear;                    /**< every component is */
  const struct proda_link *link;  /**< [n_transfers], by transfer */
  const size_t *into_first;       /**< [n_pools + 1]: links into pool p stand at into[first[p]..] */
  const size_t *into;             /**< [n_transfers]: link indices by recipient */
  const size_t *out_first;        /**< [n_pools + 1]: channels out of pool p, likewise */
  const size_t *out;              /**< [n_channels] */
  size_t n_factor;                /**< lanes for all inverse blocks */
  size_t n_slopes;
  const size_t *slope_pool;  /**< [n_slopes]: what the rate depends on */
  const size_t *slope_first; /**< [n_channels + 1]: slopes of channel c are slope[first[c]..] */
  const size_t *slope;       /**< [n_slopes] */
  size_t n_largest;          /**< pools of the largest component that is not linear, 0 without */
};

/** Makes the plan of a model's manifest, and of the slopes that its plugin offers (n_slopes 0 where
 * it offers none). Refused: a component of more than PRODA_MAX_COMPONENT pools; slopes of channels
 * that are linear or not there. `*plan` is released by proda_plan_free. */
int proda_plan_new(const struct proda_manifest *manifest, size_t n_slopes,
                   const struct proda_slope *slope_of, struct proda_plan **plan,
                   struct proda_error *error);
void proda_plan_free(struct proda_plan *plan);

#endif
