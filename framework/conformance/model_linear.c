#include "conformance/model_checks.h"

#include <string.h>

static int rows_stay(struct proda_rig *rig, const char *after, struct proda_finding *finding)
{
  for (int i = 0; i < PRODA_LANES; i++)
    if (proda_bench_same(&rig->two, i, &rig->one, i,
                         "the same bits: a rate that changes with pools needs `linear: false` in "
                         "the manifest",
                         after)) {
      proda_rig_at(rig, &rig->one, i, finding);
      return PRODA_ERROR;
    }
  return PRODA_OK;
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  if (!rig->one.nonlinear)
    return proda_finding_skip(finding, "no rate sees the pools: no extension \"nonlinear\"");
  for (int round = 0; round < PRODA_RIG_ROUNDS; round++) {
    if (proda_rig_fill(rig, &rig->one, round, finding))
      return PRODA_ERROR;
    for (int i = 0; i < PRODA_LANES; i++)
      proda_bench_copy_lane(&rig->one, i, &rig->two, i);
    proda_bench_terms(&rig->one);
    proda_bench_terms(&rig->two);
    for (int state = 0; state < 2; state++) {
      proda_rig_state(rig, &rig->one);
      proda_bench_rates(&rig->one);
      if (rows_stay(rig, "after `rates` was called at other pools", finding))
        return PRODA_ERROR;
    }
    proda_bench_terms(&rig->one);
    if (rows_stay(rig, "where `rates` was called at other pools before `terms`", finding))
      return PRODA_ERROR;
  }
  return PRODA_OK;
}

const struct proda_check proda_model_linear = {
    .name = "linear",
    .asks = "rates of channels that are linear do not change with pools",
    .matters = "linear channels are solved once: the state would not be one",
    .repair = "rates writes rows of channels with `linear: false` only",
    .model = check,
};
