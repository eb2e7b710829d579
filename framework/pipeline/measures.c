#include "pipeline/measures.h"

size_t proda_measures_count(const struct proda_manifest *manifest)
{
  return PRODA_N_COMPONENTS + manifest->n_quantities;
}

struct proda_measure proda_measure_at(const struct proda_manifest *manifest, size_t k)
{
  if (k < PRODA_N_COMPONENTS)
    return proda_components[k];
  const struct proda_quantity *quantity = &manifest->quantity[k - PRODA_N_COMPONENTS];
  return (struct proda_measure){quantity->name, quantity->unit, quantity->doc};
}

void proda_measures_compute(const struct proda_block *block, size_t observable, lane *out)
{
  proda_block_components(block, observable, out);
  proda_block_quantities(block, out + PRODA_N_COMPONENTS);
}
