#include "stats/weighted.h"

#include <math.h>
#include <stdlib.h>

static double weight_sum(const struct proda_weighted *x, size_t n)
{
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += x[i].weight;
  return sum;
}

double proda_effective_n(const struct proda_weighted *x, size_t n)
{
  double sum = weight_sum(x, n), squares = 0;
  for (size_t i = 0; i < n; i++)
    squares += x[i].weight * x[i].weight;
  return sum * sum / squares;
}

double proda_weighted_mean(const struct proda_weighted *x, size_t n)
{
  double sum = 0, weight = weight_sum(x, n);
  for (size_t i = 0; i < n; i++)
    sum += x[i].weight * x[i].value;
  return sum / weight;
}

static int ascending(const void *a, const void *b)
{
  double x = ((const struct proda_weighted *)a)->value;
  double y = ((const struct proda_weighted *)b)->value;
  return (x > y) - (x < y);
}

void proda_weighted_sort(struct proda_weighted *x, size_t n)
{
  if (n > 1)
    qsort(x, n, sizeof *x, ascending);
}

/* The mean of the values over a window of the cumulated weight, 1/n wide, n the effective number:
 * of equal weights it lies over two neighbours at most. */
double proda_weighted_quantile_sorted(const struct proda_weighted *x, size_t n, double p)
{
  if (n == 0 || !(p >= 0 && p <= 1))
    return NAN;
  double effective = proda_effective_n(x, n), total = weight_sum(x, n);
  double start = p * (effective - 1), before = 0, below = 0, quantile = 0;
  for (size_t i = 0; i < n; i++) {
    below += x[i].weight;
    double covered = fmin(fmax(below / total * effective - start, 0), 1);
    quantile += (covered - before) * x[i].value;
    before = covered;
  }
  return quantile + (1 - before) * x[n - 1].value; // what rounding has left of the window
}
