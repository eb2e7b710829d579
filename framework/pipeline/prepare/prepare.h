/** @file prepare.h
 * What the stage `prepare` holds in memory before it writes its store; not for other stages, which
 * read the store (prepared.h).
 */
#ifndef PRODA_PIPELINE_PREPARE_H
#define PRODA_PIPELINE_PREPARE_H

#include "pipeline/environment.h"
#include "pipeline/prepare/layers.h"
#include "pipeline/stage.h"
#include "store/forcing.h"

/** What became of a profile: the first of these that applies. */
enum proda_profile_state {
  PRODA_PROFILE_KEPT,
  PRODA_PROFILE_NOT_SELECTED, /**< `every` leaves it out */
  PRODA_PROFILE_NO_POSITION,  /**< latitude or longitude missing */
  PRODA_PROFILE_FEW_LAYERS,   /**< fewer usable layers than min_layers */
  PRODA_PROFILE_SHALLOW,      /**< deepest usable bottom not below min_depth */
  PRODA_PROFILE_NO_FORCING,   /**< no usable cell within PRODA_MAX_CELL_DISTANCE */
  PRODA_PROFILE_N_STATES,
};
extern const char *const proda_profile_meaning[PRODA_PROFILE_N_STATES];

/** km; a one-degree cell's corner is 79 km from its centre, so this spans coasts, not oceans. */
#define PRODA_MAX_CELL_DISTANCE 250.0

struct proda_preparation {
  struct proda_profiles *profiles;
  struct proda_bulk_density_fit fit; /**< r2 NaN where it was given */
  struct proda_layers *layers;
  struct proda_environment *environment;
  double *covariate;               /**< [profiles->n][environment->n] */
  enum proda_profile_state *state; /**< [profiles->n] */
  size_t *n_used;                  /**< [profiles->n]: usable layers */
  size_t *cell;                    /**< [profiles->n]; where kept */
  double *distance;                /**< [profiles->n], km; where kept */
};

/** Judges every profile; fills state, n_used, cell, distance. */
void proda_preparation_judge(struct proda_preparation *preparation,
                             const struct proda_experiment_prepare *settings,
                             const struct proda_forcing_file *forcing);

/** Writes the store. Refused where no profile is kept. */
int proda_preparation_write(const struct proda_preparation *preparation,
                            const struct proda_run *run, const char *path, const char *inputs,
                            struct proda_error *error);

#endif
