/* MEND 2013: golden/mend.md. */
#include "mend.names.h"

#include "single.h"

enum {
  CARRY_UPTAKE,
  CARRY_K_D,
  CARRY_V_P,
  CARRY_K_P,
  CARRY_V_M,
  CARRY_K_M,
  CARRY_ADSORPTION,
  N_CARRY
};

/* Whether substrate and microbes saturate the uptake, beside its half-saturation. */
static const struct {
  double substrate, microbes;
} saturating[] = {
    [SET_kinetics_MM] = {1, 0},
    [SET_kinetics_RMM] = {0, 1},
    [SET_kinetics_ECA] = {1, 1},
};

static void terms(const void *model, const lane *site, const lane *p, const struct proda_terms *out)
{
  (void)model;
  lane celsius = site[DRIVER_temperature], one = lane_splat(1.0);
  lane inverse = (1.0 / (celsius + 273.15) - 1.0 / (p[P_T_ref] + 273.15)) / 8.314;
  lane half = lane_exp(-p[P_Ea_k] * inverse);
  lane maintenance = p[P_m_r] * lane_exp(-p[P_Ea_mr] * inverse);
  lane efficiency = p[P_E_c] - p[P_cue_slope] * (celsius - p[P_T_ref]);
  lane input = site[DRIVER_npp] / (site[DRIVER_bulk_density] * p[P_depth]) / 8760;
  lane left = 1 - p[P_p_ep] - p[P_p_em];
  out->carry[CARRY_UPTAKE] =
      (p[P_V_d] * lane_exp(-p[P_Ea_vd] * inverse) + maintenance) / efficiency;
  out->carry[CARRY_V_P] = p[P_V_p] * lane_exp(-p[P_Ea_vp] * inverse);
  out->carry[CARRY_V_M] = p[P_V_m] * lane_exp(-p[P_Ea_vm] * inverse);
  out->carry[CARRY_ADSORPTION] = p[P_K_ads] * lane_exp(-p[P_Ea_ads] * inverse);
  out->carry[CARRY_K_D] = p[P_K_d] * half;
  out->carry[CARRY_K_P] = p[P_K_p] * half;
  out->carry[CARRY_K_M] = p[P_K_m] * half;
  out->input[IN_P] = input * (1 - p[P_frac_input_dom]);
  out->input[IN_D] = input * p[P_frac_input_dom];
  out->modifier[MOD_unchanged] = one;
  out->rate[CH_desorption] = p[P_K_des] * lane_exp(-p[P_Ea_des] * inverse) / p[P_Q_max];
  out->rate[CH_maintenance] = maintenance;
  out->rate[CH_EP] = p[P_r_ep];
  out->rate[CH_EM] = p[P_r_em];
  out->fraction[TO_uptake_B] = efficiency;
  out->fraction[TO_cut_P_D] = p[P_f_d];
  out->fraction[TO_cut_P_M] = 1 - p[P_f_d];
  out->fraction[TO_cut_M_D] = one;
  out->fraction[TO_adsorption_Q] = one;
  out->fraction[TO_desorption_D] = one;
  out->fraction[TO_maintenance_EP] = p[P_p_ep];
  out->fraction[TO_maintenance_EM] = p[P_p_em];
  out->fraction[TO_maintenance_D] = p[P_g_d] * left;
  out->fraction[TO_maintenance_P] = (1 - p[P_g_d]) * left;
  out->fraction[TO_EP_D] = one;
  out->fraction[TO_EM_D] = one;
  single_no_transport(out);
}

static struct saturation uptake(const struct single *model, const struct proda_terms *at,
                                const lane *pools)
{
  int kinetics = (int)model->setting[SET_kinetics];
  return saturate(at->carry[CARRY_UPTAKE], at->carry[CARRY_K_D], pools[POOL_D], pools[POOL_B],
                  saturating[kinetics].substrate, saturating[kinetics].microbes);
}

static struct saturation cut_P(const struct proda_terms *at, const lane *pools)
{
  return saturate(at->carry[CARRY_V_P], at->carry[CARRY_K_P], pools[POOL_P], pools[POOL_EP], 1, 0);
}

static struct saturation cut_M(const struct proda_terms *at, const lane *pools)
{
  return saturate(at->carry[CARRY_V_M], at->carry[CARRY_K_M], pools[POOL_M], pools[POOL_EM], 1, 0);
}

static void rates(const void *model, const lane *site, const lane *p, const struct proda_terms *out,
                  const lane *pools)
{
  (void)site;
  out->rate[CH_uptake] = uptake(model, out, pools).rate;
  out->rate[CH_cut_P] = cut_P(out, pools).rate;
  out->rate[CH_cut_M] = cut_M(out, pools).rate;
  out->rate[CH_adsorption] = out->carry[CARRY_ADSORPTION] * (1 - pools[POOL_Q] / p[P_Q_max]);
}

static const struct proda_slope slope_of[] = {
    {CH_uptake, POOL_D}, {CH_uptake, POOL_B}, {CH_cut_P, POOL_P},      {CH_cut_P, POOL_EP},
    {CH_cut_M, POOL_M},  {CH_cut_M, POOL_EM}, {CH_adsorption, POOL_Q},
};

static void slopes(const void *model, const lane *site, const lane *p, const struct proda_terms *at,
                   const lane *pools, lane *slope)
{
  (void)site;
  struct saturation taken = uptake(model, at, pools);
  struct saturation particulate = cut_P(at, pools), mineral = cut_M(at, pools);
  slope[0] = taken.d_substrate;
  slope[1] = taken.d_microbes;
  slope[2] = particulate.d_substrate;
  slope[3] = particulate.d_microbes;
  slope[4] = mineral.d_substrate;
  slope[5] = mineral.d_microbes;
  slope[6] = -at->carry[CARRY_ADSORPTION] / p[P_Q_max];
}

SINGLE_PLUGIN;
