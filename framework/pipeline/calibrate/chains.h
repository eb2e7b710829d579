/** @file chains.h
 * Sampler times structure: walkers of any site side by side on lanes.
 *
 * A site's walkers are dealt to lanes as they come free. What a walker does
 * depends on its key and its site alone, so results do not depend on which
 * lanes, neighbours or order it had. A site one of whose walkers finds no start ends
 * there: its other walkers leave their lanes.
 */
#ifndef PRODA_PIPELINE_CHAINS_H
#define PRODA_PIPELINE_CHAINS_H

#include "matrix/structure.h"
#include "pipeline/calibrate/observation.h"
#include "pipeline/experiment/space.h"
#include "pipeline/ledger.h"

/** One site to sample. Everything is borrowed until `finish` has been called for it. */
struct proda_chain_site {
  size_t index; /**< the caller's number of the site */
  uint64_t key; /**< its identity for random numbers */
  struct proda_forcing forcing;
  const struct proda_observation *observation;
  const char *flaw; /**< why the site cannot be sampled; NULL where it can */
};

/** What a site's chains left behind; borrowed during `finish`. */
struct proda_chains {
  const struct proda_chain_site *site;
  size_t n_chains, n_free, capacity;      /**< capacity: draws that a chain's array has room for */
  const double *draw;                     /**< [n_chains][capacity][n_free], points of the space */
  const double *log_density;              /**< [n_chains][capacity] */
  const size_t *n_draws;                  /**< [n_chains]: kept, oldest first */
  const size_t *n_steps;                  /**< [n_chains]: evaluations */
  const size_t *n_accepted;               /**< [n_chains]: of those, accepted */
  size_t n_refused[PRODA_N_SOLVE_STATUS]; /**< evaluations without a valid state, by reason */
  size_t n_no_density;                    /**< valid states that the error model gives no density */
  enum proda_site_code end; /**< kept where all went well; with NO_VALID_START the counts are those
                               of the first walker without a start */
  const char *failure;      /**< why there is no posterior; NULL: all went well */
};

/** Where sites come from and go to; calls come from one thread. */
struct proda_chain_source {
  /** Fills the next site; `*given` is false where there is none. */
  int (*next)(void *context, struct proda_chain_site *site, bool *given, struct proda_error *error);
  /** Takes a finished site; an error ends the run. */
  int (*finish)(void *context, const struct proda_chains *chains, struct proda_error *error);
  void *context;
};

/** What all sites share. */
struct proda_chain_setup {
  const struct proda_structure *structure;
  const struct proda_space *space;
  const struct proda_sampler_ops *ops;
  const void *sampler;
  size_t observable;
  bool reject_near_singular;
  bool needs_slopes; /**< observations are made at nodes */
  uint64_t seed;
  /** Called after each step of all lanes, of which n had a walker; a false answer ends the run
   * there, with sites unfinished. NULL where there is nothing to be told. */
  bool (*step)(void *context, size_t n);
  void *context; /**< of `step` */
};

/** What a block must compute for the setup: enum proda_want. */
unsigned proda_chains_want(const struct proda_chain_setup *setup);

/** Samples every site of the source. */
int proda_chains_run(const struct proda_chain_setup *setup, const struct proda_chain_source *source,
                     struct proda_error *error);

#endif
