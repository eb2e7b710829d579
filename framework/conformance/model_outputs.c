#include "conformance/model_checks.h"

#include <string.h>

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  for (int round = 0; round < PRODA_RIG_ROUNDS; round++) {
    if (proda_rig_fill(rig, &rig->one, round, finding))
      return PRODA_ERROR;
    for (int i = 0; i < PRODA_LANES; i++)
      proda_bench_copy_lane(&rig->one, i, &rig->two, i);
    proda_bench_spoil_terms(&rig->one, 0xff); /* NaN */
    proda_bench_spoil_terms(&rig->two, 0x5a);
    proda_bench_terms(&rig->one);
    proda_bench_terms(&rig->two);
    for (int i = 0; i < PRODA_LANES; i++)
      if (proda_bench_same(
              &rig->one, i, &rig->two, i, "every entry written, whatever stood there before",
              "from the same numbers, where other numbers stood in the terms before")) {
        proda_rig_at(rig, &rig->one, i, finding);
        return PRODA_ERROR;
      }
  }
  return PRODA_OK;
}

const struct proda_check proda_model_outputs = {
    .name = "outputs",
    .asks = "terms fills every entry, and from its arguments alone",
    .matters = "what is left out holds the numbers of an earlier draw",
    .repair = "entries of terms that are set under a condition, or added to before they are set; "
              "lane variables without a value",
    .model = check,
};
