/** @file unit.h
 * Units of measurement. The one place that knows udunits2.
 *
 * What udunits2 knows is known ("m2 yr-1", "degC", "%", "month"); besides, gC (gram of carbon) is
 * a gram, tC a tonne, and a year has 365 days, a month a twelfth of it. The database of units is
 * read once, at first use, and stays.
 */
#ifndef PRODA_PLUGIN_UNIT_H
#define PRODA_PLUGIN_UNIT_H

#include <stdbool.h>

#include <proda/status.h>

/** Refuses a text that is no unit; dimensionless is written "1". */
int proda_unit_check(const char *text, struct proda_error *error);

/** value_in_to = factor * value_in_from + offset. Refuses units of different dimensions and
 * conversions that are not linear (logarithmic units). */
int proda_unit_convert(const char *from, const char *to, double *factor, double *offset,
                       struct proda_error *error);

enum {
  PRODA_UNIT_BASES = 8,   /**< kg m s K mol A cd rad */
  PRODA_UNIT_SYMBOLS = 8, /**< kept for printing */
  PRODA_UNIT_TEXT = 96,
};

/** A unit taken apart, for arithmetic on units: base = scale * value + origin. */
struct proda_unit {
  double scale;                   /**< one of it in base units */
  double origin;                  /**< zero of it in base units; 0 but for degC and its like */
  double power[PRODA_UNIT_BASES]; /**< of the base units */
  int n_symbols;                  /**< as written, for messages; -1 where that is not known */
  struct proda_unit_symbol {
    char name[12];
    double power;
  } symbol[PRODA_UNIT_SYMBOLS];
};

int proda_unit_parse(const char *text, struct proda_unit *unit, struct proda_error *error);
struct proda_unit proda_unit_one(void);
/** a times b^power. */
struct proda_unit proda_unit_product(const struct proda_unit *a, const struct proda_unit *b,
                                     double power);
/** Whether one can be converted to the other; the scales may differ. */
bool proda_unit_alike(const struct proda_unit *a, const struct proda_unit *b);
bool proda_unit_dimensionless(const struct proda_unit *unit);
bool proda_unit_temperature(const struct proda_unit *unit);
/** "gC m-3 day-1", "1" where there is none; writes to `text` and returns it. */
const char *proda_unit_print(const struct proda_unit *unit, char text[PRODA_UNIT_TEXT]);

#endif
