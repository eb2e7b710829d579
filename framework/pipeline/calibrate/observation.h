/** @file observation.h
 * What is measured at a site, what a modelled profile says of it, and how likely that is.
 */
#ifndef PRODA_PIPELINE_OBSERVATION_H
#define PRODA_PIPELINE_OBSERVATION_H

#include <proda/lane.h>

#include "pipeline/experiment/experiment.h"
#include "plugin/manifest.h"

/** What is observed of a structure, and how: what an experiment says, with the structure's say. */
struct proda_observing {
  const struct proda_experiment_observation *settings;
  const struct proda_grid *grid;
  size_t observable;
  enum proda_published_cost cost; /**< where settings->error is PRODA_ERROR_PUBLISHED */
};

/** Everything is borrowed. Refused: a structure that does not observe what the experiment does, or
 * that states no published cost for it where the experiment wants that. */
int proda_observing_of(const struct proda_experiment_observation *settings,
                       const struct proda_manifest *manifest, struct proda_observing *how,
                       struct proda_error *error);

/** The measured layers of one site, ready to be compared. */
struct proda_observation;

/** Measured layers: [n] each, m and gC m-3. Borrowed during the call. */
struct proda_measured {
  size_t n;
  const double *top, *bottom, *value;
};

/** `*observation` is released by proda_observation_free. */
int proda_observation_new(const struct proda_observing *how, const struct proda_measured *measured,
                          struct proda_observation **observation, struct proda_error *error);
void proda_observation_free(struct proda_observation *observation);
size_t proda_observation_size(const struct proda_observation *observation);
/** Why no model can be compared with these layers, a static text; NULL where one can. */
const char *proda_observation_flaw(const struct proda_observation *observation);

/** Whether a structure of this grid says anything of a measured layer: its middle lies within the
 * grid. */
bool proda_observation_sees(const struct proda_grid *grid, double top, double bottom);

/** Slopes that proda_observation_model needs beside the densities: density, slope [L]. */
void proda_observation_slopes(const struct proda_grid *grid, const lane *density, lane *slope);

/** modelled[n]: the density of lane i seen as the measured layers. With `at: node` the cubic
 * through the nodes at the middle of the layer, with `at: layer`, and in grids of fewer layers than
 * a cubic needs nodes (3), the mean of the model's layers over its thickness. NaN for layers
 * that lie below the grid, of which the likelihood takes no notice. */
void proda_observation_model(const struct proda_observation *observation, const lane *density,
                             const lane *slope, int i, double *modelled);

/** Log likelihood of modelled[n]; -INFINITY where the model is outside the support of the error.
 * `pointwise` [n] takes the share of every layer, NaN of those below the grid, or is NULL. */
double proda_observation_log_likelihood(const struct proda_observation *observation,
                                        const double *modelled, double *pointwise);

/** The published weights: layers are ranked by |value - mean| and |depth - mean|, largest first,
 * ties in the order of the data; R is the mean of both ranks; weight = max(1, 10 exp(-(R - 1))). */
int proda_observation_layer_weights(size_t n, const double *depth, const double *value,
                                    double *weight, struct proda_error *error);

#endif
