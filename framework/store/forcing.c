#include "store/forcing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/forcing_layers.h"
#include "store/sphere.h"

enum { SITE, LAYER, MONTH, N_AXES };
static const char *const axis_name[N_AXES] = {"site", "layer", "month"};

/** One driver of all sites. */
struct driver_data {
  double *value; /**< NULL where an optional driver is absent */
  size_t
      axis[N_AXES]; /**< lengths, 1 where the manifest lacks the axis; sites 1 where all share it */
  bool *absent;     /**< [n_sites] optional driver with NaN at the site; NULL for required ones */
};

struct proda_forcing_file {
  const struct proda_manifest *manifest;
  size_t n_sites, n_months;
  double *share; /**< of the file's layers, for a structure whose drivers have none; else NULL */
  size_t n_share;
  double *latitude, *longitude, *area;
  double (*place)[3]; /**< [n_sites], unit vectors; NULL without coordinates */
  bool *usable;
  struct driver_data *driver;
};

void proda_forcing_close(struct proda_forcing_file *file)
{
  if (!file)
    return;
  for (size_t i = 0; file->driver && i < file->manifest->n_drivers; i++) {
    free(file->driver[i].value);
    free(file->driver[i].absent);
  }
  free(file->driver);
  free(file->share);
  free(file->latitude);
  free(file->longitude);
  free(file->area);
  free(file->place);
  free(file->usable);
  free(file);
}

static int allocate(const char *path, const struct proda_manifest *manifest, size_t n_sites,
                    struct proda_forcing_file **file, struct proda_error *error)
{
  struct proda_forcing_file *made = calloc(1, sizeof *made);
  *file = made;
  if (made) {
    made->manifest = manifest;
    made->n_sites = n_sites;
    made->driver = calloc(manifest->n_drivers + 1, sizeof *made->driver);
    made->usable = malloc(n_sites * sizeof *made->usable);
  }
  if (!made || !made->driver || !made->usable)
    return proda_error_set(error, "%s: out of memory", path);
  memset(made->usable, true, n_sites * sizeof *made->usable);
  return PRODA_OK;
}

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
      result = proda_error_set(error,
                               "%s: variable '%s': layer %zu is %g m, the structure's grid has %g",
                               proda_nc_path(nc), variable, j, factor * value[j], expected[j]);
  free(value);
  return result;
}

/** Reads a coordinate of sites, where the file has it. */
static int read_coordinate(const struct proda_nc *nc, const char *name, size_t n, double limit,
                           double **value, struct proda_error *error)
{
  if (!proda_nc_has(nc, name))
    return PRODA_OK;
  if (proda_nc_read(nc, name, n, value, error) != PRODA_OK)
    return PRODA_ERROR;
  for (size_t i = 0; i < n; i++)
    if (fabs((*value)[i]) > limit)
      return proda_error_set(error, "%s: variable '%s': site %zu is %g, at most %g was expected",
                             proda_nc_path(nc), name, i, (*value)[i], limit);
  return PRODA_OK;
}

static int read_places(const struct proda_nc *nc, struct proda_forcing_file *file,
                       struct proda_error *error)
{
  size_t n = file->n_sites;
  if (read_coordinate(nc, "latitude", n, 90, &file->latitude, error) != PRODA_OK ||
      read_coordinate(nc, "longitude", n, 360, &file->longitude, error) != PRODA_OK ||
      read_coordinate(nc, "land_area", n, INFINITY, &file->area, error) != PRODA_OK)
    return PRODA_ERROR;
  if (!file->latitude || !file->longitude)
    return PRODA_OK;
  file->place = malloc(n * sizeof *file->place);
  if (!file->place)
    return proda_error_set(error, "%s: out of memory", proda_nc_path(nc));
  for (size_t i = 0; i < n; i++)
    proda_sphere_vector(file->latitude[i], file->longitude[i], file->place[i]);
  return PRODA_OK;
}

/** "[site, layer, month]" */
static void print_axes(const bool has[N_AXES], char text[static 32])
{
  int at = 0;
  for (int a = 0; a < N_AXES; a++)
    if (has[a])
      at += snprintf(text + at, 32 - (size_t)at, "%s%s", at ? ", " : "[", axis_name[a]);
  snprintf(text + at, 32 - (size_t)at, "]");
}

/** Strides of the file's variable along the axes, 0 where it lacks one. */
static int match_axes(const struct proda_nc *nc, const struct proda_forcing_file *file,
                      const struct proda_driver *driver, const struct proda_nc_shape *shape,
                      size_t stride[N_AXES], struct proda_error *error)
{
  bool layers = (driver->dims & PRODA_DIM_LAYER) || file->share;
  bool asked[N_AXES] = {true, layers, driver->dims & PRODA_DIM_MONTH};
  size_t step = 1, left = shape->rank;
  memset(stride, 0, N_AXES * sizeof *stride);
  for (int a = N_AXES - 1; a >= 0 && left > 0; a--)
    if (asked[a] && strcmp(shape->name[left - 1], axis_name[a]) == 0) {
      stride[a] = step;
      step *= shape->length[--left];
    }
  if (left == 0)
    return PRODA_OK;
  char axes[32];
  print_axes(asked, axes);
  return proda_error_set(error,
                         "%s: variable '%s': dimension '%s' has no place here; %s in this order "
                         "were expected, of which some may be absent",
                         proda_nc_path(nc), driver->name, shape->name[left - 1], axes);
}

/** Gives every site the full layout of the manifest, from what the file has; the mean of layers
 * where the manifest has none. */
static double *spread(const struct proda_forcing_file *file, const double *raw,
                      const size_t stride[N_AXES], const size_t axis[N_AXES])
{
  static const double whole = 1;
  bool mean = file->share && stride[LAYER];
  const double *share = mean ? file->share : &whole;
  size_t n = mean ? file->n_share : 1;
  double *value = calloc(axis[SITE] * axis[LAYER] * axis[MONTH], sizeof *value);
  double *at = value;
  for (size_t s = 0; value && s < axis[SITE]; s++)
    for (size_t l = 0; l < axis[LAYER]; l++)
      for (size_t m = 0; m < axis[MONTH]; m++)
        *at++ = proda_forcing_mean(raw + s * stride[SITE] + l * stride[LAYER] + m * stride[MONTH],
                                   stride[LAYER], share, n);
  return value;
}

static int complain(const struct proda_nc *nc, const struct proda_driver *driver, double value,
                    const size_t at[N_AXES], struct proda_error *error)
{
  const char *hint = "a finite number was expected";
  if (isfinite(value))
    hint = value < 150 ? "150 to 350 K was expected: are these degC under the unit K?"
                       : "150 to 350 K was expected";
  return proda_error_set(
      error, "%s: variable '%s': site %zu, layer %zu, month %zu (from 0) is %g %s; %s",
      proda_nc_path(nc), driver->name, at[SITE], at[LAYER], at[MONTH], value, driver->unit, hint);
}

/** Refuses values that cannot be; NaN may stand for a missing one. */
static int check_range(const struct proda_nc *nc, const struct proda_driver *driver,
                       const struct driver_data *data, struct proda_error *error)
{
  bool temperature = strcmp(driver->unit, "K") == 0;
  double low = temperature ? 150 : -INFINITY, high = temperature ? 350 : INFINITY;
  const double *value = data->value;
  size_t at[N_AXES];
  for (at[SITE] = 0; at[SITE] < data->axis[SITE]; at[SITE]++)
    for (at[LAYER] = 0; at[LAYER] < data->axis[LAYER]; at[LAYER]++)
      for (at[MONTH] = 0; at[MONTH] < data->axis[MONTH]; at[MONTH]++, value++)
        if (isinf(*value) || *value < low || *value > high)
          return complain(nc, driver, *value, at, error);
  return PRODA_OK;
}

/** Converts to the manifest's unit. */
static int convert(const struct proda_nc *nc, const struct proda_driver *driver,
                   struct driver_data *data, struct proda_error *error)
{
  double factor = 1, offset = 0;
  if (proda_nc_unit(nc, driver->name, driver->unit, &factor, &offset, error) != PRODA_OK)
    return PRODA_ERROR;
  size_t n = data->axis[SITE] * data->axis[LAYER] * data->axis[MONTH];
  if (factor != 1 || offset != 0)
    for (size_t i = 0; i < n; i++)
      data->value[i] = factor * data->value[i] + offset;
  return check_range(nc, driver, data, error);
}

/** Sites with NaN: unusable, or without the driver where it is optional. */
static int find_missing(struct proda_forcing_file *file, const struct proda_driver *driver,
                        struct driver_data *data, struct proda_error *error)
{
  size_t n = data->axis[LAYER] * data->axis[MONTH];
  if (driver->optional) {
    data->absent = calloc(file->n_sites, sizeof *data->absent);
    if (!data->absent)
      return proda_error_set(error, "out of memory");
  }
  for (size_t s = 0; s < file->n_sites; s++) {
    const double *value = data->value + (data->axis[SITE] > 1 ? s * n : 0);
    bool missing = false;
    for (size_t i = 0; i < n; i++)
      missing |= isnan(value[i]);
    if (missing && driver->optional)
      data->absent[s] = true;
    else if (missing)
      file->usable[s] = false;
  }
  return PRODA_OK;
}

static int read_driver(const struct proda_nc *nc, struct proda_forcing_file *file, size_t index,
                       struct proda_error *error)
{
  const struct proda_driver *driver = &file->manifest->driver[index];
  struct driver_data *data = &file->driver[index];
  struct proda_nc_shape shape;
  size_t stride[N_AXES];
  if (driver->optional && !proda_nc_has(nc, driver->name))
    return PRODA_OK;
  if (proda_nc_shape(nc, driver->name, &shape, error) != PRODA_OK ||
      match_axes(nc, file, driver, &shape, stride, error) != PRODA_OK ||
      proda_nc_read(nc, driver->name, 0, &data->value, error) != PRODA_OK)
    return PRODA_ERROR;
  data->axis[SITE] = stride[SITE] ? file->n_sites : 1;
  data->axis[LAYER] = driver->dims & PRODA_DIM_LAYER ? file->manifest->grid.n_layers : 1;
  data->axis[MONTH] = driver->dims & PRODA_DIM_MONTH ? file->n_months : 1;
  bool partial = ((driver->dims & PRODA_DIM_LAYER) && !stride[LAYER]) ||
                 ((driver->dims & PRODA_DIM_MONTH) && !stride[MONTH]) ||
                 (!(driver->dims & PRODA_DIM_LAYER) && stride[LAYER]);
  if (partial) {
    double *whole = spread(file, data->value, stride, data->axis);
    free(data->value);
    data->value = whole;
    if (!whole)
      return proda_error_set(error, "%s: out of memory", proda_nc_path(nc));
  }
  if (convert(nc, driver, data, error) != PRODA_OK)
    return PRODA_ERROR;
  return find_missing(file, driver, data, error);
}

static int check_layers(const struct proda_nc *nc, const struct proda_grid *grid,
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

/** A structure whose drivers all lack layers takes any file's, as means over its depth. */
static int read_layers(const struct proda_nc *nc, struct proda_forcing_file *file,
                       struct proda_error *error)
{
  const struct proda_manifest *manifest = file->manifest;
  const struct proda_grid *grid = &manifest->grid;
  for (size_t i = 0; i < manifest->n_drivers; i++)
    if (manifest->driver[i].dims & PRODA_DIM_LAYER)
      return check_layers(nc, grid, error);
  return proda_forcing_shares(nc, grid->interface[grid->n_layers - 1], &file->n_share, &file->share,
                              error);
}

static int read_all(const struct proda_nc *nc, struct proda_forcing_file *file,
                    struct proda_error *error)
{
  file->n_months = 1;
  if (read_layers(nc, file, error) != PRODA_OK ||
      (proda_nc_has_dim(nc, "month") &&
       proda_nc_dim(nc, "month", &file->n_months, error) != PRODA_OK) ||
      read_places(nc, file, error) != PRODA_OK)
    return PRODA_ERROR;
  for (size_t i = 0; i < file->manifest->n_drivers; i++)
    if (read_driver(nc, file, i, error) != PRODA_OK)
      return PRODA_ERROR;
  return PRODA_OK;
}

int proda_forcing_open(const char *path, const struct proda_manifest *manifest,
                       struct proda_forcing_file **file, struct proda_error *error)
{
  struct proda_nc *nc = NULL;
  struct proda_forcing_file *opened = NULL;
  size_t n_sites;
  int result = PRODA_ERROR;
  *file = NULL;
  if (proda_nc_open(path, &nc, error) != PRODA_OK ||
      proda_nc_dim(nc, "site", &n_sites, error) != PRODA_OK)
    goto out;
  if (n_sites == 0) {
    proda_error_set(error, "%s: has no sites", path);
    goto out;
  }
  if (allocate(path, manifest, n_sites, &opened, error) != PRODA_OK)
    goto out;
  result = read_all(nc, opened, error);
out:
  if (result == PRODA_OK)
    *file = opened;
  else
    proda_forcing_close(opened);
  proda_nc_close(nc);
  return result;
}

size_t proda_forcing_n_sites(const struct proda_forcing_file *file)
{
  return file->n_sites;
}

size_t proda_forcing_n_months(const struct proda_forcing_file *file)
{
  return file->n_months;
}

const double *proda_forcing_latitude(const struct proda_forcing_file *file)
{
  return file->latitude;
}

const double *proda_forcing_longitude(const struct proda_forcing_file *file)
{
  return file->longitude;
}

const double *proda_forcing_area(const struct proda_forcing_file *file)
{
  return file->area;
}

bool proda_forcing_usable(const struct proda_forcing_file *file, size_t site)
{
  return file->usable[site];
}

void proda_forcing_site(const struct proda_forcing_file *file, size_t site, const double **driver)
{
  for (size_t i = 0; i < file->manifest->n_drivers; i++) {
    const struct driver_data *data = &file->driver[i];
    bool absent = !data->value || (data->absent && data->absent[site]);
    size_t row = data->axis[SITE] > 1 ? site : 0;
    driver[i] = absent ? NULL : data->value + row * data->axis[LAYER] * data->axis[MONTH];
  }
}

size_t proda_forcing_nearest(const struct proda_forcing_file *file, double latitude,
                             double longitude, double *distance)
{
  double place[3], best = -2;
  size_t nearest = file->n_sites;
  proda_sphere_vector(latitude, longitude, place);
  for (size_t i = 0; file->place && i < file->n_sites; i++) {
    const double *other = file->place[i];
    double cosine = place[0] * other[0] + place[1] * other[1] + place[2] * other[2];
    if (cosine > best && file->usable[i]) {
      best = cosine;
      nearest = i;
    }
  }
  *distance =
      nearest < file->n_sites ? proda_sphere_distance(place, file->place[nearest]) : INFINITY;
  return nearest;
}
