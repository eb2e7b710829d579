#include "conformance/sampler_rig.h"

#include <string.h>

static int compare(struct proda_sampler_rig *rig, const struct proda_sampling *s, const char *first,
                   struct proda_walker_key key, bool same, const char *what)
{
  char other[PRODA_DIGEST_SIZE];
  if (proda_journey_alone(rig, s, key, other))
    return PRODA_ERROR;
  if ((strcmp(first, other) == 0) == same)
    return PRODA_OK;
  return proda_finding_fail(
      rig->finding, "random numbers of proda/random.h that start from seed, site and walker", "%s",
      what);
}

static int keys_decide(struct proda_sampler_rig *rig, const struct proda_sampling *s)
{
  char first[PRODA_DIGEST_SIZE];
  const struct proda_walker_key key = {1, 2, 0}, seed = {2, 2, 0}, site = {1, 3, 0},
                                walker = {1, 2, 1};
  if (proda_journey_alone(rig, s, key, first) ||
      compare(rig, s, first, key, true, "the same key goes another way the second time") ||
      compare(rig, s, first, seed, false, "another seed goes the same way") ||
      compare(rig, s, first, site, false, "another site goes the same way"))
    return PRODA_ERROR;
  return s->n_walkers > 1
             ? compare(rig, s, first, walker, false, "another walker goes the same way")
             : PRODA_OK;
}

static int check(struct proda_sampler_rig *rig, struct proda_finding *finding)
{
  (void)finding;
  return proda_sampler_each(rig, keys_decide);
}

const struct proda_check proda_sampler_keys = {
    .name = "keys",
    .asks = "seed, site and walker decide where a walker goes, and nothing else does",
    .matters =
        "runs could not be repeated; chains that go the same way tell nothing of convergence",
    .repair = "start: proda_random_start with all three of the key; rand(), clocks, static "
              "variables",
    .sampler = check,
};
