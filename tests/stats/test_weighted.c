/* Weighted statistics against the unweighted ones, and by hand. */
#include "testing.h"

#include "stats/summary.h"
#include "stats/weighted.h"

/* Of equal weights, the quantile of type 7. */
static void equal_weights(void **state)
{
  (void)state;
  const double value[] = {9, 1, 5.5, 3, 7, -2, 5.5};
  for (size_t n = 1; n <= 7; n++) {
    double sorted[7];
    struct proda_weighted x[7];
    for (size_t i = 0; i < n; i++) {
      sorted[i] = value[i];
      x[i] = (struct proda_weighted){value[i], 0.37};
    }
    proda_sort(sorted, n);
    proda_weighted_sort(x, n);
    assert_close(proda_effective_n(x, n), (double)n, 1e-14, 0);
    assert_close(proda_weighted_mean(x, n), proda_mean(value, n), 1e-14, 0);
    for (double p = 0; p <= 1; p += 0.0625)
      assert_close(proda_weighted_quantile_sorted(x, n, p), proda_quantile_sorted(sorted, n, p),
                   1e-13, 1e-14);
  }
}

/* Weights 2, 1, 1: 16/6 effective values; the median's window is 5/6 to 11/6 of 16/6, of which the
 * first value has 1/2, the second the rest. */
static void by_hand(void **state)
{
  (void)state;
  struct proda_weighted x[] = {{30, 1}, {10, 2}, {20, 1}};
  proda_weighted_sort(x, 3);
  assert_true(x[0].value == 10 && x[0].weight == 2 && x[2].value == 30);
  assert_close(proda_effective_n(x, 3), 16.0 / 6, 1e-15, 0);
  assert_close(proda_weighted_mean(x, 3), 17.5, 1e-15, 0);
  assert_close(proda_weighted_quantile_sorted(x, 3, 0.5), 15, 1e-14, 0);
  assert_close(proda_weighted_quantile_sorted(x, 3, 0), 10, 1e-14, 0);
  assert_close(proda_weighted_quantile_sorted(x, 3, 1), 2.0 / 6 * 20 + 4.0 / 6 * 30, 1e-14, 0);
}

/* A weight next to nothing changes next to nothing. */
static void light(void **state)
{
  (void)state;
  const struct proda_weighted x[] = {{1, 1}, {2, 1}, {3, 1}, {1000, 1e-9}};
  for (double p = 0; p <= 1; p += 0.25)
    assert_close(proda_weighted_quantile_sorted(x, 4, p), proda_weighted_quantile_sorted(x, 3, p),
                 1e-5, 0);
}

static void undefined(void **state)
{
  (void)state;
  const struct proda_weighted x[] = {{4, 3}};
  assert_true(isnan(proda_weighted_quantile_sorted(x, 0, 0.5)));
  assert_true(isnan(proda_weighted_mean(x, 0)) && isnan(proda_effective_n(x, 0)));
  assert_true(isnan(proda_weighted_quantile_sorted(x, 1, -0.1)));
  assert_true(isnan(proda_weighted_quantile_sorted(x, 1, NAN)));
  assert_close(proda_weighted_quantile_sorted(x, 1, 0.3), 4, 0, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(equal_weights),
      cmocka_unit_test(by_hand),
      cmocka_unit_test(light),
      cmocka_unit_test(undefined),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
