/** @file record.h
 * What calibration keeps of a site: one flat array of doubles, laid out by one table that also
 * drives the journal and the store.
 */
#ifndef PRODA_PIPELINE_RECORD_H
#define PRODA_PIPELINE_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/ledger.h"

/** Axes of a field. */
enum proda_field_axes {
  PRODA_AXES_SITE,
  PRODA_AXES_SITE_PARAMETER,
  PRODA_AXES_SITE_MEASURE,    /**< a variable a measure in the store (pipeline/measures.h) */
  PRODA_AXES_SITE_SATURATING, /**< by channel with `half_saturation` */
  PRODA_AXES_SITE_CHAIN,
  PRODA_AXES_SITE_CHAIN_DRAW,
  PRODA_AXES_SITE_CHAIN_DRAW_PARAMETER,
  PRODA_AXES_OBS,
  PRODA_AXES_OBS_CHAIN_DRAW,
  PRODA_N_AXES,
};

struct proda_field {
  const char *name;
  enum proda_field_axes axes;
  bool single; /**< stored as float */
  const char *units, *long_name;
};

/** Fields of a record, in order; parameters are all of the structure, in physical units. */
enum proda_posterior_field {
  PRODA_FIELD_STATE, /**< enum proda_site_code */
  PRODA_FIELD_N_STEPS,
  PRODA_FIELD_N_NEAR_SINGULAR, /**< this and the next, in the order of enum proda_solve_status */
  PRODA_FIELD_N_NEGATIVE,
  PRODA_FIELD_N_NOT_FINITE,
  PRODA_FIELD_N_REFUSED,
  PRODA_FIELD_N_FRACTIONS,
  PRODA_FIELD_N_NO_STATE,
  PRODA_FIELD_N_SEVERAL,
  PRODA_FIELD_N_UNSTABLE,
  PRODA_FIELD_N_EXTINCT,
  PRODA_FIELD_N_UNBALANCED,
  PRODA_FIELD_N_NO_DENSITY,
  PRODA_FIELD_PRIOR_VALID_SHARE,
  PRODA_FIELD_ESTIMATE,
  PRODA_FIELD_MEAN,
  PRODA_FIELD_SD,
  PRODA_FIELD_Q05,
  PRODA_FIELD_MEDIAN,
  PRODA_FIELD_Q95,
  PRODA_FIELD_RHAT_CLASSIC,
  PRODA_FIELD_RHAT,
  PRODA_FIELD_ESS_BULK,
  PRODA_FIELD_ESS_TAIL,
  PRODA_FIELD_MEAN_RHAT,
  PRODA_FIELD_ACCEPTANCE,
  PRODA_FIELD_N_DRAWS,
  PRODA_FIELD_DRAWS,
  PRODA_FIELD_LOG_DENSITY,
  PRODA_FIELD_NSE,
  PRODA_FIELD_NSE_PUBLISHED,
  PRODA_FIELD_RMSE,
  PRODA_FIELD_BIAS,
  PRODA_FIELD_R2,
  PRODA_FIELD_MEASURES, /**< this and the next, of the state at the estimate */
  PRODA_FIELD_HALF_SATURATION,
  PRODA_FIELD_SUBSTRATE,
  PRODA_FIELD_SUBSTRATE_LARGEST,
  PRODA_FIELD_MODELLED,
  PRODA_FIELD_MODELLED_Q05,
  PRODA_FIELD_MODELLED_Q95,
  PRODA_FIELD_LOG_LIKELIHOOD,
  PRODA_N_FIELDS,
};

extern const struct proda_field proda_posterior_fields[PRODA_N_FIELDS];

enum { /**< fields that count rejected draws */
       PRODA_FIRST_REJECTION = PRODA_FIELD_N_NEAR_SINGULAR,
       PRODA_N_REJECTIONS = PRODA_FIELD_N_NO_DENSITY - PRODA_FIRST_REJECTION + 1,
};

/** Sizes that lay a record out. */
struct proda_posterior_shape {
  size_t n_parameters, n_chains, n_draws; /**< n_draws: kept in the store per chain */
  size_t n_measures, n_saturating;        /**< of the structure */
};

/** Values of a field in the record of a site with n_obs layers. */
size_t proda_posterior_field_size(const struct proda_posterior_shape *shape,
                                  enum proda_posterior_field field, size_t n_obs);
/** Where a field starts in the record; for PRODA_N_FIELDS the record's size. */
size_t proda_posterior_offset(const struct proda_posterior_shape *shape,
                              enum proda_posterior_field field, size_t n_obs);

/** The record of a site without a posterior: NaN but for its state and counts, which are 0. */
void proda_posterior_blank(const struct proda_posterior_shape *shape, size_t n_obs,
                           enum proda_site_code state, double *record);

#endif
