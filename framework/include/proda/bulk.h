/** @file bulk.h
 * Bulk values of the study's published code that its structures share, for the extension
 * "quantities" (proda/model.h). They differ from proda's own components, which follow the paper's
 * equations: doc/components.md sets both side by side.
 *
 * On lanes; n layers of thickness dz (m).
 */
#ifndef PRODA_BULK_H
#define PRODA_BULK_H

#include <proda/soil.h>

/** Sum over layers of dz x. */
PRODA_INLINE lane proda_bulk_stock(size_t n, const double *dz, const lane *x)
{
  lane sum = lane_splat(0.0);
  for (size_t l = 0; l < n; l++)
    sum += dz[l] * x[l];
  return sum;
}

/** Sum over layers of dz x y. */
PRODA_INLINE lane proda_bulk_product(size_t n, const double *dz, const lane *x, const lane *y)
{
  lane sum = lane_splat(0.0);
  for (size_t l = 0; l < n; l++)
    sum += dz[l] * x[l] * y[l];
  return sum;
}

/** Mean over layers of `value` weighted by dz density. */
PRODA_INLINE lane proda_bulk_mean(size_t n, const double *dz, const lane *value,
                                  const lane *density)
{
  return proda_bulk_product(n, dz, value, density) / proda_bulk_stock(n, dz, density);
}

/** bulk_V, yr-1: diagonal of the transport operator (as in struct proda_terms, day-1) weighted by
 * carbon of this density. */
PRODA_INLINE lane proda_bulk_transport(size_t n, const double *dz, const lane *transport,
                                       const lane *density)
{
  return PRODA_DAYS_PER_YEAR * proda_bulk_mean(n, dz, transport + n, density);
}

/** The modifier of the bulk values, [n]: product of the monthly means of temperature and water
 * scalar with the depth scalar exp(-z / efolding); no oxygen, no nitrogen. */
PRODA_INLINE void proda_bulk_modifier(size_t n, const double *node,
                                      const struct proda_climate *climate, lane efolding,
                                      lane *modifier)
{
  lane warm[n], wet[n];
  proda_climate_means(n, climate, warm, wet);
  for (size_t l = 0; l < n; l++)
    modifier[l] = warm[l] * wet[l] * lane_exp(-node[l] / efolding);
}

#endif
