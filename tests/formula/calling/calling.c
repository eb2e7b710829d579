#include "calling.names.h"

lane hill(lane x, lane half)
{
  lane by = (half / x) * (half / x) * (half / x);
  return 1.0 / (1.0 + by);
}

lane hill_by_x(lane x, lane half)
{
  lane y = hill(x, half);
  return 3.0 * y * (1.0 - y) / x;
}

lane hill_by_half(lane x, lane half)
{
  lane y = hill(x, half);
  return -3.0 * y * (1.0 - y) / half;
}

lane warmth(lane temperature, lane reference)
{
  return shift(temperature - reference);
}

lane shift(lane k)
{
  return lane_exp(k * 0.069314718055994531); /* log 2 / 10 */
}

lane shift_by_k(lane k)
{
  return 0.069314718055994531 * shift(k);
}
