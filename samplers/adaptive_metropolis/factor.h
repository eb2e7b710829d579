/** @file factor.h
 * The lower triangular L of a covariance L L^T, by columns: entry (i, k) is at[k * stride + i], 0
 * for i < k. stride is d rounded up to whole lanes; entries of rows from d on are 0.
 */
#ifndef ADAPTIVE_METROPOLIS_FACTOR_H
#define ADAPTIVE_METROPOLIS_FACTOR_H

#include <stddef.h>

struct factor {
  size_t d, stride;
  double *at;
};

static inline size_t factor_size(size_t d, size_t stride)
{
  return d * stride;
}

void factor_diagonal(const struct factor *factor, const double *sd);

/** Factor of a covariance [d][d], positive semi-definite: pivots within 1e-12 of the largest
 * variance count as 0 and get a column of zeros. Returns nonzero where it is not. */
int factor_make(const struct factor *factor, const double *covariance);

/** out = centre + L u */
void factor_multiply(const struct factor *factor, const double *centre, const double *u,
                     double *out);

/** L u = v for u, in place; the diagonal must be positive. */
void factor_solve(const struct factor *factor, double *v);

/** The factor of keep^2 L L^T + v v^T, by Givens rotations, O(d^2); v is destroyed. */
void factor_update(const struct factor *factor, double keep, double *v);

#endif
