#include "stats/special.h"

#include <float.h>
#include <math.h>

/* c[0] + c[1] x + ... + c[7] x^7 */
static double polynomial(const double c[8], double x)
{
  double sum = c[7];
  for (int i = 6; i >= 0; i--)
    sum = sum * x + c[i];
  return sum;
}

static double quantile_centre(double q)
{
  static const double numerator[8] = {3.3871328727963666080e0, 1.3314166789178437745e2,
                                      1.9715909503065514427e3, 1.3731693765509461125e4,
                                      4.5921953931549871457e4, 6.7265770927008700853e4,
                                      3.3430575583588128105e4, 2.5090809287301226727e3};
  static const double denominator[8] = {1.0,
                                        4.2313330701600911252e1,
                                        6.8718700749205790830e2,
                                        5.3941960214247511077e3,
                                        2.1213794301586595867e4,
                                        3.9307895800092710610e4,
                                        2.8729085735721942674e4,
                                        5.2264952788528545610e3};
  double r = 0.180625 - q * q;
  return q * polynomial(numerator, r) / polynomial(denominator, r);
}

/* r = sqrt(-log p), at most 5 */
static double quantile_tail(double r)
{
  static const double numerator[8] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                      5.76949722146069140550e0,  3.64784832476320460504e0,
                                      1.27045825245236838258e0,  2.41780725177450611770e-1,
                                      2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static const double denominator[8] = {1.0,
                                        2.05319162663775882187e0,
                                        1.67638483018380384940e0,
                                        6.89767334985100004550e-1,
                                        1.48103976427480074590e-1,
                                        1.51986665636164571966e-2,
                                        5.47593808499534494600e-4,
                                        1.05075007164441684324e-9};
  return polynomial(numerator, r - 1.6) / polynomial(denominator, r - 1.6);
}

/* r above 5 */
static double quantile_far_tail(double r)
{
  static const double numerator[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                      1.78482653991729133580e0,  2.96560571828504891230e-1,
                                      2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                      2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static const double denominator[8] = {1.0,
                                        5.99832206555887937690e-1,
                                        1.36929880922735805310e-1,
                                        1.48753612908506148525e-2,
                                        7.86869131145613259100e-4,
                                        1.84631831751005468180e-5,
                                        1.42151175831644588870e-7,
                                        2.04426310338993978564e-15};
  return polynomial(numerator, r - 5) / polynomial(denominator, r - 5);
}

double proda_normal_quantile(double p)
{
  if (!(p > 0 && p < 1))
    return p == 0 ? -INFINITY : p == 1 ? INFINITY : NAN;
  double q = p - 0.5;
  if (fabs(q) <= 0.425)
    return quantile_centre(q);
  double r = sqrt(-log(q < 0 ? p : 1 - p));
  double z = r <= 5 ? quantile_tail(r) : quantile_far_tail(r);
  return q < 0 ? -z : z;
}

/* log of x^a (1-x)^b / (a B(a,b)) */
static double beta_log_front(double x, double a, double b)
{
  int sign;
  double log_beta = lgamma_r(a, &sign) + lgamma_r(b, &sign) - lgamma_r(a + b, &sign);
  return a * log(x) + b * log1p(-x) - log_beta - log(a);
}

static double away_from_zero(double x)
{
  return fabs(x) < DBL_MIN ? DBL_MIN : x;
}

/* One step of the modified Lentz method; returns the factor by which the fraction changes. */
static double lentz(double coefficient, double *c, double *d)
{
  *d = 1 / away_from_zero(1 + coefficient * *d);
  *c = away_from_zero(1 + coefficient / *c);
  return *c * *d;
}

/* Converges in O(sqrt(max(a, b))) steps for x < (a + 1) / (a + b + 2). */
static double beta_fraction(double x, double a, double b)
{
  double c = 1;
  double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (double m = 1; m < 1e6; m++) {
    fraction *= lentz(m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), &c, &d);
    double change = lentz(-(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)), &c, &d);
    fraction *= change;
    if (fabs(change - 1) < DBL_EPSILON)
      break;
  }
  return fraction;
}

/* The smaller side of the distribution is the one that the fraction gives; *upper tells which. */
static double beta_log_side(double x, double a, double b, int *upper)
{
  *upper = x >= (a + 1) / (a + b + 2);
  return *upper ? beta_log_front(1 - x, b, a) + log(beta_fraction(1 - x, b, a))
                : beta_log_front(x, a, b) + log(beta_fraction(x, a, b));
}

double proda_beta_cdf(double x, double a, double b)
{
  if (!(a > 0 && b > 0) || isnan(x))
    return NAN;
  if (x <= 0 || x >= 1)
    return x >= 1;
  int upper;
  double side = exp(beta_log_side(x, a, b, &upper));
  return upper ? 1 - side : side;
}

double proda_beta_log_cdf(double x, double a, double b)
{
  if (!(a > 0 && b > 0) || isnan(x))
    return NAN;
  if (x <= 0 || x >= 1)
    return x >= 1 ? 0 : -INFINITY;
  int upper;
  double side = beta_log_side(x, a, b, &upper);
  return upper ? log1p(-exp(side)) : side;
}

double proda_beta_quantile(double p, double a, double b)
{
  if (!(a > 0 && b > 0 && p >= 0 && p <= 1))
    return NAN;
  if (p == 0 || p == 1)
    return p;
  double low = 0, high = 1, x = a / (a + b);
  for (int i = 0; i < 200; i++) {
    double excess = proda_beta_cdf(x, a, b) - p;
    if (excess > 0)
      high = x;
    else
      low = x;
    double density = exp(beta_log_front(x, a, b)) * a / (x * (1 - x));
    double next = x - excess / density;
    if (!(next > low && next < high))
      next = low + (high - low) / 2;
    if (fabs(next - x) <= 2 * DBL_EPSILON * x)
      return next;
    x = next;
  }
  return x;
}
