#include "stats/bootstrap.h"

#include <math.h>
#include <stdlib.h>

#include <proda/random.h>

#include "stats/summary.h"

static void draw(const struct proda_bootstrap *bootstrap, size_t resample, uint32_t *place)
{
  struct proda_random random;
  proda_random_start(&random, bootstrap->seed, bootstrap->stream, (uint32_t)resample);
  for (size_t i = 0; i < bootstrap->n_clusters; i++)
    place[i] = proda_random_below(&random, (uint32_t)bootstrap->n_clusters);
}

int proda_bootstrap_run(const struct proda_bootstrap *bootstrap,
                        proda_bootstrap_statistic *statistic, void *context, double *out,
                        struct proda_error *error)
{
  size_t n = bootstrap->n_resamples, n_values = bootstrap->n_values;
  uint32_t *place = calloc(bootstrap->n_clusters + 1, sizeof *place);
  double *value = calloc(n_values + 1, sizeof *value);
  int status = PRODA_OK;
  if (!place || !value) {
    status =
        proda_error_set(error, "out of memory to resample %zu clusters", bootstrap->n_clusters);
    goto out;
  }
  for (size_t k = 0; k < n; k++) {
    draw(bootstrap, k, place);
    if (bootstrap->n_clusters > 0)
      statistic(context, place, value);
    for (size_t v = 0; v < n_values; v++)
      out[v * n + k] = bootstrap->n_clusters > 0 ? value[v] : NAN;
  }
out:
  free(place);
  free(value);
  return status;
}

void proda_bootstrap_interval(double *resample, size_t n, double level, double *lower,
                              double *upper)
{
  size_t kept = 0;
  for (size_t i = 0; i < n; i++)
    if (!isnan(resample[i]))
      resample[kept++] = resample[i];
  proda_sort(resample, kept);
  *lower = proda_quantile_sorted(resample, kept, (1 - level) / 2);
  *upper = proda_quantile_sorted(resample, kept, (1 + level) / 2);
}
