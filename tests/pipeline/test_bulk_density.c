/* The pedotransfer function: recovery of coefficients from data made with them, and the study's own
 * values (Tao et al., Methods: a 0.32, b 1.30, c 0.0089). */
#include "pipeline/prepare/bulk_density.h"
#include "testing.h"

static struct proda_error error;
enum { N = 200 };

static void make(double noise, double *carbon, double *bulk_density)
{
  for (int i = 0; i < N; i++) {
    carbon[i] = 1 + 2.3 * i;
    bulk_density[i] =
        0.32 + 1.30 * exp(-0.0089 * 1.724 * carbon[i]) + noise * ((i * 7919) % 11 - 5) / 5.0;
  }
}

static void test_published_values(void **state)
{
  (void)state;
  struct proda_bulk_density_fit fit = {0.32, 1.30, 0.0089, NAN, 0};
  assert_close(proda_bulk_density(&fit, 0), 1.62, 1e-12, 0);
  // OM = 1 / c where OC = 1 / (1.724 c): one e-folding.
  assert_close(proda_bulk_density(&fit, 1 / (1.724 * 0.0089)), 0.32 + 1.30 / exp(1), 1e-12, 0);
}

static void test_exact_recovery(void **state)
{
  (void)state;
  double carbon[N], bulk_density[N];
  make(0, carbon, bulk_density);
  struct proda_bulk_density_fit fit = {0.1, 1, 0.02, 0, 0};
  assert_ok(proda_bulk_density_fit(carbon, bulk_density, N, &fit, &error), error);
  assert_close(fit.a, 0.32, 1e-8, 0);
  assert_close(fit.b, 1.30, 1e-8, 0);
  assert_close(fit.c, 0.0089, 1e-8, 0);
  assert_close(fit.r2, 1, 1e-12, 0);
  assert_int_equal(fit.n, N);
}

/** At the least squares the residuals are orthogonal to the derivatives. */
static void test_normal_equations(void **state)
{
  (void)state;
  double carbon[N], bulk_density[N], sum[3] = {0, 0, 0}, scale = 0, mean = 0, total = 0;
  make(0.2, carbon, bulk_density);
  struct proda_bulk_density_fit fit = {0.32, 1.30, 0.0089, 0, 0};
  assert_ok(proda_bulk_density_fit(carbon, bulk_density, N, &fit, &error), error);
  for (int i = 0; i < N; i++) {
    double decay = exp(-fit.c * 1.724 * carbon[i]);
    double r = proda_bulk_density(&fit, carbon[i]) - bulk_density[i];
    sum[0] += r;
    sum[1] += r * decay;
    sum[2] += r * fit.b * 1.724 * carbon[i] * decay / 100;
    scale += r * r;
    mean += bulk_density[i] / N;
  }
  for (int i = 0; i < N; i++)
    total += (bulk_density[i] - mean) * (bulk_density[i] - mean);
  for (int k = 0; k < 3; k++)
    assert_close(sum[k], 0, 0, 1e-5 * scale);
  assert_close(fit.r2, 1 - scale / total, 1e-10, 0);
}

static void test_refusals(void **state)
{
  (void)state;
  double carbon[N], bulk_density[N];
  make(0, carbon, bulk_density);
  struct proda_bulk_density_fit fit = {0.32, 1.30, 0.0089, 0, 0};
  assert_int_equal(proda_bulk_density_fit(carbon, bulk_density, 9, &fit, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "9 layers"));
  for (int i = 0; i < N; i++)
    bulk_density[i] = 0.002 * i; // rises with carbon: no decay fits
  assert_int_equal(proda_bulk_density_fit(carbon, bulk_density, N, &fit, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "no sensible fit"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_published_values),
      cmocka_unit_test(test_exact_recovery),
      cmocka_unit_test(test_normal_equations),
      cmocka_unit_test(test_refusals),
  };
  return cmocka_run_group_tests_name("bulk_density", tests, NULL, NULL);
}
