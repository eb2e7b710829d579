#include "conformance/model_checks.h"

#include <string.h>

/* Other draws and sites, before the same draw comes again. */
static int go_elsewhere(struct proda_rig *rig, int round, struct proda_finding *finding)
{
  const struct proda_place *at[PRODA_LANES];
  struct proda_error error;
  memcpy(at, rig->at, sizeof at);
  for (int k = 1; k <= 2; k++) {
    if (proda_rig_fill(rig, &rig->one, round + k, finding))
      return PRODA_ERROR;
    proda_bench_terms(&rig->one);
  }
  memcpy(rig->at, at, sizeof at);
  for (int i = 0; i < PRODA_LANES; i++)
    if (proda_bench_site(&rig->one, i, &at[i]->forcing, &error) != PRODA_OK)
      return proda_finding_fail(finding, "the same answer as before",
                                "site refuses at a later call: %s", error.message);
  return PRODA_OK;
}

static int compare(struct proda_rig *rig, const char *when, struct proda_finding *finding)
{
  for (int i = 0; i < PRODA_LANES; i++)
    if (proda_bench_same(&rig->two, i, &rig->one, i,
                         "the same bits: results depend on the arguments alone", when)) {
      proda_rig_at(rig, &rig->two, i, finding);
      return PRODA_ERROR;
    }
  return PRODA_OK;
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  for (int round = 0; round < PRODA_RIG_ROUNDS; round++) {
    if (proda_rig_fill(rig, &rig->one, round, finding))
      return PRODA_ERROR;
    for (int i = 0; i < PRODA_LANES; i++)
      proda_bench_copy_lane(&rig->one, i, &rig->two, i);
    proda_bench_terms(&rig->two);
    proda_bench_terms(&rig->one);
    if (compare(rig, "from the same numbers a second time", finding) ||
        go_elsewhere(rig, round, finding))
      return PRODA_ERROR;
    memcpy(rig->one.parameter, rig->two.parameter, rig->manifest->n_parameters * sizeof(lane));
    proda_bench_terms(&rig->one);
    if (compare(rig, "after other draws and sites came between", finding))
      return PRODA_ERROR;
  }
  return PRODA_OK;
}

const struct proda_check proda_model_determinism = {
    .name = "determinism",
    .asks = "the same site and parameters give the same bits, whatever came before",
    .matters = "runs could not be repeated or resumed, and results would depend on the number of "
               "workers",
    .repair = "random numbers, clocks, counters, caches; static variables",
    .model = check,
};
