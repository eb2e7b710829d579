#include <math.h>
#include <string.h>

#include "conformance/model_checks.h"
#include "conformance/solving.h"
#include "pipeline/measures.h"

static int compare(struct proda_solving *s, const lane *one, const lane *two, size_t k, int i,
                   struct proda_finding *finding)
{
  const struct proda_manifest *m = s->rig->manifest;
  struct proda_measure measure = proda_measure_at(s->rig->manifest, k);
  bool own = k + m->n_quantities >= proda_measures_count(m);
  if (!proda_same_number(one[k][i], two[k][i])) {
    proda_rig_at(s->rig, &s->rig->one, i, finding);
    return proda_finding_fail(finding, "every quantity written, whatever stood there before",
                              "%s is %.17g, and %.17g where another number stood there before",
                              measure.name, one[k][i], two[k][i]);
  }
  if (own && !isfinite(one[k][i]) && proda_block_status(s->block, i) == PRODA_SOLVED &&
      s->rig->at[i]->kind == PRODA_PLACE_ORDINARY && finding->mark == PRODA_MARK_OK) {
    proda_rig_at(s->rig, &s->rig->one, i, finding);
    proda_finding_warn(finding, "a number, or NaN where the state has no such quantity",
                       "quantity %s is %g at a steady state", measure.name, one[k][i]);
  }
  return PRODA_OK;
}

static int are_pure(struct proda_solving *s, lane *one, lane *two, struct proda_finding *finding)
{
  size_t n = proda_measures_count(s->rig->manifest);
  memset(one, 0xff, n * sizeof *one); /* NaN */
  memset(two, 0x5a, n * sizeof *two);
  proda_measures_compute(s->block, 0, one);
  proda_measures_compute(s->block, 0, two);
  for (size_t k = 0; k < n; k++)
    for (int i = 0; i < PRODA_LANES; i++)
      if (compare(s, one, two, k, i, finding))
        return PRODA_ERROR;
  return PRODA_OK;
}

/* Lane 6 once more, in lane 3, beside NaN. `one` holds the measures of the round. */
static int keep_to_their_lane(struct proda_solving *s, const lane *one, lane *two,
                              struct proda_finding *finding)
{
  enum { FROM = 6, TO = 3 };
  struct proda_rig *rig = s->rig;
  struct proda_error error;
  double parameter[rig->manifest->n_parameters + 1];
  for (int i = 0; i < PRODA_LANES; i++) {
    for (size_t p = 0; p < rig->manifest->n_parameters; p++)
      parameter[p] = i == TO ? rig->one.parameter[p][FROM] : NAN;
    (void)proda_block_attach(s->block, i, &rig->at[FROM]->forcing, &error);
    proda_block_set(s->block, i, parameter);
  }
  proda_block_solve(s->block);
  proda_measures_compute(s->block, 0, two);
  for (size_t k = 0; k < proda_measures_count(rig->manifest); k++)
    if (!proda_same_number(one[k][FROM], two[k][TO])) {
      proda_rig_at(rig, &rig->one, FROM, finding);
      return proda_finding_fail(finding, "the same bits: a lane depends on no other lane",
                                "%s is %.17g, and %.17g in another lane, with NaN in all others",
                                proda_measure_at(rig->manifest, k).name, one[k][FROM], two[k][TO]);
    }
  return PRODA_OK;
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  struct proda_solving s = {0};
  size_t size = proda_measures_count(rig->manifest) * sizeof(lane);
  lane *one = proda_room_array(rig->room, size, "out");
  lane *two = proda_room_array(rig->room, size, "out");
  if (rig->manifest->n_observables == 0)
    return proda_finding_skip(finding, "nothing is observed");
  if (!one || !two)
    return proda_finding_memory(finding);
  int status = proda_solving_make(rig, 0, finding, &s);
  for (int round = 0; round < PRODA_RIG_ROUNDS && status == PRODA_OK; round++) {
    status = proda_solving_round(&s, round, finding);
    if (status == PRODA_OK)
      status = are_pure(&s, one, two, finding);
    if (status == PRODA_OK)
      status = keep_to_their_lane(&s, one, two, finding);
  }
  proda_solving_clear(&s);
  return status;
}

const struct proda_check proda_model_measures = {
    .name = "quantities",
    .asks = "the solved state and its quantities are the same in every lane, and all are written",
    .matters = "maps and reports show them beside the components",
    .repair =
        "the extensions: fill of \"quantities\"; rates, steady and slopes of \"nonlinear\": what "
        "holds for terms holds for them",
    .model = check,
};
