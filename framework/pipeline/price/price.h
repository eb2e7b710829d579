/** @file price.h
 * What a run would take before it starts: sites, draws, seconds by stage, sizes of stores. What it
 * needs to know is measured for seconds on this machine: the structure under the sampler, the
 * emulator, the map.
 */
#ifndef PRODA_PIPELINE_PRICE_H
#define PRODA_PIPELINE_PRICE_H

#include <stdio.h>

#include "pipeline/stage.h"

/** Prices the run with run->workers and writes the bill to `out`. Nothing is written but in
 * `scratch`, an empty directory of the caller's. */
int proda_price(const struct proda_run *run, const char *scratch, FILE *out,
                struct proda_error *error);

#endif
