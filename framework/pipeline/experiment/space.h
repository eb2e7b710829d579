/** @file space.h
 * The parameters that an experiment calibrates: the manifest's priors, changed where the experiment
 * says so, without those that it fixes.
 *
 * What is sampled is a point: the free parameters, each in its unit, or log10 of it where its prior
 * is log-uniform. Everything else, stores above all, holds parameters in their units.
 */
#ifndef PRODA_PIPELINE_SPACE_H
#define PRODA_PIPELINE_SPACE_H

#include <proda/random.h>

#include "pipeline/experiment/experiment.h"
#include "plugin/manifest.h"

struct proda_space {
  size_t n_parameters;       /**< of the structure */
  size_t n_free;             /**< of those, calibrated */
  size_t *free;              /**< [n_free]: parameter indices, ascending */
  struct proda_prior *prior; /**< [n_parameters]; of fixed ones as the manifest states */
  double *fixed;             /**< [n_parameters]: value of fixed ones, NaN of free ones */
  size_t n_normal;           /**< free parameters with a normal prior */
  size_t *normal;            /**< [n_normal]: their places in a point */
};

/** `*space` is released by proda_space_free. Refused with file:line:column: unknown parameters. */
int proda_space_new(const struct proda_experiment *experiment,
                    const struct proda_experiment_structure *structure,
                    const struct proda_manifest *manifest, struct proda_space **space,
                    struct proda_error *error);
void proda_space_free(struct proda_space *space);

/** Prior of coordinate k of a point, what a sampler is told of it. */
struct proda_prior proda_space_coordinate(const struct proda_space *space, size_t k);
/** Whether points hold the logarithm of a parameter. */
bool proda_space_is_log(const struct proda_space *space, size_t parameter);

/** A free parameter from its coordinate. */
double proda_space_physical(const struct proda_space *space, size_t parameter, double coordinate);

/** parameter[n_parameters] from a point[n_free]. */
void proda_space_expand(const struct proda_space *space, const double *point, double *parameter);

/** An independent draw from the prior: point[n_free]. */
void proda_space_draw(const struct proda_space *space, struct proda_random *random, double *point);

/** Log prior density of a point[n_free] inside the bounds, constants dropped. */
double proda_space_log_prior(const struct proda_space *space, const double *point);

/** A parameter on its prior's scale, for emulators: (x - lower) / (upper - lower), the same with
 * logarithms for a log-uniform prior, or for a normal prior (x - mean) / (6 sd) + 1/2; and back. */
double proda_space_scale(const struct proda_space *space, size_t parameter, double x);
double proda_space_unscale(const struct proda_space *space, size_t parameter, double scaled);

#endif
