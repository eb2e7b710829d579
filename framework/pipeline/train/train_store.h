/** @file train_store.h
 * What `train` has found, and its store.
 */
#ifndef PRODA_PIPELINE_TRAIN_STORE_H
#define PRODA_PIPELINE_TRAIN_STORE_H

#include "pipeline/train/evaluation.h"
#include "pipeline/train/predictor.h"

/** Role of a site in training. */
enum proda_train_status {
  PRODA_TRAIN_USED,       /**< its part says for what */
  PRODA_TRAIN_NOT_KEPT,   /**< screen did not keep it */
  PRODA_TRAIN_INCOMPLETE, /**< a covariate is missing and the rule is `drop` */
};

/** All but the predictor's own is borrowed. */
struct proda_trained {
  const struct proda_manifest *manifest;
  const struct proda_prepared *prepared;
  const struct proda_predictor *predictor;
  const struct proda_learning *learning;
  const enum proda_part *part;           /**< [n_sites] */
  const enum proda_train_status *status; /**< [n_sites] */
  const double *predicted;               /**< [n_sites][n_parameters] */
  const double *median;                  /**< [n_parameters] */
  const double *modelled;                /**< [PRODA_N_SOURCES][n_obs] */
  const struct proda_group_skill *skill; /**< [PRODA_N_GROUPS] */
};

/** Writes train.nc. */
int proda_trained_write(const struct proda_trained *trained, const char *path,
                        const struct proda_run *run, const char *inputs, struct proda_error *error);

#endif
