#include "stats/pchip.h"

/* Weighted harmonic mean of both secants where they have one sign, else 0. */
static lane inner_slope(double before, double after, lane secant_before, lane secant_after)
{
  double w1 = 2 * after + before, w2 = after + 2 * before;
  lane_mask rising = (secant_before > 0.0) & (secant_after > 0.0);
  lane_mask falling = (secant_before < 0.0) & (secant_after < 0.0);
  /* In this order nothing overflows where the slope itself does not. */
  lane slope =
      (w1 + w2) * secant_before * (secant_after / (w1 * secant_after + w2 * secant_before));
  return lane_select(rising | falling, slope, lane_splat(0.0));
}

/* Three-point formula, kept from changing sign and from overshooting. */
static lane end_slope(double near, double far, lane secant_near, lane secant_far)
{
  lane slope = ((2 * near + far) * secant_near - near * secant_far) / (near + far);
  lane_mask turns = secant_near * secant_far < 0.0;
  lane_mask steep = lane_abs(slope) > 3.0 * lane_abs(secant_near);
  slope = lane_select(turns & steep, 3.0 * secant_near, slope);
  return lane_select(slope * secant_near > 0.0, slope, lane_splat(0.0));
}

void proda_pchip_slopes(size_t n, const double *node, const lane *value, lane *slope)
{
  double before = node[1] - node[0], after = node[2] - node[1];
  lane secant_before = (value[1] - value[0]) / before;
  lane secant_after = (value[2] - value[1]) / after;
  slope[0] = end_slope(before, after, secant_before, secant_after);
  for (size_t i = 1;; i++) {
    slope[i] = inner_slope(before, after, secant_before, secant_after);
    if (i + 2 >= n)
      break;
    before = after;
    secant_before = secant_after;
    after = node[i + 2] - node[i + 1];
    secant_after = (value[i + 2] - value[i + 1]) / after;
  }
  slope[n - 1] = end_slope(after, before, secant_after, secant_before);
}

struct proda_pchip_point proda_pchip_locate(size_t n, const double *node, double x)
{
  size_t i = 0;
  while (i + 2 < n && x >= node[i + 1])
    i++;
  double width = node[i + 1] - node[i], t = (x - node[i]) / width;
  return (struct proda_pchip_point){
      .interval = i,
      .weight = {(1 + 2 * t) * (1 - t) * (1 - t), t * t * (3 - 2 * t),
                 width * t * (1 - t) * (1 - t), width * t * t * (t - 1)},
  };
}
