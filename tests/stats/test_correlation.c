/* Correlation and regression against published data sets, their p-values against mpmath 1.3 (60
 * digits, the incomplete beta integral of the same data), and properties. */
#include "testing.h"

#include "stats/correlation.h"
#include "stats/special.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* NIST StRD, Norris: certified slope, intercept, R squared. */
static void norris(void **state)
{
  (void)state;
  static const double x[] = {0.2,   337.4, 118.2, 884.6, 10.1,  226.5, 666.3, 996.3, 448.6,
                             777.0, 558.2, 0.4,   0.6,   775.5, 666.9, 338.0, 447.5, 11.6,
                             556.0, 228.1, 995.8, 887.6, 120.2, 0.3,   0.3,   556.8, 339.1,
                             887.2, 999.0, 779.0, 11.1,  118.3, 229.2, 669.1, 448.9, 0.5};
  static const double y[] = {0.1,   338.8, 118.1, 888.0, 9.2,   228.1, 668.5, 998.5, 449.1,
                             778.9, 559.2, 0.3,   0.1,   778.1, 668.8, 339.3, 448.9, 10.8,
                             557.7, 228.3, 998.0, 888.8, 119.6, 0.3,   0.6,   557.6, 339.3,
                             888.0, 998.5, 778.9, 10.2,  117.6, 228.9, 668.4, 449.2, 0.2};
  struct proda_correlation c;
  proda_correlate(x, y, NULL, COUNT(x), &c);
  assert_int_equal(c.n, 36);
  assert_close(c.df, 34, 0, 0);
  assert_close(c.slope, 1.00211681802045, 1e-14, 0);
  assert_close(c.intercept, -0.262323073774029, 1e-12, 0);
  assert_close(c.r * c.r, 0.999993745883712, 1e-15, 0);
  assert_close(c.p, 4.65404085247240941e-90, 1e-11, 0);
  assert_close(c.distance, 0.910357072801656218, 1e-14, 0);
  assert_close(c.bias, 0.625, 1e-13, 0);
}

/* Anscombe 1973, The American Statistician 27: four sets with r = 0.816 and y = 3.00 + 0.500 x. */
static void anscombe(void **state)
{
  (void)state;
  static const double x[4][11] = {{10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5},
                                  {10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5},
                                  {10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5},
                                  {8, 8, 8, 8, 8, 8, 8, 19, 8, 8, 8}};
  static const double y[4][11] = {
      {8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68},
      {9.14, 8.14, 8.74, 8.77, 9.26, 8.10, 6.13, 3.10, 9.13, 7.26, 4.74},
      {7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73},
      {6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.50, 5.56, 7.91, 6.89}};
  static const double p[4] = {0.00216962887307879695, 0.00217881623691079919,
                              0.00217630527922802394, 0.00216460234719721978};
  for (size_t i = 0; i < 4; i++) {
    struct proda_correlation c;
    proda_correlate(x[i], y[i], NULL, 11, &c);
    assert_close(c.r, 0.816, 0, 6e-4);
    assert_close(c.slope, 0.5, 0, 5e-4);
    assert_close(c.intercept, 3, 0, 5e-3);
    assert_close(c.p, p[i], 1e-12, 0);
    assert_close(c.log10_p, log10(p[i]), 1e-12, 0);
  }
}

/* Ezekiel 1930, Methods of Correlation Analysis; R's data set `cars`, of which ?cor.test and
 * ?lm show r = 0.8069, p = 1.49e-12, dist = -17.5791 + 3.9324 speed. */
static const double speed[] = {4,  4,  7,  7,  8,  9,  10, 10, 10, 11, 11, 12, 12, 12, 12, 13, 13,
                               13, 13, 14, 14, 14, 14, 15, 15, 15, 16, 16, 17, 17, 17, 18, 18, 18,
                               18, 19, 19, 19, 20, 20, 20, 20, 20, 22, 23, 24, 24, 24, 24, 25};
static const double distance[] = {2,  10, 4,  22, 16, 10, 18, 26, 34, 17,  28, 14, 20,
                                  24, 28, 26, 34, 34, 46, 26, 36, 60, 80,  20, 26, 54,
                                  32, 40, 32, 40, 50, 42, 56, 76, 84, 36,  46, 68, 32,
                                  48, 52, 56, 64, 66, 54, 70, 92, 93, 120, 85};
enum { CARS = COUNT(speed) };

static void cars(void **state)
{
  (void)state;
  struct proda_correlation c;
  proda_correlate(speed, distance, NULL, CARS, &c);
  assert_close(c.r, 0.8069, 0, 5e-5);
  assert_close(c.p, 1.49e-12, 0, 0.005e-12);
  assert_close(c.slope, 3.9324, 0, 5e-5);
  assert_close(c.intercept, -17.5791, 0, 5e-5);
  assert_close(c.df, 48, 0, 0);
  assert_close(c.p, 1.48983649629508514e-12, 1e-12, 0);
}

/* Weights 1..5 in turn, with mpmath; the effective number is 150^2 / 550. */
static void weighted(void **state)
{
  (void)state;
  double weight[CARS];
  for (size_t i = 0; i < CARS; i++)
    weight[i] = 1 + (double)(i % 5);
  struct proda_correlation c;
  proda_correlate(speed, distance, weight, CARS, &c);
  assert_close(c.r, 0.788902136734339209, 1e-14, 0);
  assert_close(c.df, 22500.0 / 550 - 2, 1e-14, 0);
  assert_close(c.p, 9.39655880175560335e-10, 1e-12, 0);
  assert_close(c.slope, 4.0257330819527458, 1e-14, 0);
  assert_close(c.intercept, -18.8901613916857208, 1e-13, 0);
  assert_close(c.distance, 25.692605940231131, 1e-14, 0);
  assert_close(c.bias, 28.5533333333333333, 1e-14, 0);
}

/* A weight of k is as good as k copies, but for the degrees of freedom; of no size, but ratio. */
static void weights_are_copies(void **state)
{
  (void)state;
  double weight[CARS], x[3 * CARS], y[3 * CARS];
  size_t n = 0;
  for (size_t i = 0; i < CARS; i++) {
    weight[i] = 1e-9 * (1 + (double)(i % 3));
    for (size_t k = 0; k <= i % 3; k++, n++) {
      x[n] = speed[i];
      y[n] = distance[i];
    }
  }
  struct proda_correlation c, copied;
  proda_correlate(speed, distance, weight, CARS, &c);
  proda_correlate(x, y, NULL, n, &copied);
  assert_close(c.r, copied.r, 1e-14, 0);
  assert_close(c.slope, copied.slope, 1e-14, 0);
  assert_close(c.intercept, copied.intercept, 1e-13, 0);
  assert_close(c.distance, copied.distance, 1e-14, 0);
  assert_true(c.df < CARS - 2 && copied.df == (double)n - 2);
}

static double log10_two_sided(double t, double df)
{
  return proda_beta_log_cdf(df / (df + t * t), df / 2, 0.5) / M_LN10;
}

/* Student's two-sided tail with mpmath, far beyond the smallest double. */
static void student_tail(void **state)
{
  (void)state;
  static const struct {
    double t, df, log10_p;
  } known[] = {
      {0.5, 1, -0.1519139156100629629},    {2, 1, -0.5299318525325050094},
      {1.7, 2, -0.63594938579823971785},   {2.5, 3.7, -1.1437423668642018425},
      {3, 48, -2.3694030938273226725},     {9.464, 48, -11.826875897083429233},
      {2, 1e6, -1.3419835077973500174},    {1.8, 1e4, -1.1433268896398487126},
      {40, 30, -26.862454575484033083},    {1e5, 10, -45.608899417848784231},
      {100, 1000, -522.27385808063060174}, {126.08, 45213, -2960.0363832955862304},
      {30, 1e5, -196.13202974811153887},   {1e10, 3, -29.656529254006340245},
  };
  for (size_t i = 0; i < COUNT(known); i++)
    assert_close(log10_two_sided(known[i].t, known[i].df), known[i].log10_p, 1e-10, 0);
  assert_close(log10_two_sided(0, 5), 0, 0, 0);
  assert_close(log10_two_sided(1e-8, 7), 0, 0, 1e-8);
  assert_close(log10_two_sided(12.706204736432095, 1), log10(0.05), 1e-10, 0);
}

/* A correlation of many pairs: p is below the smallest double, its logarithm is not. */
static void tiny_p(void **state)
{
  (void)state;
  enum { N = 20000 };
  static double x[N], y[N];
  for (size_t i = 0; i < N; i++) {
    x[i] = sin(0.1 * (double)i);
    y[i] = 0.6 * x[i] + 0.8 * sin(0.37 * (double)i + 1);
  }
  struct proda_correlation c;
  proda_correlate(x, y, NULL, N, &c);
  assert_close(c.r, 0.6, 0.01, 0);
  assert_true(c.p == 0);
  double t = c.r * sqrt(c.df / ((1 - c.r) * (1 + c.r)));
  assert_close(c.log10_p, log10_two_sided(t, c.df), 1e-9, 0);
  assert_true(c.log10_p < -1000 && isfinite(c.log10_p));
}

static void with_itself(void **state)
{
  (void)state;
  struct proda_correlation c;
  double minus[CARS];
  for (size_t i = 0; i < CARS; i++)
    minus[i] = -speed[i];
  proda_correlate(speed, speed, NULL, CARS, &c);
  assert_close(c.r, 1, 1e-15, 0);
  assert_true(c.slope == 1 && c.intercept == 0 && c.distance == 0 && c.bias == 0 && c.p == 0);
  assert_true(c.log10_p == -INFINITY);
  proda_correlate(speed, minus, NULL, CARS, &c);
  assert_close(c.r, -1, 1e-15, 0);
  assert_close(c.slope, -1, 0, 0);
}

static void swapped(void **state)
{
  (void)state;
  struct proda_correlation c, other;
  proda_correlate(speed, distance, NULL, CARS, &c);
  proda_correlate(distance, speed, NULL, CARS, &other);
  assert_close(other.r, c.r, 1e-15, 0);
  assert_close(other.p, c.p, 1e-12, 0);
  assert_close(other.slope * c.slope, c.r * c.r, 1e-14, 0);
  assert_close(other.bias, -c.bias, 0, 0);
  assert_close(other.distance, c.distance, 0, 0);
}

/* A large common offset costs the digits that it takes from the data, no more. */
static void far_from_zero(void **state)
{
  (void)state;
  double x[CARS], y[CARS];
  for (size_t i = 0; i < CARS; i++) {
    x[i] = speed[i] + 1e10;
    y[i] = distance[i] + 1e10;
  }
  struct proda_correlation c, far;
  proda_correlate(speed, distance, NULL, CARS, &c);
  proda_correlate(x, y, NULL, CARS, &far);
  assert_close(far.r, c.r, 1e-14, 0);
  assert_close(far.slope, c.slope, 1e-14, 0);
}

static void incomplete(void **state)
{
  (void)state;
  const double x[] = {1, 2, NAN, 4, 5, 6, INFINITY}, y[] = {2, NAN, 3, 5, 4, 7, 1};
  const double weight[] = {1, 1, 1, 1, 1, 0, 1};
  const double x4[] = {1, 4, 5, 6}, y4[] = {2, 5, 4, 7};
  struct proda_correlation c, complete;
  proda_correlate(x, y, NULL, 7, &c);
  proda_correlate(x4, y4, NULL, 4, &complete);
  assert_int_equal(c.n, 4);
  assert_close(c.r, complete.r, 0, 0);
  assert_close(c.p, complete.p, 0, 0);
  proda_correlate(x, y, weight, 7, &c);
  proda_correlate(x4, y4, NULL, 3, &complete);
  assert_int_equal(c.n, 3);
  assert_close(c.r, complete.r, 0, 0);
}

static void undefined(void **state)
{
  (void)state;
  const double x[] = {1, 2, 3}, flat[] = {2, 2, 2};
  struct proda_correlation c;
  proda_correlate(x, x, NULL, 0, &c);
  assert_true(c.n == 0 && isnan(c.r) && isnan(c.p) && isnan(c.distance) && isnan(c.bias));
  proda_correlate(x, flat, NULL, 2, &c);
  assert_true(c.n == 2 && isnan(c.r) && isnan(c.df) && isnan(c.slope));
  assert_close(c.bias, 0.5, 0, 0);
  proda_correlate(x, flat, NULL, 3, &c);
  assert_true(isnan(c.r) && isnan(c.p) && c.slope == 0 && c.intercept == 2);
  proda_correlate(flat, x, NULL, 3, &c);
  assert_true(isnan(c.r) && isnan(c.log10_p) && isnan(c.slope) && isnan(c.intercept));
}

/* Rounding is no variation, here of 0.1 in two ways. */
static void constant(void **state)
{
  (void)state;
  enum { N = 1000 };
  double x[N], y[N];
  for (size_t i = 0; i < N; i++) {
    x[i] = i % 2 ? 0.1 : 0.3 - 0.2;
    y[i] = (double)i;
  }
  struct proda_correlation c;
  proda_correlate(x, y, NULL, N, &c);
  assert_true(isnan(c.r) && isnan(c.p) && isnan(c.slope));
  proda_correlate(y, x, NULL, N, &c);
  assert_true(isnan(c.r) && isnan(c.p));
  assert_close(c.slope, 0, 0, 1e-18);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(norris),       cmocka_unit_test(anscombe),
      cmocka_unit_test(cars),         cmocka_unit_test(weighted),
      cmocka_unit_test(student_tail), cmocka_unit_test(weights_are_copies),
      cmocka_unit_test(tiny_p),       cmocka_unit_test(with_itself),
      cmocka_unit_test(swapped),      cmocka_unit_test(far_from_zero),
      cmocka_unit_test(incomplete),   cmocka_unit_test(undefined),
      cmocka_unit_test(constant),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
