#include "pipeline/map/map_store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "stats/summary.h"
#include "store/provenance.h"

/** A regular axis: first + i step, i < n. */
struct axis {
  double first, step;
  size_t n;
};

static const double same_place = 1e-3; // of a step

/** The axis that all values lie on; false where there is none worth the name. */
static bool find_axis(const double *value, size_t n, struct axis *axis)
{
  double *sorted = malloc(n * sizeof *sorted);
  bool regular = sorted != NULL;
  double step = INFINITY;
  for (size_t i = 0; i < n && regular; i++) {
    sorted[i] = value[i];
    regular = isfinite(value[i]);
  }
  if (regular) {
    proda_sort(sorted, n);
    for (size_t i = 1; i < n; i++)
      if (sorted[i] - sorted[i - 1] > 1e-4)
        step = fmin(step, sorted[i] - sorted[i - 1]);
    regular = isfinite(step);
  }
  for (size_t i = 0; i < n && regular; i++) {
    double at = (sorted[i] - sorted[0]) / step;
    regular = fabs(at - round(at)) < same_place * fmax(1, at);
  }
  if (regular) {
    axis->first = sorted[0];
    axis->n = (size_t)lround((sorted[n - 1] - sorted[0]) / step) + 1;
    axis->step = (sorted[n - 1] - sorted[0]) / (double)(axis->n - 1);
  }
  free(sorted);
  return regular;
}

static size_t position(const struct axis *axis, double value)
{
  return (size_t)lround((value - axis->first) / axis->step);
}

struct field_grid {
  struct axis latitude, longitude;
  size_t *cell; /**< [n]: place of each site in a field */
  double *field;
};

/** Lays the sites on a grid; two sites of one cell, or a grid nearly all empty, are no grid. */
static bool lay_out(const struct proda_mapped *mapped, struct field_grid *grid)
{
  const double *latitude = proda_forcing_latitude(mapped->forcing);
  const double *longitude = proda_forcing_longitude(mapped->forcing);
  if (!find_axis(latitude, mapped->n, &grid->latitude) ||
      !find_axis(longitude, mapped->n, &grid->longitude))
    return false;
  size_t size = grid->latitude.n * grid->longitude.n;
  if (size / 50 > mapped->n)
    return false;
  grid->cell = calloc(mapped->n, sizeof *grid->cell);
  grid->field = calloc(size, sizeof *grid->field);
  for (size_t s = 0; s < mapped->n && grid->cell && grid->field; s++) {
    size_t cell = position(&grid->latitude, latitude[s]) * grid->longitude.n +
                  position(&grid->longitude, longitude[s]);
    if (grid->field[cell] != 0)
      return false;
    grid->field[cell] = 1;
    grid->cell[s] = cell;
  }
  return grid->cell && grid->field;
}

static int write_axis(struct proda_nc *store, const char *name, const char *letter,
                      const char *standard_name, const char *unit, const struct axis *axis,
                      double *value, struct proda_error *error)
{
  for (size_t i = 0; i < axis->n; i++)
    value[i] = axis->first + (double)i * axis->step;
  if (proda_nc_def_dim(store, name, axis->n, error) ||
      proda_nc_def(store, name, PRODA_NC_DOUBLE, name, unit, standard_name, error) ||
      proda_nc_put_text(store, name, "standard_name", standard_name, error) ||
      proda_nc_put_text(store, name, "axis", letter, error))
    return PRODA_ERROR;
  return proda_nc_write(store, name, value, error);
}

/** Writes value[site * stride] as a field of (lat, lon), NaN where no site is. */
static int write_field(struct proda_nc *store, const struct proda_mapped *mapped,
                       const struct field_grid *grid, const char *name, const char *unit,
                       const char *long_name, const double *value, size_t stride,
                       struct proda_error *error)
{
  size_t size = grid->latitude.n * grid->longitude.n;
  for (size_t i = 0; i < size; i++)
    grid->field[i] = NAN;
  for (size_t s = 0; s < mapped->n; s++)
    grid->field[grid->cell[s]] = value[s * stride];
  if (proda_nc_def(store, name, PRODA_NC_FLOAT, "lat lon", unit, long_name, error))
    return PRODA_ERROR;
  return proda_nc_write(store, name, grid->field, error);
}

static int write_fields(struct proda_nc *store, const struct proda_mapped *mapped,
                        const struct field_grid *grid, struct proda_error *error)
{
  const struct proda_manifest *manifest = mapped->manifest;
  const double *area = proda_forcing_area(mapped->forcing);
  char name[128];
  if (area &&
      write_field(store, mapped, grid, "land_area", "m2", "land area of the cell", area, 1, error))
    return PRODA_ERROR;
  for (int s = 0; s < PRODA_MAP_N_SOURCES; s++)
    for (int d = 0; d < PRODA_MAP_N_DEPTHS; d++) {
      proda_map_stock_name((enum proda_map_source)s, (enum proda_map_depth)d, name);
      if (write_field(store, mapped, grid, name, "kg m-2", proda_map_stock_long_name[d],
                      mapped->stock[s][d], 1, error))
        return PRODA_ERROR;
    }
  for (int s = 0; s < PRODA_MAP_N_SOURCES; s++)
    for (size_t k = 0; k < PRODA_N_COMPONENTS; k++) {
      const struct proda_measure *component = &proda_components[k];
      proda_map_measure_name((enum proda_map_source)s, component, name);
      if (write_field(store, mapped, grid, name, component->unit, component->long_name,
                      mapped->measure[s] + k * mapped->n, 1, error))
        return PRODA_ERROR;
    }
  for (size_t p = 0; p < manifest->n_parameters; p++) {
    const struct proda_parameter *parameter = &manifest->parameter[p];
    snprintf(name, sizeof name, "parameter_%s", parameter->name);
    if (write_field(store, mapped, grid, name, parameter->unit, parameter->doc,
                    mapped->parameter + p, manifest->n_parameters, error))
      return PRODA_ERROR;
  }
  return PRODA_OK;
}

static int write_store(const struct proda_mapped *mapped, const struct field_grid *grid,
                       const char *path, const struct proda_run *run, const char *inputs,
                       struct proda_error *error)
{
  struct proda_nc *store = NULL;
  if (proda_nc_create(path, &store, error))
    return PRODA_ERROR;
  if (proda_provenance_put(store, "Soil carbon with predicted parameters, on a grid", run->command,
                           inputs, proda_run_name(run), run->experiment->seed, error) ||
      write_axis(store, "lat", "Y", "latitude", "degrees_north", &grid->latitude, grid->field,
                 error) ||
      write_axis(store, "lon", "X", "longitude", "degrees_east", &grid->longitude, grid->field,
                 error) ||
      write_fields(store, mapped, grid, error)) {
    proda_nc_abandon(store);
    return PRODA_ERROR;
  }
  return proda_nc_commit(store, error);
}

int proda_mapped_write_grid(const struct proda_mapped *mapped, const char *path,
                            const struct proda_run *run, const char *inputs, bool *regular,
                            struct proda_error *error)
{
  struct field_grid grid = {.cell = NULL};
  *regular = lay_out(mapped, &grid);
  int result = *regular ? write_store(mapped, &grid, path, run, inputs, error) : PRODA_OK;
  free(grid.cell);
  free(grid.field);
  return result;
}
