#include "conformance/model_checks.h"
#include "conformance/solving.h"

/* Of all that moves in an entry; sums of its parts have rounding of this order. */
static const double tolerance = 1e-10;

static int look(struct proda_solving *s, const bool *closed, bool wanted,
                struct proda_finding *finding)
{
  char text[PRODA_ENTRY_TEXT];
  for (int i = 0; i < PRODA_LANES; i++) {
    size_t where;
    double change, gross;
    if (proda_block_status(s->block, i) != PRODA_SOLVED)
      continue;
    if (!(proda_solving_residual(s, closed, wanted, i, &where, &change, &gross) > tolerance))
      continue;
    proda_rig_at(s->rig, &s->rig->one, i, finding);
    return proda_finding_fail(
        finding, "0 to rounding: at a steady state what comes is what goes",
        "%s is %.9g and changes by %.3g per %s at the %s; what moves there is %.3g",
        proda_bench_pool_name(&s->rig->one, where, text), proda_block_pools(s->block)[where][i],
        change, s->rig->manifest->time, wanted ? "closed form's state" : "state", gross);
  }
  return PRODA_OK;
}

static int any(const bool *mark, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (mark[i])
      return 1;
  return 0;
}

/* The pools that the closed form writes, or all others. */
static int check_pools(struct proda_rig *rig, bool wanted, struct proda_finding *finding)
{
  struct proda_solving s = {0};
  bool closed[rig->manifest->n_pools + 1];
  if (proda_rig_fill(rig, &rig->one, 0, finding))
    return PRODA_ERROR;
  if (!proda_solving_closed(rig, closed))
    return proda_finding_memory(finding);
  if (wanted && !any(closed, rig->manifest->n_pools))
    return proda_finding_skip(finding, "the plugin offers no closed form");
  int status = proda_solving_make(rig, 0, finding, &s);
  for (int round = 0; round < PRODA_RIG_ROUNDS && status == PRODA_OK; round++) {
    status = proda_solving_round(&s, round, finding);
    if (status == PRODA_OK)
      status = look(&s, closed, wanted, finding);
  }
  if (status == PRODA_OK && s.n[PRODA_SOLVED] == 0)
    proda_finding_skip(finding, "no draw has a steady state");
  proda_solving_clear(&s);
  return status;
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  return check_pools(rig, false, finding);
}

static int check_closed_form(struct proda_rig *rig, struct proda_finding *finding)
{
  return check_pools(rig, true, finding);
}

const struct proda_check proda_model_steady = {
    .name = "steady-state",
    .asks = "at the solved state nothing changes: dX/dt = B I + A xi K X - V X is 0, pool by pool",
    .matters = "calibration and maps compare this state with measured carbon",
    .repair =
        "terms that change between two calls; rates and slopes of channels that are not linear",
    .model = check,
};

const struct proda_check proda_model_closed = {
    .name = "closed-form",
    .asks = "the closed form of the steady state is one",
    .matters = "the host takes it as it is: calibration would fit another structure",
    .repair =
        "steady: the algebra, and whether it agrees with rates and fractions (or leave it out: "
        "the host finds the state from slopes)",
    .model = check_closed_form,
};
