/** @file components.h
 * System-level components: what a structure does with carbon as a whole, in nine numbers, from its
 * graph, terms and state alone. Tao et al., equations 10-14; doc/components.md sets them beside
 * what the study's code computes.
 *
 * Sums run over pools and layers z; F = dz K xi X is the flux through a channel, per area and time.
 * Carbon of the observed quantity is its weighted sum of pools times dz. Where a sum that stands
 * below a fraction is 0, the component is NaN.
 */
#ifndef PRODA_MATRIX_COMPONENTS_H
#define PRODA_MATRIX_COMPONENTS_H

#include "plugin/manifest.h"

enum proda_system_component {
  /** Equation 10: sum over channels of the fractions handed over, weighted by F. 1 minus the share
   * of all fluxes that is respired or else lost. */
  PRODA_CARBON_TRANSFER_EFFICIENCY,
  /** Equation 11: K of the observed pools, summed over a pool's channels and at the state where
   * they are not linear, weighted by their carbon. */
  PRODA_BASELINE_DECOMPOSITION,
  /** Equation 12: diagonal of V, weighted by the carbon of the observed pools that are transported;
   * where none is, of all that are. 0 in a structure without transport. */
  PRODA_VERTICAL_TRANSPORT,
  /** Equation 13: xi of the observed pools' channels, weighted by their carbon; of several channels
   * out of a pool the mean weighted by K. */
  PRODA_ENVIRONMENTAL_MODIFIER,
  /** Equation 14: [mean over layers of (1 - Y)^(1/D)]^5, Y the share of the input down to the lower
   * face of the layer, D its depth in cm: the share of the input below 5 cm where the profile is
   * Jackson's. Layers with nothing below (Y = 1) are left out; NaN where that is all. */
  PRODA_INPUT_ALLOCATION,
  PRODA_CARBON_INPUT,          /**< plant carbon that enters, all pools and layers */
  PRODA_SOC_RESIDENCE_TIME,    /**< observed carbon of the column over the input */
  PRODA_SYSTEM_RESIDENCE_TIME, /**< carbon of all pools over the input */
  /** What pools outside the observed quantity hand to pools of it, over the input. */
  PRODA_LITTER_TO_MINERAL,
  PRODA_N_COMPONENTS,
};

/** A number that a solved state has: a component, or a structure's own. */
struct proda_measure {
  const char *name; /**< in stores */
  const char *unit, *long_name;
};

extern const struct proda_measure proda_components[PRODA_N_COMPONENTS];

/** Fills out[PRODA_N_COMPONENTS], in the units of proda_components; a year has 365 days. pools:
 * [n_pools][L], in the manifest's unit; area[L]: what one unit is in gC m-2. weight[n_pools] is
 * that of the observable; a pool belongs to it where that is not 0. */
void proda_components_compute(const struct proda_manifest *manifest,
                              const struct proda_terms *terms, const lane *pools, const lane *area,
                              const double *weight, lane *out);

#endif
