#include "matrix/search.h"

#include <string.h>

static const double balanced = 1e-11, settled = 1e-7, rounding = 8e-15;

/* How many steps a way is gone, and after how many in one direction a pool takes strides. */
static const struct {
  double n_steps, patience;
} ways[N_WAYS] = {{30, 5}, {25, 8}, {80, INFINITY}};

/* How much longer layers take that are solved together: fronts move through them one by one. */
static const double patience_with_fronts = 6;

/* How far a step may go, as a logarithm, and to what strides grow, each twice the one before. */
static const double longest_step = 1, longest_stride = 200;

/* How much more a pool may fall than grow in a step of time. */
static const double longest_fall = 3;

static lane_mask is_way(const struct proda_search_group *g, enum proda_way way)
{
  return g->way == (double)way;
}

/* The greater of both without its sign, NaN being infinite. */
PRODA_INLINE lane greatest_of(lane greatest, lane x)
{
  x = lane_select(lane_isnan(x), lane_splat(INFINITY), lane_abs(x));
  return lane_max(greatest, x);
}

/* Sets rows of `in` and `out` to the weights of their parts, and of `step` to minus what is to
 * become 0. Returns the greatest difference of the sides, relative to the greater. */
static lane weigh_rows(const struct proda_search *s, struct proda_search_group *g, size_t first,
                       size_t end)
{
  lane worst = lane_splat(0.0), fastest = lane_splat(0.0), one = lane_splat(1.0);
  lane_mask logarithm = is_way(g, WAY_LOGARITHM);
  for (size_t row = first; row < end; row++) {
    lane in = lane_select(s->barren[row], one, s->in[row]);
    lane out = lane_select(s->barren[row], one, s->out[row]);
    lane weight = 1.0 / lane_max(in, out), change = in - out;
    worst = greatest_of(worst, change * weight);
    fastest = greatest_of(fastest, change / *proda_search_pool(s, row));
    s->step[row] = -change * weight;
    s->in[row] = s->out[row] = weight;
    if (lane_any(logarithm & g->open)) {
      s->step[row] = lane_select(logarithm, lane_log(out / in), s->step[row]);
      s->in[row] = lane_select(logarithm, 1.0 / in, weight);
      s->out[row] = lane_select(logarithm, 1.0 / out, weight);
    }
  }
  g->time = lane_select(g->age == 0.0, 0.5 / fastest, g->time);
  return worst;
}

/* Turns derivatives with respect to pools into those with respect to their logarithms, adds the
 * step of time, and leaves barren rows alone. */
static void complete_matrix(const struct proda_search *s, const struct proda_search_group *g,
                            size_t first, size_t end)
{
  lane_mask in_time = is_way(g, WAY_TIME);
  const struct proda_blocks *blocks = &s->at.blocks;
  lane zero = lane_splat(0.0);
  for (size_t row = first; row < end; row++) {
    size_t i = row % s->m, top = row - i;
    lane *entry = blocks->block + row * s->m, x = *proda_search_pool(s, row);
    lane_mask barren = s->barren[row];
    for (size_t j = 0; j < s->m; j++)
      entry[j] = lane_select(barren, lane_splat(i == j), entry[j] * *proda_search_pool(s, top + j));
    entry[i] -= lane_select(in_time & ~barren, s->out[row] * x / g->time, zero);
    s->step[row] = lane_select(barren, zero, s->step[row]);
    if (!blocks->lower)
      continue;
    if (row >= s->m)
      blocks->lower[row] =
          lane_select(barren, zero, blocks->lower[row] * *proda_search_pool(s, row - s->m));
    if (row + s->m < s->L * s->m)
      blocks->upper[row] =
          lane_select(barren, zero, blocks->upper[row] * *proda_search_pool(s, row + s->m));
  }
}

/* Multiplies the pools of lanes that `moves`. */
static void move(const struct proda_search *s, const struct proda_search_group *g, size_t first,
                 size_t end, lane_mask moves)
{
  for (size_t row = first; row < end; row++) {
    lane step = s->step[row], last = lane_abs(s->stride[row]), *pool = proda_search_pool(s, row);
    lane_mask goes_on = (step * s->stride[row] > 0.0) & (lane_abs(step) > last);
    lane_mask strides = goes_on & (s->streak[row] + 1.0 >= g->patience);
    lane far = lane_select(goes_on, last, lane_splat(longest_step));
    far = lane_select(strides, lane_min(2 * last, lane_splat(longest_stride)), far);
    s->streak[row] = lane_select(goes_on, s->streak[row] + 1.0, lane_splat(0.0));
    s->stride[row] = lane_select(step < 0.0, -far, far);
    *pool = lane_select(moves, *pool * lane_exp(lane_max(-far, lane_min(far, step))), *pool);
  }
}

/* Steps of time become such that the fastest pool grows by half next time, or falls by so much
 * more. More would be gone too far: implicit steps longer than what grows needs to grow go
 * backwards. */
static void adapt_time(struct proda_search_group *g, lane change)
{
  g->time *= lane_max(lane_splat(0.25), lane_min(lane_splat(16.0), 0.5 / change));
}

/* Sets lanes of `which` to the start of their way. */
static void begin_way(const struct proda_search *s, struct proda_search_group *g, size_t first,
                      size_t end, lane_mask which)
{
  for (int way = 0; way < N_WAYS; way++) {
    lane n_steps = lane_splat(ways[way].n_steps * (s->n_together > 1 ? patience_with_fronts : 1));
    g->n_steps = lane_select(is_way(g, way), n_steps, g->n_steps);
    g->patience = lane_select(is_way(g, way), lane_splat(ways[way].patience), g->patience);
  }
  lane_mask level = is_way(g, WAY_TIME);
  lane zero = lane_splat(0.0);
  g->age = lane_select(which, zero, g->age);
  for (size_t row = first; row < end; row++) {
    lane start = s->start[row];
    if (s->n_together == 1)
      start = lane_select(level, s->level[row], start);
    start = lane_select(s->barren[row], lane_splat(PRODA_EMPTY), start);
    *proda_search_pool(s, row) = lane_select(which, start, *proda_search_pool(s, row));
    s->stride[row] = lane_select(which, zero, s->stride[row]);
    s->streak[row] = lane_select(which, zero, s->streak[row]);
  }
}

/* Lanes that have gone a way to its end begin the next one, if there is one. */
static void take_turns(const struct proda_search *s, struct proda_search_group *g, size_t first,
                       size_t end, lane_mask stuck)
{
  g->age += 1.0;
  lane_mask over = g->open & (stuck | (g->age >= g->n_steps));
  if (!lane_any(over))
    return;
  g->way = lane_select(over, g->way + 1.0, g->way);
  g->failed |= over & (g->way >= (double)s->n_ways);
  g->open &= ~g->failed;
  begin_way(s, g, first, end, over);
}

static void iterate(const struct proda_search *s, struct proda_search_group *g, size_t first_layer)
{
  size_t n = s->n_together, first = first_layer * s->m, end = first + n * s->m;
  proda_balance_sides(s->b, first_layer, n, s->in, s->out);
  lane worst = weigh_rows(s, g, first, end), largest = lane_splat(0.0), change = largest;
  proda_balance_jacobian(s->b, first_layer, n, s->at.slope, s->in, s->out, &s->at.blocks);
  complete_matrix(s, g, first, end);
  proda_blocks_factor(&s->at.blocks, first_layer, n);
  proda_blocks_solve(&s->at.blocks, first_layer, n, s->step);
  for (size_t row = first; row < end; row++) {
    largest = greatest_of(largest, s->step[row]);
    change = greatest_of(change, lane_max(s->step[row], s->step[row] / -longest_fall));
  }
  lane_mask in_time = is_way(g, WAY_TIME), finite = largest < INFINITY;
  lane_mask hopeless = (g->age == 0.0) & ~(worst < INFINITY);
  lane_mask arrived = (worst <= balanced) & (largest <= settled), exact = worst <= rounding;
  lane_mask waits = in_time & ~(change <= longest_step);
  move(s, g, first, end, g->open & finite & ~waits & (arrived | ~exact));
  g->open &= ~(arrived | exact);
  adapt_time(g, change);
  take_turns(s, g, first, end, hopeless | (~finite & ~in_time));
}

static bool any_open(const struct proda_search *s)
{
  for (size_t g = 0; g < s->n_groups; g++)
    if (lane_any(s->group[g].open))
      return true;
  return false;
}

void proda_search_open(const struct proda_search *s, const lane_mask *which)
{
  memset(s->group, 0, s->n_groups * sizeof *s->group);
  for (size_t row = 0; row < s->L * s->m; row++)
    proda_search_group_of(s, row)->open |= ~s->barren[row];
  for (size_t g = 0; which && g < s->n_groups; g++)
    s->group[g].open &= which[g];
}

void proda_search_run(const struct proda_search *s)
{
  const struct proda_nonlinear *n = s->nonlinear;
  size_t rows = s->n_together * s->m;
  for (size_t g = 0; g < s->n_groups; g++)
    begin_way(s, &s->group[g], g * rows, (g + 1) * rows, s->group[g].open);
  while (any_open(s)) {
    proda_search_rates(s);
    n->ops->slopes(n->model, n->site, n->parameter, s->b->terms, s->b->steady->pools, s->at.slope);
    for (size_t g = 0; g < s->n_groups; g++)
      if (lane_any(s->group[g].open))
        iterate(s, &s->group[g], g * s->n_together);
  }
}
