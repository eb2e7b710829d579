/** @file prior.h
 * Priors of parameters: as YAML states them, and as a scale.
 */
#ifndef PRODA_PLUGIN_PRIOR_H
#define PRODA_PLUGIN_PRIOR_H

#include <proda/sampler.h>

#include "yaml/yaml.h"

/** Reads `[lower, upper]`, `{log_uniform: [lower, upper]}` or `{normal: [mean, sd], bounds: [lower,
 * upper]}`; bounds of a normal prior may be left out or infinite. Refused with file:line:column:
 * empty intervals, a logarithmic one that does not lie above 0. */
int proda_prior_read(const struct proda_yaml *document, const struct proda_yaml_node *node,
                     struct proda_prior *prior, struct proda_error *error);

/** The uniform prior on (lower, upper), and the one of the logarithm. */
struct proda_prior proda_prior_uniform(double lower, double upper);
struct proda_prior proda_prior_log_uniform(double lower, double upper);

/** The value at a share of a prior's width, on its own scale: lower + share (upper - lower), the
 * same with logarithms for a log-uniform prior, mean + sd (2 share - 1) within the bounds for a
 * normal one. */
double proda_prior_at(const struct proda_prior *prior, double share);

#endif
