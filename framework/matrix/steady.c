#include "matrix/steady.h"

#include <string.h>

#include "matrix/balance.h"
#include "matrix/elimination.h"
#include "matrix/newton.h"

size_t proda_steady_size(const struct proda_plan *plan)
{
  return plan->n_layers * (plan->n_channels + 3 * plan->n_pools) + plan->n_factor +
         proda_newton_size(plan);
}

void proda_steady_bind(const struct proda_plan *plan, lane *memory, struct proda_steady *steady)
{
  size_t pools = plan->n_pools * plan->n_layers;
  steady->flux = memory;
  steady->loss = steady->flux + plan->n_channels * plan->n_layers;
  steady->pools = steady->loss + pools;
  steady->adjoint = steady->pools + pools;
  steady->inverse = steady->adjoint + pools;
  steady->newton = steady->inverse + plan->n_factor;
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

static struct proda_system system_of(const struct proda_plan *plan,
                                     const struct proda_component *component,
                                     const struct proda_terms *terms,
                                     const struct proda_steady *steady, double *moves, lane *x)
{
  size_t L = plan->n_layers;
  for (size_t i = 0; i < component->n_pools; i++)
    moves[i] = plan->transported[component->pool[i]];
  return (struct proda_system){
      .m = component->n_pools,
      .n_layers = L,
      .n_moving = component->n_transported,
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
  proda_balance_fluxes(plan, component, terms, steady);
  assemble_blocks(plan, component, terms, steady);
  assemble_inputs(plan, component, terms, steady, x);
  struct proda_system s = system_of(plan, component, terms, steady, moves, x);
  proda_system_solve(&s);
  scatter(component, plan->n_layers, x, steady->pools);
}

/* The closed form gets what flows in; the rates at its state make fluxes like any other. */
static void solve_closed(const struct proda_plan *plan, const struct proda_component *component,
                         const struct proda_terms *terms, const struct proda_nonlinear *nonlinear,
                         const struct proda_steady *steady, lane *shared)
{
  lane *inflow = steady->adjoint, *x = workplace(component, plan->n_layers, inflow, shared);
  assemble_inputs(plan, component, terms, steady, x);
  scatter(component, plan->n_layers, x, inflow);
  nonlinear->ops->steady(nonlinear->model, nonlinear->site, nonlinear->parameter, terms, inflow,
                         steady->pools);
  nonlinear->ops->rates(nonlinear->model, nonlinear->site, nonlinear->parameter, terms,
                        steady->pools);
  proda_balance_fluxes(plan, component, terms, steady);
}

static void solve_by_newton(const struct proda_plan *plan, const struct proda_component *component,
                            const struct proda_terms *terms, struct proda_nonlinear *nonlinear,
                            const struct proda_steady *steady, lane *inflow)
{
  struct proda_balance balance = {plan, component, terms, steady, inflow};
  assemble_inputs(plan, component, terms, steady, inflow);
  proda_newton_solve(&balance, nonlinear, steady->newton);
}

void proda_steady_solve(const struct proda_plan *plan, const struct proda_terms *terms,
                        struct proda_nonlinear *nonlinear, const struct proda_steady *steady)
{
  lane shared[plan->n_layers * PRODA_MAX_COMPONENT];
  for (size_t c = 0; c < plan->n_components; c++) {
    const struct proda_component *component = &plan->component[c];
    if (component->linear)
      solve_linear(plan, component, terms, steady, shared);
    else if (nonlinear->ops->steady)
      solve_closed(plan, component, terms, nonlinear, steady, shared);
    else
      solve_by_newton(plan, component, terms, nonlinear, steady, shared);
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
  /* A grid has layers. NOLINTNEXTLINE(clang-analyzer-core.VLASize) */
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
    struct proda_system s = system_of(plan, component, terms, steady, moves, x);
    proda_system_solve_transposed(&s);
    scatter(component, plan->n_layers, x, steady->adjoint);
  }
  lane largest = lane_splat(0.0);
  for (size_t p = 0; p < plan->n_pools; p++)
    if (in_linear_system(plan, p))
      largest = lane_max(greatest(steady->adjoint + p * plan->n_layers, plan->n_layers), largest);
  // NOLINTNEXTLINE(clang-analyzer-core.DivideZero): on lanes, where 1/0 is infinite and meant
  *rcond = 1.0 / (largest_column(plan, terms, steady) * largest);
}
