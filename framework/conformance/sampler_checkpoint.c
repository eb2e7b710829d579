#include "conformance/sampler_rig.h"

#include <string.h>

/* After every step the state is moved by memcpy, to an address of the least alignment and back, and
 * the old one is spoilt. */
static int move(struct proda_sampler_rig *rig, const struct proda_sampling *s,
                struct proda_journey *j, char *other)
{
  char *walker = j->walker;
  int status = PRODA_OK;
  for (size_t n = 0; n < PRODA_JOURNEY_STEPS && status == PRODA_OK; n++) {
    status = proda_journey_step(rig, s, j);
    char *next = j->walker == walker ? other + 16 : walker;
    memcpy(next, j->walker, s->walker_size);
    memset(j->walker, 0x5a, s->walker_size);
    j->walker = next;
  }
  return status;
}

static int may_be_moved(struct proda_sampler_rig *rig, const struct proda_sampling *s)
{
  const struct proda_walker_key key = {5, 6, 0};
  char expected[PRODA_DIGEST_SIZE], moved[PRODA_DIGEST_SIZE];
  struct proda_journey j;
  char *other = proda_room_array(rig->room, s->walker_size + 64, "walker");
  if (!other)
    return proda_finding_memory(rig->finding);
  if (proda_journey_alone(rig, s, key, expected) || proda_journey_start(rig, s, key, &j))
    return PRODA_ERROR;
  int status = move(rig, s, &j, other);
  proda_journey_end(&j, moved);
  if (status || strcmp(moved, expected) == 0)
    return status;
  return proda_finding_fail(rig->finding, "the way that it goes without a break",
                            "a walker whose state is moved between steps goes another way");
}

/* Another instance takes the state over, as a run does that goes on where one was stopped. */
static int may_be_resumed(struct proda_sampler_rig *rig, const struct proda_sampling *s)
{
  const struct proda_walker_key key = {5, 6, 0};
  struct proda_sampling fresh = {0};
  struct proda_journey j;
  char expected[PRODA_DIGEST_SIZE], resumed[PRODA_DIGEST_SIZE];
  if (proda_journey_alone(rig, s, key, expected) || proda_journey_start(rig, s, key, &j))
    return PRODA_ERROR;
  int status = PRODA_OK;
  for (size_t n = 0; n < PRODA_JOURNEY_STEPS / 2 && status == PRODA_OK; n++)
    status = proda_journey_step(rig, s, &j);
  if (status == PRODA_OK)
    status = proda_sampling_make(rig, s->kind, &fresh);
  for (size_t n = PRODA_JOURNEY_STEPS / 2; n < PRODA_JOURNEY_STEPS && status == PRODA_OK; n++)
    status = proda_journey_step(rig, &fresh, &j);
  proda_sampling_clear(rig, &fresh);
  proda_journey_end(&j, resumed);
  if (status || strcmp(resumed, expected) == 0)
    return status;
  return proda_finding_fail(rig->finding, "the way that it goes without a break",
                            "a walker that another instance takes over half-way goes another way");
}

static int both(struct proda_sampler_rig *rig, const struct proda_sampling *s)
{
  return may_be_moved(rig, s) || may_be_resumed(rig, s) ? PRODA_ERROR : PRODA_OK;
}

static int check(struct proda_sampler_rig *rig, struct proda_finding *finding)
{
  (void)finding;
  return proda_sampler_each(rig, both);
}

const struct proda_check proda_sampler_checkpoint = {
    .name = "checkpoint",
    .asks = "all of a walker is in its state: it may be stored, moved and resumed",
    .matters = "a run that was stopped would not end as one that was not",
    .repair = "pointers in the walker's state; what is kept in the sampler or in static variables "
              "instead of there; start that leaves parts of the state as they were",
    .sampler = check,
};
