#include "pipeline/calibrate/calibration.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/calibrate/state.h"
#include "pipeline/inputs.h"
#include "pipeline/measures.h"
#include "store/journal.h"

static int load_plugins(struct proda_calibration *c, struct proda_error *error)
{
  const struct proda_experiment_calibrate *settings = &c->experiment->calibrate;
  const struct proda_yaml *document = c->experiment->document;
  if (proda_run_load(c->run, c->chosen->model, PRODA_MODEL, &c->model, error) ||
      proda_settings_make(c->model->manifest, document, c->chosen->settings, &c->model_settings,
                          error) ||
      proda_run_load(c->run, settings->sampler, PRODA_SAMPLER, &c->sampler_plugin, error) ||
      proda_settings_make(c->sampler_plugin->manifest, document, settings->settings,
                          &c->sampler_settings, error))
    return PRODA_ERROR;
  return proda_space_new(c->experiment, c->chosen, c->model->manifest, &c->space, error);
}

/* Digest of all that decides the store's content. */
static int digest_inputs(struct proda_calibration *c, struct proda_error *error)
{
  struct proda_digest *digest = proda_inputs_new("calibrate 5");
  if (!digest)
    return proda_error_set(error, "out of memory for a digest");
  proda_digest_bytes(digest, &c->experiment->seed, sizeof c->experiment->seed);
  proda_inputs_section(digest, c->experiment->document, "calibrate");
  proda_inputs_structure(digest, c->chosen->node);
  int status = proda_inputs_plugin(digest, c->model, error);
  if (status == PRODA_OK)
    status = proda_inputs_plugin(digest, c->sampler_plugin, error);
  if (status == PRODA_OK)
    status = proda_inputs_store(digest, c->prepare_path, error);
  if (status == PRODA_OK)
    status = proda_digest_file(digest, c->experiment->grid, error);
  proda_digest_finish(digest, status == PRODA_OK ? c->inputs : NULL);
  return status;
}

int proda_calibration_open(const struct proda_run *run,
                           const struct proda_experiment_structure *structure,
                           struct proda_calibration *c, struct proda_error *error)
{
  *c = (struct proda_calibration){
      .run = run,
      .experiment = run->experiment,
      .chosen = structure,
      .store = proda_store_path(run, structure->name, "calibrate"),
      .journal_path = proda_output_path(run, structure->name, "calibrate", "journal"),
      .prepare_path = proda_store_path(run, NULL, "prepare"),
  };
  proda_stage_begin(run, "calibrate", structure->name);
  if (!c->store || !c->journal_path || !c->prepare_path)
    return proda_error_set(error, "out of memory for a path");
  return load_plugins(c, error) || digest_inputs(c, error) ? PRODA_ERROR : PRODA_OK;
}

static int make_sampler(struct proda_calibration *c, struct proda_error *error)
{
  const struct proda_sampler_ops *ops = c->sampler_plugin->plugin->ops;
  struct proda_prior prior[c->space->n_free];
  for (size_t k = 0; k < c->space->n_free; k++)
    prior[k] = proda_space_coordinate(c->space, k);
  struct proda_target target = {.n_parameters = c->space->n_free, .prior = prior};
  proda_run_calls(c->run, c->sampler_plugin, "it was created");
  if (ops->create(&target, c->sampler_settings->value, &c->sampler, error) != PRODA_OK)
    return PRODA_ERROR;
  const struct proda_experiment_calibrate *settings = &c->experiment->calibrate;
  c->setup = (struct proda_chain_setup){
      .structure = c->structure,
      .space = c->space,
      .ops = ops,
      .sampler = c->sampler,
      .reject_near_singular = settings->reject_near_singular,
      .needs_slopes = settings->observation.at == PRODA_OBSERVE_NODE,
      .seed = c->experiment->seed,
  };
  c->shape = (struct proda_posterior_shape){
      .n_parameters = c->space->n_parameters,
      .n_chains = ops->n_chains(c->sampler),
      .n_draws = (size_t)settings->keep,
      .n_measures = proda_measures_count(c->model->manifest),
      .n_saturating = proda_saturating_count(c->model->manifest),
  };
  proda_run_returns(c->run);
  if (proda_observing_of(&settings->observation, c->model->manifest, &c->observing, error) !=
      PRODA_OK)
    return PRODA_ERROR;
  c->setup.observable = c->observing.observable;
  return PRODA_OK;
}

int proda_calibration_set_up(struct proda_calibration *c, struct proda_error *error)
{
  if (proda_prepared_read_with_forcing(c->prepare_path, c->experiment->grid, c->model->manifest,
                                       &c->prepared, &c->forcing, error) != PRODA_OK)
    return PRODA_ERROR;
  proda_run_calls(c->run, c->model, "it was created");
  if (proda_structure_new(c->model, c->model_settings, proda_forcing_n_months(c->forcing),
                          &c->structure, error) != PRODA_OK ||
      make_sampler(c, error) != PRODA_OK ||
      proda_posterior_new(&c->setup, &c->shape, c->experiment->calibrate.estimate, &c->posterior,
                          error) != PRODA_OK)
    return PRODA_ERROR;
  size_t n = c->prepared->n_sites, largest = 0;
  for (size_t s = 0; s < n; s++) {
    size_t n_obs = c->prepared->first[s + 1] - c->prepared->first[s];
    largest = n_obs > largest ? n_obs : largest;
  }
  c->observation = calloc(n + 1, sizeof(struct proda_observation *));
  c->driver = calloc(n * c->model->manifest->n_drivers + 1, sizeof *c->driver);
  c->record_size = proda_posterior_offset(&c->shape, PRODA_N_FIELDS, largest);
  c->record = malloc(c->record_size * sizeof *c->record);
  if (!c->observation || !c->driver || !c->record)
    return proda_error_set(error, "out of memory for %zu sites", n);
  return proda_calibrated_new(c->chosen->name, c->prepared, c->model->manifest, c->space, &c->shape,
                              &c->result, error);
}

void proda_calibration_close(struct proda_calibration *c)
{
  proda_guard_stage(c->run->guard, "calibrate, releasing what it made,", c->chosen->name);
  for (size_t s = 0; c->observation && s < c->prepared->n_sites; s++)
    proda_observation_free(c->observation[s]);
  proda_calibrated_free(&c->result);
  proda_journal_close(c->journal);
  free(c->observation);
  free(c->driver);
  free(c->record);
  proda_posterior_free(c->posterior);
  if (c->sampler)
    c->setup.ops->destroy(c->sampler);
  proda_structure_free(c->structure);
  proda_forcing_close(c->forcing);
  proda_prepared_free(c->prepared);
  proda_space_free(c->space);
  proda_settings_free(c->sampler_settings);
  proda_settings_free(c->model_settings);
  proda_loaded_free(c->sampler_plugin);
  proda_loaded_free(c->model);
  free(c->store);
  free(c->journal_path);
  free(c->prepare_path);
}

struct proda_farm_options proda_calibration_farm(const struct proda_run *run)
{
  return (struct proda_farm_options){
      .n_workers = run->workers.n,
      .seconds = run->workers.seconds,
      .megabytes = run->workers.megabytes,
      .stop = run->stop ? &run->stop->asked : NULL,
  };
}

/* ---- in a worker ---- */

static int observe(const struct proda_calibration *c, size_t s,
                   struct proda_observation **observation, struct proda_error *error)
{
  const struct proda_prepared *p = c->prepared;
  struct proda_measured measured = {
      .n = p->first[s + 1] - p->first[s],
      .top = p->obs_top + p->first[s],
      .bottom = p->obs_bottom + p->first[s],
      .value = p->obs_value + p->first[s],
  };
  return proda_observation_new(&c->observing, &measured, observation, error);
}

int proda_calibration_site(struct proda_calibration *c, size_t s, struct proda_chain_site *site,
                           struct proda_error *error)
{
  size_t n_drivers = c->model->manifest->n_drivers;
  if (observe(c, s, &c->observation[s], error) != PRODA_OK)
    return PRODA_ERROR;
  const double **driver = c->driver + s * n_drivers;
  proda_forcing_site(c->forcing, (size_t)c->prepared->cell[s], driver);
  *site = (struct proda_chain_site){
      .index = s,
      .key = (uint64_t)c->prepared->site_id[s],
      .forcing = {.driver = driver},
      .observation = c->observation[s],
      .flaw = proda_observation_flaw(c->observation[s]),
  };
  return PRODA_OK;
}

int proda_calibration_summarise(struct proda_calibration *c, const struct proda_chains *chains,
                                size_t *size, struct proda_error *error)
{
  size_t s = chains->site->index, n_obs = proda_observation_size(chains->site->observation);
  const double *obs = c->prepared->obs_value + c->prepared->first[s];
  *size = proda_posterior_offset(&c->shape, PRODA_N_FIELDS, n_obs);
  if (proda_posterior_summarise(c->posterior, chains, obs, c->record, error) != PRODA_OK)
    return PRODA_ERROR;
  proda_observation_free(c->observation[s]);
  c->observation[s] = NULL;
  return PRODA_OK;
}

static int next_site(void *context, struct proda_chain_site *site, bool *given,
                     struct proda_error *error)
{
  struct proda_calibration *c = context;
  size_t s;
  if (proda_worker_next(c->worker, &s, given, error) != PRODA_OK)
    return PRODA_ERROR;
  return *given ? proda_calibration_site(c, s, site, error) : PRODA_OK;
}

static int finish_site(void *context, const struct proda_chains *chains, struct proda_error *error)
{
  struct proda_calibration *c = context;
  size_t size;
  if (proda_calibration_summarise(c, chains, &size, error) != PRODA_OK)
    return PRODA_ERROR;
  return proda_worker_deliver(c->worker, chains->site->index, chains->failure, c->record, size,
                              error);
}

int proda_calibration_work(void *context, struct proda_worker *worker, struct proda_error *error)
{
  struct proda_calibration *c = context;
  struct proda_chain_source source = {next_site, finish_site, c};
  c->worker = worker;
  return proda_chains_run(&c->setup, &source, error);
}
