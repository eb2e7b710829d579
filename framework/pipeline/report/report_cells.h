/** @file report_cells.h
 * The cells that maps are drawn of: those of the stores, or blocks of them where they are many.
 */
#ifndef PRODA_PIPELINE_REPORT_CELLS_H
#define PRODA_PIPELINE_REPORT_CELLS_H

#include <stddef.h>

#include <proda/status.h>

/** More cells than these are drawn as blocks of whole degrees; the one-degree world is below. */
enum { PRODA_REPORT_MOST_CELLS = 25000 };

struct proda_report_cells {
  size_t n_sites, n;                   /**< cells of the store, cells that are drawn */
  double *latitude, *longitude, *area; /**< [n]: centres, degrees; area in the store's unit, or 1 */
  double spacing[2];                   /**< latitude, longitude; NaN where cells are on no grid */
  size_t *cell;                        /**< [n_sites]: where a cell of the store is drawn */
  double *weight;                      /**< [n_sites]: its area, or 1 */
  double *known;                       /**< [n_sites], for proda_report_cells_mean */
};

/** Lays `n` cells out. `area` may be NULL. `spacing` as above. */
int proda_report_cells_new(size_t n, const double *latitude, const double *longitude,
                           const double *area, const double spacing[2],
                           struct proda_report_cells *cells, struct proda_error *error);
/** Releases what it holds; a zeroed struct is fine. */
void proda_report_cells_free(struct proda_report_cells *cells);

/** Means of value[n_sites] over the cells that are drawn, weighted by area, NaN where all are
 * missing: out[n]. */
void proda_report_cells_mean(const struct proda_report_cells *cells, const double *value,
                             double *out);

#endif
