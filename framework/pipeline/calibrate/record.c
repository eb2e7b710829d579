#include "pipeline/calibrate/record.h"

#include <math.h>

#include "matrix/structure.h"

_Static_assert((int)PRODA_N_REJECTIONS == (int)PRODA_N_SOLVE_STATUS, "a count for every reason");

const struct proda_field proda_posterior_fields[PRODA_N_FIELDS] = {
    [PRODA_FIELD_STATE] = {"state", PRODA_AXES_SITE, false, "1", "what became of the site"},
    [PRODA_FIELD_N_STEPS] = {"n_evaluations", PRODA_AXES_SITE, false, "1",
                             "number of draws evaluated"},
    [PRODA_FIELD_N_NEAR_SINGULAR] = {"n_near_singular", PRODA_AXES_SITE, false, "1",
                                     "draws rejected because their system was near singular"},
    [PRODA_FIELD_N_NEGATIVE] = {"n_negative", PRODA_AXES_SITE, false, "1",
                                "draws rejected because a pool was negative"},
    [PRODA_FIELD_N_NOT_FINITE] = {"n_no_steady_state", PRODA_AXES_SITE, false, "1",
                                  "draws rejected because a pool was not finite"},
    [PRODA_FIELD_N_REFUSED] = {"n_refused_by_structure", PRODA_AXES_SITE, false, "1",
                               "draws rejected because the structure does not accept such states"},
    [PRODA_FIELD_N_FRACTIONS] = {"n_fractions_above_one", PRODA_AXES_SITE, false, "1",
                                 "draws rejected because a channel handed over more than it took"},
    [PRODA_FIELD_N_NO_STATE] = {"n_no_state_found", PRODA_AXES_SITE, false, "1",
                                "draws rejected because Newton's method found no state"},
    [PRODA_FIELD_N_SEVERAL] = {"n_several_states", PRODA_AXES_SITE, false, "1",
                               "draws rejected because they have more than one state"},
    [PRODA_FIELD_N_UNSTABLE] = {"n_unstable_state", PRODA_AXES_SITE, false, "1",
                                "draws rejected because their state is not stable"},
    [PRODA_FIELD_N_EXTINCT] = {"n_extinct", PRODA_AXES_SITE, false, "1",
                               "draws rejected because a pool dies out in their state"},
    [PRODA_FIELD_N_UNBALANCED] = {"n_unbalanced", PRODA_AXES_SITE, false, "1",
                                  "draws rejected because stocks change at their state"},
    [PRODA_FIELD_N_NO_DENSITY] = {"n_no_density", PRODA_AXES_SITE, false, "1",
                                  "draws rejected because the error model gives their state no "
                                  "density"},
    [PRODA_FIELD_PRIOR_VALID_SHARE] = {"prior_valid_share", PRODA_AXES_SITE, false, "1",
                                       "share of draws from the prior with a valid state"},
    [PRODA_FIELD_ESTIMATE] = {"estimate", PRODA_AXES_SITE_PARAMETER, false, NULL,
                              "point estimate of the parameters; where the prior is on a log "
                              "scale, by means of logarithms"},
    [PRODA_FIELD_MEAN] = {"mean", PRODA_AXES_SITE_PARAMETER, false, NULL, "posterior mean"},
    [PRODA_FIELD_SD] = {"sd", PRODA_AXES_SITE_PARAMETER, false, NULL,
                        "posterior standard deviation"},
    [PRODA_FIELD_Q05] = {"q05", PRODA_AXES_SITE_PARAMETER, true, NULL, "posterior 5 % quantile"},
    [PRODA_FIELD_MEDIAN] = {"median", PRODA_AXES_SITE_PARAMETER, true, NULL, "posterior median"},
    [PRODA_FIELD_Q95] = {"q95", PRODA_AXES_SITE_PARAMETER, true, NULL, "posterior 95 % quantile"},
    [PRODA_FIELD_RHAT_CLASSIC] = {"rhat_classic", PRODA_AXES_SITE_PARAMETER, true, "1",
                                  "Gelman-Rubin statistic of whole chains; of chains of unequal "
                                  "length as the study's script computes it"},
    [PRODA_FIELD_RHAT] = {"rhat", PRODA_AXES_SITE_PARAMETER, true, "1",
                          "rank-normalised split R-hat"},
    [PRODA_FIELD_ESS_BULK] = {"ess_bulk", PRODA_AXES_SITE_PARAMETER, true, "1",
                              "bulk effective sample size"},
    [PRODA_FIELD_ESS_TAIL] = {"ess_tail", PRODA_AXES_SITE_PARAMETER, true, "1",
                              "tail effective sample size"},
    [PRODA_FIELD_MEAN_RHAT] = {"mean_rhat", PRODA_AXES_SITE, false, "1",
                               "mean of rhat_classic over the calibrated parameters"},
    [PRODA_FIELD_ACCEPTANCE] = {"acceptance", PRODA_AXES_SITE_CHAIN, true, "1",
                                "share of proposals accepted"},
    [PRODA_FIELD_N_DRAWS] = {"n_draws", PRODA_AXES_SITE_CHAIN, false, "1",
                             "draws that the statistics rest on"},
    [PRODA_FIELD_DRAWS] = {"draws", PRODA_AXES_SITE_CHAIN_DRAW_PARAMETER, true, NULL,
                           "posterior draws, evenly thinned"},
    [PRODA_FIELD_LOG_DENSITY] =
        {"log_density", PRODA_AXES_SITE_CHAIN_DRAW, true, "1",
         "log posterior density of the draws on the scale of the priors, up "
         "to a constant"},
    [PRODA_FIELD_NSE] = {"nse", PRODA_AXES_SITE, false, "1",
                         "Nash-Sutcliffe efficiency of the estimate"},
    [PRODA_FIELD_NSE_PUBLISHED] = {"nse_published", PRODA_AXES_SITE, false, "1",
                                   "efficiency with the modelled mean in the denominator, as the "
                                   "study's script computes it"},
    [PRODA_FIELD_RMSE] = {"rmse", PRODA_AXES_SITE, false, "gC m-3",
                          "root mean square error of the estimate"},
    [PRODA_FIELD_BIAS] = {"bias", PRODA_AXES_SITE, false, "gC m-3",
                          "mean of modelled minus measured"},
    [PRODA_FIELD_R2] = {"r2", PRODA_AXES_SITE, false, "1", "squared Pearson correlation"},
    [PRODA_FIELD_MEASURES] = {NULL, PRODA_AXES_SITE_MEASURE, false, NULL, NULL},
    [PRODA_FIELD_HALF_SATURATION] = {"half_saturation", PRODA_AXES_SITE_SATURATING, false, NULL,
                                     "concentration for half of the largest rate, at the estimate"},
    [PRODA_FIELD_SUBSTRATE] = {"substrate", PRODA_AXES_SITE_SATURATING, false, NULL,
                               "mean concentration of the donor in 0-100 cm, at the estimate"},
    [PRODA_FIELD_SUBSTRATE_LARGEST] = {"substrate_largest", PRODA_AXES_SITE_SATURATING, false, NULL,
                                       "largest concentration of the donor in a layer, at the "
                                       "estimate"},
    [PRODA_FIELD_MODELLED] = {"modelled", PRODA_AXES_OBS, true, "gC m-3",
                              "measured quantity as modelled with the estimate"},
    [PRODA_FIELD_MODELLED_Q05] = {"modelled_q05", PRODA_AXES_OBS, true, "gC m-3",
                                  "5 % quantile over the stored draws"},
    [PRODA_FIELD_MODELLED_Q95] = {"modelled_q95", PRODA_AXES_OBS, true, "gC m-3",
                                  "95 % quantile over the stored draws"},
    [PRODA_FIELD_LOG_LIKELIHOOD] = {"log_likelihood", PRODA_AXES_OBS_CHAIN_DRAW, true, "1",
                                    "pointwise log likelihood of the stored draws"},
};

size_t proda_posterior_field_size(const struct proda_posterior_shape *shape,
                                  enum proda_posterior_field field, size_t n_obs)
{
  const size_t size[PRODA_N_AXES] = {
      [PRODA_AXES_SITE] = 1,
      [PRODA_AXES_SITE_PARAMETER] = shape->n_parameters,
      [PRODA_AXES_SITE_MEASURE] = shape->n_measures,
      [PRODA_AXES_SITE_SATURATING] = shape->n_saturating,
      [PRODA_AXES_SITE_CHAIN] = shape->n_chains,
      [PRODA_AXES_SITE_CHAIN_DRAW] = shape->n_chains * shape->n_draws,
      [PRODA_AXES_SITE_CHAIN_DRAW_PARAMETER] =
          shape->n_chains * shape->n_draws * shape->n_parameters,
      [PRODA_AXES_OBS] = n_obs,
      [PRODA_AXES_OBS_CHAIN_DRAW] = n_obs * shape->n_chains * shape->n_draws,
  };
  return size[proda_posterior_fields[field].axes];
}

size_t proda_posterior_offset(const struct proda_posterior_shape *shape,
                              enum proda_posterior_field field, size_t n_obs)
{
  size_t offset = 0;
  for (int f = 0; f < (int)field; f++)
    offset += proda_posterior_field_size(shape, (enum proda_posterior_field)f, n_obs);
  return offset;
}

void proda_posterior_blank(const struct proda_posterior_shape *shape, size_t n_obs,
                           enum proda_site_code state, double *record)
{
  size_t size = proda_posterior_offset(shape, PRODA_N_FIELDS, n_obs);
  for (size_t i = 0; i < size; i++)
    record[i] = NAN;
  record[PRODA_FIELD_STATE] = state;
  for (int f = PRODA_FIELD_N_STEPS; f <= PRODA_FIELD_N_NO_DENSITY; f++)
    record[f] = 0;
}
