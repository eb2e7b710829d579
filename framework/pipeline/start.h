/** @file start.h
 * Where time courses start: at steady states, or where an earlier simulation ended.
 */
#ifndef PRODA_PIPELINE_START_H
#define PRODA_PIPELINE_START_H

#include "pipeline/subject.h"

/** Of the runs of a subject, [site][set]. */
struct proda_start {
  double month;   /**< since the first January; 0 for steady states */
  double *pools;  /**< [run][n_pools][L] */
  double *status; /**< [run]: of enum proda_run_status; pools count where it is PRODA_SOLVED */
  double *sum;    /**< [run][n_sums]: what came together before, 0 for steady states */
};

/** sum_name[n_sums]: variables of the store. Refused are stores of other sites, sets, pools or
 * grids. proda_start_free in any case. */
int proda_start_make(const struct proda_subject *subject, size_t n_sums,
                     const char *const *sum_name, struct proda_start *start,
                     struct proda_error *error);
void proda_start_free(struct proda_start *start);

#endif
