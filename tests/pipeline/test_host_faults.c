/* Plugins that crash, exit or hang where the program itself calls them: while they are loaded or
 * created, in training, at the cells of the map. The run ends with a message that names the plugin,
 * what it did and what to do, keeps what was finished, and goes on once the plugin is mended. */
#include "fragile.h"

/* A plugin of tests/faulty with one of its faults, or none. */
static void plant_faulty(const char *name, const char *fault)
{
  static char source[1 << 16];
  const char *const file[] = {scratch_print("%s.yaml", name), NULL};
  const char *folder = plant_sources("faulty", name, file);
  FILE *stream = fopen(testing_path(scratch_print("faulty/%s.c", name)), "r");
  assert_non_null(stream);
  source[fread(source, 1, sizeof source - 1, stream)] = '\0';
  fclose(stream);
  const char *path = scratch_print("%s/%s.c", folder, name);
  stream = fopen(path, "w");
  fprintf(stream, "#define %s\n%s", fault ? fault : "SOUND", source);
  fclose(stream);
  if (proda(scratch_print("build %s", folder)) != 0)
    fail_msg("%s", errors);
}

static int setup(void **state)
{
  if (scratch_setup(state) || fragile_build())
    return -1;
  plant_faulty("walker", NULL);
  plant_faulty("means", NULL);
  return fragile_undisturbed("run --jobs 2");
}

/* The run ends with status 1 and says so. */
static void assert_told(const char *line, const char *who, const char *what)
{
  assert_int_equal(fragile_command(line), 1);
  assert_has(errors, who);
  assert_has(errors, what);
  assert_has(errors, "` tries it call by call. What was finished is kept");
}

static void while_loaded(void **state)
{
  (void)state;
  static const char *const way[][2] = {{"segfault", "was killed by signal 11"},
                                       {"abort", "was killed by signal 6"},
                                       {"exit", "was ended by a call of exit(0)"},
                                       {"_exit", "was ended by a call of exit(0)"},
                                       {"loop", "took more than the limit of 0.2 s"},
                                       {"sleep", "took more than the limit of 0.2 s"}};
  fragile_restore();
  for (size_t k = 0; k < sizeof way / sizeof *way; k++) {
    setenv("FRAGILE_LOAD", way[k][0], 1);
    assert_told("run --jobs 2 --site-seconds 0.2", "looking ahead: the model fragile", way[k][1]);
    assert_has(errors, "while it was loaded; `proda check fragile`");
    unsetenv("FRAGILE_LOAD");
  }
  setenv("FRAGILE_LOAD", "segfault", 1);
  assert_int_equal(proda(scratch_print("build %s/fragile", scratch_directory)), 1);
  assert_has(errors, "was killed by signal 11, Segmentation fault while it was loaded");
  unsetenv("FRAGILE_LOAD");
  for (size_t i = 0; i < 2; i++)
    assert_undisturbed(i ? "fragile/map.nc" : "prepare.nc");
}

/* With other plugins than those of the undisturbed run. */
static void use(const char *sampler, const char *emulator)
{
  static char text[8192];
  snprintf(text, sizeof text,
           "proda: 1\nkind: experiment\nname: faults\nseed: 3\noutput: faults\n"
           "data:\n  synth: {truth: fragile, profiles: 20, resolution: 15, noise: 0.1}\n"
           "structures:\n  - {model: fragile}\n"
           "calibrate:\n  sampler: %s\n%s  observation: {error: lognormal, sd: 0.1}\n  keep: 20\n"
           "screen: {max_rhat: 100, min_nse: -1000}\n"
           "train: {emulator: %s}\nreport: {figures: false}\n",
           sampler,
           strcmp(sampler, "walker") == 0 ? "" : "  settings: {test_run: 500, formal_run: 1000}\n",
           emulator);
  text_write(scratch_path("e.yaml"), text);
}

static void while_created(void **state)
{
  (void)state;
  use("walker", "means");
  plant_faulty("walker", "DIES_WHEN_MADE");
  assert_told("run --jobs 2", "calibrate fragile: the sampler walker was killed by signal 11",
              "while it was created; `proda check walker`");
  use("adaptive_metropolis", "means");
  plant_faulty("means", "LOOPS_WHEN_MADE");
  assert_told("run --jobs 2 --site-seconds 0.5", "train fragile: the emulator means took more than",
              "the limit of 0.5 s while it was created");
  assert_has(errors, "`proda run --site-seconds 0` sets no limit");
  plant_faulty("means", "EXITS_WHEN_FIT");
  assert_told("run --jobs 2", "train fragile: the emulator means was ended by a call of exit(3)",
              "while it learned");
  plant_faulty("means", NULL);
  assert_int_equal(fragile_command("run --jobs 2"), 0);
  assert_has(output, "calibrate fragile: up to date");
  text_write(scratch_path("e.yaml"), fragile_experiment);
}

/* The structure runs at the profiles in training and at the cells of the map. */
static void while_it_runs(void **state)
{
  (void)state;
  static const char *const store[] = {"fragile/train.nc", "fragile/map.nc"};
  static const char *const who[] = {"train fragile: the model fragile",
                                    "map fragile: the model fragile"};
  static const char *const doing[] = {"while it ran at the profiles",
                                      "while it ran at the cells of the grid"};
  static const char *const way[][2] = {{"segfault", "was killed by signal 11"},
                                       {"overflow", "was killed by signal 11"},
                                       {"divide", "was killed by signal 8"},
                                       {"exit", "was ended by a call of exit(0)"},
                                       {"loop", "took more than the limit of 0.3 s"}};
  setenv("FRAGILE_EVERY", "5", 1);
  for (size_t s = 0; s < 2; s++) {
    fragile_restore();
    remove(fragile_path(store[s]));
    for (size_t k = 0; k < sizeof way / sizeof *way; k++) {
      setenv("FRAGILE", way[k][0], 1);
      assert_told("run --jobs 2 --site-seconds 0.3", who[s], way[k][1]);
      assert_has(errors, doing[s]);
      assert_int_not_equal(access(fragile_path(store[s]), F_OK), 0);
      unsetenv("FRAGILE");
    }
    assert_int_equal(fragile_command("run --jobs 2"), 0);
    assert_undisturbed(store[s]);
    assert_no_temporary();
  }
  unsetenv("FRAGILE_EVERY");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(while_loaded),
      cmocka_unit_test(while_created),
      cmocka_unit_test(while_it_runs),
  };
  return cmocka_run_group_tests(tests, setup, scratch_teardown);
}
