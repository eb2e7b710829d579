#include "stats/ess.h"

#include <math.h>
#include <string.h>

#include <proda/lane.h>

#include "stats/summary.h"

/* A lane anywhere in memory. */
typedef double loose_lane __attribute__((vector_size(64), aligned(8), may_alias));

static double lane_sum(lane x)
{
  return ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]));
}

static void chain_products(const double *y, size_t n, size_t lag, double out[PRODA_LAG_BLOCK])
{
  lane sum[PRODA_LAG_BLOCK] = {0};
  size_t t = 0;
  for (; t + PRODA_LANES + lag + PRODA_LAG_BLOCK <= n; t += PRODA_LANES) {
    lane now = *(const loose_lane *)(y + t);
    for (size_t k = 0; k < PRODA_LAG_BLOCK; k++)
      sum[k] += now * *(const loose_lane *)(y + t + lag + k);
  }
  for (size_t k = 0; k < PRODA_LAG_BLOCK; k++) {
    double rest = 0;
    for (size_t s = t; s + lag + k < n; s++)
      rest += y[s] * y[s + lag + k];
    out[k] += lane_sum(sum[k]) + rest;
  }
}

void proda_lagged_products(const double *y, size_t m, size_t n, size_t lag,
                           double out[PRODA_LAG_BLOCK])
{
  memset(out, 0, PRODA_LAG_BLOCK * sizeof *out);
  for (size_t c = 0; c < m; c++)
    chain_products(y + c * n, n, lag, out);
}

/* Chains less their means, and the variance of the means (0 for one chain). */
static double centre(const double *x, size_t m, size_t n, double *y)
{
  double sum = 0, squares = 0;
  for (size_t c = 0; c < m; c++) {
    double mean = proda_mean(x + c * n, n);
    for (size_t t = 0; t < n; t++)
      y[c * n + t] = x[c * n + t] - mean;
    double step = mean - sum;
    sum += step / (double)(c + 1);
    squares += step * (mean - sum);
  }
  return m > 1 ? squares / (double)(m - 1) : 0;
}

/* Autocorrelations, made a block of lags at a time as they are asked for in order. */
struct autocorrelation {
  const double *y;
  size_t m, n;
  double within, total; /* mean variance of a chain, pooled variance */
  double product[PRODA_LAG_BLOCK];
};

static double autocorrelation_at(struct autocorrelation *a, size_t lag)
{
  if (lag % PRODA_LAG_BLOCK == 0)
    proda_lagged_products(a->y, a->m, a->n, lag, a->product);
  double covariance = a->product[lag % PRODA_LAG_BLOCK] / (double)(a->m * a->n);
  return 1 - (a->within - covariance) / a->total;
}

/* tau = -1 + 2 sum of Geyer's pairs + the last even term */
static double integrated_time(struct autocorrelation *a)
{
  if (a->n < 6)
    return 2; /* too short for a second pair; as R's posterior has it */
  double even = 1, odd = autocorrelation_at(a, 1);
  double sum = 0, smallest = INFINITY;
  for (size_t t = 2; t + 3 < a->n && even + odd > 0; t += 2) {
    smallest = fmin(smallest, even + odd);
    sum += smallest;
    even = autocorrelation_at(a, t);
    odd = autocorrelation_at(a, t + 1);
  }
  double last = even > 0 || even + odd >= 0 ? even : 0;
  return -1 + 2 * sum + last;
}

double proda_ess(const double *x, size_t m, size_t n, double *work)
{
  if (n < 3)
    return NAN;
  struct autocorrelation a = {.y = work, .m = m, .n = n};
  double between = centre(x, m, n, work);
  proda_lagged_products(work, m, n, 0, a.product);
  a.within = a.product[0] / (double)(m * (n - 1));
  a.total = a.within * (double)(n - 1) / (double)n + between;
  if (!(a.total > 0))
    return NAN;
  double size = (double)(m * n);
  return size / fmax(integrated_time(&a), 1 / log10(size));
}
