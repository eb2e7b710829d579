#include "trainer.h"

#include <stdlib.h>
#include <string.h>

#include <proda/random.h>

#include "loss.h"

static void copy_row(const double *from, size_t width, real *to)
{
  for (size_t j = 0; j < width; j++)
    to[j] = (real)from[j];
}

static void copy_samples(struct trainer *trainer, const struct proda_samples *samples)
{
  size_t next[2] = {0, trainer->n_training};
  for (size_t i = 0; i < samples->n; i++) {
    size_t row = next[samples->validation[i]]++;
    copy_row(samples->input + i * samples->n_inputs, samples->n_inputs,
             trainer->input + row * samples->n_inputs);
    copy_row(samples->output + i * samples->n_outputs, samples->n_outputs,
             trainer->output + row * samples->n_outputs);
  }
}

static int allocate(struct trainer *trainer, const struct network_shape *shape,
                    const struct proda_samples *samples)
{
  size_t batch = trainer->settings->batch;
  trainer->input = calloc(samples->n * samples->n_inputs + 1, sizeof(real));
  trainer->output = calloc(samples->n * samples->n_outputs + 1, sizeof(real));
  trainer->order = calloc(trainer->n_training, sizeof *trainer->order);
  trainer->target = calloc(batch * samples->n_outputs, sizeof(real));
  trainer->uniform = calloc(batch * shape->n_hidden_units + 1, sizeof(double));
  trainer->scratch = calloc(2 * shape->widest, sizeof(real));
  if (!trainer->input || !trainer->output || !trainer->order || !trainer->target ||
      !trainer->uniform || !trainer->scratch)
    return PRODA_ERROR;
  if (network_init(&trainer->network, shape, batch, trainer->settings->dropout) != PRODA_OK)
    return PRODA_ERROR;
  return optimizer_init(&trainer->optimizer, trainer->settings, shape->n_weights);
}

int trainer_init(struct trainer *trainer, const struct mlp_settings *settings,
                 const struct network_shape *shape, const struct proda_samples *samples,
                 uint64_t seed, struct proda_error *error)
{
  *trainer = (struct trainer){.settings = settings, .seed = seed};
  for (size_t i = 0; i < samples->n; i++)
    trainer->n_validation += samples->validation[i];
  trainer->n_training = samples->n - trainer->n_validation;
  if (allocate(trainer, shape, samples) != PRODA_OK) {
    trainer_free(trainer);
    return proda_error_set(error, "mlp: not enough memory for %zu samples and %zu weights",
                           samples->n, shape->n_weights);
  }
  copy_samples(trainer, samples);
  for (size_t i = 0; i < trainer->n_training; i++)
    trainer->order[i] = i;
  network_randomize(&trainer->network, seed);
  return PRODA_OK;
}

void trainer_free(struct trainer *trainer)
{
  free(trainer->input);
  free(trainer->output);
  free(trainer->order);
  free(trainer->target);
  free(trainer->uniform);
  free(trainer->scratch);
  network_free(&trainer->network);
  optimizer_free(&trainer->optimizer);
  *trainer = (struct trainer){0};
}

/* Fisher-Yates */
static void shuffle(struct trainer *trainer, size_t epoch)
{
  struct proda_random random;
  proda_random_start(&random, trainer->seed, 1 + epoch, 0);
  for (size_t i = trainer->n_training; i > 1; i--) {
    size_t j = proda_random_below(&random, (uint32_t)i);
    size_t row = trainer->order[i - 1];
    trainer->order[i - 1] = trainer->order[j];
    trainer->order[j] = row;
  }
}

static void gather(struct trainer *trainer, size_t first, size_t n)
{
  const struct network_shape *shape = &trainer->network.shape;
  size_t in = shape->width[0], out = shape->width[shape->n_layers];
  for (size_t i = 0; i < n; i++) {
    size_t row = trainer->order[first + i];
    memcpy(trainer->network.activation[0] + i * in, trainer->input + row * in, in * sizeof(real));
    memcpy(trainer->target + i * out, trainer->output + row * out, out * sizeof(real));
  }
}

static double train_batch(struct trainer *trainer, size_t first, size_t n)
{
  struct network *network = &trainer->network;
  const struct network_shape *shape = &network->shape;
  const double *uniform = NULL;
  if (network->dropout > 0) {
    struct proda_random random;
    proda_random_start(&random, trainer->seed, 1 + trainer->step, 1);
    proda_random_uniforms(&random, n * shape->n_hidden_units, trainer->uniform);
    uniform = trainer->uniform;
  }
  trainer->step++;
  gather(trainer, first, n);
  network_forward(network, n, uniform);
  double loss =
      loss_evaluate(trainer->settings->loss, network->activation[shape->n_layers], trainer->target,
                    n * shape->width[shape->n_layers], network->delta[0]);
  network_backward(network, n, uniform != NULL);
  optimizer_step(&trainer->optimizer, network->weight, network->gradient);
  return loss;
}

double trainer_epoch(struct trainer *trainer, size_t epoch)
{
  double sum = 0;
  shuffle(trainer, epoch);
  for (size_t first = 0; first < trainer->n_training; first += trainer->settings->batch) {
    size_t n = trainer->n_training - first;
    if (n > trainer->settings->batch)
      n = trainer->settings->batch;
    sum += (double)n * train_batch(trainer, first, n);
  }
  return sum / (double)trainer->n_training;
}

double trainer_validate(struct trainer *trainer)
{
  const struct network_shape *shape = &trainer->network.shape;
  size_t in = shape->width[0], out = shape->width[shape->n_layers];
  struct loss_sums sums = {0};
  for (size_t i = 0; i < trainer->n_validation; i++) {
    size_t row = trainer->n_training + i;
    const real *prediction = NULL;
    network_predict(shape, trainer->network.weight, trainer->input + row * in, trainer->scratch,
                    &prediction);
    loss_add(prediction, trainer->output + row * out, out, &sums);
  }
  return loss_value(trainer->settings->loss, &sums);
}
