/* `proda run --dry-run`: what it says of sites, draws and stores holds when the run is made, and it
 * writes nothing where that writes. Seconds are not tested: they are the machine's. */
#include "plugin/planting.h"
#include "program.h"
#include "stores.h"

static const char experiment[] =
    "proda: 1\nkind: experiment\nname: small\nseed: 3\noutput: results\n"
    "data:\n  synth: {truth: clm5, profiles: 40, resolution: 15, noise: 0.1}\n"
    "structures:\n  - {model: clm5}\nprepare: {every: 2}\n"
    "calibrate:\n  sampler: adaptive_metropolis\n"
    "  settings: {test_run: 1000, formal_run: 2000}\n"
    "  observation: {error: lognormal, sd: 0.1}\n"
    "screen: {max_rhat: 99, min_nse: -99}\n"
    "train: {emulator: mlp, settings: {hidden: [4], epochs: 5}}\n"
    "compare: {resamples: 10}\nreport: {figures: false}\n";

static int setup(void **state)
{
  if (scratch_setup(state))
    return -1;
  text_write(scratch_path("e.yaml"), experiment);
  return 0;
}

static void price(const char *options)
{
  if (proda(scratch_print("run --dry-run %s %s", options, scratch_path("e.yaml"))))
    print_error("%s", errors);
  assert_string_equal(errors, "");
}

/* The line of the bill that begins with a stage. */
static const char *line_of(const char *stage)
{
  const char *at = strstr(output, scratch_print("\n  %s ", stage));
  if (!at)
    print_error("no line of '%s' in: %s\n", stage, output);
  assert_non_null(at);
  return at + 1;
}

/* The size that a line states: "352 kB". */
static double size_of(const char *stage)
{
  static const struct {
    const char *name;
    double size;
  } unit[] = {{" kB", 1e3}, {" MB", 1e6}};
  const char *line = line_of(stage), *end = strchr(line, '\n');
  for (size_t i = 0; i < 2; i++) {
    const char *at = strstr(line, unit[i].name);
    if (!at || at > end)
      continue;
    while (at > line && at[-1] != ' ')
      at--;
    return strtod(at, NULL) * unit[i].size;
  }
  fail_msg("no size of %s", stage);
  return 0;
}

static double size_of_file(const char *name)
{
  struct stat file;
  assert_int_equal(stat(scratch_path(name), &file), 0);
  return (double)file.st_size;
}

static double predicted[3];

static void says_what_there_is_to_do(void **state)
{
  (void)state;
  double sites, draws;
  price("--jobs 2");
  assert_has(output, "Input: 40 profiles: 20 kept, 20 not_selected.");
  /* 3 chains of 1000 + 2000 steps, and the search for their starts */
  const char *work = strstr(line_of("calibrate clm5"), " sites of ");
  assert_non_null(work);
  while (work[-1] != ' ')
    work--;
  assert_int_equal(sscanf(work, "%lf sites of %lf draws", &sites, &draws), 2);
  assert_true(sites == 20);
  assert_in_range((int)draws, 9000, 9500);
  assert_has(line_of("train clm5"), "at most 5 epochs");
  assert_has(output, "with 2 workers");
  predicted[0] = size_of("calibrate clm5");
  predicted[1] = size_of("map clm5");
  predicted[2] = size_of("prepare");
  assert_int_not_equal(access(scratch_path("results"), F_OK), 0);
  price("--jobs 0");
  assert_has(output, "20 sites of ");
  assert_int_not_equal(access(scratch_path("results"), F_OK), 0);
}

static void stores_become_as_large_as_said(void **state)
{
  (void)state;
  assert_int_equal(proda(scratch_print("run %s", scratch_path("e.yaml"))), 0);
  double made[] = {size_of_file("results/clm5/calibrate.nc"),
                   size_of_file("results/clm5/map.nc") + size_of_file("results/clm5/map_grid.nc"),
                   size_of_file("results/prepare.nc")};
  for (size_t i = 0; i < 3; i++) {
    if (!(predicted[i] < 2 * made[i] && made[i] < 2 * predicted[i]))
      print_error("store %zu: %g bytes, said were %g\n", i, made[i], predicted[i]);
    assert_true(predicted[i] < 2 * made[i] && made[i] < 2 * predicted[i]);
  }
}

static void what_is_there_costs_nothing(void **state)
{
  (void)state;
  char before[4096], after[4096];
  program_read(scratch_path("results/.proda-run"), before, sizeof before);
  price("");
  static const char *const stage[] = {"world", "prepare", "calibrate clm5", "train clm5", "report"};
  for (size_t i = 0; i < 5; i++)
    assert_has(line_of(stage[i]), "up to date, does not run");
  assert_has(output, "All is up to date: the run would do nothing.");
  program_read(scratch_path("results/.proda-run"), after, sizeof after);
  assert_string_equal(before, after);
  assert_int_equal(remove(scratch_path("results/clm5/train.nc")), 0);
  price("");
  assert_true(strstr(line_of("calibrate clm5"), "up to date") <
              strchr(line_of("calibrate clm5"), '\n'));
  assert_true(strstr(line_of("train clm5"), "at most 5 epochs") <
              strchr(line_of("train clm5"), '\n'));
  assert_int_not_equal(access(scratch_path("results/clm5/train.nc"), F_OK), 0);
}

static void wrong_calls_are_refused(void **state)
{
  (void)state;
  assert_int_equal(proda(scratch_print("calibrate --dry-run %s", scratch_path("e.yaml"))), 2);
  char changed[sizeof experiment];
  memcpy(changed, experiment, sizeof changed);
  memcpy(strstr(changed, "epochs"), "eposhs", 6);
  text_write(scratch_path("typo.yaml"), changed);
  assert_int_equal(proda(scratch_print("run --dry-run %s", scratch_path("typo.yaml"))), 1);
  assert_has(errors, "did you mean 'epochs'");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(says_what_there_is_to_do),
      cmocka_unit_test(stores_become_as_large_as_said),
      cmocka_unit_test(what_is_there_costs_nothing),
      cmocka_unit_test(wrong_calls_are_refused),
  };
  return cmocka_run_group_tests(tests, setup, scratch_teardown);
}
