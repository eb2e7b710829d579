#include "matrix/newton.h"

#include <string.h>

static const double balanced = 1e-11, settled = 1e-7, rounding = 8e-15;

enum way { WAY_PLAIN, WAY_LOGARITHM, WAY_TIME, N_WAYS };

/* How many steps a way is gone, and after how many in one direction a pool takes strides. */
static const struct {
  double n_steps, patience;
} ways[N_WAYS] = {{30, 5}, {25, 8}, {80, INFINITY}};

/* How much longer layers take that are solved together: fronts move through them one by one. */
static const double patience_with_fronts = 4;

/* How far a step may go, as a logarithm, and to what strides grow, each twice the one before. */
static const double longest_step = 1, longest_stride = 200;

/* Layers that are solved together, each lane by itself. */
struct group {
  lane way, age;          /* of enum way; steps on it */
  lane n_steps, patience; /* of the way */
  lane time;              /* length of a step of time */
  lane_mask open;         /* lanes still searching */
  lane_mask failed;       /* lanes that found nothing */
};

struct search {
  const struct proda_balance *b;
  const struct proda_nonlinear *nonlinear;
  size_t L, m, n_groups, n_together; /* layers of a group */
  int n_ways;
  struct proda_linearised at;
  lane *in, *out, *step;       /* rows [L][m] */
  lane *level, *start, *found; /* rows: the level start, the one used first, the first state */
  lane *stride;                /* rows: how far the last step might go, with its sign */
  lane *streak;                /* rows: steps in that direction */
  lane_mask *barren;           /* rows: receives nothing */
  struct group *group;         /* [n_groups] */
};

size_t proda_newton_size(const struct proda_plan *plan)
{
  return proda_linearised_size(plan) + 9 * plan->n_layers * plan->n_largest +
         plan->n_layers * (sizeof(struct group) / sizeof(lane));
}

static struct search bind(const struct proda_balance *b, const struct proda_nonlinear *nonlinear,
                          lane *workspace)
{
  size_t L = b->plan->n_layers, m = b->component->n_pools, rows = L * m;
  bool coupled = b->component->n_transported > 0;
  struct search s = {.b = b, .nonlinear = nonlinear, .L = L, .m = m, .n_ways = N_WAYS};
  s.n_groups = coupled ? 1 : L;
  s.n_together = coupled ? L : 1;
  s.group = (struct group *)workspace;
  s.in = workspace + L * (sizeof(struct group) / sizeof(lane));
  s.out = s.in + rows;
  s.step = s.out + rows;
  s.level = s.step + rows;
  s.start = s.level + rows;
  s.found = s.start + rows;
  s.stride = s.found + rows;
  s.streak = s.stride + rows;
  s.barren = (lane_mask *)(s.streak + rows);
  proda_linearised_bind(b->plan, b->component, (lane *)s.barren + rows, &s.at);
  return s;
}

static lane *pool_of(const struct search *s, size_t row)
{
  return &s->b->steady->pools[s->b->component->pool[row % s->m] * s->L + row / s->m];
}

static void set_rates(const struct search *s)
{
  const struct proda_nonlinear *n = s->nonlinear;
  const struct proda_balance *b = s->b;
  n->ops->rates(n->model, n->site, n->parameter, b->terms, b->steady->pools);
  proda_balance_fluxes(b->plan, b->component, b->terms, b->steady);
}

static lane_mask is_way(const struct group *g, enum way way)
{
  return g->way == (double)way;
}

/* The greater of both without its sign, NaN being infinite. */
PRODA_INLINE lane greatest_of(lane greatest, lane x)
{
  x = lane_select(lane_isnan(x), lane_splat(INFINITY), lane_abs(x));
  return lane_max(greatest, x);
}

/* ---- where to start ---- */

/* What a link's recipient gets through it, if anything ever: rates that depend on pools may be 0
 * only where they are looked at. */
static lane_mask carries(const struct search *s, const struct proda_link *link, size_t l)
{
  const struct proda_plan *plan = s->b->plan;
  lane flow = s->b->terms->fraction[link->transfer * s->L + l];
  if (plan->slope_first[link->channel] == plan->slope_first[link->channel + 1])
    flow *= s->b->steady->flux[link->channel * s->L + l];
  return flow != 0.0;
}

/* Rows that neither receive carbon nor are fed by rows that do. */
static void find_barren(const struct search *s)
{
  const struct proda_plan *plan = s->b->plan;
  size_t m = s->m;
  for (size_t row = 0; row < s->L * m; row++)
    s->barren[row] = ~(s->b->inflow[row] > PRODA_EMPTY);
  for (size_t round = 0; round < m; round++)
    for (size_t row = 0; row < s->L * m; row++) {
      size_t pool = s->b->component->pool[row % m], l = row / m;
      for (size_t k = plan->into_first[pool]; k < plan->into_first[pool + 1]; k++) {
        const struct proda_link *link = &plan->link[plan->into[k]];
        if (&plan->component[plan->component_of[link->donor]] == s->b->component)
          s->barren[row] &= s->barren[l * m + plan->place[link->donor]] | ~carries(s, link, l);
      }
      for (size_t other = row % m; plan->transported[pool] && other < s->L * m; other += m)
        s->barren[row] &= s->barren[other];
    }
}

/* All pools alike, so that as much leaves as enters: by halving, on a log scale. */
static void find_level(const struct search *s)
{
  lane low[s->n_groups], high[s->n_groups];
  for (size_t g = 0; g < s->n_groups; g++) {
    low[g] = lane_splat(-350.0);
    high[g] = lane_splat(350.0);
  }
  for (int k = 0; k < 10; k++) {
    for (size_t row = 0; row < s->L * s->m; row++) {
      size_t g = row / s->m / s->n_together;
      *pool_of(s, row) = lane_exp(0.5 * (low[g] + high[g]));
    }
    set_rates(s);
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
    s->level[row] = *pool_of(s, row) = lane_exp(low[row / s->m / s->n_together]);
}

/* The state of the component with its rates as they are at the level start. */
static void find_start(const struct search *s)
{
  set_rates(s);
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

/* ---- a step ---- */

/* Sets rows of `in` and `out` to the weights of their parts, and of `step` to minus what is to
 * become 0. Returns the greatest difference of the sides, relative to the greater. */
static lane weigh_rows(const struct search *s, struct group *g, size_t first, size_t end)
{
  lane worst = lane_splat(0.0), fastest = lane_splat(0.0), one = lane_splat(1.0);
  lane_mask logarithm = is_way(g, WAY_LOGARITHM);
  for (size_t row = first; row < end; row++) {
    lane in = lane_select(s->barren[row], one, s->in[row]);
    lane out = lane_select(s->barren[row], one, s->out[row]);
    lane weight = 1.0 / lane_max(in, out), change = in - out;
    worst = greatest_of(worst, change * weight);
    fastest = greatest_of(fastest, change / *pool_of(s, row));
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
static void complete_matrix(const struct search *s, const struct group *g, size_t first, size_t end)
{
  lane_mask in_time = is_way(g, WAY_TIME);
  const struct proda_blocks *blocks = &s->at.blocks;
  lane zero = lane_splat(0.0);
  for (size_t row = first; row < end; row++) {
    size_t i = row % s->m, top = row - i;
    lane *entry = blocks->block + row * s->m, x = *pool_of(s, row);
    lane_mask barren = s->barren[row];
    for (size_t j = 0; j < s->m; j++)
      entry[j] = lane_select(barren, lane_splat(i == j), entry[j] * *pool_of(s, top + j));
    entry[i] -= lane_select(in_time & ~barren, s->out[row] * x / g->time, zero);
    s->step[row] = lane_select(barren, zero, s->step[row]);
    if (!blocks->lower)
      continue;
    if (row >= s->m)
      blocks->lower[row] = lane_select(barren, zero, blocks->lower[row] * *pool_of(s, row - s->m));
    if (row + s->m < s->L * s->m)
      blocks->upper[row] = lane_select(barren, zero, blocks->upper[row] * *pool_of(s, row + s->m));
  }
}

/* Multiplies the pools of lanes that `moves`. */
static void move(const struct search *s, const struct group *g, size_t first, size_t end,
                 lane_mask moves)
{
  for (size_t row = first; row < end; row++) {
    lane step = s->step[row], last = lane_abs(s->stride[row]), *pool = pool_of(s, row);
    lane_mask goes_on = (step * s->stride[row] > 0.0) & (lane_abs(step) > last);
    lane_mask strides = goes_on & (s->streak[row] + 1.0 >= g->patience);
    lane far = lane_select(goes_on, last, lane_splat(longest_step));
    far = lane_select(strides, lane_min(2 * last, lane_splat(longest_stride)), far);
    s->streak[row] = lane_select(goes_on, s->streak[row] + 1.0, lane_splat(0.0));
    s->stride[row] = lane_select(step < 0.0, -far, far);
    *pool = lane_select(moves, *pool * lane_exp(lane_max(-far, lane_min(far, step))), *pool);
  }
}

/* Steps of time become such that the fastest pool changes by half next time. More would be gone too
 * far: implicit steps longer than what grows needs to grow go backwards. */
static void adapt_time(struct group *g, lane largest)
{
  g->time *= lane_max(lane_splat(0.25), lane_min(lane_splat(16.0), 0.5 / largest));
}

/* Sets lanes of `which` to the start of their way. */
static void begin_way(const struct search *s, struct group *g, size_t first, size_t end,
                      lane_mask which)
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
    *pool_of(s, row) = lane_select(which, start, *pool_of(s, row));
    s->stride[row] = lane_select(which, zero, s->stride[row]);
    s->streak[row] = lane_select(which, zero, s->streak[row]);
  }
}

/* Lanes that have gone a way to its end begin the next one, if there is one. */
static void take_turns(const struct search *s, struct group *g, size_t first, size_t end,
                       lane_mask stuck)
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

static void iterate(const struct search *s, struct group *g, size_t first_layer)
{
  size_t n = s->n_together, first = first_layer * s->m, end = first + n * s->m;
  proda_balance_sides(s->b, first_layer, n, s->in, s->out);
  lane worst = weigh_rows(s, g, first, end), largest = lane_splat(0.0);
  proda_balance_jacobian(s->b, first_layer, n, s->at.slope, s->in, s->out, &s->at.blocks);
  complete_matrix(s, g, first, end);
  proda_blocks_factor(&s->at.blocks, first_layer, n);
  proda_blocks_solve(&s->at.blocks, first_layer, n, s->step);
  for (size_t row = first; row < end; row++)
    largest = greatest_of(largest, s->step[row]);
  lane_mask in_time = is_way(g, WAY_TIME), finite = largest < INFINITY;
  lane_mask hopeless = (g->age == 0.0) & ~(worst < INFINITY);
  lane_mask arrived = (worst <= balanced) & (largest <= settled), exact = worst <= rounding;
  lane_mask waits = in_time & ~(largest <= longest_step);
  move(s, g, first, end, g->open & finite & ~waits & (arrived | ~exact));
  g->open &= ~(arrived | exact);
  adapt_time(g, largest);
  take_turns(s, g, first, end, hopeless | (~finite & ~in_time));
}

static bool any_open(const struct search *s)
{
  for (size_t g = 0; g < s->n_groups; g++)
    if (lane_any(s->group[g].open))
      return true;
  return false;
}

/* Searches from `start` on, in lanes that are open. */
static void run(const struct search *s)
{
  const struct proda_nonlinear *n = s->nonlinear;
  size_t rows = s->n_together * s->m;
  for (size_t g = 0; g < s->n_groups; g++)
    begin_way(s, &s->group[g], g * rows, (g + 1) * rows, ~(lane_mask){0});
  while (any_open(s)) {
    set_rates(s);
    n->ops->slopes(n->model, n->site, n->parameter, s->b->terms, s->b->steady->pools, s->at.slope);
    for (size_t g = 0; g < s->n_groups; g++)
      if (lane_any(s->group[g].open))
        iterate(s, &s->group[g], g * s->n_together);
  }
}

/* Opens lanes where any row of a group receives carbon. */
static void open_groups(const struct search *s)
{
  memset(s->group, 0, s->n_groups * sizeof *s->group);
  for (size_t row = 0; row < s->L * s->m; row++)
    s->group[row / s->m / s->n_together].open |= ~s->barren[row];
}

static void note_failures(const struct search *s, lane_mask *none)
{
  for (size_t g = 0; g < s->n_groups; g++)
    *none |= s->group[g].failed;
}

/* ---- further states ---- */

/* The k-th start relative to the state that was found: all pools a thousandth, a thousandfold, then
 * each between both, by a sequence of low discrepancy. */
static double offset(unsigned k, size_t row)
{
  const double golden = 0.61803398874989485, widest = 6.9;
  double place = k < 2 ? k : fmod((double)(k * 8 + row + 1) * golden, 1.0);
  return widest * (2 * place - 1);
}

static void look_further(const struct search *s, lane_mask *several)
{
  struct search other = *s;
  size_t rows = s->L * s->m;
  other.n_ways = WAY_TIME;
  for (size_t row = 0; row < rows; row++)
    s->found[row] = *pool_of(s, row);
  for (unsigned k = 0; k < s->nonlinear->n_starts; k++) {
    for (size_t row = 0; row < rows; row++)
      s->start[row] = s->found[row] * exp(offset(k, row % s->m));
    lane_mask failed[s->n_groups];
    for (size_t g = 0; g < s->n_groups; g++)
      failed[g] = s->group[g].failed;
    open_groups(s);
    for (size_t g = 0; g < s->n_groups; g++)
      s->group[g].open &= ~failed[g];
    run(&other);
    for (size_t row = 0; row < rows; row++) {
      struct group *g = &s->group[row / s->m / s->n_together];
      lane_mask differs = lane_abs(*pool_of(s, row) - s->found[row]) > 1e-6 * s->found[row];
      *several |= differs & ~s->barren[row] & ~g->failed & ~failed[row / s->m / s->n_together];
    }
    for (size_t g = 0; g < s->n_groups; g++)
      s->group[g].failed = failed[g];
  }
  for (size_t row = 0; row < rows; row++)
    *pool_of(s, row) = s->found[row];
}

void proda_newton_solve(const struct proda_balance *balance, struct proda_nonlinear *nonlinear,
                        lane *workspace)
{
  struct search s = bind(balance, nonlinear, workspace);
  find_level(&s);
  find_start(&s);
  open_groups(&s);
  run(&s);
  note_failures(&s, &nonlinear->none);
  if (nonlinear->n_starts > 0)
    look_further(&s, &nonlinear->several);
  set_rates(&s);
  for (size_t row = 0; row < s.L * s.m; row++) {
    lane *pool = pool_of(&s, row);
    *pool = lane_select(s.barren[row], lane_splat(0.0), *pool);
    *pool = lane_select(s.group[row / s.m / s.n_together].failed, lane_splat(NAN), *pool);
  }
}
