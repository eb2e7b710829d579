/** @file synth_files.h
 * The synthetic world in files; pieces of proda_synth.
 */
#ifndef PRODA_PIPELINE_SYNTH_FILES_H
#define PRODA_PIPELINE_SYNTH_FILES_H

#include "pipeline/sites.h"
#include "pipeline/synth/synth.h"
#include "pipeline/synth/synth_world.h"
#include "store/ncfile.h"

/** A synthetic world while it is made. */
struct proda_synth_world {
  const struct proda_run *run;
  const struct proda_synth_options *options;
  const struct proda_loaded *loaded;
  const char *inputs; /**< digest */
  size_t n;
  struct proda_world_cell *cell; /**< [n] */
  /* The truth, made by proda_synth_truth_make. */
  double *parameter; /**< [n][n_parameters], physical units */
  double *density;   /**< [n][n_layers], gC m-3 */
  double *stock[3];  /**< [n], kgC m-2: 0-30 cm, 0-100 cm, column */
  double *status;    /**< [n], as in sites.h */
};

/** Writes monthly forcing and covariates, as data sets of the real world come. */
int proda_synth_grid_write(const struct proda_synth_world *world, const char *path,
                           struct proda_error *error);

/** Sets true parameters and runs the structure on the forcing that was written. */
int proda_synth_truth_make(struct proda_synth_world *world, const char *grid,
                           struct proda_error *error);
int proda_synth_truth_write(const struct proda_synth_world *world, const char *path,
                            struct proda_error *error);

/** Samples the truth and writes profiles. */
int proda_synth_profiles_write(const struct proda_synth_world *world, const char *path,
                               struct proda_error *error);

/** Defines latitude, longitude along `dimension`, and covariates, as float. */
int proda_synth_define_covariates(struct proda_nc *store, const char *dimension,
                                  struct proda_error *error);

/** The same for cells along `site`, with land_area; and their values. */
int proda_synth_cells_define(struct proda_nc *store, struct proda_error *error);
int proda_synth_cells_write(struct proda_nc *store, const struct proda_synth_world *world,
                            struct proda_error *error);

/** Streams of random numbers of one seed. */
enum proda_synth_stream { PRODA_SYNTH_TRUTH = 101, PRODA_SYNTH_PLACE, PRODA_SYNTH_NOISE };

#endif
