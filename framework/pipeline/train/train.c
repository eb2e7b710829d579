#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/ad_hoc.h"
#include "pipeline/inputs.h"
#include "pipeline/train/train_store.h"
#include "store/provenance.h"

/* Everything the stage holds while it runs. */
struct training {
  const struct proda_run *run;
  const struct proda_experiment *experiment;
  const struct proda_experiment_structure *chosen;
  char *store, *prepare_path, *calibrate_path, *screen_path;
  char inputs[PRODA_DIGEST_SIZE];

  struct proda_loaded *model, *emulator;
  struct proda_settings *model_settings;
  struct proda_space *space;
  struct proda_prepared *prepared;
  struct proda_forcing_file *forcing;
  struct proda_structure *structure;
  struct proda_predictor *predictor;
  struct proda_learning learning;

  double *estimate;                          /* [n_sites][n_parameters] */
  bool *is_class;                            /* [n_covariates] */
  bool *calibrated, *kept, *usable, *member; /* [n_sites] */
  enum proda_part *part;                     /* [n_sites] */
  enum proda_train_status *status;           /* [n_sites] */
  double *predicted;                         /* [n_sites][n_parameters] */
  double *median;                            /* [n_parameters] */
  double *everywhere;                        /* [n_sites][n_parameters]: the median at each */
  double *modelled;                          /* [PRODA_N_SOURCES][n_obs] */
  struct proda_group_skill skill[PRODA_N_GROUPS];
};

static int load_plugins(struct training *t, struct proda_error *error)
{
  const struct proda_yaml *document = t->experiment->document;
  if (proda_run_load(t->run, t->chosen->model, PRODA_MODEL, &t->model, error) ||
      proda_settings_make(t->model->manifest, document, t->chosen->settings, &t->model_settings,
                          error) ||
      proda_run_load(t->run, t->experiment->train.emulator, PRODA_EMULATOR, &t->emulator, error))
    return PRODA_ERROR;
  return proda_space_new(t->experiment, t->chosen, t->model->manifest, &t->space, error);
}

/* Digest of all that decides the store's content. */
static int digest_inputs(struct training *t, struct proda_error *error)
{
  const char *const store[] = {t->prepare_path, t->calibrate_path, t->screen_path};
  struct proda_digest *digest = proda_inputs_new("train 1");
  if (!digest)
    return proda_error_set(error, "out of memory for a digest");
  proda_digest_bytes(digest, &t->experiment->seed, sizeof t->experiment->seed);
  proda_inputs_section(digest, t->experiment->document, "calibrate");
  proda_inputs_section(digest, t->experiment->document, "train");
  proda_inputs_node(digest, t->chosen->node);
  int status = proda_inputs_plugin(digest, t->model, error);
  if (status == PRODA_OK)
    status = proda_inputs_plugin(digest, t->emulator, error);
  for (size_t i = 0; i < sizeof store / sizeof *store && status == PRODA_OK; i++)
    status = proda_inputs_store(digest, store[i], error);
  if (status == PRODA_OK)
    status = proda_digest_file(digest, t->experiment->grid, error);
  proda_digest_finish(digest, status == PRODA_OK ? t->inputs : NULL);
  return status;
}

/* The store's sites must be those of prepare, in their order. */
static int check_sites(const struct training *t, const struct proda_nc *file,
                       struct proda_error *error)
{
  size_t n = t->prepared->n_sites;
  double *id = NULL;
  if (proda_nc_read(file, "site_id", n, &id, error))
    return PRODA_ERROR;
  int same = memcmp(id, t->prepared->site_id, n * sizeof *id) == 0;
  free(id);
  return same ? PRODA_OK
              : proda_error_set(error, "%s: site_id differs from that of %s; run the stages anew",
                                proda_nc_path(file), t->prepare_path);
}

static int read_flags(const struct proda_nc *file, const char *variable, double wanted, size_t n,
                      bool *flag, struct proda_error *error)
{
  double *value = NULL;
  if (proda_nc_read(file, variable, n, &value, error))
    return PRODA_ERROR;
  for (size_t s = 0; s < n; s++)
    flag[s] = value[s] == wanted;
  free(value);
  return PRODA_OK;
}

static int read_calibrated(struct training *t, struct proda_error *error)
{
  struct proda_nc *file = NULL;
  size_t n = t->prepared->n_sites;
  int status = proda_nc_open(t->calibrate_path, &file, error);
  if (status == PRODA_OK)
    status = check_sites(t, file, error);
  if (status == PRODA_OK)
    status = proda_nc_read(file, "estimate", n * t->space->n_parameters, &t->estimate, error);
  if (status == PRODA_OK)
    status = read_flags(file, "state", 0, n, t->calibrated, error);
  proda_nc_close(file);
  return status;
}

static int read_screened(struct training *t, struct proda_error *error)
{
  struct proda_nc *file = NULL;
  int status = proda_nc_open(t->screen_path, &file, error);
  if (status == PRODA_OK)
    status = check_sites(t, file, error);
  if (status == PRODA_OK)
    status = read_flags(file, "kept", 1, t->prepared->n_sites, t->kept, error);
  proda_nc_close(file);
  return status;
}

static int allocate(struct training *t, struct proda_error *error)
{
  size_t n = t->prepared->n_sites + 1, n_parameters = t->space->n_parameters;
  t->is_class = calloc(t->prepared->n_covariates + 1, sizeof *t->is_class);
  t->calibrated = calloc(n, sizeof *t->calibrated);
  t->kept = calloc(n, sizeof *t->kept);
  t->usable = calloc(n, sizeof *t->usable);
  t->member = calloc(n, sizeof *t->member);
  t->part = calloc(n, sizeof *t->part);
  t->status = calloc(n, sizeof *t->status);
  t->predicted = calloc(n * n_parameters, sizeof *t->predicted);
  t->median = calloc(n_parameters, sizeof *t->median);
  t->everywhere = calloc(n * n_parameters, sizeof *t->everywhere);
  t->modelled = calloc(PRODA_N_SOURCES * t->prepared->n_obs + 1, sizeof *t->modelled);
  if (!t->is_class || !t->calibrated || !t->kept || !t->usable || !t->member || !t->part ||
      !t->status || !t->predicted || !t->median || !t->everywhere || !t->modelled)
    return proda_error_set(error, "out of memory for %zu sites", n);
  return PRODA_OK;
}

static int read_data(struct training *t, struct proda_error *error)
{
  if (proda_prepared_read_with_forcing(t->prepare_path, t->experiment->grid, t->model->manifest,
                                       &t->prepared, &t->forcing, error))
    return PRODA_ERROR;
  proda_run_calls(t->run, t->model, "it was created");
  if (proda_structure_new(t->model, t->model_settings, proda_forcing_n_months(t->forcing),
                          &t->structure, error) ||
      allocate(t, error))
    return PRODA_ERROR;
  proda_run_returns(t->run);
  if (read_calibrated(t, error) || read_screened(t, error))
    return PRODA_ERROR;
  const struct proda_prepared *p = t->prepared;
  for (size_t s = 0; s < p->n_sites; s++) {
    t->part[s] = proda_split_site(&t->experiment->train, t->experiment->seed,
                                  (uint64_t)p->site_id[s], p->latitude[s], p->longitude[s]);
    t->kept[s] = t->kept[s] && t->calibrated[s];
  }
  for (size_t j = 0; j < p->n_covariates; j++)
    t->is_class[j] = p->covariate_is_class[j] != 0;
  return PRODA_OK;
}

static struct proda_covariates covariates_of(const struct training *t)
{
  return (struct proda_covariates){
      .n_sites = t->prepared->n_sites,
      .n = t->prepared->n_covariates,
      .name = (const char *const *)t->prepared->covariate_name,
      .is_class = t->is_class,
      .value = t->prepared->covariate,
  };
}

static void report_parts(const struct training *t, const struct proda_encoding *summary)
{
  size_t count[3] = {0}, not_kept = 0, incomplete = 0;
  for (size_t s = 0; s < t->prepared->n_sites; s++) {
    not_kept += t->status[s] == PRODA_TRAIN_NOT_KEPT;
    incomplete += t->status[s] == PRODA_TRAIN_INCOMPLETE;
    if (t->status[s] == PRODA_TRAIN_USED)
      count[t->part[s]]++;
  }
  proda_report(t->run,
               "train %s: %zu sites train, %zu validate, %zu are held out; %zu not kept by "
               "screen, %zu lack a covariate",
               t->chosen->name, count[PRODA_PART_TRAINING], count[PRODA_PART_VALIDATION],
               count[PRODA_PART_HELD_OUT], not_kept, incomplete);
  proda_report(t->run,
               "train %s: covariates filled at %zu sites, beyond the training range at %zu, "
               "of an unseen class at %zu",
               t->chosen->name, summary->n_filled, summary->n_cut, summary->n_unseen);
}

static int learn(struct training *t, struct proda_error *error)
{
  struct proda_predictor_setup setup = {t->run,   t->emulator,     t->model->manifest,
                                        t->space, t->chosen->name, 0};
  struct proda_covariates covariates = covariates_of(t);
  struct proda_lesson lesson = {covariates, t->estimate, t->kept, t->part};
  struct proda_encoding summary;
  if (proda_predictor_fit(&setup, &lesson, &t->learning, &t->predictor, error) ||
      proda_predictor_apply(t->predictor, &covariates, t->predicted, t->usable, &summary, error))
    return PRODA_ERROR;
  for (size_t s = 0; s < t->prepared->n_sites; s++)
    t->status[s] = !t->kept[s]     ? PRODA_TRAIN_NOT_KEPT
                   : !t->usable[s] ? PRODA_TRAIN_INCOMPLETE
                                   : PRODA_TRAIN_USED;
  report_parts(t, &summary);
  return PRODA_OK;
}

/* Median of the training sites' estimates; fixed parameters keep their value. */
static int find_median(struct training *t, struct proda_error *error)
{
  size_t n = t->prepared->n_sites, n_parameters = t->space->n_parameters;
  double *value = calloc(n + 1, sizeof *value);
  if (!value)
    return proda_error_set(error, "out of memory for %zu sites", n);
  for (size_t p = 0; p < n_parameters; p++) {
    size_t count = 0;
    for (size_t s = 0; s < n; s++)
      if (t->status[s] == PRODA_TRAIN_USED && t->part[s] == PRODA_PART_TRAINING)
        value[count++] = t->estimate[s * n_parameters + p];
    proda_sort(value, count);
    t->median[p] =
        isnan(t->space->fixed[p]) ? proda_quantile_sorted(value, count, 0.5) : t->space->fixed[p];
  }
  for (size_t s = 0; s < n; s++)
    memcpy(t->everywhere + s * n_parameters, t->median, n_parameters * sizeof *value);
  free(value);
  return PRODA_OK;
}

static int evaluate_ad_hoc(struct training *t, const struct proda_evaluation_setup *setup,
                           double *modelled, struct proda_error *error)
{
  size_t n_parameters = t->space->n_parameters;
  double mean[n_parameters];
  if (proda_ad_hoc_rule(t->chosen, t->model->manifest) == PRODA_AD_HOC_DEFAULTS)
    return proda_evaluation_run_ad_hoc(setup, NULL, modelled, error);
  const struct proda_estimates estimates = {t->prepared->n_sites, n_parameters, t->estimate,
                                            t->kept};
  if (proda_ad_hoc_mean(&estimates, mean, error) != PRODA_OK)
    return PRODA_ERROR;
  return proda_evaluation_run_ad_hoc(setup, mean, modelled, error);
}

static bool in_group(const struct training *t, size_t s, enum proda_group group)
{
  bool used = t->status[s] == PRODA_TRAIN_USED;
  switch (group) {
  case PRODA_GROUP_TRAINING:
    return used && t->part[s] == PRODA_PART_TRAINING;
  case PRODA_GROUP_VALIDATION:
    return used && t->part[s] == PRODA_PART_VALIDATION;
  case PRODA_GROUP_HELD_OUT:
    return used && t->part[s] == PRODA_PART_HELD_OUT;
  default:
    return t->usable[s] && t->calibrated[s] && t->part[s] == PRODA_PART_HELD_OUT;
  }
}

static int evaluate(struct training *t, struct proda_error *error)
{
  const struct proda_evaluation_setup setup = {
      t->structure, t->forcing, t->prepared, &t->experiment->calibrate.observation, t->run->guard};
  size_t n_obs = t->prepared->n_obs;
  double *modelled = t->modelled;
  if (find_median(t, error))
    return PRODA_ERROR;
  proda_run_calls_in_steps(t->run, t->model, "it ran at the profiles");
  if (proda_evaluation_run(&setup, t->predicted, t->usable,
                           modelled + PRODA_SOURCE_PREDICTED * n_obs, error) ||
      evaluate_ad_hoc(t, &setup, modelled + PRODA_SOURCE_DEFAULT * n_obs, error) ||
      proda_evaluation_run(&setup, t->everywhere, t->usable, modelled + PRODA_SOURCE_MEDIAN * n_obs,
                           error) ||
      proda_evaluation_run(&setup, t->estimate, t->calibrated, modelled + PRODA_SOURCE_OWN * n_obs,
                           error))
    return PRODA_ERROR;
  proda_run_returns(t->run);
  for (int group = 0; group < PRODA_N_GROUPS; group++) {
    for (size_t s = 0; s < t->prepared->n_sites; s++)
      t->member[s] = in_group(t, s, (enum proda_group)group);
    if (proda_evaluation_skill(t->prepared, modelled, t->member, &t->skill[group], error))
      return PRODA_ERROR;
  }
  return PRODA_OK;
}

static void report_skill(const struct training *t)
{
  const struct proda_group_skill *held_out = &t->skill[PRODA_GROUP_HELD_OUT];
  proda_report(t->run, "train %s: skill at %zu held-out profiles (%zu layers)", t->chosen->name,
               held_out->n_sites, held_out->linear[0].n);
  for (size_t source = 0; source < PRODA_N_SOURCES; source++) {
    const struct proda_skill *linear = &held_out->linear[source], *log = &held_out->log[source];
    proda_report(t->run,
                 "train %s:   %-13s R2 %6.3f, RMSE %8.0f, bias %8.0f gC m-3; "
                 "of ln SOC R2 %6.3f, RMSE %5.3f, bias %6.3f",
                 t->chosen->name, proda_source_names[source], linear->nse, linear->rmse,
                 linear->bias, log->nse, log->rmse, log->bias);
  }
}

static int write_store(const struct training *t, struct proda_error *error)
{
  const struct proda_trained trained = {
      .manifest = t->model->manifest,
      .prepared = t->prepared,
      .predictor = t->predictor,
      .learning = &t->learning,
      .part = t->part,
      .status = t->status,
      .predicted = t->predicted,
      .median = t->median,
      .modelled = t->modelled,
      .skill = t->skill,
  };
  return proda_trained_write(&trained, t->store, t->run, t->inputs, error);
}

static void tear_down(struct training *t)
{
  proda_guard_stage(t->run->guard, "train, releasing what it made,", t->chosen->name);
  proda_predictor_free(t->predictor);
  proda_learning_free(&t->learning);
  proda_structure_free(t->structure);
  proda_forcing_close(t->forcing);
  proda_prepared_free(t->prepared);
  proda_space_free(t->space);
  proda_settings_free(t->model_settings);
  proda_loaded_free(t->emulator);
  proda_loaded_free(t->model);
  void *const block[] = {t->store,     t->prepare_path, t->calibrate_path, t->screen_path,
                         t->estimate,  t->is_class,     t->calibrated,     t->kept,
                         t->usable,    t->member,       t->part,           t->status,
                         t->predicted, t->median,       t->everywhere,     t->modelled};
  for (size_t i = 0; i < sizeof block / sizeof *block; i++)
    free(block[i]);
}

static int train(struct training *t, struct proda_error *error)
{
  if (!t->store || !t->prepare_path || !t->calibrate_path || !t->screen_path)
    return proda_error_set(error, "out of memory for a path");
  bool due;
  if (load_plugins(t, error) || digest_inputs(t, error) ||
      proda_stage_due(t->run, "train", t->chosen->name, t->store, t->inputs, &due, error))
    return PRODA_ERROR;
  if (!due)
    return PRODA_OK;
  if (read_data(t, error) || learn(t, error) || evaluate(t, error) || write_store(t, error))
    return PRODA_ERROR;
  report_skill(t);
  return PRODA_OK;
}

int proda_stage_train(const struct proda_run *run,
                      const struct proda_experiment_structure *structure, struct proda_error *error)
{
  struct training t = {
      .run = run,
      .experiment = run->experiment,
      .chosen = structure,
      .store = proda_store_path(run, structure->name, "train"),
      .prepare_path = proda_store_path(run, NULL, "prepare"),
      .calibrate_path = proda_store_path(run, structure->name, "calibrate"),
      .screen_path = proda_store_path(run, structure->name, "screen"),
  };
  proda_stage_begin(run, "train", structure->name);
  int status = train(&t, error);
  tear_down(&t);
  return status;
}
