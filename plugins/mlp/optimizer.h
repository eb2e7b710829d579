/** @file optimizer.h
 * How weights move along a gradient g. Accumulators start at 0.
 *   adadelta (Zeiler 2012): G = rho G + (1 - rho) g^2,  d = -sqrt(D + eps) / sqrt(G + eps) g,
 *                           D = rho D + (1 - rho) d^2,  w += rate d
 *   adam (Kingma & Ba 2015): M = b1 M + (1 - b1) g,  V = b2 V + (1 - b2) g^2, at step t
 *                           w -= rate (M / (1 - b1^t)) / (sqrt(V / (1 - b2^t)) + eps)
 *   sgd:                    w -= rate g
 */
#ifndef MLP_OPTIMIZER_H
#define MLP_OPTIMIZER_H

#include <stddef.h>

#include "real.h"
#include "settings.h"

#define optimizer_init MLP_NAME(optimizer_init)
#define optimizer_free MLP_NAME(optimizer_free)
#define optimizer_step MLP_NAME(optimizer_step)

struct optimizer {
  const struct mlp_settings *settings; /**< borrowed */
  size_t n;                            /**< weights */
  size_t t;                            /**< steps done */
  real *first, *second;                /**< [n]: G and D, or M and V; not used by sgd */
};

/** PRODA_ERROR for lack of memory, then nothing is left to free. */
int optimizer_init(struct optimizer *optimizer, const struct mlp_settings *settings, size_t n);
void optimizer_free(struct optimizer *optimizer);

/** Moves weight[n] one step along gradient[n]. */
void optimizer_step(struct optimizer *optimizer, real *weight, const real *gradient);

#endif
