/** @file check.h
 * What a check is, and the suites: one for each kind of plugin.
 *
 * A check asks one thing that the contracts (proda/model.h, sampler.h, emulator.h) promise. It is
 * told what to try by a rig, made anew for every check, and stops at the first fault.
 */
#ifndef PRODA_CONFORMANCE_CHECK_H
#define PRODA_CONFORMANCE_CHECK_H

#include "conformance/finding.h"
#include "plugin/loader.h"

/** A plugin, loaded, with the settings that instances are made with. */
struct proda_subject {
  const struct proda_loaded *loaded;
  const struct proda_settings *settings;
};

/** Calls `work` at the default settings (`spec` NULL), then at every other choice of every setting
 * that has choices, one at a time. Stops where it does not return PRODA_OK, and returns that. */
int proda_each_choice(const struct proda_subject *subject,
                      int (*work)(void *context, const struct proda_setting_spec *spec,
                                  size_t choice),
                      void *context);

struct proda_rig;          /**< of models: conformance/rig.h */
struct proda_sampler_rig;  /**< conformance/sampler_rig.h */
struct proda_emulator_rig; /**< conformance/emulator_rig.h */

struct proda_check {
  const char *name;    /**< as it is told and asked for */
  const char *asks;    /**< what is asked, one line */
  const char *matters; /**< why it matters */
  const char *repair;  /**< where to look where it failed */
  bool needed;         /**< where it failed, no further check is run */
  bool once;           /**< at default settings only, else at every choice of each setting too */
  /** PRODA_OK, with marks that proda_finding_* set, or PRODA_ERROR with the mark FAILED. */
  int (*model)(struct proda_rig *rig, struct proda_finding *finding);
  int (*sampler)(struct proda_sampler_rig *rig, struct proda_finding *finding);
  int (*emulator)(struct proda_emulator_rig *rig, struct proda_finding *finding);
};

struct proda_suite {
  size_t n;
  const struct proda_check *const *check;
  /** Makes the rig of a subject and runs one of the checks on it. */
  int (*run)(const struct proda_check *check, const struct proda_subject *subject,
             struct proda_finding *finding);
};

extern const struct proda_suite proda_model_suite, proda_sampler_suite, proda_emulator_suite;
/** The checks of a kind beyond those that every plugin has. */
const struct proda_suite *proda_suite_of(enum proda_kind kind);

#endif
