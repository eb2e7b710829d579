/** @file profiles.h
 * Measured soil profiles: a CF contiguous ragged array, one row per profile, `row_size` layers
 * each.
 *
 * Variables per profile: profile_id (whole, unique), latitude, longitude, row_size; optional key.
 * Per layer: layer_top, layer_bottom; organic_carbon or organic_carbon_density or both; optional
 * bulk_density, coarse_fragments. Units are converted to those stated below.
 */
#ifndef PRODA_PIPELINE_PROFILES_H
#define PRODA_PIPELINE_PROFILES_H

#include "store/ncfile.h"

struct proda_profiles {
  size_t n, n_layers;
  double *id;                   /**< [n] */
  char **key;                   /**< [n], NULL where the file has none */
  double *latitude, *longitude; /**< [n], degrees, east from -180 to 180; NaN where missing */
  size_t *first;                /**< [n + 1]: layers of profile p are first[p] .. first[p+1]-1 */
  double *top, *bottom;         /**< [n_layers], m, downwards */
  double *content;              /**< [n_layers], organic carbon of the fine earth, g kg-1 */
  double *density;              /**< [n_layers], organic carbon density as reported, gC m-3 */
  double *bulk_density;         /**< [n_layers], measured, kg dm-3 */
  double *coarse;               /**< [n_layers], volume of coarse fragments, % */
};                              /* NaN where missing; a variable that the file lacks is all NaN */

/** Reads a file. `*profiles` is released by proda_profiles_free. Refused: wrong dimensions or
 * units, row sizes that do not sum to the number of layers, and what proda_profiles_check
 * refuses. */
int proda_profiles_read(const struct proda_nc *file, struct proda_profiles **profiles,
                        struct proda_error *error);
void proda_profiles_free(struct proda_profiles *profiles);

/** Refuses ids that are not whole or not a profile's own, latitudes outside -90 to 90, longitudes
 * outside -180 to 360; and columns of which more than half, and at least 3, are beyond what soils
 * have, with what may have happened: cm under the unit m, heights, missing values that no
 * _FillValue states, tops and bottoms exchanged, fractions under %. Single layers that cannot be
 * are left out and counted later (layers.h). */
int proda_profiles_check(const struct proda_nc *file, const struct proda_profiles *profiles,
                         struct proda_error *error);

#endif
