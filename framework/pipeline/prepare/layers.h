/** @file layers.h
 * From the measured layers of a profile to SOC densities, and what became of each layer.
 *
 * density (gC m-3) = content (g kg-1) x bulk density (kg dm-3) x 1000 x (1 - coarse / 100).
 * Measured bulk density counts where 0 < BD <= 2.65 (the density of quartz), else the pedotransfer
 * function stands in; a missing share of coarse fragments counts as 0; where there is no content, a
 * reported density is taken as it is.
 */
#ifndef PRODA_PIPELINE_LAYERS_H
#define PRODA_PIPELINE_LAYERS_H

#include <stdbool.h>

#include "pipeline/prepare/bulk_density.h"
#include "pipeline/prepare/profiles.h"

enum proda_layer_state {
  PRODA_LAYER_USED,
  PRODA_LAYER_NO_CARBON,  /**< neither content nor density */
  PRODA_LAYER_ZERO,       /**< an observation of 0: dropped, as in the study */
  PRODA_LAYER_BAD_CARBON, /**< negative, infinite or more than 1000 g kg-1 */
  PRODA_LAYER_BAD_DEPTH,  /**< missing, negative, or top not above bottom */
  PRODA_LAYER_BAD_COARSE, /**< coarse fragments outside 0..100 % */
  PRODA_LAYER_DUPLICATE,  /**< same depths as a layer that is used */
  PRODA_LAYER_OVERLAP,    /**< begins above the bottom of a layer that is used */
  PRODA_LAYER_N_STATES,
};
extern const char *const proda_layer_meaning[PRODA_LAYER_N_STATES];

enum proda_soc_origin {
  PRODA_SOC_MEASURED,     /**< content and measured bulk density */
  PRODA_SOC_PEDOTRANSFER, /**< content and bulk density from the pedotransfer function */
  PRODA_SOC_REPORTED,     /**< density as reported */
  PRODA_SOC_N_ORIGINS,
};
extern const char *const proda_soc_origin_meaning[PRODA_SOC_N_ORIGINS];

struct proda_layers {
  size_t *order; /**< [n_layers]: the layers of each profile by depth of their tops */
  enum proda_layer_state *state; /**< [n_layers] */
  enum proda_soc_origin *origin; /**< [n_layers]; where used */
  double *soc;                   /**< [n_layers], gC m-3; where used */
  size_t n_bad_bulk_density;     /**< measured values outside 0..2.65, not used */
  size_t n_no_coarse;            /**< used layers whose coarse fragments were missing */
};

/** Whether layer i holds an organic carbon content and a bulk density that can be used together. */
bool proda_layer_has_both(const struct proda_profiles *profiles, size_t i);

/** Fits BD on all layers of a file that hold both; `*fit` holds the start. */
int proda_layers_fit(const struct proda_profiles *profiles, struct proda_bulk_density_fit *fit,
                     struct proda_error *error);

/** Judges every layer. `*layers` is released by proda_layers_free. */
int proda_layers_make(const struct proda_profiles *profiles,
                      const struct proda_bulk_density_fit *fit, struct proda_layers **layers,
                      struct proda_error *error);
void proda_layers_free(struct proda_layers *layers);

#endif
