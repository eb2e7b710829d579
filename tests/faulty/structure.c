/* A structure that keeps its promises; each macro breaks one of them. */
#include <assert.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <proda/model.h>

#include "structure.names.h"

#ifdef WRONG_ABI
#define ABI 99
#else
#define ABI PRODA_ABI_VERSION
#endif
#ifdef STALE_DIGEST
#define DIGEST "0123456789abcdef0123456789abcdef"
#else
#define DIGEST MANIFEST_DIGEST
#endif

struct structure {
  double share;
  size_t n_months;
  const double *kept_setting;
  const double *kept_forcing[PRODA_LANES];
};

enum { SITE_INPUT, SITE_CLAY, SITE_TEMPERATURE = SITE_CLAY + N_LAYERS };
enum { N_SITE = SITE_TEMPERATURE + N_LAYERS };

#ifdef STATIC_STATE
static size_t n_months_of_all;
#endif

static int create(const struct proda_model_shape *shape, const struct proda_setting *settings,
                  void **model, struct proda_error *error)
{
  if (shape->n_layers != N_LAYERS)
    return proda_error_set(error, "structure: made for %d layers", N_LAYERS);
  struct structure *made = calloc(1, sizeof *made);
  if (!made)
    return proda_error_set(error, "structure: out of memory");
  made->share = settings[SET_share].value[0];
  made->n_months = shape->n_months;
  made->kept_setting = settings[SET_share].value;
#ifdef STATIC_STATE
  n_months_of_all = shape->n_months;
#endif
  *model = made;
  return PRODA_OK;
}

static void destroy(void *model)
{
  free(model);
}

static size_t site_size(const void *model)
{
  (void)model;
  return N_SITE;
}

static double mean(const double *x, size_t n)
{
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += x[i];
#ifdef TWELVE_MONTHS
  return sum / 12;
#else
  return sum / (double)n;
#endif
}

static int site(const void *model, const struct proda_forcing *forcing, lane *site_lanes, int i,
                struct proda_error *error)
{
  const struct structure *s = model;
  size_t n = s->n_months;
  const double *clay = forcing->driver[DRIVER_clay];
  (void)error;
#ifdef STATIC_STATE
  n = n < n_months_of_all ? n : n_months_of_all / 2;
#endif
#ifdef READS_BEYOND
  site_lanes[SITE_INPUT][i] = 0 * forcing->driver[DRIVER_input][n];
#endif
  site_lanes[SITE_INPUT][i] = mean(forcing->driver[DRIVER_input], n);
  for (size_t l = 0; l < N_LAYERS; l++) {
    site_lanes[SITE_CLAY + l][i] = clay ? 0.2 + 0.005 * clay[l] : NAN;
    site_lanes[SITE_TEMPERATURE + l][i] =
        mean(forcing->driver[DRIVER_temperature] + l * s->n_months, n);
  }
#ifdef KEEPS_FORCING
  ((struct structure *)model)->kept_forcing[i] = forcing->driver[DRIVER_input];
#endif
#ifdef OTHER_LANES
  for (size_t k = 0; k < N_SITE; k++)
    site_lanes[k] = lane_splat(site_lanes[k][i]);
#endif
  return PRODA_OK;
}

static void transport(const lane *parameter, lane *band)
{
  lane g = parameter[P_mixing] / (LAYER_NODE[1] - LAYER_NODE[0]);
  band[0] = band[2 * N_LAYERS + 1] = lane_splat(0);
  band[2 * N_LAYERS] = -g / LAYER_DZ[0];
  band[1] = -g / LAYER_DZ[1];
  band[N_LAYERS] = g / LAYER_DZ[0];
  band[N_LAYERS + 1] = g / LAYER_DZ[1];
#ifdef LEAKS
  band[1] = -0.9 * g / LAYER_DZ[1];
#endif
}

static lane modifier(const lane *parameter, lane temperature)
{
  lane base = parameter[P_q10], x = (temperature - 288.15) / 10;
#ifdef NOT_A_NUMBER
  x += 0 * lane_log(temperature - 282);
#endif
#ifdef NEGATIVE_MODIFIER
  return x;
#endif
  return lane_exp(x * lane_log(base));
}

static void misbehave(const lane *site_lanes, const lane *parameter)
{
  (void)site_lanes;
  (void)parameter;
#ifdef CRASHES
  raise(SIGSEGV); /* a compiler takes away a write to NULL */
#endif
#ifdef EXITS
  exit(0);
#endif
#ifdef ABORTS
  assert(parameter[P_mixing][0] > 1);
#endif
#ifdef LOOPS
  for (volatile unsigned i = 0;; i++)
    ;
#endif
#ifdef PRINTS
  printf("structure: here I am\n");
#endif
#ifdef TERMS_BEFORE_SITE
  assert(!(site_lanes[SITE_TEMPERATURE][0] < 200));
#endif
#ifdef MODIFIES_INPUT
  ((lane *)parameter)[P_q10] = lane_max(parameter[P_q10], lane_splat(1));
#endif
}

static void spoil(const void *model, const lane *parameter, const struct proda_terms *t)
{
  (void)model;
  (void)parameter;
  (void)t;
#ifdef RANDOM
  t->rate[CH_litter * N_LAYERS] *= 1 + 1e-9 * rand();
#endif
#ifdef CALL_ORDER
  static lane last;
  t->rate[CH_litter * N_LAYERS] += 1e-3 * last;
  last = parameter[P_k_litter];
#endif
#ifdef OTHER_LANE
  t->rate[CH_litter * N_LAYERS] = lane_splat(parameter[P_k_litter][0]);
#endif
#ifdef KEEPS_SETTING
  t->input[IN_litter * N_LAYERS] *= *((const struct structure *)model)->kept_setting / 0.7;
#endif
#ifdef KEEPS_FORCING
  for (int i = 0; i < PRODA_LANES; i++)
    if (((const struct structure *)model)->kept_forcing[i])
      t->input[IN_litter * N_LAYERS][i] *= ((const struct structure *)model)->kept_forcing[i][0];
#endif
#ifdef OUT_OF_BOUNDS
  t->fraction[N_TRANSFERS * N_LAYERS] = lane_splat(1);
#endif
#ifdef FRACTIONS_ABOVE_ONE
  t->fraction[TO_litter_soil * N_LAYERS] = 1 + parameter[P_humified];
#endif
#ifdef NEGATIVE_FRACTION
  t->fraction[TO_litter_soil * N_LAYERS] = -parameter[P_humified];
#endif
#ifdef WRONG_RATE
  t->rate[CH_litter * N_LAYERS] *= 365.25 / 365;
#endif
}

static void terms(const void *model, const lane *site_lanes, const lane *parameter,
                  const struct proda_terms *t)
{
  const struct structure *s = model;
  const double share[N_LAYERS] = {s->share / LAYER_DZ[0], (1 - s->share) / LAYER_DZ[1]};
  misbehave(site_lanes, parameter);
  for (int l = 0; l < N_LAYERS; l++) {
    lane back = parameter[P_back];
#ifndef IGNORES_PRESCRIBED
    back = lane_select(lane_isnan(back), site_lanes[SITE_CLAY + l], back);
#endif
#ifdef NEEDS_OPTIONAL
    back += 0 * site_lanes[SITE_CLAY + l];
#endif
    t->input[IN_litter * N_LAYERS + l] = site_lanes[SITE_INPUT] * share[l];
#ifdef ADDS_UP
    t->rate[CH_litter * N_LAYERS + l] += parameter[P_k_litter];
#else
    t->rate[CH_litter * N_LAYERS + l] = parameter[P_k_litter];
#endif
    t->rate[CH_microbes * N_LAYERS + l] = parameter[P_death];
    t->modifier[MOD_xi * N_LAYERS + l] = modifier(parameter, site_lanes[SITE_TEMPERATURE + l]);
    t->fraction[TO_litter_soil * N_LAYERS + l] = parameter[P_humified];
    t->fraction[TO_soil_microbes * N_LAYERS + l] = parameter[P_growth];
    t->fraction[TO_microbes_soil * N_LAYERS + l] = back;
  }
#ifdef IGNORES_PARAMETER
  for (int l = 0; l < N_LAYERS; l++)
    t->fraction[TO_litter_soil * N_LAYERS + l] = lane_splat(0.4);
#endif
  spoil(model, parameter, t);
  transport(parameter, t->transport);
}

static void rates(const void *model, const lane *site_lanes, const lane *parameter,
                  const struct proda_terms *t, const lane *pools)
{
  (void)model;
  (void)site_lanes;
  for (int l = 0; l < N_LAYERS; l++) {
    lane soil = pools[POOL_soil * N_LAYERS + l], microbes = pools[POOL_microbes * N_LAYERS + l];
    t->rate[CH_soil * N_LAYERS + l] = parameter[P_uptake] * microbes / (parameter[P_half] + soil);
#ifdef NOT_LINEAR
    t->rate[CH_litter * N_LAYERS + l] = parameter[P_k_litter] * (1 + 1e-3 * microbes);
#endif
  }
}

static void steady(const void *model, const lane *site_lanes, const lane *parameter,
                   const struct proda_terms *t, const lane *inflow, lane *pools)
{
  (void)model;
  (void)site_lanes;
  for (int l = 0; l < N_LAYERS; l++) {
    lane death = parameter[P_death], growth = parameter[P_growth];
    lane back = t->fraction[TO_microbes_soil * N_LAYERS + l], xi = t->modifier[l];
    lane soil = parameter[P_half] * death / (growth * parameter[P_uptake] - death);
#ifdef WRONG_CLOSED_FORM
    soil *= 1.001;
#endif
#ifdef NO_STATE
    soil = -soil;
#endif
    pools[POOL_soil * N_LAYERS + l] = soil;
    pools[POOL_microbes * N_LAYERS + l] =
        inflow[POOL_soil * N_LAYERS + l] / (death * xi * (1 / growth - back));
  }
}

static void slopes(const void *model, const lane *site_lanes, const lane *parameter,
                   const struct proda_terms *t, const lane *pools, lane *slope)
{
  (void)model;
  (void)site_lanes;
  (void)t;
  for (int l = 0; l < N_LAYERS; l++) {
    lane soil = pools[POOL_soil * N_LAYERS + l], microbes = pools[POOL_microbes * N_LAYERS + l];
    lane all = parameter[P_half] + soil;
    slope[l] = parameter[P_uptake] / all;
#ifndef MISSING_SLOPE
    slope[N_LAYERS + l] = -parameter[P_uptake] * microbes / (all * all);
#endif
#ifdef WRONG_SLOPE
    slope[N_LAYERS + l] *= 1.0001;
#endif
    (void)microbes;
  }
}

static const struct proda_slope slope_of[] = {{CH_soil, POOL_microbes}, {CH_soil, POOL_soil}};
static const struct proda_nonlinear_ops nonlinear = {
    .size = sizeof nonlinear,
    .rates = rates,
    .steady = steady,
#ifdef MISSING_SLOPE
    .n_slopes = 1,
#else
    .n_slopes = 2,
#endif
    .slope_of = slope_of,
    .slopes = slopes,
};

static void fill(const void *model, const lane *site_lanes, const lane *parameter,
                 const struct proda_terms *filled, const lane *pools, lane *out)
{
  (void)model;
  (void)site_lanes;
  (void)parameter;
  (void)filled;
#ifndef FORGETS_QUANTITY
  out[QUANTITY_carbon] = lane_splat(0);
#endif
  for (int k = 0; k < N_POOLS * N_LAYERS; k++)
    out[QUANTITY_carbon] += LAYER_DZ[k % N_LAYERS] * pools[k];
}

static const struct proda_quantities_ops quantities = {.size = sizeof quantities, .fill = fill};

#ifdef WRONG_TANGENT
/* As if nothing depended on any parameter. */
static void tangent_fill(const void *model, const lane *site_lanes, const lane *parameter,
                         const struct proda_terms *filled, const lane *pools, const lane *direction,
                         const struct proda_terms *tangent)
{
  (void)model;
  (void)site_lanes;
  (void)parameter;
  (void)filled;
  (void)pools;
  (void)direction;
  lane_fill(tangent->input, N_INPUTS * N_LAYERS, lane_splat(0));
  lane_fill(tangent->rate, N_CHANNELS * N_LAYERS, lane_splat(0));
  lane_fill(tangent->modifier, N_MODIFIERS * N_LAYERS, lane_splat(0));
  lane_fill(tangent->fraction, N_TRANSFERS * N_LAYERS, lane_splat(0));
  lane_fill(tangent->transport, 3 * N_LAYERS, lane_splat(0));
}

static const struct proda_tangent_ops tangents = {.size = sizeof tangents, .fill = tangent_fill};
#endif

static const void *extension(const void *model, const char *name)
{
  (void)model;
#ifndef NO_EXTENSION
  if (strcmp(name, "nonlinear") == 0)
    return &nonlinear;
#endif
#ifdef WRONG_TANGENT
  if (strcmp(name, "tangent") == 0)
    return &tangents;
#endif
  return strcmp(name, "quantities") == 0 ? &quantities : NULL;
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

PRODA_EXPORT const struct proda_plugin proda_plugin = {ABI, PRODA_MODEL, MANIFEST_NAME, DIGEST,
                                                       &ops};
