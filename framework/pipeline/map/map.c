#include <stdlib.h>

#include "pipeline/ad_hoc.h"
#include "pipeline/inputs.h"
#include "pipeline/map/mapping.h"
#include "pipeline/measures.h"
#include "store/provenance.h"

static int load_plugins(struct proda_mapping *m, struct proda_error *error)
{
  const struct proda_experiment *experiment = m->run->experiment;
  if (proda_run_load(m->run, m->chosen->model, PRODA_MODEL, &m->model, error) ||
      proda_settings_make(m->model->manifest, experiment->document, m->chosen->settings,
                          &m->settings, error) ||
      proda_run_load(m->run, experiment->train.emulator, PRODA_EMULATOR, &m->emulator, error))
    return PRODA_ERROR;
  const char *name = experiment->calibrate.observation.observable;
  long observable = proda_manifest_observable(m->model->manifest, name);
  if (observable < 0)
    return proda_error_set(error, "%s observes no '%s'; `proda describe %s` lists what it does",
                           m->model->manifest->name, name, m->model->manifest->name);
  m->observable = (size_t)observable;
  m->ad_hoc = proda_ad_hoc_rule(m->chosen, m->model->manifest);
  return proda_space_new(experiment, m->chosen, m->model->manifest, &m->space, error);
}

static int digest_inputs(struct proda_mapping *m, struct proda_error *error)
{
  const char *const store[] = {m->prepare_path, m->train_path, m->calibrate_path, m->screen_path};
  size_t n_stores = m->ad_hoc == PRODA_AD_HOC_SITE_MEAN ? 4 : 2;
  struct proda_digest *digest = proda_inputs_new("map 2");
  if (!digest)
    return proda_error_set(error, "out of memory for a digest");
  proda_inputs_node(digest, m->chosen->node);
  int status = proda_inputs_plugin(digest, m->model, error);
  if (status == PRODA_OK)
    status = proda_inputs_plugin(digest, m->emulator, error);
  for (size_t i = 0; i < n_stores && status == PRODA_OK; i++)
    status = proda_inputs_store(digest, store[i], error);
  if (status == PRODA_OK)
    status = proda_digest_file(digest, m->run->experiment->grid, error);
  proda_digest_finish(digest, m->inputs);
  return status;
}

static int allocate(struct proda_mapping *m, struct proda_error *error)
{
  const struct proda_manifest *manifest = m->model->manifest;
  size_t n_layers = manifest->grid.n_layers;
  m->n = proda_forcing_n_sites(m->forcing);
  m->usable = calloc(m->n, sizeof *m->usable);
  m->parameter = calloc(PRODA_MAP_N_SOURCES * m->n * manifest->n_parameters, sizeof *m->parameter);
  m->ad_hoc_parameter = calloc(manifest->n_parameters, sizeof *m->ad_hoc_parameter);
  m->pools = calloc(m->n * manifest->n_pools * n_layers, sizeof *m->pools);
  m->density = calloc(m->n * n_layers, sizeof *m->density);
  m->stock = calloc((size_t)PRODA_MAP_N_SOURCES * PRODA_MAP_N_DEPTHS * m->n, sizeof *m->stock);
  m->n_measures = proda_measures_count(manifest);
  m->measure = calloc(PRODA_MAP_N_SOURCES * m->n_measures * m->n, sizeof *m->measure);
  m->status = calloc(PRODA_MAP_N_SOURCES * m->n, sizeof *m->status);
  if (!m->usable || !m->parameter || !m->ad_hoc_parameter || !m->pools || !m->density ||
      !m->stock || !m->measure || !m->status)
    return proda_error_set(error, "out of memory for %zu cells", m->n);
  return PRODA_OK;
}

static int open_structure(struct proda_mapping *m, struct proda_error *error)
{
  if (proda_forcing_open(m->run->experiment->grid, m->model->manifest, &m->forcing, error) ||
      allocate(m, error))
    return PRODA_ERROR;
  if (!proda_forcing_latitude(m->forcing) || !proda_forcing_longitude(m->forcing))
    return proda_error_set(error, "%s: has no latitude and longitude of its sites",
                           m->run->experiment->grid);
  proda_run_calls(m->run, m->model, "it was created");
  int status = proda_structure_new(m->model, m->settings, proda_forcing_n_months(m->forcing),
                                   &m->structure, error);
  proda_run_returns(m->run);
  return status;
}

static int write_stores(const struct proda_mapping *m, struct proda_error *error)
{
  struct proda_mapped mapped = {
      .manifest = m->model->manifest,
      .forcing = m->forcing,
      .n = m->n,
      .parameter = proda_mapping_parameters(m, PRODA_MAP_PREDICTED),
      .ad_hoc = m->ad_hoc,
      .ad_hoc_parameter = m->ad_hoc_parameter,
      .pools = m->pools,
      .density = m->density,
  };
  bool regular;
  // The grid first: map.nc tells by its digest that both are there.
  if (proda_mapping_sum_up(m, &mapped, error) || proda_make_parents(m->store, error) ||
      proda_mapped_write_grid(&mapped, m->grid_store, m->run, m->inputs, &regular, error))
    return PRODA_ERROR;
  if (!regular)
    proda_report(m->run, "map %s: the sites lie on no regular grid, so %s is not written",
                 m->chosen->name, m->grid_store);
  return proda_mapped_write(&mapped, m->store, m->run, m->inputs, error);
}

static int make(struct proda_mapping *m, struct proda_error *error)
{
  if (open_structure(m, error) || proda_mapping_find_parameters(m, error) ||
      proda_mapping_run(m, error))
    return PRODA_ERROR;
  return write_stores(m, error);
}

static int map(struct proda_mapping *m, struct proda_error *error)
{
  if (!m->prepare_path || !m->calibrate_path || !m->screen_path || !m->train_path || !m->store ||
      !m->grid_store)
    return proda_error_set(error, "out of memory for a path");
  bool due;
  if (load_plugins(m, error) || digest_inputs(m, error) ||
      proda_stage_due(m->run, "map", m->chosen->name, m->store, m->inputs, &due, error))
    return PRODA_ERROR;
  return due ? make(m, error) : PRODA_OK;
}

int proda_stage_map(const struct proda_run *run, const struct proda_experiment_structure *structure,
                    struct proda_error *error)
{
  struct proda_mapping m = {
      .run = run,
      .chosen = structure,
      .prepare_path = proda_store_path(run, NULL, "prepare"),
      .calibrate_path = proda_store_path(run, structure->name, "calibrate"),
      .screen_path = proda_store_path(run, structure->name, "screen"),
      .train_path = proda_store_path(run, structure->name, "train"),
      .store = proda_store_path(run, structure->name, "map"),
      .grid_store = proda_store_path(run, structure->name, "map_grid"),
  };
  proda_stage_begin(run, "map", structure->name);
  int status = map(&m, error);
  proda_guard_stage(run->guard, "map, releasing what it made,", structure->name);
  proda_structure_free(m.structure);
  proda_forcing_close(m.forcing);
  proda_space_free(m.space);
  proda_settings_free(m.settings);
  proda_loaded_free(m.emulator);
  proda_loaded_free(m.model);
  free(m.usable);
  free(m.parameter);
  free(m.ad_hoc_parameter);
  free(m.pools);
  free(m.density);
  free(m.stock);
  free(m.measure);
  free(m.status);
  free(m.prepare_path);
  free(m.calibrate_path);
  free(m.screen_path);
  free(m.train_path);
  free(m.store);
  free(m.grid_store);
  return status;
}
