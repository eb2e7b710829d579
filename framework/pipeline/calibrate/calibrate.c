#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "farm/farm.h"
#include "pipeline/calibrate/calibrate_store.h"
#include "pipeline/calibrate/posterior.h"
#include "pipeline/calibrate/state.h"
#include "pipeline/inputs.h"
#include "pipeline/measures.h"
#include "pipeline/prepare/prepared.h"
#include "pipeline/stage.h"
#include "store/forcing.h"
#include "store/journal.h"
#include "store/provenance.h"

/* Everything the stage holds while it runs. */
struct calibration {
  const struct proda_run *run;
  const struct proda_experiment *experiment;
  const struct proda_experiment_structure *chosen;
  char *store, *journal_path, *prepare_path;
  char inputs[PRODA_DIGEST_SIZE];

  struct proda_loaded *model, *sampler_plugin;
  struct proda_settings *model_settings, *sampler_settings;
  struct proda_prepared *prepared;
  struct proda_forcing_file *forcing;
  struct proda_structure *structure;
  struct proda_space *space;
  void *sampler;
  struct proda_observing observing;
  struct proda_chain_setup setup;
  struct proda_posterior_shape shape;
  struct proda_posterior *posterior;
  struct proda_observation **observation; /* [n_sites], while in work */
  const double **driver;                  /* [n_sites][n_drivers] */
  struct proda_journal *journal;

  struct proda_calibrated result;
  size_t cursor;      /* the next site to look at */
  size_t record_size; /* of the largest record */
  double *record;
  struct proda_worker *worker; /* in a worker: its line to the host */
};

static int load_plugins(struct calibration *c, struct proda_error *error)
{
  const struct proda_experiment_calibrate *settings = &c->experiment->calibrate;
  const struct proda_yaml *document = c->experiment->document;
  if (proda_load(c->run->search_path, c->chosen->model, PRODA_MODEL, &c->model, error) ||
      proda_settings_make(c->model->manifest, document, c->chosen->settings, &c->model_settings,
                          error) ||
      proda_load(c->run->search_path, settings->sampler, PRODA_SAMPLER, &c->sampler_plugin,
                 error) ||
      proda_settings_make(c->sampler_plugin->manifest, document, settings->settings,
                          &c->sampler_settings, error))
    return PRODA_ERROR;
  return proda_space_new(c->experiment, c->chosen, c->model->manifest, &c->space, error);
}

/* Digest of all that decides the store's content. */
static int digest_inputs(struct calibration *c, struct proda_error *error)
{
  struct proda_digest *digest = proda_inputs_new("calibrate 4");
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

static int make_sampler(struct calibration *c, struct proda_error *error)
{
  const struct proda_sampler_ops *ops = c->sampler_plugin->plugin->ops;
  struct proda_prior prior[c->space->n_free];
  for (size_t k = 0; k < c->space->n_free; k++)
    prior[k] = proda_space_coordinate(c->space, k);
  struct proda_target target = {.n_parameters = c->space->n_free, .prior = prior};
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
  if (proda_observing_of(&settings->observation, c->model->manifest, &c->observing, error) !=
      PRODA_OK)
    return PRODA_ERROR;
  c->setup.observable = c->observing.observable;
  return PRODA_OK;
}

static int set_up(struct calibration *c, struct proda_error *error)
{
  if (proda_prepared_read_with_forcing(c->prepare_path, c->experiment->grid, c->model->manifest,
                                       &c->prepared, &c->forcing, error) != PRODA_OK ||
      proda_structure_new(c->model, c->model_settings, proda_forcing_n_months(c->forcing),
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
  return proda_calibrated_new(c->prepared, c->model->manifest, c->space, &c->shape, &c->result,
                              error);
}

/* Says how many measured layers lie below the structure, which says nothing of them. */
static void report_unseen(const struct calibration *c)
{
  const struct proda_prepared *p = c->prepared;
  const struct proda_grid *grid = &c->model->manifest->grid;
  size_t n = 0;
  for (size_t i = 0; i < p->n_obs; i++)
    n += !proda_observation_sees(grid, p->obs_top[i], p->obs_bottom[i]);
  if (n > 0)
    proda_report(c->run,
                 "calibrate %s: %zu of %zu measured layers lie below the structure's %g m and are "
                 "left out",
                 c->chosen->name, n, p->n_obs, grid->interface[grid->n_layers - 1]);
}

static int take_journal_record(void *context, uint64_t index, const char *text, const double *value,
                               size_t n, uint64_t place, struct proda_error *error)
{
  struct calibration *c = context;
  return proda_calibrated_put(&c->result, index, text, value, n, place, error);
}

static int observe(const struct calibration *c, size_t s, struct proda_observation **observation,
                   struct proda_error *error)
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

/* ---- in a worker ---- */

static int next_site(void *context, struct proda_chain_site *site, bool *given,
                     struct proda_error *error)
{
  struct calibration *c = context;
  size_t s, n_drivers = c->model->manifest->n_drivers;
  if (proda_worker_next(c->worker, &s, given, error) != PRODA_OK)
    return PRODA_ERROR;
  if (!*given)
    return PRODA_OK;
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

static int finish_site(void *context, const struct proda_chains *chains, struct proda_error *error)
{
  struct calibration *c = context;
  size_t s = chains->site->index, n_obs = proda_observation_size(chains->site->observation);
  size_t size = proda_posterior_offset(&c->shape, PRODA_N_FIELDS, n_obs);
  const double *obs = c->prepared->obs_value + c->prepared->first[s];
  if (proda_posterior_summarise(c->posterior, chains, obs, c->record, error) != PRODA_OK ||
      proda_worker_deliver(c->worker, s, chains->failure, c->record, size, error) != PRODA_OK)
    return PRODA_ERROR;
  proda_observation_free(c->observation[s]);
  c->observation[s] = NULL;
  return PRODA_OK;
}

static int sample_sites(void *context, struct proda_worker *worker, struct proda_error *error)
{
  struct calibration *c = context;
  struct proda_chain_source source = {next_site, finish_site, c};
  c->worker = worker;
  return proda_chains_run(&c->setup, &source, error);
}

/* ---- in the host, the only writer ---- */

/* The next site that is not done. */
static int next_missing(void *context, enum proda_farm_supply *supply, size_t *s,
                        struct proda_error *error)
{
  struct calibration *c = context;
  (void)error;
  while (c->cursor < c->prepared->n_sites && proda_calibrated_has(&c->result, c->cursor))
    c->cursor++;
  *supply = c->cursor < c->prepared->n_sites ? PRODA_FARM_UNIT : PRODA_FARM_NONE;
  *s = c->cursor++;
  return PRODA_OK;
}

static int take_site(void *context, size_t s, const char *failure, const double *record, size_t n,
                     struct proda_error *error)
{
  struct calibration *c = context;
  uint64_t place;
  if (proda_journal_append(c->journal, s, failure, record, n, &place, error) != PRODA_OK ||
      proda_calibrated_put(&c->result, s, failure, record, n, place, error) != PRODA_OK)
    return PRODA_ERROR;
  proda_progress(c->run, "calibrate", c->result.count,
                 c->result.count - c->result.n_state[PRODA_SITE_CALIBRATED], c->prepared->n_sites,
                 c->chosen->name);
  return PRODA_OK;
}

static int lose_site(void *context, size_t s, enum proda_farm_loss loss, const char *reason,
                     struct proda_error *error)
{
  struct calibration *c = context;
  (void)loss;
  size_t n_obs = c->prepared->first[s + 1] - c->prepared->first[s];
  proda_posterior_blank(&c->shape, n_obs, PRODA_SITE_LOST, c->record);
  return take_site(c, s, reason, c->record,
                   proda_posterior_offset(&c->shape, PRODA_N_FIELDS, n_obs), error);
}

/* Samples what is missing. Being asked to stop is an error that says how to go on. */
static int sample_all(struct calibration *c, struct proda_error *error)
{
  const struct proda_run *run = c->run;
  const struct proda_farm_work work = {
      .n_largest = c->record_size,
      .next = next_missing,
      .take = take_site,
      .lose = lose_site,
      .work = sample_sites,
      .context = c,
  };
  const struct proda_farm_options options = {
      .n_workers = run->workers.n,
      .seconds = run->workers.seconds,
      .megabytes = run->workers.megabytes,
      .stop = run->stop ? &run->stop->asked : NULL,
  };
  enum proda_farm_end end;
  if (run->stop)
    run->stop->attended = 1;
  int status = proda_farm_run(&work, &options, &end, error);
  if (run->stop)
    run->stop->attended = 0;
  if (status == PRODA_OK && end == PRODA_FARM_STOPPED && c->result.count < c->prepared->n_sites)
    return proda_error_set(error,
                           "stopped with %zu of %zu sites done, which are kept; the same command "
                           "goes on from there",
                           c->result.count, c->prepared->n_sites);
  return status;
}

static int sample(struct calibration *c, struct proda_error *error)
{
  int status = proda_make_parents(c->journal_path, error);
  if (status == PRODA_OK)
    status =
        proda_journal_open(c->journal_path, c->inputs, take_journal_record, c, &c->journal, error);
  if (status != PRODA_OK)
    return status;
  size_t already = c->result.count;
  if (already > 0)
    proda_report(c->run, "calibrate: going on with %zu of %zu sites already done", already,
                 c->prepared->n_sites);
  status = sample_all(c, error);
  if (status == PRODA_OK)
    status = proda_calibrated_write(&c->result, c->journal, c->store, c->run, c->inputs, error);
  if (status == PRODA_OK) {
    proda_journal_remove(c->journal);
    c->journal = NULL;
  }
  return status;
}

static void tear_down(struct calibration *c)
{
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

int proda_stage_calibrate(const struct proda_run *run,
                          const struct proda_experiment_structure *structure,
                          struct proda_error *error)
{
  struct calibration c = {
      .run = run,
      .experiment = run->experiment,
      .chosen = structure,
      .store = proda_store_path(run, structure->name, "calibrate"),
      .journal_path = proda_output_path(run, structure->name, "calibrate", "journal"),
      .prepare_path = proda_store_path(run, NULL, "prepare"),
  };
  int status = PRODA_OK;
  if (!c.store || !c.journal_path || !c.prepare_path)
    status = proda_error_set(error, "out of memory for a path");
  if (status == PRODA_OK)
    status = load_plugins(&c, error);
  if (status == PRODA_OK)
    status = digest_inputs(&c, error);
  if (status == PRODA_OK && proda_store_current(c.store, c.inputs)) {
    proda_report(run, "calibrate %s: up to date", structure->name);
    goto out;
  }
  if (status == PRODA_OK)
    status = set_up(&c, error);
  if (status == PRODA_OK)
    report_unseen(&c);
  if (status == PRODA_OK)
    status = sample(&c, error);
out:
  tear_down(&c);
  return status;
}
