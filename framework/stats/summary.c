#include "stats/summary.h"

#include <math.h>
#include <stdlib.h>

double proda_mean(const double *x, size_t n)
{
  double sum = 0, rest = 0;
  for (size_t i = 0; i < n; i++)
    sum += x[i];
  double mean = sum / (double)n;
  for (size_t i = 0; i < n; i++)
    rest += x[i] - mean;
  return mean + rest / (double)n;
}

double proda_variance(const double *x, size_t n)
{
  double mean = proda_mean(x, n), sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += (x[i] - mean) * (x[i] - mean);
  return n < 2 ? NAN : sum / (double)(n - 1);
}

static int ascending(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

void proda_sort(double *x, size_t n)
{
  if (n > 1)
    qsort(x, n, sizeof *x, ascending);
}

double proda_quantile_sorted(const double *x, size_t n, double p)
{
  if (n == 0 || !(p >= 0 && p <= 1))
    return NAN;
  double place = p * (double)(n - 1);
  size_t below = (size_t)place;
  if (below + 1 >= n)
    return x[n - 1];
  return x[below] + (place - (double)below) * (x[below + 1] - x[below]);
}

void proda_skill_compute(const double *obs, const double *model, size_t n,
                         struct proda_skill *skill)
{
  *skill = (struct proda_skill){.n = n, .nse = NAN, .rmse = NAN, .bias = NAN, .r2 = NAN};
  if (n == 0)
    return;
  double obs_mean = proda_mean(obs, n), model_mean = proda_mean(model, n);
  double obs_squares = 0, model_squares = 0, products = 0, errors = 0;
  for (size_t i = 0; i < n; i++) {
    double o = obs[i] - obs_mean, m = model[i] - model_mean, error = model[i] - obs[i];
    obs_squares += o * o;
    model_squares += m * m;
    products += o * m;
    errors += error * error;
  }
  skill->rmse = sqrt(errors / (double)n);
  skill->bias = model_mean - obs_mean;
  if (obs_squares > 0)
    skill->nse = 1 - errors / obs_squares;
  if (obs_squares > 0 && model_squares > 0)
    skill->r2 = products / obs_squares * (products / model_squares);
}
