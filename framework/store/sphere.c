#include "store/sphere.h"

#include <math.h>

void proda_sphere_vector(double latitude, double longitude, double out[3])
{
  const double degree = M_PI / 180;
  out[0] = cos(latitude * degree) * cos(longitude * degree);
  out[1] = cos(latitude * degree) * sin(longitude * degree);
  out[2] = sin(latitude * degree);
}

double proda_longitude(double longitude)
{
  return longitude > 180 && longitude <= 360 ? longitude - 360 : longitude;
}

double proda_sphere_distance(const double a[3], const double b[3])
{
  double chord = sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) +
                      (a[2] - b[2]) * (a[2] - b[2]));
  return 2 * PRODA_EARTH_RADIUS * asin(fmin(1, chord / 2));
}
