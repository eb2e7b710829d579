#include <math.h>

#include "conformance/model_checks.h"

static bool any_optional(const struct proda_manifest *m)
{
  for (size_t d = 0; d < m->n_drivers; d++)
    if (m->driver[d].optional)
      return true;
  return false;
}

static int look(struct proda_rig *rig, struct proda_finding *finding)
{
  char text[PRODA_ENTRY_TEXT];
  for (size_t k = 0; k < rig->one.n_entries; k++)
    for (int i = 0; i < PRODA_LANES; i++) {
      double x = (*proda_bench_entry(&rig->one, &rig->one.terms, k))[i];
      if (!proda_bench_read(&rig->one, k) || isfinite(x))
        continue;
      proda_rig_at(rig, &rig->one, i, finding);
      return proda_finding_fail(finding, "a number, from parameters that are numbers", "%s is %g",
                                proda_bench_entry_name(&rig->one, k, text), x);
    }
  return PRODA_OK;
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  struct proda_error error;
  if (!any_optional(rig->manifest))
    return proda_finding_skip(finding, "no driver is optional");
  for (int i = 0; i < PRODA_LANES; i++) {
    rig->at[i] = &rig->sparse;
    if (proda_bench_site(&rig->one, i, &rig->sparse.forcing, &error) != PRODA_OK)
      return proda_finding_fail(finding, "that site accepts it", "site refused %s: %s",
                                proda_place_name(&rig->sparse), error.message);
    proda_rig_draw(rig, &rig->one, i);
  }
  proda_bench_terms(&rig->one);
  return look(rig, finding);
}

const struct proda_check proda_model_optional = {
    .name = "optional",
    .asks = "the structure runs where optional drivers are absent",
    .matters = "most forcing lacks them",
    .repair =
        "forcing->driver[d] may be NULL in site; parameters `prescribed_by` it are numbers then",
    .model = check,
};
