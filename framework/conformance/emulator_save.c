#include "conformance/emulator_rig.h"

static int restore(struct proda_emulator_rig *rig, void *emulator, struct proda_finding *finding)
{
  struct proda_error error = {""};
  if (rig->ops->restore(emulator, rig->n_arrays - 1, rig->array + 1, &error) != PRODA_ERROR ||
      !*error.message)
    return proda_finding_fail(finding, "PRODA_ERROR and a message that names what is missing",
                              "restore takes a list without the array '%s'", rig->array[0].name);
  if (rig->ops->restore(emulator, rig->n_arrays, rig->array, &error) != PRODA_OK)
    return proda_finding_fail(finding, "that it takes back what it gave", "restore refused: %s",
                              error.message);
  if (proda_emulator_predict(rig, rig->first, 0, rig->one) ||
      proda_emulator_predict(rig, emulator, 0, rig->two))
    return PRODA_ERROR;
  return proda_emulator_same(rig, rig->one, rig->two, 0,
                             "the same bits: a prediction depends on the arrays alone",
                             "of an emulator that was restored from the first one's arrays");
}

static int check(struct proda_emulator_rig *rig, struct proda_finding *finding)
{
  void *emulator = NULL;
  if (proda_emulator_arrays(rig) || proda_emulator_make(rig, &emulator))
    return PRODA_ERROR;
  int status = restore(rig, emulator, finding);
  rig->ops->destroy(emulator);
  return status;
}

const struct proda_check proda_emulator_save = {
    .name = "save",
    .asks = "an emulator restored from its arrays predicts the same, and refuses half of them",
    .matters = "maps are made from the stored arrays, often in another run",
    .repair = "array and restore: everything that predict reads, scales and means too",
    .emulator = check,
};
