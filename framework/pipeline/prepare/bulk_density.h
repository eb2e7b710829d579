/** @file bulk_density.h
 * Pedotransfer function for bulk density: BD = a + b exp(-c OM), BD in kg dm-3, OM = 1.724 OC, both
 * contents in g kg-1 (Tao et al., Methods; the text says per cent, the numbers need g kg-1).
 */
#ifndef PRODA_PIPELINE_BULK_DENSITY_H
#define PRODA_PIPELINE_BULK_DENSITY_H

#include <stddef.h>

#include <proda/status.h>

struct proda_bulk_density_fit {
  double a, b, c;
  double r2; /**< 1 - residual over total sum of squares; NaN where nothing was fitted */
  size_t n;  /**< layers that it was fitted on */
};

/** Bulk density of a layer with organic carbon content `carbon` (g kg-1). */
double proda_bulk_density(const struct proda_bulk_density_fit *fit, double carbon);

/** Least squares on n layers (MINPACK's lmder), from the start that `*fit` holds. Refused: fewer
 * than 10 layers, a fit that does not converge, or one that gives densities that are not positive.
 */
int proda_bulk_density_fit(const double *carbon, const double *bulk_density, size_t n,
                           struct proda_bulk_density_fit *fit, struct proda_error *error);

#endif
