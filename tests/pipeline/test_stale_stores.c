/* Stores that are not what would be made today: a stage alone refuses to begin from them, `proda
 * run` makes them anew and says why, those of another experiment stay as they are. */
#include <fcntl.h>

#include "fragile.h"

static int setup(void **state)
{
  if (scratch_setup(state) || fragile_build())
    return -1;
  return fragile_undisturbed("run --jobs 2");
}

static void reset(void)
{
  fragile_restore();
  text_write(scratch_path("e.yaml"), fragile_experiment);
}

/* The experiment with one text in the place of another. */
static void change(const char *from, const char *to)
{
  const char *at = strstr(fragile_experiment, from);
  assert_non_null(at);
  text_write(scratch_path("e.yaml"), scratch_print("%.*s%s%s", (int)(at - fragile_experiment),
                                                   fragile_experiment, to, at + strlen(from)));
}

static void flip(const char *name, off_t at)
{
  char byte;
  int fd = open(fragile_path(name), O_RDWR | O_CLOEXEC);
  assert_int_equal(pread(fd, &byte, 1, at), 1);
  byte ^= 0x10;
  assert_int_equal(pwrite(fd, &byte, 1, at), 1);
  close(fd);
}

static void assert_refused(const char *line, const char *store, const char *why, const char *maker)
{
  assert_int_equal(fragile_command(line), 1);
  assert_has(errors, store);
  assert_has(errors, why);
  assert_has(errors, maker);
}

static void a_stage_alone_wants_current_stores(void **state)
{
  (void)state;
  static const char *const line[] = {"screen", "train", "map", "compare", "report"};
  static const char other[] = "was made from other settings, inputs or plugins";
  for (size_t k = 0; k < 5; k++) {
    reset();
    assert_int_equal(fragile_command(line[k]), 0);
    assert_has(output, "up to date");
    change("formal_run: 1000", "formal_run: 1001");
    assert_refused(line[k], "fragile/calibrate.nc", other, "`proda calibrate` makes it");
    reset();
    flip("prepare.nc", 5000);
    assert_refused(line[k], "prepare.nc", "damaged", "`proda prepare` makes it");
    reset();
    remove(fragile_path("fragile/calibrate.nc"));
    assert_refused(line[k], "fragile/calibrate.nc", "is not there yet", "`proda calibrate`");
  }
  reset();
  change("max_rhat: 2", "max_rhat: 3");
  assert_int_equal(fragile_command("calibrate --jobs 2"), 0);
  assert_refused("map", "fragile/screen.nc", other, "`proda screen` makes it");
}

/* Any byte that changed, any length that it was cut to. */
static void damage_is_found_and_mended(void **state)
{
  (void)state;
  static const char *const store[] = {"prepare.nc", "fragile/calibrate.nc", "fragile/map.nc",
                                      "compare.nc"};
  for (size_t k = 0; k < 4; k++) {
    reset();
    flip(store[k], 1000 + 997 * (off_t)k);
    if (k % 2)
      assert_int_equal(truncate(fragile_path(store[k]), 3000), 0);
    assert_int_equal(fragile_command("run --jobs 2"), 0);
    assert_has(output, "is made anew: ");
    assert_has(output, fragile_path(store[k]));
    assert_undisturbed(store[k]);
  }
}

static void another_experiment_keeps_its_stores(void **state)
{
  (void)state;
  static const char *const line[] = {"run --jobs 2", "prepare"};
  for (size_t k = 0; k < 2; k++) {
    reset();
    change("name: small\nseed: 3", "name: large\nseed: 4");
    assert_int_equal(fragile_command(line[k]), 1);
    assert_has(errors, "belongs to the experiment 'small', this one is 'large'");
    assert_has(errors, "give it an `output` of its own");
    assert_undisturbed("world/grid.nc");
    assert_undisturbed("prepare.nc");
  }
  reset();
  change("name: small", "name: renamed"); /* and nothing else */
  assert_int_equal(fragile_command("run --jobs 2"), 0);
  assert_undisturbed("fragile/calibrate.nc");
}

/* Sites of settings that were tried wait until those are back. */
static void a_setting_that_was_tried_costs_nothing(void **state)
{
  (void)state;
  reset();
  remove(fragile_path("fragile/calibrate.nc"));
  setenv("FRAGILE", "loop", 1); /* the host is ended while sites are in work, some are done */
  assert_int_equal(
      system(scratch_print("timeout -s KILL 3 %s --plugin-path %s calibrate --jobs 2 %s/e.yaml "
                           ">%s/log 2>&1",
                           getenv("PRODA"), scratch_directory, scratch_directory,
                           scratch_directory)) == 0,
      0);
  unsetenv("FRAGILE");
  change("formal_run: 1000", "formal_run: 1001");
  assert_int_equal(fragile_command("calibrate --jobs 2"), 0);
  assert_has(output, "for a run with those, and may be removed");
  text_write(scratch_path("e.yaml"), fragile_experiment);
  assert_int_equal(fragile_command("calibrate --jobs 2"), 0);
  assert_has(output, "going on with");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_stage_alone_wants_current_stores),
      cmocka_unit_test(damage_is_found_and_mended),
      cmocka_unit_test(another_experiment_keeps_its_stores),
      cmocka_unit_test(a_setting_that_was_tried_costs_nothing),
  };
  return cmocka_run_group_tests(tests, setup, scratch_teardown);
}
