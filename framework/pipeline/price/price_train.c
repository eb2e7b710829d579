#include <math.h>
#include <stdlib.h>

#include "core/clock.h"
#include "pipeline/prepare/prepared.h"
#include "pipeline/price/price_private.h"
#include "pipeline/train/predictor.h"
#include "pipeline/train/split.h"
#include "progress/amount.h"

/* What a trial training needs beside prepare.nc. */
struct trial {
  const struct proda_pricing *pricing;
  const struct proda_experiment_structure *chosen;
  struct proda_loaded *model, *emulator;
  struct proda_space *space;
  struct proda_prepared *prepared;
  double *estimate;
  bool *kept, *is_class;
  enum proda_part *part;
};

static int load(struct trial *t, struct proda_error *error)
{
  const struct proda_run *run = &t->pricing->run;
  char *path = proda_store_path(run, NULL, "prepare");
  int status = path ? proda_run_load(run, t->chosen->model, PRODA_MODEL, &t->model, error)
                    : proda_error_set(error, "out of memory for a path");
  if (status == PRODA_OK)
    status =
        proda_run_load(run, run->experiment->train.emulator, PRODA_EMULATOR, &t->emulator, error);
  if (status == PRODA_OK)
    status = proda_space_new(run->experiment, t->chosen, t->model->manifest, &t->space, error);
  if (status == PRODA_OK)
    status = proda_prepared_read(path, &t->prepared, error);
  free(path);
  return status;
}

/* Estimates that vary smoothly over the globe, as those of a calibration might, since a network
 * stops sooner where there is nothing to learn. All sites are kept. */
static int make_up_estimates(struct trial *t, struct proda_error *error)
{
  const struct proda_experiment *experiment = t->pricing->run.experiment;
  const struct proda_prepared *p = t->prepared;
  size_t n = p->n_sites, n_parameters = t->space->n_parameters;
  t->estimate = calloc(n * n_parameters + 1, sizeof *t->estimate);
  t->kept = calloc(n + 1, sizeof *t->kept);
  t->part = calloc(n + 1, sizeof *t->part);
  t->is_class = calloc(p->n_covariates + 1, sizeof *t->is_class);
  if (!t->estimate || !t->kept || !t->part || !t->is_class)
    return proda_error_set(error, "out of memory for %zu sites", n);
  for (size_t s = 0; s < n; s++) {
    t->kept[s] = true;
    t->part[s] = proda_split_site(&experiment->train, experiment->seed, (uint64_t)p->site_id[s],
                                  p->latitude[s], p->longitude[s]);
    for (size_t k = 0; k < n_parameters; k++) {
      double scaled = 0.5 + 0.4 * sin(0.05 * p->latitude[s] + 0.02 * p->longitude[s] + (double)k);
      t->estimate[s * n_parameters + k] =
          isnan(t->space->fixed[k]) ? proda_space_unscale(t->space, k, scaled) : t->space->fixed[k];
    }
  }
  for (size_t j = 0; j < p->n_covariates; j++)
    t->is_class[j] = p->covariate_is_class[j] != 0;
  return PRODA_OK;
}

/* Early stopping ends a fit somewhere: the trial's end is as likely as any before the last epoch.
 */
static void set_price(const struct proda_learning *learning, double seconds, size_t most,
                      bool ended, struct proda_priced *priced)
{
  size_t n = learning->n_epochs > 0 ? learning->n_epochs : 1;
  double each = seconds / (double)n;
  char rate[PRODA_AMOUNT_SIZE];
  proda_amount_rate(1 / each, rate);
  priced->most = most > 0 ? each * (double)most : ended ? 4 * seconds : INFINITY;
  priced->likely = ended || most == 0 ? seconds : fmax(seconds, priced->most / 2);
  priced->least = fmin(priced->likely, fmax(ended ? 0.3 * seconds : seconds, 0));
  if (most > 0)
    snprintf(priced->work, sizeof priced->work, "at most %zu epochs, %s", most, rate);
  else
    snprintf(priced->work, sizeof priced->work, "epochs as many as the emulator wants, %s", rate);
}

static int fit(struct trial *t, struct proda_priced *priced, struct proda_error *error)
{
  const struct proda_prepared *p = t->prepared;
  const double limit = 0.25 * t->pricing->seconds;
  const struct proda_predictor_setup setup = {&t->pricing->run, t->emulator,     t->model->manifest,
                                              t->space,         t->chosen->name, limit};
  const struct proda_lesson lesson = {
      .covariates = {.n_sites = p->n_sites,
                     .n = p->n_covariates,
                     .name = (const char *const *)p->covariate_name,
                     .is_class = t->is_class,
                     .value = p->covariate},
      .estimate = t->estimate,
      .kept = t->kept,
      .part = t->part,
  };
  struct proda_learning learning = {0};
  struct proda_predictor *predictor = NULL;
  double begun = proda_clock();
  int status = proda_predictor_fit(&setup, &lesson, &learning, &predictor, error);
  double seconds = proda_clock() - begun;
  if (status == PRODA_OK) {
    set_price(&learning, seconds, proda_predictor_epochs(predictor), seconds < limit, priced);
    /* what was learned, predicted parameters of sites, what four sources give for their layers */
    priced->bytes = sizeof(double) * (double)(proda_predictor_size(predictor) +
                                              p->n_sites * t->space->n_parameters + 4 * p->n_obs);
  }
  proda_predictor_free(predictor);
  proda_learning_free(&learning);
  return status;
}

int proda_price_train(const struct proda_pricing *pricing,
                      const struct proda_experiment_structure *structure,
                      struct proda_priced *priced, struct proda_error *error)
{
  struct trial t = {.pricing = pricing, .chosen = structure};
  int status = load(&t, error);
  if (status == PRODA_OK)
    status = make_up_estimates(&t, error);
  if (status == PRODA_OK)
    status = fit(&t, priced, error);
  free(t.estimate);
  free(t.kept);
  free(t.part);
  free(t.is_class);
  proda_prepared_free(t.prepared);
  proda_space_free(t.space);
  proda_loaded_free(t.emulator);
  proda_loaded_free(t.model);
  return status;
}
