#include <math.h>

#include "conformance/model_checks.h"

enum { FIRST = 0, SECOND = 5 };

static bool any_prescribed(const struct proda_manifest *m)
{
  for (size_t p = 0; p < m->n_parameters; p++)
    if (m->parameter[p].n_prescribed_by > 0)
      return true;
  return false;
}

static int look(struct proda_rig *rig, struct proda_finding *finding)
{
  char text[PRODA_ENTRY_TEXT];
  for (size_t k = 0; k < rig->two.n_entries; k++) {
    const lane *entry = proda_bench_entry(&rig->two, &rig->two.terms, k);
    for (int i = FIRST; i <= SECOND; i += SECOND - FIRST)
      if (proda_bench_read(&rig->two, k) && !isfinite((*entry)[i])) {
        proda_rig_at(rig, &rig->two, i, finding);
        return proda_finding_fail(finding, "what the site's drivers prescribe", "%s is %g",
                                  proda_bench_entry_name(&rig->two, k, text), (*entry)[i]);
      }
  }
  for (int i = 0; i < PRODA_LANES; i++)
    if (i != FIRST && i != SECOND &&
        proda_bench_same(&rig->one, i, &rig->two, i, "the same bits: its parameters are numbers",
                         "beside lanes whose parameters are prescribed")) {
      proda_rig_at(rig, &rig->one, i, finding);
      return PRODA_ERROR;
    }
  return PRODA_OK;
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  const struct proda_manifest *m = rig->manifest;
  if (!any_prescribed(m))
    return proda_finding_skip(finding, "no parameter is prescribed by drivers");
  for (int round = 0; round < PRODA_RIG_ROUNDS; round++) {
    if (proda_rig_fill(rig, &rig->one, round, finding))
      return PRODA_ERROR;
    for (int i = 0; i < PRODA_LANES; i++)
      proda_bench_copy_lane(&rig->one, i, &rig->two, i);
    for (size_t p = 0; p < m->n_parameters; p++)
      if (m->parameter[p].n_prescribed_by > 0)
        rig->two.parameter[p][FIRST] = rig->two.parameter[p][SECOND] = NAN;
    proda_bench_terms(&rig->one);
    proda_bench_terms(&rig->two);
    if (look(rig, finding))
      return PRODA_ERROR;
  }
  return PRODA_OK;
}

const struct proda_check proda_model_prescribed = {
    .name = "prescribed",
    .asks = "NaN in a prescribed parameter asks for what the site's drivers say, in that lane only",
    .matters = "default runs use it wherever the drivers are there",
    .repair = "parameters with `prescribed_by`: lane_select(lane_isnan(...), ...) lane by lane",
    .model = check,
};
