/* Formulas that call C functions of the plugin (calling/): values, slopes, tangents and the state
 * that Newton's method finds, against what Hill's function is in numbers. */
#include "called.h"

#include "matrix/structure.h"
#include "plugin/planting.h"

enum { N_LAYERS = 2, N_MONTHS = 3, N_PARAMETERS = 3 };

static struct proda_error error;
static double npp[N_LAYERS] = {3, 0.5};
static double temperature[N_LAYERS * N_MONTHS] = {278.15, 288.15, 298.15, 283.15, 288.15, 285.15};
static const double *const driver[] = {npp, temperature};
static const struct proda_forcing forcing = {
    .driver = driver, .record = driver, .n_record = N_MONTHS};

static void draw(int i, double parameter[N_PARAMETERS])
{
  parameter[0] = 0.02 + 0.001 * i;
  parameter[1] = 500 + 70 * i;
  parameter[2] = 0.5 * i;
}

static double warmth(size_t layer)
{
  double sum = 0;
  for (size_t k = 0; k < N_MONTHS; k++)
    sum += exp2((temperature[layer * N_MONTHS + k] - 288.15) / 10);
  return sum / N_MONTHS;
}

static double hill(double x, double half)
{
  return x * x * x / (x * x * x + half * half * half);
}

static void start(struct called *c)
{
  const char *build = getenv("builddir");
  called_open(c, scratch_print("%s/tests/formula", build ? build : "."), "calling", N_MONTHS);
  for (int i = 0; i < PRODA_LANES; i++) {
    double parameter[N_PARAMETERS];
    assert_ok(c->ops->site(c->model, &forcing, c->site, i, &error), error);
    draw(i, parameter);
    for (size_t p = 0; p < N_PARAMETERS; p++)
      c->parameter[p][i] = parameter[p];
    for (size_t l = 0; l < N_LAYERS; l++)
      c->pools[l][i] = 300 + 150 * i + 400 * (double)l;
  }
  called_fill(c);
}

static void functions_are_called(void **state)
{
  (void)state;
  struct called c;
  start(&c);
  for (int i = 0; i < PRODA_LANES; i++)
    for (size_t l = 0; l < N_LAYERS; l++) {
      double p[N_PARAMETERS];
      draw(i, p);
      assert_close(c.terms.modifier[l][i], warmth(l) * exp2(p[2] / 10), 1e-14, 0);
      assert_close(c.terms.rate[l][i], p[0] * hill(c.pools[l][i], p[1]), 1e-14, 0);
    }
  called_close(&c);
}

static void derivatives_are_called(void **state)
{
  (void)state;
  struct called c;
  start(&c);
  const double along[N_PARAMETERS] = {0.003, 40, -1};
  for (size_t k = 0; k < N_PARAMETERS; k++)
    c.direction[k] = lane_splat(along[k]);
  called_slopes(&c);
  called_change(&c);
  assert_int_equal(c.nonlinear->n_slopes, 1);
  for (int i = 0; i < PRODA_LANES; i++)
    for (size_t l = 0; l < N_LAYERS; l++) {
      double p[N_PARAMETERS], x = c.pools[l][i];
      draw(i, p);
      double y = hill(x, p[1]), by_x = 3 * y * (1 - y) / x, by_half = -3 * y * (1 - y) / p[1];
      assert_close(c.slope[l][i], p[0] * by_x, 1e-13, 0);
      assert_close(c.change.rate[l][i], along[0] * y + along[1] * p[0] * by_half, 1e-13, 0);
      assert_close(c.change.modifier[l][i], along[2] * c.terms.modifier[l][i] * log(2) / 10, 1e-13,
                   0);
    }
  called_close(&c);
}

/* npp = xi largest hill(A) A, which grows with A: by halving. */
static double state_of(const double *p, size_t layer)
{
  double low = 0, high = 1e6, xi = warmth(layer) * exp2(p[2] / 10);
  for (int k = 0; k < 200; k++) {
    double x = (low + high) / 2;
    *(xi * p[0] * hill(x, p[1]) * x < npp[layer] ? &low : &high) = x;
  }
  return low;
}

static void newton_takes_them(void **state)
{
  (void)state;
  struct called c;
  struct proda_structure *structure = NULL;
  struct proda_block *block = NULL;
  start(&c);
  assert_ok(proda_structure_new(c.loaded, c.settings, N_MONTHS, &structure, &error), error);
  assert_ok(proda_block_new(structure, 0, &block, &error), error);
  for (int i = 0; i < PRODA_LANES; i++) {
    double parameter[N_PARAMETERS];
    draw(i, parameter);
    assert_ok(proda_block_attach(block, i, &forcing, &error), error);
    proda_block_set(block, i, parameter);
  }
  proda_block_solve(block);
  for (int i = 0; i < PRODA_LANES; i++)
    for (size_t l = 0; l < N_LAYERS; l++) {
      double parameter[N_PARAMETERS];
      draw(i, parameter);
      assert_int_equal(proda_block_status(block, i), PRODA_SOLVED);
      assert_close(proda_block_pools(block)[l][i], state_of(parameter, l), 1e-10, 0);
    }
  proda_block_free(block);
  proda_structure_free(structure);
  called_close(&c);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(functions_are_called),
      cmocka_unit_test(derivatives_are_called),
      cmocka_unit_test(newton_takes_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
