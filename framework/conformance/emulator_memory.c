#include <string.h>

#include "conformance/child.h"
#include "conformance/emulator_rig.h"

static int copy(struct proda_room *room, const void **array, size_t size, const char *name)
{
  void *fenced = proda_room_array(room, size, name);
  if (!fenced)
    return PRODA_ERROR;
  memcpy(fenced, *array, size);
  proda_room_lock(room, fenced, true);
  *array = fenced;
  return PRODA_OK;
}

static int work(struct proda_emulator_rig *rig, struct proda_room *room)
{
  struct proda_samples s = rig->samples;
  size_t output = s.n * s.n_outputs * sizeof(double);
  void *emulator = NULL;
  double *out = proda_room_array(room, output, "output");
  if (!out || copy(room, (const void **)&s.input, s.n * s.n_inputs * sizeof(double), "input") ||
      copy(room, (const void **)&s.output, output, "output") ||
      copy(room, (const void **)&s.validation, s.n * sizeof(bool), "validation"))
    return proda_finding_memory(rig->finding);
  if (proda_emulator_make(rig, &emulator))
    return PRODA_ERROR;
  int status = proda_emulator_fit(rig, emulator, &s, 5);
  rig->samples.input = s.input;
  if (status == PRODA_OK)
    status = proda_emulator_predict(rig, emulator, 0, out);
  rig->ops->destroy(emulator);
  const char *damaged = proda_room_damaged(room);
  if (status == PRODA_OK && damaged)
    status = proda_finding_fail(rig->finding, "writes to one's own entries only",
                                "something was written before the first entry of '%s'", damaged);
  return status;
}

static int check(struct proda_emulator_rig *rig, struct proda_finding *finding)
{
  struct proda_room *room = proda_room_new(true);
  if (!room)
    return proda_finding_memory(finding);
  proda_child_watch(room);
  int status = work(rig, room);
  proda_room_free(room);
  return status;
}

const struct proda_check proda_emulator_memory = {
    .name = "memory",
    .asks = "fit and predict stay inside their arrays and leave the samples as they are",
    .matters = "samples serve several fits, and predictions stand side by side",
    .repair = "loops over rows and columns; the last batch, which is shorter",
    .needed = true,
    .emulator = check,
};
