/* Bulk values as the study's published code computes them for CLM5; clm5.md holds the equations. */
#include <proda/bulk.h>

#include "clm5.h"

/* Everything the values are made of. */
struct state {
  const struct proda_terms *terms;
  const lane *pools;
  lane soc[N_LAYERS], modifier[N_LAYERS]; /* gC m-3; no oxygen, no nitrogen */
};

static const lane *pool_of(const struct state *s, size_t pool)
{
  return s->pools + pool * N_LAYERS;
}

/* Share that a channel's transfer hands over: mean over layers, which differ by texture only. */
static lane share(const struct state *s, size_t transfer)
{
  lane sum = lane_splat(0.0);
  for (size_t l = 0; l < N_LAYERS; l++)
    sum += s->terms->fraction[transfer * N_LAYERS + l];
  return sum / (double)N_LAYERS;
}

/* Carbon transfer efficiency over all channels but that of coarse woody debris. */
static lane bulk_a(const struct state *s)
{
  const struct {
    size_t pool, channel;
    lane share;
  } donor[] = {
      {POOL_ML, CH_ML, share(s, TO_ML_aSOC)},
      {POOL_CL, CH_CL, share(s, TO_CL_aSOC)},
      {POOL_LL, CH_LL, share(s, TO_LL_sSOC)},
      {POOL_aSOC, CH_aSOC, share(s, TO_aSOC_sSOC) + share(s, TO_aSOC_pSOC)},
      {POOL_sSOC, CH_sSOC, share(s, TO_sSOC_aSOC) + share(s, TO_sSOC_pSOC)},
      {POOL_pSOC, CH_pSOC, share(s, TO_pSOC_aSOC)},
  };
  lane kept = lane_splat(0.0), all = lane_splat(0.0);
  for (size_t i = 0; i < sizeof donor / sizeof *donor; i++) {
    lane rate = s->terms->rate[donor[i].channel * N_LAYERS]; /* the same in all layers */
    lane flux =
        rate * proda_bulk_product(N_LAYERS, LAYER_DZ, pool_of(s, donor[i].pool), s->modifier);
    kept += donor[i].share * flux;
    all += flux;
  }
  return kept / all;
}

static lane bulk_k(const struct state *s)
{
  static const size_t pool[] = {POOL_aSOC, POOL_sSOC, POOL_pSOC};
  static const size_t channel[] = {CH_aSOC, CH_sSOC, CH_pSOC};
  lane sum = lane_splat(0.0), all = lane_splat(0.0);
  for (size_t i = 0; i < sizeof pool / sizeof *pool; i++) {
    lane stock = proda_bulk_stock(N_LAYERS, LAYER_DZ, pool_of(s, pool[i]));
    sum += s->terms->rate[channel[i] * N_LAYERS] * stock;
    all += stock;
  }
  return PRODA_DAYS_PER_YEAR * sum / all;
}

/* Monthly mean of 1 / (temperature x water x oxygen x nitrogen scalar). */
static void slowness(const struct clm5 *model, const struct clm5_layout *at, const lane *site,
                     const lane *parameter, lane *slow)
{
  const size_t n_months = model->n_months;
  lane log_q10 = lane_log(parameter[P_q10]);
  for (size_t l = 0; l < N_LAYERS; l++) {
    slow[l] = lane_splat(0.0);
    for (size_t m = 0, k = l * n_months; m < n_months; m++, k++) {
      lane warm = lane_exp(log_q10 * site[at->warmth + k]);
      lane wet = lane_min(parameter[P_w_scaling] * site[at->water + k], lane_splat(1.0));
      /* the site's oxygen scalar is already over the number of months, its reciprocal times it */
      slow[l] += 1.0 / (warm * wet * site[at->oxygen + k] * site[at->nitrogen + k]);
    }
    slow[l] /= (double)n_months * (double)n_months;
  }
}

/* Residence time of SOC, and the same at optimal environment: each layer over its slowness. */
static void residence_times(const struct clm5 *model, const struct clm5_layout *at,
                            const lane *site, const lane *parameter, const struct state *s,
                            lane *out)
{
  lane slow[N_LAYERS], input = lane_splat(0.0);
  slowness(model, at, site, parameter, slow);
  for (size_t k = 0; k < N_INPUTS; k++)
    input += proda_bulk_stock(N_LAYERS, LAYER_DZ, s->terms->input + k * N_LAYERS);
  input *= PRODA_DAYS_PER_YEAR;
  out[QUANTITY_res_time] = out[QUANTITY_res_time_base] = lane_splat(0.0);
  for (size_t l = 0; l < N_LAYERS; l++) {
    out[QUANTITY_res_time] += LAYER_DZ[l] * s->soc[l] / input;
    out[QUANTITY_res_time_base] += LAYER_DZ[l] * s->soc[l] / (input * slow[l]);
  }
}

static void fill(const void *model, const lane *site, const lane *parameter,
                 const struct proda_terms *terms, const lane *pools, lane *out)
{
  const struct clm5 *self = model;
  struct clm5_layout at = clm5_layout(self);
  const struct proda_climate climate = {self->n_months, site + at.warmth, site + at.water,
                                        parameter[P_q10], parameter[P_w_scaling]};
  struct state s = {.terms = terms, .pools = pools};
  for (size_t l = 0; l < N_LAYERS; l++)
    s.soc[l] = pool_of(&s, POOL_aSOC)[l] + pool_of(&s, POOL_sSOC)[l] + pool_of(&s, POOL_pSOC)[l];
  proda_bulk_modifier(N_LAYERS, LAYER_NODE, &climate, parameter[P_efolding], s.modifier);
  out[QUANTITY_bulk_A] = bulk_a(&s);
  out[QUANTITY_bulk_K] = bulk_k(&s);
  out[QUANTITY_bulk_V] = proda_bulk_transport(N_LAYERS, LAYER_DZ, terms->transport, s.soc);
  out[QUANTITY_bulk_Xi] = proda_bulk_mean(N_LAYERS, LAYER_DZ, s.modifier, s.soc);
  out[QUANTITY_bulk_I_exact] =
      proda_input_index(N_LAYERS, LAYER_DZ, LAYER_NODE, N_INPUTS, terms->input);
  residence_times(self, &at, site, parameter, &s, out);
}

const struct proda_quantities_ops clm5_quantities = {
    .size = sizeof clm5_quantities,
    .fill = fill,
};
