#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/report/report.h"
#include "stats/summary.h"

static const char *const term_name[] = {"I", "B", "A", "K", "xi", "V"};
int proda_report_optional(const struct proda_nc *file, const char *variable, size_t n,
                          double **value, struct proda_error *error)
{
  *value = NULL;
  return proda_nc_has(file, variable) ? proda_nc_read(file, variable, n, value, error) : PRODA_OK;
}

/* ---- parameters ---- */

struct proda_report_range proda_report_range(const struct proda_space *space, size_t parameter)
{
  const struct proda_prior *prior = &space->prior[parameter];
  struct proda_report_range range = {prior->lower, prior->upper,
                                     prior->kind == PRODA_PRIOR_LOG_UNIFORM};
  if (prior->kind == PRODA_PRIOR_NORMAL || prior->kind == PRODA_PRIOR_FLAT) {
    range.lower = fmax(range.lower, prior->mean - 4 * prior->sd);
    range.upper = fmin(range.upper, prior->mean + 4 * prior->sd);
  }
  return range;
}

static json_t *parameter(const struct proda_reported_structure *structure, size_t p)
{
  static const char *const kind[] = {
      [PRODA_PRIOR_UNIFORM] = "uniform",
      [PRODA_PRIOR_LOG_UNIFORM] = "log_uniform",
      [PRODA_PRIOR_NORMAL] = "normal",
      [PRODA_PRIOR_FLAT] = "flat",
  };
  const struct proda_parameter *parameter = &structure->manifest->parameter[p];
  const struct proda_prior *prior = &structure->space->prior[p];
  struct proda_report_range range = proda_report_range(structure->space, p);
  return json_pack("{s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:b, s:o}", "name",
                   proda_json_text(parameter->name), "symbol", proda_json_text(parameter->symbol),
                   "unit", proda_json_text(parameter->unit), "doc", proda_json_text(parameter->doc),
                   "term", term_name[parameter->term], "component",
                   proda_json_text(parameter->component), "default",
                   proda_json_number(parameter->default_value), "prior", kind[prior->kind], "mean",
                   proda_json_number(prior->mean), "sd", proda_json_number(prior->sd), "lower",
                   proda_json_number(range.lower), "upper", proda_json_number(range.upper), "log",
                   range.log, "fixed", proda_json_number(structure->space->fixed[p]));
}

static int put_parameters(const struct proda_reported_structure *structure, json_t *object,
                          struct proda_error *error)
{
  json_t *list = proda_json_array_in(object, "parameters", error);
  int status = list ? PRODA_OK : PRODA_ERROR;
  for (size_t p = 0; p < structure->manifest->n_parameters && status == PRODA_OK; p++)
    status = proda_json_append(list, parameter(structure, p), error);
  return status;
}

/** The rule by which the map before calibration was made, and its parameters, null where cells have
 * their own. */
static int put_ad_hoc(const struct proda_reported_structure *structure, json_t *object,
                      struct proda_error *error)
{
  static const char variable[] = "ad_hoc_parameter";
  size_t n = structure->manifest->n_parameters;
  double *value = NULL;
  char *rule = NULL;
  int status = proda_nc_read(structure->map, variable, n, &value, error);
  if (status == PRODA_OK && proda_nc_text(structure->map, variable, "rule", &rule))
    status = proda_json_put(object, "ad_hoc", proda_json_text(rule), error);
  if (status == PRODA_OK)
    status = proda_json_put(object, "ad_hoc_value", proda_json_array(value, n), error);
  free(value);
  free(rule);
  return status;
}

/* ---- health of the chains ---- */

static double smallest(const double *value, size_t n)
{
  double least = NAN;
  for (size_t i = 0; i < n; i++)
    least = fmin(least, value[i]);
  return least;
}

/** Puts one number a site, made of the `width` values that the store has of it. */
static int put_health(const struct proda_reported *reported, const struct proda_nc *calibrate,
                      const char *variable, const char *dimension,
                      double (*reduce)(const double *, size_t), const char *key, json_t *health,
                      struct proda_error *error)
{
  size_t n = reported->n_sites, width = 1;
  double *value = NULL;
  if (!proda_nc_has(calibrate, variable))
    return PRODA_OK;
  int status = dimension ? proda_nc_dim(calibrate, dimension, &width, error) : PRODA_OK;
  if (status == PRODA_OK)
    status = proda_nc_read(calibrate, variable, n * width, &value, error);
  for (size_t s = 0; s < n && status == PRODA_OK && reduce; s++)
    value[s] = reduce(value + s * width, width);
  if (status == PRODA_OK)
    status =
        proda_json_put(health, key, proda_json_numbers(value, n, PRODA_JSON_F32, false), error);
  free(value);
  return status;
}

/** Draws evaluated, and rejected by reason, over all sites: the variables n_... of a site. */
static int put_counts(const struct proda_reported *reported, const struct proda_nc *calibrate,
                      json_t *health, struct proda_error *error)
{
  char(*name)[64] = NULL;
  size_t n_names = 0;
  json_t *counts = proda_json_object_in(health, "counts", error);
  int status = counts ? proda_nc_variables(calibrate, &name, &n_names, error) : PRODA_ERROR;
  for (size_t v = 0; v < n_names && status == PRODA_OK; v++) {
    struct proda_nc_shape shape;
    double *count = NULL;
    if (strncmp(name[v], "n_", 2) != 0)
      continue;
    status = proda_nc_shape(calibrate, name[v], &shape, error);
    if (status != PRODA_OK || shape.rank != 1 || strcmp(shape.name[0], "site") != 0)
      continue;
    status = proda_nc_read(calibrate, name[v], reported->n_sites, &count, error);
    double sum = 0;
    for (size_t s = 0; s < reported->n_sites && status == PRODA_OK; s++)
      sum += isfinite(count[s]) ? count[s] : 0;
    free(count);
    if (status == PRODA_OK)
      status = proda_json_put(counts, name[v] + 2, proda_json_number(sum), error);
  }
  free(name);
  return status;
}

static int put_healths(const struct proda_reported *reported,
                       const struct proda_reported_structure *structure, json_t *object,
                       struct proda_error *error)
{
  const struct proda_nc *file = structure->calibrate;
  json_t *health = proda_json_object_in(object, "health", error);
  if (!health || put_health(reported, file, "mean_rhat", NULL, NULL, "rhat", health, error) ||
      put_health(reported, file, "ess_bulk", "parameter", smallest, "ess", health, error) ||
      put_health(reported, file, "acceptance", "chain", proda_mean, "acceptance", health, error) ||
      put_health(reported, file, "prior_valid_share", NULL, NULL, "prior_valid_share", health,
                 error))
    return PRODA_ERROR;
  return put_counts(reported, file, health, error);
}

/* ---- where it comes from ---- */

static int put_provenance(const struct proda_reported_structure *structure, json_t *object,
                          struct proda_error *error)
{
  json_t *stores = proda_json_object_in(object, "provenance", error);
  if (!stores || proda_report_provenance(structure->calibrate, "calibrate", stores, error) ||
      proda_report_provenance(structure->screen, "screen", stores, error) ||
      proda_report_provenance(structure->train, "train", stores, error))
    return PRODA_ERROR;
  return proda_report_provenance(structure->map, "map", stores, error);
}

/* ---- a structure ---- */

static int put_structure(const struct proda_reported *reported,
                         const struct proda_reported_structure *structure, json_t *object,
                         struct proda_error *error)
{
  const struct proda_manifest *manifest = structure->manifest;
  json_t *settings = NULL;
  if (proda_json_put(object, "name", proda_json_text(structure->chosen->name), error) ||
      proda_json_put(object, "model", proda_json_text(structure->chosen->model), error) ||
      proda_json_put(object, "title", proda_json_text(manifest->title), error) ||
      proda_json_put(object, "doc", proda_json_text(manifest->doc), error) ||
      put_parameters(structure, object, error) || put_ad_hoc(structure, object, error) ||
      put_healths(reported, structure, object, error) ||
      !(settings = proda_json_array_in(object, "settings", error)) ||
      proda_report_settings(structure->chosen->node, "", settings, error))
    return PRODA_ERROR;
  return put_provenance(structure, object, error);
}

int proda_report_structures(const struct proda_reported *reported, json_t *root,
                            struct proda_error *error)
{
  json_t *list = proda_json_array_in(root, "structures", error);
  int status = list ? PRODA_OK : PRODA_ERROR;
  for (size_t i = 0; i < reported->n && status == PRODA_OK; i++) {
    json_t *object = json_object();
    status = proda_json_append(list, object, error);
    if (status == PRODA_OK)
      status = put_structure(reported, &reported->structure[i], object, error);
  }
  return status;
}
