#include "store/forcing_layers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** A file's layers must be the manifest's; deeper ones behind them may serve others. */
static int check_grid(const struct proda_nc *nc, const char *variable, const double *expected,
                      size_t n, struct proda_error *error)
{
  struct proda_nc_shape shape;
  double *value, factor, offset;
  if (!proda_nc_has(nc, variable))
    return PRODA_OK;
  if (proda_nc_shape(nc, variable, &shape, error) != PRODA_OK ||
      proda_nc_unit(nc, variable, "m", &factor, &offset, error) != PRODA_OK)
    return PRODA_ERROR;
  if (shape.rank != 1 || shape.length[0] < n)
    return proda_error_set(error, "%s: variable '%s': %zu layers in one dimension were expected",
                           proda_nc_path(nc), variable, n);
  if (proda_nc_read(nc, variable, 0, &value, error) != PRODA_OK)
    return PRODA_ERROR;
  int result = PRODA_OK;
  for (size_t j = 0; j < n && result == PRODA_OK; j++)
    if (!(fabs(factor * value[j] + offset - expected[j]) <= 1e-6))
      result = proda_error_set(
          error,
          "%s: variable '%s': layer %zu is %g m, the structure's grid has "
          "%g%s",
          proda_nc_path(nc), variable, j, factor * value[j] + offset, expected[j],
          fabs(0.01 * value[j] - expected[j]) <= 1e-6 ? "; are these cm under the unit m?" : "");
  free(value);
  return result;
}

int proda_forcing_check_layers(const struct proda_nc *nc, const struct proda_grid *grid,
                               struct proda_error *error)
{
  size_t n = grid->n_layers;
  if (proda_nc_has_dim(nc, "layer")) {
    if (proda_nc_dim(nc, "layer", &n, error) != PRODA_OK)
      return PRODA_ERROR;
    if (n != grid->n_layers)
      return proda_error_set(error, "%s: dimension 'layer' is %zu, the structure has %zu layers",
                             proda_nc_path(nc), n, grid->n_layers);
  }
  if (check_grid(nc, "z_node", grid->node, n, error) != PRODA_OK)
    return PRODA_ERROR;
  return check_grid(nc, "dz", grid->dz, n, error);
}

/** Layers of no structure that proda knows, so only what no soil has is refused. */
static int check_thickness(const struct proda_nc *nc, size_t n, const double *dz, double factor,
                           struct proda_error *error)
{
  double depth = 0;
  for (size_t l = 0; l < n; l++) {
    depth += factor * dz[l];
    if (!(factor * dz[l] > 0 && depth <= 200))
      return proda_error_set(error,
                             "%s: variable 'dz': layer %zu (from 0) is %g m and ends at %g m; "
                             "thicknesses above 0 and at most 200 m of soil were expected%s",
                             proda_nc_path(nc), l, factor * dz[l], depth,
                             depth > 200 ? "; are these cm under the unit m?" : "");
  }
  return PRODA_OK;
}

int proda_forcing_shares(const struct proda_nc *nc, double depth, size_t *n, double **share,
                         struct proda_error *error)
{
  double *dz = NULL, factor, offset, top = 0, sum = 0;
  struct proda_nc_shape shape;
  *n = 0;
  *share = NULL;
  if (!proda_nc_has_dim(nc, "layer") || !proda_nc_has(nc, "dz"))
    return PRODA_OK;
  if (proda_nc_dim(nc, "layer", n, error) || proda_nc_shape(nc, "dz", &shape, error) ||
      proda_nc_unit(nc, "dz", "m", &factor, &offset, error))
    return PRODA_ERROR;
  bool of_layers = shape.rank == 1 && strcmp(shape.name[0], "site") != 0 &&
                   strcmp(shape.name[0], "month") != 0; // "layer", or deeper ones
  if (!of_layers || shape.length[0] < *n)
    return proda_error_set(error, "%s: variable 'dz': %zu layers in one dimension were expected",
                           proda_nc_path(nc), *n);
  if (proda_nc_read(nc, "dz", 0, &dz, error))
    return PRODA_ERROR;
  if (check_thickness(nc, *n, dz, factor, error) != PRODA_OK) {
    free(dz);
    return PRODA_ERROR;
  }
  for (size_t l = 0; l < *n; l++) {
    double bottom = top + factor * dz[l] + offset;
    dz[l] = fmax(0, fmin(bottom, depth) - top);
    sum += dz[l];
    top = bottom;
  }
  for (size_t l = 0; l < *n; l++)
    dz[l] /= sum;
  *share = dz;
  if (sum > 0)
    return PRODA_OK;
  free(dz);
  *share = NULL;
  return proda_error_set(error, "%s: variable 'dz': thicknesses above 0 were expected",
                         proda_nc_path(nc));
}

double proda_forcing_mean(const double *value, size_t stride, const double *share, size_t n)
{
  double mean = 0;
  for (size_t l = 0; l < n; l++)
    if (share[l] > 0)
      mean += share[l] * value[l * stride];
  return mean;
}
