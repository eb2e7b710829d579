/* CORPSE: golden/corpse.md. */
#include "corpse.names.h"

#include "single.h"

enum { N_TYPES = 3, CARRY_VMAX = 0, N_CARRY = CARRY_VMAX + N_TYPES };

static lane moisture(lane water, const lane *p)
{
  lane wet = p[P_substrate_diffusion_exp], gas = p[P_gas_diffusion_exp], one = lane_splat(1.0);
  water = lane_max(lane_splat(0.0), lane_min(one, water));
  lane best = wet / (wet + gas);
  lane most = lane_power(best, wet) * lane_power(1 - best, gas);
  return lane_power(water, wet) * lane_power(1 - water, gas) /
         lane_select(p[P_new_resp_units] > 0.5, most, one);
}

static void terms(const void *model, const lane *site, const lane *p, const struct proda_terms *out)
{
  (void)model;
  lane kelvin = site[DRIVER_temperature] + 273.15, input = site[DRIVER_npp] / 1000;
  lane inverse = 1.0 / (8.314472 * kelvin) - 1.0 / (8.314472 * 293.15);
  lane wet = moisture(site[DRIVER_water], p);
  lane bound = lane_power(site[DRIVER_clay] / 20, lane_splat(0.4833));
  for (int t = 0; t < N_TYPES; t++) {
    out->carry[CARRY_VMAX + t] =
        wet * p[P_vmaxref_fast + t] * lane_exp(-p[P_Ea_fast + t] * inverse);
    out->rate[CH_protect_fast + t] = p[P_prot_fast + t] * bound;
    out->rate[CH_release_fast + t] = 1.0 / p[P_tProtected];
    out->fraction[TO_eat_fast_livingMicrobeC + t] = p[P_eup_fast + t];
    out->fraction[TO_protect_fast_pFastC + t] = lane_splat(1.0);
    out->fraction[TO_release_fast_uFastC + t] = lane_splat(1.0);
  }
  out->fraction[TO_die_uNecroC] = p[P_et];
  out->input[IN_uFastC] = input * (1 - p[P_frac_input_slow]);
  out->input[IN_uSlowC] = input * p[P_frac_input_slow];
  out->modifier[MOD_unchanged] = lane_splat(1.0);
  single_no_transport(out);
}

static lane substrate(const lane *pools)
{
  return pools[POOL_uFastC] + pools[POOL_uSlowC] + pools[POOL_uNecroC];
}

static void rates(const void *model, const lane *site, const lane *p, const struct proda_terms *out,
                  const lane *pools)
{
  (void)model;
  (void)site;
  lane food = substrate(pools), microbes = pools[POOL_livingMicrobeC];
  for (int t = 0; t < N_TYPES; t++)
    out->rate[CH_eat_fast + t] =
        out->carry[CARRY_VMAX + t] * microbes / (p[P_kC] * food + microbes);
  lane above = 1 - p[P_minMicrobeC] * food / microbes;
  out->rate[CH_die] = lane_max(lane_splat(0.0), above) / p[P_Tmic];
}

/* Of every type's decomposition by every type's carbon and by microbes; of death likewise. */
#define EATEN_BY(channel)                                                                          \
  {CH_eat_##channel, POOL_uFastC}, {CH_eat_##channel, POOL_uSlowC},                                \
      {CH_eat_##channel, POOL_uNecroC},                                                            \
  {                                                                                                \
    CH_eat_##channel, POOL_livingMicrobeC                                                          \
  }
enum { N_BY = N_TYPES + 1, SLOPE_die = N_BY * N_TYPES };

static const struct proda_slope slope_of[] = {
    EATEN_BY(fast),
    EATEN_BY(slow),
    EATEN_BY(necro),
    {CH_die, POOL_uFastC},
    {CH_die, POOL_uSlowC},
    {CH_die, POOL_uNecroC},
    {CH_die, POOL_livingMicrobeC},
};

static void slopes(const void *model, const lane *site, const lane *p, const struct proda_terms *at,
                   const lane *pools, lane *slope)
{
  (void)model;
  (void)site;
  lane food = substrate(pools), microbes = pools[POOL_livingMicrobeC], zero = lane_splat(0.0);
  lane h = p[P_kC] * food + microbes;
  for (int t = 0; t < N_TYPES; t++) {
    lane vmax = at->carry[CARRY_VMAX + t] * p[P_kC] / (h * h);
    for (int by = 0; by < N_TYPES; by++)
      slope[t * N_BY + by] = -vmax * microbes;
    slope[t * N_BY + N_TYPES] = vmax * food;
  }
  lane per_food = p[P_minMicrobeC] / (microbes * p[P_Tmic]);
  per_food = lane_select(microbes > p[P_minMicrobeC] * food, per_food, zero);
  for (int by = 0; by < N_TYPES; by++)
    slope[SLOPE_die + by] = -per_food;
  slope[SLOPE_die + N_TYPES] = per_food * food / microbes;
}

SINGLE_PLUGIN;
