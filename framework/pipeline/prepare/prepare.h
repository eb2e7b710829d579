/** @file prepare.h
 * What the stage `prepare` holds in memory before it writes its store; not for other stages, which
 * read the store (prepared.h).
 */
#ifndef PRODA_PIPELINE_PREPARE_H
#define PRODA_PIPELINE_PREPARE_H

#include "pipeline/environment.h"
#include "pipeline/ledger.h"
#include "pipeline/prepare/layers.h"
#include "pipeline/stage.h"
#include "store/forcing.h"

/** km; a one-degree cell's corner is 79 km from its centre, so this spans coasts, not oceans. */
#define PRODA_MAX_CELL_DISTANCE 250.0

struct proda_preparation {
  struct proda_profiles *profiles;
  struct proda_bulk_density_fit fit; /**< r2 NaN where it was given */
  struct proda_layers *layers;
  struct proda_environment *environment;
  double *covariate;           /**< [profiles->n][environment->n] */
  enum proda_site_code *state; /**< [profiles->n] */
  size_t *n_used;              /**< [profiles->n]: usable layers */
  size_t *cell;                /**< [profiles->n]; where one was looked for */
  double *distance;            /**< [profiles->n], km; NaN where none was looked for */
};

/** Judges every profile, and tells the run how far that is; fills state, n_used, cell, distance. */
void proda_preparation_judge(struct proda_preparation *preparation,
                             const struct proda_experiment_prepare *settings,
                             const struct proda_forcing_file *forcing, const struct proda_run *run);

/** The reasons in words, beside the states. `*ledger` is released by proda_ledger_free. */
int proda_preparation_ledger(const struct proda_preparation *preparation,
                             const struct proda_experiment_prepare *settings,
                             struct proda_ledger **ledger, struct proda_error *error);

/** Writes what was read, used or not: places of profiles, and their layers with what became of
 * each. The store has its dimension `profile`. */
int proda_preparation_write_read(const struct proda_preparation *preparation,
                                 struct proda_nc *store, struct proda_error *error);

/** Writes the store. Refused where no profile is kept. */
int proda_preparation_write(const struct proda_preparation *preparation,
                            const struct proda_run *run, const char *path, const char *inputs,
                            struct proda_error *error);

#endif
