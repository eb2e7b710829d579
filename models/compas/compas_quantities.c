/* Bulk values as the study's published code computes them for COMPAS; compas.md holds the
 * equations. */
#include <proda/bulk.h>

#include "compas.h"

/* Everything the values are made of. */
struct state {
  const struct proda_terms *terms;
  const lane *parameter, *pools;
};

static const lane *pool_of(const struct state *s, size_t pool)
{
  return s->pools + pool * N_LAYERS;
}

static lane stock(const struct state *s, size_t pool)
{
  return proda_bulk_stock(N_LAYERS, LAYER_DZ, pool_of(s, pool));
}

/* What a channel's pool loses, with xi in place of xi_n. Rates of litter do not differ by layer. */
static lane loss(const struct state *s, size_t pool, size_t channel)
{
  const lane *xi = s->terms->modifier + MOD_xi * N_LAYERS;
  return s->terms->rate[channel * N_LAYERS] *
         proda_bulk_product(N_LAYERS, LAYER_DZ, pool_of(s, pool), xi);
}

static lane assimilated(const struct state *s)
{
  const lane *xi = s->terms->modifier + MOD_xi * N_LAYERS, *rate = s->terms->rate;
  lane sum = lane_splat(0.0);
  for (size_t l = 0; l < N_LAYERS; l++)
    sum += LAYER_DZ[l] * rate[CH_DOC * N_LAYERS + l] * xi[l] * pool_of(s, POOL_DOC)[l];
  return sum;
}

/* Microbial carbon use efficiency. Of the litters the share that microbes take counts twice, as
 * published: in the flux and in its efficiency. */
static lane bulk_a(const struct state *s)
{
  const lane *p = s->parameter, *fraction = s->terms->fraction;
  const lane flux[] = {
      (1.0 - p[P_a_DOC_ML]) * loss(s, POOL_ML, CH_ML),
      (1.0 - p[P_a_DOC_CL]) * loss(s, POOL_CL, CH_CL),
      (1.0 - p[P_a_SOC_LL]) * loss(s, POOL_LL, CH_LL),
      assimilated(s),
  };
  static const size_t to[] = {TO_ML_MIC, TO_CL_MIC, TO_LL_MIC, TO_DOC_MIC};
  lane kept = lane_splat(0.0), all = lane_splat(0.0);
  for (size_t i = 0; i < sizeof to / sizeof *to; i++) {
    kept += fraction[to[i] * N_LAYERS] * flux[i];
    all += flux[i];
  }
  return kept / all;
}

/* The published rate of mSOC, yr-1, times its stock. */
static lane decomposed(const struct state *s)
{
  const lane *xi = s->terms->modifier + MOD_xi * N_LAYERS;
  lane half = s->parameter[P_Km_decom], sum = lane_splat(0.0);
  for (size_t l = 0; l < N_LAYERS; l++) {
    lane x = pool_of(s, POOL_mSOC)[l], saturation = half * xi[l] + x;
    lane rate = pool_of(s, POOL_ENZ)[l] * half * 2.0 * x * xi[l] /
                (s->parameter[P_tau_decom] * saturation * saturation * saturation);
    sum += LAYER_DZ[l] * x * rate;
  }
  return sum;
}

/* Mean over all pools but DOC, of litter only what goes on to soil without microbes. */
static lane bulk_k(const struct state *s)
{
  const lane *p = s->parameter, one = lane_splat(1.0);
  const struct {
    size_t pool, channel;
    lane share;
  } c[] = {
      {POOL_CWD, CH_CWD, one},         {POOL_ML, CH_ML, p[P_a_DOC_ML]},
      {POOL_CL, CH_CL, p[P_a_DOC_CL]}, {POOL_LL, CH_LL, p[P_a_SOC_LL]},
      {POOL_MIC, CH_death, one},       {POOL_MIC, CH_production, one},
      {POOL_ENZ, CH_ENZ, one},
  };
  lane sum = lane_splat(0.0), all = lane_splat(0.0);
  for (size_t i = 0; i < sizeof c / sizeof *c; i++)
    sum += c[i].share * s->terms->rate[c[i].channel * N_LAYERS] * stock(s, c[i].pool);
  for (size_t pool = 0; pool < N_POOLS; pool++)
    if (pool != POOL_DOC)
      all += stock(s, pool);
  return (PRODA_DAYS_PER_YEAR * sum + decomposed(s)) / all;
}

/* Share that is transferred without microbes, of what litter and microbes lose. */
static lane bulk_e(const struct state *s)
{
  const lane *p = s->parameter;
  lane ml = loss(s, POOL_ML, CH_ML), cl = loss(s, POOL_CL, CH_CL), ll = loss(s, POOL_LL, CH_LL);
  lane mic = loss(s, POOL_MIC, CH_death) + loss(s, POOL_MIC, CH_production);
  return (p[P_a_DOC_ML] * ml + p[P_a_DOC_CL] * cl + p[P_a_SOC_LL] * ll + p[P_a_SOC_MIC] * mic) /
         (ml + cl + ll + mic);
}

/* Sum of pools [from, to] layer by layer. */
static void add_pools(const lane *pools, size_t from, size_t to, lane *sum)
{
  for (size_t l = 0; l < N_LAYERS; l++) {
    sum[l] = lane_splat(0.0);
    for (size_t p = from; p <= to; p++)
      sum[l] += pools[p * N_LAYERS + l];
  }
}

static lane least_of(const lane *pools)
{
  lane least = lane_splat(0.0);
  for (size_t k = 0; k < (size_t)N_POOLS * N_LAYERS; k++)
    least = lane_min(pools[k], least);
  return least;
}

static void fill(const void *model, const lane *site, const lane *parameter,
                 const struct proda_terms *terms, const lane *pools, lane *out)
{
  const struct compas *self = model;
  struct compas_layout at = compas_layout(self);
  const struct state s = {terms, parameter, pools};
  const struct proda_climate climate = {self->n_months, site + at.warmth, site + at.water,
                                        parameter[P_q10], parameter[P_w_scaling]};
  lane modifier[N_LAYERS], litter[N_LAYERS], soil[N_LAYERS];
  proda_bulk_modifier(N_LAYERS, LAYER_NODE, &climate, lane_splat(COMPAS_EFOLDING), modifier);
  add_pools(pools, POOL_ML, POOL_LL, litter);
  add_pools(pools, POOL_DOC, POOL_mSOC, soil);
  out[QUANTITY_bulk_A] = bulk_a(&s);
  out[QUANTITY_bulk_K] = bulk_k(&s);
  out[QUANTITY_bulk_E] = bulk_e(&s);
  out[QUANTITY_bulk_V] = proda_bulk_transport(N_LAYERS, LAYER_DZ, terms->transport, litter);
  out[QUANTITY_bulk_Xi] = proda_bulk_mean(N_LAYERS, LAYER_DZ, modifier, soil);
  /* Published: none of these where a pool is negative. */
  lane_mask invalid = least_of(pools) < 0.0;
  for (size_t q = 0; q < N_QUANTITIES; q++)
    out[q] = lane_select(invalid, lane_splat(NAN), out[q]);
  out[QUANTITY_bulk_I_exact] =
      proda_input_index(N_LAYERS, LAYER_DZ, LAYER_NODE, N_INPUTS, terms->input);
}

const struct proda_quantities_ops compas_quantities = {
    .size = sizeof compas_quantities,
    .fill = fill,
};
