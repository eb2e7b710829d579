/** @file moments.h
 * Means, variances and Gelman-Rubin statistics of the chains of a site.
 */
#ifndef PRODA_PIPELINE_MOMENTS_H
#define PRODA_PIPELINE_MOMENTS_H

#include "pipeline/calibrate/chains.h"

/** The part of the chains that statistics rest on: the newest draws of each, after the discard. */
struct proda_kept {
  const struct proda_chains *chains;
  const size_t *first, *n; /**< [n_chains] */
  size_t total;
};

/** Draw i of a chain's kept ones: [n_free], on the scale that is sampled. */
const double *proda_kept_draw(const struct proda_kept *kept, size_t chain, size_t i);

/** Means and variances of all free parameters over one chain; the variance may be NULL. */
void proda_kept_chain_moments(const struct proda_kept *kept, size_t chain, double *mean,
                              double *variance);

/** Mean, sd and R-hat of every free parameter, from all draws; the last on the scale that was
 * sampled, and so the mean point[n_free]. mean, sd, rhat: [n_parameters], only free ones written.
 */
void proda_kept_moments(const struct proda_kept *kept, const struct proda_space *space,
                        double *point, double *mean, double *sd, double *rhat);

/** The published R-hat of every free parameter, which sees whole chains of accepted draws. */
int proda_kept_published_rhat(const struct proda_kept *kept, const struct proda_space *space,
                              double *rhat, struct proda_error *error);

#endif
