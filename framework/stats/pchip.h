/** @file pchip.h
 * Monotone piecewise cubic Hermite interpolation (Fritsch & Carlson 1980; slopes of Fritsch &
 * Butland 1984, three-point shape-preserving end slopes), on lanes: one set of nodes, a profile per
 * lane. Outside the nodes the end cubic is continued.
 */
#ifndef PRODA_STATS_PCHIP_H
#define PRODA_STATS_PCHIP_H

#include <stddef.h>

#include <proda/lane.h>

/** Slopes of n >= 3 values at increasing nodes, as the method sets them. value, slope: [n]. */
void proda_pchip_slopes(size_t n, const double *node, const lane *value, lane *slope);

/** Where a point lies and how it weighs: y = w0 y_i + w1 y_(i+1) + w2 d_i + w3 d_(i+1). */
struct proda_pchip_point {
  size_t interval;
  double weight[4];
};

/** The point of x. Which interval extrapolation continues: the first or the last. */
struct proda_pchip_point proda_pchip_locate(size_t n, const double *node, double x);

#endif
