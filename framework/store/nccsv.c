#include <config.h>

#include "store/nccsv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "store/csv.h"
#include "yaml/yaml.h"

/* How a column is written. */
enum kind { IGNORED, TEXT, OF_PROFILE, OF_LAYER };

/* A table on its way into a data set. */
struct table {
  const struct proda_csv *csv;
  size_t n_profiles;
  size_t *first; /* [n_profiles + 1]: its rows */
  enum kind *kind;
  struct proda_nc *file;
  int profile, layer; /* dimensions */
};

bool proda_nc_is_csv(const char *path)
{
  const char *dot = strrchr(path, '.');
  return dot && (strcasecmp(dot, ".csv") == 0 || strcasecmp(dot, ".tsv") == 0);
}

static const char *cell_of(const struct table *t, size_t row, size_t column)
{
  return t->csv->cell[row * t->csv->n_columns + column];
}

/* ---- what the columns are ---- */

static bool is_one_of(const char *name, const char *const *list)
{
  while (*list && strcmp(*list, name) != 0)
    list++;
  return *list != NULL;
}

static const char *const of_layers[] = {"layer_top",
                                        "layer_bottom",
                                        "organic_carbon",
                                        "organic_carbon_density",
                                        "bulk_density",
                                        "coarse_fragments",
                                        NULL};
enum { N_OF_LAYERS = sizeof of_layers / sizeof *of_layers - 1 };

static int refuse_cell(const struct table *t, size_t row, size_t column, struct proda_error *error)
{
  const char *cell = cell_of(t, row, column);
  bool comma = cell[strspn(cell, "0123456789+-.,eE ")] == '\0' && strchr(cell, ',');
  return proda_error_set(error, "%s: line %zu, column '%.60s': '%.60s' is no number%s",
                         t->csv->path, t->csv->line[row], t->csv->name[column], cell,
                         comma ? "; decimals are written with a point, thousands without commas"
                               : "");
}

/* A column of numbers must have nothing else; one of which most are no numbers is text. */
static int judge_column(const struct table *t, size_t column, struct proda_error *error)
{
  static const char *const numbers[] = {"profile_id", "latitude", "longitude", NULL};
  const char *name = t->csv->name[column];
  size_t n = 0, wrong = 0, first = 0;
  double value;
  t->kind[column] = *name ? is_one_of(name, of_layers) ? OF_LAYER : OF_PROFILE : IGNORED;
  for (size_t row = 0; row < t->csv->n_rows; row++) {
    n += !proda_csv_is_missing(cell_of(t, row, column));
    if (!proda_csv_number(cell_of(t, row, column), &value) && wrong++ == 0)
      first = row;
  }
  bool of_numbers = t->kind[column] == OF_LAYER || is_one_of(name, numbers) || 2 * wrong <= n;
  if (t->kind[column] == IGNORED || (wrong == 0 && strcmp(name, "key") != 0))
    return PRODA_OK;
  if (of_numbers && strcmp(name, "key") != 0)
    return refuse_cell(t, first, column, error);
  t->kind[column] = TEXT;
  return PRODA_OK;
}

/* ---- which rows are a profile ---- */

static int compare_cells(const void *a, const void *b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* No two runs of rows may have the same id: a profile whose rows are scattered would be two. */
static int check_runs(const struct table *t, size_t id, struct proda_error *error)
{
  const char **name = calloc(t->n_profiles + 1, sizeof *name);
  if (!name)
    return proda_error_set(error, "%s: out of memory", t->csv->path);
  int status = PRODA_OK;
  for (size_t p = 0; p < t->n_profiles; p++)
    name[p] = cell_of(t, t->first[p], id);
  qsort(name, t->n_profiles, sizeof *name, compare_cells);
  for (size_t p = 1; p < t->n_profiles && status == PRODA_OK; p++)
    if (strcmp(name[p - 1], name[p]) == 0)
      status = proda_error_set(error,
                               "%s: column 'profile_id': the rows of '%.60s' stand in two places; "
                               "sort the table by profile_id",
                               t->csv->path, name[p]);
  free(name);
  return status;
}

static int find_profiles(struct table *t, struct proda_error *error)
{
  const struct proda_csv *csv = t->csv;
  size_t id = proda_csv_find(csv, "profile_id");
  if (id == csv->n_columns) {
    char hint[PRODA_HINT_SIZE];
    proda_hint("profile_id", (const char *const *)csv->name, csv->n_columns, hint);
    return proda_error_set(error, "%s: line 1: has no column 'profile_id'%s", csv->path, hint);
  }
  if (!(t->first = calloc(csv->n_rows + 1, sizeof *t->first)))
    return proda_error_set(error, "%s: out of memory", csv->path);
  for (size_t row = 0; row < csv->n_rows; row++)
    if (row == 0 || strcmp(cell_of(t, row, id), cell_of(t, row - 1, id)) != 0)
      t->first[t->n_profiles++] = row;
  t->first[t->n_profiles] = csv->n_rows;
  return check_runs(t, id, error);
}

static int refuse_difference(const struct table *t, size_t row, size_t column,
                             struct proda_error *error)
{
  char hint[PRODA_HINT_SIZE];
  proda_hint(t->csv->name[column], of_layers, N_OF_LAYERS, hint);
  return proda_error_set(error,
                         "%s: line %zu, column '%.60s': '%.60s', before it '%.60s': the same was "
                         "expected in all rows of a profile%s%s",
                         t->csv->path, t->csv->line[row], t->csv->name[column],
                         cell_of(t, row, column), cell_of(t, row - 1, column), hint,
                         *hint ? "" : "; remove columns of layers that proda does not read");
}

static int check_same(const struct table *t, size_t column, struct proda_error *error)
{
  if (t->kind[column] != OF_PROFILE)
    return PRODA_OK;
  for (size_t p = 0; p < t->n_profiles; p++)
    for (size_t row = t->first[p] + 1; row < t->first[p + 1]; row++)
      if (strcmp(cell_of(t, row, column), cell_of(t, row - 1, column)) != 0)
        return refuse_difference(t, row, column, error);
  return PRODA_OK;
}

/* ---- the data set ---- */

static int put_attributes(const struct table *t, size_t column, int variable)
{
  const char *unit = t->csv->unit[column], *name = t->csv->name[column];
  bool is_class = unit && strcasecmp(unit, "class") == 0;
  int code = NC_NOERR;
  if (is_class)
    code = nc_put_att_double(t->file->id, variable, "categorical", NC_DOUBLE, 1, &(double){1});
  if (!unit && strcmp(name, "latitude") == 0)
    unit = "degrees_north";
  if (!unit && strcmp(name, "longitude") == 0)
    unit = "degrees_east";
  if (is_class)
    unit = "1";
  if (code == NC_NOERR && strcmp(name, "profile_id") == 0)
    code = nc_put_att_text(t->file->id, variable, "cf_role", 10, "profile_id");
  if (code == NC_NOERR && unit)
    code = nc_put_att_text(t->file->id, variable, "units", strlen(unit), unit);
  return code;
}

/* Texts are padded to the longest. */
static int define_text(const struct table *t, size_t column, int *variable)
{
  char name[NC_MAX_NAME + 1];
  size_t width = 1;
  int dim[2] = {t->profile, -1};
  for (size_t p = 0; p < t->n_profiles; p++) {
    size_t length = strlen(cell_of(t, t->first[p], column));
    width = length > width ? length : width;
  }
  snprintf(name, sizeof name, "width_of_column_%zu", column);
  int code = nc_def_dim(t->file->id, name, width, &dim[1]);
  return code ? code : nc_def_var(t->file->id, t->csv->name[column], NC_CHAR, 2, dim, variable);
}

static int define_columns(const struct table *t, int *variable, struct proda_error *error)
{
  for (size_t c = 0; c < t->csv->n_columns; c++) {
    const int *dim = t->kind[c] == OF_LAYER ? &t->layer : &t->profile;
    if (t->kind[c] == IGNORED)
      continue;
    int code = t->kind[c] == TEXT
                   ? define_text(t, c, &variable[c])
                   : nc_def_var(t->file->id, t->csv->name[c], NC_DOUBLE, 1, dim, &variable[c]);
    if (code == NC_NOERR)
      code = put_attributes(t, c, variable[c]);
    if (code != NC_NOERR)
      return proda_nc_failed(t->file, t->csv->name[c], "as a column's name", code, error);
  }
  return PRODA_OK;
}

static int put_text(const struct table *t, size_t column, int variable)
{
  int code = NC_NOERR;
  for (size_t p = 0; p < t->n_profiles && code == NC_NOERR; p++) {
    const char *cell = cell_of(t, t->first[p], column);
    size_t start[] = {p, 0}, count[] = {1, strlen(cell)};
    if (count[1] > 0)
      code = nc_put_vara_text(t->file->id, variable, start, count, cell);
  }
  return code;
}

static int put_numbers(const struct table *t, size_t column, int variable, double *value)
{
  size_t n = t->kind[column] == OF_LAYER ? t->csv->n_rows : t->n_profiles;
  for (size_t i = 0; i < n; i++)
    proda_csv_number(cell_of(t, t->kind[column] == OF_LAYER ? i : t->first[i], column), &value[i]);
  return nc_put_var_double(t->file->id, variable, value);
}

static int put_columns(const struct table *t, const int *variable, int row_size, double *value)
{
  int code = NC_NOERR;
  for (size_t p = 0; p < t->n_profiles; p++)
    value[p] = (double)(t->first[p + 1] - t->first[p]);
  code = nc_put_var_double(t->file->id, row_size, value);
  for (size_t c = 0; c < t->csv->n_columns && code == NC_NOERR; c++)
    if (t->kind[c] != IGNORED)
      code =
          t->kind[c] == TEXT ? put_text(t, c, variable[c]) : put_numbers(t, c, variable[c], value);
  return code;
}

static int make(const struct table *t, int *variable, double *value, struct proda_error *error)
{
  int row_size, id = t->file->id;
  int code = nc_def_var(id, "row_size", NC_DOUBLE, 1, &t->profile, &row_size);
  if (code == NC_NOERR)
    code = nc_put_att_text(id, row_size, "sample_dimension", 3, "obs");
  if (code == NC_NOERR && define_columns(t, variable, error) != PRODA_OK)
    return PRODA_ERROR;
  if (code == NC_NOERR)
    code = nc_enddef(id);
  if (code == NC_NOERR)
    code = put_columns(t, variable, row_size, value);
  return code == NC_NOERR ? PRODA_OK
                          : proda_nc_failed(t->file, NULL, "as a data set in memory", code, error);
}

static int create(struct table *t, struct proda_error *error)
{
  struct proda_nc *file = calloc(1, sizeof *file);
  char *path = strdup(t->csv->path);
  if (!file || !path ||
      nc_create("./proda-table", NC_DISKLESS | NC_64BIT_DATA, &file->id) != NC_NOERR) {
    free(file);
    free(path);
    return proda_error_set(error, "%s: no memory for a data set", t->csv->path);
  }
  file->path = path;
  file->trusted = true; // made here
  t->file = file;
  if (nc_def_dim(file->id, "profile", t->n_profiles, &t->profile) == NC_NOERR &&
      nc_def_dim(file->id, "obs", t->csv->n_rows, &t->layer) == NC_NOERR)
    return PRODA_OK;
  return proda_error_set(error, "%s: no memory for a data set", path);
}

static int convert(struct table *t, struct proda_error *error)
{
  size_t n = t->csv->n_columns;
  int status = PRODA_OK, *variable = calloc(n, sizeof *variable);
  double *value = calloc(t->csv->n_rows + 1, sizeof *value);
  t->kind = calloc(n, sizeof *t->kind);
  if (!variable || !value || !t->kind)
    status = proda_error_set(error, "%s: out of memory", t->csv->path);
  for (size_t c = 0; c < n && status == PRODA_OK; c++)
    status = judge_column(t, c, error);
  if (status == PRODA_OK)
    status = find_profiles(t, error);
  for (size_t c = 0; c < n && status == PRODA_OK; c++)
    status = check_same(t, c, error);
  if (status == PRODA_OK)
    status = create(t, error);
  if (status == PRODA_OK)
    status = make(t, variable, value, error);
  free(variable);
  free(value);
  return status;
}

int proda_nc_open_csv(const char *path, struct proda_nc **file, struct proda_error *error)
{
  struct proda_csv *csv = NULL;
  if (proda_csv_read(path, &csv, error) != PRODA_OK)
    return PRODA_ERROR;
  struct table table = {.csv = csv};
  int status = convert(&table, error);
  if (status == PRODA_OK)
    *file = table.file;
  else
    proda_nc_close(table.file);
  free(table.first);
  free(table.kind);
  proda_csv_free(csv);
  return status;
}
