#include "pipeline/prepare/bulk_density.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include <cminpack.h>

enum { N_COEFFICIENTS = 3, MIN_LAYERS = 10 };

/** Organic matter to organic carbon (van Bemmelen). */
static const double matter = 1.724;

double proda_bulk_density(const struct proda_bulk_density_fit *fit, double carbon)
{
  return fit->a + fit->b * exp(-fit->c * matter * carbon);
}

struct data {
  const double *carbon, *bulk_density;
};

/** Residuals, or their derivatives, [layer] by column. */
static int evaluate(void *context, int m, int n, const double *x, double *residual,
                    double *jacobian, int stride, int flag)
{
  const struct data *data = context;
  (void)n;
  for (int i = 0; i < m; i++) {
    double om = matter * data->carbon[i], decay = exp(-x[2] * om);
    if (flag == 1) {
      residual[i] = x[0] + x[1] * decay - data->bulk_density[i];
    } else {
      jacobian[i] = 1;
      jacobian[i + stride] = decay;
      jacobian[i + 2 * stride] = -x[1] * om * decay;
    }
  }
  return 0;
}

static double r_squared(const struct data *data, size_t n, double residual_norm)
{
  double mean = 0, total = 0;
  for (size_t i = 0; i < n; i++)
    mean += data->bulk_density[i] / (double)n;
  for (size_t i = 0; i < n; i++)
    total += (data->bulk_density[i] - mean) * (data->bulk_density[i] - mean);
  return 1 - residual_norm * residual_norm / total;
}

int proda_bulk_density_fit(const double *carbon, const double *bulk_density, size_t n,
                           struct proda_bulk_density_fit *fit, struct proda_error *error)
{
  if (n < MIN_LAYERS)
    return proda_error_set(error,
                           "pedotransfer: %zu layers hold both organic carbon and bulk density, a "
                           "fit needs %d; give a, b, c in the experiment",
                           n, MIN_LAYERS);
  struct data data = {carbon, bulk_density};
  double x[N_COEFFICIENTS] = {fit->a, fit->b, fit->c};
  int m = (int)n, pivot[N_COEFFICIENTS], n_work = 5 * N_COEFFICIENTS + m;
  double *memory = malloc(((size_t)m * (N_COEFFICIENTS + 1) + (size_t)n_work) * sizeof *memory);
  if (!memory)
    return proda_error_set(error, "out of memory");
  double *residual = memory, *jacobian = residual + m, *work = jacobian + m * N_COEFFICIENTS;
  int info = lmder1(evaluate, &data, m, N_COEFFICIENTS, x, residual, jacobian, m, 1e-12, pivot,
                    work, n_work);
  double norm = enorm(m, residual);
  free(memory);
  *fit = (struct proda_bulk_density_fit){x[0], x[1], x[2], r_squared(&data, n, norm), n};
  // 1..4: converged; 6..8: tol is below what rounding allows, the best there is.
  bool converged = (info >= 1 && info <= 4) || (info >= 6 && info <= 8);
  if (!converged || !(fit->a > 0) || !(fit->a + fit->b > 0) || !(fit->c > 0))
    return proda_error_set(error,
                           "pedotransfer: no sensible fit on %zu layers (a %g, b %g, c %g, lmder1 "
                           "says %d); give a, b, c in the experiment",
                           n, x[0], x[1], x[2], info);
  return PRODA_OK;
}
