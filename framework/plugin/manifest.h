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
  double lower, upper; /**< what the structure is made for, in the unit; NaN where not stated. From
                          it `proda check` makes sites */
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

struct proda_yaml;
struct proda_yaml_node;

/** A formula as it stands in the manifest. */
struct proda_formula {
  const char *name; /**< what it defines: a definition, modifier, pool, quantity, ... */
  const struct proda_expression *expression;
  const char *text;
  const struct proda_yaml_node *node; /**< where it stands */
};

/** A C function of the plugin's folder that formulas call by name: `lane NAME(lane, ...)`. */
struct proda_function {
  const char *name;
  size_t n_arguments;
  const char *const *argument_unit;
  const char *unit;              /**< of the result */
  const char *const *derivative; /**< [n_arguments]: functions of the same arguments; NULL where not
                                      given, also of single arguments */
};

/** A state that the structure does not accept: `when` is a condition. */
struct proda_refusal {
  struct proda_formula when;
  const char *reason;
};

/** One recipient of a channel. Transfers are numbered through all channels, in manifest order. */
struct proda_transfer {
  size_t channel, recipient;               /**< channel index, pool index */
  const struct proda_expression *fraction; /**< over parameters and numbers */
  const char *fraction_text;               /**< the same as written */
  const struct proda_yaml_node *fraction_node;
  const char *name; /**< "<channel>_<recipient>": TO_<name> in C */
};

struct proda_channel {
  const char *name;                    /**< the donor's name where not given: CH_<name> in C */
  size_t donor;                        /**< pool index */
  size_t modifier;                     /**< modifier index */
  bool linear;                         /**< the rate does not depend on pools */
  const char *loss;                    /**< what becomes of carbon that nobody receives: "CO2" */
  size_t loss_index;                   /**< of the manifest's losses */
  const struct proda_expression *rate; /**< at optimal environment; over parameters and numbers,
                                            NULL where not stated */
  const char *rate_text;               /**< the same as written; NULL where not stated */
  const struct proda_yaml_node *rate_node;
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
  double *inert;  /**< [n_parameters]: and of parameters, carbon that nothing moves; times this, it
                       is in the unit of pools */
};

/** A further scalar of a solved state, computed by the plugin's extension "quantities". */
struct proda_quantity {
  const char *name; /**< QUANTITY_<name> in C */
  const char *unit, *doc;
  const char *component;      /**< name of the system-level component (matrix/components.h) that it
                                   is another form of; NULL where not given */
  struct proda_formula value; /**< expression NULL where C code computes it */
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

/** What the amount of carbon in a pool is per. */
enum proda_basis {
  PRODA_PER_VOLUME,
  PRODA_PER_AREA, /**< of a grid of one layer */
  PRODA_PER_MASS, /**< of soil */
};

/** What becomes of carbon that channels hand to no pool. */
struct proda_loss {
  const char *name;                /**< as channels say it: "CO2", "leaching" */
  const char *measure, *long_name; /**< in stores: "loss_leaching" */
};

struct proda_grid {
  size_t n_layers;
  const double *dz, *node, *interface; /**< m: thickness, node depth, depth of the lower face */
};

struct proda_manifest {
  enum proda_kind kind;
  const char *name, *title, *doc;
  const char *path;               /**< the file, as given */
  char digest[PRODA_DIGEST_SIZE]; /**< XXH3-128 of the bytes of the file and its fragments */
  size_t n_fragments;
  const char **fragment; /**< paths of the files that it includes, as they were met */
  size_t n_references;
  const char *const *reference; /**< `cite`: DOIs or texts */

  size_t n_settings;
  const struct proda_setting_spec *setting;

  /* The rest is a model's; empty for other kinds. */
  const char *time; /**< unit of time of rates: yr, month, week, day or h; a year has 365 days */
  const char *unit; /**< of all pools; gC m-3 where not given */
  enum proda_basis basis;
  enum proda_ad_hoc ad_hoc;
  double grams;      /**< g m-3 or g m-2 in one `unit`; per mass: g m-3 in it times bulk density */
  long bulk_density; /**< driver, in its unit; -1 but for PRODA_PER_MASS */
  struct proda_grid grid;
  size_t n_drivers, n_parameters, n_pools, n_modifiers, n_inputs, n_channels, n_transfers;
  size_t n_observables, n_quantities, n_losses;
  const struct proda_driver *driver;
  const struct proda_parameter *parameter;
  const char *const *pool;     /**< names: POOL_<name> */
  const char *const *pool_doc; /**< "" where not given */
  const char *const *modifier; /**< names: MOD_<name> */
  const size_t *input;         /**< pools that receive plant carbon: IN_<pool> */
  const struct proda_channel *channel;
  const struct proda_transfer *transfer; /**< ordered by channel */
  const struct proda_loss *loss;         /**< CO2 first, then others as channels name them */
  const bool *transported;               /**< [n_pools] */
  const struct proda_observable *observable;
  const struct proda_quantity *quantity;
  bool transport_conserves; /**< true where not stated: transport neither makes nor loses carbon */

  /* Formulas, from which the plugin's C code is made. Where there are none, it is hand-written. */
  bool has_formulas;
  const struct proda_yaml *document; /**< where formulas stand, for messages */
  size_t n_definitions, n_functions, n_steady, n_refusals, n_bands;
  const struct proda_formula *definition;
  const struct proda_function *function;
  const struct proda_formula *modifier_formula; /**< [n_modifiers] */
  const struct proda_formula *input_formula;    /**< [n_inputs] */
  const struct proda_formula *band;   /**< transport: lower, diagonal, upper, or one operator */
  const struct proda_formula *steady; /**< closed form of the state: of pools, in order, and of
                                           names that are no pools and stand for a part of it */
  const struct proda_refusal *refusal;
};

struct proda_search_path;

/** Reads and checks a manifest. `*manifest` is released by proda_manifest_free. Fragments that it
 * includes are searched for on the default search path. */
int proda_manifest_read(const char *path, struct proda_manifest **manifest,
                        struct proda_error *error);
/** The same with the search path of the caller. */
int proda_manifest_read_along(const struct proda_search_path *search, const char *path,
                              struct proda_manifest **manifest, struct proda_error *error);
/** The same from memory; `name` stands for the path. */
int proda_manifest_parse(const char *name, const char *text, size_t size,
                         struct proda_manifest **manifest, struct proda_error *error);
void proda_manifest_free(struct proda_manifest *manifest);

/** How many of the manifest's units of time a year has: 365 for day. */
double proda_manifest_times_per_year(const struct proda_manifest *manifest);

/** Whether a text can name what a manifest states: a C identifier, not too long. */
bool proda_is_identifier(const char *text);
enum { PRODA_IDENTIFIER_LENGTH = 60 };

/** Index of a parameter by name or symbol ("w_scaling", "w-scaling"); -1 where there is none. */
long proda_manifest_parameter(const struct proda_manifest *manifest, const char *name);
/** Index of a pool, driver, observable, setting; -1 where there is none. */
long proda_manifest_pool(const struct proda_manifest *manifest, const char *name);
long proda_manifest_driver(const struct proda_manifest *manifest, const char *name);
long proda_manifest_observable(const struct proda_manifest *manifest, const char *name);
long proda_manifest_setting(const struct proda_manifest *manifest, const char *name);

#endif
