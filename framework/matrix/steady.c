#include "matrix/steady.h"

#include <string.h>

/* How the layers of a component hang together. */
enum coupling {
  COUPLING_NONE, /* no pool is transported */
  COUPLING_ALL,  /* every pool is */
  COUPLING_SOME,
};

/* A component with its terms at hand. */
struct system {
  size_t n_layers;
  const double *moves; /* [m]: 1 where the pool is transported, else 0 */
  const lane *lower, *upper;
  lane *block; /* [L][m][m]: diagonal blocks, inverse once eliminated */
  lane *x;     /* [L][m]: right-hand side, then solution */
};

/* 2^-k for a positive normal number in [2^k, 2^(k+1)): scaling by it is exact. */
PRODA_INLINE lane inverse_power(lane a)
{
  const lane_mask exponent = (lane_mask)lane_splat(INFINITY);
  return (lane)(2 * (lane_mask)lane_splat(1.0) - ((lane_mask)a & exponent));
}

/* Two and three pools: the adjugate, for a single division in the chain from layer to layer.
 * Columns are scaled to their diagonal first, so that products neither overflow nor underflow. */
PRODA_INLINE void invert_small(lane *a, const size_t m)
{
  lane scale[3];
  for (size_t j = 0; j < m; j++) {
    scale[j] = inverse_power(a[j * m + j]);
    for (size_t i = 0; i < m; i++)
      a[i * m + j] *= scale[j];
  }
  lane cofactor[9]; /* of the transpose */
  if (m == 2) {
    cofactor[0] = a[3];
    cofactor[1] = -a[1];
    cofactor[2] = -a[2];
    cofactor[3] = a[0];
  } else {
    for (size_t i = 0; i < 3; i++)
      for (size_t j = 0; j < 3; j++) {
        size_t r = (i + 1) % 3, s = (i + 2) % 3, p = (j + 1) % 3, q = (j + 2) % 3;
        cofactor[j * 3 + i] = a[r * 3 + p] * a[s * 3 + q] - a[r * 3 + q] * a[s * 3 + p];
      }
  }
  lane determinant = a[0] * cofactor[0];
  for (size_t k = 1; k < m; k++)
    determinant += a[k] * cofactor[k * m];
  lane reciprocal = 1.0 / determinant;
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < m; j++)
      a[i * m + j] = cofactor[i * m + j] * scale[i] * reciprocal;
}

/* Inverse in place, without pivoting: see steady.h. */
PRODA_INLINE void invert(lane *a, const size_t m)
{
  if (m == 1) {
    a[0] = 1.0 / a[0];
    return;
  }
  if (m <= 3) {
    invert_small(a, m);
    return;
  }
  for (size_t k = 0; k < m; k++) {
    lane pivot = 1.0 / a[k * m + k];
    a[k * m + k] = lane_splat(1.0);
    for (size_t j = 0; j < m; j++)
      a[k * m + j] *= pivot;
    for (size_t i = 0; i < m; i++) {
      if (i == k)
        continue;
      lane factor = a[i * m + k];
      a[i * m + k] = lane_splat(0.0);
      for (size_t j = 0; j < m; j++)
        a[i * m + j] -= factor * a[k * m + j];
    }
  }
}

/* x_i <- sum_j D^-1_ij (or its transpose) v_j */
PRODA_INLINE void multiply(const lane *inverse, const lane *v, lane *x, const size_t m,
                           const bool transposed)
{
  for (size_t i = 0; i < m; i++) {
    lane sum = inverse[transposed ? i : i * m] * v[0];
    for (size_t j = 1; j < m; j++)
      sum += inverse[transposed ? j * m + i : i * m + j] * v[j];
    x[i] = sum;
  }
}

PRODA_INLINE lane moved(const struct system *s, size_t i, lane a, const enum coupling coupling)
{
  return coupling == COUPLING_SOME ? a * s->moves[i] : a;
}

/* What couples layer l to its neighbour (l - 1 or l + 1) in M, or in its transpose. */
PRODA_INLINE lane couple(const struct system *s, size_t l, size_t neighbour, const bool transposed)
{
  if (transposed)
    return neighbour < l ? s->upper[neighbour] : s->lower[neighbour];
  return neighbour < l ? s->lower[l] : s->upper[l];
}

/* D_l <- D_l - c T D_n^-1 T c', T = diag(moves): the neighbour's share of the diagonal block. */
PRODA_INLINE void reduce_block(const struct system *s, size_t l, size_t neighbour, lane *d,
                               const size_t m, const enum coupling coupling)
{
  const lane *inverse = s->block + neighbour * m * m;
  lane exchange = couple(s, l, neighbour, false) * couple(s, neighbour, l, false);
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < m; j++)
      d[i * m + j] -= moved(s, j, moved(s, i, exchange, coupling), coupling) * inverse[i * m + j];
}

/* v <- v - c T x_n: the neighbour's share of the right-hand side. */
PRODA_INLINE void reduce_side(const struct system *s, size_t l, size_t neighbour, lane *v,
                              const size_t m, const enum coupling coupling, const bool transposed)
{
  const lane *x = s->x + neighbour * m;
  lane c = couple(s, l, neighbour, transposed);
  for (size_t i = 0; i < m; i++)
    v[i] -= moved(s, i, c, coupling) * x[i];
}

/* Eliminates layer l, whose neighbours in `from` [n] are done already; without `factorise` the
 * inverse blocks are there and only the right-hand side moves. */
PRODA_INLINE void eliminate(const struct system *s, size_t l, const size_t *from, const size_t n,
                            const size_t m, const enum coupling coupling, const bool factorise)
{
  lane *block = s->block + l * m * m, *x = s->x + l * m;
  lane v[PRODA_MAX_COMPONENT];
  for (size_t i = 0; i < m; i++)
    v[i] = x[i];
  for (size_t k = 0; k < n; k++)
    reduce_side(s, l, from[k], v, m, coupling, !factorise);
  if (factorise) {
    lane d[PRODA_MAX_COMPONENT * PRODA_MAX_COMPONENT];
    for (size_t i = 0; i < m * m; i++)
      d[i] = block[i];
    for (size_t k = 0; k < n; k++)
      reduce_block(s, l, from[k], d, m, coupling);
    invert(d, m);
    for (size_t i = 0; i < m * m; i++)
      block[i] = d[i];
    multiply(d, v, x, m, false);
  } else {
    multiply(block, v, x, m, true);
  }
}

/* x_l <- x_l - D_l^-1 c T x_n */
PRODA_INLINE void back_substitute(const struct system *s, size_t l, size_t neighbour,
                                  const size_t m, const enum coupling coupling,
                                  const bool transposed)
{
  lane v[PRODA_MAX_COMPONENT], correction[PRODA_MAX_COMPONENT];
  const lane *known = s->x + neighbour * m;
  lane *x = s->x + l * m, c = couple(s, l, neighbour, transposed);
  for (size_t i = 0; i < m; i++)
    v[i] = moved(s, i, c, coupling) * known[i];
  multiply(s->block + l * m * m, v, correction, m, transposed);
  for (size_t i = 0; i < m; i++)
    x[i] -= correction[i];
}

/* Solves M x = b (factorise) or, with the inverse blocks of that, M^T x = b. The layers are
 * eliminated from both ends to the middle: two independent chains of divisions instead of one twice
 * as long. */
PRODA_INLINE void solve(const struct system *s, const size_t m, const enum coupling coupling,
                        const bool factorise)
{
  size_t L = s->n_layers, middle = L / 2, none[1] = {0};
  if (coupling == COUPLING_NONE) {
    for (size_t l = 0; l < L; l++)
      eliminate(s, l, none, 0, m, coupling, factorise);
    return;
  }
  for (size_t k = 0; k < middle; k++) {
    size_t top = k, above[1] = {top - 1}, bottom = L - 1 - k, below[1] = {bottom + 1};
    eliminate(s, top, above, k > 0, m, coupling, factorise);
    if (bottom > middle)
      eliminate(s, bottom, below, k > 0, m, coupling, factorise);
  }
  size_t sides[2] = {middle > 0 ? middle - 1 : middle + 1, middle + 1};
  eliminate(s, middle, sides, (middle > 0) + (middle + 1 < L), m, coupling, factorise);
  for (size_t k = 1; k <= middle; k++) {
    back_substitute(s, middle - k, middle - k + 1, m, coupling, !factorise);
    if (middle + k < L)
      back_substitute(s, middle + k, middle + k - 1, m, coupling, !factorise);
  }
}

/* One compiled solver for each size and coupling, so that blocks stay in registers. */
#define SOLVER(m, name, coupling)                                                                  \
  static void forward_##m##_##name(const struct system *s)                                         \
  {                                                                                                \
    solve(s, m, coupling, true);                                                                   \
  }                                                                                                \
  static void adjoint_##m##_##name(const struct system *s)                                         \
  {                                                                                                \
    solve(s, m, coupling, false);                                                                  \
  }
#define SOLVERS(m)                                                                                 \
  SOLVER(m, none, COUPLING_NONE)                                                                   \
  SOLVER(m, all, COUPLING_ALL)                                                                     \
  SOLVER(m, some, COUPLING_SOME)
SOLVERS(1)
SOLVERS(2)
SOLVERS(3)
SOLVERS(4)
SOLVERS(5)
SOLVERS(6)
SOLVERS(7)
SOLVERS(8)

typedef void solver(const struct system *);
struct solver_pair {
  solver *forward, *adjoint;
};
#define PAIR(m, name)                                                                              \
  {                                                                                                \
    forward_##m##_##name, adjoint_##m##_##name                                                     \
  }
#define PAIRS(m)                                                                                   \
  {                                                                                                \
    PAIR(m, none), PAIR(m, all), PAIR(m, some)                                                     \
  }
static const struct solver_pair solvers[PRODA_MAX_COMPONENT][3] = {
    PAIRS(1), PAIRS(2), PAIRS(3), PAIRS(4), PAIRS(5), PAIRS(6), PAIRS(7), PAIRS(8),
};

static const struct solver_pair *solver_of(const struct proda_component *component)
{
  enum coupling coupling = component->n_transported == 0                    ? COUPLING_NONE
                           : component->n_transported == component->n_pools ? COUPLING_ALL
                                                                            : COUPLING_SOME;
  return &solvers[component->n_pools - 1][coupling];
}

size_t proda_steady_size(const struct proda_plan *plan)
{
  return plan->n_layers * (plan->n_channels + 3 * plan->n_pools) + plan->n_factor;
}

void proda_steady_bind(const struct proda_plan *plan, lane *memory, struct proda_steady *steady)
{
  size_t pools = plan->n_pools * plan->n_layers;
  steady->flux = memory;
  steady->loss = steady->flux + plan->n_channels * plan->n_layers;
  steady->pools = steady->loss + pools;
  steady->adjoint = steady->pools + pools;
  steady->inverse = steady->adjoint + pools;
}

/* Fluxes of the channels out of a component's pools, and what each pool loses by them. */
static void fill_fluxes(const struct proda_plan *plan, const struct proda_component *component,
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

/* Diagonal blocks of the component: losses and transport minus what its pools hand each other. */
static void assemble_blocks(const struct proda_plan *plan, const struct proda_component *component,
                            const struct proda_terms *terms, const struct proda_steady *steady)
{
  size_t L = plan->n_layers, m = component->n_pools;
  lane *block = steady->inverse + component->factor;
  if (m > 1)
    memset(block, 0, m * m * L * sizeof(lane));
  for (size_t i = 0; i < m; i++) {
    size_t pool = component->pool[i];
    const lane *loss = steady->loss + pool * L, *diagonal = terms->transport + L;
    lane *d = block + i * m + i;
    if (plan->transported[pool])
      for (size_t l = 0; l < L; l++)
        d[l * m * m] = loss[l] + diagonal[l];
    else
      for (size_t l = 0; l < L; l++)
        d[l * m * m] = loss[l];
  }
  for (size_t i = 0; i < m; i++)
    for (size_t k = plan->into_first[component->pool[i]];
         k < plan->into_first[component->pool[i] + 1]; k++) {
      const struct proda_link *link = &plan->link[plan->into[k]];
      if (plan->component_of[link->donor] != plan->component_of[link->recipient])
        continue;
      const lane *fraction = terms->fraction + link->transfer * L;
      const lane *flux = steady->flux + link->channel * L;
      lane *d = block + i * m + plan->place[link->donor];
      for (size_t l = 0; l < L; l++)
        d[l * m * m] -= fraction[l] * flux[l];
    }
}

/* Right-hand side: plant input and what comes from components upstream. */
static void assemble_inputs(const struct proda_plan *plan, const struct proda_component *component,
                            const struct proda_terms *terms, const struct proda_steady *steady,
                            lane *x)
{
  size_t L = plan->n_layers, m = component->n_pools;
  for (size_t i = 0; i < m; i++) {
    size_t pool = component->pool[i];
    if (plan->input_of[pool] < 0)
      for (size_t l = 0; l < L; l++)
        x[l * m + i] = lane_splat(0.0);
    else
      for (size_t l = 0; l < L; l++)
        x[l * m + i] = terms->input[(size_t)plan->input_of[pool] * L + l];
    for (size_t k = plan->into_first[pool]; k < plan->into_first[pool + 1]; k++) {
      const struct proda_link *link = &plan->link[plan->into[k]];
      if (plan->component_of[link->donor] == plan->component_of[pool])
        continue;
      const lane *fraction = terms->fraction + link->transfer * L;
      const lane *flux = steady->flux + link->channel * L;
      const lane *donor = steady->pools + link->donor * L;
      for (size_t l = 0; l < L; l++)
        x[l * m + i] += fraction[l] * flux[l] * donor[l];
    }
  }
}

static struct system system_of(const struct proda_plan *plan,
                               const struct proda_component *component,
                               const struct proda_terms *terms, const struct proda_steady *steady,
                               double *moves, lane *x)
{
  size_t L = plan->n_layers;
  for (size_t i = 0; i < component->n_pools; i++)
    moves[i] = plan->transported[component->pool[i]];
  return (struct system){
      .n_layers = L,
      .moves = moves,
      .lower = terms->transport,
      .upper = terms->transport + 2 * L,
      .block = steady->inverse + component->factor,
      .x = x,
  };
}

/* Where a component is solved: a single pool in its place, several in `shared`, [L][m]. */
static lane *workplace(const struct proda_component *component, size_t L, lane *pools, lane *shared)
{
  return component->n_pools == 1 ? pools + component->pool[0] * L : shared;
}

/* From the solver's [L][m] to [pool][L]. */
static void scatter(const struct proda_component *component, size_t L, const lane *x, lane *pools)
{
  size_t m = component->n_pools;
  if (m == 1)
    return;
  for (size_t i = 0; i < m; i++)
    for (size_t l = 0; l < L; l++)
      pools[component->pool[i] * L + l] = x[l * m + i];
}

static void solve_linear(const struct proda_plan *plan, const struct proda_component *component,
                         const struct proda_terms *terms, const struct proda_steady *steady,
                         lane *shared)
{
  double moves[PRODA_MAX_COMPONENT];
  lane *x = workplace(component, plan->n_layers, steady->pools, shared);
  fill_fluxes(plan, component, terms, steady);
  assemble_blocks(plan, component, terms, steady);
  assemble_inputs(plan, component, terms, steady, x);
  struct system s = system_of(plan, component, terms, steady, moves, x);
  solver_of(component)->forward(&s);
  scatter(component, plan->n_layers, x, steady->pools);
}

/* The closed form gets what flows in; the rates at its state make fluxes like any other. */
static void solve_nonlinear(const struct proda_plan *plan, const struct proda_component *component,
                            const struct proda_terms *terms,
                            const struct proda_nonlinear *nonlinear,
                            const struct proda_steady *steady, lane *shared)
{
  lane *inflow = steady->adjoint, *x = workplace(component, plan->n_layers, inflow, shared);
  assemble_inputs(plan, component, terms, steady, x);
  scatter(component, plan->n_layers, x, inflow);
  nonlinear->ops->steady(nonlinear->model, nonlinear->site, nonlinear->parameter, terms, inflow,
                         steady->pools);
  nonlinear->ops->rates(nonlinear->model, nonlinear->site, nonlinear->parameter, terms,
                        steady->pools);
  fill_fluxes(plan, component, terms, steady);
}

void proda_steady_solve(const struct proda_plan *plan, const struct proda_terms *terms,
                        const struct proda_nonlinear *nonlinear, const struct proda_steady *steady)
{
  lane shared[plan->n_layers * PRODA_MAX_COMPONENT];
  for (size_t c = 0; c < plan->n_components; c++) {
    if (plan->component[c].linear)
      solve_linear(plan, &plan->component[c], terms, steady, shared);
    else
      solve_nonlinear(plan, &plan->component[c], terms, nonlinear, steady, shared);
  }
}

/* Whether a pool is in the linear system that the condition number is of. */
static bool in_linear_system(const struct proda_plan *plan, size_t pool)
{
  return plan->component[plan->component_of[pool]].linear;
}

/* Right-hand side of the adjoint: one, and what recipients downstream hand back. */
static void assemble_adjoint(const struct proda_plan *plan, const struct proda_component *component,
                             const struct proda_terms *terms, const struct proda_steady *steady,
                             lane *x)
{
  size_t L = plan->n_layers, m = component->n_pools;
  for (size_t l = 0; l < L * m; l++)
    x[l] = lane_splat(1.0);
  for (size_t k = 0; k < plan->n_transfers; k++) {
    const struct proda_link *link = &plan->link[k];
    size_t home = plan->component_of[link->donor];
    if (&plan->component[home] != component || plan->component_of[link->recipient] == home ||
        !in_linear_system(plan, link->recipient))
      continue;
    const lane *fraction = terms->fraction + link->transfer * L;
    const lane *flux = steady->flux + link->channel * L;
    const lane *y = steady->adjoint + link->recipient * L;
    for (size_t l = 0; l < L; l++)
      x[l * m + plan->place[link->donor]] += fraction[l] * flux[l] * y[l];
  }
}

/* Greatest of n; in two independent chains, for speed. */
static lane greatest(const lane *x, size_t n)
{
  lane even = x[0], odd = x[n - 1];
  for (size_t k = 0; k + 1 < n; k += 2) {
    even = lane_max(x[k], even);
    odd = lane_max(x[k + 1], odd);
  }
  return lane_max(even, odd);
}

/* Largest column sum of |M|: diagonal, transport to both sides, transfers to other pools. In an
 * M-matrix only the diagonal is positive, so that what a pool hands itself comes off it. */
static lane largest_column(const struct proda_plan *plan, const struct proda_terms *terms,
                           const struct proda_steady *steady)
{
  size_t L = plan->n_layers;
  const lane *lower = terms->transport, *diagonal = lower + L, *upper = diagonal + L;
  lane exchange[L], column[L], largest = lane_splat(0.0);
  for (size_t l = 0; l < L; l++) {
    exchange[l] = diagonal[l];
    if (l > 0)
      exchange[l] += lane_abs(upper[l - 1]);
    if (l + 1 < L)
      exchange[l] += lane_abs(lower[l + 1]);
  }
  for (size_t p = 0; p < plan->n_pools; p++) {
    const lane *loss = steady->loss + p * L;
    if (!in_linear_system(plan, p))
      continue;
    for (size_t l = 0; l < L; l++)
      column[l] = plan->transported[p] ? loss[l] + exchange[l] : loss[l];
    for (size_t k = 0; k < plan->n_transfers; k++) {
      const struct proda_link *link = &plan->link[k];
      if (link->donor != p || !in_linear_system(plan, link->recipient))
        continue;
      const lane *fraction = terms->fraction + k * L, *flux = steady->flux + link->channel * L;
      double sign = link->recipient == p ? -1 : 1;
      for (size_t l = 0; l < L; l++)
        column[l] += sign * fraction[l] * flux[l];
    }
    largest = lane_max(greatest(column, L), largest);
  }
  return largest;
}

void proda_steady_rcond(const struct proda_plan *plan, const struct proda_terms *terms,
                        const struct proda_steady *steady, lane *rcond)
{
  double moves[PRODA_MAX_COMPONENT];
  lane shared[plan->n_layers * PRODA_MAX_COMPONENT];
  for (size_t c = plan->n_components; c-- > 0;) {
    const struct proda_component *component = &plan->component[c];
    if (!component->linear)
      continue;
    lane *x = workplace(component, plan->n_layers, steady->adjoint, shared);
    assemble_adjoint(plan, component, terms, steady, x);
    struct system s = system_of(plan, component, terms, steady, moves, x);
    solver_of(component)->adjoint(&s);
    scatter(component, plan->n_layers, x, steady->adjoint);
  }
  lane largest = lane_splat(0.0);
  for (size_t p = 0; p < plan->n_pools; p++)
    if (in_linear_system(plan, p))
      largest = lane_max(greatest(steady->adjoint + p * plan->n_layers, plan->n_layers), largest);
  // NOLINTNEXTLINE(clang-analyzer-core.DivideZero): on lanes, where 1/0 is infinite and meant
  *rcond = 1.0 / (largest_column(plan, terms, steady) * largest);
}

void proda_steady_budget(const struct proda_plan *plan, const double *dz,
                         const struct proda_terms *terms, const struct proda_steady *steady,
                         lane *out, lane *in)
{
  size_t L = plan->n_layers;
  lane lost = lane_splat(0.0), gained = lane_splat(0.0);
  for (size_t c = 0; c < plan->n_channels; c++) {
    const lane *state = steady->pools + plan->channel_donor[c] * L;
    for (size_t l = 0; l < L; l++)
      lost += dz[l] * steady->flux[c * L + l] * state[l];
  }
  for (size_t k = 0; k < plan->n_transfers; k++) {
    const struct proda_link *link = &plan->link[k];
    const lane *state = steady->pools + link->donor * L;
    for (size_t l = 0; l < L; l++)
      lost -= dz[l] * terms->fraction[k * L + l] * steady->flux[link->channel * L + l] * state[l];
  }
  for (size_t i = 0; i < plan->n_inputs; i++)
    for (size_t l = 0; l < L; l++)
      gained += dz[l] * terms->input[i * L + l];
  *out = lost;
  *in = gained;
}
