/** @file experiment.h
 * An experiment: one YAML file that says which data, structures, sampler and emulator to use.
 *
 * Reading checks every key and value that the framework owns, with file:line:column. Settings of
 * plugins are checked against the plugin's manifest when it is loaded, so the document stays open.
 */
#ifndef PRODA_PIPELINE_EXPERIMENT_H
#define PRODA_PIPELINE_EXPERIMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <proda/sampler.h>

#include "plugin/manifest.h"
#include "yaml/yaml.h"

/** A change to one parameter's prior or a fixed value, under structures: parameters. */
struct proda_parameter_override {
  const struct proda_yaml_node *node; /**< for messages */
  const char *name;
  bool has_prior, has_normal, has_fixed;
  struct proda_prior prior; /**< prior: as in a manifest (plugin/prior.h) */
  double mean, sd;          /**< normal: [mean, sd] */
  double fixed;             /**< fixed: value */
};

struct proda_experiment_structure {
  const struct proda_yaml_node *node;
  const char *name;                       /**< of its stores; the model's name where not given */
  const char *model;                      /**< plugin name */
  const struct proda_yaml_node *settings; /**< NULL where absent */
  size_t n_overrides;
  struct proda_parameter_override *override;
  bool has_ad_hoc;
  enum proda_ad_hoc ad_hoc; /**< where has_ad_hoc: in place of the manifest's */
};

enum proda_bulk_density { PRODA_BULK_DENSITY_FIT, PRODA_BULK_DENSITY_GIVEN };

struct proda_experiment_prepare {
  long every;       /**< takes every n-th profile, from the first; default 1 */
  long min_layers;  /**< default 3 */
  double min_depth; /**< m; the deepest layer's bottom must exceed it; default 0.5 */
  enum proda_bulk_density bulk_density; /**< default fit */
  double a, b,
      c; /**< of BD = a + b exp(-c OM), OM = 1.724 OC in g kg-1; given, or start of the fit */
};

enum proda_observe_at {
  PRODA_OBSERVE_NODE,  /**< pchip through the layer nodes at the middle of the observed layer */
  PRODA_OBSERVE_LAYER, /**< mean of the model's layers over the observed layer's thickness */
};
enum proda_error_kind {
  PRODA_ERROR_GAUSSIAN,  /**< sd^2 = (relative obs)^2 + absolute^2 */
  PRODA_ERROR_LOGNORMAL, /**< log obs - log model ~ normal(0, sd) */
  PRODA_ERROR_PUBLISHED, /**< minus the cost that the structure's manifest states as published */
};

struct proda_experiment_observation {
  const char *observable; /**< default: "soc" */
  enum proda_observe_at at;
  enum proda_error_kind error;
  double relative, absolute, sd; /**< defaults 0.6, 0 gC m-3, 0.6 */
};

enum proda_point_estimate {
  PRODA_ESTIMATE_MEAN,       /**< mean of all kept draws of all chains */
  PRODA_ESTIMATE_BEST_CHAIN, /**< published: mean over the chain with the lowest RMSE */
};

struct proda_experiment_calibrate {
  const char *sampler;                    /**< plugin name */
  const struct proda_yaml_node *settings; /**< NULL where absent */
  struct proda_experiment_observation observation;
  bool reject_near_singular; /**< rcond < 2^-52 (doc/decisions/0007); default true */
  long keep;                 /**< draws a chain in the store, evenly thinned; default 100 */
  enum proda_point_estimate estimate;
};

struct proda_experiment_screen {
  double max_rhat; /**< mean over parameters of the classic R-hat; default 1.05 */
  double min_nse;  /**< must be exceeded; default 0 */
};

enum proda_validation { PRODA_VALIDATION_RANDOM, PRODA_VALIDATION_BLOCKS };
enum proda_class_encoding { PRODA_CLASS_ONE_HOT, PRODA_CLASS_NUMBER };
enum proda_missing_rule { PRODA_MISSING_MEDIAN, PRODA_MISSING_DROP };

struct proda_experiment_train {
  const char *emulator;
  const struct proda_yaml_node *settings; /**< NULL where absent */
  enum proda_validation validation;
  double share;         /**< of sites that validate, and as many that are held out; default 0.1 */
  double block_degrees; /**< edge of a spatial block; default 5 */
  enum proda_class_encoding classes;
  enum proda_missing_rule missing;
  size_t n_exclude;
  const char **exclude; /**< covariates to leave out */
};

struct proda_experiment_compare {
  long resamples;                       /**< of the bootstrap over sites; default 2000 */
  const struct proda_yaml_node *labels; /**< per class covariate a mapping of value to label; NULL
                                             where absent */
};

struct proda_experiment_report {
  bool figures; /**< each figure as a file too; default true */
};

struct proda_experiment_synth { /**< size of the embedded world, where `data: synth` asks for it */
  const char *truth;            /**< plugin whose steady state is the truth; default: that of the
                                     first structure */
  long profiles;                /**< default 400 */
  double resolution;            /**< degrees; default 5 */
  double noise;                 /**< sd of the log of an observation; default 0.1 */
};

struct proda_experiment {
  struct proda_yaml
      *document; /**< owned; every string and node below lives in it or in the experiment */
  const char *name;
  uint64_t seed;
  char *directory; /**< of the file: relative paths start there */
  char *output;    /**< path, ${NAME:-default} expanded */
  bool synthetic;  /**< data come from `synth`, written to <output>/world when missing */
  struct proda_experiment_synth synth;
  char *profiles, *grid; /**< paths, ${NAME:-default} expanded */
  size_t n_structures;
  struct proda_experiment_structure *structure;
  struct proda_experiment_prepare prepare;
  struct proda_experiment_calibrate calibrate;
  struct proda_experiment_screen screen;
  struct proda_experiment_train train;
  struct proda_experiment_compare compare;
  struct proda_experiment_report report;
};

int proda_experiment_read(const char *path, struct proda_experiment **experiment,
                          struct proda_error *error);
void proda_experiment_free(struct proda_experiment *experiment);

#endif
