/* Newton's correction: (I - gamma J) x = b by the plan. */
#include "course/moving.h"

#include <string.h>

void proda_dynamics_linearise(void *dynamics, const double *state)
{
  struct proda_dynamics *d = dynamics;
  const struct proda_plan *plan = d->plan;
  const struct proda_terms *terms = proda_block_terms(d->block);
  size_t L = plan->n_layers;
  proda_dynamics_spread(d, state);
  proda_block_rates(d->block, d->lanes.pools, d->slope);
  proda_dynamics_copy_fluxes(d, terms);
  memcpy(d->by.flux, d->flux, plan->n_channels * L * sizeof *d->flux);
  for (size_t c = 0; c < plan->n_channels; c++)
    for (size_t k = plan->slope_first[c]; k < plan->slope_first[c + 1]; k++) {
      size_t s = plan->slope[k];
      const lane *donor = d->lanes.pools + plan->channel_donor[c] * L;
      for (size_t l = 0; l < L; l++)
        d->by.slope[s * L + l] =
            d->term.modifier[c * L + l] * d->slope[s * L + l][d->slot] * donor[l][d->slot];
    }
  for (size_t k = 0; k < plan->n_components; k++) {
    const struct proda_component *component = &plan->component[k];
    struct proda_balance balance = {
        .plan = plan,
        .component = component,
        .terms = terms,
        .steady = &d->lanes,
    };
    proda_balance_fluxes(plan, component, terms, &d->lanes);
    proda_balance_jacobian(&balance, 0, L, plan->n_slopes ? d->slope : NULL, NULL, NULL,
                           &d->by.jacobian[k]);
  }
}

static void scale(lane *to, const lane *from, size_t n, double gamma)
{
  for (size_t i = 0; i < n; i++)
    to[i] = -gamma * from[i];
}

void proda_dynamics_factor(void *dynamics, double gamma)
{
  struct proda_dynamics *d = dynamics;
  size_t L = d->plan->n_layers;
  d->by.gamma = gamma;
  for (size_t k = 0; k < d->plan->n_components; k++) {
    const struct proda_blocks *from = &d->by.jacobian[k], *to = &d->by.factored[k];
    size_t m = from->m;
    scale(to->block, from->block, L * m * m, gamma);
    for (size_t i = 0; i < L * m; i++)
      to->block[i * m + i % m] += 1.0;
    if (from->lower) {
      scale(to->lower, from->lower, L * m, gamma);
      scale(to->upper, from->upper, L * m, gamma);
    }
    proda_blocks_factor(to, 0, L);
  }
}

/* Adds to d->carbon of channel c what the pools of component k, or all but these, change by way of
 * its rate. */
static void add_slopes(struct proda_dynamics *d, size_t c, size_t k, bool inside, const double *x)
{
  const struct proda_plan *plan = d->plan;
  size_t L = plan->n_layers;
  for (size_t i = plan->slope_first[c]; i < plan->slope_first[c + 1]; i++) {
    size_t s = plan->slope[i], pool = plan->slope_pool[s];
    if ((plan->component_of[pool] == k) != inside)
      continue;
    for (size_t l = 0; l < L; l++)
      d->carbon[c * L + l] += d->by.slope[s * L + l] * x[pool * L + l];
  }
}

/* b of the component's rows, with what the pools upstream bring, whose x is known. Of a channel
 * out of the component d->carbon holds so far what pools upstream change of its rate. */
static void add_upstream(struct proda_dynamics *d, size_t k, double *x)
{
  const struct proda_plan *plan = d->plan;
  const struct proda_component *component = &plan->component[k];
  size_t L = plan->n_layers;
  for (size_t i = 0; i < component->n_pools; i++) {
    size_t pool = component->pool[i];
    for (size_t j = plan->out_first[pool]; j < plan->out_first[pool + 1]; j++) {
      size_t c = plan->out[j];
      memset(d->carbon + c * L, 0, L * sizeof *d->carbon);
      add_slopes(d, c, k, false, x);
      for (size_t l = 0; l < L; l++)
        x[pool * L + l] -= d->by.gamma * d->carbon[c * L + l];
    }
  }
  for (size_t i = 0; i < component->n_pools; i++) {
    size_t pool = component->pool[i];
    for (size_t j = plan->into_first[pool]; j < plan->into_first[pool + 1]; j++) {
      const struct proda_link *link = &plan->link[plan->into[j]];
      for (size_t l = 0; l < L; l++)
        x[pool * L + l] += d->by.gamma * d->term.fraction[link->transfer * L + l] *
                           d->carbon[link->channel * L + l];
    }
  }
}

/* What the channels out of the component change, its x being known. */
static void respond(struct proda_dynamics *d, size_t k, const double *x)
{
  const struct proda_plan *plan = d->plan;
  const struct proda_component *component = &plan->component[k];
  size_t L = plan->n_layers;
  for (size_t i = 0; i < component->n_pools; i++) {
    size_t pool = component->pool[i];
    for (size_t j = plan->out_first[pool]; j < plan->out_first[pool + 1]; j++) {
      size_t c = plan->out[j];
      add_slopes(d, c, k, true, x);
      for (size_t l = 0; l < L; l++)
        d->carbon[c * L + l] += d->by.flux[c * L + l] * x[pool * L + l];
    }
  }
}

void proda_dynamics_solve(void *dynamics, double *x)
{
  struct proda_dynamics *d = dynamics;
  const struct proda_plan *plan = d->plan;
  size_t L = plan->n_layers;
  for (size_t k = 0; k < plan->n_components; k++) {
    const struct proda_component *component = &plan->component[k];
    size_t m = component->n_pools;
    add_upstream(d, k, x);
    for (size_t i = 0; i < L * m; i++)
      d->row[i] = lane_splat(x[component->pool[i % m] * L + i / m]);
    proda_blocks_solve(&d->by.factored[k], 0, L, d->row);
    for (size_t i = 0; i < L * m; i++)
      x[component->pool[i % m] * L + i / m] = d->row[i][d->slot];
    respond(d, k, x);
  }
  proda_dynamics_add_losses(d, d->by.gamma, x, x + plan->n_pools * L);
}
