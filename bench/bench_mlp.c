/* One training epoch of the study's network: 60 inputs, hidden 256-512-512-256, 21 outputs, 10,000
 * samples, batch 32, Adadelta, dropout 0.2, one thread; beside the peak of sgemm (512^3) in this
 * run. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cblas.h>

#include <proda/random.h>

#include "plugins/mlp/trainer.h"

enum { SAMPLES = 10000, INPUTS = 60, OUTPUTS = 21, EDGE = 512, REPEATS = 5 };

static double now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Best GFLOP/s of square products. */
static double sgemm_peak(float *work)
{
  float *a = work, *b = a + EDGE * EDGE, *c = b + EDGE * EDGE;
  double best = 0;
  for (int i = 0; i < 50; i++) {
    double start = now();
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, EDGE, EDGE, EDGE, 1, a, EDGE, b, EDGE, 0,
                c, EDGE);
    double rate = 2.0 * EDGE * EDGE * EDGE / (now() - start) * 1e-9;
    best = rate > best ? rate : best;
  }
  return best;
}

/* Multiply-adds of a training step of one sample: forward, weights' gradient, and the layers'
 * gradient below the first. */
static double flop_per_sample(const struct network_shape *shape)
{
  double flop = 0;
  for (size_t l = 0; l < shape->n_layers; l++)
    flop += (l == 0 ? 4.0 : 6.0) * (double)(shape->width[l] * shape->width[l + 1]);
  return flop;
}

static void report(struct trainer *trainer, double peak)
{
  double best = INFINITY;
  for (size_t epoch = 0; epoch < REPEATS; epoch++) {
    double start = now();
    trainer_epoch(trainer, epoch);
    best = fmin(best, now() - start);
  }
  double rate = SAMPLES / best, gflops = rate * flop_per_sample(&trainer->network.shape) * 1e-9;
  printf("mlp, one epoch of 10,000 samples   %8.3f s  %9.0f samples/s\n", best, rate);
  printf("mlp, arithmetic                    %8.1f GFLOP/s, sgemm peak %.1f GFLOP/s: %.0f %% "
         "(wanted: at least 35 %%)\n",
         gflops, peak, 100 * gflops / peak);
}

int main(void)
{
  static const size_t hidden[] = {256, 512, 512, 256};
  struct mlp_settings settings = {.dropout = 0.2,
                                  .optimizer = MLP_ADADELTA,
                                  .learning_rate = 1,
                                  .rho = 0.95,
                                  .epsilon = 1e-7,
                                  .batch = 32,
                                  .loss = MLP_LOSS_PRODUCT};
  struct network_shape shape;
  struct proda_random random;
  struct proda_error error;
  struct trainer trainer;
  int result = EXIT_FAILURE;
  double *x = calloc(SAMPLES * INPUTS, sizeof *x), *y = calloc(SAMPLES * OUTPUTS, sizeof *y);
  bool *validation = calloc(SAMPLES, sizeof *validation);
  float *work = calloc(3 * EDGE * EDGE, sizeof *work);
  if (!x || !y || !validation || !work)
    goto out;
  openblas_set_num_threads(1);
  proda_random_start(&random, 1, 1, 1);
  proda_random_uniforms(&random, SAMPLES * INPUTS, x);
  proda_random_uniforms(&random, SAMPLES * OUTPUTS, y);
  struct proda_samples samples = {SAMPLES, INPUTS, OUTPUTS, x, y, validation};
  network_shape_make(INPUTS, OUTPUTS, 4, hidden, &shape);
  if (trainer_init(&trainer, &settings, &shape, &samples, 1, &error) != PRODA_OK) {
    fprintf(stderr, "%s\n", error.message);
    goto out;
  }
  report(&trainer, sgemm_peak(work));
  trainer_free(&trainer);
  result = EXIT_SUCCESS;
out:
  free(x);
  free(y);
  free(validation);
  free(work);
  return result;
}
