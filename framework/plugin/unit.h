/** @file unit.h
 * Units of measurement. The one place that knows udunits2.
 *
 * What udunits2 knows is known ("m2 yr-1", "degC", "%", "month"); besides, gC (gram of carbon) is
 * a gram. The database of units is read once, at first use, and stays.
 */
#ifndef PRODA_PLUGIN_UNIT_H
#define PRODA_PLUGIN_UNIT_H

#include <proda/status.h>

/** Refuses a text that is no unit; dimensionless is written "1". */
int proda_unit_check(const char *text, struct proda_error *error);

/** value_in_to = factor * value_in_from + offset. Refuses units of different dimensions and
 * conversions that are not linear (logarithmic units). */
int proda_unit_convert(const char *from, const char *to, double *factor, double *offset,
                       struct proda_error *error);

#endif
