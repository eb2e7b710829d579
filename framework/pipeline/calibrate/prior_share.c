#include "pipeline/calibrate/prior_share.h"

enum { SUBSTREAM = 0x7072696f }; /* apart from those of walkers */
_Static_assert(PRODA_PRIOR_DRAWS % PRODA_LANES == 0, "draws fill whole blocks");

double proda_prior_valid_share(const struct proda_space *space, struct proda_block *block,
                               uint64_t seed, uint64_t site)
{
  struct proda_random random;
  double point[space->n_free], parameter[space->n_parameters];
  size_t valid = 0;
  proda_random_start(&random, seed, site, SUBSTREAM);
  for (size_t n = 0; n < PRODA_PRIOR_DRAWS; n += PRODA_LANES) {
    for (int i = 0; i < PRODA_LANES; i++) {
      proda_space_draw(space, &random, point);
      proda_space_expand(space, point, parameter);
      proda_block_set(block, i, parameter);
    }
    proda_block_solve(block);
    for (int i = 0; i < PRODA_LANES; i++)
      valid += proda_block_status(block, i) == PRODA_SOLVED;
  }
  return (double)valid / PRODA_PRIOR_DRAWS;
}
