#include "matrix/search.h"

#include <string.h>

static void keep_failures(const struct proda_search *s, lane_mask *failed)
{
  for (size_t g = 0; g < s->n_groups; g++)
    failed[g] = s->group[g].failed;
}

static void restore_failures(const struct proda_search *s, const lane_mask *failed)
{
  for (size_t g = 0; g < s->n_groups; g++)
    s->group[g].failed = failed[g];
}

/* ---- further starts ---- */

/* The k-th start relative to the state that was found: all pools a thousandth, a thousandfold, then
 * each between both, by a sequence of low discrepancy. */
static double offset(unsigned k, size_t row)
{
  const double golden = 0.61803398874989485, widest = 6.9;
  double place = k < 2 ? k : fmod((double)(k * 8 + row + 1) * golden, 1.0);
  return widest * (2 * place - 1);
}

/* Lanes that the k-th start leads elsewhere. */
static lane_mask leads_elsewhere(const struct proda_search *s, unsigned k, const lane_mask *found)
{
  lane_mask elsewhere = {0};
  for (size_t row = 0; row < s->L * s->m; row++)
    s->start[row] = s->found[row] * exp(offset(k, row % s->m));
  proda_search_open(s, found);
  proda_search_run(s);
  for (size_t row = 0; row < s->L * s->m; row++) {
    lane_mask differs = lane_abs(*proda_search_pool(s, row) - s->found[row]) > 1e-6 * s->found[row];
    lane_mask arrived = found[row / s->m / s->n_together] & ~proda_search_group_of(s, row)->failed;
    elsewhere |= differs & arrived & ~s->barren[row];
  }
  return elsewhere;
}

lane_mask proda_search_further(const struct proda_search *s, unsigned n)
{
  struct proda_search other = *s;
  size_t rows = s->L * s->m;
  lane_mask elsewhere = {0}, failed[s->n_groups], found[s->n_groups];
  other.n_ways = WAY_TIME;
  keep_failures(s, failed);
  for (size_t g = 0; g < s->n_groups; g++)
    found[g] = ~failed[g];
  for (size_t row = 0; row < rows; row++)
    s->found[row] = *proda_search_pool(s, row);
  for (unsigned k = 0; k < n; k++)
    elsewhere |= leads_elsewhere(&other, k, found);
  for (size_t row = 0; row < rows; row++)
    *proda_search_pool(s, row) = s->found[row];
  restore_failures(s, failed);
  return elsewhere;
}

/* ---- states without some pools ---- */

enum { MOST_CANDIDATES = 4 };

/* Whether all that a pool receives comes at rates that depend on it. */
static bool feeds_on_itself(const struct proda_search *s, size_t i)
{
  const struct proda_plan *plan = s->b->plan;
  size_t pool = s->b->component->pool[i];
  if (plan->input_of[pool] >= 0)
    return false;
  for (size_t k = plan->into_first[pool]; k < plan->into_first[pool + 1]; k++) {
    size_t channel = plan->link[plan->into[k]].channel;
    bool depends = false;
    for (size_t j = plan->slope_first[channel]; j < plan->slope_first[channel + 1]; j++)
      depends = depends || plan->slope_pool[plan->slope[j]] == pool;
    if (!depends || plan->channel_donor[channel] == pool)
      return false;
  }
  return true;
}

/* Lanes of groups where something enters a pool that nothing leaves any more. */
static void find_dead_ends(const struct proda_search *s, lane_mask *dead)
{
  const struct proda_plan *plan = s->b->plan;
  memset(dead, 0, s->n_groups * sizeof *dead);
  proda_search_rates(s);
  for (size_t row = 0; row < s->L * s->m; row++) {
    size_t pool = s->b->component->pool[row % s->m];
    if (!plan->transported[pool])
      dead[row / s->m / s->n_together] |=
          ~s->barren[row] & (s->b->steady->loss[pool * s->L + row / s->m] < 1e-100);
  }
}

/* Lanes of groups where an empty pool would grow. */
static void find_returns(const struct proda_search *s, lane_mask *returns)
{
  memset(returns, 0, s->n_groups * sizeof *returns);
  proda_search_rates(s);
  proda_balance_sides(s->b, 0, s->L, s->in, s->out);
  for (size_t row = 0; row < s->L * s->m; row++)
    if (s->empty[row % s->m])
      returns[row / s->m / s->n_together] |= s->in[row] > s->out[row];
}

/* Tries with some pools empty in groups of `left`; takes those out that have such a state. */
static lane_mask try_without(const struct proda_search *s, lane_mask *left)
{
  lane_mask dead[s->n_groups], returns[s->n_groups], here[s->n_groups], found = {0};
  proda_search_start(s);
  find_dead_ends(s, dead);
  for (size_t g = 0; g < s->n_groups; g++)
    here[g] = left[g] & ~dead[g];
  proda_search_open(s, here);
  for (size_t g = 0; g < s->n_groups; g++)
    here[g] &= s->group[g].open;
  proda_search_run(s);
  find_returns(s, returns);
  for (size_t g = 0; g < s->n_groups; g++) {
    here[g] &= ~s->group[g].failed & ~returns[g];
    left[g] &= ~here[g];
    found |= here[g];
  }
  for (size_t row = 0; row < s->L * s->m; row++) {
    lane_mask where = here[row / s->m / s->n_together];
    s->found[row] = lane_select(where, *proda_search_pool(s, row), s->found[row]);
    s->kept[row] = (where & s->barren[row]) | (~where & s->kept[row]);
  }
  return found;
}

lane_mask proda_search_extinct(const struct proda_search *s)
{
  struct proda_search other = *s;
  size_t n = 0, candidate[MOST_CANDIDATES], rows = s->L * s->m;
  bool empty[PRODA_MAX_COMPONENT];
  lane_mask left[s->n_groups], any = {0}, found = {0};
  keep_failures(s, left);
  for (size_t g = 0; g < s->n_groups; g++)
    any |= left[g];
  for (size_t i = 0; i < s->m && n < MOST_CANDIDATES; i++)
    if (feeds_on_itself(s, i))
      candidate[n++] = i;
  if (!lane_any(any) || n == 0)
    return found;
  other.empty = empty;
  for (size_t row = 0; row < rows; row++) {
    s->found[row] = *proda_search_pool(s, row);
    s->kept[row] = s->barren[row];
  }
  for (int n_empty = 1; n_empty <= (int)n; n_empty++)
    for (unsigned set = 1; set < 1U << n; set++) {
      if (__builtin_popcount(set) != n_empty)
        continue;
      memset(empty, 0, sizeof empty);
      for (size_t c = 0; c < n; c++)
        empty[candidate[c]] = set >> c & 1;
      found |= try_without(&other, left);
    }
  for (size_t row = 0; row < rows; row++) {
    *proda_search_pool(s, row) = s->found[row];
    s->barren[row] = s->kept[row];
  }
  restore_failures(s, left);
  return found;
}
