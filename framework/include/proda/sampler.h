/** @file sampler.h
 * The contract of a sampler.
 *
 * A sampler is a state machine that never calls a model: `propose` writes the
 * next point of a walker, the host evaluates it (with those of other walkers
 * and sites, on lanes), `accept` takes the log density. A walker's state is one
 * flat block of memory without pointers, so that the host can move, checkpoint
 * and resume it with memcpy. Random numbers come from <proda/random.h>, keyed by
 * (seed, site, walker): results do not depend on workers, order or interruptions.
 */
#ifndef PRODA_SAMPLER_H
#define PRODA_SAMPLER_H

#include <stdbool.h>

#include <proda/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

enum proda_prior_kind {
  PRODA_PRIOR_UNIFORM, /**< constant on (lower, upper), both finite */
  PRODA_PRIOR_NORMAL,  /**< normal(mean, sd), cut to (lower, upper) where those are finite */
  PRODA_PRIOR_FLAT, /**< constant, improper, on (lower, upper); starts come from normal(mean, sd) */
  PRODA_PRIOR_LOG_UNIFORM, /**< the logarithm is uniform; 0 < lower. Never in a target: the host has
                                log10 of such a parameter sampled, under a uniform prior */
};

/** Prior of one parameter, in its physical unit; in a target, of one coordinate of the points that
 * are sampled. Bounds may be +-INFINITY. */
struct proda_prior {
  enum proda_prior_kind kind;
  double lower, upper;
  double mean, sd;
};

/** What a sampler is told of the density it samples. Borrowed during create. */
struct proda_target {
  size_t n_parameters;
  const struct proda_prior *prior; /**< [n_parameters] */
};

struct proda_walker_key {
  uint64_t seed;   /**< the experiment's seed */
  uint64_t site;   /**< identity of the site, the same in every run */
  uint32_t walker; /**< 0 .. n_walkers-1 */
};

/** The host's answer to a proposal. */
struct proda_evaluation {
  int status; /**< PRODA_OK, or PRODA_REJECT: the point has no valid answer */
  double
      log_density; /**< log of prior times likelihood with respect to the proposed
                        coordinates, any constant dropped; not read where status is PRODA_REJECT */
};

/** What a step meant for the walker's chains. */
struct proda_outcome {
  uint32_t chain;      /**< the chain that moved: 0 .. n_chains-1 of the site */
  bool keep;           /**< record the walker's current point as the chain's next draw */
  bool accepted;       /**< the proposal was accepted */
  bool discard_chain;  /**< before keeping: forget what was kept of this chain */
  bool done;           /**< the walker wants no more evaluations */
  const char *failure; /**< with done: why the walker gave up, for the ledger, borrowed from the
                            sampler; NULL where it ended well */
  bool no_start; /**< with failure: no point was found from which to start. The host ends the site
                      there and then. A search must be bounded by a number of evaluations that is
                    the same for all walkers */
};

struct proda_sampler_ops {
  size_t size; /**< sizeof (struct proda_sampler_ops) */

  /** Makes the shared, read-only part: settings, priors. Released by destroy. */
  int (*create)(const struct proda_target *target, const struct proda_setting *settings,
                void **sampler, struct proda_error *error);
  void (*destroy)(void *sampler);

  size_t (*n_walkers)(const void *sampler);   /**< walkers of a site; they run independently */
  size_t (*n_chains)(const void *sampler);    /**< chains of a site over all walkers */
  size_t (*n_draws)(const void *sampler);     /**< upper bound on the draws kept of a chain */
  size_t (*walker_size)(const void *sampler); /**< bytes of a walker's state, a multiple of 64;
                                                   alignment 16, faster with 64 */

  /** Brings a walker to its start. `walker` is walker_size bytes of the host's. */
  void (*start)(const void *sampler, const struct proda_walker_key *key, void *walker);

  /** Writes the next point to evaluate, x[n_parameters], inside the bounds of the target's priors.
   */
  void (*propose)(const void *sampler, void *walker, double *x);

  /** Takes the answer to the last proposal and moves the walker. The host hands a zeroed outcome.
   */
  void (*accept)(const void *sampler, void *walker, const struct proda_evaluation *evaluation,
                 struct proda_outcome *outcome);

  /** The walker's current point (the draw to keep), x[n_parameters], and its log density. */
  double (*current)(const void *sampler, const void *walker, double *x);

  /** How many of the `kept` draws of a chain, the oldest, are burn-in that could not be told from
   * the rest as they came. The host drops them when the walker is done; convergence statistics that
   * are defined on whole chains may see them first. */
  size_t (*discard)(const void *sampler, size_t kept);

  /** As in struct proda_model_ops. Names in use:
   *  "accepted-only": not NULL where the kept draws are the accepted ones without their repeats, so
   *  that chains differ in length and proda_rhat_published is the statistic that goes with them. */
  const void *(*extension)(const void *sampler, const char *name);
};

#ifdef __cplusplus
}
#endif
#endif
