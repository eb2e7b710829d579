/** @file transform.h
 * Parameters x within bounds as coordinates z on the whole line:
 *   both bounds  x = lower + (upper - lower) / (1 + e^-z)
 *   one bound    x = bound +- scale e^z
 *   none         x = mean + sd z
 * Vectors are `stride` long; entries from d on are 0 in both.
 */
#ifndef ADAPTIVE_METROPOLIS_TRANSFORM_H
#define ADAPTIVE_METROPOLIS_TRANSFORM_H

#include <proda/lane.h>
#include <proda/sampler.h>

/** A lane anywhere in memory. */
typedef double loose_lane __attribute__((vector_size(64), aligned(8), may_alias));

static inline double lane_sum(lane x)
{
  return ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]));
}

struct transform;

/** NULL for lack of memory; released by free(). */
struct transform *transform_new(const struct proda_prior *prior, size_t d);

/** x of z; returns log |dx/dz| but for a constant. x lies strictly inside the bounds. */
double transform_forward(const struct transform *transform, const double *z, double *x);

/** z of x, which lies strictly inside the bounds. */
void transform_inverse(const struct transform *transform, const double *x, double *z);

/** Spread of z under a vague prior: the first guess at a proposal's standard deviation. */
double transform_spread(const struct transform *transform, size_t i);

#endif
