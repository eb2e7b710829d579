#include "pipeline/simulate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/ad_hoc.h"
#include "pipeline/inputs.h"
#include "pipeline/measures.h"
#include "pipeline/sites.h"
#include "store/provenance.h"

struct work {
  const struct proda_simulation *simulation;
  struct proda_loaded *model;
  const struct proda_manifest *manifest;
  struct proda_settings *settings;
  struct proda_forcing_file *forcing;
  struct proda_structure *structure;
  size_t n_sites, n_sets;
  double *parameter; /* [site][set][parameter] */
  struct proda_site_run *run;
  size_t n_measures;
  lane *density, *measure; /* [layer], [measure] */
  /* Results, in the order of the runs. */
  double *pools, *status, *near_singular, *balance;
  double *measures;                    /* [measure][run] */
  double *observed, *stock, *stock_1m; /* [observable][run][layer], [observable][run] */
  struct proda_simulated *simulated;
};

/* For every parameter of the file its index in the manifest: each stands there once. */
static int match_parameters(const struct work *w, const struct proda_nc *file, size_t n_values,
                            size_t *index, struct proda_error *error)
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
static int check_values(const struct work *w, const char *path, struct proda_error *error)
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
static int place_values(struct work *w, const struct proda_nc *file,
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

static int read_parameters(struct work *w, struct proda_error *error)
{
  const char *path = w->simulation->parameters;
  size_t n = w->manifest->n_parameters;
  struct proda_nc *file = NULL;
  struct proda_nc_shape shape;
  int status = proda_nc_open(path, &file, error);
  if (status == PRODA_OK)
    status = proda_nc_shape(file, "value", &shape, error);
  if (status != PRODA_OK)
    goto out;
  if ((shape.rank != 3 && shape.rank != 2) || (shape.rank == 3 && shape.length[0] != w->n_sites)) {
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

static int default_parameters(struct work *w, struct proda_error *error)
{
  size_t n = w->manifest->n_parameters;
  w->n_sets = 1;
  w->parameter = malloc((w->n_sites * n + 1) * sizeof *w->parameter);
  if (!w->parameter)
    return proda_error_set(error, "out of memory for %zu parameter sets", w->n_sites);
  return proda_ad_hoc_fill(w->manifest, w->forcing, NULL, w->n_sites, NULL, w->parameter, error);
}

static int allocate_results(struct work *w, struct proda_error *error)
{
  size_t runs = w->n_sites * w->n_sets, L = w->manifest->grid.n_layers;
  size_t n_observables = w->manifest->n_observables;
  w->run = malloc((runs + 1) * sizeof *w->run);
  w->n_measures = proda_measures_count(w->manifest);
  w->density = aligned_alloc(sizeof(lane), (L + w->n_measures) * sizeof(lane));
  w->pools = malloc((runs * w->manifest->n_pools * L + 1) * sizeof *w->pools);
  w->status = malloc(((3 + w->n_measures) * runs + 1) * sizeof *w->status);
  w->observed = malloc((n_observables * runs * (L + 2) + 1) * sizeof *w->observed);
  if (!w->run || !w->density || !w->pools || !w->status || !w->observed)
    return proda_error_set(error, "out of memory for %zu states", runs);
  w->near_singular = w->status + runs;
  w->balance = w->near_singular + runs;
  w->measures = w->balance + runs;
  w->measure = w->density + L;
  w->stock = w->observed + n_observables * runs * L;
  w->stock_1m = w->stock + n_observables * runs;
  for (size_t r = 0; r < runs; r++)
    w->run[r] = (struct proda_site_run){
        .cell = r / w->n_sets,
        .parameter = w->parameter + r * w->manifest->n_parameters,
    };
  return PRODA_OK;
}

static int take(void *context, const struct proda_site_result *result, struct proda_error *error)
{
  (void)error;
  struct work *w = context;
  size_t r = result->run, runs = w->n_sites * w->n_sets, L = w->manifest->grid.n_layers;
  size_t n = w->manifest->n_pools * L;
  bool usable = result->status != PRODA_SITE_UNUSABLE;
  const lane *pools = proda_block_pools(result->block);
  for (size_t k = 0; k < n; k++)
    w->pools[r * n + k] = usable ? pools[k][result->lane] : NAN;
  for (size_t o = 0; o < w->manifest->n_observables; o++) {
    double *density = w->observed + (o * runs + r) * L;
    proda_block_observe(result->block, o, w->density);
    for (size_t l = 0; l < L; l++)
      density[l] = usable ? w->density[l][result->lane] : NAN;
    w->stock[o * runs + r] = proda_grid_stock(&w->manifest->grid, density, 1, INFINITY);
    w->stock_1m[o * runs + r] = proda_grid_stock(&w->manifest->grid, density, 1, 1.0);
  }
  w->status[r] = result->status;
  w->near_singular[r] = usable && proda_block_near_singular(result->block, result->lane);
  w->balance[r] = usable ? proda_block_balance(result->block, result->lane) : NAN;
  if (result->lane == 0)
    proda_measures_compute(result->block, 0, w->measure);
  for (size_t k = 0; k < w->n_measures; k++)
    w->measures[k * runs + r] = usable ? w->measure[k][result->lane] : NAN;
  w->simulated->n_status[result->status]++;
  return PRODA_OK;
}

/* ---- the store ---- */

static int write_names(struct proda_nc *file, const struct work *w, struct proda_error *error)
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

static int write_observable(struct proda_nc *file, const struct work *w, size_t o,
                            struct proda_error *error)
{
  const struct proda_observable *observable = &w->manifest->observable[o];
  size_t runs = w->n_sites * w->n_sets, L = w->manifest->grid.n_layers;
  const struct {
    const char *suffix, *dims, *units, *what;
    const double *value;
  } part[] = {
      {"density", "site set layer", "gC m-3", "by layer", w->observed + o * runs * L},
      {"stock", "site set", "gC m-2", "of the whole column", w->stock + o * runs},
      {"stock_1m", "site set", "gC m-2", "of the first metre", w->stock_1m + o * runs},
  };
  for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
    char name[128], long_name[256];
    snprintf(name, sizeof name, "%s_%s", observable->name, part[i].suffix);
    snprintf(long_name, sizeof long_name, "%s %s", observable->doc, part[i].what);
    if (proda_nc_def(file, name, PRODA_NC_DOUBLE, part[i].dims, part[i].units, long_name, error) ||
        proda_nc_write(file, name, part[i].value, error))
      return PRODA_ERROR;
  }
  return PRODA_OK;
}

static int write_measures(struct proda_nc *file, const struct work *w, struct proda_error *error)
{
  for (size_t k = 0; k < w->n_measures; k++) {
    struct proda_measure measure = proda_measure_at(w->manifest, k);
    if (proda_nc_def(file, measure.name, PRODA_NC_DOUBLE, "site set", measure.unit,
                     measure.long_name, error) ||
        proda_nc_write(file, measure.name, w->measures + k * w->n_sites * w->n_sets, error))
      return PRODA_ERROR;
  }
  return PRODA_OK;
}

static int write_states(struct proda_nc *file, const struct work *w, struct proda_error *error)
{
  if (proda_nc_def(file, "pools", PRODA_NC_DOUBLE, "site set pool layer", w->manifest->unit,
                   "carbon pools at steady state", error) ||
      proda_nc_write(file, "pools", w->pools, error) ||
      proda_nc_def(file, "status", PRODA_NC_BYTE, "site set", "1", "what became of the run",
                   error) ||
      proda_nc_put_flags(file, "status", proda_site_status_names, PRODA_N_SITE_STATUS, error) ||
      proda_nc_write(file, "status", w->status, error) ||
      proda_nc_def(file, "near_singular", PRODA_NC_BYTE, "site set", "1",
                   "1 where the reciprocal condition number is below 2^-52", error) ||
      proda_nc_write(file, "near_singular", w->near_singular, error) ||
      proda_nc_def(file, "mass_balance", PRODA_NC_DOUBLE, "site set", "1",
                   "respiration over carbon input", error) ||
      proda_nc_write(file, "mass_balance", w->balance, error))
    return PRODA_ERROR;
  for (size_t o = 0; o < w->manifest->n_observables; o++)
    if (write_observable(file, w, o, error) != PRODA_OK)
      return PRODA_ERROR;
  return write_measures(file, w, error);
}

static int digest_inputs(const struct work *w, char inputs[PRODA_DIGEST_SIZE],
                         struct proda_error *error)
{
  struct proda_digest *digest = proda_digest_new();
  if (!digest)
    return proda_error_set(error, "out of memory for a digest");
  int status = proda_inputs_plugin(digest, w->model, error);
  if (status == PRODA_OK)
    status = proda_digest_file(digest, w->simulation->forcing, error);
  if (status == PRODA_OK && w->simulation->parameters)
    status = proda_digest_file(digest, w->simulation->parameters, error);
  proda_digest_finish(digest, status == PRODA_OK ? inputs : NULL);
  return status;
}

static int write_store(const struct work *w, struct proda_error *error)
{
  struct proda_nc *file = NULL;
  char inputs[PRODA_DIGEST_SIZE];
  int status = digest_inputs(w, inputs, error);
  if (status == PRODA_OK)
    status = proda_nc_create(w->simulation->out, &file, error);
  if (status != PRODA_OK)
    return status;
  if (proda_nc_def_dim(file, "site", w->n_sites, error) ||
      proda_nc_def_dim(file, "set", w->n_sets, error) ||
      proda_nc_def_dim(file, "pool", w->manifest->n_pools, error) ||
      proda_nc_def_dim(file, "layer", w->manifest->grid.n_layers, error) ||
      proda_provenance_put(file, w->manifest->title, w->simulation->command, inputs, 0, error) ||
      write_names(file, w, error) || write_states(file, w, error)) {
    proda_nc_abandon(file);
    return PRODA_ERROR;
  }
  return proda_nc_commit(file, error);
}

static int simulate(struct work *w, struct proda_error *error)
{
  const struct proda_simulation *s = w->simulation;
  if (proda_load(s->search_path, s->model, PRODA_MODEL, &w->model, error))
    return PRODA_ERROR;
  w->manifest = w->model->manifest;
  if (proda_settings_make(w->manifest, NULL, NULL, &w->settings, error) ||
      proda_forcing_open(s->forcing, w->manifest, &w->forcing, error))
    return PRODA_ERROR;
  w->n_sites = proda_forcing_n_sites(w->forcing);
  if (proda_structure_new(w->model, w->settings, proda_forcing_n_months(w->forcing), &w->structure,
                          error) ||
      (s->parameters ? read_parameters(w, error) : default_parameters(w, error)) ||
      allocate_results(w, error) ||
      proda_sites_run(w->structure, w->forcing, PRODA_WANT_CONDITION | PRODA_WANT_BALANCE,
                      w->n_sites * w->n_sets, w->run, take, w, error))
    return PRODA_ERROR;
  w->simulated->n_sites = w->n_sites;
  w->simulated->n_sets = w->n_sets;
  return write_store(w, error);
}

int proda_simulate(const struct proda_simulation *simulation, struct proda_simulated *simulated,
                   struct proda_error *error)
{
  memset(simulated, 0, sizeof *simulated);
  struct work w = {.simulation = simulation, .simulated = simulated};
  int status = simulate(&w, error);
  free(w.parameter);
  free(w.run);
  free(w.density);
  free(w.pools);
  free(w.status);
  free(w.observed);
  proda_structure_free(w.structure);
  proda_forcing_close(w.forcing);
  proda_settings_free(w.settings);
  proda_loaded_free(w.model);
  return status;
}
