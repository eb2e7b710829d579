/* Resampling against limits that are known without it. */
#include "testing.h"

#include <proda/random.h>

#include "stats/bootstrap.h"
#include "stats/summary.h"

static struct proda_error error;

struct sample {
  const double *x;
  size_t n;
};

/* mean, and the mean's difference from itself */
static void mean_of(void *context, const uint32_t *place, double *value)
{
  const struct sample *sample = context;
  double sum = 0;
  for (size_t i = 0; i < sample->n; i++)
    sum += sample->x[place[i]];
  value[0] = sum / (double)sample->n;
  value[1] = value[0] - value[0];
}

/* Efron & Tibshirani 1993, chapter 2: survival of the treated mice, mean 86.86 days; its bootstrap
 * standard error tends to 23.36 days, sqrt(sum (x - mean)^2) / n. */
static void mice(void **state)
{
  (void)state;
  enum { RESAMPLES = 20000 };
  const double treated[] = {94, 197, 16, 38, 99, 141, 23};
  struct sample sample = {treated, 7};
  const struct proda_bootstrap bootstrap = {11, 0, 7, RESAMPLES, 2};
  double *out = calloc(2 * RESAMPLES, sizeof *out);
  assert_ok(proda_bootstrap_run(&bootstrap, mean_of, &sample, out, &error), error);
  assert_close(proda_mean(out, RESAMPLES), 86.86, 0.01, 0);
  assert_close(sqrt(proda_variance(out, RESAMPLES)), 23.36, 0.02, 0);
  for (size_t k = 0; k < RESAMPLES; k++)
    assert_true(out[RESAMPLES + k] == 0);
  free(out);
}

/* The interval of a mean of normal numbers is 1.96 standard errors to both sides. */
static void interval_of_a_mean(void **state)
{
  (void)state;
  enum { N = 400, RESAMPLES = 4000 };
  static double x[N], out[2 * RESAMPLES];
  struct proda_random random;
  proda_random_start(&random, 3, 0, 0);
  proda_random_normal(&random, N, x);
  struct sample sample = {x, N};
  const struct proda_bootstrap bootstrap = {11, 0, N, RESAMPLES, 2};
  assert_ok(proda_bootstrap_run(&bootstrap, mean_of, &sample, out, &error), error);
  double lower, upper, half = 1.96 * sqrt(proda_variance(x, N) / N);
  proda_bootstrap_interval(out, RESAMPLES, 0.95, &lower, &upper);
  assert_close(lower, proda_mean(x, N) - half, 0, 0.1 * half);
  assert_close(upper, proda_mean(x, N) + half, 0, 0.1 * half);
  proda_bootstrap_interval(out + RESAMPLES, RESAMPLES, 0.95, &lower, &upper);
  assert_true(lower == 0 && upper == 0);
}

/* Resample k is the same however many there are; other streams differ. */
static void repeatable(void **state)
{
  (void)state;
  const double x[] = {1, 10, 100, 1000, 10000};
  struct sample sample = {x, 5};
  struct proda_bootstrap bootstrap = {5, 9, 5, 50, 2};
  double few[100], many[200], other[100];
  assert_ok(proda_bootstrap_run(&bootstrap, mean_of, &sample, few, &error), error);
  bootstrap.n_resamples = 100;
  assert_ok(proda_bootstrap_run(&bootstrap, mean_of, &sample, many, &error), error);
  assert_memory_equal(few, many, 50 * sizeof *few);
  bootstrap.n_resamples = 50;
  bootstrap.stream = 10;
  assert_ok(proda_bootstrap_run(&bootstrap, mean_of, &sample, other, &error), error);
  assert_true(few[0] != other[0] || few[1] != other[1]);
}

static void undefined(void **state)
{
  (void)state;
  struct sample none = {NULL, 0};
  const struct proda_bootstrap bootstrap = {1, 1, 0, 4, 2};
  double out[8] = {0}, lower, upper;
  assert_ok(proda_bootstrap_run(&bootstrap, mean_of, &none, out, &error), error);
  for (size_t i = 0; i < 8; i++)
    assert_true(isnan(out[i]));
  proda_bootstrap_interval(out, 4, 0.95, &lower, &upper);
  assert_true(isnan(lower) && isnan(upper));
  out[2] = 7;
  proda_bootstrap_interval(out, 4, 0.95, &lower, &upper);
  assert_true(lower == 7 && upper == 7);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(mice),
      cmocka_unit_test(interval_of_a_mean),
      cmocka_unit_test(repeatable),
      cmocka_unit_test(undefined),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
