#include "conformance/model_checks.h"

static int look(struct proda_rig *rig, size_t k, int i, struct proda_finding *finding)
{
  const struct proda_bench *b = &rig->one;
  size_t L = b->n_layers, n_inputs = b->manifest->n_inputs * L;
  size_t n_rates = b->manifest->n_channels * L, n_modifiers = b->manifest->n_modifiers * L;
  bool rate = k >= n_inputs && k < n_inputs + n_rates;
  double x = (*proda_bench_entry(b, &b->terms, k))[i];
  char text[PRODA_ENTRY_TEXT];
  if (k >= n_inputs + n_rates + n_modifiers || !proda_bench_read(b, k) || !(x <= 0))
    return PRODA_OK;
  if (x < 0) {
    proda_rig_at(rig, b, i, finding);
    return proda_finding_fail(finding, "0 or more", "%s is %g", proda_bench_entry_name(b, k, text),
                              x);
  }
  if (rate && rig->at[i]->kind == PRODA_PLACE_ORDINARY && finding->mark == PRODA_MARK_OK) {
    proda_rig_at(rig, b, i, finding);
    proda_finding_warn(finding, "more than 0: what the environment stops belongs into a modifier",
                       "%s is 0", proda_bench_entry_name(b, k, text));
  }
  return PRODA_OK;
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  for (int round = 0; round < 2 * PRODA_RIG_ROUNDS; round++) {
    if (proda_rig_fill(rig, &rig->one, round, finding))
      return PRODA_ERROR;
    proda_bench_terms(&rig->one);
    for (size_t k = 0; k < rig->one.n_entries; k++)
      for (int i = 0; i < PRODA_LANES; i++)
        if (look(rig, k, i, finding))
          return PRODA_ERROR;
  }
  return PRODA_OK;
}

const struct proda_check proda_model_ranges = {
    .name = "ranges",
    .asks = "inputs, rates and modifiers are not negative",
    .matters = "negative ones make carbon where there is none, and pools below zero",
    .repair = "signs, differences that change sign within the priors, units of temperature (degC "
              "where K is meant)",
    .model = check,
};
