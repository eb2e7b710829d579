/** @file manifest.h
 * A plugin's manifest, checked: what a structure, a sampler or an emulator states of itself.
 *
 * Reading a manifest never loads code. Everything the host knows of a plugin's
 * names, counts, units, defaults and priors comes from here.
 */
#ifndef PRODA_PLUGIN_MANIFEST_H
#define PRODA_PLUGIN_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>

#include <proda/model.h>
#include <proda/plugin.h>
#include <proda/sampler.h>

#include "formula/expression.h"
#include "store/digest.h"

enum proda_dims { /**< axes of a driver, in the order layer, month */
                  PRODA_DIM_LAYER = 1,
                  PRODA_DIM_MONTH = 2,
};

struct proda_driver {
  const char *name, *unit, *doc;
  unsigned dims; /**< bits of enum proda_dims; 0 is one value a site */
  bool optional; /**< the forcing may lack it; parameters `prescribed_by` it fall back to numbers */
};

enum proda_term {
  PRODA_TERM_I,
  PRODA_TERM_B,
  PRODA_TERM_A,
  PRODA_TERM_K,
  PRODA_TERM_XI,
  PRODA_TERM_V
};

struct proda_parameter {
  const char *name;   /**< identifier: P_<name> in C */
  const char *symbol; /**< as printed in the source (Supplementary Table 1); name where not given */
  const char
      *component; /**< the mechanism that it belongs to, as in the source; "" where not given */
  const char *unit, *doc;
  enum proda_term term;
  double default_value;        /**< always a number */
  struct proda_prior prior;    /**< kind uniform, log-uniform or normal; the first two bounded */
  size_t n_prescribed_by;      /**< drivers that, all present, replace the default by what the */
  const size_t *prescribed_by; /**< plugin computes from them (the parameter is then NaN) */
};

/** One recipient of a channel. Transfers are numbered through all channels, in manifest order. */
struct proda_transfer {
  size_t channel, recipient;               /**< channel index, pool index */
  const struct proda_expression *fraction; /**< over parameters and numbers */
  const char *fraction_text;               /**< the same as written */
  const char *name;                        /**< "<channel>_<recipient>": TO_<name> in C */
};

struct proda_channel {
  const char *name;                    /**< the donor's name where not given: CH_<name> in C */
  size_t donor;                        /**< pool index */
  size_t modifier;                     /**< modifier index */
  bool linear;                         /**< the rate does not depend on pools */
  const struct proda_expression *rate; /**< at optimal environment; over parameters and numbers,
                                            NULL where not stated */
  const char *rate_text;               /**< the same as written; NULL where not stated */
  /** Concentration of the donor, gC m-3, at which a channel that saturates in it has half of its
   * largest rate; over parameters and numbers. NULL where not stated. */
  const struct proda_expression *half_saturation;
  const char *half_saturation_text; /**< the same as written; NULL where not stated */
};

/** What the publication of a structure minimised for an observable; y are the measured layers. */
enum proda_published_cost {
  PRODA_COST_NONE,       /**< not stated */
  PRODA_COST_WEIGHTED,   /**< sum of w (model - y)^2 / (2 (0.6 y)^2), w by ranks of the layers */
  PRODA_COST_EFFICIENCY, /**< 5 sum (model - y)^2 / sum (y - mean y)^2 */
};

struct proda_observable {
  const char *name, *unit, *doc;
  enum proda_published_cost published_cost;
  double *weight; /**< [n_pools]: the observed density is the weighted sum of pools of a layer */
};

/** A further scalar of a solved state, computed by the plugin's extension "quantities". */
struct proda_quantity {
  const char *name; /**< QUANTITY_<name> in C */
  const char *unit, *doc;
};

/** What a structure runs with before calibration informs it (pipeline/ad_hoc.h). */
enum proda_ad_hoc {
  PRODA_AD_HOC_DEFAULTS,  /**< its defaults */
  PRODA_AD_HOC_SITE_MEAN, /**< mean of the site estimates over all retained sites */
  PRODA_N_AD_HOC,
};
extern const char *const proda_ad_hoc_names[PRODA_N_AD_HOC];

enum proda_setting_type {
  PRODA_SETTING_NUMBER,
  PRODA_SETTING_INTEGER,
  PRODA_SETTING_BOOLEAN,
  PRODA_SETTING_CHOICE,
  PRODA_SETTING_LIST, /**< of numbers */
};

struct proda_setting_spec {
  const char *name, *unit, *doc;
  enum proda_setting_type type;
  double minimum, maximum; /**< inclusive; +-INFINITY where not given */
  size_t n_choices;
  const char *const *choice;
  size_t n_default;
  const double *default_value; /**< encoded as struct proda_setting says */
};

struct proda_grid {
  size_t n_layers;
  const double *dz, *node, *interface; /**< m: thickness, node depth, depth of the lower face */
};

struct proda_manifest {
  enum proda_kind kind;
  const char *name, *title, *doc;
  const char *path;               /**< the file, as given */
  char digest[PRODA_DIGEST_SIZE]; /**< XXH3-128 of the file's bytes */
  size_t n_references;
  const char *const *reference; /**< `cite`: DOIs or texts */

  size_t n_settings;
  const struct proda_setting_spec *setting;

  /* The rest is a model's; empty for other kinds. */
  const char *time; /**< unit of time of rates: "day" or "yr"; a year has 365 days */
  struct proda_grid grid;
  size_t n_drivers, n_parameters, n_pools, n_modifiers, n_inputs, n_channels, n_transfers;
  size_t n_observables, n_quantities;
  enum proda_ad_hoc ad_hoc;
  const struct proda_driver *driver;
  const struct proda_parameter *parameter;
  const char *const *pool;     /**< names: POOL_<name> */
  const char *const *pool_doc; /**< "" where not given */
  const char *const *modifier; /**< names: MOD_<name> */
  const size_t *input;         /**< pools that receive plant carbon: IN_<pool> */
  const struct proda_channel *channel;
  const struct proda_transfer *transfer; /**< ordered by channel */
  const bool *transported;               /**< [n_pools] */
  const struct proda_observable *observable;
  const struct proda_quantity *quantity;
};

/** Reads and checks a manifest. `*manifest` is released by proda_manifest_free. */
int proda_manifest_read(const char *path, struct proda_manifest **manifest,
                        struct proda_error *error);
/** The same from memory; `name` stands for the path. */
int proda_manifest_parse(const char *name, const char *text, size_t size,
                         struct proda_manifest **manifest, struct proda_error *error);
void proda_manifest_free(struct proda_manifest *manifest);

/** Index of a parameter by name or symbol ("w_scaling", "w-scaling"); -1 where there is none. */
long proda_manifest_parameter(const struct proda_manifest *manifest, const char *name);
/** Index of a pool, driver, observable, setting; -1 where there is none. */
long proda_manifest_pool(const struct proda_manifest *manifest, const char *name);
long proda_manifest_driver(const struct proda_manifest *manifest, const char *name);
long proda_manifest_observable(const struct proda_manifest *manifest, const char *name);
long proda_manifest_setting(const struct proda_manifest *manifest, const char *name);

#endif
