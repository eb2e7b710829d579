/* COMPAS's terms and the closed form of its soil. compas.md holds the equations. */
#include "compas.h"

#include <stdlib.h>
#include <string.h>

struct compas_layout compas_layout(const struct compas *model)
{
  struct compas_layout at = {0};
  size_t monthly = N_LAYERS * model->n_months;
  at.water = at.warmth + monthly;
  at.factor = at.water + monthly;
  at.nitrogen = at.factor + N_LAYERS;
  at.litter = at.nitrogen + N_LAYERS;
  at.size = at.litter + PRODA_LITTER_SIZE(N_LAYERS);
  return at;
}

static int compas_create(const struct proda_model_shape *shape,
                         const struct proda_setting *settings, void **model,
                         struct proda_error *error)
{
  if (shape->n_layers != N_LAYERS || shape->n_months == 0)
    return proda_error_set(error,
                           "compas: asked for %zu layers and %zu months; it has %d layers and "
                           "needs at least one month",
                           shape->n_layers, shape->n_months, N_LAYERS);
  struct compas *made = malloc(sizeof *made);
  if (!made)
    return proda_error_set(error, "compas: out of memory");
  made->n_months = shape->n_months;
  made->published_enzyme_decay = settings[SET_enzyme_decay].value[0] == SET_enzyme_decay_published;
  *model = made;
  return PRODA_OK;
}

static void compas_destroy(void *model)
{
  free(model);
}

static size_t compas_site_size(const void *model)
{
  return compas_layout(model).size;
}

static void site_scalars(const struct compas *model, const struct proda_forcing *forcing,
                         const struct compas_layout *at, lane *site, int i)
{
  const double *const *driver = forcing->driver;
  size_t n_months = model->n_months;
  for (size_t k = 0; k < N_LAYERS * n_months; k++) {
    site[at->warmth + k][i] = (driver[DRIVER_soil_temperature][k] - 298.15) / 10.0;
    site[at->water + k][i] = driver[DRIVER_w_scalar][k];
  }
  for (size_t l = 0; l < N_LAYERS; l++) {
    double oxygen = proda_months_mean(driver[DRIVER_o_scalar] + l * n_months, n_months);
    site[at->factor + l][i] = oxygen * exp(-LAYER_NODE[l] / COMPAS_EFOLDING);
    site[at->nitrogen + l][i] = proda_months_mean(driver[DRIVER_n_scalar] + l * n_months, n_months);
  }
}

static int compas_site(const void *model, const struct proda_forcing *forcing, lane *site, int i,
                       struct proda_error *error)
{
  (void)error;
  const struct compas *self = model;
  struct compas_layout at = compas_layout(self);
  struct proda_litter litter = {N_LAYERS,        LAYER_DZ,       LAYER_NODE,
                                LAYER_INTERFACE, self->n_months, forcing->driver + DRIVER_altmax};
  site_scalars(self, forcing, &at, site, i);
  proda_litter_site(&litter, site + at.litter, i);
  return PRODA_OK;
}

/* xi: product of the monthly means of the scalars (not mean of products), times oxygen and depth.
 */
static void fill_modifiers(const struct compas *model, const struct compas_layout *at,
                           const lane *site, const lane *parameter, lane *modifier)
{
  const struct proda_climate climate = {model->n_months, site + at->warmth, site + at->water,
                                        parameter[P_q10], parameter[P_w_scaling]};
  lane warm[N_LAYERS], wet[N_LAYERS];
  proda_climate_means(N_LAYERS, &climate, warm, wet);
  for (size_t l = 0; l < N_LAYERS; l++) {
    lane xi = warm[l] * wet[l] * site[at->factor + l];
    modifier[MOD_xi * N_LAYERS + l] = xi;
    modifier[MOD_xi_n * N_LAYERS + l] = xi * site[at->nitrogen + l];
  }
}

static lane per_day(lane turnover_years)
{
  return 1.0 / (PRODA_DAYS_PER_YEAR * turnover_years);
}

/* As the published code has it: the place of Km_assim in its prior, on the log scale of this one's.
 */
static lane enzyme_decay(const struct compas *model, const lane *parameter)
{
  if (!model->published_enzyme_decay)
    return parameter[P_tau_ENZ_decay];
  const double log_lower = log(0.001), log_upper = log(1.0);
  lane place = (parameter[P_Km_assim] - 300.0) / (3000.0 - 300.0);
  return lane_exp(place * (log_upper - log_lower) + log_lower);
}

static void fill_rates(const struct compas *model, const lane *parameter, lane *rate)
{
  const lane linear[N_CHANNELS] = {
      [CH_CWD] = per_day(parameter[P_tau_CWD]),
      [CH_ML] = per_day(parameter[P_tau_ML]),
      [CH_CL] = per_day(parameter[P_tau_CL_LL]),
      [CH_LL] = per_day(parameter[P_tau_CL_LL]),
      [CH_death] = per_day(parameter[P_tau_MIC]),
      [CH_production] = per_day(parameter[P_tau_ENZ_prod]),
      [CH_ENZ] = per_day(enzyme_decay(model, parameter)),
  };
  for (size_t c = 0; c < N_CHANNELS; c++)
    if (c != CH_DOC && c != CH_mSOC)
      lane_fill(rate + c * N_LAYERS, N_LAYERS, linear[c]);
}

static void fill_fractions(const lane *parameter, lane *fraction)
{
  const lane one = lane_splat(1.0);
  const lane value[N_TRANSFERS] = {
      [TO_CWD_CL] = parameter[P_a_CL_CWD],
      [TO_CWD_LL] = one - parameter[P_a_CL_CWD],
      [TO_ML_DOC] = parameter[P_a_DOC_ML],
      [TO_ML_MIC] = (one - parameter[P_a_DOC_ML]) * parameter[P_eta_ML],
      [TO_CL_DOC] = parameter[P_a_DOC_CL],
      [TO_CL_MIC] = (one - parameter[P_a_DOC_CL]) * parameter[P_eta_CL_LL],
      [TO_LL_mSOC] = parameter[P_a_SOC_LL],
      [TO_LL_MIC] = (one - parameter[P_a_SOC_LL]) * parameter[P_eta_CL_LL],
      [TO_DOC_MIC] = parameter[P_eta_DOC],
      [TO_death_mSOC] = parameter[P_a_SOC_MIC],
      [TO_death_DOC] = one - parameter[P_a_SOC_MIC],
      [TO_production_ENZ] = one,
      [TO_ENZ_DOC] = one,
      [TO_mSOC_DOC] = one,
  };
  for (size_t k = 0; k < N_TRANSFERS; k++)
    lane_fill(fraction + k * N_LAYERS, N_LAYERS, value[k]);
}

static void compas_terms(const void *model, const lane *site, const lane *parameter,
                         const struct proda_terms *terms)
{
  struct compas_layout at = compas_layout(model);
  fill_modifiers(model, &at, site, parameter, terms->modifier);
  proda_litter_inputs(N_LAYERS, LAYER_DZ, LAYER_INTERFACE, site + at.litter, parameter[P_b],
                      terms->input);
  fill_rates(model, parameter, terms->rate);
  fill_fractions(parameter, terms->fraction);
  proda_litter_transport(N_LAYERS, site + at.litter, parameter[P_diffus], parameter[P_cryo],
                         terms->transport);
}

/* Largest rate of a Michaelis-Menten channel times its catalyst over half-saturation plus
 * substrate; the constant is scaled by xi, as published. */
static void compas_rates(const void *model, const lane *site, const lane *parameter,
                         const struct proda_terms *terms, const lane *pools)
{
  (void)model;
  (void)site;
  lane assimilation = per_day(parameter[P_tau_assim]);
  lane decomposition = per_day(parameter[P_tau_decom]);
  for (size_t l = 0; l < N_LAYERS; l++) {
    lane xi = terms->modifier[MOD_xi * N_LAYERS + l];
    terms->rate[CH_DOC * N_LAYERS + l] =
        assimilation * pools[POOL_MIC * N_LAYERS + l] /
        (parameter[P_Km_assim] * xi + pools[POOL_DOC * N_LAYERS + l]);
    terms->rate[CH_mSOC * N_LAYERS + l] =
        decomposition * pools[POOL_ENZ * N_LAYERS + l] /
        (parameter[P_Km_decom] * xi + pools[POOL_mSOC * N_LAYERS + l]);
  }
}

enum { DOC_BY_DOC, DOC_BY_MIC, MSOC_BY_MSOC, MSOC_BY_ENZ, N_SLOPES };

static const struct proda_slope compas_slope_of[N_SLOPES] = {
    [DOC_BY_DOC] = {CH_DOC, POOL_DOC},
    [DOC_BY_MIC] = {CH_DOC, POOL_MIC},
    [MSOC_BY_MSOC] = {CH_mSOC, POOL_mSOC},
    [MSOC_BY_ENZ] = {CH_mSOC, POOL_ENZ},
};

static void compas_slopes(const void *model, const lane *site, const lane *parameter,
                          const struct proda_terms *terms, const lane *pools, lane *slope)
{
  (void)model;
  (void)site;
  lane assimilation = per_day(parameter[P_tau_assim]);
  lane decomposition = per_day(parameter[P_tau_decom]);
  for (size_t l = 0; l < N_LAYERS; l++) {
    lane xi = terms->modifier[MOD_xi * N_LAYERS + l];
    lane assim = 1.0 / (parameter[P_Km_assim] * xi + pools[POOL_DOC * N_LAYERS + l]);
    lane decom = 1.0 / (parameter[P_Km_decom] * xi + pools[POOL_mSOC * N_LAYERS + l]);
    slope[DOC_BY_MIC * N_LAYERS + l] = assimilation * assim;
    slope[DOC_BY_DOC * N_LAYERS + l] =
        -assimilation * pools[POOL_MIC * N_LAYERS + l] * assim * assim;
    slope[MSOC_BY_ENZ * N_LAYERS + l] = decomposition * decom;
    slope[MSOC_BY_MSOC * N_LAYERS + l] =
        -decomposition * pools[POOL_ENZ * N_LAYERS + l] * decom * decom;
  }
}

/* The closed form of compas.md, by the method of Georgiou et al. 2017. Layer by layer, without
 * transport. */
static void compas_steady(const void *model, const lane *site, const lane *parameter,
                          const struct proda_terms *terms, const lane *inflow, lane *pools)
{
  (void)site;
  lane eta = parameter[P_eta_DOC], death = per_day(parameter[P_tau_MIC]);
  lane production = per_day(parameter[P_tau_ENZ_prod]);
  lane decay = per_day(enzyme_decay(model, parameter));
  lane assimilation = per_day(parameter[P_tau_assim]);
  lane decomposition = per_day(parameter[P_tau_decom]);
  for (size_t l = 0; l < N_LAYERS; l++) {
    lane xi = terms->modifier[MOD_xi * N_LAYERS + l];
    lane u_doc = inflow[POOL_DOC * N_LAYERS + l], u_mic = inflow[POOL_MIC * N_LAYERS + l];
    lane u_soc = inflow[POOL_mSOC * N_LAYERS + l];
    lane mic = (u_mic + eta * (u_soc + u_doc)) / ((1.0 - eta) * (death + production) * xi);
    lane enz = production / decay * mic;
    lane stabilised = u_soc + parameter[P_a_SOC_MIC] * death * xi * mic;
    lane assimilated = (death + production) * xi * mic - u_mic;
    pools[POOL_MIC * N_LAYERS + l] = mic;
    pools[POOL_ENZ * N_LAYERS + l] = enz;
    pools[POOL_mSOC * N_LAYERS + l] =
        stabilised * parameter[P_Km_decom] * xi / (decomposition * xi * enz - stabilised);
    pools[POOL_DOC * N_LAYERS + l] =
        assimilated * parameter[P_Km_assim] * xi / (eta * assimilation * xi * mic - assimilated);
  }
}

/* Published rule: soil carbon below ten times its microbes is no soil. */
static void compas_judge(const void *model, const lane *site, const lane *parameter,
                         const struct proda_terms *terms, const lane *pools, int *refused)
{
  (void)model;
  (void)site;
  (void)parameter;
  (void)terms;
  lane microbes = lane_splat(0.0), soil = lane_splat(0.0);
  for (size_t l = 0; l < N_LAYERS; l++) {
    microbes += LAYER_DZ[l] * pools[POOL_MIC * N_LAYERS + l];
    for (size_t p = POOL_DOC; p <= POOL_mSOC; p++)
      soil += LAYER_DZ[l] * pools[p * N_LAYERS + l];
  }
  for (int i = 0; i < PRODA_LANES; i++)
    refused[i] = soil[i] < 10 * microbes[i];
}

static const struct proda_nonlinear_ops compas_nonlinear = {
    .size = sizeof compas_nonlinear,
    .rates = compas_rates,
    .steady = compas_steady,
    .judge = compas_judge,
    .n_slopes = N_SLOPES,
    .slope_of = compas_slope_of,
    .slopes = compas_slopes,
};

static const void *compas_extension(const void *model, const char *name)
{
  (void)model;
  if (strcmp(name, "quantities") == 0)
    return &compas_quantities;
  return strcmp(name, "nonlinear") == 0 ? &compas_nonlinear : NULL;
}

static const struct proda_model_ops compas_ops = {
    .size = sizeof compas_ops,
    .create = compas_create,
    .destroy = compas_destroy,
    .site_size = compas_site_size,
    .site = compas_site,
    .terms = compas_terms,
    .extension = compas_extension,
};

PRODA_EXPORT const struct proda_plugin proda_plugin = {
    .abi = PRODA_ABI_VERSION,
    .kind = PRODA_MODEL,
    .name = MANIFEST_NAME,
    .digest = MANIFEST_DIGEST,
    .ops = &compas_ops,
};
