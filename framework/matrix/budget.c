#include "matrix/budget.h"

static void add(lane part, lane *sum, lane *gross)
{
  *sum += part;
  *gross += lane_abs(part);
}

static lane flow(const struct proda_plan *plan, const lane *area, const struct proda_steady *steady,
                 size_t channel, size_t l)
{
  size_t L = plan->n_layers;
  return area[l] * steady->flux[channel * L + l] *
         steady->pools[plan->channel_donor[channel] * L + l];
}

/* By channel: what it takes and does not hand over. */
static void sum_losses(const struct proda_plan *plan, const lane *area,
                       const struct proda_terms *terms, const struct proda_steady *steady,
                       lane *loss)
{
  size_t L = plan->n_layers;
  for (size_t k = 0; k < plan->n_losses; k++)
    loss[k] = lane_splat(0.0);
  for (size_t c = 0; c < plan->n_channels; c++)
    for (size_t l = 0; l < L; l++)
      loss[plan->channel_loss[c]] += flow(plan, area, steady, c, l);
  for (size_t k = 0; k < plan->n_transfers; k++) {
    size_t channel = plan->link[k].channel;
    for (size_t l = 0; l < L; l++)
      loss[plan->channel_loss[channel]] -=
          terms->fraction[k * L + l] * flow(plan, area, steady, channel, l);
  }
}

/* By layer: what transport takes out of it less what other layers get of that. */
static void sum_transport(const struct proda_plan *plan, const lane *area,
                          const struct proda_terms *terms, const struct proda_steady *steady,
                          struct proda_budget *budget)
{
  size_t L = plan->n_layers;
  const lane *lower = terms->transport, *diagonal = lower + L, *upper = diagonal + L;
  for (size_t l = 0; l < L; l++) {
    lane leaves = area[l] * diagonal[l], stays = lane_splat(0.0);
    if (l > 0)
      stays += area[l - 1] * upper[l - 1];
    if (l + 1 < L)
      stays += area[l + 1] * lower[l + 1];
    for (size_t p = 0; p < plan->n_pools; p++)
      if (plan->transported[p])
        budget->transport += (leaves + stays) * steady->pools[p * L + l];
  }
}

/* By pool and layer: what comes in less what goes out. */
static void sum_change(const struct proda_plan *plan, const lane *area,
                       const struct proda_terms *terms, const struct proda_steady *steady, size_t p,
                       struct proda_budget *budget)
{
  size_t L = plan->n_layers;
  const lane *band = terms->transport, *x = steady->pools + p * L;
  for (size_t l = 0; l < L; l++) {
    lane change = lane_splat(0.0), gross = lane_splat(0.0);
    if (plan->input_of[p] >= 0)
      add(terms->input[(size_t)plan->input_of[p] * L + l], &change, &gross);
    for (size_t k = plan->into_first[p]; k < plan->into_first[p + 1]; k++) {
      const struct proda_link *link = &plan->link[plan->into[k]];
      add(terms->fraction[link->transfer * L + l] * steady->flux[link->channel * L + l] *
              steady->pools[link->donor * L + l],
          &change, &gross);
    }
    add(-steady->loss[p * L + l] * x[l], &change, &gross);
    for (size_t b = 0; b < 3 && plan->transported[p]; b++)
      if (l + b >= 1 && l + b <= L)
        add(-band[b * L + l] * x[l + b - 1], &change, &gross);
    budget->change += area[l] * change;
    budget->gross += area[l] * gross;
  }
}

void proda_budget_compute(const struct proda_plan *plan, const lane *area,
                          const struct proda_terms *terms, const struct proda_steady *steady,
                          struct proda_budget *budget, lane *loss)
{
  lane none = lane_splat(0.0);
  *budget = (struct proda_budget){none, none, none, none};
  for (size_t i = 0; i < plan->n_inputs; i++)
    for (size_t l = 0; l < plan->n_layers; l++)
      budget->input += area[l] * terms->input[i * plan->n_layers + l];
  sum_losses(plan, area, terms, steady, loss);
  sum_transport(plan, area, terms, steady, budget);
  for (size_t p = 0; p < plan->n_pools; p++)
    sum_change(plan, area, terms, steady, p, budget);
}

lane_mask proda_budget_open(const struct proda_budget *budget)
{
  return ~(lane_abs(budget->change) <= 1e-10 * budget->input + 1e-13 * budget->gross);
}
