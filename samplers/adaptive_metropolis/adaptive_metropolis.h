/** @file adaptive_metropolis.h
 * What the two modes share. A mode is a table of functions over a flat walker state.
 */
#ifndef ADAPTIVE_METROPOLIS_H
#define ADAPTIVE_METROPOLIS_H

#include <proda/sampler.h>

#include "transform.h"

/** Settings as the manifest explains them, in its order (mode aside). */
struct settings {
  size_t chains, test_run, formal_run;
  double burn_in, tempering;

  size_t adapt_every;
  double adaptation_gain, formal_gain, ridge, target_acceptance, autoregressive_share;
  size_t start_tries;

  double paper_start, paper_step;
  size_t paper_min_accepted;
  double paper_step_divisor;
  size_t paper_step_tries;
  double paper_factor;
  size_t paper_adapt_after;
  bool paper_anneal, paper_cost_of_start, paper_stale_difference;
  double paper_reject_cost, paper_acceptance_low, paper_acceptance_high;
  double paper_factor_shrink, paper_factor_grow;
  size_t paper_failures;
};

/** The shared, read-only part of a run. */
struct sampler {
  const struct mode *mode;
  struct settings settings;
  size_t d;                  /**< parameters */
  size_t stride;             /**< d rounded up to whole lanes: length of every vector of a walker */
  struct proda_prior *prior; /**< [d] */
  struct transform *transform; /**< mode exact */
  char no_start[64];           /**< mode exact: what the ledger says where the search failed */
};

struct mode {
  /** Refuses what the mode cannot sample. */
  int (*check)(const struct sampler *sampler, struct proda_error *error);
  size_t (*n_walkers)(const struct sampler *sampler);
  size_t (*n_draws)(const struct sampler *sampler);
  size_t (*walker_size)(const struct sampler *sampler);
  void (*start)(const struct sampler *sampler, const struct proda_walker_key *key, void *walker);
  void (*propose)(const struct sampler *sampler, void *walker, double *x);
  void (*accept)(const struct sampler *sampler, void *walker,
                 const struct proda_evaluation *evaluation, struct proda_outcome *outcome);
  double (*current)(const struct sampler *sampler, const void *walker, double *x);
  size_t (*discard)(const struct sampler *sampler, size_t kept);
  bool accepted_only;
};

extern const struct mode mode_exact, mode_paper;

#endif
