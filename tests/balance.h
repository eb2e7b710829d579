/** @file balance.h
 * dX/dt = B I + A xi K X - V X entry by entry, from a manifest's graph and terms alone; and the
 * budget of a solved block.
 */
#ifndef PRODA_TESTS_BALANCE_H
#define PRODA_TESTS_BALANCE_H

#include "matrix/structure.h"
#include "testing.h"

/* One entry of dX/dt and the sum of its parts without their signs. */
struct balance {
  double change, gross;
};

static inline void balance_add(struct balance *balance, double part)
{
  balance->change += part;
  balance->gross += fabs(part);
}

static inline __attribute__((unused)) struct balance balance_of(const struct proda_manifest *m,
                                                                const struct proda_terms *t,
                                                                const lane *pools, size_t pool,
                                                                size_t l, int i)
{
  size_t L = m->grid.n_layers;
  struct balance balance = {0, 0};
  for (size_t k = 0; k < m->n_inputs; k++)
    if (m->input[k] == pool)
      balance_add(&balance, t->input[k * L + l][i]);
  for (size_t c = 0; c < m->n_channels; c++) {
    double flux = t->rate[c * L + l][i] * t->modifier[m->channel[c].modifier * L + l][i] *
                  pools[m->channel[c].donor * L + l][i];
    if (m->channel[c].donor == pool)
      balance_add(&balance, -flux);
    for (size_t k = 0; k < m->n_transfers; k++)
      if (m->transfer[k].channel == c && m->transfer[k].recipient == pool)
        balance_add(&balance, t->fraction[k * L + l][i] * flux);
  }
  for (size_t band = 0; band < 3 && m->transported[pool]; band++)
    if (l + band >= 1 && l + band <= L)
      balance_add(&balance, -t->transport[band * L + l][i] * pools[pool * L + l + band - 1][i]);
  return balance;
}

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
