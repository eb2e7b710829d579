#include "engine.h"

#include <stdlib.h>

#include "trainer.h"

static void keep_weights(const struct trainer *trainer, double *learned)
{
  for (size_t i = 0; i < trainer->network.shape.n_weights; i++)
    learned[i] = (double)trainer->network.weight[i];
}

/* The epochs of a fit. `*best` is the least loss, infinite where no epoch had a finite one. */
static void run_epochs(struct trainer *trainer, const struct proda_fit_progress *progress,
                       double *learned, double *best)
{
  const struct mlp_settings *settings = trainer->settings;
  size_t best_epoch = 0;
  *best = INFINITY;
  for (size_t epoch = 0; epoch < settings->epochs; epoch++) {
    double training = trainer_epoch(trainer, epoch);
    double validation = trainer_validate(trainer);
    double judge = trainer->n_validation > 0 ? validation : training;
    if (judge < *best) {
      *best = judge;
      best_epoch = epoch;
      keep_weights(trainer, learned);
    }
    if (progress && progress->report &&
        !progress->report(progress->context, epoch, training, validation))
      break;
    if (!isfinite(training) || (settings->patience > 0 && epoch - best_epoch >= settings->patience))
      break;
  }
}

static int fit(const struct mlp_settings *settings, const struct network_shape *shape,
               const struct proda_samples *samples, uint64_t seed,
               const struct proda_fit_progress *progress, double *learned,
               struct proda_error *error)
{
  struct trainer trainer;
  if (trainer_init(&trainer, settings, shape, samples, seed, error) != PRODA_OK)
    return PRODA_ERROR;
  /* More threads would change the order of sums, and gain nothing at this size. */
  int threads = openblas_get_num_threads();
  openblas_set_num_threads(1);
  double best = 0;
  run_epochs(&trainer, progress, learned, &best);
  openblas_set_num_threads(threads);
  trainer_free(&trainer);
  if (!isfinite(best))
    return proda_error_set(error, "mlp: the loss was not finite from the first epoch on; "
                                  "lower learning_rate or look for extreme targets");
  return PRODA_OK;
}

static int predict(const struct network_shape *shape, const double *learned, size_t n,
                   const double *input, double *output, struct proda_error *error)
{
  int status = PRODA_OK;
  size_t in = shape->width[0], out = shape->width[shape->n_layers];
  real *weight = calloc(shape->n_weights, sizeof *weight);
  real *row = calloc(in, sizeof *row);
  real *scratch = calloc(2 * shape->widest, sizeof *scratch);
  if (!weight || !row || !scratch) {
    status = proda_error_set(error, "mlp: not enough memory for %zu weights", shape->n_weights);
    goto out;
  }
  for (size_t i = 0; i < shape->n_weights; i++)
    weight[i] = (real)learned[i];
  for (size_t i = 0; i < n; i++) {
    const real *prediction = NULL;
    for (size_t j = 0; j < in; j++)
      row[j] = (real)input[i * in + j];
    network_predict(shape, weight, row, scratch, &prediction);
    for (size_t j = 0; j < out; j++)
      output[i * out + j] = (double)prediction[j];
  }
out:
  free(weight);
  free(row);
  free(scratch);
  return status;
}

const struct mlp_engine MLP_NAME(mlp_engine) = {.fit = fit, .predict = predict};
