/** @file engine.h
 * Learning and predicting in one precision; what is learned leaves as doubles.
 */
#ifndef MLP_ENGINE_H
#define MLP_ENGINE_H

#include <proda/emulator.h>

#include "settings.h"
#include "shape.h"

struct mlp_engine {
  /** Trains a network from `seed` and writes the weights of the epoch with the least validation
   * loss to learned[n_weights]. Without validation samples the training loss judges. Validation is
   * without dropout and over all its samples at once. The streams of random numbers are
   * (seed, 0, layer) for weights, (seed, 1 + epoch, 0) for the order of samples and
   * (seed, 1 + step, 1) for dropout. */
  int (*fit)(const struct mlp_settings *settings, const struct network_shape *shape,
             const struct proda_samples *samples, uint64_t seed,
             const struct proda_fit_progress *progress, double *learned, struct proda_error *error);

  /** output[n][n_outputs] of input[n][n_inputs], row by row. */
  int (*predict)(const struct network_shape *shape, const double *learned, size_t n,
                 const double *input, double *output, struct proda_error *error);
};

extern const struct mlp_engine mlp_engine_float, mlp_engine_double;

#endif
