#include "pipeline/prepare/profiles.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "store/sphere.h"

void proda_profiles_free(struct proda_profiles *profiles)
{
  if (!profiles)
    return;
  free(profiles->id);
  free(profiles->key);
  free(profiles->latitude);
  free(profiles->longitude);
  free(profiles->first);
  free(profiles->top);
  free(profiles->bottom);
  free(profiles->content);
  free(profiles->density);
  free(profiles->bulk_density);
  free(profiles->coarse);
  free(profiles);
}

static int check_dimension(const struct proda_nc *file, const char *variable, const char *dimension,
                           struct proda_error *error)
{
  struct proda_nc_shape shape;
  if (proda_nc_shape(file, variable, &shape, error) != PRODA_OK)
    return PRODA_ERROR;
  if (shape.rank != 1 || strcmp(shape.name[0], dimension) != 0)
    return proda_error_set(error, "%s: variable '%s': the one dimension '%s' was expected",
                           proda_nc_path(file), variable, dimension);
  return PRODA_OK;
}

/** Reads a column in `unit`; all NaN where it is optional and absent. */
static int read_column(const struct proda_nc *file, const char *variable, const char *dimension,
                       const char *unit, bool optional, size_t n, double **value,
                       struct proda_error *error)
{
  double factor, offset;
  if (optional && !proda_nc_has(file, variable)) {
    *value = malloc((n + 1) * sizeof **value);
    for (size_t i = 0; *value && i < n; i++)
      (*value)[i] = NAN;
    return *value ? PRODA_OK : proda_error_set(error, "out of memory");
  }
  if (check_dimension(file, variable, dimension, error) != PRODA_OK ||
      proda_nc_unit(file, variable, unit, &factor, &offset, error) != PRODA_OK ||
      proda_nc_read(file, variable, n, value, error) != PRODA_OK)
    return PRODA_ERROR;
  if (factor != 1 || offset != 0)
    for (size_t i = 0; i < n; i++)
      (*value)[i] = factor * (*value)[i] + offset;
  return PRODA_OK;
}

static int read_rows(const struct proda_nc *file, struct proda_profiles *profiles,
                     struct proda_error *error)
{
  double *row_size = NULL;
  size_t sum = 0;
  if (read_column(file, "row_size", "profile", "1", false, profiles->n, &row_size, error) !=
      PRODA_OK)
    return PRODA_ERROR;
  int result = PRODA_OK;
  profiles->first = calloc(profiles->n + 1, sizeof *profiles->first);
  if (!profiles->first)
    result = proda_error_set(error, "out of memory");
  for (size_t p = 0; p < profiles->n && result == PRODA_OK; p++) {
    double left = (double)(profiles->n_layers - sum);
    if (!(row_size[p] >= 0 && row_size[p] <= left && row_size[p] == floor(row_size[p])))
      result = proda_error_set(error,
                               "%s: variable 'row_size': profile %zu has %g layers, 0 to %g are "
                               "left of dimension 'obs'",
                               proda_nc_path(file), p, row_size[p], left);
    else
      profiles->first[p + 1] = sum += (size_t)row_size[p];
  }
  if (result == PRODA_OK && sum != profiles->n_layers)
    result = proda_error_set(error, "%s: variable 'row_size': sums to %zu, 'obs' has %zu layers",
                             proda_nc_path(file), sum, profiles->n_layers);
  free(row_size);
  return result;
}

static int read_profiles(const struct proda_nc *file, struct proda_profiles *p,
                         struct proda_error *error)
{
  const struct {
    const char *name, *dimension, *unit;
    bool optional;
    double **value;
  } column[] = {
      {"profile_id", "profile", "1", false, &p->id},
      {"latitude", "profile", "degrees_north", false, &p->latitude},
      {"longitude", "profile", "degrees_east", false, &p->longitude},
      {"layer_top", "obs", "m", false, &p->top},
      {"layer_bottom", "obs", "m", false, &p->bottom},
      {"organic_carbon", "obs", "g kg-1", proda_nc_has(file, "organic_carbon_density"),
       &p->content},
      {"organic_carbon_density", "obs", "gC m-3", true, &p->density},
      {"bulk_density", "obs", "kg dm-3", true, &p->bulk_density},
      {"coarse_fragments", "obs", "%", true, &p->coarse},
  };
  for (size_t i = 0; i < sizeof column / sizeof *column; i++) {
    size_t n = strcmp(column[i].dimension, "obs") == 0 ? p->n_layers : p->n;
    if (read_column(file, column[i].name, column[i].dimension, column[i].unit, column[i].optional,
                    n, column[i].value, error) != PRODA_OK)
      return PRODA_ERROR;
  }
  size_t n_keys = p->n;
  if (proda_nc_has(file, "key") &&
      proda_nc_read_strings(file, "key", &n_keys, &p->key, error) != PRODA_OK)
    return PRODA_ERROR;
  if (n_keys != p->n)
    return proda_error_set(error, "%s: variable 'key': %zu keys for %zu profiles",
                           proda_nc_path(file), n_keys, p->n);
  if (read_rows(file, p, error) != PRODA_OK || proda_profiles_check(file, p, error) != PRODA_OK)
    return PRODA_ERROR;
  for (size_t i = 0; i < p->n; i++)
    p->longitude[i] = proda_longitude(p->longitude[i]);
  return PRODA_OK;
}

static int check_any(const struct proda_nc *file, const struct proda_profiles *profiles,
                     struct proda_error *error)
{
  if (profiles->n > 0 && profiles->n_layers > 0)
    return PRODA_OK;
  return proda_error_set(error, "%s: has %zu profiles and %zu layers, some were expected",
                         proda_nc_path(file), profiles->n, profiles->n_layers);
}

int proda_profiles_read(const struct proda_nc *file, struct proda_profiles **profiles,
                        struct proda_error *error)
{
  *profiles = NULL;
  struct proda_profiles *read = calloc(1, sizeof *read);
  if (!read)
    return proda_error_set(error, "out of memory");
  if (proda_nc_dim(file, "profile", &read->n, error) != PRODA_OK ||
      proda_nc_dim(file, "obs", &read->n_layers, error) != PRODA_OK ||
      check_any(file, read, error) != PRODA_OK || read_profiles(file, read, error) != PRODA_OK) {
    proda_profiles_free(read);
    return PRODA_ERROR;
  }
  *profiles = read;
  return PRODA_OK;
}
