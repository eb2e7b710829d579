/** @file sampler_rig.h
 * What checks of a sampler work with: targets, and walkers on their way.
 */
#ifndef PRODA_CONFORMANCE_SAMPLER_RIG_H
#define PRODA_CONFORMANCE_SAMPLER_RIG_H

#include <proda/sampler.h>

#include "conformance/check.h"
#include "conformance/room.h"
#include "store/digest.h"

enum { PRODA_TARGET_SIZE = 4, PRODA_JOURNEY_STEPS = 3000 };

enum proda_target_kind {
  PRODA_TARGET_BOX,   /**< uniform priors; a wide Gaussian without a valid answer in a corner */
  PRODA_TARGET_MIXED, /**< the same under priors of all kinds, which a sampler may refuse */
  PRODA_TARGET_KNOWN, /**< uniform priors; a narrow Gaussian of known mean and spread */
};

/** A sampler made for a target. */
struct proda_sampling {
  enum proda_target_kind kind;
  const struct proda_prior *prior; /**< [PRODA_TARGET_SIZE] */
  void *sampler;
  size_t walker_size, n_walkers, n_chains, n_draws;
};

struct proda_sampler_rig {
  const struct proda_subject *subject;
  const struct proda_sampler_ops *ops;
  struct proda_room *room;
  struct proda_sampling box, mixed; /**< mixed.sampler NULL where it was refused */
  struct proda_finding *finding;
};

/** Makes a sampler; where the mixed priors are refused with a message, one without instance. */
int proda_sampling_make(struct proda_sampler_rig *rig, enum proda_target_kind kind,
                        struct proda_sampling *sampling);
void proda_sampling_clear(const struct proda_sampler_rig *rig, struct proda_sampling *sampling);

/** Calls `check` for every target that the sampler takes. */
int proda_sampler_each(struct proda_sampler_rig *rig,
                       int (*check)(struct proda_sampler_rig *rig,
                                    const struct proda_sampling *sampling));

/** Mean and standard deviation of coordinate `p` of the known target. */
void proda_target_moments(const struct proda_sampling *sampling, size_t p, double *mean,
                          double *sd);

/** A walker on its way. */
struct proda_journey {
  void *walker;
  struct proda_digest *digest; /**< of every proposal and outcome */
  size_t kept, steps;
  bool done, failed;
  const char *failure;
  double point[PRODA_TARGET_SIZE], draw[PRODA_TARGET_SIZE]; /**< proposed; kept, where one was */
  struct proda_outcome outcome;                             /**< of the last step */
};

/** Starts a walker in memory of its own, of the rig's room. */
int proda_journey_start(struct proda_sampler_rig *rig, const struct proda_sampling *sampling,
                        struct proda_walker_key key, struct proda_journey *journey);
/** A step; nothing once it is done. Fails where the contract is broken by it. */
int proda_journey_step(struct proda_sampler_rig *rig, const struct proda_sampling *sampling,
                       struct proda_journey *journey);
/** Releases the digest, and writes it to `out`, which may be NULL. */
void proda_journey_end(struct proda_journey *journey, char out[PRODA_DIGEST_SIZE]);
/** A walker alone, from start to end or for so many steps; what came of it as a digest. */
int proda_journey_alone(struct proda_sampler_rig *rig, const struct proda_sampling *sampling,
                        struct proda_walker_key key, char out[PRODA_DIGEST_SIZE]);

extern const struct proda_check proda_sampler_create, proda_sampler_steps, proda_sampler_keys,
    proda_sampler_checkpoint, proda_sampler_order, proda_sampler_end, proda_sampler_target,
    proda_sampler_memory;

#endif
