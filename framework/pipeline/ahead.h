/** @file ahead.h
 * What can be told before hours of work: that every plugin of an experiment loads, and that its
 * settings and parameters are known.
 */
#ifndef PRODA_PIPELINE_AHEAD_H
#define PRODA_PIPELINE_AHEAD_H

#include "pipeline/stage.h"

/** Loads every plugin that the experiment names and reads its settings; changes nothing. */
int proda_check_ahead(const struct proda_run *run, struct proda_error *error);

#endif
