/* Bounds of values over the priors: they hold for random formulas at random draws, and what they
 * prove of fractions and rates is refused at its place, and nothing else. */
#include "random_manifest.h"

#include "formula/bounds.h"
#include "formula/program.h"
#include "plugin/planting.h"

enum { N_SEEDS = 40, N_DRAWS = 20 };

static struct proda_error error;

/* ---- every value lies within its bounds ---- */

static void check_formula(const struct formula *f, const struct formula_place *at,
                          const struct proda_bounds *bounds)
{
  for (int l = 0; l < FORMULA_LAYERS; l++) {
    struct formula_value v = formula_evaluate(f, at, l, 0);
    long double slack = 16 * v.error + 1e-13L;
    if (v.doubtful || (v.x >= bounds[l].lower - slack && v.x <= bounds[l].upper + slack))
      continue;
    print_error("%.17Lg is not within %.17g .. %.17g, of:\n", v.x, bounds[l].lower,
                bounds[l].upper);
    formula_print(f, stderr);
    print_error("\n");
    fail();
  }
}

static size_t check_seed(struct random_manifest *r, uint64_t seed)
{
  const char *path = scratch_print("%s/random.yaml", scratch_directory);
  struct proda_manifest *m = NULL;
  struct proda_program *program = NULL;
  size_t n_known = 0;
  random_make(r, seed);
  random_write(r, path, "random");
  assert_ok(proda_manifest_read(path, &m, &error), error);
  assert_ok(proda_program_new(m, 0, &program, &error), error);
  struct proda_bounds *bounds = calloc(program->graph->n * FORMULA_LAYERS, sizeof *bounds);
  double setting = 1.25;
  assert_non_null(bounds);
  proda_graph_bounds(program->graph, m, &setting, FORMULA_MONTHS, bounds);
  for (int k = 0; k < N_DRAWS; k++) {
    struct formula_place at;
    random_place(r, &at);
    for (size_t i = 0; i < N_MODIFIERS; i++)
      check_formula(r->modifier[i], &at, bounds + program->modifier[i] * FORMULA_LAYERS);
  }
  for (size_t i = 0; i < N_MODIFIERS; i++)
    n_known += isfinite(bounds[program->modifier[i] * FORMULA_LAYERS].lower) ||
               isfinite(bounds[program->modifier[i] * FORMULA_LAYERS].upper);
  free(bounds);
  proda_program_free(program);
  proda_manifest_free(m);
  return n_known;
}

static void no_draw_leaves_its_bounds(void **state)
{
  (void)state;
  struct random_manifest *r = calloc(1, sizeof *r);
  size_t n_known = 0;
  assert_non_null(r);
  for (uint64_t seed = 1; seed <= N_SEEDS; seed++) {
    memset(r, 0, sizeof *r);
    n_known += check_seed(r, seed);
  }
  print_message("%zu of %d formulas have a bound\n", n_known, N_SEEDS * N_MODIFIERS);
  assert_true(n_known > N_SEEDS * N_MODIFIERS / 2);
  free(r);
}

/* ---- what they prove ---- */

/* A structure whose pool A has this rate and hands over these fractions. */
static int parse(const char *rate, const char *to_b, const char *to_c)
{
  struct proda_manifest *m = NULL;
  const char *text = scratch_print(
      "proda: 1\nkind: model\nname: shares\ntitle: Shares\ntime: yr\n"
      "grid: {dz: [0.1, 0.3], node: [0.05, 0.25], interface: [0.1, 0.4]}\n"
      "drivers:\n  clay: {unit: \"1\", dims: [layer]}\n  wet: {unit: \"1\", dims: [month]}\n"
      "parameters:\n"
      "  e: {term: A, unit: \"1\", default: 0.4, prior: [0.2, 0.6]}\n"
      "  h: {term: A, unit: \"1\", default: 0.4, prior: [0.3, 0.9]}\n"
      "  n: {term: A, unit: \"1\", default: 0.1, prior: {normal: [0, 1]}}\n"
      "pools: [A, B, C]\nmodifiers: {xi: 1}\n"
      "inputs: {A: \"clay * 1 [gC m-3 yr-1]\"}\n"
      "channels:\n  - from: A\n    rate: %s\n    to:\n      B: %s\n      C: %s\n"
      "  - {from: B, rate: \"1 / 3 [yr]\"}\n  - {from: C, rate: \"1 / 9 [yr]\"}\n"
      "observe:\n  soc: {sum: A + B + C, unit: gC m-3}\n",
      rate, to_b, to_c);
  int status = proda_manifest_parse("shares.yaml", text, strlen(text), &m, &error);
  proda_manifest_free(m);
  return status;
}

static void accept(const char *to_b, const char *to_c)
{
  assert_ok(parse("1 / 2 [yr]", to_b, to_c), error);
}

static void refuse(const char *to_b, const char *to_c, const char *message)
{
  assert_int_equal(parse("1 / 2 [yr]", to_b, to_c), PRODA_ERROR);
  assert_string_equal(error.message, message);
}

static void what_some_draws_allow_is_accepted(void **state)
{
  (void)state;
  accept("e", "h");
  accept("e + 0.5", "h * 0.2 * exp(-abs(clay))");
  accept("0.7", "0.3 + 0.2 * exp(-clay)"); /* at most 1 where clay is without end */
  accept("clay", "mean(month, wet)");
  accept("n - clay", "n + clay");
  accept("where(clay < 0.5, 1.4, 0.2)", "0");
  accept("0.5 * min(clay, 1)", "-0.1 * clay");
}

static void what_no_draw_allows_is_refused(void **state)
{
  (void)state;
  /* h above 0.3 and exp above 0: only one of the two recipients could have its share. */
  refuse("0.8 + exp(-clay)", "h",
         "shares.yaml:22:10: with this the channel 'A' hands over at least 1.1 of its flux, "
         "whatever the parameters within their priors, and the drivers, in layer 1; at most 1 is "
         "there");
  refuse("max(e, 0.5)", "max(h, mean(month, wet), 0.6)",
         "shares.yaml:22:10: with this the channel 'A' hands over at least 1.1 of its flux, "
         "whatever the parameters within their priors, and the drivers, in layer 1; at most 1 is "
         "there");
  refuse("where(dz > 0.2 [m], 1.2 + abs(clay), 0.1)", "e",
         "shares.yaml:21:10: with this the channel 'A' hands over at least 1.2 of its flux, "
         "whatever the parameters within their priors, and the drivers, in layer 2; at most 1 is "
         "there");
  refuse("e", "-h * (1 + clay ^ 2)",
         "shares.yaml:22:10: a fraction must lie in 0..1; whatever the parameters within their "
         "priors, and the drivers, it is at most -0.3 in layer 1");
  assert_int_equal(parse("-(1 + clay ^ 2) / 2 [yr]", "e", "h"), PRODA_ERROR);
  assert_string_equal(error.message,
                      "shares.yaml:19:11: a rate must be above 0; whatever the parameters within "
                      "their priors, and the drivers, it is at most -0.5 in layer 1");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(no_draw_leaves_its_bounds),
      cmocka_unit_test(what_some_draws_allow_is_accepted),
      cmocka_unit_test(what_no_draw_allows_is_refused),
  };
  return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
