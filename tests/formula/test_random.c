/* Random formulas, built and run, against an evaluation of their own (random_formula.h). Tangents
 * and slopes against differences of that evaluation in long double. $PRODA_TEST_ROUNDS asks for
 * more rounds than the few that a build has time for. */
#include "called.h"

#include "formula/build.h"
#include "plugin/planting.h"
#include "random_manifest.h"

enum { N_DRIVERS = 6, N_ROUNDS = 4 };

static struct proda_error error;

struct round {
  struct random_manifest manifest;
  struct formula_place place[PRODA_LANES];
  struct called c;
};

static void copy(const long double *from, size_t n, double *to)
{
  for (size_t i = 0; i < n; i++)
    to[i] = (double)from[i];
}

/* What a lane holds. */
static void set_lane(struct round *r, int i)
{
  const struct formula_place *at = &r->place[i];
  double scalar, layer[FORMULA_LAYERS], month[FORMULA_MONTHS], days[FORMULA_LAYERS];
  double both[FORMULA_LAYERS * FORMULA_MONTHS], hours[FORMULA_MONTHS];
  const double *driver[N_DRIVERS] = {&scalar, layer, month, both, days, hours};
  const struct proda_forcing forcing = {
      .driver = driver, .record = driver, .n_record = FORMULA_MONTHS};
  scalar = (double)at->scalar;
  copy(at->layer, FORMULA_LAYERS, layer);
  copy(at->month, FORMULA_MONTHS, month);
  copy(&at->both[0][0], FORMULA_LAYERS * FORMULA_MONTHS, both);
  copy(at->days, FORMULA_LAYERS, days);
  copy(at->hours, FORMULA_MONTHS, hours);
  assert_ok(r->c.ops->site(r->c.model, &forcing, r->c.site, i, &error), error);
  for (int k = 0; k < 3; k++)
    r->c.parameter[k][i] = (double)at->parameter[k];
  for (int k = 0; k < 2 * FORMULA_LAYERS; k++)
    r->c.pools[k][i] = (double)at->pool[k / FORMULA_LAYERS][k % FORMULA_LAYERS];
}

/* ---- a round ---- */

static struct round *start(uint64_t seed)
{
  struct round *r = calloc(1, sizeof *r);
  assert_non_null(r);
  const char *name = scratch_print("random%u", (unsigned)seed);
  const char *path = scratch_print("%s/%s.yaml", scratch_directory, name);
  random_make(&r->manifest, seed);
  random_write(&r->manifest, path, name);
  const struct proda_build_options fast = {.flags = "-O0"};
  assert_ok(proda_plugin_build(path, &fast, &error), error);
  called_open(&r->c, scratch_directory, path, FORMULA_MONTHS);
  for (int i = 0; i < PRODA_LANES; i++) {
    random_place(&r->manifest, &r->place[i]);
    set_lane(r, i);
  }
  called_fill(&r->c);
  return r;
}

static void finish(struct round *r)
{
  called_close(&r->c);
  free(r);
}

static void complain(const struct formula *f, double actual, struct formula_value expected)
{
  print_error("%.17g where %.17Lg +- %Lg was expected of:\n", actual, expected.x, expected.error);
  formula_print(f, stderr);
  print_error("\n");
  fail();
}

/* Returns whether the value could be judged. */
static bool check_value(const struct round *r, const struct formula *f, const lane *row, int i,
                        int layer)
{
  struct formula_value expected = formula_evaluate(f, &r->place[i], layer, 0);
  double actual = row[layer][i];
  if (expected.doubtful)
    return false;
  if (!(fabsl((long double)actual - expected.x) <= 16 * expected.error + 1e-15L))
    complain(f, actual, expected);
  return true;
}

static void check_values(struct round *r)
{
  const struct proda_terms *terms = &r->c.terms;
  size_t n_checked = 0;
  for (int i = 0; i < PRODA_LANES; i++)
    for (int l = 0; l < FORMULA_LAYERS; l++) {
      for (size_t k = 0; k < N_MODIFIERS; k++)
        n_checked +=
            check_value(r, r->manifest.modifier[k], terms->modifier + k * FORMULA_LAYERS, i, l);
      for (size_t k = 0; k < N_RATES; k++)
        n_checked +=
            check_value(r, r->manifest.rate[k], terms->rate + (k + 1) * FORMULA_LAYERS, i, l);
    }
  assert_true(n_checked > PRODA_LANES * FORMULA_LAYERS * (N_MODIFIERS + N_RATES) * 7 / 10);
}

/* ---- derivatives ---- */

/* The central difference of `f` along `direction` in parameters and pools; false where it cannot be
 * trusted: a kink, a comparison, or a value that varies too wildly. */
static bool difference(const struct formula *f, const struct formula_place *at,
                       const struct formula_place *direction, int layer, long double *slope)
{
  const long double steps[2] = {1e-6L, 2e-6L};
  long double found[2];
  for (int k = 0; k < 2; k++) {
    struct formula_place side[2] = {*at, *at};
    struct formula_value value[2];
    for (int s = 0; s < 2; s++) {
      long double h = s ? steps[k] : -steps[k];
      for (int p = 0; p < 3; p++)
        side[s].parameter[p] += h * direction->parameter[p];
      for (int p = 0; p < 2; p++)
        for (int l = 0; l < FORMULA_LAYERS; l++)
          side[s].pool[p][l] += h * direction->pool[p][l];
      value[s] = formula_evaluate(f, &side[s], layer, 0);
      if (value[s].doubtful)
        return false;
    }
    found[k] = (value[1].x - value[0].x) / (2 * steps[k]);
  }
  *slope = found[0];
  return fabsl(found[0] - found[1]) <= 1e-8L * (fabsl(found[0]) + 1e-3L);
}

static bool check_slope(const struct round *r, const struct formula *f,
                        const struct formula_place *direction, double actual, int i, int layer)
{
  long double expected;
  if (!difference(f, &r->place[i], direction, layer, &expected))
    return false;
  if (!(fabsl((long double)actual - expected) <= 1e-6L * (fabsl(expected) + 1e-3L)))
    complain(f, actual, (struct formula_value){expected, 0, false});
  return true;
}

static void check_tangents(struct round *r)
{
  const double along[3] = {0.7, -0.4, 0.003};
  const struct formula_place direction = {.parameter = {0.7L, -0.4L, 0.003L}};
  const struct proda_terms *change = &r->c.change;
  size_t n_checked = 0;
  for (int p = 0; p < 3; p++)
    r->c.direction[p] = lane_splat(along[p]);
  called_change(&r->c);
  for (int i = 0; i < PRODA_LANES; i++)
    for (int l = 0; l < FORMULA_LAYERS; l++) {
      for (size_t k = 0; k < N_MODIFIERS; k++)
        n_checked += check_slope(r, r->manifest.modifier[k], &direction,
                                 change->modifier[k * FORMULA_LAYERS + (size_t)l][i], i, l);
      for (size_t k = 0; k < N_RATES; k++)
        n_checked += check_slope(r, r->manifest.rate[k], &direction,
                                 change->rate[(k + 1) * FORMULA_LAYERS + (size_t)l][i], i, l);
    }
  assert_true(n_checked > PRODA_LANES * FORMULA_LAYERS * (N_MODIFIERS + N_RATES) * 7 / 10);
}

/* Listed slopes are right, and none is missing. */
static void check_slopes(struct round *r)
{
  const struct proda_nonlinear_ops *nonlinear = r->c.nonlinear;
  const lane *slope = r->c.slope;
  size_t n_checked = 0;
  called_slopes(&r->c);
  for (size_t c = 0; c < N_RATES; c++)
    for (size_t p = 0; p < 2; p++) {
      size_t k = 0;
      while (k < nonlinear->n_slopes &&
             (nonlinear->slope_of[k].channel != c + 1 || nonlinear->slope_of[k].pool != p))
        k++;
      for (int i = 0; i < PRODA_LANES; i++)
        for (int l = 0; l < FORMULA_LAYERS; l++) {
          struct formula_place direction = {0};
          direction.pool[p][l] = 1;
          double actual = k < nonlinear->n_slopes ? slope[k * FORMULA_LAYERS + (size_t)l][i] : 0;
          n_checked += check_slope(r, r->manifest.rate[c], &direction, actual, i, l);
        }
    }
  assert_true(n_checked > PRODA_LANES * FORMULA_LAYERS * N_RATES * 2 * 8 / 10);
}

static void formulas_mean_what_they_say(void **state)
{
  (void)state;
  const char *more = getenv("PRODA_TEST_ROUNDS");
  uint64_t n = more ? strtoull(more, NULL, 10) : N_ROUNDS;
  for (uint64_t seed = 1; seed <= n; seed++) {
    struct round *r = start(seed);
    check_values(r);
    check_tangents(r);
    check_slopes(r);
    finish(r);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(formulas_mean_what_they_say, scratch_setup, scratch_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
