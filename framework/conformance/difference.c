#include "conformance/difference.h"

#include <float.h>
#include <math.h>

double proda_difference_step(double scale, int k)
{
  return ldexp(1e-2 * scale, -2 * k);
}

/* Central, of the second order. */
static double central(const double f[2], double step)
{
  return (f[1] - f[0]) / (2 * step);
}

double proda_difference(const double f[PRODA_DIFFERENCE_STEPS][2], double scale, double *error)
{
  double best = NAN;
  *error = INFINITY;
  for (int k = 0; k + 1 < PRODA_DIFFERENCE_STEPS; k++) {
    double step = proda_difference_step(scale, k + 1);
    double coarse = central(f[k], proda_difference_step(scale, k)), fine = central(f[k + 1], step);
    /* Steps differ by 4: the second order cancels with weights 16 and 1. */
    double value = (16 * fine - coarse) / 15;
    double rounding = 4 * DBL_EPSILON * (fabs(f[k + 1][0]) + fabs(f[k + 1][1])) / step;
    double estimate = fabs(value - fine) + rounding;
    if (estimate < *error) {
      *error = estimate;
      best = value;
    }
  }
  return best;
}

bool proda_difference_agrees(double derivative, double difference, double error)
{
  return isnan(difference) || fabs(derivative - difference) <= 1e-6 * fabs(difference) + 4 * error;
}
