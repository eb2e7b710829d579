#include "conformance/sampler_rig.h"

#include <string.h>

enum { N = 3 };

static int take_turns(struct proda_sampler_rig *rig, const struct proda_sampling *s,
                      struct proda_journey j[N])
{
  for (size_t n = 0; n < PRODA_JOURNEY_STEPS; n++)
    for (size_t i = 0; i < N; i++)
      if (proda_journey_step(rig, s, &j[(i + n) % N]))
        return PRODA_ERROR;
  return PRODA_OK;
}

static int together(struct proda_sampler_rig *rig, const struct proda_sampling *s)
{
  struct proda_journey j[N] = {{0}};
  char alone[PRODA_DIGEST_SIZE], among[N][PRODA_DIGEST_SIZE];
  int status = PRODA_OK;
  for (uint32_t i = 0; i < N && status == PRODA_OK; i++)
    status = proda_journey_start(rig, s, (struct proda_walker_key){7, i, 0}, &j[i]);
  if (status == PRODA_OK)
    status = take_turns(rig, s, j);
  for (size_t i = 0; i < N; i++)
    proda_journey_end(&j[i], among[i]);
  for (uint32_t i = 0; i < N && status == PRODA_OK; i++) {
    status = proda_journey_alone(rig, s, (struct proda_walker_key){7, i, 0}, alone);
    if (status == PRODA_OK && strcmp(alone, among[i]) != 0)
      status =
          proda_finding_fail(rig->finding, "the way that it goes alone",
                             "a walker that takes turns with %d others goes another way", N - 1);
  }
  return status;
}

static int check(struct proda_sampler_rig *rig, struct proda_finding *finding)
{
  (void)finding;
  return proda_sampler_each(rig, together);
}

const struct proda_check proda_sampler_order = {
    .name = "order",
    .asks = "walkers that take turns go where they would go alone",
    .matters = "results would depend on the number of workers and on how lanes are packed",
    .repair = "what propose and accept keep outside the walker's state",
    .sampler = check,
};
