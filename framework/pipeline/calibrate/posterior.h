/** @file posterior.h
 * From the chains of a site to its record: the posterior in numbers.
 */
#ifndef PRODA_PIPELINE_POSTERIOR_H
#define PRODA_PIPELINE_POSTERIOR_H

#include "pipeline/calibrate/chains.h"
#include "pipeline/calibrate/record.h"

/** Turns chains into records; holds the lanes to run draws again. */
struct proda_posterior;
int proda_posterior_new(const struct proda_chain_setup *setup,
                        const struct proda_posterior_shape *shape,
                        enum proda_point_estimate estimate, struct proda_posterior **posterior,
                        struct proda_error *error);
void proda_posterior_free(struct proda_posterior *posterior);

/** Fills `record` for the chains of a site whose layers measured `obs` [n_obs]. A site without a
 * posterior has NaN but for its state, its counts and, where the structure takes its forcing, the
 * share of the prior that is valid. */
int proda_posterior_summarise(struct proda_posterior *posterior, const struct proda_chains *chains,
                              const double *obs, double *record, struct proda_error *error);

#endif
