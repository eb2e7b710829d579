/** @file comparison.h
 * The structures of an experiment side by side: what was read of them, and the parts of compare.nc,
 * a file each.
 */
#ifndef PRODA_PIPELINE_COMPARISON_H
#define PRODA_PIPELINE_COMPARISON_H

#include "pipeline/compare/compared_classes.h"
#include "pipeline/compare/compared_maps.h"
#include "pipeline/compare/compared_sites.h"
#include "store/ncdraft.h"

struct proda_comparison {
  const struct proda_run *run;
  size_t n_structures, n_pairs;
  struct proda_compared_maps *maps;
  struct proda_compared_sites *sites;
  struct proda_compared_classes *classes;
};

/** Two structures, first < second. */
struct proda_compared_pair {
  size_t first, second;
};
/** Pairs stand in the order (0,1), (0,2), ..., (1,2), ... */
struct proda_compared_pair proda_compared_pair(const struct proda_comparison *comparison,
                                               size_t pair);
/** Name of a structure. */
const char *proda_compared_name(const struct proda_comparison *comparison, size_t structure);

/** Computes its variables into the draft, whose dimensions structure, parameterisation, depth,
 * quantity, site and, where there are any, pair and class are there; adds what other dimensions it
 * needs; says the main result through the reporter. */
typedef int proda_comparison_part(const struct proda_comparison *comparison,
                                  struct proda_draft *draft, struct proda_error *error);

proda_comparison_part proda_compare_names; /**< what the indices mean */
proda_comparison_part
    proda_compare_totals; /**< Pg C on each structure's cells and on common ones */
proda_comparison_part proda_compare_latitudes;   /**< by bands of one degree */
proda_comparison_part proda_compare_classes;     /**< by class of land */
proda_comparison_part proda_compare_pairs;       /**< correlation, regression, distance by cell */
proda_comparison_part proda_compare_fate;        /**< how sites end */
proda_comparison_part proda_compare_convergence; /**< R-hat of the calibrations */
proda_comparison_part proda_compare_skill;       /**< against measured layers, with intervals */
proda_comparison_part proda_compare_saturation;  /**< half-saturation over substrate */

/** Probabilities of the quantiles by site. */
enum { PRODA_N_PROBABILITIES = 5 };
extern const double proda_compared_probability[PRODA_N_PROBABILITIES];

/** Quantiles [PRODA_N_PROBABILITIES] of the values that are not NaN; sorts them, in place. */
size_t proda_compared_quantiles(double *value, size_t n, double *quantile);

/** Counts values by bins with ascending lower edges [n_bins]; those below the first count there,
 * the last is open, NaN do not count. */
void proda_compared_histogram(const double *value, size_t n, const double *edge, size_t n_bins,
                              double *count);

#endif
