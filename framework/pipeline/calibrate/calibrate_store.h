/** @file calibrate_store.h
 * The records of calibrated sites, gathered and written as one store. The records themselves stay
 * in the journal: here stand only their places in it, so that memory does not grow with them.
 */
#ifndef PRODA_PIPELINE_CALIBRATE_STORE_H
#define PRODA_PIPELINE_CALIBRATE_STORE_H

#include "pipeline/calibrate/posterior.h"
#include "pipeline/prepare/prepared.h"
#include "pipeline/stage.h"
#include "store/journal.h"

struct proda_calibrated {
  const char *name; /**< of the structure, for what is reported */
  const struct proda_prepared *prepared;
  const struct proda_manifest *manifest;
  const struct proda_space *space;
  struct proda_posterior_shape shape;
  uint64_t *place; /**< [n_sites]: of the record in the journal, 0 where not there yet */
  char **failure;  /**< [n_sites], NULL where none */
  size_t count, n_state[PRODA_N_SITE_CODES]; /**< sites there, and by their code */
  double n_draws;                            /**< evaluated at all of them */
  double n_rejected[PRODA_N_REJECTIONS];     /**< of those, by reason */
  struct proda_valid_share {
    size_t n;
    double sum, least, most;
  } valid_share; /**< of the prior, over sites */
};

int proda_calibrated_new(const char *name, const struct proda_prepared *prepared,
                         const struct proda_manifest *manifest, const struct proda_space *space,
                         const struct proda_posterior_shape *shape,
                         struct proda_calibrated *calibrated, struct proda_error *error);
/** Releases what it holds; a zeroed struct is fine. */
void proda_calibrated_free(struct proda_calibrated *calibrated);

/** Notes a site's record, which stands at `place` in the journal; refused where index or size do
 * not fit. The first record of a site counts. */
int proda_calibrated_put(struct proda_calibrated *calibrated, size_t site, const char *failure,
                         const double *record, size_t n, uint64_t place, struct proda_error *error);
bool proda_calibrated_has(const struct proda_calibrated *calibrated, size_t site);

/** Writes the store, with all sites, reading their records back in portions; reports counts by
 * state. */
int proda_calibrated_write(const struct proda_calibrated *calibrated,
                           const struct proda_journal *journal, const char *path,
                           const struct proda_run *run, const char *inputs,
                           struct proda_error *error);

#endif
