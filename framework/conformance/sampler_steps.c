#include "conformance/sampler_rig.h"

static int walk(struct proda_sampler_rig *rig, const struct proda_sampling *s)
{
  char digest[PRODA_DIGEST_SIZE];
  return proda_journey_alone(rig, s, (struct proda_walker_key){1, 2, 0}, digest);
}

static int check(struct proda_sampler_rig *rig, struct proda_finding *finding)
{
  (void)finding;
  return proda_sampler_each(rig, walk);
}

const struct proda_check proda_sampler_steps = {
    .name = "steps",
    .asks = "proposals and draws lie within the priors, and points without an answer are rejected",
    .matters = "the structure would be run with parameters that nobody allowed",
    .repair = "propose: how proposals are kept within lower and upper; accept: evaluation->status "
              "before log_density, and current after it",
    .needed = true,
    .sampler = check,
};
