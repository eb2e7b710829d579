#include "pipeline/compare/compared_classes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/environment.h"
#include "stats/summary.h"
#include "store/ncfile.h"

void proda_compared_classes_free(struct proda_compared_classes *classes)
{
  if (!classes)
    return;
  free(classes->entry);
  free(classes->cell);
  free(classes->site);
  free(classes);
}

/* Covariates of cells and of sites, row by row, with the same columns. */
struct table {
  size_t n_columns, n_cells, n_sites;
  const double *cell, *site;
};

/* ---- labels ---- */

static const char *label_of(const struct proda_yaml_node *labels, const char *variable,
                            double value)
{
  const struct proda_yaml_node *own = labels ? proda_yaml_get(labels, variable) : NULL;
  for (size_t i = 0; own && i < own->n_items; i++)
    if (strtod(own->key[i]->text, NULL) == value)
      return own->item[i]->text;
  return "";
}

/* The covariates that prepare.nc lists. */
static int read_environment(const struct proda_run *run, struct proda_environment **environment,
                            struct proda_error *error)
{
  struct proda_nc *prepare = NULL;
  char *path = proda_store_path(run, NULL, "prepare");
  int status = path ? proda_nc_open(path, &prepare, error)
                    : proda_error_set(error, "out of memory for a path");
  if (status == PRODA_OK)
    status = proda_environment_list(prepare, environment, error);
  proda_nc_close(prepare);
  free(path);
  return status;
}

/* A label for what is no class would silently label nothing. */
static int check_labels(const struct proda_run *run, const struct proda_environment *environment,
                        struct proda_error *error)
{
  const struct proda_yaml_node *labels = run->experiment->compare.labels;
  const char **known = calloc(environment->n + 1, sizeof *known);
  size_t n = 0, index;
  int status = known ? PRODA_OK : proda_error_set(error, "out of memory for the classes");
  for (size_t j = 0; known && j < environment->n; j++)
    if (environment->variable[j].is_class)
      known[n++] = environment->variable[j].name;
  for (size_t i = 0; labels && i < labels->n_items && status == PRODA_OK; i++)
    status = proda_yaml_choose(run->experiment->document, labels->key[i], known, n,
                               "class covariate", &index, error);
  free(known);
  return status;
}

int proda_compared_labels_check(const struct proda_run *run, struct proda_error *error)
{
  struct proda_environment *environment = NULL;
  int status = read_environment(run, &environment, error);
  if (status == PRODA_OK)
    status = check_labels(run, environment, error);
  proda_environment_free(environment);
  return status;
}

/* ---- classes of one variable ---- */

/* Values of a column over cells and sites, ascending, each once; `value` has room for all. */
static size_t distinct(const struct table *table, size_t column, double *value)
{
  size_t n = 0, kept = 0;
  for (size_t c = 0; c < table->n_cells; c++)
    value[n++] = table->cell[c * table->n_columns + column];
  for (size_t s = 0; s < table->n_sites; s++)
    value[n++] = table->site[s * table->n_columns + column];
  for (size_t i = 0; i < n; i++)
    if (isfinite(value[i]))
      value[kept++] = value[i];
  proda_sort(value, kept);
  n = kept;
  kept = 0;
  for (size_t i = 0; i < n; i++)
    if (i == 0 || value[i] != value[i - 1])
      value[kept++] = value[i];
  return kept;
}

static void number(const struct proda_compared_classes *classes, size_t first, size_t n_rows,
                   const double *value, size_t stride, long *index)
{
  for (size_t row = 0; row < n_rows; row++) {
    index[row] = -1;
    for (size_t k = first; k < classes->n; k++)
      if (classes->entry[k].value == value[row * stride])
        index[row] = (long)k;
  }
}

static int add_variable(struct proda_compared_classes *classes, const struct table *table,
                        size_t column, const char *name, const struct proda_yaml_node *labels,
                        double *room, struct proda_error *error)
{
  size_t first = classes->n, n = distinct(table, column, room);
  struct proda_compared_class *grown = realloc(classes->entry, (first + n + 1) * sizeof *grown);
  if (!grown)
    return proda_error_set(error, "out of memory for the classes of %s", name);
  classes->entry = grown;
  for (size_t i = 0; i < n; i++)
    grown[classes->n++] =
        (struct proda_compared_class){name, label_of(labels, name, room[i]), room[i]};
  number(classes, first, table->n_cells, table->cell + column, table->n_columns,
         classes->cell + classes->n_variables * table->n_cells);
  number(classes, first, table->n_sites, table->site + column, table->n_columns,
         classes->site + classes->n_variables * table->n_sites);
  classes->n_variables++;
  return PRODA_OK;
}

static int add_variables(struct proda_compared_classes *classes, const struct table *table,
                         const struct proda_prepared *prepared,
                         const struct proda_yaml_node *labels, struct proda_error *error)
{
  double *room = calloc(table->n_cells + table->n_sites + 1, sizeof *room);
  classes->cell = calloc(table->n_columns * table->n_cells + 1, sizeof *classes->cell);
  classes->site = calloc(table->n_columns * table->n_sites + 1, sizeof *classes->site);
  int status = room && classes->cell && classes->site
                   ? PRODA_OK
                   : proda_error_set(error, "out of memory for the classes");
  for (size_t j = 0; j < prepared->n_covariates && status == PRODA_OK; j++)
    if (prepared->covariate_is_class[j] != 0)
      status = add_variable(classes, table, j, prepared->covariate_name[j], labels, room, error);
  free(room);
  return status;
}

/* ---- reading ---- */

/* Covariates of the grid's cells, [n_cells][n_covariates], as prepare.nc lists them. */
static int read_cells(const struct proda_run *run, size_t n_cells, double **value,
                      struct proda_error *error)
{
  struct proda_nc *grid = NULL;
  struct proda_environment *environment = NULL;
  size_t n = 0;
  int status = read_environment(run, &environment, error);
  if (status == PRODA_OK)
    status = proda_nc_open(run->experiment->grid, &grid, error);
  if (status == PRODA_OK)
    status = proda_nc_dim(grid, "site", &n, error);
  if (status == PRODA_OK && n != n_cells)
    status = proda_error_set(error, "%s: has %zu sites, the maps have %zu; run `proda map` again",
                             run->experiment->grid, n, n_cells);
  if (status == PRODA_OK)
    status = proda_environment_read(grid, "site", environment, value, error);
  proda_environment_free(environment);
  proda_nc_close(grid);
  return status;
}

int proda_compared_classes_read(const struct proda_run *run, const struct proda_prepared *prepared,
                                size_t n_cells, struct proda_compared_classes **classes,
                                struct proda_error *error)
{
  double *cell = NULL;
  struct proda_compared_classes *made = calloc(1, sizeof *made);
  int status = made ? proda_compared_labels_check(run, error)
                    : proda_error_set(error, "out of memory for the classes");
  if (status == PRODA_OK)
    status = read_cells(run, n_cells, &cell, error);
  if (status == PRODA_OK) {
    const struct table table = {prepared->n_covariates, n_cells, prepared->n_sites, cell,
                                prepared->covariate};
    status = add_variables(made, &table, prepared, run->experiment->compare.labels, error);
  }
  free(cell);
  if (status == PRODA_OK)
    *classes = made;
  else
    proda_compared_classes_free(made);
  return status;
}
