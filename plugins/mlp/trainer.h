/** @file trainer.h
 * The samples, network, optimiser and random streams of one fit.
 */
#ifndef MLP_TRAINER_H
#define MLP_TRAINER_H

#include <proda/emulator.h>

#include "network.h"
#include "optimizer.h"

#define trainer_init MLP_NAME(trainer_init)
#define trainer_free MLP_NAME(trainer_free)
#define trainer_epoch MLP_NAME(trainer_epoch)
#define trainer_validate MLP_NAME(trainer_validate)

struct trainer {
  const struct mlp_settings *settings; /**< borrowed */
  uint64_t seed;
  size_t step; /**< batches done */
  size_t n_training, n_validation;
  real *input, *output; /**< [n][width]; training samples first, then validation */
  size_t *order;        /**< [n_training]: rows in the order of this epoch */
  real *target;         /**< [batch][n_outputs]: of the current batch */
  double *uniform;      /**< [batch][n_hidden_units]: of the current batch */
  real *scratch;        /**< [2][widest], for predictions */
  struct network network;
  struct optimizer optimizer;
};

/** Copies the samples and draws the first weights. On failure nothing is left to free. */
int trainer_init(struct trainer *trainer, const struct mlp_settings *settings,
                 const struct network_shape *shape, const struct proda_samples *samples,
                 uint64_t seed, struct proda_error *error);
void trainer_free(struct trainer *trainer);

/** One pass over the training samples in a new order; the mean loss of its batches, as each was
 * before its step. */
double trainer_epoch(struct trainer *trainer, size_t epoch);

/** The loss over all validation samples; NaN where there are none. */
double trainer_validate(struct trainer *trainer);

#endif
