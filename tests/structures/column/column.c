/* A mixed column with microbes: column.yaml. */
#include <math.h>
#include <string.h>

#include <proda/model.h>
#include <proda/soil.h>

#include "column.names.h"

static const int made;

static int create(const struct proda_model_shape *shape, const struct proda_setting *settings,
                  void **model, struct proda_error *error)
{
  (void)settings;
  if (shape->n_layers != N_LAYERS)
    return proda_error_set(error, "column: has %d layers", N_LAYERS);
  *model = (void *)&made;
  return PRODA_OK;
}

static void destroy(void *model)
{
  (void)model;
}

static size_t site_size(const void *model)
{
  (void)model;
  return 1;
}

static int site(const void *model, const struct proda_forcing *forcing, lane *at, int i,
                struct proda_error *error)
{
  (void)model;
  (void)error;
  at[0][i] = forcing->driver[DRIVER_input][0];
  return PRODA_OK;
}

/* Diffusion between nodes, as finite volumes: what one layer gives the other gets. */
static void fill_transport(lane diffusivity, lane *transport)
{
  lane *lower = transport, *diagonal = lower + N_LAYERS, *upper = diagonal + N_LAYERS;
  memset(transport, 0, 3 * N_LAYERS * sizeof *transport);
  for (int l = 0; l + 1 < N_LAYERS; l++) {
    lane conductance = diffusivity / (LAYER_NODE[l + 1] - LAYER_NODE[l]);
    upper[l] = -conductance / LAYER_DZ[l];
    diagonal[l] += conductance / LAYER_DZ[l];
    lower[l + 1] = -conductance / LAYER_DZ[l + 1];
    diagonal[l + 1] += conductance / LAYER_DZ[l + 1];
  }
}

static void terms(const void *model, const lane *at, const lane *p, const struct proda_terms *out)
{
  (void)model;
  for (int l = 0; l < N_LAYERS; l++) {
    double above = l > 0 ? LAYER_INTERFACE[l - 1] : 0;
    double share = exp(-above / 0.3) - exp(-LAYER_INTERFACE[l] / 0.3);
    out->input[IN_litter * N_LAYERS + l] = at[0] * (share / LAYER_DZ[l]);
    out->modifier[MOD_depth * N_LAYERS + l] = lane_exp(-LAYER_NODE[l] / p[P_efolding]);
    out->rate[CH_litter * N_LAYERS + l] = p[P_k_litter];
    out->rate[CH_microbes * N_LAYERS + l] = p[P_k_death];
    out->fraction[TO_litter_dissolved * N_LAYERS + l] = lane_splat(1.0);
    out->fraction[TO_dissolved_microbes * N_LAYERS + l] = p[P_efficiency];
    out->fraction[TO_microbes_mineral * N_LAYERS + l] = p[P_bound];
    out->fraction[TO_microbes_dissolved * N_LAYERS + l] = 1 - p[P_bound];
    out->fraction[TO_mineral_dissolved * N_LAYERS + l] = lane_splat(1.0);
  }
  fill_transport(p[P_mixing], out->transport);
}

static void rates(const void *model, const lane *at, const lane *p, const struct proda_terms *out,
                  const lane *pools)
{
  (void)model;
  (void)at;
  for (int l = 0; l < N_LAYERS; l++) {
    lane microbes = pools[POOL_microbes * N_LAYERS + l];
    out->rate[CH_dissolved * N_LAYERS + l] =
        p[P_v_uptake] * microbes / (p[P_k_uptake] + pools[POOL_dissolved * N_LAYERS + l]);
    out->rate[CH_mineral * N_LAYERS + l] =
        p[P_v_mineral] * microbes / (p[P_k_mineral] + pools[POOL_mineral * N_LAYERS + l]);
  }
}

static const struct proda_slope slope_of[] = {
    {CH_dissolved, POOL_dissolved},
    {CH_dissolved, POOL_microbes},
    {CH_mineral, POOL_mineral},
    {CH_mineral, POOL_microbes},
};

static void slopes(const void *model, const lane *at, const lane *p,
                   const struct proda_terms *terms_, const lane *pools, lane *slope)
{
  (void)model;
  (void)at;
  (void)terms_;
  for (int l = 0; l < N_LAYERS; l++) {
    lane microbes = pools[POOL_microbes * N_LAYERS + l];
    lane uptake = 1.0 / (p[P_k_uptake] + pools[POOL_dissolved * N_LAYERS + l]);
    lane release = 1.0 / (p[P_k_mineral] + pools[POOL_mineral * N_LAYERS + l]);
    slope[0 * N_LAYERS + l] = -p[P_v_uptake] * microbes * uptake * uptake;
    slope[1 * N_LAYERS + l] = p[P_v_uptake] * uptake;
    slope[2 * N_LAYERS + l] = -p[P_v_mineral] * microbes * release * release;
    slope[3 * N_LAYERS + l] = p[P_v_mineral] * release;
  }
}

static const struct proda_nonlinear_ops nonlinear = {
    .size = sizeof nonlinear,
    .rates = rates,
    .n_slopes = sizeof slope_of / sizeof *slope_of,
    .slope_of = slope_of,
    .slopes = slopes,
};

static const void *extension(const void *model, const char *name)
{
  (void)model;
  return strcmp(name, "nonlinear") == 0 ? &nonlinear : NULL;
}

static const struct proda_model_ops ops = {
    .size = sizeof ops,
    .create = create,
    .destroy = destroy,
    .site_size = site_size,
    .site = site,
    .terms = terms,
    .extension = extension,
};

PRODA_EXPORT const struct proda_plugin proda_plugin = {
    .abi = PRODA_ABI_VERSION,
    .kind = PRODA_MODEL,
    .name = MANIFEST_NAME,
    .digest = MANIFEST_DIGEST,
    .ops = &ops,
};
