#include "pipeline/train/predictor.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <proda/random.h>

#include "core/clock.h"
#include "pipeline/train/predictor_private.h"

/* Substream of its own: walkers count from 0. */
enum { SUBSTREAM = 0x74726169 };

void proda_learning_free(struct proda_learning *learning)
{
  free(learning->training);
  free(learning->validation);
  *learning = (struct proda_learning){0};
}

void proda_predictor_free(struct proda_predictor *predictor)
{
  if (!predictor)
    return;
  if (predictor->emulator)
    predictor->ops->destroy(predictor->emulator);
  proda_encoder_free(predictor->encoder);
  free(predictor->lower);
  free(predictor->upper);
  free(predictor);
}

int proda_predictor_new(const struct proda_predictor_setup *setup, struct proda_encoder *encoder,
                        struct proda_predictor **predictor, struct proda_error *error)
{
  size_t n_free = setup->space->n_free;
  struct proda_settings *settings = NULL;
  struct proda_predictor *made = calloc(1, sizeof *made);
  int status = PRODA_ERROR;
  if (!made) {
    proda_encoder_free(encoder);
    proda_error_set(error, "out of memory for a predictor");
    return PRODA_ERROR;
  }
  *made = (struct proda_predictor){
      .setup = *setup,
      .ops = setup->emulator->plugin->ops,
      .encoder = encoder,
      .lower = calloc(n_free, sizeof(double)),
      .upper = calloc(n_free, sizeof(double)),
  };
  if (!made->lower || !made->upper) {
    proda_error_set(error, "out of memory for %zu parameters", n_free);
    goto out;
  }
  const struct proda_experiment *experiment = setup->run->experiment;
  if (proda_settings_make(setup->emulator->manifest, experiment->document,
                          experiment->train.settings, &settings, error) != PRODA_OK)
    goto out;
  proda_run_calls(setup->run, setup->emulator, "it was created");
  status = made->ops->create(proda_encoder_width(encoder), n_free, settings->value, &made->emulator,
                             error);
  proda_run_returns(setup->run);
out:
  proda_settings_free(settings);
  if (status != PRODA_OK) {
    proda_predictor_free(made);
    made = NULL;
  }
  *predictor = made;
  return status;
}

/* Samples of the sites that teach or judge. */
struct samples {
  size_t n;
  double *input, *output;
  bool *validation, *usable;
};

static void samples_free(struct samples *samples)
{
  free(samples->input);
  free(samples->output);
  free(samples->validation);
  free(samples->usable);
}

static int samples_new(size_t n_sites, size_t width, size_t n_free, struct samples *samples,
                       struct proda_error *error)
{
  *samples = (struct samples){
      .input = calloc(n_sites * width + 1, sizeof(double)),
      .output = calloc(n_sites * n_free + 1, sizeof(double)),
      .validation = calloc(n_sites + 1, sizeof(bool)),
      .usable = calloc(n_sites + 1, sizeof(bool)),
  };
  if (!samples->input || !samples->output || !samples->validation || !samples->usable)
    return proda_error_set(error, "out of memory for %zu sites to train on", n_sites);
  return PRODA_OK;
}

static void widen_range(struct proda_predictor *predictor, const double *target, bool first)
{
  for (size_t k = 0; k < predictor->setup.space->n_free; k++) {
    predictor->lower[k] = first ? target[k] : fmin(predictor->lower[k], target[k]);
    predictor->upper[k] = first ? target[k] : fmax(predictor->upper[k], target[k]);
  }
}

/* Moves the samples that count to the front and fills their targets. */
static void gather(struct proda_predictor *predictor, const struct proda_lesson *lesson,
                   struct samples *samples)
{
  const struct proda_space *space = predictor->setup.space;
  size_t width = proda_encoder_width(predictor->encoder);
  bool first = true;
  for (size_t s = 0; s < lesson->covariates.n_sites; s++) {
    if (!lesson->kept[s] || !samples->usable[s] || lesson->part[s] == PRODA_PART_HELD_OUT)
      continue;
    double *target = samples->output + samples->n * space->n_free;
    for (size_t k = 0; k < space->n_free; k++) {
      size_t p = space->free[k];
      target[k] = proda_space_scale(space, p, lesson->estimate[s * space->n_parameters + p]);
    }
    memmove(samples->input + samples->n * width, samples->input + s * width,
            width * sizeof(double));
    samples->validation[samples->n] = lesson->part[s] == PRODA_PART_VALIDATION;
    if (!samples->validation[samples->n]) {
      widen_range(predictor, target, first);
      first = false;
    }
    samples->n++;
  }
}

size_t proda_predictor_epochs(const struct proda_predictor *predictor)
{
  const struct proda_emulator_epochs *epochs =
      predictor->ops->extension ? predictor->ops->extension(predictor->emulator, "epochs") : NULL;
  return epochs ? epochs->most(predictor->emulator) : 0;
}

size_t proda_predictor_size(const struct proda_predictor *predictor)
{
  size_t size = 0;
  for (size_t i = 0; i < predictor->ops->n_arrays(predictor->emulator); i++) {
    struct proda_array array;
    predictor->ops->array(predictor->emulator, i, &array);
    size_t n = 1;
    for (size_t d = 0; d < array.rank; d++)
      n *= array.dim[d];
    size += n;
  }
  return size;
}

struct listener {
  const struct proda_predictor *predictor;
  double end; /* when the fit is to end; 0: when it wants */
  struct proda_learning *learning;
};

static bool make_room(struct proda_learning *learning)
{
  size_t capacity = learning->capacity ? 2 * learning->capacity : 1024;
  double *training = realloc(learning->training, capacity * sizeof *training);
  if (training)
    learning->training = training;
  double *validation = realloc(learning->validation, capacity * sizeof *validation);
  if (validation)
    learning->validation = validation;
  if (!training || !validation)
    return false;
  learning->capacity = capacity;
  return true;
}

/* Losses beyond what memory holds are not recorded; the fit goes on. */
static bool hear_epoch(void *context, size_t epoch, double training, double validation)
{
  struct listener *listener = context;
  struct proda_learning *learning = listener->learning;
  char note[64];
  snprintf(note, sizeof note, "loss %.4g, validation %.4g", training, validation);
  const struct proda_predictor_setup *setup = &listener->predictor->setup;
  proda_guard_renew(setup->run->guard);
  const struct proda_progress progress = {.stage = "train",
                                          .structure = setup->name,
                                          .units = "epochs",
                                          .done = epoch + 1,
                                          .total = proda_predictor_epochs(listener->predictor),
                                          .note = note};
  proda_progress(setup->run, &progress);
  if (learning->n_epochs < learning->capacity || make_room(learning)) {
    learning->training[learning->n_epochs] = training;
    learning->validation[learning->n_epochs++] = validation;
  }
  return listener->end == 0 || proda_clock() < listener->end;
}

/* The network's seed, drawn from the experiment's. */
static uint64_t emulator_seed(uint64_t seed)
{
  struct proda_random random;
  proda_random_start(&random, seed, 0, SUBSTREAM);
  return (uint64_t)(0x1p53 * proda_random_uniform(&random));
}

static int fit_emulator(struct proda_predictor *predictor, const struct proda_lesson *lesson,
                        struct proda_learning *learning, struct proda_error *error)
{
  const struct proda_run *run = predictor->setup.run;
  size_t width = proda_encoder_width(predictor->encoder), n_free = predictor->setup.space->n_free;
  struct samples samples;
  struct proda_encoding summary;
  double seconds = predictor->setup.seconds;
  struct listener listener = {predictor, seconds > 0 ? proda_clock() + seconds : 0, learning};
  struct proda_fit_progress progress = {hear_epoch, &listener};
  int status = samples_new(lesson->covariates.n_sites, width, n_free, &samples, error);
  if (status == PRODA_OK)
    status = proda_encoder_apply(predictor->encoder, &lesson->covariates, samples.input,
                                 samples.usable, &summary, error);
  if (status == PRODA_OK) {
    gather(predictor, lesson, &samples);
    struct proda_samples given = {samples.n,     width,          n_free,
                                  samples.input, samples.output, samples.validation};
    proda_run_calls_in_steps(run, predictor->setup.emulator, "it learned");
    status = predictor->ops->fit(predictor->emulator, &given, emulator_seed(run->experiment->seed),
                                 &progress, error);
    proda_run_returns(run);
  }
  samples_free(&samples);
  return status;
}

static int learn_encoder(const struct proda_predictor_setup *setup,
                         const struct proda_lesson *lesson, struct proda_encoder **encoder,
                         struct proda_error *error)
{
  size_t n = lesson->covariates.n_sites, n_training = 0;
  bool *training = calloc(n + 1, sizeof *training);
  if (!training)
    return proda_error_set(error, "out of memory for %zu sites", n);
  for (size_t s = 0; s < n; s++) {
    training[s] = lesson->kept[s] && lesson->part[s] == PRODA_PART_TRAINING;
    n_training += training[s];
  }
  int status = n_training == 0
                   ? proda_error_set(error,
                                     "train: none of %zu sites is left to train on: see the "
                                     "counts of screen, or lower train: share",
                                     n)
                   : proda_encoder_learn(&lesson->covariates, training,
                                         &setup->run->experiment->train, encoder, error);
  free(training);
  return status;
}

int proda_predictor_fit(const struct proda_predictor_setup *setup,
                        const struct proda_lesson *lesson, struct proda_learning *learning,
                        struct proda_predictor **predictor, struct proda_error *error)
{
  struct proda_encoder *encoder = NULL;
  *predictor = NULL;
  *learning = (struct proda_learning){0};
  if (learn_encoder(setup, lesson, &encoder, error) != PRODA_OK ||
      proda_predictor_new(setup, encoder, predictor, error) != PRODA_OK)
    return PRODA_ERROR;
  if (fit_emulator(*predictor, lesson, learning, error) == PRODA_OK)
    return PRODA_OK;
  proda_predictor_free(*predictor);
  *predictor = NULL;
  return PRODA_ERROR;
}

/* One site's prediction, held within the range and brought to physical units. */
static void finish_site(const struct proda_predictor *predictor, const double *scaled,
                        double *parameter)
{
  const struct proda_space *space = predictor->setup.space;
  memcpy(parameter, space->fixed, space->n_parameters * sizeof *parameter);
  for (size_t k = 0; k < space->n_free; k++) {
    double x = fmin(predictor->upper[k], fmax(predictor->lower[k], scaled[k]));
    parameter[space->free[k]] = proda_space_unscale(space, space->free[k], x);
  }
}

int proda_predictor_apply(const struct proda_predictor *predictor,
                          const struct proda_covariates *covariates, double *parameter,
                          bool *usable, struct proda_encoding *summary, struct proda_error *error)
{
  const struct proda_space *space = predictor->setup.space;
  size_t n = covariates->n_sites, width = proda_encoder_width(predictor->encoder);
  double *input = calloc(n * width + 1, sizeof *input);
  double *scaled = calloc(n * space->n_free + 1, sizeof *scaled);
  int status = PRODA_ERROR;
  if (!input || !scaled) {
    proda_error_set(error, "out of memory for %zu sites", n);
    goto out;
  }
  if (proda_encoder_apply(predictor->encoder, covariates, input, usable, summary, error))
    goto out;
  proda_run_calls_in_steps(predictor->setup.run, predictor->setup.emulator, "it predicted");
  if (predictor->ops->predict(predictor->emulator, n, input, scaled, error))
    goto out;
  proda_run_returns(predictor->setup.run);
  for (size_t s = 0; s < n; s++) {
    double *row = parameter + s * space->n_parameters;
    if (usable[s])
      finish_site(predictor, scaled + s * space->n_free, row);
    for (size_t p = 0; !usable[s] && p < space->n_parameters; p++)
      row[p] = NAN;
  }
  status = PRODA_OK;
out:
  free(input);
  free(scaled);
  return status;
}
