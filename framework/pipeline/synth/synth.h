/** @file synth.h
 * The embedded synthetic world: an idealised Earth with known true parameters, in the file formats
 * of real data, so that a fresh machine can run everything and see the truth recovered.
 *
 * Land is a handful of ellipses in the places of the continents. Climate, soils and productivity
 * are smooth functions of place (synth_world.h). True parameters are smooth functions of
 * temperature, precipitation and sand within 40 to 80 % of the structure's priors (synth_truth.h);
 * true SOC is the structure's steady state with them. Profiles sample it with log-normal noise. The
 * geography is the same for every seed; the seed decides the true parameters, the places of
 * profiles, the noise.
 */
#ifndef PRODA_PIPELINE_SYNTH_H
#define PRODA_PIPELINE_SYNTH_H

#include "pipeline/stage.h"

struct proda_synth_options {
  const char *directory; /**< made where missing */
  const char *model;     /**< plugin whose steady state is the truth */
  long profiles;
  double resolution; /**< degrees, 0.25 to 30, a divisor of 180 */
  double noise;      /**< sd of the log of an observation */
  uint64_t seed;
};

/** Writes grid.nc, profiles.nc and truth.nc into the directory; does nothing where they are what
 * the options would give. Of `run`, search_path, reporter and command are used. */
int proda_synth(const struct proda_run *run, const struct proda_synth_options *options,
                struct proda_error *error);

#endif
