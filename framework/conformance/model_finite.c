#include "conformance/model_checks.h"

#include <math.h>

static int look(struct proda_rig *rig, struct proda_finding *finding)
{
  static const char expected[] = "numbers, at every draw from the prior and every site within the "
                                 "ranges of drivers";
  char text[PRODA_ENTRY_TEXT];
  for (size_t k = 0; k < rig->one.n_entries; k++)
    for (int i = 0; i < PRODA_LANES; i++) {
      double x = (*proda_bench_entry(&rig->one, &rig->one.terms, k))[i];
      bool ordinary = rig->at[i]->kind == PRODA_PLACE_ORDINARY;
      if (isfinite(x) || !proda_bench_read(&rig->one, k) || finding->mark == PRODA_MARK_WARNING)
        continue;
      proda_rig_at(rig, &rig->one, i, finding);
      if (ordinary || proda_rig_stated(rig))
        return proda_finding_fail(finding, expected, "%s is %g",
                                  proda_bench_entry_name(&rig->one, k, text), x);
      proda_finding_warn(finding,
                         "numbers; or `range: [least, greatest]` of the drivers in the manifest, "
                         "where that is no site",
                         "%s is %g", proda_bench_entry_name(&rig->one, k, text), x);
    }
  return PRODA_OK;
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  for (int round = 0; round < 4 * PRODA_RIG_ROUNDS; round++) {
    if (proda_rig_fill(rig, &rig->one, round, finding))
      return PRODA_ERROR;
    proda_bench_terms(&rig->one);
    if (look(rig, finding))
      return PRODA_ERROR;
  }
  return PRODA_OK;
}

const struct proda_check proda_model_finite = {
    .name = "finite",
    .asks = "terms are finite at every draw from the prior, at ordinary and at hostile sites",
    .matters = "such draws are rejected: a part of the prior is lost without anybody's wish",
    .repair = "divisions by what may be 0, logarithms and roots of what may be negative, overflow "
              "of exponentials",
    .model = check,
};
