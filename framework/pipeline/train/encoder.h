/** @file encoder.h
 * What an encoder holds; shared by its arithmetic (covariates.c) and its storage (encoder_store.c).
 */
#ifndef PRODA_PIPELINE_ENCODER_H
#define PRODA_PIPELINE_ENCODER_H

#include "pipeline/train/covariates.h"

enum proda_column_kind { PRODA_COLUMN_NUMBER, PRODA_COLUMN_CLASS_NUMBER, PRODA_COLUMN_ONE_HOT };

struct proda_encoder_column {
  char *name;
  enum proda_column_kind kind;
  double minimum, maximum, fill; /**< of the training sites; fill replaces missing numbers */
  size_t n_classes;              /**< 0 unless one-hot */
  double *class;                 /**< [n_classes], ascending */
};

struct proda_encoder {
  bool drop_missing;
  size_t n;
  struct proda_encoder_column *column;
};

/** n empty columns; NULL for lack of memory. */
struct proda_encoder *proda_encoder_new(size_t n);

#endif
