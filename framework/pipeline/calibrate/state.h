/** @file state.h
 * The solved state at a site's point estimate, in numbers: its measures (pipeline/measures.h), and
 * how far channels with `half_saturation` are from saturation (Tao et al., Figure 5).
 */
#ifndef PRODA_PIPELINE_STATE_H
#define PRODA_PIPELINE_STATE_H

#include "matrix/structure.h"

/** Channels with `half_saturation`; the numbers below are in their order. */
size_t proda_saturating_count(const struct proda_manifest *manifest);
/** Index of the k-th of them among the channels. */
size_t proda_saturating_channel(const struct proda_manifest *manifest, size_t k);

/** Where the numbers go. */
struct proda_state_numbers {
  double *measure;           /**< [proda_measures_count] */
  double *half_saturation;   /**< [proda_saturating_count], gC m-3 */
  double *substrate;         /**< the same: mean density of the donor in 0-100 cm */
  double *substrate_largest; /**< the same: its largest density in a layer */
};

/** Takes lane i of a solved block; `measure` [proda_measures_count] are its measures on lanes,
 * parameter[n_parameters] what it was solved with. */
void proda_state_describe(const struct proda_manifest *manifest, const struct proda_block *block,
                          int i, const lane *measure, const double *parameter,
                          const struct proda_state_numbers *numbers);

#endif
