/* CLM5's terms. clm5.md holds the equations; names and order come from clm5.yaml. */
#include "clm5.h"

#include <stdlib.h>
#include <string.h>

struct clm5_layout clm5_layout(const struct clm5 *model)
{
  struct clm5_layout at = {0};
  size_t monthly = N_LAYERS * model->n_months;
  at.water = at.warmth + monthly;
  at.oxygen = at.water + monthly;
  at.nitrogen = at.oxygen + monthly;
  at.litter = at.nitrogen + monthly;
  at.slow = at.litter + PRODA_LITTER_SIZE(N_LAYERS);
  at.passive = at.slow + N_LAYERS;
  at.input_layer = at.passive + N_LAYERS;
  at.size = at.input_layer + N_INPUTS * N_LAYERS;
  return at;
}

static int clm5_create(const struct proda_model_shape *shape, const struct proda_setting *settings,
                       void **model, struct proda_error *error)
{
  (void)settings;
  if (shape->n_layers != N_LAYERS || shape->n_months == 0)
    return proda_error_set(error,
                           "clm5: asked for %zu layers and %zu months; it has %d layers and "
                           "needs at least one month",
                           shape->n_layers, shape->n_months, N_LAYERS);
  struct clm5 *made = malloc(sizeof *made);
  if (!made)
    return proda_error_set(error, "clm5: out of memory");
  made->n_months = shape->n_months;
  *model = made;
  return PRODA_OK;
}

static void clm5_destroy(void *model)
{
  free(model);
}

static size_t clm5_site_size(const void *model)
{
  return clm5_layout(model).size;
}

static void site_scalars(const struct clm5 *model, const struct proda_forcing *forcing,
                         const struct clm5_layout *at, lane *site, int i)
{
  const double *const *driver = forcing->driver;
  for (size_t k = 0; k < N_LAYERS * model->n_months; k++) {
    site[at->warmth + k][i] = (driver[DRIVER_soil_temperature][k] - 298.15) / 10.0;
    site[at->water + k][i] = driver[DRIVER_w_scalar][k];
    /* The mean over the months is a sum of products with this one. */
    site[at->oxygen + k][i] = driver[DRIVER_o_scalar][k] / (double)model->n_months;
    site[at->nitrogen + k][i] = driver[DRIVER_n_scalar][k];
  }
}

/* The default run's inputs by layer, where the forcing prescribes them. */
static void site_prescribed_inputs(const struct proda_forcing *forcing,
                                   const struct clm5_layout *at, lane *site, int i)
{
  static const int by_layer[N_INPUTS] = {[IN_CWD] = DRIVER_input_layer_cwd,
                                         [IN_ML] = DRIVER_input_layer_litr1,
                                         [IN_CL] = DRIVER_input_layer_litr2,
                                         [IN_LL] = DRIVER_input_layer_litr3};
  for (size_t k = 0; k < N_INPUTS; k++) {
    const double *prescribed = forcing->driver[by_layer[k]];
    for (size_t l = 0; l < N_LAYERS; l++)
      site[at->input_layer + k * N_LAYERS + l][i] =
          prescribed ? prescribed[l] / PRODA_DAYS_PER_YEAR : NAN;
  }
}

/* Texture decides where fast SOC goes (Parton et al. 1987), from the annual mean of sand. */
static void site_texture(const struct clm5 *model, const struct proda_forcing *forcing,
                         const struct clm5_layout *at, lane *site, int i)
{
  const double *sand = forcing->driver[DRIVER_sand];
  for (size_t l = 0; l < N_LAYERS; l++) {
    double percent = sand ? proda_months_mean(sand + l * model->n_months, model->n_months) : NAN;
    if (percent < 0)
      percent = 0;
    if (percent > 100)
      percent = 100;
    double respired = 0.85 - 0.0068 * (100 - percent);
    site[at->slow + l][i] = (1 - respired) - 0.004;
    site[at->passive + l][i] = sand ? 0.004 : NAN;
  }
}

static int clm5_site(const void *model, const struct proda_forcing *forcing, lane *site, int i,
                     struct proda_error *error)
{
  (void)error;
  const struct clm5 *self = model;
  struct clm5_layout at = clm5_layout(self);
  struct proda_litter litter = {N_LAYERS,        LAYER_DZ,       LAYER_NODE,
                                LAYER_INTERFACE, self->n_months, forcing->driver + DRIVER_altmax};
  site_scalars(self, forcing, &at, site, i);
  proda_litter_site(&litter, site + at.litter, i);
  site_prescribed_inputs(forcing, &at, site, i);
  site_texture(self, forcing, &at, site, i);
  return PRODA_OK;
}

/* xi and xi_n: mean over the months of the product of the scalars, times the depth scalar. */
static void fill_modifiers(const struct clm5 *model, const struct clm5_layout *at, const lane *site,
                           const lane *parameter, lane *modifier)
{
  const size_t n_months = model->n_months;
  lane log_q10 = lane_log(parameter[P_q10]), w_scaling = parameter[P_w_scaling];
  lane per_efolding = -1.0 / parameter[P_efolding], one = lane_splat(1.0);
  for (size_t l = 0; l < N_LAYERS; l++) {
    const lane *warmth = site + at->warmth + l * n_months, *water = site + at->water + l * n_months;
    const lane *oxygen = site + at->oxygen + l * n_months;
    const lane *nitrogen = site + at->nitrogen + l * n_months;
    lane xi = lane_splat(0.0), xi_n = lane_splat(0.0);
    for (size_t m = 0; m < n_months; m++) {
      lane scalar = lane_exp(log_q10 * warmth[m]) * lane_min(w_scaling * water[m], one) * oxygen[m];
      xi += scalar;
      xi_n += scalar * nitrogen[m];
    }
    lane deep = lane_exp(LAYER_NODE[l] * per_efolding);
    modifier[MOD_xi * N_LAYERS + l] = xi * deep;
    modifier[MOD_xi_n * N_LAYERS + l] = xi_n * deep;
  }
}

static void fill_inputs(const struct clm5_layout *at, const lane *site, const lane *parameter,
                        lane *input)
{
  proda_litter_inputs(N_LAYERS, LAYER_DZ, LAYER_INTERFACE, site + at->litter, parameter[P_b],
                      input);
  lane_mask prescribed = lane_isnan(parameter[P_b]);
  if (lane_any(prescribed))
    for (size_t k = 0; k < N_INPUTS * N_LAYERS; k++)
      input[k] = lane_select(prescribed, site[at->input_layer + k], input[k]);
}

static void fill_rates(const lane *parameter, lane *rate)
{
  static const int turnover[N_CHANNELS] = {
      [CH_CWD] = P_tau4cwd, [CH_ML] = P_tau4l1,   [CH_CL] = P_tau4l2,   [CH_LL] = P_tau4l2,
      [CH_aSOC] = P_tau4s1, [CH_sSOC] = P_tau4s2, [CH_pSOC] = P_tau4s3,
  };
  for (size_t c = 0; c < N_CHANNELS; c++)
    lane_fill(rate + c * N_LAYERS, N_LAYERS, 1.0 / (PRODA_DAYS_PER_YEAR * parameter[turnover[c]]));
}

static void prescribe(const lane *site, lane parameter, lane *fraction)
{
  lane_mask prescribed = lane_isnan(parameter);
  if (lane_any(prescribed))
    for (size_t l = 0; l < N_LAYERS; l++)
      fraction[l] = lane_select(prescribed, site[l], fraction[l]);
}

static void fill_fractions(const struct clm5_layout *at, const lane *site, const lane *parameter,
                           lane *fraction)
{
  static const int stated[N_TRANSFERS] = {
      [TO_CWD_CL] = P_fl2cwd,   [TO_CWD_LL] = P_fl2cwd,   [TO_ML_aSOC] = P_fs1l1,
      [TO_CL_aSOC] = P_fs1l2,   [TO_LL_sSOC] = P_fs2l3,   [TO_aSOC_sSOC] = P_fs2s1,
      [TO_aSOC_pSOC] = P_fs3s1, [TO_sSOC_aSOC] = P_fs1s2, [TO_sSOC_pSOC] = P_fs3s2,
      [TO_pSOC_aSOC] = P_fs1s3,
  };
  for (size_t k = 0; k < N_TRANSFERS; k++) {
    lane value = parameter[stated[k]];
    lane_fill(fraction + k * N_LAYERS, N_LAYERS, k == TO_CWD_LL ? 1.0 - value : value);
  }
  prescribe(site + at->slow, parameter[P_fs2s1], fraction + TO_aSOC_sSOC * N_LAYERS);
  prescribe(site + at->passive, parameter[P_fs3s1], fraction + TO_aSOC_pSOC * N_LAYERS);
}

static void clm5_terms(const void *model, const lane *site, const lane *parameter,
                       const struct proda_terms *terms)
{
  struct clm5_layout at = clm5_layout(model);
  fill_modifiers(model, &at, site, parameter, terms->modifier);
  fill_inputs(&at, site, parameter, terms->input);
  fill_rates(parameter, terms->rate);
  fill_fractions(&at, site, parameter, terms->fraction);
  proda_litter_transport(N_LAYERS, site + at.litter, parameter[P_diffus], parameter[P_cryo],
                         terms->transport);
}

static const void *clm5_extension(const void *model, const char *name)
{
  (void)model;
  return strcmp(name, "quantities") == 0 ? &clm5_quantities : NULL;
}

static const struct proda_model_ops clm5_ops = {
    .size = sizeof clm5_ops,
    .create = clm5_create,
    .destroy = clm5_destroy,
    .site_size = clm5_site_size,
    .site = clm5_site,
    .terms = clm5_terms,
    .extension = clm5_extension,
};

PRODA_EXPORT const struct proda_plugin proda_plugin = {
    .abi = PRODA_ABI_VERSION,
    .kind = PRODA_MODEL,
    .name = MANIFEST_NAME,
    .digest = MANIFEST_DIGEST,
    .ops = &clm5_ops,
};
