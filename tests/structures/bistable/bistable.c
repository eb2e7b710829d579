/* Decomposition that its own substrate slows: bistable.yaml. */
#include "bistable.names.h"

#include "single.h"

enum { N_CARRY = 0 };

static void terms(const void *model, const lane *site, const lane *p, const struct proda_terms *out)
{
  (void)model;
  (void)p;
  out->input[IN_soil] = site[DRIVER_input];
  out->modifier[MOD_unchanged] = lane_splat(1.0);
  single_no_transport(out);
}

static void rates(const void *model, const lane *site, const lane *p, const struct proda_terms *out,
                  const lane *pools)
{
  (void)model;
  (void)site;
  lane x = pools[POOL_soil] / p[P_scale];
  out->rate[CH_soil] = p[P_c] * (1 + 10 / (1 + x * x));
}

static const struct proda_slope slope_of[] = {{CH_soil, POOL_soil}};

static void slopes(const void *model, const lane *site, const lane *p, const struct proda_terms *at,
                   const lane *pools, lane *slope)
{
  (void)model;
  (void)site;
  (void)at;
  lane x = pools[POOL_soil] / p[P_scale], h = 1 + x * x;
  slope[0] = -20 * p[P_c] * x / (h * h) / p[P_scale];
}

SINGLE_PLUGIN;
