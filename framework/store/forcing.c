#include "store/forcing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/forcing_layers.h"
#include "store/forcing_values.h"
#include "store/sphere.h"

static const char *const axis_name[PRODA_N_AXES] = {"site", "layer", "month"};

/** One driver of all sites. */
struct driver_data {
  double *value;             /**< NULL where an optional driver is absent */
  size_t axis[PRODA_N_AXES]; /**< lengths, 1 where the manifest lacks the axis; sites 1 where all
                                share it */
  bool *absent; /**< [n_sites] optional driver with NaN at the site; NULL for required ones */
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

/** A number of every site, where the file has it. */
struct of_sites {
  const char *name, *unit;
  double low, high;
};

static int read_of_sites(const struct proda_nc *nc, const struct of_sites *what, size_t n,
                         double **value, struct proda_error *error)
{
  struct proda_nc_shape shape;
  double factor = 1, offset = 0;
  if (!proda_nc_has(nc, what->name))
    return PRODA_OK;
  if (proda_nc_shape(nc, what->name, &shape, error) != PRODA_OK)
    return PRODA_ERROR;
  if (shape.rank != 1 || strcmp(shape.name[0], "site") != 0)
    return proda_error_set(error, "%s: variable '%s': the one dimension 'site' was expected",
                           proda_nc_path(nc), what->name);
  if (proda_nc_unit_if_any(nc, what->name, what->unit, &factor, &offset, error) != PRODA_OK ||
      proda_nc_read(nc, what->name, n, value, error) != PRODA_OK)
    return PRODA_ERROR;
  for (size_t i = 0; i < n; i++) {
    double *x = *value + i;
    *x = factor * *x + offset;
    if (*x < what->low || *x > what->high)
      return proda_error_set(error, "%s: variable '%s': site %zu is %g, %g to %g was expected",
                             proda_nc_path(nc), what->name, i, *x, what->low, what->high);
  }
  return PRODA_OK;
}

static int read_places(const struct proda_nc *nc, struct proda_forcing_file *file,
                       struct proda_error *error)
{
  static const struct of_sites latitude = {"latitude", "degrees_north", -90, 90};
  static const struct of_sites longitude = {"longitude", "degrees_east", -180, 360};
  static const struct of_sites area = {"land_area", "m2", 0, 5.2e14}; // the Earth's is 5.1e14
  size_t n = file->n_sites;
  if (read_of_sites(nc, &latitude, n, &file->latitude, error) != PRODA_OK ||
      read_of_sites(nc, &longitude, n, &file->longitude, error) != PRODA_OK ||
      read_of_sites(nc, &area, n, &file->area, error) != PRODA_OK)
    return PRODA_ERROR;
  for (size_t i = 0; file->longitude && i < n; i++)
    file->longitude[i] = proda_longitude(file->longitude[i]);
  if (n == 0 || !file->latitude || !file->longitude)
    return PRODA_OK;
  file->place = malloc((n + 1) * sizeof *file->place);
  if (!file->place)
    return proda_error_set(error, "%s: out of memory", proda_nc_path(nc));
  for (size_t i = 0; i < n; i++)
    proda_sphere_vector(file->latitude[i], file->longitude[i], file->place[i]);
  return PRODA_OK;
}

/** "[site, layer, month]" */
static void print_axes(const bool has[PRODA_N_AXES], char text[static 32])
{
  int at = 0;
  for (int a = 0; a < PRODA_N_AXES; a++)
    if (has[a])
      at += snprintf(text + at, 32 - (size_t)at, "%s%s", at ? ", " : "[", axis_name[a]);
  snprintf(text + at, 32 - (size_t)at, "]");
}

/** Strides of the file's variable along the axes, 0 where it lacks one. */
static int match_axes(const struct proda_nc *nc, const struct proda_forcing_file *file,
                      const struct proda_driver *driver, const struct proda_nc_shape *shape,
                      size_t stride[PRODA_N_AXES], struct proda_error *error)
{
  bool layers = (driver->dims & PRODA_DIM_LAYER) || file->share;
  bool asked[PRODA_N_AXES] = {true, layers, driver->dims & PRODA_DIM_MONTH};
  size_t step = 1, left = shape->rank;
  memset(stride, 0, PRODA_N_AXES * sizeof *stride);
  for (int a = PRODA_N_AXES - 1; a >= 0 && left > 0; a--)
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
                      const size_t stride[PRODA_N_AXES], const size_t axis[PRODA_N_AXES])
{
  static const double whole = 1;
  bool mean = file->share && stride[PRODA_AXIS_LAYER];
  const double *share = mean ? file->share : &whole;
  size_t n = mean ? file->n_share : 1;
  double *value = calloc(axis[PRODA_AXIS_SITE] * axis[PRODA_AXIS_LAYER] * axis[PRODA_AXIS_MONTH],
                         sizeof *value);
  double *at = value;
  for (size_t s = 0; value && s < axis[PRODA_AXIS_SITE]; s++)
    for (size_t l = 0; l < axis[PRODA_AXIS_LAYER]; l++)
      for (size_t m = 0; m < axis[PRODA_AXIS_MONTH]; m++)
        *at++ = proda_forcing_mean(raw + s * stride[PRODA_AXIS_SITE] +
                                       l * stride[PRODA_AXIS_LAYER] + m * stride[PRODA_AXIS_MONTH],
                                   stride[PRODA_AXIS_LAYER], share, n);
  return value;
}

/** Converts to the manifest's unit. */
static int convert(const struct proda_nc *nc, const struct proda_driver *driver,
                   struct driver_data *data, struct proda_error *error)
{
  double factor = 1, offset = 0;
  if (proda_nc_unit(nc, driver->name, driver->unit, &factor, &offset, error) != PRODA_OK)
    return PRODA_ERROR;
  size_t n =
      data->axis[PRODA_AXIS_SITE] * data->axis[PRODA_AXIS_LAYER] * data->axis[PRODA_AXIS_MONTH];
  if (factor != 1 || offset != 0)
    for (size_t i = 0; i < n; i++)
      data->value[i] = factor * data->value[i] + offset;
  return proda_forcing_check_values(nc, driver, data->axis, data->value, error);
}

/** Sites with NaN: unusable, or without the driver where it is optional. */
static int find_missing(struct proda_forcing_file *file, const struct proda_driver *driver,
                        struct driver_data *data, struct proda_error *error)
{
  size_t n = data->axis[PRODA_AXIS_LAYER] * data->axis[PRODA_AXIS_MONTH];
  if (driver->optional) {
    data->absent = calloc(file->n_sites, sizeof *data->absent);
    if (!data->absent)
      return proda_error_set(error, "out of memory");
  }
  for (size_t s = 0; s < file->n_sites; s++) {
    const double *value = data->value + (data->axis[PRODA_AXIS_SITE] > 1 ? s * n : 0);
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
  size_t stride[PRODA_N_AXES];
  if (driver->optional && !proda_nc_has(nc, driver->name))
    return PRODA_OK;
  if (proda_nc_shape(nc, driver->name, &shape, error) != PRODA_OK ||
      match_axes(nc, file, driver, &shape, stride, error) != PRODA_OK ||
      proda_nc_read(nc, driver->name, 0, &data->value, error) != PRODA_OK)
    return PRODA_ERROR;
  data->axis[PRODA_AXIS_SITE] = stride[PRODA_AXIS_SITE] ? file->n_sites : 1;
  data->axis[PRODA_AXIS_LAYER] = driver->dims & PRODA_DIM_LAYER ? file->manifest->grid.n_layers : 1;
  data->axis[PRODA_AXIS_MONTH] = driver->dims & PRODA_DIM_MONTH ? file->n_months : 1;
  bool partial = ((driver->dims & PRODA_DIM_LAYER) && !stride[PRODA_AXIS_LAYER]) ||
                 ((driver->dims & PRODA_DIM_MONTH) && !stride[PRODA_AXIS_MONTH]) ||
                 (!(driver->dims & PRODA_DIM_LAYER) && stride[PRODA_AXIS_LAYER]);
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

/** A structure whose drivers all lack layers takes any file's, as means over its depth. */
static int read_layers(const struct proda_nc *nc, struct proda_forcing_file *file,
                       struct proda_error *error)
{
  const struct proda_manifest *manifest = file->manifest;
  const struct proda_grid *grid = &manifest->grid;
  for (size_t i = 0; i < manifest->n_drivers; i++)
    if (manifest->driver[i].dims & PRODA_DIM_LAYER)
      return proda_forcing_check_layers(nc, grid, error);
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
  if (file->n_months != 1 && file->n_months % 12 != 0)
    return proda_error_set(error,
                           "%s: dimension 'month' is %zu, whole years from January were expected: "
                           "12, 24, ...; or 1, the same for all months",
                           proda_nc_path(nc), file->n_months);
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
    size_t row = data->axis[PRODA_AXIS_SITE] > 1 ? site : 0;
    driver[i] =
        absent ? NULL
               : data->value + row * data->axis[PRODA_AXIS_LAYER] * data->axis[PRODA_AXIS_MONTH];
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
