/** @file map_store.h
 * What `map` has computed, and its two files: map.nc by site, map_grid.nc on latitude and
 * longitude.
 */
#ifndef PRODA_PIPELINE_MAP_STORE_H
#define PRODA_PIPELINE_MAP_STORE_H

#include "matrix/components.h"
#include "pipeline/sites.h"
#include "pipeline/stage.h"
#include "store/forcing.h"

/** Whose parameters a run took. */
enum proda_map_source {
  PRODA_MAP_PREDICTED, /**< by the emulator from the cell's covariates */
  PRODA_MAP_DEFAULT,   /**< ad hoc: as the structure's rule says (pipeline/ad_hoc.h) */
  PRODA_MAP_MEDIAN,    /**< one vector everywhere: median of the training sites' estimates */
  PRODA_MAP_N_SOURCES,
};

enum proda_map_depth { PRODA_MAP_0_30CM, PRODA_MAP_0_100CM, PRODA_MAP_COLUMN, PRODA_MAP_N_DEPTHS };

/** All borrowed. Cells without an answer hold NaN. */
struct proda_mapped {
  const struct proda_manifest *manifest;
  const struct proda_forcing_file *forcing;
  size_t n;                /**< sites of the forcing */
  const double *parameter; /**< [n][n_parameters], predicted */
  enum proda_ad_hoc ad_hoc;
  const double *ad_hoc_parameter; /**< [n_parameters], NaN where cells have their own */
  const double *pools;            /**< [n][n_pools][n_layers], gC m-3, predicted */
  const double *density;          /**< [n][n_layers], gC m-3, predicted */
  const double *stock[PRODA_MAP_N_SOURCES][PRODA_MAP_N_DEPTHS]; /**< [n], kgC m-2 */
  const double *measure[PRODA_MAP_N_SOURCES]; /**< [n_measures][n], in the measures' units */
  const double *status[PRODA_MAP_N_SOURCES];  /**< [n], as in sites.h, or PRODA_MAP_NO_COVARIATES */
  double total[PRODA_MAP_N_SOURCES][PRODA_MAP_N_DEPTHS]; /**< Pg C; NaN where the area is unknown */
};

/** Beyond the states of sites.h: a covariate is missing and the rule is `drop`. */
enum { PRODA_MAP_NO_COVARIATES = PRODA_N_SITE_STATUS, PRODA_MAP_N_STATUS };

/** Writes map.nc. */
int proda_mapped_write(const struct proda_mapped *mapped, const char *path,
                       const struct proda_run *run, const char *inputs, struct proda_error *error);

/** Writes the main quantities as fields of (lat, lon) where the sites lie on a regular grid; else
 * writes nothing and says so by `*regular`. */
int proda_mapped_write_grid(const struct proda_mapped *mapped, const char *path,
                            const struct proda_run *run, const char *inputs, bool *regular,
                            struct proda_error *error);

/** Put before the name of what a source's parameters gave: "", "default_", "median_". */
extern const char *const proda_map_prefix[PRODA_MAP_N_SOURCES];

/** Name of a measure, "carbon_input", "default_carbon_input", "median_carbon_input". */
void proda_map_measure_name(enum proda_map_source source, const struct proda_measure *measure,
                            char name[128]);
/** Name and meaning of a stock, "soc_stock_0_30cm" ..., "default_soc_stock_0_30cm" ... */
void proda_map_stock_name(enum proda_map_source source, enum proda_map_depth depth, char name[64]);
extern const char *const proda_map_stock_long_name[PRODA_MAP_N_DEPTHS];
extern const char *const proda_map_status_name[PRODA_MAP_N_STATUS];

#endif
