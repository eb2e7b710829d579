/** @file litter.h
 * The litter cascade that vertically resolved structures share: four litters (coarse woody debris,
 * metabolic, cellulose, lignin, in this order), fed along a root profile and mixed through the
 * soil.
 *
 * As soil.h: a site's part in doubles, a draw's part on lanes.
 */
#ifndef PRODA_LITTER_H
#define PRODA_LITTER_H

#include <proda/soil.h>

enum { PRODA_N_LITTERS = 4 };

/** The cascade's forcing, in the order that a manifest's drivers must have. */
enum proda_litter_driver {
  PRODA_LITTER_ALTMAX,          /**< deepest active layer of this year, m */
  PRODA_LITTER_ALTMAX_LASTYEAR, /**< of last year, m */
  PRODA_LITTER_NBEDROCK,        /**< number (from 1) of the layer with bedrock */
  PRODA_LITTER_INPUTS,          /**< the first of the four inputs, gC m-2 month-1 */
};

/** A site of the cascade. */
struct proda_litter {
  size_t n_layers;
  const double *dz, *node, *interface; /**< [n_layers], m */
  size_t n_months;
  const double *const *driver; /**< [enum proda_litter_driver]: [n_months] each */
};

/** Where the site's numbers stand: inputs over the column, whether the soil is frozen, mixing. */
#define PRODA_LITTER_INPUT 0
#define PRODA_LITTER_FROZEN PRODA_N_LITTERS
#define PRODA_LITTER_MIXING (PRODA_N_LITTERS + 1)
#define PRODA_LITTER_SIZE(n_layers) (PRODA_LITTER_MIXING + PRODA_MIXING_SIZE(n_layers))

#ifdef __cplusplus
extern "C" {
#endif

/** Fills lane i of site[PRODA_LITTER_SIZE(n_layers)]: mean inputs in gC m-2 day-1 (months may be
 * any number of years); 1 where last year's active layer is 0 in any month, so that all input stays
 * in the first layer; the coefficients of mixing. */
void proda_litter_site(const struct proda_litter *litter, lane *site, int i);

#ifdef __cplusplus
}
#endif

/** Inputs of a draw: input[PRODA_N_LITTERS][n_layers], gC m-3 day-1. */
PRODA_INLINE void proda_litter_inputs(size_t n_layers, const double *dz, const double *interface,
                                      const lane *site, lane beta, lane *input)
{
  lane share[n_layers];
  proda_root_profile(n_layers, interface, beta, site[PRODA_LITTER_FROZEN], share);
  for (size_t l = 0; l < n_layers; l++)
    share[l] /= dz[l];
  for (size_t k = 0; k < PRODA_N_LITTERS; k++)
    for (size_t l = 0; l < n_layers; l++)
      input[k * n_layers + l] = site[PRODA_LITTER_INPUT + k] * share[l];
}

/** Transport of a draw from diffusivities in m2 yr-1: transport[3][n_layers], day-1. */
PRODA_INLINE void proda_litter_transport(size_t n_layers, const lane *site, lane bioturbation,
                                         lane cryoturbation, lane *transport)
{
  proda_mixing_bands(n_layers, site + PRODA_LITTER_MIXING, bioturbation / PRODA_DAYS_PER_YEAR,
                     cryoturbation / PRODA_DAYS_PER_YEAR, transport);
}

#endif
