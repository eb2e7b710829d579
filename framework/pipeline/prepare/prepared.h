/** @file prepared.h
 * The store of `prepare` in memory: sites, their measured layers, covariates.
 */
#ifndef PRODA_PIPELINE_PREPARED_H
#define PRODA_PIPELINE_PREPARED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <proda/status.h>

#include "store/forcing.h"

struct proda_prepared {
  size_t n_sites, n_obs, n_covariates;
  double *site_id;              /**< [n_sites], whole numbers */
  double *latitude, *longitude; /**< [n_sites] */
  double *cell;                 /**< [n_sites], index into the forcing file */
  size_t *first;                /**< [n_sites + 1]: layers of site s are first[s] .. first[s+1]-1 */
  double *obs_top, *obs_bottom; /**< [n_obs], m */
  double *obs_value;            /**< [n_obs], SOC density in gC m-3 */
  double *covariate;            /**< [n_sites][n_covariates], NaN where missing */
  char **covariate_name;        /**< [n_covariates] */
  double *covariate_is_class;   /**< [n_covariates], 0 or 1 */
};

/** Reads prepare.nc. `*prepared` is released by proda_prepared_free. */
int proda_prepared_read(const char *path, struct proda_prepared **prepared,
                        struct proda_error *error);

/** Where the layers of each site lie: `*first` [n_sites + 1] from `row_size`, free() it. Refuses
 * sizes that do not sum to n_obs. */
int proda_prepared_rows(const struct proda_nc *file, size_t n_sites, size_t n_obs, size_t **first,
                        struct proda_error *error);

/** Reads prepare.nc together with the forcing file `grid`, and refuses sites whose cell is not
 * there. `*prepared` is released by proda_prepared_free, `*forcing` is released by
 * proda_forcing_close. */
int proda_prepared_read_with_forcing(const char *path, const char *grid,
                                     const struct proda_manifest *manifest,
                                     struct proda_prepared **prepared,
                                     struct proda_forcing_file **forcing,
                                     struct proda_error *error);
void proda_prepared_free(struct proda_prepared *prepared);

#endif
