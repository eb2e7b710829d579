#include "pipeline/measures.h"

enum { TRANSPORT, CHANGE, N_SUMS };

static const char flux[] = "gC m-2 yr-1";

static const struct proda_measure sums[N_SUMS] = {
    [TRANSPORT] = {"transport_imbalance", flux, "carbon that vertical transport takes and loses"},
    [CHANGE] = {"stock_change", flux, "change of the carbon stocks of all pools"},
};

static size_t n_before_quantities(const struct proda_manifest *manifest)
{
  return PRODA_N_COMPONENTS + N_SUMS + manifest->n_losses;
}

size_t proda_measures_count(const struct proda_manifest *manifest)
{
  return n_before_quantities(manifest) + manifest->n_quantities;
}

struct proda_measure proda_measure_at(const struct proda_manifest *manifest, size_t k)
{
  if (k < PRODA_N_COMPONENTS)
    return proda_components[k];
  if (k < PRODA_N_COMPONENTS + N_SUMS)
    return sums[k - PRODA_N_COMPONENTS];
  if (k < n_before_quantities(manifest)) {
    const struct proda_loss *loss = &manifest->loss[k - PRODA_N_COMPONENTS - N_SUMS];
    return (struct proda_measure){loss->measure, flux, loss->long_name};
  }
  const struct proda_quantity *quantity = &manifest->quantity[k - n_before_quantities(manifest)];
  return (struct proda_measure){quantity->name, quantity->unit, quantity->doc};
}

void proda_measures_compute(const struct proda_block *block, size_t observable, lane *out)
{
  const struct proda_manifest *manifest = proda_block_manifest(block);
  double per_year = proda_manifest_times_per_year(manifest);
  lane *sum = out + PRODA_N_COMPONENTS, *loss = sum + N_SUMS;
  struct proda_budget budget;
  proda_block_components(block, observable, out);
  proda_block_budget(block, &budget, loss);
  sum[TRANSPORT] = per_year * budget.transport;
  sum[CHANGE] = per_year * budget.change;
  for (size_t k = 0; k < manifest->n_losses; k++)
    loss[k] *= per_year;
  proda_block_quantities(block, out + n_before_quantities(manifest));
}
