/** @file synth_world.h
 * Cells of the synthetic world: place, climate, soil. Pure arithmetic, no files.
 */
#ifndef PRODA_PIPELINE_SYNTH_WORLD_H
#define PRODA_PIPELINE_SYNTH_WORLD_H

#include <stddef.h>

#include <proda/status.h>

enum proda_world_covariate {
  PRODA_WORLD_TEMPERATURE,   /**< annual mean of the air, degC */
  PRODA_WORLD_RANGE,         /**< warmest minus coldest month, K */
  PRODA_WORLD_PRECIPITATION, /**< mm yr-1 */
  PRODA_WORLD_NPP,           /**< gC m-2 yr-1: Miami model (Lieth 1975), 45 % of dry matter is C */
  PRODA_WORLD_SAND,          /**< % */
  PRODA_WORLD_CLAY,          /**< % */
  PRODA_WORLD_ELEVATION,     /**< m */
  PRODA_WORLD_LAND_COVER, /**< class: 1 tundra, 2 boreal, 3 temperate, 4 rain forest, 5 savanna, 6
                             dry */
  PRODA_WORLD_SOIL,       /**< class: 1 sandy, 2 loamy, 3 clayey */
  PRODA_WORLD_N_COVARIATES,
};

struct proda_world_cell {
  double latitude, longitude, area; /**< degrees, degrees, m2 */
  double covariate[PRODA_WORLD_N_COVARIATES];
};

/** Name, unit and meaning of a covariate in files. */
struct proda_world_label {
  const char *name, *unit, *long_name;
  int is_class;
};
extern const struct proda_world_label proda_world_label[PRODA_WORLD_N_COVARIATES];

/** Land cells of a regular grid, south to north, west to east. `*cell` is allocated. */
int proda_world_make(double resolution, struct proda_world_cell **cell, size_t *n,
                     struct proda_error *error);

/** Monthly forcing of a cell, month 0 being January, at depth z (m). */
double proda_world_soil_temperature(const struct proda_world_cell *cell, double z,
                                    int month); /**< K */
double proda_world_water(const struct proda_world_cell *cell, double z, int month);
double proda_world_oxygen(const struct proda_world_cell *cell, double z);
double proda_world_nitrogen(const struct proda_world_cell *cell);
/** Depth of summer thaw, m; 40 where the ground does not stay frozen. */
double proda_world_active_layer(const struct proda_world_cell *cell);
/** NPP of a month, gC m-2 month-1. */
double proda_world_production(const struct proda_world_cell *cell, int month);
/** What could evaporate in a month, mm month-1. */
double proda_world_evaporation(const struct proda_world_cell *cell, int month);
double proda_world_acidity(const struct proda_world_cell *cell); /**< pH of the soil */
/** Share of NPP that goes to coarse woody debris. */
double proda_world_wood(const struct proda_world_cell *cell);

#endif
