#include "matrix/balance.h"

#include <string.h>

size_t proda_linearised_size(const struct proda_plan *plan)
{
  size_t rows = plan->n_layers * plan->n_largest;
  return plan->n_slopes * plan->n_layers + rows * (plan->n_largest + 2);
}

lane *proda_linearised_bind(const struct proda_plan *plan, const struct proda_component *component,
                            lane *memory, struct proda_linearised *linearised)
{
  size_t L = plan->n_layers, m = component->n_pools;
  *linearised = (struct proda_linearised){.slope = memory};
  linearised->blocks = (struct proda_blocks){.m = m, .n_layers = L};
  linearised->blocks.block = memory + plan->n_slopes * L;
  lane *rest = linearised->blocks.block + L * m * m;
  if (component->n_transported > 0) {
    linearised->blocks.lower = rest;
    linearised->blocks.upper = rest + L * m;
    rest += 2 * L * m;
  }
  return rest;
}

void proda_balance_fluxes(const struct proda_plan *plan, const struct proda_component *component,
                          const struct proda_terms *terms, const struct proda_steady *steady)
{
  size_t L = plan->n_layers;
  for (size_t i = 0; i < component->n_pools; i++) {
    size_t p = component->pool[i];
    lane *loss = steady->loss + p * L;
    bool first = true;
    for (size_t k = plan->out_first[p]; k < plan->out_first[p + 1]; k++) {
      size_t c = plan->out[k];
      const lane *rate = terms->rate + c * L;
      const lane *modifier = terms->modifier + plan->channel_modifier[c] * L;
      lane *flux = steady->flux + c * L;
      for (size_t l = 0; l < L; l++) {
        flux[l] = rate[l] * modifier[l];
        loss[l] = first ? flux[l] : loss[l] + flux[l];
      }
      first = false;
    }
    if (first)
      memset(loss, 0, L * sizeof *loss);
  }
}

/* A part of a row goes to the side that its sign says; NaN to both. */
PRODA_INLINE void add(lane *in, lane *out, lane part)
{
  lane zero = lane_splat(0.0);
  *in += lane_max(zero, part);
  *out += lane_max(zero, -part);
}

static void add_transport(const struct proda_balance *b, size_t pool, size_t l, lane *in, lane *out)
{
  size_t L = b->plan->n_layers;
  const lane *x = b->steady->pools + pool * L, *band = b->terms->transport;
  add(in, out, -band[L + l] * x[l]);
  if (l > 0)
    add(in, out, -band[l] * x[l - 1]);
  if (l + 1 < L)
    add(in, out, -band[2 * L + l] * x[l + 1]);
}

static bool is_inside(const struct proda_balance *b, size_t pool)
{
  return &b->plan->component[b->plan->component_of[pool]] == b->component;
}

void proda_balance_sides(const struct proda_balance *b, size_t first, size_t n, lane *in, lane *out)
{
  const struct proda_plan *plan = b->plan;
  size_t L = plan->n_layers, m = b->component->n_pools;
  for (size_t row = first * m; row < (first + n) * m; row++) {
    in[row] = out[row] = lane_splat(0.0);
    add(&in[row], &out[row], b->inflow[row]);
  }
  for (size_t i = 0; i < m; i++) {
    size_t pool = b->component->pool[i];
    for (size_t k = plan->out_first[pool]; k < plan->out_first[pool + 1]; k++) {
      const lane *flux = b->steady->flux + plan->out[k] * L, *x = b->steady->pools + pool * L;
      for (size_t l = first; l < first + n; l++)
        add(&in[l * m + i], &out[l * m + i], -flux[l] * x[l]);
    }
    for (size_t k = plan->into_first[pool]; k < plan->into_first[pool + 1]; k++) {
      const struct proda_link *link = &plan->link[plan->into[k]];
      const lane *fraction = b->terms->fraction + link->transfer * L;
      const lane *flux = b->steady->flux + link->channel * L;
      const lane *donor = b->steady->pools + link->donor * L;
      for (size_t l = first; l < first + n && is_inside(b, link->donor); l++)
        add(&in[l * m + i], &out[l * m + i], fraction[l] * flux[l] * donor[l]);
    }
    for (size_t l = first; l < first + n && plan->transported[pool]; l++)
      add_transport(b, pool, l, &in[l * m + i], &out[l * m + i]);
  }
}

/* What the derivatives of a part are multiplied with. */
struct weights {
  const lane *in, *out;
};

PRODA_INLINE lane weigh(const struct weights *w, size_t row, lane part)
{
  return w->in ? lane_select(part >= 0.0, w->in[row], w->out[row]) : lane_splat(1.0);
}

/* A channel's carbon in row i, `fraction` of it (NULL: -1, it leaves), by its pools. */
static void add_channel(const struct proda_balance *b, size_t first, size_t n, size_t i,
                        size_t channel, const lane *fraction, const lane *slope,
                        const struct weights *w, const struct proda_blocks *blocks)
{
  const struct proda_plan *plan = b->plan;
  size_t L = plan->n_layers, m = blocks->m, donor = plan->channel_donor[channel];
  const lane *flux = b->steady->flux + channel * L, *x = b->steady->pools + donor * L;
  const lane *modifier = b->terms->modifier + plan->channel_modifier[channel] * L;
  size_t k0 = plan->slope_first[channel], k1 = slope ? plan->slope_first[channel + 1] : k0;
  for (size_t l = first; l < first + n; l++) {
    lane share = fraction ? fraction[l] : lane_splat(-1.0);
    lane part = share * flux[l];
    lane *row = blocks->block + (l * m + i) * m;
    share *= weigh(w, l * m + i, part * x[l]);
    row[plan->place[donor]] += share * flux[l];
    for (size_t k = k0; k < k1; k++) {
      size_t s = plan->slope[k], pool = plan->slope_pool[s];
      if (is_inside(b, pool))
        row[plan->place[pool]] += share * modifier[l] * slope[s * L + l] * x[l];
    }
  }
}

static void add_exchange(const struct proda_balance *b, size_t l, size_t i, const struct weights *w,
                         const struct proda_blocks *blocks)
{
  size_t L = b->plan->n_layers, m = blocks->m, row = l * m + i;
  const lane *band = b->terms->transport;
  if (!blocks->lower || !blocks->upper)
    return; /* blocks of layers that are solved alone */
  lane lower = l > 0 ? -band[l] : lane_splat(0.0);
  lane upper = l + 1 < L ? -band[2 * L + l] : lane_splat(0.0);
  blocks->block[row * m + i] -= weigh(w, row, -band[L + l]) * band[L + l];
  blocks->lower[row] = weigh(w, row, lower) * lower;
  blocks->upper[row] = weigh(w, row, upper) * upper;
}

void proda_balance_jacobian(const struct proda_balance *b, size_t first, size_t n,
                            const lane *slope, const lane *in, const lane *out,
                            const struct proda_blocks *blocks)
{
  const struct proda_plan *plan = b->plan;
  size_t L = plan->n_layers, m = b->component->n_pools;
  struct weights w = {in, out};
  memset(blocks->block + first * m * m, 0, n * m * m * sizeof(lane));
  if (blocks->lower) {
    memset(blocks->lower + first * m, 0, n * m * sizeof(lane));
    memset(blocks->upper + first * m, 0, n * m * sizeof(lane));
  }
  for (size_t i = 0; i < m; i++) {
    size_t pool = b->component->pool[i];
    for (size_t k = plan->out_first[pool]; k < plan->out_first[pool + 1]; k++)
      add_channel(b, first, n, i, plan->out[k], NULL, slope, &w, blocks);
    for (size_t k = plan->into_first[pool]; k < plan->into_first[pool + 1]; k++) {
      const struct proda_link *link = &plan->link[plan->into[k]];
      if (is_inside(b, link->donor))
        add_channel(b, first, n, i, link->channel, b->terms->fraction + link->transfer * L, slope,
                    &w, blocks);
    }
    for (size_t l = first; l < first + n && plan->transported[pool]; l++)
      add_exchange(b, l, i, &w, blocks);
  }
}
