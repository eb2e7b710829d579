/** @file forcing_values.h
 * What values of drivers can be, by their units.
 */
#ifndef PRODA_STORE_FORCING_VALUES_H
#define PRODA_STORE_FORCING_VALUES_H

#include "plugin/manifest.h"
#include "store/ncfile.h"

enum { PRODA_AXIS_SITE, PRODA_AXIS_LAYER, PRODA_AXIS_MONTH, PRODA_N_AXES };

/** Refuses, with file, variable and indices: infinities; temperatures (K) below 150 or above 350,
 * shares (%) below 0 or above 100; shares that look like fractions. NaN is missing, and is let
 * through. `value` has all of `axis`, in the driver's unit. */
int proda_forcing_check_values(const struct proda_nc *nc, const struct proda_driver *driver,
                               const size_t axis[PRODA_N_AXES], const double *value,
                               struct proda_error *error);

/** Whether values in % look like fractions: ten above 0, and none above 1. */
bool proda_percent_are_fractions(size_t n, const double *value);

#endif
