#include <math.h>

#include "conformance/emulator_rig.h"

static int check(struct proda_emulator_rig *rig, struct proda_finding *finding)
{
  if (proda_emulator_predict(rig, rig->first, 0, rig->one) ||
      proda_emulator_predict(rig, rig->second, 0, rig->two) ||
      proda_emulator_same(rig, rig->one, rig->two, 0,
                          "the same bits from the same samples, settings and seed",
                          "of another instance with the same samples and seed") ||
      proda_emulator_predict(rig, rig->first, 0, rig->two) ||
      proda_emulator_same(rig, rig->one, rig->two, 0, "the same bits each time", "the second time"))
    return PRODA_ERROR;
  for (size_t k = 0; k < (size_t)PRODA_EMULATOR_SAMPLES * PRODA_EMULATOR_OUTPUTS; k++)
    if (!isfinite(rig->one[k]))
      return proda_finding_fail(finding, "numbers", "a prediction is %g", rig->one[k]);
  return PRODA_OK;
}

const struct proda_check proda_emulator_determinism = {
    .name = "determinism",
    .asks = "the same samples, settings and seed teach the same, to the bit",
    .matters = "runs could not be repeated, and maps would differ between machines' loads",
    .repair = "random numbers of proda/random.h from the seed alone; threads that add up in any "
              "order; memory that was never set",
    .emulator = check,
};
