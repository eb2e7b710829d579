/** @file loss.h
 * What the network minimises. Means are over all n x m entries of prediction p and target y.
 *   mse = mean (y - p)^2,  ratio = mean |(y - p) / y|
 *   product = ratio mse (Tao et al., section 2.6), scaled_product = 500 mse 25 ratio (their script)
 */
#ifndef MLP_LOSS_H
#define MLP_LOSS_H

#include <stdbool.h>
#include <stddef.h>

#include "real.h"
#include "settings.h"

#define loss_evaluate MLP_NAME(loss_evaluate)

/** The two means, as sums that grow batch by batch. */
struct loss_sums {
  double square, ratio; /**< sum of (y - p)^2 and of |(y - p) / y| */
  size_t count;         /**< entries */
};

/** Whether the loss divides by the target, which must then not be 0. */
bool loss_divides(enum mlp_loss loss);

/** Adds the entries of p[count], y[count]. */
#define loss_add MLP_NAME(loss_add)
void loss_add(const real *p, const real *y, size_t count, struct loss_sums *sums);

/** The loss of the means. */
double loss_value(enum mlp_loss loss, const struct loss_sums *sums);

/** The loss of p[count] against y[count]; gradient[count] = dloss/dp, with d|x|/dx = 0 at 0. */
double loss_evaluate(enum mlp_loss loss, const real *p, const real *y, size_t count,
                     real *gradient);

#endif
