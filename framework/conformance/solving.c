#include "conformance/solving.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "conformance/change.h"

int proda_solving_make(struct proda_rig *rig, unsigned wants, struct proda_finding *finding,
                       struct proda_solving *s)
{
  struct proda_error error = {""};
  *s = (struct proda_solving){.rig = rig};
  int status = proda_structure_new(rig->subject->loaded, rig->subject->settings, PRODA_RIG_MONTHS,
                                   &s->structure, &error);
  if (status == PRODA_OK)
    status = proda_block_new(s->structure, wants, &s->block, &error);
  return status == PRODA_OK
             ? PRODA_OK
             : proda_finding_fail(finding, "a structure that can be solved", "%s", error.message);
}

void proda_solving_clear(struct proda_solving *s)
{
  proda_block_free(s->block);
  proda_structure_free(s->structure);
}

int proda_solving_round(struct proda_solving *s, int round, struct proda_finding *finding)
{
  struct proda_rig *rig = s->rig;
  struct proda_error error = {""};
  double parameter[rig->manifest->n_parameters + 1];
  if (proda_rig_fill(rig, &rig->one, round, finding))
    return PRODA_ERROR;
  for (int i = 0; i < PRODA_LANES; i++) {
    if (proda_block_attach(s->block, i, &rig->at[i]->forcing, &error) != PRODA_OK)
      return proda_finding_fail(finding, "the same answer as before", "site refuses: %s",
                                error.message);
    for (size_t p = 0; p < rig->manifest->n_parameters; p++)
      parameter[p] = rig->one.parameter[p][i];
    proda_block_set(s->block, i, parameter);
  }
  snprintf(finding->calling, sizeof finding->calling, "terms, rates or steady");
  proda_block_solve(s->block);
  finding->calling[0] = '\0';
  for (int i = 0; i < PRODA_LANES; i++)
    s->n[proda_block_status(s->block, i)]++;
  return PRODA_OK;
}

const char *proda_solving_word(enum proda_solve_status status)
{
  static const char *const word[PRODA_N_SOLVE_STATUS] = {
      [PRODA_SOLVED] = "a steady state",
      [PRODA_SOLVE_NEAR_SINGULAR] = "nearly singular",
      [PRODA_SOLVE_NEGATIVE] = "a pool below zero",
      [PRODA_SOLVE_NOT_FINITE] = "no steady state: a pool is infinite or no number",
      [PRODA_SOLVE_REFUSED] = "a state that the structure itself refuses (judge)",
      [PRODA_SOLVE_FRACTIONS] = "fractions that sum to more than 1",
      [PRODA_SOLVE_NO_STATE] = "no state found by Newton's method",
      [PRODA_SOLVE_SEVERAL] = "several states",
      [PRODA_SOLVE_UNSTABLE] = "an unstable state",
      [PRODA_SOLVE_UNBALANCED] = "a state whose stocks change",
  };
  return word[status] ? word[status] : "another outcome";
}

const char *proda_solving_tally(const struct proda_solving *s, char *text, size_t size)
{
  size_t all = 0;
  for (int k = 0; k < PRODA_N_SOLVE_STATUS; k++)
    all += s->n[k];
  int length = snprintf(text, size, "%zu of %zu draws have a state", s->n[PRODA_SOLVED], all);
  for (int k = PRODA_SOLVED + 1; k < PRODA_N_SOLVE_STATUS; k++)
    if (s->n[k] && length > 0 && (size_t)length < size)
      length += snprintf(text + length, size - (size_t)length, "; %zu: %s", s->n[k],
                         proda_solving_word((enum proda_solve_status)k));
  return text;
}

bool proda_solving_closed(struct proda_rig *rig, bool *closed)
{
  struct proda_bench *b = &rig->one;
  size_t n = b->n_state;
  const double guard = 0x1.23456789abcdep-3;
  memset(closed, 0, rig->manifest->n_pools * sizeof *closed);
  if (!b->nonlinear || !b->nonlinear->steady)
    return true;
  lane *inflow = proda_room_array(rig->room, n * sizeof *inflow, "inflow");
  if (!inflow)
    return false;
  lane_fill(inflow, n, lane_splat(1));
  lane_fill(b->pools, n, lane_splat(guard));
  proda_bench_terms(b);
  b->nonlinear->steady(b->model, b->site, b->parameter, &b->terms, inflow, b->pools);
  for (size_t k = 0; k < n; k++)
    if (b->pools[k][0] != guard)
      closed[k / b->n_layers] = true;
  return true;
}

static double input_of(const struct proda_manifest *m, const struct proda_terms *t, int i)
{
  double sum = 0;
  for (size_t k = 0; k < m->n_inputs * m->grid.n_layers; k++)
    sum += fabs(t->input[k][i]);
  return sum;
}

double proda_solving_residual(const struct proda_solving *s, const bool *which, bool wanted, int i,
                              size_t *where, double *change, double *gross)
{
  const struct proda_manifest *m = s->rig->manifest;
  const struct proda_terms *t = proda_block_terms(s->block);
  size_t L = m->grid.n_layers;
  double worst = 0, input = input_of(m, t, i);
  *where = 0;
  *change = *gross = 0;
  for (size_t k = 0; k < m->n_pools * L; k++) {
    struct proda_change part = proda_change_of(m, t, proda_block_pools(s->block), k / L, k % L, i);
    double share = fabs(part.change) / (part.gross + 1e-10 * input);
    if (which[k / L] != wanted || part.gross < 1e-200 || share <= worst)
      continue;
    worst = share;
    *where = k;
    *change = part.change;
    *gross = part.gross;
  }
  return worst;
}
