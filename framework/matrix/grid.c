#include "matrix/structure.h"

#include <math.h>

double proda_grid_stock(const struct proda_grid *grid, const double *density, size_t stride,
                        double depth)
{
  double stock = 0, top = 0, end = grid->interface[grid->n_layers - 1];
  if (isfinite(depth) && depth > end * (1 + 1e-9))
    return NAN;
  for (size_t l = 0; l < grid->n_layers && top < depth; l++) {
    double bottom = grid->interface[l];
    stock += density[l * stride] * (bottom <= depth ? grid->dz[l] : depth - top);
    top = bottom;
  }
  return stock;
}

void proda_default_parameters(const struct proda_manifest *manifest,
                              const struct proda_forcing *forcing, double *parameter)
{
  for (size_t p = 0; p < manifest->n_parameters; p++) {
    const struct proda_parameter *stated = &manifest->parameter[p];
    size_t present = 0;
    for (size_t d = 0; d < stated->n_prescribed_by; d++)
      present += forcing->driver[stated->prescribed_by[d]] != NULL;
    bool prescribed = stated->n_prescribed_by > 0 && present == stated->n_prescribed_by;
    parameter[p] = prescribed ? NAN : stated->default_value;
  }
}
