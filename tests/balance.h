/** @file balance.h
 * The budget of a solved block; dX/dt entry by entry.
 */
#ifndef PRODA_TESTS_BALANCE_H
#define PRODA_TESTS_BALANCE_H

#include "conformance/change.h"
#include "matrix/structure.h"
#include "testing.h"

/* input = CO2 + losses + transport + change to rounding, whatever the state. */
static inline __attribute__((unused)) void assert_budget_closes(const struct proda_block *block,
                                                                int i)
{
  const struct proda_manifest *m = proda_block_manifest(block);
  struct proda_budget budget;
  lane loss[m->n_losses];
  proda_block_budget(block, &budget, loss);
  double out = budget.transport[i] + budget.change[i];
  for (size_t k = 0; k < m->n_losses; k++)
    out += loss[k][i];
  assert_close(out, budget.input[i], 0, 1e-14 * budget.gross[i]);
}

#endif
