#include "store/forcing_layers.h"

#include <math.h>
#include <stdlib.h>

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
  if (shape.rank != 1 || shape.length[0] < *n)
    return proda_error_set(error, "%s: variable 'dz': %zu layers in one dimension were expected",
                           proda_nc_path(nc), *n);
  if (proda_nc_read(nc, "dz", 0, &dz, error))
    return PRODA_ERROR;
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
