#include "conformance/emulator_rig.h"

static int check(struct proda_emulator_rig *rig, struct proda_finding *finding)
{
  (void)finding;
  if (proda_emulator_predict(rig, rig->first, 0, rig->one))
    return PRODA_ERROR;
  for (size_t first = 1; first < PRODA_EMULATOR_SAMPLES; first += 7)
    if (proda_emulator_predict(rig, rig->first, first, rig->two) ||
        proda_emulator_same(rig, rig->one, rig->two, first,
                            "the same bits: a row depends on its own input only",
                            "when asked together with fewer rows"))
      return PRODA_ERROR;
  return PRODA_OK;
}

const struct proda_check proda_emulator_rows = {
    .name = "rows",
    .asks = "a prediction does not depend on which others are asked for with it",
    .matters = "maps would depend on how the grid is cut into pieces",
    .repair = "sums over a batch whose order depends on its size; normalisation by the batch",
    .emulator = check,
};
