/** @file sites.h
 * A structure run at many sites with given parameters, PRODA_LANES at a time.
 */
#ifndef PRODA_PIPELINE_SITES_H
#define PRODA_PIPELINE_SITES_H

#include "matrix/structure.h"
#include "store/forcing.h"

/** One run: a site of the forcing file and a parameter vector [n_parameters] (NaN as the
 * structure's manifest allows). Borrowed during proda_sites_run. */
struct proda_site_run {
  size_t cell;
  const double *parameter;
};

/** What became of a run: enum proda_solve_status, or this. */
enum {
  PRODA_SITE_UNUSABLE = PRODA_N_SOLVE_STATUS /**< the forcing of the site is missing or unusable */
};
#define PRODA_N_SITE_STATUS (PRODA_N_SOLVE_STATUS + 1)
/** Names of them all, for CF flags, and as the start of a longer list. */
#define PRODA_SITE_STATUS_NAMES                                                                    \
  [PRODA_SOLVED] = "solved", [PRODA_SOLVE_NEAR_SINGULAR] = "near_singular",                        \
  [PRODA_SOLVE_NEGATIVE] = "negative", [PRODA_SOLVE_NOT_FINITE] = "no_steady_state",               \
  [PRODA_SOLVE_REFUSED] = "refused_by_structure", [PRODA_SOLVE_FRACTIONS] = "fractions_above_one", \
  [PRODA_SOLVE_NO_STATE] = "no_state_found", [PRODA_SOLVE_SEVERAL] = "several_states",             \
  [PRODA_SOLVE_UNSTABLE] = "unstable_state", [PRODA_SOLVE_EXTINCT] = "extinct",                    \
  [PRODA_SOLVE_UNBALANCED] = "unbalanced", [PRODA_SITE_UNUSABLE] = "unusable_forcing"
extern const char *const proda_site_status_names[PRODA_N_SITE_STATUS];

/** A finished run; the block's results of lane `lane` are valid during the call. The runs of one
 * solve come behind each other, lane 0 first. */
struct proda_site_result {
  size_t run; /**< index of the run */
  int status; /**< as above; not enum proda_solve_status alone */
  const struct proda_block *block;
  int lane;
};
typedef int proda_site_taker(void *context, const struct proda_site_result *result,
                             struct proda_error *error);

/** Runs all; `take` sees every run once, in order. `wants` as for proda_block_new. An error of
 * `take` ends the run. */
int proda_sites_run(const struct proda_structure *structure,
                    const struct proda_forcing_file *forcing, unsigned wants, size_t n,
                    const struct proda_site_run *run, proda_site_taker *take, void *context,
                    struct proda_error *error);

#endif
