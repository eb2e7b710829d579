#include "matrix/newton.h"

#include "matrix/search.h"

size_t proda_newton_size(const struct proda_plan *plan)
{
  return proda_linearised_size(plan) + 10 * plan->n_layers * plan->n_largest +
         plan->n_layers * (sizeof(struct proda_search_group) / sizeof(lane));
}

static struct proda_search bind(const struct proda_balance *b,
                                const struct proda_nonlinear *nonlinear, lane *workspace)
{
  size_t L = b->plan->n_layers, m = b->component->n_pools, rows = L * m;
  bool coupled = b->component->n_transported > 0;
  struct proda_search s = {.b = b, .nonlinear = nonlinear, .L = L, .m = m, .n_ways = N_WAYS};
  s.n_groups = coupled ? 1 : L;
  s.n_together = coupled ? L : 1;
  s.group = (struct proda_search_group *)workspace;
  s.in = workspace + L * (sizeof(struct proda_search_group) / sizeof(lane));
  s.out = s.in + rows;
  s.step = s.out + rows;
  s.level = s.step + rows;
  s.start = s.level + rows;
  s.found = s.start + rows;
  s.stride = s.found + rows;
  s.streak = s.stride + rows;
  s.barren = (lane_mask *)(s.streak + rows);
  s.kept = s.barren + rows;
  proda_linearised_bind(b->plan, b->component, (lane *)s.kept + rows, &s.at);
  return s;
}

/* Pools where nothing was found are NaN, those that receive nothing 0. */
static void finish(const struct proda_search *s)
{
  proda_search_rates(s);
  for (size_t row = 0; row < s->L * s->m; row++) {
    lane *pool = proda_search_pool(s, row);
    *pool = lane_select(s->barren[row], lane_splat(0.0), *pool);
    *pool = lane_select(proda_search_group_of(s, row)->failed, lane_splat(NAN), *pool);
  }
}

void proda_newton_solve(const struct proda_balance *balance, struct proda_nonlinear *nonlinear,
                        lane *workspace)
{
  struct proda_search s = bind(balance, nonlinear, workspace);
  proda_search_start(&s);
  proda_search_open(&s, NULL);
  proda_search_run(&s);
  if (nonlinear->n_starts > 0) {
    nonlinear->several |= proda_search_further(&s, nonlinear->n_starts);
    nonlinear->extinct |= proda_search_extinct(&s);
  }
  for (size_t g = 0; g < s.n_groups; g++)
    nonlinear->none |= s.group[g].failed;
  finish(&s);
}
