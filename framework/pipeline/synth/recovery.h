/** @file recovery.h
 * How well a map finds the known truth of the embedded world again.
 */
#ifndef PRODA_PIPELINE_RECOVERY_H
#define PRODA_PIPELINE_RECOVERY_H

#include "stats/summary.h"

#include <proda/status.h>

enum proda_recovered {
  PRODA_RECOVERED_PREDICTED, /**< stocks with the emulator's parameters */
  PRODA_RECOVERED_DEFAULT,   /**< with the structure's defaults */
  PRODA_RECOVERED_MEDIAN,    /**< with one median of the sites' estimates */
  PRODA_N_RECOVERED,
};

/** Compares soc_stock_0_100cm of a map store with that of truth.nc, on cells where all are finite.
 * nse is the R2 of the map against the truth. */
int proda_recovery(const char *map, const char *truth, struct proda_skill skill[PRODA_N_RECOVERED],
                   struct proda_error *error);

#endif
