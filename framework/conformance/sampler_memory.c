#include <string.h>

#include "conformance/child.h"
#include "conformance/sampler_rig.h"

enum { STEPS = 500 };

static int walk(struct proda_sampler_rig *rig, const struct proda_sampling *s)
{
  struct proda_journey j;
  int status = proda_journey_start(rig, s, (struct proda_walker_key){3, 4, 0}, &j);
  for (size_t n = 0; n < STEPS && status == PRODA_OK; n++)
    status = proda_journey_step(rig, s, &j);
  proda_journey_end(&j, NULL);
  return status;
}

static int check(struct proda_sampler_rig *rig, struct proda_finding *finding)
{
  struct proda_room *padded = rig->room, *fenced = proda_room_new(true);
  if (!fenced)
    return proda_finding_memory(finding);
  proda_child_watch(fenced);
  rig->room = fenced;
  int status = proda_sampler_each(rig, walk);
  const char *damaged = proda_room_damaged(fenced);
  rig->room = padded;
  if (status == PRODA_OK && damaged)
    status = proda_finding_fail(finding, "writes inside walker_size bytes only",
                                "something was written before the first byte of a '%s'", damaged);
  proda_room_free(fenced);
  return status;
}

const struct proda_check proda_sampler_memory = {
    .name = "memory",
    .asks = "calls stay inside the walker's state",
    .matters = "the next walker stands behind it: a stray write changes another chain",
    .repair = "walker_size, and what start, propose and accept write",
    .needed = true,
    .sampler = check,
};
