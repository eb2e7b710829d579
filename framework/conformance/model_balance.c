#include <math.h>

#include "conformance/model_checks.h"
#include "conformance/solving.h"

/* Of the input, and of all that moves to and fro, which leaves its rounding. */
static const double of_input = 1e-9, of_gross = 1e-13;

/* What leaves a column, CO2, other losses and what transport takes where the manifest admits that,
 * and what enters it. */
static void column_of(const struct proda_solving *s, int i, double *out, double *in, double *gross)
{
  const struct proda_manifest *m = s->rig->manifest;
  struct proda_budget budget;
  lane loss[m->n_losses + 1];
  proda_block_budget(s->block, &budget, loss);
  *in = budget.input[i];
  *gross = budget.gross[i];
  *out = m->transport_conserves ? 0 : budget.transport[i];
  for (size_t k = 0; k < m->n_losses; k++)
    *out += loss[k][i];
}

static int look(struct proda_solving *s, struct proda_finding *finding)
{
  for (int i = 0; i < PRODA_LANES; i++) {
    enum proda_solve_status status = proda_block_status(s->block, i);
    double out, in, gross;
    column_of(s, i, &out, &in, &gross);
    if (status == PRODA_SOLVED && fabs(out - in) <= of_input * in + of_gross * gross)
      continue;
    if (status != PRODA_SOLVED && status != PRODA_SOLVE_UNBALANCED)
      continue;
    proda_rig_at(s->rig, &s->rig->one, i, finding);
    return proda_finding_fail(
        finding, "that all carbon that comes in leaves as CO2 or another loss",
        "over the whole column %.12g comes in per %s, and %.12g leaves%s", in,
        s->rig->manifest->time, out, status == PRODA_SOLVED ? "" : "; its stocks change");
  }
  return PRODA_OK;
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  struct proda_solving s = {0};
  int status = proda_solving_make(rig, PRODA_WANT_BALANCE, finding, &s);
  for (int round = 0; round < PRODA_RIG_ROUNDS && status == PRODA_OK; round++) {
    status = proda_solving_round(&s, round, finding);
    if (status == PRODA_OK)
      status = look(&s, finding);
  }
  if (status == PRODA_OK && s.n[PRODA_SOLVED] == 0)
    proda_finding_skip(finding, "no draw has a steady state");
  proda_solving_clear(&s);
  return status;
}

const struct proda_check proda_model_balance = {
    .name = "conservation",
    .asks = "at the steady state the losses of the column are its input",
    .matters = "carbon that is made or lost on the way makes residence times and maps wrong",
    .repair =
        "transport between layers, the closed form, fractions; rates that differ between calls",
    .model = check,
};
