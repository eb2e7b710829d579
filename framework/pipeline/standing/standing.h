/** @file standing.h
 * How an experiment stands: whether a run is at work, which stores are there and up to date, how
 * far calibrations are, what remains. Told from lock, stores and journals alone; nothing is changed
 * and a run that is at work is not disturbed.
 */
#ifndef PRODA_PIPELINE_STANDING_H
#define PRODA_PIPELINE_STANDING_H

#include <stdio.h>

#include "pipeline/stage.h"

/** Tells of run->experiment, which the user named as `place`. */
int proda_standing_of_experiment(const struct proda_run *run, const char *place, FILE *out,
                                 struct proda_error *error);

/** Tells of a directory of stores without their experiment: what is there, and whether it can be
 * read. Refused where nothing is from proda. */
int proda_standing_of_directory(const char *directory, FILE *out, struct proda_error *error);

#endif
