/** @file split.h
 * Which sites teach, which judge while learning, and which are held out until the end.
 */
#ifndef PRODA_PIPELINE_SPLIT_H
#define PRODA_PIPELINE_SPLIT_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/experiment/experiment.h"

enum proda_part { PRODA_PART_TRAINING, PRODA_PART_VALIDATION, PRODA_PART_HELD_OUT };

/** Part of one site: a number u in (0,1) from (seed, site_id), or with `blocks` from (seed, block
 * of block_degrees x block_degrees that it lies in): validation where u < share, held out where u <
 * 2 share. So it depends on the site alone, not on the other sites nor on their order, and shares
 * hold in the mean. */
enum proda_part proda_split_site(const struct proda_experiment_train *rules, uint64_t seed,
                                 uint64_t site_id, double latitude, double longitude);

#endif
