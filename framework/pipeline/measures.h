/** @file measures.h
 * The numbers of a solved state that stores hold by name: first the components of
 * matrix/components.h, then its carbon budget (matrix/budget.h: what transport loses, the change of
 * stocks, and the losses by name), then the structure's own quantities in manifest order.
 */
#ifndef PRODA_PIPELINE_MEASURES_H
#define PRODA_PIPELINE_MEASURES_H

#include "matrix/structure.h"

/** How many a structure has, and the k-th of them. */
size_t proda_measures_count(const struct proda_manifest *manifest);
struct proda_measure proda_measure_at(const struct proda_manifest *manifest, size_t k);

/** Those of the last solve: out[proda_measures_count], on lanes. */
void proda_measures_compute(const struct proda_block *block, size_t observable, lane *out);

#endif
