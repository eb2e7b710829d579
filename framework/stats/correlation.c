#include "stats/correlation.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "stats/special.h"

struct pairs {
  const double *x, *y, *weight;
  size_t n;
};

static bool counts(const struct pairs *pairs, size_t i)
{
  return isfinite(pairs->x[i]) && isfinite(pairs->y[i]) &&
         (!pairs->weight || (isfinite(pairs->weight[i]) && pairs->weight[i] > 0));
}

static double weight_of(const struct pairs *pairs, size_t i)
{
  return pairs->weight ? pairs->weight[i] : 1;
}

/* Weighted sums over the pairs that count, of deviations from (x0, y0). */
struct sums {
  size_t n;
  double w, ww, x, y, xx, yy, xy, difference, distance;
};

static struct sums add_up(const struct pairs *pairs, double x0, double y0)
{
  struct sums s = {0};
  for (size_t i = 0; i < pairs->n; i++) {
    if (!counts(pairs, i))
      continue;
    double w = weight_of(pairs, i), x = pairs->x[i] - x0, y = pairs->y[i] - y0;
    double difference = pairs->y[i] - pairs->x[i];
    s.n++;
    s.w += w;
    s.ww += w * w;
    s.x += w * x;
    s.y += w * y;
    s.xx += w * x * x;
    s.yy += w * y * y;
    s.xy += w * x * y;
    s.difference += w * difference;
    s.distance += w * difference * difference;
  }
  return s;
}

/* Squares that the rounding of a constant leaves do not count as variation. */
static bool varies(double squares, double weight, double mean)
{
  double rounding = 8 * DBL_EPSILON * mean;
  return squares > weight * rounding * rounding;
}

/* 1 - r^2 as what the line leaves over, which keeps its digits where r is near 1. */
static double unexplained(const struct pairs *pairs, double x0, double y0, double slope, double yy)
{
  double sum = 0;
  for (size_t i = 0; i < pairs->n; i++) {
    if (!counts(pairs, i))
      continue;
    double rest = pairs->y[i] - y0 - slope * (pairs->x[i] - x0);
    sum += weight_of(pairs, i) * rest * rest;
  }
  return fmin(sum / yy, 1);
}

void proda_correlate(const double *x, const double *y, const double *weight, size_t n,
                     struct proda_correlation *out)
{
  const struct pairs pairs = {x, y, weight, n};
  struct sums s = add_up(&pairs, 0, 0);
  *out = (struct proda_correlation){s.n, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
  if (s.n == 0)
    return;
  out->bias = s.difference / s.w;
  out->distance = sqrt(s.distance / s.w / 2);
  if (s.n < 3)
    return;
  double x0 = s.x / s.w, y0 = s.y / s.w;
  s = add_up(&pairs, x0, y0); // means once more: the first sums have lost digits
  x0 += s.x / s.w;
  y0 += s.y / s.w;
  s = add_up(&pairs, x0, y0);
  out->df = s.w * s.w / s.ww - 2;
  if (!varies(s.xx, s.w, x0))
    return;
  out->slope = s.xy / s.xx;
  out->intercept = y0 - out->slope * x0;
  if (!varies(s.yy, s.w, y0))
    return;
  out->r = fmax(-1, fmin(1, s.xy / sqrt(s.xx) / sqrt(s.yy)));
  // t^2 = df r^2 / (1 - r^2): Student's tail is I_x(df/2, 1/2) at x = 1 - r^2
  double log_p =
      proda_beta_log_cdf(unexplained(&pairs, x0, y0, out->slope, s.yy), out->df / 2, 0.5);
  out->log10_p = log_p / M_LN10;
  out->p = exp(log_p);
}
