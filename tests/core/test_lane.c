/* Functions on lanes against libm in long double. */
#include "testing.h"

#include <proda/lane.h>
#include <proda/random.h>

/* Distance in units of the last place of the exact value. */
static double ulps(double actual, long double exact)
{
  double rounded = (double)exact;
  double unit = nextafter(fabs(rounded), INFINITY) - fabs(rounded);
  return (double)(fabsl((long double)actual - exact) / unit);
}

static void exp_is_accurate(void **state)
{
  (void)state;
  static const double width[] = {1e-9, 1, 40, 745};
  struct proda_random random;
  proda_random_start(&random, 1, 1, 1);
  for (int k = 0; k < 200000; k++) {
    lane x, y;
    for (int i = 0; i < PRODA_LANES; i++)
      x[i] = width[k % 4] * (2 * proda_random_uniform(&random) - 1);
    y = lane_exp(x);
    for (int i = 0; i < PRODA_LANES; i++)
      if (x[i] < 709.7)
        assert_true(ulps(y[i], expl(x[i])) < 1.1);
  }
}

static void exp_ends_well(void **state)
{
  (void)state;
  const lane x = {0, -0.0, 709.9, -746, INFINITY, -INFINITY, NAN, -745.1};
  const double expected[] = {1, 1, INFINITY, 0, INFINITY, 0, NAN, 0x1p-1074};
  lane y = lane_exp(x);
  for (int i = 0; i < PRODA_LANES; i++)
    assert_close(y[i], expected[i], 0, 0);
}

static void min_and_max_pass_the_second_for_nan(void **state)
{
  (void)state;
  lane one = lane_splat(1), none = lane_splat(NAN), two = lane_splat(2);
  assert_close(lane_min(none, one)[0], 1, 0, 0);
  assert_close(lane_max(none, one)[7], 1, 0, 0);
  assert_true(isnan(lane_min(one, none)[3]));
  assert_close(lane_min(one, two)[2], 1, 0, 0);
  assert_close(lane_max(one, two)[2], 2, 0, 0);
}

static void log_is_accurate(void **state)
{
  (void)state;
  struct proda_random random;
  proda_random_start(&random, 2, 1, 1);
  for (int k = 0; k < 20000; k++) {
    double x = exp(600 * (2 * proda_random_uniform(&random) - 1));
    assert_true(ulps(lane_log(lane_splat(x))[k % PRODA_LANES], logl(x)) < 1.1);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(exp_is_accurate),
      cmocka_unit_test(exp_ends_well),
      cmocka_unit_test(min_and_max_pass_the_second_for_nan),
      cmocka_unit_test(log_is_accurate),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
