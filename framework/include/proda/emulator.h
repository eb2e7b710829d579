/** @file emulator.h
 * The contract of an emulator: from covariates to parameters.
 *
 * An emulator sees plain matrices: covariates that the host has encoded (classes one-hot, missing
 * values filled, scaled to [0,1]) and parameters scaled to (0,1) by their priors. It knows neither
 * structure nor site. What it has learned is a list of named arrays, which the host stores and
 * gives back; a prediction depends on nothing else.
 */
#ifndef PRODA_EMULATOR_H
#define PRODA_EMULATOR_H

#include <stdbool.h>

#include <proda/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Row-major, row = sample. `validation[i]` marks the samples that judge when to stop and which
 * weights to keep; they are never fitted. Borrowed. */
struct proda_samples {
  size_t n, n_inputs, n_outputs;
  const double *input;    /**< [n][n_inputs] */
  const double *output;   /**< [n][n_outputs] */
  const bool *validation; /**< [n] */
};

/** One learned array, to be stored and restored. Dims beyond `rank` are 1. */
struct proda_array {
  const char *name;
  size_t rank, dim[4];
  const double *value; /**< C order; borrowed from the emulator, or from the host in restore */
};

/** Called after each epoch; a false answer ends the fit with the best weights so far. A fit that is
 * not heard of for as long as `proda run --site-seconds` allows a site is taken to hang. */
struct proda_fit_progress {
  bool (*report)(void *context, size_t epoch, double training_loss, double validation_loss);
  void *context;
};

struct proda_emulator_ops {
  size_t size; /**< sizeof (struct proda_emulator_ops) */

  /** Makes an emulator for matrices of this width. Released by destroy. */
  int (*create)(size_t n_inputs, size_t n_outputs, const struct proda_setting *settings,
                void **emulator, struct proda_error *error);
  void (*destroy)(void *emulator);

  /** Learns. Same samples, settings and seed give the same arrays, to the bit. `progress` may be
   * NULL. */
  int (*fit)(void *emulator, const struct proda_samples *samples, uint64_t seed,
             const struct proda_fit_progress *progress, struct proda_error *error);

  /** output[n][n_outputs] of input[n][n_inputs]; row i depends on input row i only, to the bit. */
  int (*predict)(const void *emulator, size_t n, const double *input, double *output,
                 struct proda_error *error);

  /** Number of learned arrays; array i of them. */
  size_t (*n_arrays)(const void *emulator);
  void (*array)(const void *emulator, size_t i, struct proda_array *array);

  /** Takes back arrays that `array` once gave, matched by name and shape. */
  int (*restore)(void *emulator, size_t n, const struct proda_array *arrays,
                 struct proda_error *error);

  /** As in struct proda_model_ops. Names in use:
   *  "epochs": struct proda_emulator_epochs. */
  const void *(*extension)(const void *emulator, const char *name);
};

/** Extension "epochs": what a fit takes at most, so that its end can be told ahead. */
struct proda_emulator_epochs {
  size_t size; /**< sizeof (struct proda_emulator_epochs) */
  size_t (*most)(const void *emulator);
};

#ifdef __cplusplus
}
#endif
#endif
