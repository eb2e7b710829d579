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

/* Gauss-Jordan inverse in place; no pivoting, see steady.h. */
PRODA_INLINE void invert(lane *a, const size_t m)
{
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

/* D_l <- (D_l - lower_l T D_(l-1)^-1 T upper_(l-1))^-1, T = diag(moves). */
PRODA_INLINE void eliminate(const struct system *s, const size_t m, const enum coupling coupling)
{
  for (size_t l = 0; l < s->n_layers; l++) {
    lane d[PRODA_MAX_COMPONENT * PRODA_MAX_COMPONENT];
    lane *block = s->block + l * m * m;
    for (size_t i = 0; i < m * m; i++)
      d[i] = block[i];
    if (l > 0 && coupling != COUPLING_NONE) {
      const lane *before = block - m * m;
      lane exchange = s->lower[l] * s->upper[l - 1];
      for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++) {
          lane e = exchange;
          if (coupling == COUPLING_SOME)
            e *= s->moves[i] * s->moves[j];
          d[i * m + j] -= e * before[i * m + j];
        }
    }
    invert(d, m);
    for (size_t i = 0; i < m * m; i++)
      block[i] = d[i];
  }
}

/* x_i <- sum_j D^-1_ij (or its transpose) v_j */
PRODA_INLINE void multiply(const lane *inverse, const lane *v, lane *x, const size_t m,
                           const int transposed)
{
  for (size_t i = 0; i < m; i++) {
    lane sum = inverse[transposed ? i : i * m] * v[0];
    for (size_t j = 1; j < m; j++)
      sum += inverse[transposed ? j * m + i : i * m + j] * v[j];
    x[i] = sum;
  }
}

/* Solves with the eliminated blocks: M x = b, or M^T x = b when transposed. `below_l` couples
 * layer l to l-1, `above_l` to l+1. */
PRODA_INLINE void substitute(const struct system *s, const size_t m, const enum coupling coupling,
                             const int transposed)
{
  lane v[PRODA_MAX_COMPONENT];
  for (size_t l = 0; l < s->n_layers; l++) {
    lane *x = s->x + l * m;
    for (size_t i = 0; i < m; i++)
      v[i] = x[i];
    if (l > 0 && coupling != COUPLING_NONE) {
      const lane *before = x - m;
      lane below = transposed ? s->upper[l - 1] : s->lower[l];
      for (size_t i = 0; i < m; i++)
        v[i] -= (coupling == COUPLING_SOME ? below * s->moves[i] : below) * before[i];
    }
    multiply(s->block + l * m * m, v, x, m, transposed);
  }
  if (coupling == COUPLING_NONE)
    return;
  for (size_t l = s->n_layers - 1; l-- > 0;) {
    lane *x = s->x + l * m;
    lane correction[PRODA_MAX_COMPONENT];
    lane above = transposed ? s->lower[l + 1] : s->upper[l];
    for (size_t i = 0; i < m; i++)
      v[i] = (coupling == COUPLING_SOME ? above * s->moves[i] : above) * x[m + i];
    multiply(s->block + l * m * m, v, correction, m, transposed);
    for (size_t i = 0; i < m; i++)
      x[i] -= correction[i];
  }
}

/* One compiled solver for each size and coupling, so that blocks stay in registers. */
#define SOLVER(m, name, coupling)                                                                  \
  static void forward_##m##_##name(const struct system *s)                                         \
  {                                                                                                \
    eliminate(s, m, coupling);                                                                     \
    substitute(s, m, coupling, 0);                                                                 \
  }                                                                                                \
  static void adjoint_##m##_##name(const struct system *s)                                         \
  {                                                                                                \
    substitute(s, m, coupling, 1);                                                                 \
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

static void fill_fluxes(const struct proda_plan *plan, const struct proda_terms *terms,
                        const struct proda_steady *steady)
{
  size_t L = plan->n_layers;
  memset(steady->loss, 0, plan->n_pools * L * sizeof(lane));
  for (size_t c = 0; c < plan->n_channels; c++) {
    const lane *rate = terms->rate + c * L;
    const lane *modifier = terms->modifier + plan->channel_modifier[c] * L;
    lane *flux = steady->flux + c * L, *loss = steady->loss + plan->channel_donor[c] * L;
    for (size_t l = 0; l < L; l++) {
      flux[l] = rate[l] * modifier[l];
      loss[l] += flux[l];
    }
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
    const lane *input = terms->input + (plan->input_of[pool] < 0 ? 0 : plan->input_of[pool]) * L;
    for (size_t l = 0; l < L; l++)
      x[l * m + i] = plan->input_of[pool] < 0 ? lane_splat(0.0) : input[l];
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

/* From the solver's [L][m] to [pool][L]. */
static void scatter(const struct proda_component *component, size_t L, const lane *x, lane *pools)
{
  size_t m = component->n_pools;
  for (size_t i = 0; i < m; i++)
    for (size_t l = 0; l < L; l++)
      pools[component->pool[i] * L + l] = x[l * m + i];
}

void proda_steady_solve(const struct proda_plan *plan, const struct proda_terms *terms,
                        const struct proda_steady *steady)
{
  double moves[PRODA_MAX_COMPONENT];
  fill_fluxes(plan, terms, steady);
  for (size_t c = 0; c < plan->n_components; c++) {
    const struct proda_component *component = &plan->component[c];
    lane x[plan->n_layers * component->n_pools];
    assemble_blocks(plan, component, terms, steady);
    assemble_inputs(plan, component, terms, steady, x);
    struct system s = system_of(plan, component, terms, steady, moves, x);
    solver_of(component)->forward(&s);
    scatter(component, plan->n_layers, x, steady->pools);
  }
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
    if (&plan->component[home] != component || plan->component_of[link->recipient] == home)
      continue;
    const lane *fraction = terms->fraction + link->transfer * L;
    const lane *flux = steady->flux + link->channel * L;
    const lane *y = steady->adjoint + link->recipient * L;
    for (size_t l = 0; l < L; l++)
      x[l * m + plan->place[link->donor]] += fraction[l] * flux[l] * y[l];
  }
}

/* Largest column sum of |M|: diagonal, transport to both sides, transfers to other pools. */
static lane largest_column(const struct proda_plan *plan, const struct proda_terms *terms,
                           const struct proda_steady *steady)
{
  size_t L = plan->n_layers;
  const lane *lower = terms->transport, *diagonal = lower + L, *upper = diagonal + L;
  lane exchange[L], given[L], self[L], largest = lane_splat(0.0);
  for (size_t l = 0; l < L; l++) {
    exchange[l] = lane_splat(0.0);
    if (l > 0)
      exchange[l] += lane_abs(upper[l - 1]);
    if (l + 1 < L)
      exchange[l] += lane_abs(lower[l + 1]);
  }
  for (size_t p = 0; p < plan->n_pools; p++) {
    const lane *loss = steady->loss + p * L;
    memset(given, 0, sizeof given);
    memset(self, 0, sizeof self);
    for (size_t k = 0; k < plan->n_transfers; k++) {
      const struct proda_link *link = &plan->link[k];
      if (link->donor != p)
        continue;
      lane *to = link->recipient == p ? self : given;
      for (size_t l = 0; l < L; l++)
        to[l] += terms->fraction[link->transfer * L + l] * steady->flux[link->channel * L + l];
    }
    for (size_t l = 0; l < L; l++) {
      lane own = loss[l] - self[l], sum = lane_abs(given[l]);
      if (plan->transported[p]) {
        own += diagonal[l];
        sum += exchange[l];
      }
      largest = lane_max(largest, sum + lane_abs(own));
    }
  }
  return largest;
}

void proda_steady_rcond(const struct proda_plan *plan, const struct proda_terms *terms,
                        const struct proda_steady *steady, lane *rcond)
{
  double moves[PRODA_MAX_COMPONENT];
  for (size_t c = plan->n_components; c-- > 0;) {
    const struct proda_component *component = &plan->component[c];
    lane x[plan->n_layers * component->n_pools];
    assemble_adjoint(plan, component, terms, steady, x);
    struct system s = system_of(plan, component, terms, steady, moves, x);
    solver_of(component)->adjoint(&s);
    scatter(component, plan->n_layers, x, steady->adjoint);
  }
  lane largest = lane_splat(0.0);
  for (size_t i = 0; i < plan->n_pools * plan->n_layers; i++)
    largest = lane_max(steady->adjoint[i], largest);
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
