/* A structure for tests of the host; macros turn it into faulty ones. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <proda/model.h>

#include "tiny.names.h"

#ifndef TINY_ABI
#define TINY_ABI PRODA_ABI_VERSION
#endif
#ifndef TINY_KIND
#define TINY_KIND PRODA_MODEL
#endif
#ifndef TINY_NAME
#define TINY_NAME MANIFEST_NAME
#endif
#ifndef TINY_DIGEST
#define TINY_DIGEST MANIFEST_DIGEST
#endif
#ifndef TINY_SIZE
#define TINY_SIZE sizeof(struct proda_model_ops)
#endif
#ifndef TINY_QUANTITIES
#define TINY_QUANTITIES "quantities"
#endif
#ifndef TINY_SYMBOL
#define TINY_SYMBOL proda_plugin
#endif

struct tiny {
  double share;
  size_t n_months;
};

enum { SITE_INPUT, SITE_TRANSFER, N_SITE };

static int create(const struct proda_model_shape *shape, const struct proda_setting *settings,
                  void **model, struct proda_error *error)
{
  if (shape->n_layers != N_LAYERS)
    return proda_error_set(error, "tiny: expected %d layers", N_LAYERS);
  struct tiny *tiny = calloc(1, sizeof *tiny);
  if (!tiny)
    return proda_error_set(error, "tiny: out of memory");
  tiny->share = settings[SET_share].value[0];
  tiny->n_months = shape->n_months;
  *model = tiny;
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

static int site(const void *model, const struct proda_forcing *forcing, lane *site_lanes, int i,
                struct proda_error *error)
{
  const struct tiny *tiny = model;
  double sum = 0.0;
  for (size_t month = 0; month < tiny->n_months; month++)
    sum += forcing->driver[DRIVER_input][month];
  if (!(sum > 0.0)) {
    proda_error_set(error, "no plant carbon");
    return PRODA_REJECT;
  }
  const double *temperature = forcing->driver[DRIVER_temperature];
  site_lanes[SITE_INPUT][i] = sum / (double)tiny->n_months * 12.0 / 365.0;
  site_lanes[SITE_TRANSFER][i] = temperature ? exp((273.15 - temperature[0]) / 30.0) / 3.0 : NAN;
  return PRODA_OK;
}

static void terms(const void *model, const lane *site_lanes, const lane *parameter,
                  const struct proda_terms *out)
{
  const struct tiny *tiny = model;
  const double share[N_LAYERS] = {tiny->share, 1.0 - tiny->share};
  lane given = parameter[P_transfer];
  for (int layer = 0; layer < N_LAYERS; layer++) {
    double side = layer == 0 ? 1.0 : LAYER_DZ[0] / LAYER_DZ[1];
    lane exchange = parameter[P_mixing] / 365.0 * side;
    out->input[IN_fast * N_LAYERS + layer] =
        site_lanes[SITE_INPUT] * (share[layer] / LAYER_DZ[layer]);
    out->rate[CH_fast * N_LAYERS + layer] = 1.0 / (365.0 * parameter[P_tau_fast]);
    out->rate[CH_slow * N_LAYERS + layer] = 1.0 / (365.0 * parameter[P_tau_slow]);
    out->modifier[MOD_xi * N_LAYERS + layer] = lane_splat(1.0);
    out->fraction[TO_fast_slow * N_LAYERS + layer] =
        lane_select(lane_isnan(given), site_lanes[SITE_TRANSFER], given);
    out->transport[0 * N_LAYERS + layer] = -exchange;
    out->transport[1 * N_LAYERS + layer] = exchange;
    out->transport[2 * N_LAYERS + layer] = -exchange;
  }
}

static void fill(const void *model, const lane *site_lanes, const lane *parameter,
                 const struct proda_terms *filled, const lane *pools, lane *out)
{
  (void)model;
  (void)site_lanes;
  (void)parameter;
  (void)filled;
  out[QUANTITY_carbon] = lane_splat(0.0);
  for (int pool = 0; pool < N_POOLS; pool++)
    for (int layer = 0; layer < N_LAYERS; layer++)
      out[QUANTITY_carbon] += LAYER_DZ[layer] * pools[pool * N_LAYERS + layer];
}

static const struct proda_quantities_ops quantities = {
    .size = sizeof quantities,
    .fill = fill,
};

#ifdef TINY_UNDEFINED
const void *tiny_not_anywhere(const void *model);
#endif

static const void *extension(const void *model, const char *name)
{
  if (strcmp(name, TINY_QUANTITIES) == 0)
    return &quantities;
#ifdef TINY_UNDEFINED
  return tiny_not_anywhere(model);
#else
  (void)model;
  return NULL;
#endif
}

static const struct proda_model_ops ops = {
    .size = TINY_SIZE,
    .create = create,
    .destroy = destroy,
    .site_size = site_size,
    .site = site,
    .terms = terms,
    .extension = extension,
};

extern const struct proda_plugin TINY_SYMBOL;
PRODA_EXPORT const struct proda_plugin TINY_SYMBOL = {
    .abi = TINY_ABI,
    .kind = TINY_KIND,
    .name = TINY_NAME,
    .digest = TINY_DIGEST,
    .ops = &ops,
};
