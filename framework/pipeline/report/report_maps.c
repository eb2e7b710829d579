#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/report/report.h"
#include "pipeline/report/report_cells.h"
#include "stats/summary.h"

/* All fields together as base64 of u16; beyond it they are u8. */
enum { BUDGET = 4500000, N_PARAMETERISATIONS = 2 };

/** Which parameters a map was made with, by its index in the page: before and after calibration. */
static const char *const prefix[N_PARAMETERISATIONS] = {"default_", ""};

struct maps {
  const struct proda_reported *reported;
  struct proda_report_cells cells;
  size_t n_quantities, n_fields;
  char (*quantity)[64]; /**< names, in the order in which the structures bring them */
  bool *log;            /**< [n_quantities] */
  enum proda_json_type type;
  double *mean; /**< [n cells] */
};

static void release(struct maps *m)
{
  proda_report_cells_free(&m->cells);
  free(m->quantity);
  free(m->log);
  free(m->mean);
}

/* ---- cells ---- */

static int lay_out(struct maps *m, struct proda_error *error)
{
  const struct proda_reported_structure *first = &m->reported->structure[0];
  size_t n = m->reported->n_cells;
  double *latitude = NULL, *longitude = NULL, *area = NULL;
  int status = proda_nc_read(first->map, "latitude", n, &latitude, error);
  if (status == PRODA_OK)
    status = proda_nc_read(first->map, "longitude", n, &longitude, error);
  if (status == PRODA_OK)
    status = proda_report_optional(first->map, "land_area", n, &area, error);
  if (status == PRODA_OK)
    status = proda_report_cells_new(n, latitude, longitude, area, m->reported->spacing, &m->cells,
                                    error);
  free(latitude);
  free(longitude);
  free(area);
  m->mean = calloc(n + 1, sizeof *m->mean);
  if (status == PRODA_OK && !m->mean)
    status = proda_error_set(error, "out of memory for %zu cells", n);
  return status;
}

static int put_grid(const struct maps *m, json_t *root, struct proda_error *error)
{
  const struct proda_report_cells *cells = &m->cells;
  const struct {
    const char *key;
    const double *value;
  } column[] = {{"lat", cells->latitude}, {"lon", cells->longitude}, {"area", cells->area}};
  json_t *grid = proda_json_object_in(root, "grid", error);
  int status = grid ? PRODA_OK : PRODA_ERROR;
  for (size_t i = 0; i < sizeof column / sizeof *column && status == PRODA_OK; i++)
    status =
        proda_json_put(grid, column[i].key,
                       proda_json_numbers(column[i].value, cells->n, PRODA_JSON_F32, false), error);
  if (status != PRODA_OK ||
      proda_json_put(grid, "dlat", proda_json_number(cells->spacing[0]), error) ||
      proda_json_put(grid, "dlon", proda_json_number(cells->spacing[1]), error))
    return PRODA_ERROR;
  return proda_json_put(grid, "n_cells", proda_json_number((double)cells->n_sites), error);
}

/* ---- quantities ---- */

/** Whether a map holds a quantity with both parameterisations: X and default_X by site. */
static bool is_quantity(const struct proda_nc *map, const char *name)
{
  struct proda_nc_shape shape;
  char other[96];
  snprintf(other, sizeof other, "%s%s", prefix[0], name);
  char *flags = NULL;
  bool is_flag = proda_nc_text(map, name, "flag_meanings", &flags);
  free(flags);
  return !is_flag && proda_nc_has(map, other) && proda_nc_is_numeric(map, name) &&
         proda_nc_shape(map, name, &shape, NULL) == PRODA_OK && shape.rank == 1 &&
         strcmp(shape.name[0], "site") == 0;
}

static bool known(const struct maps *m, const char *name)
{
  for (size_t q = 0; q < m->n_quantities; q++)
    if (strcmp(m->quantity[q], name) == 0)
      return true;
  return false;
}

static int add_quantities(struct maps *m, const struct proda_nc *map, struct proda_error *error)
{
  char(*name)[64] = NULL;
  size_t n = 0;
  if (proda_nc_variables(map, &name, &n, error))
    return PRODA_ERROR;
  char(*larger)[64] = realloc(m->quantity, (m->n_quantities + n + 1) * sizeof *larger);
  if (!larger) {
    free(name);
    return proda_error_set(error, "out of memory for %zu quantities", n);
  }
  m->quantity = larger;
  for (size_t v = 0; v < n; v++) {
    if (!is_quantity(map, name[v]))
      continue;
    m->n_fields += N_PARAMETERISATIONS;
    if (!known(m, name[v]))
      memcpy(m->quantity[m->n_quantities++], name[v], sizeof *name);
  }
  free(name);
  return PRODA_OK;
}

static int find_quantities(struct maps *m, struct proda_error *error)
{
  for (size_t i = 0; i < m->reported->n; i++)
    if (add_quantities(m, m->reported->structure[i].map, error))
      return PRODA_ERROR;
  m->log = calloc(m->n_quantities + 1, sizeof *m->log);
  m->type = m->n_fields * m->cells.n * 8 / 3 > BUDGET ? PRODA_JSON_U8 : PRODA_JSON_U16;
  return m->log ? PRODA_OK : proda_error_set(error, "out of memory");
}

/* ---- fields ---- */

/** A quantity on the cells that are drawn, NaN where the steady state is not sound. */
static int read_field(struct maps *m, const struct proda_nc *map, const char *quantity,
                      int parameterisation, struct proda_error *error)
{
  size_t n = m->reported->n_cells;
  double *value = NULL, *state = NULL;
  char name[96], status_name[32];
  snprintf(name, sizeof name, "%s%s", prefix[parameterisation], quantity);
  snprintf(status_name, sizeof status_name, "%sstatus", prefix[parameterisation]);
  int status = proda_nc_read(map, name, n, &value, error);
  if (status == PRODA_OK)
    status = proda_nc_read(map, status_name, n, &state, error);
  for (size_t s = 0; s < n && status == PRODA_OK; s++)
    if (state[s] != 0)
      value[s] = NAN;
  if (status == PRODA_OK)
    proda_report_cells_mean(&m->cells, value, m->mean);
  free(value);
  free(state);
  return status;
}

/** The first map that has a quantity. */
static const struct proda_nc *map_of(const struct maps *m, size_t quantity)
{
  size_t i = 0;
  while (!is_quantity(m->reported->structure[i].map, m->quantity[quantity]))
    i++;
  return m->reported->structure[i].map;
}

/** Whether values spread over more than a factor of 30, so that a logarithmic scale shows more. */
static bool spreads(const double *value, size_t n)
{
  double *sorted = malloc((n + 1) * sizeof *sorted);
  size_t count = 0;
  for (size_t i = 0; sorted && i < n; i++)
    if (isfinite(value[i]))
      sorted[count++] = value[i];
  bool wide = false;
  if (count > 0) {
    proda_sort(sorted, count);
    double low = proda_quantile_sorted(sorted, count, 0.05);
    wide = sorted[0] > 0 && proda_quantile_sorted(sorted, count, 0.95) > 30 * low;
  }
  free(sorted);
  return wide;
}

/** Quantities that are compared by their logarithm are drawn by it; of others the values decide. */
static int find_scales(struct maps *m, struct proda_error *error)
{
  const struct proda_nc *compare = m->reported->compare;
  size_t n = 0;
  char **name = NULL;
  double *log = NULL;
  int status = proda_nc_read_strings(compare, "quantity_name", &n, &name, error);
  if (status == PRODA_OK)
    status = proda_nc_read(compare, "quantity_log", n, &log, error);
  for (size_t q = 0; q < m->n_quantities && status == PRODA_OK; q++) {
    size_t k = 0;
    while (k < n && strcmp(name[k], m->quantity[q]) != 0)
      k++;
    status = k < n ? PRODA_OK : read_field(m, map_of(m, q), m->quantity[q], 1, error);
    m->log[q] = k < n ? log[k] != 0 : spreads(m->mean, m->cells.n);
  }
  free(name);
  free(log);
  return status;
}

/** The quantity of this name that a structure computes itself; NULL where it is a component. */
static const struct proda_quantity *own_quantity(const struct maps *m, const char *name)
{
  for (size_t i = 0; i < m->reported->n; i++) {
    const struct proda_manifest *manifest = m->reported->structure[i].manifest;
    for (size_t k = 0; k < manifest->n_quantities; k++)
      if (strcmp(manifest->quantity[k].name, name) == 0)
        return &manifest->quantity[k];
  }
  return NULL;
}

/** Says of a quantity what the maps and the manifests tell of it. */
static int put_quantity(const struct maps *m, size_t q, json_t *list, struct proda_error *error)
{
  const struct proda_nc *map = map_of(m, q);
  const struct proda_quantity *own = own_quantity(m, m->quantity[q]);
  char *unit = NULL, *long_name = NULL;
  proda_nc_text(map, m->quantity[q], "units", &unit);
  proda_nc_text(map, m->quantity[q], "long_name", &long_name);
  int status = proda_json_append(
      list,
      json_pack("{s:o, s:o, s:o, s:b, s:b, s:o}", "name", proda_json_text(m->quantity[q]),
                "long_name", proda_json_text(long_name), "unit", proda_json_text(unit), "log",
                m->log[q], "published", own != NULL, "component",
                proda_json_text(own ? own->component : NULL)),
      error);
  free(unit);
  free(long_name);
  return status;
}

static int append_field(struct maps *m, size_t structure, int parameterisation, size_t q,
                        json_t *list, struct proda_error *error)
{
  const struct proda_nc *map = m->reported->structure[structure].map;
  if (!is_quantity(map, m->quantity[q]))
    return PRODA_OK;
  if (read_field(m, map, m->quantity[q], parameterisation, error))
    return PRODA_ERROR;
  return proda_json_append(list,
                           json_pack("{s:i, s:i, s:o, s:o}", "structure", (int)structure,
                                     "parameterisation", parameterisation, "quantity",
                                     proda_json_text(m->quantity[q]), "data",
                                     proda_json_numbers(m->mean, m->cells.n, m->type, m->log[q])),
                           error);
}

static int put_fields(struct maps *m, json_t *root, struct proda_error *error)
{
  json_t *quantities = proda_json_array_in(root, "quantities", error);
  json_t *fields = quantities ? proda_json_array_in(root, "fields", error) : NULL;
  int status = fields ? PRODA_OK : PRODA_ERROR;
  for (size_t q = 0; q < m->n_quantities && status == PRODA_OK; q++) {
    status = put_quantity(m, q, quantities, error);
    for (size_t i = 0; i < m->reported->n && status == PRODA_OK; i++)
      for (int p = 0; p < N_PARAMETERISATIONS && status == PRODA_OK; p++)
        status = append_field(m, i, p, q, fields, error);
  }
  return status;
}

/* ---- truth ---- */

/** The structure that made the truth; null where it is none of those reported. */
static json_t *maker(const struct proda_reported *reported)
{
  char *model = NULL;
  size_t found = reported->n;
  if (proda_nc_text(reported->truth, NULL, "proda_model", &model))
    for (size_t i = reported->n; i-- > 0;)
      if (strcmp(reported->structure[i].chosen->model, model) == 0)
        found = i;
  free(model);
  return found < reported->n ? json_integer((json_int_t)found) : json_null();
}

static int put_truth(struct maps *m, json_t *root, struct proda_error *error)
{
  const struct proda_nc *truth = m->reported->truth;
  if (!truth)
    return proda_json_put(root, "truth", json_null(), error);
  json_t *list = proda_json_array_in(root, "truth", error);
  int status = list ? PRODA_OK : PRODA_ERROR;
  for (size_t q = 0; q < m->n_quantities && status == PRODA_OK; q++) {
    double *value = NULL;
    status = proda_report_optional(truth, m->quantity[q], m->reported->n_cells, &value, error);
    if (status != PRODA_OK || !value)
      continue;
    proda_report_cells_mean(&m->cells, value, m->mean);
    status =
        proda_json_append(list,
                          json_pack("{s:o, s:o, s:o}", "quantity", proda_json_text(m->quantity[q]),
                                    "structure", maker(m->reported), "data",
                                    proda_json_numbers(m->mean, m->cells.n, m->type, m->log[q])),
                          error);
    free(value);
  }
  return status;
}

int proda_report_maps(const struct proda_reported *reported, json_t *root,
                      struct proda_error *error)
{
  struct maps m = {.reported = reported};
  int status = PRODA_OK;
  if (lay_out(&m, error) || put_grid(&m, root, error) || find_quantities(&m, error) ||
      find_scales(&m, error) || put_fields(&m, root, error) || put_truth(&m, root, error))
    status = PRODA_ERROR;
  release(&m);
  return status;
}
