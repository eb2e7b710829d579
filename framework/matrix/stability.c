#include "matrix/stability.h"

#include <lapacke.h>

#include "matrix/balance.h"

/* Eigenvalues are known to so much of the greatest. */
static const double rounding = 1e-12;

static size_t n_unknowns(const struct proda_plan *plan, const struct proda_component *component)
{
  return component->n_pools * (component->n_transported > 0 ? plan->n_layers : 1);
}

/* The matrix, both parts of the eigenvalues, and what LAPACK asks for. */
size_t proda_stability_size(const struct proda_plan *plan)
{
  size_t greatest = 0;
  for (size_t c = 0; c < plan->n_components; c++) {
    size_t n = plan->component[c].linear ? 0 : n_unknowns(plan, &plan->component[c]);
    greatest = n > greatest ? n : greatest;
  }
  return greatest * (greatest + 10) + 1;
}

/* The system of n unknowns that starts at row `first`, of lane i; row-major. */
static bool copy_matrix(const struct proda_blocks *blocks, size_t first, size_t n, int i,
                        double *matrix)
{
  size_t m = blocks->m;
  bool finite = true;
  for (size_t k = 0; k < n * n; k++)
    matrix[k] = 0;
  for (size_t row = 0; row < n; row++) {
    double *entry = matrix + row * n;
    for (size_t j = 0; j < m; j++)
      entry[row / m * m + j] = blocks->block[(first + row) * m + j][i];
    if (row >= m)
      entry[row - m] = blocks->lower[first + row][i];
    if (row + m < n)
      entry[row + m] = blocks->upper[first + row][i];
    for (size_t j = 0; j < n; j++)
      finite = finite && isfinite(entry[j]);
  }
  return finite;
}

/* Largest real part and largest modulus of the eigenvalues; NaN where they cannot be computed. */
static void find_greatest(double *matrix, size_t n, double *real, double *modulus)
{
  double *wr = matrix + n * n, *wi = wr + n, *work = wi + n;
  lapack_int size = (lapack_int)n;
  *real = *modulus = NAN;
  if (LAPACKE_dgeev_work(LAPACK_COL_MAJOR, 'N', 'N', size, matrix, size, wr, wi, NULL, 1, NULL, 1,
                         work, 8 * size) != 0)
    return;
  *real = -INFINITY;
  *modulus = 0;
  for (size_t k = 0; k < n; k++) {
    *real = fmax(*real, wr[k]);
    *modulus = fmax(*modulus, hypot(wr[k], wi[k]));
  }
}

static void judge_component(const struct proda_blocks *blocks, size_t n, lane_mask which,
                            double *scratch, lane *growth, lane_mask *unstable)
{
  for (size_t first = 0; first < blocks->n_layers * blocks->m; first += n)
    for (int i = 0; i < PRODA_LANES; i++) {
      double real = NAN, modulus = NAN;
      if (!which[i])
        continue;
      if (copy_matrix(blocks, first, n, i, scratch))
        find_greatest(scratch, n, &real, &modulus);
      (*growth)[i] = fmax((*growth)[i], real);
      if (real > rounding * modulus)
        (*unstable)[i] = -1;
    }
}

/* Rates and slopes want pools above 0. */
static void fill_empty(const struct proda_plan *plan, const struct proda_component *component,
                       lane *pools, double from, double to)
{
  for (size_t i = 0; i < component->n_pools; i++)
    for (size_t l = 0; l < plan->n_layers; l++) {
      lane *pool = &pools[component->pool[i] * plan->n_layers + l];
      *pool = lane_select(*pool == from, lane_splat(to), *pool);
    }
}

void proda_stability(const struct proda_plan *plan, const struct proda_terms *terms,
                     const struct proda_nonlinear *nonlinear, const struct proda_steady *steady,
                     lane_mask which, double *scratch, lane *growth, lane_mask *unstable)
{
  *growth = lane_splat(-INFINITY);
  *unstable = which ^ which;
  for (size_t c = 0; c < plan->n_components; c++) {
    const struct proda_component *component = &plan->component[c];
    struct proda_balance balance = {plan, component, terms, steady, NULL};
    struct proda_linearised at;
    if (component->linear || plan->n_slopes == 0)
      continue;
    proda_linearised_bind(plan, component, steady->newton, &at);
    fill_empty(plan, component, steady->pools, 0, PRODA_EMPTY);
    nonlinear->ops->rates(nonlinear->model, nonlinear->site, nonlinear->parameter, terms,
                          steady->pools);
    nonlinear->ops->slopes(nonlinear->model, nonlinear->site, nonlinear->parameter, terms,
                           steady->pools, at.slope);
    proda_balance_fluxes(plan, component, terms, steady);
    proda_balance_jacobian(&balance, 0, plan->n_layers, at.slope, NULL, NULL, &at.blocks);
    fill_empty(plan, component, steady->pools, PRODA_EMPTY, 0);
    judge_component(&at.blocks, n_unknowns(plan, component), which, scratch, growth, unstable);
  }
}
