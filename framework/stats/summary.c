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

void proda_skill_sums_pair(struct proda_skill_sums *sums, double obs, double model)
{
  const struct proda_skill_sums pair = {
      1, obs, model, obs * obs, model * model, obs * model, (model - obs) * (model - obs)};
  proda_skill_sums_add(sums, &pair);
}

void proda_skill_sums_add(struct proda_skill_sums *sums, const struct proda_skill_sums *other)
{
  sums->n += other->n;
  sums->obs += other->obs;
  sums->model += other->model;
  sums->obs_squares += other->obs_squares;
  sums->model_squares += other->model_squares;
  sums->products += other->products;
  sums->errors += other->errors;
}

void proda_skill_from_sums(const struct proda_skill_sums *sums, struct proda_skill *skill)
{
  double n = sums->n;
  *skill = (struct proda_skill){.n = (size_t)n, .nse = NAN, .rmse = NAN, .bias = NAN, .r2 = NAN};
  if (!(n > 0))
    return;
  double obs_squares = sums->obs_squares - sums->obs * sums->obs / n;
  double model_squares = sums->model_squares - sums->model * sums->model / n;
  double products = sums->products - sums->obs * sums->model / n;
  skill->rmse = sqrt(sums->errors / n);
  skill->bias = (sums->model - sums->obs) / n;
  if (obs_squares > 0)
    skill->nse = 1 - sums->errors / obs_squares;
  if (obs_squares > 0 && model_squares > 0)
    skill->r2 = products / obs_squares * (products / model_squares);
}
