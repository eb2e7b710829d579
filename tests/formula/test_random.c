/* Random formulas, built and run, against an evaluation of their own (random_formula.h). Tangents
 * and slopes against differences of that evaluation in long double. $PRODA_TEST_ROUNDS asks for
 * more rounds than the few that a build has time for. */
#include "random_formula.h"

#include "formula/build.h"
#include "plugin/loader.h"
#include "plugin/planting.h"

enum { N_MODIFIERS = 30, N_RATES = 8, DEPTH = 4, N_DRIVERS = 6, N_ROUNDS = 4 };

static struct proda_error error;

struct round {
  struct formula_maker maker;
  const struct formula *modifier[N_MODIFIERS], *rate[N_RATES];
  struct formula_place place[PRODA_LANES];
  struct proda_loaded *loaded;
  const struct proda_model_ops *ops;
  void *model;
  lane *site, parameter[3], pools[2 * FORMULA_LAYERS];
  lane modifiers[N_MODIFIERS * FORMULA_LAYERS], rates[(N_RATES + 1) * FORMULA_LAYERS];
  lane input[FORMULA_LAYERS], transport[3 * FORMULA_LAYERS], fraction[1], *carry;
  struct proda_terms terms;
};

/* ---- the manifest ---- */

static void write_manifest(const struct round *r, const char *path, const char *name)
{
  FILE *out = fopen(path, "w");
  assert_non_null(out);
  fprintf(
      out,
      "proda: 1\nkind: model\nname: %s\ntitle: Random\ntime: day\n"
      "grid: {dz: [0.1, 0.2, 0.3, 0.4], node: [0.05, 0.2, 0.45, 0.8], interface: [0.1, 0.3, "
      "0.6, 1.0]}\n"
      "settings:\n  extra: {type: number, default: 1.25, doc: a number}\n"
      "drivers:\n  scalar: {unit: \"1\"}\n  by_layer: {unit: \"1\", dims: [layer]}\n"
      "  by_month: {unit: \"1\", dims: [month]}\n  by_both: {unit: \"1\", dims: [layer, month]}\n"
      "  days: {unit: day, dims: [layer]}\n  hours: {unit: h, dims: [month]}\n"
      "parameters:\n  p: {term: K, unit: \"1\", default: 0.7, prior: [0.2, 2]}\n"
      "  r: {term: K, unit: \"1\", default: 1.1, prior: [0.2, 2]}\n"
      "  years: {term: K, unit: yr, default: 0.01, prior: [0.002, 0.02]}\n"
      "pools: [A, B]\nmodifiers:\n",
      name);
  for (size_t i = 0; i < N_MODIFIERS; i++) {
    fprintf(out, "  m%zu: ", i);
    formula_print(r->modifier[i], out);
    fputc('\n', out);
  }
  fprintf(out, "inputs:\n  A: by_layer * 1 [gC m-3 day-1]\nchannels:\n"
               "  - {from: B, rate: 1 / years, modifier: m0}\n");
  for (size_t i = 0; i < N_RATES; i++) {
    fprintf(out, "  - from: A\n    name: c%zu\n    modifier: m0\n    rate: ", i);
    formula_print(r->rate[i], out);
    fprintf(out, " / 1 [day]\n");
  }
  fprintf(out, "observe:\n  soc: {sum: A + B, unit: gC m-3}\n");
  assert_int_equal(fclose(out), 0);
}

/* A sum over what is summed upwards itself: sum(layer, below(layer, by_layer)). */
static const struct formula *make_sum_of_below(struct formula_maker *m)
{
  const struct formula *leaf =
      formula_keep(m, (struct formula){.op = FORM_LEAF, .leaf = LEAF_LAYER, .dims = 1});
  const struct formula *below = formula_keep(m, (struct formula){.op = FORM_BELOW, .a = leaf});
  return formula_keep(m, (struct formula){.op = FORM_SUM, .a = below});
}

static void make_formulas(struct round *r, uint64_t seed)
{
  proda_random_start(&r->maker.random, seed, 1, 0);
  r->modifier[0] = make_sum_of_below(&r->maker);
  for (size_t i = 1; i < N_MODIFIERS; i++)
    r->modifier[i] = formula_make_whole(&r->maker, 2 + (int)(i % DEPTH));
  r->maker.pools = true;
  for (size_t i = 0; i < N_RATES; i++) {
    /* One that surely depends on a pool. */
    const struct formula *pool = formula_keep(
        &r->maker, (struct formula){.op = FORM_LEAF, .leaf = LEAF_A + i % 2, .dims = 1});
    const struct formula *rest = formula_make_whole(&r->maker, 2 + (int)(i % (DEPTH - 1)));
    r->rate[i] = formula_keep(
        &r->maker, (struct formula){.op = i % 3 ? FORM_DIVIDE : FORM_ADD, .a = pool, .b = rest});
  }
}

/* ---- sites and draws ---- */

static long double draw(struct formula_maker *m, double lower, double upper)
{
  return (long double)(lower + (upper - lower) * proda_random_uniform(&m->random));
}

static void make_place(struct round *r, int i)
{
  struct formula_place *at = &r->place[i];
  at->setting = 1.25L;
  at->parameter[0] = draw(&r->maker, 0.2, 2);
  at->parameter[1] = draw(&r->maker, 0.2, 2);
  at->parameter[2] = draw(&r->maker, 0.002, 0.02);
  at->scalar = draw(&r->maker, -1, 2);
  for (int l = 0; l < FORMULA_LAYERS; l++) {
    at->layer[l] = draw(&r->maker, 0.1, 2);
    at->days[l] = draw(&r->maker, 1, 8);
    at->pool[0][l] = draw(&r->maker, 0.1, 3);
    at->pool[1][l] = draw(&r->maker, 0.1, 3);
    for (int m = 0; m < FORMULA_MONTHS; m++)
      at->both[l][m] = draw(&r->maker, -1, 2);
  }
  for (int m = 0; m < FORMULA_MONTHS; m++) {
    at->month[m] = draw(&r->maker, -1, 2);
    at->hours[m] = draw(&r->maker, 20, 200);
  }
}

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
  const struct proda_forcing forcing = {.driver = driver};
  scalar = (double)at->scalar;
  copy(at->layer, FORMULA_LAYERS, layer);
  copy(at->month, FORMULA_MONTHS, month);
  copy(&at->both[0][0], FORMULA_LAYERS * FORMULA_MONTHS, both);
  copy(at->days, FORMULA_LAYERS, days);
  copy(at->hours, FORMULA_MONTHS, hours);
  assert_ok(r->ops->site(r->model, &forcing, r->site, i, &error), error);
  for (int k = 0; k < 3; k++)
    r->parameter[k][i] = (double)at->parameter[k];
  for (int k = 0; k < 2 * FORMULA_LAYERS; k++)
    r->pools[k][i] = (double)at->pool[k / FORMULA_LAYERS][k % FORMULA_LAYERS];
}

static lane *lanes(size_t n)
{
  lane *memory = aligned_alloc(sizeof(lane), (n + 1) * sizeof(lane));
  assert_non_null(memory);
  memset(memory, 0, (n + 1) * sizeof(lane));
  return memory;
}

/* ---- a round ---- */

static struct round *start(uint64_t seed)
{
  struct round *r = aligned_alloc(sizeof(lane), (sizeof *r + 63) / 64 * 64);
  assert_non_null(r);
  memset(r, 0, sizeof *r);
  const char *name = scratch_print("random%u", (unsigned)seed);
  const char *path = scratch_print("%s/%s.yaml", scratch_directory, name);
  make_formulas(r, seed);
  write_manifest(r, path, name);
  const struct proda_build_options fast = {.flags = "-O0"};
  assert_ok(proda_plugin_build(path, &fast, &error), error);
  struct proda_search_path *nowhere = NULL;
  assert_ok(proda_search_path_make(scratch_directory, &nowhere, &error), error);
  assert_ok(proda_load(nowhere, path, PRODA_MODEL, &r->loaded, &error), error);
  proda_search_path_free(nowhere);
  r->ops = r->loaded->plugin->ops;
  const struct proda_model_shape shape = {FORMULA_LAYERS, FORMULA_MONTHS};
  const double extra = 1.25;
  const struct proda_setting setting = {1, &extra};
  assert_ok(r->ops->create(&shape, &setting, &r->model, &error), error);
  r->site = lanes(r->ops->site_size(r->model));
  r->carry = lanes(r->ops->carry_size(r->model));
  for (int i = 0; i < PRODA_LANES; i++) {
    make_place(r, i);
    set_lane(r, i);
  }
  r->terms = (struct proda_terms){.input = r->input,
                                  .rate = r->rates,
                                  .modifier = r->modifiers,
                                  .fraction = r->fraction,
                                  .transport = r->transport,
                                  .carry = r->carry};
  r->ops->terms(r->model, r->site, r->parameter, &r->terms);
  return r;
}

static void finish(struct round *r)
{
  r->ops->destroy(r->model);
  proda_loaded_free(r->loaded);
  free(r->site);
  free(r->carry);
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
  const struct proda_nonlinear_ops *nonlinear = r->ops->extension(r->model, "nonlinear");
  size_t n_checked = 0;
  assert_non_null(nonlinear);
  nonlinear->rates(r->model, r->site, r->parameter, &r->terms, r->pools);
  for (int i = 0; i < PRODA_LANES; i++)
    for (int l = 0; l < FORMULA_LAYERS; l++) {
      for (size_t k = 0; k < N_MODIFIERS; k++)
        n_checked += check_value(r, r->modifier[k], r->modifiers + k * FORMULA_LAYERS, i, l);
      for (size_t k = 0; k < N_RATES; k++)
        n_checked += check_value(r, r->rate[k], r->rates + (k + 1) * FORMULA_LAYERS, i, l);
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
  const struct proda_tangent_ops *tangents = r->ops->extension(r->model, "tangent");
  static lane modifiers[N_MODIFIERS * FORMULA_LAYERS], rates[(N_RATES + 1) * FORMULA_LAYERS];
  static lane input[FORMULA_LAYERS], transport[3 * FORMULA_LAYERS], fraction[1];
  const struct proda_terms tangent = {.input = input,
                                      .rate = rates,
                                      .modifier = modifiers,
                                      .fraction = fraction,
                                      .transport = transport};
  const struct formula_place direction = {.parameter = {0.7L, -0.4L, 0.003L}};
  const lane along[3] = {lane_splat(0.7), lane_splat(-0.4), lane_splat(0.003)};
  size_t n_checked = 0;
  assert_non_null(tangents);
  tangents->fill(r->model, r->site, r->parameter, &r->terms, r->pools, along, &tangent);
  for (int i = 0; i < PRODA_LANES; i++)
    for (int l = 0; l < FORMULA_LAYERS; l++) {
      for (size_t k = 0; k < N_MODIFIERS; k++)
        n_checked += check_slope(r, r->modifier[k], &direction,
                                 modifiers[k * FORMULA_LAYERS + (size_t)l][i], i, l);
      for (size_t k = 0; k < N_RATES; k++)
        n_checked += check_slope(r, r->rate[k], &direction,
                                 rates[(k + 1) * FORMULA_LAYERS + (size_t)l][i], i, l);
    }
  assert_true(n_checked > PRODA_LANES * FORMULA_LAYERS * (N_MODIFIERS + N_RATES) * 7 / 10);
}

/* Listed slopes are right, and none is missing. */
static void check_slopes(struct round *r)
{
  const struct proda_nonlinear_ops *nonlinear = r->ops->extension(r->model, "nonlinear");
  lane *slope = lanes(nonlinear->n_slopes * FORMULA_LAYERS);
  size_t n_checked = 0;
  nonlinear->slopes(r->model, r->site, r->parameter, &r->terms, r->pools, slope);
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
          n_checked += check_slope(r, r->rate[c], &direction, actual, i, l);
        }
    }
  assert_true(n_checked > PRODA_LANES * FORMULA_LAYERS * N_RATES * 2 * 8 / 10);
  free(slope);
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
