/* Millennial V2: golden/millennial2.md. */
#include "millennial2.names.h"

#include "single.h"

enum { CARRY_DEPOLYMERISATION, CARRY_UPTAKE, CARRY_ADSORPTION, CARRY_CAPACITY, N_CARRY };

/* Which concentrations saturate the channels, beside their half-saturation. */
static const struct {
  double polymer, polymer_microbes, dissolved, dissolved_microbes;
} saturating[] = {
    [SET_kinetics_MM] = {0, 1, 1, 0},
    [SET_kinetics_ECA] = {1, 1, 1, 1},
    [SET_kinetics_LIN] = {0, 0, 0, 0},
};

static lane arrhenius(lane factor, lane energy, lane celsius)
{
  return factor * lane_exp(-energy / (8.31446 * (celsius + 273.15)));
}

static void terms(const void *model, const lane *site, const lane *p, const struct proda_terms *out)
{
  (void)model;
  lane half = lane_splat(0.5), celsius = site[DRIVER_temperature];
  lane porosity = site[DRIVER_porosity], water = site[DRIVER_water];
  lane wet = lane_power(water / porosity, half);
  lane air = lane_power((porosity - water) / porosity, half);
  lane breathes =
      lane_exp(-p[P_lambda] * p[P_matpot]) * (p[P_kamin] + (1 - p[P_kamin]) * air) * wet;
  lane capacity =
      site[DRIVER_bulk_density] * (site[DRIVER_clay] + site[DRIVER_silt]) * p[P_param_pc];
  lane input = site[DRIVER_npp] / 365;
  out->carry[CARRY_DEPOLYMERISATION] = arrhenius(p[P_alpha_pl], p[P_eact_pl], celsius);
  out->carry[CARRY_UPTAKE] = breathes * arrhenius(p[P_alpha_lb], p[P_eact_lb], celsius);
  out->carry[CARRY_ADSORPTION] =
      p[P_kaff_des] * lane_exp(-p[P_param_p1] * site[DRIVER_ph] - p[P_param_p2]);
  out->carry[CARRY_CAPACITY] = capacity;
  out->input[IN_POM] = input * p[P_param_pi];
  out->input[IN_LMWC] = input * (1 - p[P_param_pi]);
  out->modifier[MOD_wet] = wet;
  out->modifier[MOD_unchanged] = lane_splat(1.0);
  out->rate[CH_aggregation] = p[P_rate_pa];
  out->rate[CH_breakdown] = p[P_rate_break];
  out->rate[CH_leaching] = p[P_rate_leach];
  out->rate[CH_desorption] = p[P_kaff_des] / capacity;
  out->rate[CH_binding] = p[P_rate_ma];
  out->fraction[TO_depolymerisation_LMWC] = lane_splat(1.0);
  out->fraction[TO_aggregation_AGG] = lane_splat(1.0);
  out->fraction[TO_breakdown_POM] = p[P_param_pa];
  out->fraction[TO_breakdown_MAOM] = 1 - p[P_param_pa];
  out->fraction[TO_adsorption_MAOM] = lane_splat(1.0);
  out->fraction[TO_uptake_MIC] = p[P_cue_ref] - p[P_cue_t] * (celsius - p[P_tae_ref]);
  out->fraction[TO_turnover_MAOM] = p[P_param_pb];
  out->fraction[TO_turnover_LMWC] = 1 - p[P_param_pb];
  out->fraction[TO_desorption_LMWC] = lane_splat(1.0);
  out->fraction[TO_binding_AGG] = lane_splat(1.0);
  single_no_transport(out);
}

static struct saturation depolymerisation(const struct single *model, const lane *p,
                                          const struct proda_terms *terms, const lane *pools)
{
  int kinetics = (int)model->setting[SET_kinetics];
  return saturate(terms->carry[CARRY_DEPOLYMERISATION], p[P_kaff_pl], pools[POOL_POM],
                  pools[POOL_MIC], saturating[kinetics].polymer,
                  saturating[kinetics].polymer_microbes);
}

static struct saturation uptake(const struct single *model, const lane *p,
                                const struct proda_terms *terms, const lane *pools)
{
  int kinetics = (int)model->setting[SET_kinetics];
  return saturate(terms->carry[CARRY_UPTAKE], p[P_kaff_lb], pools[POOL_LMWC], pools[POOL_MIC],
                  saturating[kinetics].dissolved, saturating[kinetics].dissolved_microbes);
}

static void rates(const void *model, const lane *site, const lane *p, const struct proda_terms *out,
                  const lane *pools)
{
  (void)site;
  out->rate[CH_depolymerisation] = depolymerisation(model, p, out, pools).rate;
  out->rate[CH_uptake] = uptake(model, p, out, pools).rate;
  out->rate[CH_adsorption] =
      out->carry[CARRY_ADSORPTION] * (1 - pools[POOL_MAOM] / out->carry[CARRY_CAPACITY]);
  out->rate[CH_turnover] = p[P_rate_bd] * pools[POOL_MIC];
}

static const struct proda_slope slope_of[] = {
    {CH_depolymerisation, POOL_POM}, {CH_depolymerisation, POOL_MIC}, {CH_uptake, POOL_LMWC},
    {CH_uptake, POOL_MIC},           {CH_adsorption, POOL_MAOM},      {CH_turnover, POOL_MIC},
};

static void slopes(const void *model, const lane *site, const lane *p, const struct proda_terms *at,
                   const lane *pools, lane *slope)
{
  (void)site;
  struct saturation polymer = depolymerisation(model, p, at, pools);
  struct saturation dissolved = uptake(model, p, at, pools);
  slope[0] = polymer.d_substrate;
  slope[1] = polymer.d_microbes;
  slope[2] = dissolved.d_substrate;
  slope[3] = dissolved.d_microbes;
  slope[4] = -at->carry[CARRY_ADSORPTION] / at->carry[CARRY_CAPACITY];
  slope[5] = p[P_rate_bd];
}

SINGLE_PLUGIN;
