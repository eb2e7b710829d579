/* MIMICS: golden/mimics.md. */
#include "mimics.names.h"

#include "single.h"

/* What an r and a K microbe do: six pathways of the parameters, then recalcitrant carbon by the
 * parameters of structural litter. */
enum { N_STATED = 6, N_PATHWAYS = 8, N_MICROBES = 2 };
enum {
  CARRY_VMAX,
  CARRY_KM = CARRY_VMAX + N_PATHWAYS,
  CARRY_TAU = CARRY_KM + N_PATHWAYS,
  CARRY_BETA = CARRY_TAU + N_MICROBES,
  N_CARRY
};

static const struct {
  int channel, donor, microbe, like;
} pathway[N_PATHWAYS] = {
    {CH_r_LITm, POOL_LITm, POOL_MICr, 0}, {CH_r_LITs, POOL_LITs, POOL_MICr, 1},
    {CH_r_SOMa, POOL_SOMa, POOL_MICr, 2}, {CH_k_LITm, POOL_LITm, POOL_MICk, 3},
    {CH_k_LITs, POOL_LITs, POOL_MICk, 4}, {CH_k_SOMa, POOL_SOMa, POOL_MICk, 5},
    {CH_r_SOMc, POOL_SOMc, POOL_MICr, 1}, {CH_k_SOMc, POOL_SOMc, POOL_MICk, 4},
};

static lane moisture(const struct single *model, lane water)
{
  if ((int)model->setting[SET_moisture] == SET_moisture_none)
    return lane_splat(1.0);
  lane scalar = water * water * water * lane_power(1 - water, lane_splat(2.5));
  return lane_max(scalar / 0.022600567942709, lane_splat(0.05));
}

static void fill_pathways(const struct single *model, const lane *site, const lane *p, lane *carry)
{
  lane celsius = site[DRIVER_temperature], wet = moisture(model, site[DRIVER_water]);
  lane root = lane_power(site[DRIVER_clay], lane_splat(0.5));
  lane protects = p[P_PHYS_scalar_1] * lane_exp(p[P_PHYS_scalar_2] * root);
  for (int j = 0; j < N_PATHWAYS; j++) {
    int k = pathway[j].like;
    lane divisor = p[P_kMOD_1 + k];
    if (pathway[j].donor == POOL_SOMa)
      divisor *= protects;
    if (j >= N_STATED)
      divisor /= p[P_KO_1 + (j - N_STATED)];
    carry[CARRY_VMAX + j] = lane_exp(p[P_Vslope_1 + k] * celsius + p[P_Vint_1 + k]) *
                            p[P_aV_1 + k] * p[P_vMOD_1 + k] * wet;
    carry[CARRY_KM + j] =
        lane_exp(p[P_Kslope_1 + k] * celsius + p[P_Kint_1 + k]) * p[P_aK_1 + k] / divisor;
  }
}

static void fill_turnover(const struct single *model, const lane *site, const lane *p,
                          lane metabolic, lane *carry)
{
  lane one = lane_splat(1.0), factor = p[P_Tau_MOD_4] * p[P_tau_MULT];
  bool density = (int)model->setting[SET_turnover] == SET_turnover_density;
  lane by_npp = lane_power(site[DRIVER_npp_annual] / p[P_Tau_MOD_1], lane_splat(0.5));
  by_npp = lane_max(p[P_Tau_MOD_2], lane_min(p[P_Tau_MOD_3], by_npp));
  factor *= density ? one : by_npp;
  carry[CARRY_BETA] = density ? p[P_beta] : one;
  carry[CARRY_TAU] = p[P_tau_r_1] * lane_exp(p[P_tau_r_2] * metabolic) * factor;
  carry[CARRY_TAU + 1] = p[P_tau_K_1] * lane_exp(p[P_tau_K_2] * metabolic) * factor;
}

static void fill_fractions(const lane *site, const lane *p, lane metabolic, lane *fraction)
{
  lane one = lane_splat(1.0), clay = site[DRIVER_clay];
  lane protect_r = p[P_fPHYS_r_1] * lane_exp(p[P_fPHYS_r_2] * clay) * p[P_fPHYS_MULT];
  lane protect_k = p[P_fPHYS_K_1] * lane_exp(p[P_fPHYS_K_2] * clay) * p[P_fPHYS_MULT];
  lane resist_r = p[P_fCHEM_r_1] * lane_exp(p[P_fCHEM_r_2] * metabolic) * p[P_fCHEM_r_3];
  lane resist_k = p[P_fCHEM_K_1] * lane_exp(p[P_fCHEM_K_2] * metabolic) * p[P_fCHEM_K_3];
  fraction[TO_r_LITm_MICr] = fraction[TO_r_SOMa_MICr] = p[P_CUE_1];
  fraction[TO_r_LITs_MICr] = p[P_CUE_2];
  fraction[TO_k_LITm_MICk] = fraction[TO_k_SOMa_MICk] = p[P_CUE_3];
  fraction[TO_k_LITs_MICk] = p[P_CUE_4];
  fraction[TO_r_SOMc_SOMa] = fraction[TO_k_SOMc_SOMa] = fraction[TO_SOMp_SOMa] = one;
  fraction[TO_MICr_SOMp] = protect_r;
  fraction[TO_MICr_SOMc] = resist_r;
  fraction[TO_MICr_SOMa] = 1 - protect_r - resist_r;
  fraction[TO_MICk_SOMp] = protect_k;
  fraction[TO_MICk_SOMc] = resist_k;
  fraction[TO_MICk_SOMa] = 1 - protect_k - resist_k;
}

static void terms(const void *model, const lane *site, const lane *p, const struct proda_terms *out)
{
  lane lignin_to_n = site[DRIVER_lignin] / 100 * site[DRIVER_litter_cn] * 2.5;
  lane metabolic = p[P_fmet_p_1] * (p[P_fmet_p_2] - p[P_fmet_p_3] * lignin_to_n);
  lane input = site[DRIVER_npp] / 8760 * 1000 / 10000 / p[P_depth];
  fill_pathways(model, site, p, out->carry);
  fill_turnover(model, site, p, metabolic, out->carry);
  fill_fractions(site, p, metabolic, out->fraction);
  out->input[IN_LITm] = input * metabolic * (1 - p[P_FI_1]);
  out->input[IN_LITs] = input * (1 - metabolic) * (1 - p[P_FI_2]);
  out->input[IN_SOMp] = input * metabolic * p[P_FI_1];
  out->input[IN_SOMc] = input * (1 - metabolic) * p[P_FI_2];
  out->modifier[MOD_unchanged] = lane_splat(1.0);
  out->rate[CH_SOMp] =
      p[P_fSOM_p_1] * lane_exp(p[P_fSOM_p_2] * site[DRIVER_clay]) * p[P_desorb_MULT];
  single_no_transport(out);
}

static struct saturation decomposition(const struct single *model, const struct proda_terms *at,
                                       const lane *pools, int j)
{
  bool forward = (int)model->setting[SET_kinetics] == SET_kinetics_forward;
  return saturate(at->carry[CARRY_VMAX + j], at->carry[CARRY_KM + j], pools[pathway[j].donor],
                  pools[pathway[j].microbe], forward, !forward);
}

static lane turnover(const struct proda_terms *at, const lane *pools, int microbe)
{
  return at->carry[CARRY_TAU + microbe] *
         lane_power(pools[POOL_MICr + microbe], at->carry[CARRY_BETA] - 1);
}

static void rates(const void *model, const lane *site, const lane *p, const struct proda_terms *out,
                  const lane *pools)
{
  (void)site;
  (void)p;
  for (int j = 0; j < N_PATHWAYS; j++)
    out->rate[pathway[j].channel] = decomposition(model, out, pools, j).rate;
  for (int k = 0; k < N_MICROBES; k++)
    out->rate[CH_MICr + k] = turnover(out, pools, k);
}

static const struct proda_slope slope_of[] = {
    {CH_r_LITm, POOL_LITm}, {CH_r_LITm, POOL_MICr}, {CH_r_LITs, POOL_LITs}, {CH_r_LITs, POOL_MICr},
    {CH_r_SOMa, POOL_SOMa}, {CH_r_SOMa, POOL_MICr}, {CH_k_LITm, POOL_LITm}, {CH_k_LITm, POOL_MICk},
    {CH_k_LITs, POOL_LITs}, {CH_k_LITs, POOL_MICk}, {CH_k_SOMa, POOL_SOMa}, {CH_k_SOMa, POOL_MICk},
    {CH_r_SOMc, POOL_SOMc}, {CH_r_SOMc, POOL_MICr}, {CH_k_SOMc, POOL_SOMc}, {CH_k_SOMc, POOL_MICk},
    {CH_MICr, POOL_MICr},   {CH_MICk, POOL_MICk},
};

static void slopes(const void *model, const lane *site, const lane *p, const struct proda_terms *at,
                   const lane *pools, lane *slope)
{
  (void)site;
  (void)p;
  for (int j = 0; j < N_PATHWAYS; j++) {
    struct saturation s = decomposition(model, at, pools, j);
    slope[2 * j] = s.d_substrate;
    slope[2 * j + 1] = s.d_microbes;
  }
  for (int k = 0; k < N_MICROBES; k++)
    slope[2 * N_PATHWAYS + k] =
        (at->carry[CARRY_BETA] - 1) * turnover(at, pools, k) / pools[POOL_MICr + k];
}

SINGLE_PLUGIN;
