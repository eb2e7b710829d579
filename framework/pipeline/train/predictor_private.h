/** @file predictor_private.h
 * What a predictor holds; shared by its arithmetic (predictor.c) and its storage
 * (predictor_store.c).
 */
#ifndef PRODA_PIPELINE_PREDICTOR_PRIVATE_H
#define PRODA_PIPELINE_PREDICTOR_PRIVATE_H

#include <proda/emulator.h>

#include "pipeline/train/predictor.h"

struct proda_predictor {
  struct proda_predictor_setup setup;
  const struct proda_emulator_ops *ops;
  void *emulator;
  struct proda_encoder *encoder;
  double *lower, *upper; /**< [n_free]: range of the training sites' scaled estimates */
};

/** Makes a predictor with an emulator that has learned nothing yet. Takes the encoder in any case.
 */
int proda_predictor_new(const struct proda_predictor_setup *setup, struct proda_encoder *encoder,
                        struct proda_predictor **predictor, struct proda_error *error);

#endif
