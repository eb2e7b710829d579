#include "pipeline/subject.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/ad_hoc.h"
#include "pipeline/inputs.h"
#include "store/provenance.h"
#include "yaml/yaml.h"

/* ---- parameters ---- */

/* For every parameter of the file its index in the manifest: each stands there once. */
static int match_parameters(const struct proda_subject *w, const struct proda_nc *file,
                            size_t n_values, size_t *index, struct proda_error *error)
{
  char **name = NULL;
  size_t n = 0;
  int status = proda_nc_read_strings(file, "parameter_name", &n, &name, error);
  if (status == PRODA_OK && n != n_values)
    status = proda_error_set(error, "%s: parameter_name has %zu names, value has %zu parameters",
                             proda_nc_path(file), n, n_values);
  bool given[w->manifest->n_parameters];
  memset(given, 0, sizeof given);
  for (size_t i = 0; i < n && status == PRODA_OK; i++) {
    long p = proda_manifest_parameter(w->manifest, name[i]);
    if (p < 0)
      status = proda_error_set(error, "%s: parameter_name[%zu]: %s has no parameter \"%s\"",
                               proda_nc_path(file), i, w->manifest->name, name[i]);
    else if (given[p])
      status = proda_error_set(error, "%s: parameter_name[%zu]: \"%s\" stands there twice",
                               proda_nc_path(file), i, name[i]);
    else
      given[index[i] = (size_t)p] = true;
  }
  for (size_t p = 0; p < w->manifest->n_parameters && status == PRODA_OK; p++)
    if (!given[p])
      status = proda_error_set(error, "%s: parameter \"%s\" of %s is missing", proda_nc_path(file),
                               w->manifest->parameter[p].name, w->manifest->name);
  free(name);
  return status;
}

/* NaN asks for what the site prescribes, which not every parameter has. */
static int check_values(const struct proda_subject *w, const char *path, struct proda_error *error)
{
  size_t n = w->manifest->n_parameters;
  for (size_t i = 0; i < w->n_sites * w->n_sets * n; i++) {
    const struct proda_parameter *stated = &w->manifest->parameter[i % n];
    double x = w->parameter[i];
    if (isinf(x) || (isnan(x) && stated->n_prescribed_by == 0))
      return proda_error_set(error, "%s: value of %s at site %zu, set %zu is %g, expected a number",
                             path, stated->name, i / n / w->n_sets, i / n % w->n_sets, x);
  }
  return PRODA_OK;
}

/* Brings the file's values into the manifest's order, by site and set. */
static int place_values(struct proda_subject *w, const struct proda_nc *file,
                        const struct proda_nc_shape *shape, struct proda_error *error)
{
  size_t n = w->manifest->n_parameters, runs = w->n_sites * w->n_sets, index[n];
  double *value = NULL;
  memset(index, 0, sizeof index);
  bool by_site = shape->rank == 3;
  if (match_parameters(w, file, shape->length[shape->rank - 1], index, error) ||
      proda_nc_read(file, "value", 0, &value, error))
    return PRODA_ERROR;
  for (size_t r = 0; r < runs; r++)
    for (size_t p = 0; p < n; p++)
      w->parameter[r * n + index[p]] = value[(by_site ? r : r % w->n_sets) * n + p];
  free(value);
  return check_values(w, proda_nc_path(file), error);
}

int proda_subject_read_parameters(struct proda_subject *w, const char *path,
                                  struct proda_error *error)
{
  size_t n = w->manifest->n_parameters;
  struct proda_nc *file = NULL;
  struct proda_nc_shape shape;
  int status = proda_nc_open(path, &file, error);
  if (status == PRODA_OK)
    status = proda_nc_shape(file, "value", &shape, error);
  if (status != PRODA_OK)
    goto out;
  static const char *const axis[] = {"site", "set", "parameter"};
  bool ordered = shape.rank == 2 || shape.rank == 3;
  for (size_t i = 0; i < shape.rank && ordered; i++)
    ordered = strcmp(shape.name[i], axis[3 - shape.rank + i]) == 0 && shape.length[i] > 0;
  if (!ordered || (shape.rank == 3 && shape.length[0] != w->n_sites)) {
    status = proda_error_set(error,
                             "%s: value must have the dimensions (site = %zu, set, parameter = "
                             "%zu) or (set, parameter = %zu)",
                             path, w->n_sites, n, n);
    goto out;
  }
  w->n_sets = shape.length[shape.rank - 2];
  w->parameter = malloc((w->n_sites * w->n_sets * n + 1) * sizeof *w->parameter);
  status = w->parameter ? place_values(w, file, &shape, error)
                        : proda_error_set(error, "out of memory for %zu sets of parameters",
                                          w->n_sites * w->n_sets);
out:
  proda_nc_close(file);
  return status;
}

static int default_parameters(struct proda_subject *w, struct proda_error *error)
{
  size_t n = w->manifest->n_parameters;
  w->n_sets = 1;
  w->parameter = malloc((w->n_sites * n + 1) * sizeof *w->parameter);
  if (!w->parameter)
    return proda_error_set(error, "out of memory for %zu parameter sets", w->n_sites);
  return proda_ad_hoc_fill(w->manifest, w->forcing, NULL, w->n_sites, NULL, w->parameter, error);
}

/* ---- opening and closing ---- */

static int make_settings(struct proda_subject *subject, struct proda_error *error)
{
  const char *text = subject->simulation->settings;
  struct proda_yaml *document = NULL;
  int status =
      text ? proda_yaml_parse("--setting", text, strlen(text), &document, error) : PRODA_OK;
  if (status == PRODA_OK)
    status =
        proda_settings_make(subject->manifest, document,
                            document ? proda_yaml_root(document) : NULL, &subject->settings, error);
  proda_yaml_free(document);
  return status;
}

int proda_subject_open(const struct proda_simulation *simulation, struct proda_subject *subject,
                       struct proda_error *error)
{
  const struct proda_simulation *s = simulation;
  *subject = (struct proda_subject){.simulation = simulation};
  if (proda_load(s->search_path, s->model, PRODA_MODEL, &subject->model, error))
    return PRODA_ERROR;
  subject->manifest = subject->model->manifest;
  if (make_settings(subject, error) ||
      proda_forcing_open(s->forcing, subject->manifest, &subject->forcing, error))
    return PRODA_ERROR;
  subject->n_sites = proda_forcing_n_sites(subject->forcing);
  subject->n_months = proda_forcing_n_months(subject->forcing);
  return s->parameters ? proda_subject_read_parameters(subject, s->parameters, error)
                       : default_parameters(subject, error);
}

void proda_subject_close(struct proda_subject *subject)
{
  free(subject->parameter);
  proda_forcing_close(subject->forcing);
  proda_settings_free(subject->settings);
  proda_loaded_free(subject->model);
}

/* ---- the store ---- */

static int write_names(struct proda_nc *file, const struct proda_subject *w,
                       struct proda_error *error)
{
  if (proda_nc_def(file, "pool_name", PRODA_NC_STRING, "pool", NULL, "name of the pool", error) ||
      proda_nc_write_strings(file, "pool_name", w->manifest->pool, error) ||
      proda_nc_def(file, "z_node", PRODA_NC_DOUBLE, "layer", "m", "depth of the layer node",
                   error) ||
      proda_nc_write(file, "z_node", w->manifest->grid.node, error) ||
      proda_nc_def(file, "dz", PRODA_NC_DOUBLE, "layer", "m", "thickness of the layer", error) ||
      proda_nc_write(file, "dz", w->manifest->grid.dz, error))
    return PRODA_ERROR;
  const double *place[2] = {proda_forcing_latitude(w->forcing),
                            proda_forcing_longitude(w->forcing)};
  static const char *const name[2] = {"latitude", "longitude"};
  static const char *const unit[2] = {"degrees_north", "degrees_east"};
  for (int i = 0; i < 2; i++)
    if (place[i] &&
        (proda_nc_def(file, name[i], PRODA_NC_DOUBLE, "site", unit[i], name[i], error) ||
         proda_nc_put_text(file, name[i], "standard_name", name[i], error) ||
         proda_nc_write(file, name[i], place[i], error)))
      return PRODA_ERROR;
  return PRODA_OK;
}

static int digest_inputs(const struct proda_subject *w, char inputs[PRODA_DIGEST_SIZE],
                         struct proda_error *error)
{
  struct proda_digest *digest = proda_digest_new();
  if (!digest)
    return proda_error_set(error, "out of memory for a digest");
  if (w->simulation->settings)
    proda_digest_text(digest, w->simulation->settings);
  int status = proda_inputs_plugin(digest, w->model, error);
  if (status == PRODA_OK)
    status = proda_digest_file(digest, w->simulation->forcing, error);
  if (status == PRODA_OK && w->simulation->parameters)
    status = proda_digest_file(digest, w->simulation->parameters, error);
  if (status == PRODA_OK && w->simulation->from)
    status = proda_digest_file(digest, w->simulation->from, error);
  proda_digest_finish(digest, status == PRODA_OK ? inputs : NULL);
  return status;
}

int proda_subject_store(const struct proda_subject *subject, struct proda_nc **file,
                        struct proda_error *error)
{
  const struct proda_manifest *manifest = subject->manifest;
  char inputs[PRODA_DIGEST_SIZE];
  if (digest_inputs(subject, inputs, error) ||
      proda_nc_create(subject->simulation->out, file, error))
    return PRODA_ERROR;
  if (proda_nc_def_dim(*file, "site", subject->n_sites, error) ||
      proda_nc_def_dim(*file, "set", subject->n_sets, error) ||
      proda_nc_def_dim(*file, "pool", manifest->n_pools, error) ||
      proda_nc_def_dim(*file, "layer", manifest->grid.n_layers, error) ||
      proda_provenance_put(*file, manifest->title, subject->simulation->command, inputs, NULL, 0,
                           error) ||
      write_names(*file, subject, error)) {
    proda_nc_abandon(*file);
    return PRODA_ERROR;
  }
  return PRODA_OK;
}
