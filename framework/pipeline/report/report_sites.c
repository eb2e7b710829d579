#include <math.h>
#include <stdlib.h>

#include "pipeline/environment.h"
#include "pipeline/report/report.h"

static int put_column(const struct proda_nc *file, const char *variable, size_t n,
                      enum proda_json_type type, json_t *object, const char *key,
                      struct proda_error *error)
{
  double *value = NULL;
  int status = proda_nc_read(file, variable, n, &value, error);
  if (status == PRODA_OK)
    status = proda_json_put(object, key, proda_json_numbers(value, n, type, false), error);
  free(value);
  return status;
}

static int put_ids(const struct proda_reported *reported, json_t *sites, struct proda_error *error)
{
  double *id = NULL;
  int status = proda_nc_read(reported->prepare, "site_id", reported->n_sites, &id, error);
  if (status == PRODA_OK)
    status = proda_json_put(sites, "id", proda_json_array(id, reported->n_sites), error);
  free(id);
  return status;
}

/** Values of the covariates that are classes, each by its name. */
static int put_classes(const struct proda_reported *reported, json_t *sites,
                       struct proda_error *error)
{
  struct proda_environment *environment = NULL;
  double *value = NULL, *column = calloc(reported->n_sites + 1, sizeof *column);
  json_t *classes = proda_json_object_in(sites, "class", error);
  json_t *names = proda_json_object_in(sites, "class_long_name", error);
  int status = column && classes && names ? PRODA_OK : proda_error_set(error, "out of memory");
  if (status == PRODA_OK)
    status = proda_environment_list(reported->prepare, &environment, error);
  if (status == PRODA_OK)
    status = proda_nc_read(reported->prepare, "covariate_value", reported->n_sites * environment->n,
                           &value, error);
  for (size_t c = 0; status == PRODA_OK && c < environment->n; c++) {
    const struct proda_environment_variable *variable = &environment->variable[c];
    if (!variable->is_class)
      continue;
    for (size_t s = 0; s < reported->n_sites; s++)
      column[s] = value[s * environment->n + c];
    status =
        proda_json_put(classes, variable->name, proda_json_array(column, reported->n_sites), error);
    if (status == PRODA_OK)
      status = proda_json_put(names, variable->name, proda_json_text(variable->long_name), error);
  }
  free(value);
  free(column);
  proda_environment_free(environment);
  return status;
}

/** Names of class values, where the experiment labels them. */
static int put_labels(const struct proda_yaml_node *labels, json_t *sites,
                      struct proda_error *error)
{
  json_t *names = proda_json_object_in(sites, "class_names", error);
  int status = names ? PRODA_OK : PRODA_ERROR;
  for (size_t i = 0; labels && i < labels->n_items && status == PRODA_OK; i++) {
    const struct proda_yaml_node *own = labels->item[i];
    json_t *object = proda_json_object_in(names, labels->key[i]->text, error);
    status = object ? PRODA_OK : PRODA_ERROR;
    for (size_t k = 0; k < own->n_items && status == PRODA_OK; k++)
      status =
          proda_json_put(object, own->key[k]->text, proda_json_text(own->item[k]->text), error);
  }
  return status;
}

int proda_report_flags(const struct proda_nc *file, const char *variable, json_t *object,
                       const char *key, struct proda_error *error)
{
  size_t n = 0;
  char **meaning = NULL;
  json_t *list = proda_json_array_in(object, key, error);
  int status = list ? proda_nc_read_flags(file, variable, &n, &meaning, error) : PRODA_ERROR;
  for (size_t i = 0; i < n && status == PRODA_OK; i++)
    status = proda_json_append(list, proda_json_text(meaning[i]), error);
  free(meaning);
  return status;
}

/** What became of every site, structure by structure. */
static int put_states(const struct proda_reported *reported, json_t *sites,
                      struct proda_error *error)
{
  size_t n = reported->n_sites;
  double *state = NULL;
  json_t *list = proda_json_array_in(sites, "state", error);
  int status = list ? proda_nc_read(reported->compare, "site_state", n * reported->n, &state, error)
                    : PRODA_ERROR;
  for (size_t i = 0; i < reported->n && status == PRODA_OK; i++)
    status = proda_json_append(list, proda_json_array(state + i * n, n), error);
  free(state);
  return status == PRODA_OK
             ? proda_report_flags(reported->compare, "site_state", sites, "states", error)
             : status;
}

static int put_skills(const struct proda_reported *reported, json_t *sites,
                      struct proda_error *error)
{
  json_t *list = proda_json_array_in(sites, "nse", error);
  int status = list ? PRODA_OK : PRODA_ERROR;
  for (size_t i = 0; i < reported->n && status == PRODA_OK; i++) {
    double *nse = NULL;
    status = proda_nc_read(reported->structure[i].calibrate, "nse", reported->n_sites, &nse, error);
    if (status == PRODA_OK)
      status = proda_json_append(
          list, proda_json_numbers(nse, reported->n_sites, PRODA_JSON_F32, false), error);
    free(nse);
  }
  return status;
}

int proda_report_sites(const struct proda_reported *reported, json_t *root,
                       struct proda_error *error)
{
  json_t *sites = proda_json_object_in(root, "sites", error);
  const struct proda_nc *prepare = reported->prepare;
  size_t n = reported->n_sites;
  if (!sites || put_ids(reported, sites, error) ||
      put_column(prepare, "latitude", n, PRODA_JSON_U16, sites, "lat", error) ||
      put_column(prepare, "longitude", n, PRODA_JSON_U16, sites, "lon", error) ||
      put_classes(reported, sites, error) ||
      put_labels(reported->run->experiment->compare.labels, sites, error) ||
      put_states(reported, sites, error))
    return PRODA_ERROR;
  return put_skills(reported, sites, error);
}
