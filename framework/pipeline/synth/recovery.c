#include "pipeline/synth/recovery.h"

#include <math.h>
#include <stdlib.h>

#include "store/ncfile.h"

static const char *const variable[PRODA_N_RECOVERED] = {
    [PRODA_RECOVERED_PREDICTED] = "soc_stock_0_100cm",
    [PRODA_RECOVERED_DEFAULT] = "default_soc_stock_0_100cm",
    [PRODA_RECOVERED_MEDIAN] = "median_soc_stock_0_100cm",
};

struct stocks {
  size_t n;
  double *truth, *mapped[PRODA_N_RECOVERED];
};

static int read_one(const char *path, const char *name, size_t *n, double **value,
                    struct proda_error *error)
{
  struct proda_nc *file = NULL;
  int status = proda_nc_open(path, &file, error);
  if (status == PRODA_OK)
    status = proda_nc_dim(file, "site", n, error);
  if (status == PRODA_OK)
    status = proda_nc_read(file, name, *n, value, error);
  proda_nc_close(file);
  return status;
}

static int read_stocks(const char *map, const char *truth, struct stocks *stocks,
                       struct proda_error *error)
{
  if (read_one(truth, variable[0], &stocks->n, &stocks->truth, error) != PRODA_OK)
    return PRODA_ERROR;
  for (int k = 0; k < PRODA_N_RECOVERED; k++) {
    size_t n = 0;
    if (read_one(map, variable[k], &n, &stocks->mapped[k], error) != PRODA_OK)
      return PRODA_ERROR;
    if (n != stocks->n)
      return proda_error_set(error, "%s has %zu sites, %s has %zu: not the same world", map, n,
                             truth, stocks->n);
  }
  return PRODA_OK;
}

/* Moves the cells where everything is finite to the front. */
static void keep_finite(struct stocks *stocks)
{
  size_t kept = 0;
  for (size_t i = 0; i < stocks->n; i++) {
    double sum = stocks->truth[i];
    for (int k = 0; k < PRODA_N_RECOVERED; k++)
      sum += stocks->mapped[k][i];
    if (!isfinite(sum))
      continue;
    stocks->truth[kept] = stocks->truth[i];
    for (int k = 0; k < PRODA_N_RECOVERED; k++)
      stocks->mapped[k][kept] = stocks->mapped[k][i];
    kept++;
  }
  stocks->n = kept;
}

int proda_recovery(const char *map, const char *truth, struct proda_skill skill[PRODA_N_RECOVERED],
                   struct proda_error *error)
{
  struct stocks stocks = {0};
  int status = read_stocks(map, truth, &stocks, error);
  if (status == PRODA_OK) {
    keep_finite(&stocks);
    for (int k = 0; k < PRODA_N_RECOVERED; k++)
      proda_skill_compute(stocks.truth, stocks.mapped[k], stocks.n, &skill[k]);
  }
  free(stocks.truth);
  for (int k = 0; k < PRODA_N_RECOVERED; k++)
    free(stocks.mapped[k]);
  return status;
}
