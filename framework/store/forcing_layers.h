/** @file forcing_layers.h
 * The layers of a forcing file: those of the structure, or for a structure that knows none means
 * over its depth.
 */
#ifndef PRODA_STORE_FORCING_LAYERS_H
#define PRODA_STORE_FORCING_LAYERS_H

#include "plugin/manifest.h"

#include "store/ncfile.h"

/** Refuses a file whose dimension `layer`, or whose `z_node` or `dz` where present, are not those
 * of the structure to 1e-6 m. */
int proda_forcing_check_layers(const struct proda_nc *nc, const struct proda_grid *grid,
                               struct proda_error *error);

/** Share of each layer of the file, from its thicknesses `dz`, in the column from the surface to
 * `depth` (m): `*share` [n] sums to 1 and is yours to free. NULL and 0 where the file has no
 * dimension `layer` or no `dz`. `dz` may go on below the layers. */
int proda_forcing_shares(const struct proda_nc *nc, double depth, size_t *n, double **share,
                         struct proda_error *error);

/** Mean of value[l * stride] by shares; layers without a share are not looked at. */
double proda_forcing_mean(const double *value, size_t stride, const double *share, size_t n);

#endif
