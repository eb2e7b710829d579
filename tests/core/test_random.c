/* Philox against the known answers that Random123 publishes (tests/kat_vectors of its source), the
 * numbers made on lanes against Random123 and libm, and the distributions against their moments. */
#include "testing.h"

#include <Random123/philox.h>
#include <proda/random.h>

/* One block of the stream whose next counter and key are these. */
static void assert_block(const uint32_t counter[4], const uint32_t key[2],
                         const uint32_t expected[4])
{
  struct proda_random random = {.left = 0};
  memcpy(random.counter, counter, sizeof random.counter);
  memcpy(random.key, key, sizeof random.key);
  (void)proda_random_below(&random, 1);
  assert_memory_equal(random.word, expected, sizeof random.word);
  assert_int_equal(random.counter[0], (uint32_t)(counter[0] + 1));
}

static void known_answers(void **state)
{
  (void)state;
  assert_block((uint32_t[]){0, 0, 0, 0}, (uint32_t[]){0, 0},
               (uint32_t[]){0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  assert_block((uint32_t[]){0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
               (uint32_t[]){0xffffffff, 0xffffffff},
               (uint32_t[]){0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  assert_block((uint32_t[]){0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
               (uint32_t[]){0xa4093822, 0x299f31d0},
               (uint32_t[]){0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

static double unit(uint32_t high, uint32_t low)
{
  return ((double)((uint64_t)high << 20 | low >> 12) + 0.5) * 0x1p-52;
}

/* Block b of a stream by Random123 itself. */
static philox4x32_ctr_t block(const struct proda_random *random, uint32_t b)
{
  philox4x32_ctr_t counter = {
      {random->counter[0] + b, random->counter[1], random->counter[2], random->counter[3]}};
  philox4x32_key_t key = {{random->key[0], random->key[1]}};
  return philox4x32(counter, key);
}

/* Where number i of n lies: whole groups of 16 hold the first of 8 blocks, then the second. */
static uint32_t block_of(size_t i, size_t n, int *second)
{
  size_t group = i / 16, count = n - 16 * group < 16 ? n - 16 * group : 16;
  size_t blocks = (count + 1) / 2;
  *second = i % 16 >= blocks;
  return (uint32_t)(8 * group + i % 16 - (*second ? blocks : 0));
}

static void lanes_agree_with_random123(void **state)
{
  (void)state;
  const size_t sizes[] = {1, 2, 7, 8, 9, 16, 17, 21, 40, 64};
  for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
    size_t n = sizes[k];
    struct proda_random start, normal, uniform;
    proda_random_start(&start, UINT64_C(0x123456789abcdef0), UINT64_C(77) << 33, 5);
    start.counter[0] = UINT32_MAX - 3; /* the block number wraps */
    normal = uniform = start;
    double z[64], u[64];
    proda_random_normal(&normal, n, z);
    proda_random_uniforms(&uniform, n, u);
    for (size_t i = 0; i < n; i++) {
      int second;
      philox4x32_ctr_t b = block(&start, block_of(i, n, &second));
      double first_unit = unit(b.v[0], b.v[1]), second_unit = unit(b.v[2], b.v[3]);
      double radius = sqrt(-2 * log(first_unit)), angle = 2 * M_PI * second_unit;
      assert_close(z[i], radius * (second ? sin(angle) : cos(angle)), 1e-13, 1e-14);
      assert_true(u[i] == (second ? second_unit : first_unit));
    }
    assert_int_equal(normal.counter[0], (uint32_t)(start.counter[0] + (n + 1) / 2));
    assert_memory_equal(&normal, &uniform, sizeof normal);
  }
}

static void streams_differ_and_copies_agree(void **state)
{
  (void)state;
  struct proda_random a[5], copy;
  proda_random_start(&a[0], 1, 2, 3);
  proda_random_start(&a[1], 2, 2, 3);
  proda_random_start(&a[2], 1, 3, 3);
  proda_random_start(&a[3], 1, 2, 4);
  proda_random_start(&a[4], 1, UINT64_C(2) | UINT64_C(1) << 32, 3);
  double x[5];
  for (int i = 0; i < 5; i++) {
    x[i] = proda_random_uniform(&a[i]);
    for (int j = 0; j < i; j++)
      assert_true(x[i] != x[j]);
  }
  memcpy(&copy, &a[0], sizeof copy);
  for (int i = 0; i < 100; i++)
    assert_true(proda_random_uniform(&copy) == proda_random_uniform(&a[0]));
}

/* Moments of n draws lie within five standard errors of their expectations. */
static void assert_moments(const double *x, size_t n, double mean, double variance, double fourth)
{
  double sum = 0, squares = 0;
  for (size_t i = 0; i < n; i++) {
    sum += x[i] - mean;
    squares += (x[i] - mean) * (x[i] - mean);
  }
  double size = (double)n;
  assert_true(fabs(sum / size) < 5 * sqrt(variance / size));
  assert_true(fabs(squares / size - variance) < 5 * sqrt((fourth - variance * variance) / size));
}

static int ascending(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Kolmogorov-Smirnov; sqrt(n) D exceeds 2.23 once in 10,000 times. */
static void assert_distribution(double *x, size_t n, double (*cdf)(double))
{
  qsort(x, n, sizeof *x, ascending);
  double largest = 0;
  for (size_t i = 0; i < n; i++) {
    double p = cdf(x[i]);
    largest = fmax(largest, fmax(p - (double)i / (double)n, (double)(i + 1) / (double)n - p));
  }
  assert_true(sqrt((double)n) * largest < 2.23);
}

static double uniform_cdf(double x)
{
  return x;
}

static double normal_cdf(double x)
{
  return erfc(-x / M_SQRT2) / 2;
}

static void distributions(void **state)
{
  (void)state;
  enum { N = 200000 };
  double *x = malloc(N * sizeof *x);
  assert_non_null(x);
  struct proda_random random;
  proda_random_start(&random, 42, 0, 0);

  for (size_t i = 0; i < N; i++)
    x[i] = proda_random_uniform(&random);
  assert_moments(x, N, 0.5, 1.0 / 12, 1.0 / 80);
  assert_distribution(x, N, uniform_cdf);
  assert_true(x[0] > 0 && x[N - 1] < 1);

  proda_random_uniforms(&random, N, x);
  assert_moments(x, N, 0.5, 1.0 / 12, 1.0 / 80);
  assert_distribution(x, N, uniform_cdf);

  for (size_t i = 0; i < N; i += 21)
    proda_random_normal(&random, i + 21 <= N ? 21 : N - i, x + i);
  assert_moments(x, N, 0, 1, 3);
  double lagged = 0;
  for (size_t i = 1; i < N; i++)
    lagged += x[i] * x[i - 1];
  assert_true(fabs(lagged) < 5 * sqrt((double)N));
  assert_distribution(x, N, normal_cdf);
  free(x);
}

static void integers_below(void **state)
{
  (void)state;
  struct proda_random random;
  proda_random_start(&random, 7, 0, 0);
  enum { CELLS = 7, N = 70000 };
  size_t count[CELLS] = {0};
  for (size_t i = 0; i < N; i++) {
    uint32_t k = proda_random_below(&random, CELLS);
    assert_true(k < CELLS);
    count[k]++;
  }
  double chi2 = 0;
  for (size_t k = 0; k < CELLS; k++)
    chi2 += pow((double)count[k] - (double)N / CELLS, 2) / ((double)N / CELLS);
  assert_true(chi2 < 27.9); /* 0.0001 quantile of the upper tail, 6 degrees of freedom */
  assert_int_equal(proda_random_below(&random, 1), 0);

  /* 2^31 + 1 is where a plain remainder or product would be most biased: half the draws fall in
   * the lower half. */
  size_t lower = 0;
  for (size_t i = 0; i < N; i++)
    lower += proda_random_below(&random, (1u << 31) + 1) < 1u << 30;
  assert_true(fabs((double)lower - N / 2.0) < 5 * sqrt(N / 4.0));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_answers),
      cmocka_unit_test(lanes_agree_with_random123),
      cmocka_unit_test(streams_differ_and_copies_agree),
      cmocka_unit_test(distributions),
      cmocka_unit_test(integers_below),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
