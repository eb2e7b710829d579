/** @file pipeline.h
 * All stages of an experiment in their order.
 */
#ifndef PRODA_PIPELINE_PIPELINE_H
#define PRODA_PIPELINE_PIPELINE_H

#include "pipeline/stage.h"

/** Stages of a structure, in their order. */
enum { PRODA_N_STRUCTURE_STAGES = 4 };
extern const struct proda_structure_stage {
  const char *name;
  int (*run)(const struct proda_run *run, const struct proda_experiment_structure *structure,
             struct proda_error *error);
} proda_structure_stages[PRODA_N_STRUCTURE_STAGES];

/** Checks what can be checked ahead, makes the embedded world where the experiment asks for it,
 * then runs every stage that is missing or stale, and reports the seconds that each took. */
int proda_pipeline_run(const struct proda_run *run, struct proda_error *error);

/** Refuses to begin the stage `before` of a structure (NULL: a stage of all) where a store of a
 * stage before it is not what would be made today: absent, stale, of another experiment or version,
 * damaged. Changes nothing. */
int proda_pipeline_check(const struct proda_run *run, const char *before,
                         const struct proda_experiment_structure *structure,
                         struct proda_error *error);

#endif
