/** @file evaluation.h
 * The structure run at every profile with parameters of several origins, against what was measured.
 */
#ifndef PRODA_PIPELINE_EVALUATION_H
#define PRODA_PIPELINE_EVALUATION_H

#include "core/guard.h"
#include "matrix/structure.h"
#include "pipeline/calibrate/observation.h"
#include "pipeline/prepare/prepared.h"
#include "pipeline/train/split.h"
#include "stats/summary.h"
#include "store/forcing.h"

/** Where a site's parameters come from. */
enum proda_source {
  PRODA_SOURCE_PREDICTED, /**< the emulator */
  PRODA_SOURCE_DEFAULT,   /**< ad hoc: as the structure's rule says (pipeline/ad_hoc.h) */
  PRODA_SOURCE_MEDIAN,    /**< median of the training sites' estimates, the same everywhere */
  PRODA_SOURCE_OWN,       /**< the site's own posterior */
  PRODA_N_SOURCES,
};
extern const char *const proda_source_names[PRODA_N_SOURCES];

/** Which sites a skill is of. */
enum proda_group {
  PRODA_GROUP_TRAINING,
  PRODA_GROUP_VALIDATION,
  PRODA_GROUP_HELD_OUT,     /**< held out, kept by screen */
  PRODA_GROUP_HELD_OUT_ALL, /**< held out, kept by screen or not */
  PRODA_N_GROUPS,
};
extern const char *const proda_group_names[PRODA_N_GROUPS];

/** Borrowed. Sites are those of `prepared`. */
struct proda_evaluation_setup {
  const struct proda_structure *structure;
  const struct proda_forcing_file *forcing;
  const struct proda_prepared *prepared;
  const struct proda_experiment_observation *observation;
  struct proda_guard *guard; /**< renewed with every site; NULL: nobody watches */
};

/** modelled[n_obs]: SOC as measured, of the structure run at each site with its row of
 * parameter[n_sites][n_parameters]; NaN at sites where `valid` [n_sites] is false or the structure
 * has no steady state. */
int proda_evaluation_run(const struct proda_evaluation_setup *setup, const double *parameter,
                         const bool *valid, double *modelled, struct proda_error *error);

/** The same with ad hoc parameters: `mean` [n_parameters] everywhere, or where that is NULL the
 * defaults of each site. */
int proda_evaluation_run_ad_hoc(const struct proda_evaluation_setup *setup, const double *mean,
                                double *modelled, struct proda_error *error);

/** Skill of each source over the layers of a group, linear and of natural logarithms. Only sites
 * where all sources have a finite answer count, so that sources compare on the same layers; for
 * logarithms only layers where measurement and all sources are positive. */
struct proda_group_skill {
  size_t n_sites, n_lost; /**< counted; left out because a source has no answer */
  struct proda_skill linear[PRODA_N_SOURCES], log[PRODA_N_SOURCES];
};

/** modelled[PRODA_N_SOURCES][n_obs]; member[n_sites] marks the group's sites. */
int proda_evaluation_skill(const struct proda_prepared *prepared, const double *modelled,
                           const bool *member, struct proda_group_skill *skill,
                           struct proda_error *error);

#endif
