/** @file calibrate_store.h
 * The records of calibrated sites, gathered and written as one store.
 */
#ifndef PRODA_PIPELINE_CALIBRATE_STORE_H
#define PRODA_PIPELINE_CALIBRATE_STORE_H

#include "pipeline/calibrate/posterior.h"
#include "pipeline/prepare/prepared.h"
#include "pipeline/stage.h"

struct proda_calibrated {
  const struct proda_prepared *prepared;
  const struct proda_manifest *manifest;
  const struct proda_space *space;
  struct proda_posterior_shape shape;
  double **record; /**< [n_sites], NULL where not there yet */
  char **failure;  /**< [n_sites], NULL where none */
  size_t count, n_failed; /**< records there, and of those with a failure */
};

int proda_calibrated_new(const struct proda_prepared *prepared,
                         const struct proda_manifest *manifest, const struct proda_space *space,
                         const struct proda_posterior_shape *shape,
                         struct proda_calibrated *calibrated, struct proda_error *error);
/** Releases what it holds; a zeroed struct is fine. */
void proda_calibrated_free(struct proda_calibrated *calibrated);

/** Takes a copy of a site's record; refused where index or size do not fit. */
int proda_calibrated_put(struct proda_calibrated *calibrated, size_t site, const char *failure,
                         const double *record, size_t n, struct proda_error *error);
bool proda_calibrated_has(const struct proda_calibrated *calibrated, size_t site);

/** Writes the store, with all sites, and reports counts by state. */
int proda_calibrated_write(const struct proda_calibrated *calibrated, const char *path,
                           const struct proda_run *run, const char *inputs,
                           struct proda_error *error);

#endif
