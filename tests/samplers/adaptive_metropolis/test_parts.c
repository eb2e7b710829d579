/* The sampler's parts against plain arithmetic: factor, transform, noise. */
#include "testing.h"

#include "samplers/adaptive_metropolis/factor.h"
#include "samplers/adaptive_metropolis/noise.h"
#include "samplers/adaptive_metropolis/transform.h"

enum { D = 11, STRIDE = 16 };

static double entry(const struct factor *f, size_t i, size_t k)
{
  return f->at[k * f->stride + i];
}

static void product(const struct factor *f, double *covariance)
{
  for (size_t i = 0; i < D; i++)
    for (size_t j = 0; j < D; j++) {
      covariance[i * D + j] = 0;
      for (size_t k = 0; k < D; k++)
        covariance[i * D + j] += entry(f, i, k) * entry(f, j, k);
    }
}

/* A covariance with correlations: A A' of random A, of the given rank. */
static void make_covariance(uint64_t seed, size_t rank, double *covariance)
{
  double a[D * D];
  struct proda_random random;
  proda_random_start(&random, seed, 0, 0);
  proda_random_normal(&random, D * D, a);
  for (size_t i = 0; i < D; i++)
    for (size_t j = 0; j < D; j++) {
      covariance[i * D + j] = 0;
      for (size_t k = 0; k < rank; k++)
        covariance[i * D + j] += a[i * D + k] * a[j * D + k];
    }
}

static void assert_factor(const struct factor *f, const double *covariance)
{
  double actual[D * D];
  product(f, actual);
  for (size_t i = 0; i < D * D; i++)
    assert_close(actual[i], covariance[i], 0, 1e-12);
  for (size_t k = 0; k < D; k++)
    for (size_t i = 0; i < STRIDE; i++)
      if (i < k || i >= D)
        assert_true(f->at[k * STRIDE + i] == 0);
}

static void factor_of_covariance(void **state)
{
  (void)state;
  double at[D * STRIDE], covariance[D * D];
  struct factor f = {.d = D, .stride = STRIDE, .at = at};
  for (size_t rank = 0; rank <= D; rank++) {
    make_covariance(rank, rank, covariance);
    assert_int_equal(factor_make(&f, covariance), 0);
    double actual[D * D];
    product(&f, actual);
    for (size_t i = 0; i < D * D; i++)
      assert_close(actual[i], covariance[i], 0, 1e-6); /* sqrt of rounding where rank < D */
  }
  assert_factor(&f, covariance);
  covariance[5 * D + 5] = -1;
  assert_int_not_equal(factor_make(&f, covariance), 0);
  make_covariance(1, D, covariance);
  covariance[3 * D + 2] = covariance[2 * D + 3] = 1e3; /* a correlation above 1 */
  assert_int_not_equal(factor_make(&f, covariance), 0);
  covariance[0] = NAN;
  assert_int_not_equal(factor_make(&f, covariance), 0);
}

static void factor_updates(void **state)
{
  (void)state;
  double at[D * STRIDE], covariance[D * D], v[STRIDE] = {0}, sd[D];
  struct factor f = {.d = D, .stride = STRIDE, .at = at};
  struct proda_random random;
  proda_random_start(&random, 8, 0, 0);
  for (size_t i = 0; i < D; i++)
    sd[i] = i % 4 ? 1 + (double)i : 0; /* directions without variance too */
  factor_diagonal(&f, sd);
  product(&f, covariance);
  for (int step = 0; step < 50; step++) {
    double keep = step % 7 ? 0.95 : 1;
    proda_random_normal(&random, D, v);
    for (size_t i = 0; i < D; i++)
      for (size_t j = 0; j < D; j++)
        covariance[i * D + j] = keep * keep * covariance[i * D + j] + v[i] * v[j];
    factor_update(&f, keep, v);
    assert_factor(&f, covariance);
  }
  double centre[STRIDE] = {0}, u[STRIDE] = {0}, out[STRIDE];
  proda_random_normal(&random, D, u);
  proda_random_normal(&random, D, centre);
  factor_multiply(&f, centre, u, out);
  for (size_t i = 0; i < STRIDE; i++) {
    double expected = centre[i];
    for (size_t k = 0; k < D; k++)
      expected += f.at[k * STRIDE + i] * u[k];
    assert_close(out[i], expected, 1e-14, 1e-14);
    out[i] -= centre[i];
  }
  factor_solve(&f, out);
  for (size_t i = 0; i < D; i++)
    assert_close(out[i], u[i], 1e-10, 1e-12);
}

/* log |dx/dz| against a central difference, but for a constant; x of z of x. */
static void transforms(void **state)
{
  (void)state;
  enum { N = 4 };
  const struct proda_prior prior[N] = {
      {PRODA_PRIOR_UNIFORM, -3, 5, 0, 0},
      {PRODA_PRIOR_FLAT, 2, INFINITY, 3, 1.5},
      {PRODA_PRIOR_FLAT, -INFINITY, -1, -4, 2},
      {PRODA_PRIOR_NORMAL, -INFINITY, INFINITY, 10, 0.5},
  };
  struct transform *t = transform_new(prior, N);
  assert_non_null(t);
  double z[8] = {0}, x[8], back[8], log_at_zero = transform_forward(t, z, x);
  double derivative_at_zero[N] = {8.0 / 4, 1.5, 2, 0.5};
  assert_close(x[0], 1, 1e-15, 0);
  for (size_t p = 0; p < N; p++)
    for (double at = -6; at <= 6; at += 0.77) {
      const double step = 1e-5;
      double low[8] = {0}, high[8] = {0}, middle[8] = {0}, x_low[8], x_high[8];
      low[p] = at - step;
      high[p] = at + step;
      middle[p] = at;
      transform_forward(t, low, x_low);
      transform_forward(t, high, x_high);
      double jacobian = transform_forward(t, middle, x) - log_at_zero;
      double derivative = fabs(x_high[p] - x_low[p]) / (2 * step);
      assert_close(jacobian, log(derivative / derivative_at_zero[p]), 0, 1e-7);
      transform_inverse(t, x, back);
      assert_close(back[p], at, 1e-10, 1e-12);
      for (size_t i = N; i < 8; i++)
        assert_true(x[i] == 0 && back[i] == 0);
    }
  for (size_t p = 0; p < N; p++) {
    z[p] = p == 3 ? 0 : 800; /* as far out as it gets */
    transform_forward(t, z, x);
    assert_true(x[p] > prior[p].lower && x[p] < prior[p].upper && isfinite(x[p]));
    z[p] = -z[p];
    transform_forward(t, z, x);
    assert_true(x[p] > prior[p].lower && x[p] < prior[p].upper && isfinite(x[p]));
    z[p] = 0;
  }
  free(t);
}

static void chi_squared(void **state)
{
  (void)state;
  enum { N = 100000 };
  const size_t freedoms[] = {1, 2, 21, 40, 90};
  for (size_t k = 0; k < 5; k++) {
    double n = (double)freedoms[k], mean = 0, square = 0;
    struct noise noise;
    noise_start(&noise, 5, 6, 7);
    for (int i = 0; i < N; i++) {
      double x = noise_chi_squared(&noise, freedoms[k]) - n;
      mean += x / N;
      square += x * x / N;
    }
    assert_close(mean, 0, 0, 5 * sqrt(2 * n / N));
    /* variance 2n; the fourth central moment is 12 n (n + 4) */
    assert_close(square, 2 * n, 0, 5 * sqrt((12 * n * (n + 4) - 4 * n * n) / N));
  }
}

static void log_uniforms(void **state)
{
  (void)state;
  enum { N = 100000 };
  struct noise noise;
  double mean = 0, square = 0;
  noise_start(&noise, 1, 2, 3);
  for (int i = 0; i < N; i++) {
    double x = -noise_log_uniform(&noise); /* exponential */
    mean += x / N;
    square += x * x / N;
  }
  assert_close(mean, 1, 0, 5 / sqrt(N));
  assert_close(square, 2, 0, 5 * sqrt(20.0 / N));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(factor_of_covariance), cmocka_unit_test(factor_updates),
      cmocka_unit_test(transforms),           cmocka_unit_test(chi_squared),
      cmocka_unit_test(log_uniforms),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
