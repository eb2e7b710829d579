#include "pipeline/prepare/prepared.h"

#include <math.h>
#include <stdlib.h>

#include "store/ncfile.h"

int proda_prepared_rows(const struct proda_nc *file, size_t n_sites, size_t n_obs, size_t **first,
                        struct proda_error *error)
{
  double *row_size = NULL;
  size_t *sum = calloc(n_sites + 1, sizeof *sum);
  int status = sum ? proda_nc_read(file, "row_size", n_sites, &row_size, error)
                   : proda_error_set(error, "out of memory for %zu sites", n_sites);
  for (size_t s = 0; s < n_sites && status == PRODA_OK; s++) {
    if (!(row_size[s] >= 0 && row_size[s] <= (double)(n_obs - sum[s])) ||
        row_size[s] != floor(row_size[s]))
      status = proda_error_set(error, "%s: row_size[%zu] is %g, expected 0 to %zu",
                               proda_nc_path(file), s, row_size[s], n_obs - sum[s]);
    else
      sum[s + 1] = sum[s] + (size_t)row_size[s];
  }
  if (status == PRODA_OK && sum[n_sites] != n_obs)
    status = proda_error_set(error, "%s: row_size sums to %zu, expected the length of obs, %zu",
                             proda_nc_path(file), sum[n_sites], n_obs);
  free(row_size);
  if (status == PRODA_OK)
    *first = sum;
  else
    free(sum);
  return status;
}

static int read_arrays(const struct proda_nc *file, struct proda_prepared *p,
                       struct proda_error *error)
{
  const struct {
    const char *name;
    size_t n;
    double **value;
  } array[] = {
      {"site_id", p->n_sites, &p->site_id},
      {"latitude", p->n_sites, &p->latitude},
      {"longitude", p->n_sites, &p->longitude},
      {"cell", p->n_sites, &p->cell},
      {"obs_top", p->n_obs, &p->obs_top},
      {"obs_bottom", p->n_obs, &p->obs_bottom},
      {"soc", p->n_obs, &p->obs_value},
      {"covariate_value", p->n_sites * p->n_covariates, &p->covariate},
      {"covariate_is_class", p->n_covariates, &p->covariate_is_class},
  };
  for (size_t i = 0; i < sizeof array / sizeof *array; i++) {
    int status = proda_nc_read(file, array[i].name, array[i].n, array[i].value, error);
    if (status != PRODA_OK)
      return status;
  }
  size_t n = 0;
  int status = proda_nc_read_strings(file, "covariate_name", &n, &p->covariate_name, error);
  if (status == PRODA_OK && n != p->n_covariates)
    status = proda_error_set(error, "%s: covariate_name has %zu names, expected %zu",
                             proda_nc_path(file), n, p->n_covariates);
  return status;
}

int proda_prepared_read(const char *path, struct proda_prepared **prepared,
                        struct proda_error *error)
{
  struct proda_nc *file = NULL;
  struct proda_prepared *p = calloc(1, sizeof *p);
  int status = p ? proda_nc_open(path, &file, error)
                 : proda_error_set(error, "out of memory for the prepared sites");
  if (status == PRODA_OK)
    status = proda_nc_dim(file, "site", &p->n_sites, error);
  if (status == PRODA_OK)
    status = proda_nc_dim(file, "obs", &p->n_obs, error);
  if (status == PRODA_OK)
    status = proda_nc_dim(file, "covariate", &p->n_covariates, error);
  if (status == PRODA_OK)
    status = proda_prepared_rows(file, p->n_sites, p->n_obs, &p->first, error);
  if (status == PRODA_OK)
    status = read_arrays(file, p, error);
  proda_nc_close(file);
  if (status == PRODA_OK)
    *prepared = p;
  else
    proda_prepared_free(p);
  return status;
}

static int check_cells(const struct proda_prepared *p, const char *path, const char *grid,
                       size_t n_cells, struct proda_error *error)
{
  for (size_t s = 0; s < p->n_sites; s++)
    if (!(p->cell[s] >= 0 && p->cell[s] < (double)n_cells))
      return proda_error_set(error, "%s: cell[%zu] is %g, but %s has %zu sites; run prepare again",
                             path, s, p->cell[s], grid, n_cells);
  return PRODA_OK;
}

int proda_prepared_read_with_forcing(const char *path, const char *grid,
                                     const struct proda_manifest *manifest,
                                     struct proda_prepared **prepared,
                                     struct proda_forcing_file **forcing, struct proda_error *error)
{
  struct proda_prepared *sites = NULL;
  struct proda_forcing_file *cells = NULL;
  if (proda_prepared_read(path, &sites, error) == PRODA_OK &&
      proda_forcing_open(grid, manifest, &cells, error) == PRODA_OK &&
      check_cells(sites, path, grid, proda_forcing_n_sites(cells), error) == PRODA_OK) {
    *prepared = sites;
    *forcing = cells;
    return PRODA_OK;
  }
  proda_prepared_free(sites);
  proda_forcing_close(cells);
  return PRODA_ERROR;
}

void proda_prepared_free(struct proda_prepared *p)
{
  if (!p)
    return;
  free(p->site_id);
  free(p->latitude);
  free(p->longitude);
  free(p->cell);
  free(p->first);
  free(p->obs_top);
  free(p->obs_bottom);
  free(p->obs_value);
  free(p->covariate);
  free(p->covariate_name);
  free(p->covariate_is_class);
  free(p);
}
