#include "matrix/components.h"

#include <string.h>

#include <proda/soil.h>

const struct proda_measure proda_components[PRODA_N_COMPONENTS] = {
    [PRODA_CARBON_TRANSFER_EFFICIENCY] = {"carbon_transfer_efficiency", "1",
                                          "system-level carbon transfer efficiency"},
    [PRODA_BASELINE_DECOMPOSITION] = {"baseline_decomposition", "yr-1",
                                      "system-level baseline decomposition rate"},
    [PRODA_VERTICAL_TRANSPORT] = {"vertical_transport", "yr-1",
                                  "system-level vertical transport rate"},
    [PRODA_ENVIRONMENTAL_MODIFIER] = {"environmental_modifier", "1",
                                      "system-level environmental modifier"},
    [PRODA_INPUT_ALLOCATION] = {"input_allocation", "1",
                                "system-level allocation of carbon input to depth"},
    [PRODA_CARBON_INPUT] = {"carbon_input", "gC m-2 yr-1", "plant carbon input"},
    [PRODA_SOC_RESIDENCE_TIME] = {"soc_residence_time", "yr",
                                  "residence time of soil organic carbon"},
    [PRODA_SYSTEM_RESIDENCE_TIME] = {"system_residence_time", "yr",
                                     "residence time of carbon in all pools"},
    [PRODA_LITTER_TO_MINERAL] = {"litter_to_mineral", "1",
                                 "share of the input that litter hands to mineral soil"},
};

/* What all components look at. */
struct system {
  const struct proda_manifest *m;
  const struct proda_terms *terms;
  const lane *pools, *area;
  const double *weight;
  size_t L;
};

static bool is_observed(const struct system *s, size_t pool)
{
  return s->weight[pool] != 0;
}

/* Carbon of a pool's layer, per area. */
static lane carbon(const struct system *s, size_t pool, size_t l)
{
  return s->area[l] * s->pools[pool * s->L + l];
}

static lane flux(const struct system *s, size_t channel, size_t l)
{
  const struct proda_channel *c = &s->m->channel[channel];
  return s->terms->rate[channel * s->L + l] * s->terms->modifier[c->modifier * s->L + l] *
         carbon(s, c->donor, l);
}

/* What transfer k hands over in all layers. */
static lane handed(const struct system *s, size_t k)
{
  lane sum = lane_splat(0.0);
  for (size_t l = 0; l < s->L; l++)
    sum += s->terms->fraction[k * s->L + l] * flux(s, s->m->transfer[k].channel, l);
  return sum;
}

static lane transfer_efficiency(const struct system *s)
{
  lane all = lane_splat(0.0), kept = lane_splat(0.0);
  for (size_t c = 0; c < s->m->n_channels; c++)
    for (size_t l = 0; l < s->L; l++)
      all += flux(s, c, l);
  for (size_t k = 0; k < s->m->n_transfers; k++)
    kept += handed(s, k);
  return kept / all;
}

static lane litter_to_mineral(const struct system *s)
{
  lane sum = lane_splat(0.0);
  for (size_t k = 0; k < s->m->n_transfers; k++) {
    const struct proda_transfer *transfer = &s->m->transfer[k];
    if (!is_observed(s, s->m->channel[transfer->channel].donor) &&
        is_observed(s, transfer->recipient))
      sum += handed(s, k);
  }
  return sum;
}

static lane observed_carbon(const struct system *s)
{
  lane sum = lane_splat(0.0);
  for (size_t p = 0; p < s->m->n_pools; p++)
    for (size_t l = 0; is_observed(s, p) && l < s->L; l++)
      sum += s->weight[p] * carbon(s, p, l);
  return sum;
}

static lane all_carbon(const struct system *s)
{
  lane sum = lane_splat(0.0);
  for (size_t p = 0; p < s->m->n_pools; p++)
    for (size_t l = 0; l < s->L; l++)
      sum += carbon(s, p, l);
  return sum;
}

static lane baseline_decomposition(const struct system *s)
{
  lane sum = lane_splat(0.0);
  for (size_t c = 0; c < s->m->n_channels; c++) {
    size_t donor = s->m->channel[c].donor;
    for (size_t l = 0; is_observed(s, donor) && l < s->L; l++)
      sum += s->weight[donor] * s->terms->rate[c * s->L + l] * carbon(s, donor, l);
  }
  return sum / observed_carbon(s);
}

/* xi of a pool's layer; where no channel has a rate (a catalyst is absent) all count alike. */
static lane modifier_of(const struct system *s, size_t pool, size_t l)
{
  lane weighted = lane_splat(0.0), rates = lane_splat(0.0), plain = lane_splat(0.0);
  double n = 0;
  for (size_t c = 0; c < s->m->n_channels; c++) {
    if (s->m->channel[c].donor != pool)
      continue;
    lane xi = s->terms->modifier[s->m->channel[c].modifier * s->L + l];
    weighted += s->terms->rate[c * s->L + l] * xi;
    rates += s->terms->rate[c * s->L + l];
    plain += xi;
    n++;
  }
  return lane_select(rates > 0.0, weighted / rates, plain / n);
}

static lane environmental_modifier(const struct system *s)
{
  lane sum = lane_splat(0.0);
  for (size_t p = 0; p < s->m->n_pools; p++)
    for (size_t l = 0; is_observed(s, p) && l < s->L; l++)
      sum += s->weight[p] * carbon(s, p, l) * modifier_of(s, p, l);
  return sum / observed_carbon(s);
}

static lane vertical_transport(const struct system *s)
{
  const lane *diagonal = s->terms->transport + s->L;
  lane sum = lane_splat(0.0), all = lane_splat(0.0);
  bool any = false, observed = false;
  for (size_t p = 0; p < s->m->n_pools; p++) {
    any = any || s->m->transported[p];
    observed = observed || (s->m->transported[p] && is_observed(s, p));
  }
  if (!any)
    return lane_splat(0.0);
  for (size_t p = 0; p < s->m->n_pools; p++) {
    if (!s->m->transported[p] || (observed && !is_observed(s, p)))
      continue;
    double weight = observed ? s->weight[p] : 1;
    for (size_t l = 0; l < s->L; l++) {
      sum += weight * diagonal[l] * carbon(s, p, l);
      all += weight * carbon(s, p, l);
    }
  }
  return sum / all;
}

/* Plant carbon that enters, per area and time. */
static lane carbon_input(const struct system *s)
{
  lane sum = lane_splat(0.0);
  for (size_t i = 0; i < s->m->n_inputs; i++)
    for (size_t l = 0; l < s->L; l++)
      sum += s->area[l] * s->terms->input[i * s->L + l];
  return sum;
}

static lane input_allocation(const struct system *s)
{
  size_t n = s->m->n_inputs;
  /* Every structure has inputs and layers. NOLINTNEXTLINE(clang-analyzer-core.VLASize) */
  lane input[n * s->L];
  double one[s->L];
  for (size_t l = 0; l < s->L; l++) {
    one[l] = 1;
    for (size_t i = 0; i < n; i++)
      input[i * s->L + l] = s->area[l] * s->terms->input[i * s->L + l];
  }
  lane mean = proda_input_index(s->L, one, s->m->grid.interface, n, input);
  return mean * mean * mean * mean * mean;
}

void proda_components_compute(const struct proda_manifest *manifest,
                              const struct proda_terms *terms, const lane *pools, const lane *area,
                              const double *weight, lane *out)
{
  const struct system s = {manifest, terms, pools, area, weight, manifest->grid.n_layers};
  double per_year = proda_manifest_times_per_year(manifest);
  lane input = carbon_input(&s);
  out[PRODA_CARBON_TRANSFER_EFFICIENCY] = transfer_efficiency(&s);
  out[PRODA_BASELINE_DECOMPOSITION] = per_year * baseline_decomposition(&s);
  out[PRODA_VERTICAL_TRANSPORT] = per_year * vertical_transport(&s);
  out[PRODA_ENVIRONMENTAL_MODIFIER] = environmental_modifier(&s);
  out[PRODA_INPUT_ALLOCATION] = input_allocation(&s);
  out[PRODA_CARBON_INPUT] = per_year * input;
  out[PRODA_SOC_RESIDENCE_TIME] = observed_carbon(&s) / out[PRODA_CARBON_INPUT];
  out[PRODA_SYSTEM_RESIDENCE_TIME] = all_carbon(&s) / out[PRODA_CARBON_INPUT];
  out[PRODA_LITTER_TO_MINERAL] = litter_to_mineral(&s) / input;
}
