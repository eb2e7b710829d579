/** @file covariates.h
 * From named covariates to the numbers that an emulator sees, learned on training sites only.
 *
 * Numbers: (x - minimum) / (maximum - minimum) over the training sites, then cut to [0,1]: outside
 * the range that it learned from, an emulator is asked at the edge of that range. Constant: 0.
 * Classes, one-hot: a column per class of the training sites; a class that they lack is all zeros.
 * Classes as numbers, as in the study: like numbers.
 * Missing values, rule `median`: the training sites' median; for a class as number their most
 * frequent class; for a one-hot class all zeros. Rule `drop`: the site is not usable.
 */
#ifndef PRODA_PIPELINE_COVARIATES_H
#define PRODA_PIPELINE_COVARIATES_H

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/experiment/experiment.h"
#include "store/ncfile.h"

/** Covariates of some sites. Borrowed. */
struct proda_covariates {
  size_t n_sites, n;
  const char *const *name; /**< [n] */
  const bool *is_class;    /**< [n]; read when learning only */
  const double *value;     /**< [n_sites][n], NaN where missing */
};

struct proda_encoder;

/** Learns from the sites that `training` [n_sites] marks. `rules` gives classes, missing and
 * exclude. Refused: an excluded name that does not exist, a covariate without any value at the
 * training sites, no covariate left. `*encoder` is released by proda_encoder_free. */
int proda_encoder_learn(const struct proda_covariates *covariates, const bool *training,
                        const struct proda_experiment_train *rules, struct proda_encoder **encoder,
                        struct proda_error *error);
void proda_encoder_free(struct proda_encoder *encoder);

/** Columns of the encoded matrix. */
size_t proda_encoder_width(const struct proda_encoder *encoder);

/** What happened to the sites that were encoded. */
struct proda_encoding {
  size_t n_unusable; /**< a covariate is missing and the rule is `drop` */
  size_t n_filled;   /**< a missing value was filled */
  size_t n_cut;      /**< a number lay outside the training range */
  size_t n_unseen;   /**< a class was not among the training sites' */
};

/** Encodes sites: input[n_sites][width], usable[n_sites]; rows that are not usable are zero. The
 * encoder's covariates are found by name, others are ignored; one that is absent is refused. */
int proda_encoder_apply(const struct proda_encoder *encoder,
                        const struct proda_covariates *covariates, double *input, bool *usable,
                        struct proda_encoding *summary, struct proda_error *error);

/** Writes the encoder as dimension encoder_covariate and variables encoder_*; reads it back. */
int proda_encoder_write(const struct proda_encoder *encoder, struct proda_nc *file,
                        struct proda_error *error);
int proda_encoder_read(const struct proda_nc *file, struct proda_encoder **encoder,
                       struct proda_error *error);

#endif
