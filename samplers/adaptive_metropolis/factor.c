#include "factor.h"

#include <string.h>

#include "transform.h"

void factor_diagonal(const struct factor *factor, const double *sd)
{
  memset(factor->at, 0, factor_size(factor->d, factor->stride) * sizeof *factor->at);
  for (size_t k = 0; k < factor->d; k++)
    factor->at[k * factor->stride + k] = sd[k];
}

int factor_make(const struct factor *factor, const double *covariance)
{
  size_t d = factor->d, stride = factor->stride;
  double *at = factor->at, largest = 0;
  for (size_t k = 0; k < d; k++)
    largest = fmax(largest, covariance[k * d + k]);
  double tolerance = 1e-12 * largest;
  memset(at, 0, factor_size(d, stride) * sizeof *at);
  for (size_t k = 0; k < d; k++) {
    for (size_t i = k; i < d; i++) {
      double rest = covariance[i * d + k];
      for (size_t j = 0; j < k; j++)
        rest -= at[j * stride + i] * at[j * stride + k];
      at[k * stride + i] = rest;
    }
    double pivot = at[k * stride + k];
    if (!(pivot >= -tolerance))
      return -1;
    double inverse = pivot > tolerance ? 1 / sqrt(pivot) : 0;
    for (size_t i = k; i < d; i++)
      at[k * stride + i] *= inverse;
  }
  return 0;
}

void factor_multiply(const struct factor *factor, const double *centre, const double *u,
                     double *out)
{
  size_t d = factor->d, stride = factor->stride;
  for (size_t i = 0; i < stride; i += PRODA_LANES) {
    size_t columns = i + PRODA_LANES < d ? i + PRODA_LANES : d, k = 0;
    lane even = *(const loose_lane *)(centre + i), odd = {0};
    for (; k + 2 <= columns; k += 2) {
      even += u[k] * *(const loose_lane *)(factor->at + k * stride + i);
      odd += u[k + 1] * *(const loose_lane *)(factor->at + (k + 1) * stride + i);
    }
    if (k < columns)
      even += u[k] * *(const loose_lane *)(factor->at + k * stride + i);
    *(loose_lane *)(out + i) = even + odd;
  }
}

void factor_solve(const struct factor *factor, double *v)
{
  size_t d = factor->d, stride = factor->stride;
  for (size_t k = 0; k < d; k++) {
    const double *column = factor->at + k * stride;
    double u = v[k] / column[k];
    for (size_t i = k / PRODA_LANES * PRODA_LANES; i < stride; i += PRODA_LANES)
      *(loose_lane *)(v + i) -= u * *(const loose_lane *)(column + i);
    v[k] = u;
  }
}

void factor_update(const struct factor *factor, double keep, double *v)
{
  static const lane index = {0, 1, 2, 3, 4, 5, 6, 7};
  size_t d = factor->d, stride = factor->stride;
  for (size_t k = 0; k < d; k++) {
    double *column = factor->at + k * stride;
    double diagonal = keep * column[k], below = v[k];
    double length = sqrt(diagonal * diagonal + below * below);
    double c = length > 0 ? diagonal / length : 1, s = length > 0 ? below / length : 0;
    for (size_t i = k / PRODA_LANES * PRODA_LANES; i < stride; i += PRODA_LANES) {
      lane l = keep * *(const loose_lane *)(column + i);
      lane t = *(const loose_lane *)(v + i);
      *(loose_lane *)(column + i) = c * l + s * t;
      t = c * t - s * l;
      /* what is used up is 0, not its rounding */
      *(loose_lane *)(v + i) = lane_select(index + (double)i > (double)k, t, lane_splat(0));
    }
  }
}
