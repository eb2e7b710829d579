#include "pipeline/train/split.h"

#include <math.h>

#include <proda/random.h>

/* Substream of its own: walkers count from 0. */
enum { SUBSTREAM = 0x73706c69 };

/* Blocks are numbered along parallels from the south pole; longitudes wrap. */
static uint64_t block_of(double latitude, double longitude, double degrees)
{
  double around = ceil(360 / degrees);
  double row = floor((latitude + 90) / degrees);
  double column = floor((longitude - 360 * floor(longitude / 360)) / degrees);
  return (uint64_t)(row * around + column);
}

enum proda_part proda_split_site(const struct proda_experiment_train *rules, uint64_t seed,
                                 uint64_t site_id, double latitude, double longitude)
{
  struct proda_random random;
  uint64_t stream = site_id;
  if (rules->validation == PRODA_VALIDATION_BLOCKS)
    stream = block_of(latitude, longitude, rules->block_degrees);
  proda_random_start(&random, seed, stream, SUBSTREAM);
  double u = proda_random_uniform(&random);
  if (u < rules->share)
    return PRODA_PART_VALIDATION;
  return u < 2 * rules->share ? PRODA_PART_HELD_OUT : PRODA_PART_TRAINING;
}
