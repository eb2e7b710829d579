/** @file compared_maps.h
 * The maps of all structures of an experiment, cell by cell.
 */
#ifndef PRODA_PIPELINE_COMPARED_MAPS_H
#define PRODA_PIPELINE_COMPARED_MAPS_H

#include "pipeline/map/map_store.h"
#include "pipeline/stage.h"

/** Before and after: the structure's own ad hoc parameters, and those predicted cell by cell from
 * what was calibrated. */
enum proda_parameterisation { PRODA_AD_HOC, PRODA_CALIBRATED, PRODA_N_PARAMETERISATIONS };

/** A quantity that map.nc has by cell for both parameterisations. The first PRODA_MAP_N_DEPTHS are
 * the stocks of soil organic carbon; then, in the order of the files, whatever else is there. */
struct proda_compared_quantity {
  char *name, *unit, *long_name;
  bool log;       /**< it has a unit, so it is compared by its logarithm: ratios, not differences */
  double **value; /**< [PRODA_N_PARAMETERISATIONS * n_structures], each [n_cells], NaN where the
                       state is not sound; NULL where the structure has no such quantity */
};

struct proda_compared_maps {
  size_t n_structures, n_cells, n_quantities;
  double *latitude;                        /**< [n_cells] */
  double *area;                            /**< [n_cells], m2; NULL where unknown */
  bool **sound;                            /**< [PRODA_N_PARAMETERISATIONS * n_structures], each
                                                [n_cells]: the steady state was solved */
  bool *common[PRODA_N_PARAMETERISATIONS]; /**< [n_cells]: sound in all structures */
  struct proda_compared_quantity *quantity;
};

/** Reads map.nc of every structure; refuses maps of different grids. `*maps` is released by
 * proda_compared_maps_free. */
int proda_compared_maps_read(const struct proda_run *run, struct proda_compared_maps **maps,
                             struct proda_error *error);
void proda_compared_maps_free(struct proda_compared_maps *maps);

/** [n_cells], NULL where the structure has no such quantity. */
const double *proda_compared_value(const struct proda_compared_maps *maps, size_t quantity,
                                   size_t parameterisation, size_t structure);
/** [n_cells] */
const bool *proda_compared_sound(const struct proda_compared_maps *maps, size_t parameterisation,
                                 size_t structure);
/** How much a cell counts: its area, 1 where areas are unknown. */
double proda_compared_weight(const struct proda_compared_maps *maps, size_t cell);

#endif
