/** @file predictor.h
 * From covariates to a structure's parameters: encoder, emulator, and the parameters' scale.
 *
 * The emulator learns the free parameters on their prior's scale (proda_space_scale). What it
 * predicts is held within the range of the estimates that it was trained on, parameter by
 * parameter.
 */
#ifndef PRODA_PIPELINE_PREDICTOR_H
#define PRODA_PIPELINE_PREDICTOR_H

#include "pipeline/experiment/space.h"
#include "pipeline/stage.h"
#include "pipeline/train/covariates.h"
#include "pipeline/train/split.h"

struct proda_predictor;

/** What it is about. Borrowed by the predictor. */
struct proda_predictor_setup {
  const struct proda_run *run;            /**< search path, train settings, seed, reporter */
  const struct proda_loaded *emulator;    /**< the plugin of run->experiment->train.emulator */
  const struct proda_manifest *structure; /**< names the parameters */
  const struct proda_space *space;
  const char *name; /**< of the structure in the experiment, for progress */
  double seconds;   /**< the fit ends after so many; 0: where the emulator ends it */
};

/** Sites to learn from. Borrowed during the call. */
struct proda_lesson {
  struct proda_covariates covariates;
  const double *estimate;      /**< [n_sites][n_parameters], physical units */
  const bool *kept;            /**< [n_sites]: the estimate is good */
  const enum proda_part *part; /**< [n_sites] */
};

/** Losses by epoch, training and validation, in one block; free() `training`. */
struct proda_learning {
  size_t n_epochs, capacity;
  double *training, *validation;
};

/** Fits encoder and emulator. The encoder learns from kept training sites only, the emulator from
 * kept training and validation sites. `learning` may be released in any case. */
int proda_predictor_fit(const struct proda_predictor_setup *setup,
                        const struct proda_lesson *lesson, struct proda_learning *learning,
                        struct proda_predictor **predictor, struct proda_error *error);
void proda_learning_free(struct proda_learning *learning);

/** Writes encoder_* and emulator_* variables; makes a predictor of them again. Refused where the
 * store was made with other parameters or another network. */
int proda_predictor_write(const struct proda_predictor *predictor, struct proda_nc *file,
                          struct proda_error *error);
int proda_predictor_read(const struct proda_predictor_setup *setup, const struct proda_nc *file,
                         struct proda_predictor **predictor, struct proda_error *error);
/** Epochs that a fit takes at most; 0 where the emulator does not tell. */
size_t proda_predictor_epochs(const struct proda_predictor *predictor);
/** Numbers that it has learned. */
size_t proda_predictor_size(const struct proda_predictor *predictor);
void proda_predictor_free(struct proda_predictor *predictor);

/** parameter[n_sites][n_parameters], physical units; NaN throughout where usable[site] is false. */
int proda_predictor_apply(const struct proda_predictor *predictor,
                          const struct proda_covariates *covariates, double *parameter,
                          bool *usable, struct proda_encoding *summary, struct proda_error *error);

#endif
