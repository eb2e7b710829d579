#include "pipeline/environment.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/sphere.h"

void proda_environment_free(struct proda_environment *environment)
{
  for (size_t i = 0; environment && i < environment->n; i++) {
    free(environment->variable[i].unit);
    free(environment->variable[i].long_name);
  }
  if (environment)
    free(environment->variable);
  free(environment);
}

static struct proda_environment *allocate(size_t n)
{
  struct proda_environment *made = calloc(1, sizeof *made);
  if (made)
    made->variable = calloc(n + 1, sizeof *made->variable);
  if (made && made->variable)
    return made;
  free(made);
  return NULL;
}

/** Numbers that identify or count are no covariates; the position is taken apart from the rest. */
static bool is_structural(const struct proda_nc *profiles, const char *name)
{
  static const char *const mark[] = {"cf_role", "sample_dimension"};
  for (size_t i = 0; i < sizeof mark / sizeof *mark; i++) {
    char *text = NULL;
    bool has = proda_nc_text(profiles, name, mark[i], &text);
    free(text);
    if (has)
      return true;
  }
  return strcmp(name, "latitude") == 0 || strcmp(name, "longitude") == 0;
}

/** Appends a variable; its strings are copied, NULL counts as "". */
static int append(struct proda_environment *environment, const char *name, const char *unit,
                  const char *long_name, bool is_class)
{
  struct proda_environment_variable *variable = &environment->variable[environment->n++];
  snprintf(variable->name, sizeof variable->name, "%s", name);
  variable->unit = strdup(unit ? unit : "");
  variable->long_name = strdup(long_name ? long_name : "");
  variable->is_class = is_class;
  return variable->unit && variable->long_name ? PRODA_OK : PRODA_ERROR;
}

static int append_from(const struct proda_nc *profiles, const char *name,
                       struct proda_environment *environment)
{
  char *unit = NULL, *long_name = NULL;
  double categorical = 0;
  proda_nc_text(profiles, name, "units", &unit);
  proda_nc_text(profiles, name, "long_name", &long_name);
  proda_nc_number(profiles, name, "categorical", &categorical);
  int result = append(environment, name, unit, long_name, categorical == 1);
  free(unit);
  free(long_name);
  return result;
}

int proda_environment_find(const struct proda_nc *profiles, const struct proda_nc *grid,
                           struct proda_environment **environment, struct proda_error *error)
{
  size_t n;
  char(*name)[64] = NULL;
  *environment = NULL;
  if (proda_nc_variables(profiles, &name, &n, error) != PRODA_OK)
    return PRODA_ERROR;
  struct proda_environment *found = allocate(n + 2);
  int result = found ? PRODA_OK : PRODA_ERROR;
  for (size_t i = 0; i < n && result == PRODA_OK; i++)
    if (proda_nc_is_along(profiles, name[i], "profile") &&
        proda_nc_is_along(grid, name[i], "site") && !is_structural(profiles, name[i]))
      result = append_from(profiles, name[i], found);
  static const char *const position[] = {"latitude", "longitude"};
  for (size_t i = 0; i < 2 && result == PRODA_OK; i++)
    result = append_from(profiles, position[i], found);
  free(name);
  if (result != PRODA_OK) {
    proda_environment_free(found);
    return proda_error_set(error, "out of memory");
  }
  *environment = found;
  return PRODA_OK;
}

static int read_variable(const struct proda_nc *file, const char *dimension, size_t n_rows,
                         const struct proda_environment *environment, size_t index, double *value,
                         struct proda_error *error)
{
  const struct proda_environment_variable *variable = &environment->variable[index];
  double factor = 1, offset = 0, *column = NULL;
  char *unit = NULL;
  bool is_longitude = strcmp(variable->name, "longitude") == 0;
  if (!proda_nc_is_along(file, variable->name, dimension) && proda_nc_has(file, variable->name))
    return proda_error_set(error,
                           "%s: variable '%s': numbers along the one dimension '%s' were expected",
                           proda_nc_path(file), variable->name, dimension);
  // Equal texts need no conversion, and some units of covariates are no units to udunits2.
  bool stated = proda_nc_text(file, variable->name, "units", &unit);
  bool same = stated && strcmp(unit, variable->unit) == 0;
  free(unit);
  if (stated && variable->unit[0] == '\0' && !same)
    return proda_error_set(error,
                           "%s: variable '%s': has units here and none in the profiles' file; "
                           "state them in both",
                           proda_nc_path(file), variable->name);
  if (!same && variable->unit[0] != '\0' &&
      proda_nc_unit(file, variable->name, variable->unit, &factor, &offset, error) != PRODA_OK)
    return PRODA_ERROR;
  if (proda_nc_read(file, variable->name, n_rows, &column, error) != PRODA_OK)
    return PRODA_ERROR;
  int result = PRODA_OK;
  for (size_t row = 0; row < n_rows && result == PRODA_OK; row++) {
    double x = factor == 1 && offset == 0 ? column[row] : factor * column[row] + offset;
    value[row * environment->n + index] = is_longitude ? proda_longitude(x) : x;
    if (isinf(x) || (variable->is_class && x != floor(x) && !isnan(x)))
      result =
          proda_error_set(error, "%s: variable '%s': row %zu (from 0) is %g, %s was expected",
                          proda_nc_path(file), variable->name, row, x,
                          variable->is_class ? "the whole number of a class" : "a finite number");
  }
  free(column);
  return result;
}

int proda_environment_read(const struct proda_nc *file, const char *dimension,
                           const struct proda_environment *environment, double **value,
                           struct proda_error *error)
{
  size_t n;
  *value = NULL;
  if (proda_nc_dim(file, dimension, &n, error) != PRODA_OK)
    return PRODA_ERROR;
  double *values = calloc(n * environment->n + 1, sizeof *values);
  if (!values)
    return proda_error_set(error, "out of memory");
  for (size_t i = 0; i < environment->n; i++)
    if (read_variable(file, dimension, n, environment, i, values, error) != PRODA_OK) {
      free(values);
      return PRODA_ERROR;
    }
  *value = values;
  return PRODA_OK;
}

/** Least and greatest of a column, and how many are not missing. */
static size_t range_of(size_t n_rows, const double *value, size_t stride, double range[2])
{
  size_t n = 0;
  range[0] = INFINITY;
  range[1] = -INFINITY;
  for (size_t row = 0; row < n_rows; row++) {
    double x = value[row * stride];
    if (isnan(x))
      continue;
    n++;
    range[0] = fmin(range[0], x);
    range[1] = fmax(range[1], x);
  }
  return n;
}

/** Whether two ranges are so far from each other that they are hardly of the same quantity. */
static bool are_far(const double a[2], const double b[2])
{
  double gap = fmax(b[0] - a[1], a[0] - b[1]);
  bool tenfold = a[0] > 0 && b[0] > 0 && (b[0] > 10 * a[1] || a[0] > 10 * b[1]);
  return tenfold || gap > a[1] - a[0] + b[1] - b[0];
}

int proda_environment_compare(const struct proda_nc *profiles, const struct proda_nc *grid,
                              const struct proda_environment *environment, size_t n_profiles,
                              const double *value, struct proda_error *error)
{
  size_t n_cells, n = environment->n;
  double *cell = NULL;
  int result = proda_nc_dim(grid, "site", &n_cells, error);
  if (result == PRODA_OK)
    result = proda_environment_read(grid, "site", environment, &cell, error);
  for (size_t i = 0; i < n && result == PRODA_OK; i++) {
    const struct proda_environment_variable *variable = &environment->variable[i];
    double here[2], there[2];
    bool few =
        range_of(n_profiles, value + i, n, here) < 2 || range_of(n_cells, cell + i, n, there) < 2;
    if (few || variable->is_class || !are_far(here, there))
      continue;
    result = proda_error_set(error,
                             "%s: variable '%s': is %g to %g at the profiles and %g to %g on the "
                             "grid %s, both in '%s'; is one in another unit than it states?",
                             proda_nc_path(profiles), variable->name, here[0], here[1], there[0],
                             there[1], proda_nc_path(grid), variable->unit);
  }
  free(cell);
  return result;
}

static int define(struct proda_nc *store, size_t n, struct proda_error *error)
{
  if (proda_nc_def_dim(store, "covariate", n, error) != PRODA_OK ||
      proda_nc_def(store, "covariate_name", PRODA_NC_STRING, "covariate", NULL,
                   "name of the covariate", error) != PRODA_OK ||
      proda_nc_def(store, "covariate_units", PRODA_NC_STRING, "covariate", NULL,
                   "units of the covariate", error) != PRODA_OK ||
      proda_nc_def(store, "covariate_long_name", PRODA_NC_STRING, "covariate", NULL,
                   "what the covariate is", error) != PRODA_OK ||
      proda_nc_def(store, "covariate_is_class", PRODA_NC_BYTE, "covariate", NULL,
                   "whether the covariate is a class", error) != PRODA_OK)
    return PRODA_ERROR;
  static const char *const kind[] = {"number", "class"};
  return proda_nc_put_flags(store, "covariate_is_class", kind, 2, error);
}

int proda_environment_write(struct proda_nc *store, const struct proda_environment *environment,
                            struct proda_error *error)
{
  size_t n = environment->n;
  if (define(store, n, error) != PRODA_OK)
    return PRODA_ERROR;
  int result = PRODA_ERROR;
  const char **text = calloc(3 * n, sizeof *text);
  double *is_class = calloc(n, sizeof *is_class);
  if (!text || !is_class) {
    proda_error_set(error, "out of memory");
    goto out;
  }
  for (size_t i = 0; i < n; i++) {
    text[i] = environment->variable[i].name;
    text[n + i] = environment->variable[i].unit;
    text[2 * n + i] = environment->variable[i].long_name;
    is_class[i] = environment->variable[i].is_class;
  }
  if (proda_nc_write_strings(store, "covariate_name", text, error) == PRODA_OK &&
      proda_nc_write_strings(store, "covariate_units", text + n, error) == PRODA_OK &&
      proda_nc_write_strings(store, "covariate_long_name", text + 2 * n, error) == PRODA_OK)
    result = proda_nc_write(store, "covariate_is_class", is_class, error);
out:
  free(text);
  free(is_class);
  return result;
}

int proda_environment_list(const struct proda_nc *store, struct proda_environment **environment,
                           struct proda_error *error)
{
  size_t n, count[3];
  double *is_class = NULL;
  char **text[3] = {NULL, NULL, NULL};
  static const char *const variable[] = {"covariate_name", "covariate_units",
                                         "covariate_long_name"};
  struct proda_environment *found = NULL;
  *environment = NULL;
  int result = proda_nc_dim(store, "covariate", &n, error);
  for (size_t i = 0; i < 3 && result == PRODA_OK; i++) {
    result = proda_nc_read_strings(store, variable[i], &count[i], &text[i], error);
    if (result == PRODA_OK && count[i] != n)
      result = proda_error_set(error, "%s: variable '%s': %zu texts for %zu covariates",
                               proda_nc_path(store), variable[i], count[i], n);
  }
  if (result == PRODA_OK)
    result = proda_nc_read(store, "covariate_is_class", n, &is_class, error);
  if (result == PRODA_OK && !(found = allocate(n)))
    result = proda_error_set(error, "out of memory");
  for (size_t i = 0; result == PRODA_OK && i < n; i++)
    if (append(found, text[0][i], text[1][i], text[2][i], is_class[i] == 1) != PRODA_OK)
      result = proda_error_set(error, "out of memory");
  for (size_t i = 0; i < 3; i++)
    free(text[i]);
  free(is_class);
  if (result == PRODA_OK)
    *environment = found;
  else
    proda_environment_free(found);
  return result;
}
