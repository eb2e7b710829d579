#include "conformance/model_checks.h"
#include "conformance/solving.h"
#include "matrix/plan.h"

/* A pool below zero that the linear solver found; there only wrong terms can make one. */
static int negative(struct proda_solving *s, const struct proda_plan *plan, int i,
                    struct proda_finding *finding)
{
  const struct proda_bench *b = &s->rig->one;
  bool solved = proda_block_status(s->block, i) == PRODA_SOLVED;
  char text[PRODA_ENTRY_TEXT];
  for (size_t k = 0; k < b->n_state; k++) {
    double x = proda_block_pools(s->block)[k][i];
    bool linear = plan->component[plan->component_of[k / b->n_layers]].linear;
    if (solved && !(x >= 0)) {
      proda_rig_at(s->rig, b, i, finding);
      return proda_finding_fail(finding, "0 or more", "%s is %g at the steady state",
                                proda_bench_pool_name(b, k, text), x);
    }
    if (!solved && !linear)
      return PRODA_OK;
  }
  if (solved || proda_block_status(s->block, i) != PRODA_SOLVE_NEGATIVE)
    return PRODA_OK;
  proda_rig_at(s->rig, b, i, finding);
  return proda_finding_fail(finding,
                            "0 or more: where all is linear and not negative the state is too",
                            "a pool is below zero at the steady state");
}

static int judge(const struct proda_solving *s, struct proda_finding *finding)
{
  char text[512];
  proda_solving_tally(s, text, sizeof text);
  if (s->n[PRODA_SOLVED] == 0)
    return proda_finding_fail(finding, "a steady state at some draw, at least at the defaults",
                              "%s", text);
  proda_finding_remark(finding, "%s", text);
  return PRODA_OK;
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  struct proda_solving s = {0};
  struct proda_plan *plan = NULL;
  struct proda_error error = {""};
  const struct proda_nonlinear_ops *ops = rig->one.nonlinear;
  bool slopes = ops && ops->slopes;
  int status = proda_solving_make(rig, 0, finding, &s);
  if (status == PRODA_OK && proda_plan_new(rig->manifest, slopes ? ops->n_slopes : 0,
                                           slopes ? ops->slope_of : NULL, &plan, &error))
    status = proda_finding_fail(finding, "a structure that can be solved", "%s", error.message);
  for (int round = 0; round < 2 * PRODA_RIG_ROUNDS && status == PRODA_OK; round++) {
    status = proda_solving_round(&s, round, finding);
    for (int i = 0; i < PRODA_LANES && status == PRODA_OK; i++)
      status = negative(&s, plan, i, finding);
  }
  if (status == PRODA_OK)
    status = judge(&s, finding);
  proda_plan_free(plan);
  proda_solving_clear(&s);
  return status;
}

const struct proda_check proda_model_pools = {
    .name = "pools",
    .asks = "there are steady states, and no pool of them is below zero",
    .matters = "draws without a state are rejected: a structure that has none cannot be calibrated",
    .repair = "signs of bands and inputs, fractions above 1, and priors where nothing can live",
    .model = check,
};
