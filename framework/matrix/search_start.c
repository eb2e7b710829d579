#include "matrix/search.h"

void proda_search_rates(const struct proda_search *s)
{
  const struct proda_nonlinear *n = s->nonlinear;
  const struct proda_balance *b = s->b;
  n->ops->rates(n->model, n->site, n->parameter, b->terms, b->steady->pools);
  proda_balance_fluxes(b->plan, b->component, b->terms, b->steady);
}

/* What a link's recipient gets through it, if anything ever: rates that depend on pools may be 0
 * only where they are looked at. */
static const double nothing = 1e-100; /* of a rate: some pool is empty that it is proportional to */

static lane_mask carries(const struct proda_search *s, const struct proda_link *link, size_t l)
{
  const struct proda_plan *plan = s->b->plan;
  lane flow = s->b->terms->fraction[link->transfer * s->L + l];
  if (plan->slope_first[link->channel] == plan->slope_first[link->channel + 1])
    flow *= s->b->steady->flux[link->channel * s->L + l];
  if (s->empty)
    flow =
        lane_select(s->b->steady->flux[link->channel * s->L + l] > nothing, flow, lane_splat(0.0));
  return flow != 0.0;
}

/* Rows that neither receive carbon nor are fed by rows that do. */
static void find_barren(const struct proda_search *s)
{
  const struct proda_plan *plan = s->b->plan;
  size_t m = s->m;
  for (size_t row = 0; row < s->L * m; row++)
    s->barren[row] = ~(s->b->inflow[row] > PRODA_EMPTY);
  for (size_t round = 0; round < m; round++)
    for (size_t row = 0; row < s->L * m; row++) {
      /* Components have pools. NOLINTNEXTLINE(clang-analyzer-core.DivideZero) */
      size_t pool = s->b->component->pool[row % m], l = row / m;
      for (size_t k = plan->into_first[pool]; k < plan->into_first[pool + 1]; k++) {
        const struct proda_link *link = &plan->link[plan->into[k]];
        if (&plan->component[plan->component_of[link->donor]] == s->b->component)
          s->barren[row] &= s->barren[l * m + plan->place[link->donor]] | ~carries(s, link, l);
      }
      for (size_t other = row % m; plan->transported[pool] && other < s->L * m; other += m)
        s->barren[row] &= s->barren[other];
      if (s->empty && s->empty[row % m]) /* NOLINT(clang-analyzer-core.DivideZero) */
        s->barren[row] = ~(lane_mask){0};
    }
}

static lane at_level(const struct proda_search *s, size_t row, lane level)
{
  return s->empty && s->empty[row % s->m] ? lane_splat(PRODA_EMPTY) : level;
}

/* All pools alike, so that as much leaves as enters: by halving, on a log scale. */
static void find_level(const struct proda_search *s)
{
  lane low[s->n_groups], high[s->n_groups];
  for (size_t g = 0; g < s->n_groups; g++) {
    low[g] = lane_splat(-350.0);
    high[g] = lane_splat(350.0);
  }
  for (int k = 0; k < 10; k++) {
    for (size_t row = 0; row < s->L * s->m; row++) {
      size_t g = row / s->m / s->n_together;
      *proda_search_pool(s, row) = at_level(s, row, lane_exp(0.5 * (low[g] + high[g])));
    }
    proda_search_rates(s);
    proda_balance_sides(s->b, 0, s->L, s->in, s->out);
    for (size_t g = 0; g < s->n_groups; g++) {
      lane excess = lane_splat(0.0), all = excess, middle = 0.5 * (low[g] + high[g]);
      for (size_t row = g * s->n_together * s->m; row < (g + 1) * s->n_together * s->m; row++) {
        excess += s->out[row] - s->in[row];
        all += s->out[row];
      }
      /* What circulates may be so much that only rounding is left of the difference. */
      lane_mask below = excess < -1e-9 * all;
      low[g] = lane_select(below, middle, low[g]);
      high[g] = lane_select(below, high[g], middle);
    }
  }
  for (size_t row = 0; row < s->L * s->m; row++)
    s->level[row] = *proda_search_pool(s, row) =
        at_level(s, row, lane_exp(low[row / s->m / s->n_together]));
}

/* The state of the component with its rates as they are at the level start. */
static void find_start(const struct proda_search *s)
{
  proda_search_rates(s);
  find_barren(s);
  proda_balance_jacobian(s->b, 0, s->L, NULL, NULL, NULL, &s->at.blocks);
  for (size_t row = 0; row < s->L * s->m; row++)
    s->start[row] = -s->b->inflow[row];
  proda_blocks_factor(&s->at.blocks, 0, s->L);
  proda_blocks_solve(&s->at.blocks, 0, s->L, s->start);
  for (size_t row = 0; row < s->L * s->m; row++) {
    lane_mask usable = (s->start[row] > PRODA_EMPTY) & (s->start[row] < 1 / PRODA_EMPTY);
    s->start[row] = lane_select(usable, s->start[row], s->level[row]);
  }
}

void proda_search_start(const struct proda_search *s)
{
  find_level(s);
  find_start(s);
  for (size_t row = 0; row < s->L * s->m; row++) {
    lane *pool = proda_search_pool(s, row);
    *pool = lane_select(s->barren[row], lane_splat(PRODA_EMPTY), *pool);
  }
}
