/** @file ad_hoc.h
 * Ad hoc parameters: what a structure runs with "before" calibration informs it in space (Tao et
 * al., section 2.5). Either its defaults, which sites may prescribe, or one vector everywhere, the
 * mean of the point estimates over all sites that `screen` retained.
 */
#ifndef PRODA_PIPELINE_AD_HOC_H
#define PRODA_PIPELINE_AD_HOC_H

#include "pipeline/experiment/experiment.h"
#include "plugin/manifest.h"
#include "store/forcing.h"

/** The rule: the experiment's where it states one, else the manifest's. */
enum proda_ad_hoc proda_ad_hoc_rule(const struct proda_experiment_structure *structure,
                                    const struct proda_manifest *manifest);

/** Estimates of sites, borrowed. */
struct proda_estimates {
  size_t n_sites, n_parameters;
  const double *estimate; /**< [n_sites][n_parameters] */
  const bool *kept;       /**< [n_sites] */
};

/** mean[n_parameters] over the kept sites. Refused where none is kept. */
int proda_ad_hoc_mean(const struct proda_estimates *estimates, double *mean,
                      struct proda_error *error);

/** The same, of the stores of calibrate and screen; their sites must be the same. */
int proda_ad_hoc_mean_read(const char *calibrate_path, const char *screen_path,
                           const struct proda_manifest *manifest, double *mean,
                           struct proda_error *error);

/** parameter[n][n_parameters] of the cells cell[n] of a forcing file (NULL: the first n): `mean`,
 * or where that is NULL the defaults (proda_default_parameters). */
int proda_ad_hoc_fill(const struct proda_manifest *manifest,
                      const struct proda_forcing_file *forcing, const double *mean, size_t n,
                      const double *cell, double *parameter, struct proda_error *error);

#endif
