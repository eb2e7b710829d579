#include "conformance/change.h"

#include <math.h>

static void add(struct proda_change *sum, double part)
{
  sum->change += part;
  sum->gross += fabs(part);
}

struct proda_change proda_change_of(const struct proda_manifest *m, const struct proda_terms *t,
                                    const lane *pools, size_t pool, size_t l, int i)
{
  size_t L = m->grid.n_layers;
  struct proda_change sum = {0, 0};
  for (size_t k = 0; k < m->n_inputs; k++)
    if (m->input[k] == pool)
      add(&sum, t->input[k * L + l][i]);
  for (size_t c = 0; c < m->n_channels; c++) {
    double flux = t->rate[c * L + l][i] * t->modifier[m->channel[c].modifier * L + l][i] *
                  pools[m->channel[c].donor * L + l][i];
    if (m->channel[c].donor == pool)
      add(&sum, -flux);
    for (size_t k = 0; k < m->n_transfers; k++)
      if (m->transfer[k].channel == c && m->transfer[k].recipient == pool)
        add(&sum, t->fraction[k * L + l][i] * flux);
  }
  for (size_t band = 0; band < 3 && m->transported[pool]; band++)
    if (l + band >= 1 && l + band <= L)
      add(&sum, -t->transport[band * L + l][i] * pools[pool * L + l + band - 1][i]);
  return sum;
}
