#include <string.h>

#include "conformance/emulator_rig.h"

/* The samples are spoilt once both have learned from them; those to predict from are kept. */
static int check(struct proda_emulator_rig *rig, struct proda_finding *finding)
{
  const struct proda_samples *s = &rig->samples;
  size_t size = s->n * s->n_inputs * sizeof(double);
  double *input = proda_room_array(rig->room, size, "input");
  if (!input)
    return proda_finding_memory(finding);
  memcpy(input, s->input, size);
  if (proda_emulator_predict(rig, rig->first, 0, rig->one))
    return PRODA_ERROR;
  memset((void *)s->input, 0xff, size);
  memset((void *)s->output, 0xff, s->n * s->n_outputs * sizeof(double));
  rig->samples.input = input;
  if (proda_emulator_predict(rig, rig->first, 0, rig->two))
    return PRODA_ERROR;
  return proda_emulator_same(rig, rig->one, rig->two, 0,
                             "the same bits: samples are borrowed for the time of fit",
                             "once the samples were overwritten");
}

const struct proda_check proda_emulator_borrowed = {
    .name = "borrowed",
    .asks = "no pointer to the samples is kept after fit",
    .matters = "the host's memory is gone when predict runs",
    .repair = "copy what predict needs, in fit",
    .once = true,
    .emulator = check,
};
