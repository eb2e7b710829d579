/** @file tiny.h
 * The smallest structure, emulator and experiment that targets read inputs by.
 */
#ifndef PRODA_FUZZ_TINY_H
#define PRODA_FUZZ_TINY_H

#include "pipeline/experiment/experiment.h"
#include "plugin/loader.h"

/** A structure `m` of two layers, one pool and the parameters `u` and `l`, with a setting of each
 * type. */
struct proda_manifest *tiny_model(void);

/** An emulator that keeps nothing but looks at every number that it is given. */
const struct proda_loaded *tiny_emulator(void);

/** An experiment of that structure, named `a`, whose stores and grid.nc lie in `directory`. */
const struct proda_experiment *tiny_experiment(const char *directory);

#endif
