/** @file prior_share.h
 * How much of the prior a structure can answer for at a site.
 */
#ifndef PRODA_PIPELINE_PRIOR_SHARE_H
#define PRODA_PIPELINE_PRIOR_SHARE_H

#include "matrix/structure.h"
#include "pipeline/experiment/space.h"

/** Draws that the share is of: its standard error is at most 0.031. */
enum { PRODA_PRIOR_DRAWS = 256 };

/** Share of PRODA_PRIOR_DRAWS independent draws from the prior that have a valid state at the site
 * where all lanes of the block stand; near-singular ones are not valid where the block wants the
 * condition. Random numbers are keyed by (seed, site), whatever else is drawn there. */
double proda_prior_valid_share(const struct proda_space *space, struct proda_block *block,
                               uint64_t seed, uint64_t site);

#endif
