#include "pipeline/calibrate/state.h"

#include "pipeline/measures.h"

size_t proda_saturating_count(const struct proda_manifest *manifest)
{
  size_t n = 0;
  for (size_t c = 0; c < manifest->n_channels; c++)
    n += manifest->channel[c].half_saturation != NULL;
  return n;
}

size_t proda_saturating_channel(const struct proda_manifest *manifest, size_t k)
{
  size_t c = 0;
  while (!manifest->channel[c].half_saturation || k-- > 0)
    c++;
  return c;
}

struct point {
  const struct proda_manifest *manifest;
  const double *parameter;
};

static int lookup(void *context, const char *name, double *value)
{
  const struct point *point = context;
  long p = proda_manifest_parameter(point->manifest, name);
  if (p < 0)
    return -1;
  *value = point->parameter[p];
  return 0;
}

static double largest(const double *density, size_t stride, size_t n)
{
  double most = density[0];
  for (size_t l = 1; l < n; l++)
    if (density[l * stride] > most)
      most = density[l * stride];
  return most;
}

void proda_state_describe(const struct proda_manifest *manifest, const struct proda_block *block,
                          int i, const lane *measure, const double *parameter,
                          const struct proda_state_numbers *numbers)
{
  const struct proda_grid *grid = &manifest->grid;
  struct point point = {manifest, parameter};
  double bottom = grid->interface[grid->n_layers - 1], depth = bottom < 1 ? bottom : 1;
  for (size_t k = 0; k < proda_measures_count(manifest); k++)
    numbers->measure[k] = measure[k][i];
  for (size_t k = 0; k < proda_saturating_count(manifest); k++) {
    const struct proda_channel *channel = &manifest->channel[proda_saturating_channel(manifest, k)];
    const lane *donor = proda_block_pools(block) + channel->donor * grid->n_layers;
    const double *density = (const double *)donor + i;
    numbers->half_saturation[k] =
        proda_expression_evaluate(channel->half_saturation, lookup, &point);
    numbers->substrate[k] = proda_grid_stock(grid, density, PRODA_LANES, depth) / depth;
    numbers->substrate_largest[k] = largest(density, PRODA_LANES, grid->n_layers);
  }
}
