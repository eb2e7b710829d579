/** @file mapping.h
 * What the stage `map` holds while it works, and its steps: map.c opens and closes,
 * map_parameters.c gives every cell its parameters, map_run.c runs the structure, map_totals.c
 * sums up.
 */
#ifndef PRODA_PIPELINE_MAPPING_H
#define PRODA_PIPELINE_MAPPING_H

#include "pipeline/experiment/space.h"
#include "pipeline/map/map_store.h"

struct proda_mapping {
  const struct proda_run *run;
  const struct proda_experiment_structure *chosen;
  char *prepare_path, *calibrate_path, *screen_path, *train_path, *store, *grid_store;
  char inputs[PRODA_DIGEST_SIZE];
  struct proda_loaded *model, *emulator;
  struct proda_settings *settings;
  struct proda_space *space;
  struct proda_forcing_file *forcing;
  struct proda_structure *structure;
  size_t n, n_measures, observable;
  enum proda_ad_hoc ad_hoc; /**< what the default parameters are */
  double
      *ad_hoc_parameter; /**< [n_parameters]: the same everywhere; NaN where a site has its own */
  bool *usable;          /**< [n] predicted parameters are there */
  double *parameter;     /**< [PRODA_MAP_N_SOURCES][n][n_parameters] */
  double *pools;         /**< [n][n_pools][n_layers], predicted */
  double *density;       /**< [n][n_layers], predicted */
  double *stock;         /**< [PRODA_MAP_N_SOURCES][PRODA_MAP_N_DEPTHS][n] */
  double *measure;       /**< [PRODA_MAP_N_SOURCES][n_measures][n] */
  double *status;        /**< [PRODA_MAP_N_SOURCES][n] */
};

/** The rows of one source. */
double *proda_mapping_parameters(const struct proda_mapping *mapping, enum proda_map_source source);
double *proda_mapping_stocks(const struct proda_mapping *mapping, enum proda_map_source source,
                             int depth);
double *proda_mapping_measures(const struct proda_mapping *mapping, enum proda_map_source source,
                               size_t measure);

/** Fills `parameter` and `usable`. */
int proda_mapping_find_parameters(struct proda_mapping *mapping, struct proda_error *error);

/** Runs the structure at every cell with the parameters of every source. */
int proda_mapping_run(struct proda_mapping *mapping, struct proda_error *error);

/** Fills what `mapped` says of stocks and measures; reports totals, and medians over the land
 * with predicted parameters. */
int proda_mapping_sum_up(const struct proda_mapping *mapping, struct proda_mapped *mapped,
                         struct proda_error *error);

#endif
