/* Small statistics against values by hand; special functions against published tables and
 * identities. */
#include "testing.h"

#include "stats/rank.h"
#include "stats/special.h"
#include "stats/summary.h"

static void moments(void **state)
{
  (void)state;
  const double x[] = {2, 4, 4, 4, 5, 5, 7, 9};
  assert_close(proda_mean(x, 8), 5, 1e-15, 0);
  assert_close(proda_variance(x, 8), 32.0 / 7, 1e-15, 0);
  assert_true(isnan(proda_mean(x, 0)) && isnan(proda_variance(x, 1)));
  /* NIST StRD NumAcc4: mean 10000000.2, sd 0.1 exactly */
  double numacc4[1001] = {10000000.2};
  for (size_t i = 1; i < 1001; i++)
    numacc4[i] = i % 2 ? 10000000.1 : 10000000.3;
  assert_close(proda_mean(numacc4, 1001), 10000000.2, 1e-16, 0);
  assert_close(sqrt(proda_variance(numacc4, 1001)), 0.1, 1e-7, 0);
}

static void quantiles(void **state)
{
  (void)state;
  double x[] = {9, 1, 5, 3, 7};
  proda_sort(x, 5);
  for (size_t i = 0; i < 5; i++)
    assert_true(x[i] == 2 * (double)i + 1);
  assert_close(proda_quantile_sorted(x, 5, 0), 1, 0, 0);
  assert_close(proda_quantile_sorted(x, 5, 0.1), 1.8, 1e-15, 0);
  assert_close(proda_quantile_sorted(x, 5, 0.5), 5, 0, 0);
  assert_close(proda_quantile_sorted(x, 5, 1), 9, 0, 0);
  assert_true(isnan(proda_quantile_sorted(x, 0, 0.5)));
  assert_true(isnan(proda_quantile_sorted(x, 5, 1.1)));
  assert_true(isnan(proda_quantile_sorted(x, 5, NAN)));
}

static void skill(void **state)
{
  (void)state;
  const double obs[] = {1, 2, 3, 4}, model[] = {2, 3, 4, 5}, flat[] = {2, 2, 2, 2};
  struct proda_skill s;
  proda_skill_compute(obs, model, 4, &s);
  assert_close(s.nse, 1 - 4.0 / 5, 1e-15, 0);
  assert_close(s.rmse, 1, 1e-15, 0);
  assert_close(s.bias, 1, 1e-15, 0);
  assert_close(s.r2, 1, 1e-15, 0);
  proda_skill_compute(obs, flat, 4, &s);
  assert_close(s.nse, 1 - 6.0 / 5, 1e-15, 0);
  assert_true(isnan(s.r2));
  proda_skill_compute(flat, obs, 4, &s);
  assert_true(isnan(s.nse));
  proda_skill_compute(obs, model, 0, &s);
  assert_true(isnan(s.rmse) && isnan(s.bias) && s.n == 0);
}

/* Sums that were added up give the skill of all their pairs. */
static void skill_from_sums(void **state)
{
  (void)state;
  const double obs[] = {8, 3, 5, 1, 9, 2}, model[] = {7, 4, 4.5, 2, 6, 1}, shift = 4;
  struct proda_skill_sums sums = {0}, rest = {0};
  struct proda_skill whole, added;
  for (size_t i = 0; i < 6; i++)
    proda_skill_sums_pair(i < 2 ? &sums : &rest, obs[i] - shift, model[i] - shift);
  proda_skill_sums_add(&sums, &rest);
  proda_skill_from_sums(&sums, &added);
  proda_skill_compute(obs, model, 6, &whole);
  assert_int_equal(added.n, 6);
  assert_close(added.nse, whole.nse, 1e-14, 0);
  assert_close(added.rmse, whole.rmse, 1e-14, 0);
  assert_close(added.bias, whole.bias, 1e-14, 0);
  assert_close(added.r2, whole.r2, 1e-14, 0);
  proda_skill_from_sums(&(struct proda_skill_sums){0}, &added);
  assert_true(added.n == 0 && isnan(added.nse) && isnan(added.rmse) && isnan(added.bias));
}

/* Wichura 1988, the check values of AS 241; then Phi(Phi^-1(p)) = p with libm's erfc. */
static void normal_quantile(void **state)
{
  (void)state;
  assert_close(proda_normal_quantile(0.25), -0.6744897501960817, 1e-15, 0);
  assert_close(proda_normal_quantile(0.001), -3.090232306167814, 1e-15, 0);
  assert_close(proda_normal_quantile(1e-20), -9.262340089798408, 1e-15, 0);
  for (double exponent = -300; exponent < -0.31; exponent += 0.173) {
    double p = pow(10, exponent), z = proda_normal_quantile(p);
    /* a relative change e of z changes p by z^2 e, about */
    assert_close(erfc(-z / M_SQRT2) / 2, p, 1e-15 * (4 + 2 * z * z), 0);
  }
  for (double p = 0.5; p < 0.999; p += 0.0173)
    assert_close(erfc(-proda_normal_quantile(p) / M_SQRT2) / 2, p, 1e-15, 0);
  assert_true(proda_normal_quantile(0) == -INFINITY && proda_normal_quantile(1) == INFINITY);
  assert_true(isnan(proda_normal_quantile(-0.1)) && isnan(proda_normal_quantile(NAN)));
}

static double choose(int n, int k)
{
  double product = 1;
  for (int i = 1; i <= k; i++)
    product *= (double)(n - k + i) / i;
  return product;
}

/* I_x(a, n-a+1) for whole a is the upper tail of a binomial (DLMF 8.17.5). */
static void beta(void **state)
{
  (void)state;
  for (int n = 1; n <= 40; n += 13)
    for (int a = 1; a <= n; a += 3)
      for (double x = 0.03; x < 1; x += 0.17) {
        double tail = 0;
        for (int k = a; k <= n; k++)
          tail += choose(n, k) * pow(x, k) * pow(1 - x, n - k);
        assert_close(proda_beta_cdf(x, a, n - a + 1), tail, 1e-12, 1e-15);
      }
  /* arcsine law: I_x(1/2, 1/2) = 2/pi asin(sqrt(x)) */
  assert_close(proda_beta_cdf(0.2, 0.5, 0.5), 2 / M_PI * asin(sqrt(0.2)), 1e-14, 0);
  assert_close(proda_beta_quantile(0.3, 0.5, 0.5), pow(sin(0.15 * M_PI), 2), 1e-13, 0);
  assert_close(proda_beta_quantile(0.3, 1, 1), 0.3, 1e-14, 0);
  assert_close(proda_beta_quantile(0.5, 123456, 123456), 0.5, 1e-13, 0);
  const double shapes[][2] = {{1.5, 20}, {400, 8000}, {95000, 5000}, {2.5e6, 3}};
  for (size_t i = 0; i < 4; i++)
    for (double p = 0.01; p < 1; p += 0.14) {
      double x = proda_beta_quantile(p, shapes[i][0], shapes[i][1]);
      assert_close(proda_beta_cdf(x, shapes[i][0], shapes[i][1]), p, 1e-9, 0);
    }
  assert_true(proda_beta_cdf(0, 2, 3) == 0 && proda_beta_cdf(1, 2, 3) == 1);
  assert_true(isnan(proda_beta_cdf(0.5, 0, 1)) && isnan(proda_beta_quantile(2, 1, 1)));
}

static void ranks(void **state)
{
  (void)state;
  const double x[] = {3, -1, 0.0, 3, -0.0, 1e300, -1e-300};
  const double average_rank[] = {5.5, 1, 3.5, 5.5, 3.5, 7, 2};
  struct proda_ranked ranked[7], work[7];
  double z[7];
  for (size_t i = 0; i < 7; i++)
    ranked[i] = (struct proda_ranked){x[i], i};
  proda_ranked_sort(ranked, 7, work);
  for (size_t i = 1; i < 7; i++)
    assert_true(ranked[i - 1].value <= ranked[i].value);
  proda_ranked_scores(ranked, 7, z);
  for (size_t i = 0; i < 7; i++)
    assert_close(z[i], proda_normal_quantile((average_rank[i] - 0.375) / 7.25), 1e-15, 0);
  proda_ranked_fold(ranked, 7, 1, work);
  for (size_t i = 0; i < 7; i++) {
    assert_true(work[i].value == fabs(x[work[i].place] - 1));
    assert_true(i == 0 || work[i - 1].value <= work[i].value);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(moments),         cmocka_unit_test(quantiles),       cmocka_unit_test(skill),
      cmocka_unit_test(skill_from_sums), cmocka_unit_test(normal_quantile), cmocka_unit_test(beta),
      cmocka_unit_test(ranks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
