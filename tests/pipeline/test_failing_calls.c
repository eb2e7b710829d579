/* System calls that fail, one after the other, and clocks that jump: earlier stores stay whole, and
 * the same command goes on to the same bytes. The calls of all libraries are meant, HDF5's too, so
 * that they are put in between by LD_PRELOAD (failing/failing.c). */
#include <errno.h>
#include <stdbool.h>

#include "fragile.h"

static const char *const made[] = {
    "world/grid.nc",    "world/profiles.nc",    "world/truth.nc",
    "prepare.nc",       "fragile/calibrate.nc", "fragile/screen.nc",
    "fragile/train.nc", "fragile/map.nc",       "compare.nc",
};
enum { N_MADE = sizeof made / sizeof *made };

static char library[4096];

static int setup(void **state)
{
  if (scratch_setup(state) || fragile_build() || fragile_undisturbed("run --jobs 2"))
    return -1;
  snprintf(library, sizeof library, "%s", scratch_built("pipeline/failing/.libs/failing.so"));
  if (access(library, R_OK) != 0 ||
      !realpath(scratch_built("pipeline/failing/.libs/failing.so"), library))
    return -1;
  return 0;
}

static void need_preload(void)
{
#ifdef __SANITIZE_ADDRESS__
  print_message("a sanitizer's library must come first: skipped\n");
  skip();
#endif
}

/* `proda LINE` with the library before it; the environment says what it does. */
static int disturbed(const char *line)
{
  const char *command = scratch_print(
      "LD_PRELOAD=%s FAILING_BELOW=%s %s --plugin-path %s %s %s/e.yaml >%s/out 2>%s/err", library,
      fragile_path(""), getenv("PRODA"), scratch_directory, line, scratch_directory,
      scratch_directory, scratch_directory);
  int status = system(command);
  program_read(scratch_path("err"), errors, sizeof errors);
  assert_true(WIFEXITED(status));
  return WEXITSTATUS(status);
}

/* Of the process that works, which makes most of them. */
static long count_calls(const char *line)
{
  long n = 0, most = 0;
  remove(scratch_path("count"));
  setenv("FAILING_COUNT", scratch_path("count"), 1);
  assert_int_equal(disturbed(line), 0);
  unsetenv("FAILING_COUNT");
  FILE *file = fopen(scratch_path("count"), "r");
  assert_non_null(file);
  while (fscanf(file, "%ld", &n) == 1)
    most = n > most ? n : most;
  fclose(file);
  return most;
}

static void fail_at(long at, int with, bool once)
{
  setenv("FAILING_AT", scratch_print("%ld", at), 1);
  setenv("FAILING_WITH", scratch_print("%d", with), 1);
  if (once)
    setenv("FAILING_ONCE", "1", 1);
}

static void fail_no_more(void)
{
  unsetenv("FAILING_AT");
  unsetenv("FAILING_WITH");
  unsetenv("FAILING_ONCE");
}

static void assert_expected(const char *store)
{
  assert_int_equal(
      system(scratch_print("cmp %s %s", fragile_path(store), scratch_path("expected.nc"))), 0);
}

/* What is there has the bytes of the undisturbed run; the store in question those expected. */
static void check_made(const char *store)
{
  for (size_t i = 0; i < N_MADE; i++)
    if (strcmp(made[i], store) != 0)
      assert_undisturbed(made[i]);
    else if (access(fragile_path(store), F_OK) == 0)
      assert_expected(store);
}

/* Without a store, the stage that makes it: at each call that changes files, on a disk that is full
 * from there on, and with one error of the disk. */
static void check_stage(const char *line, const char *store, long stride)
{
  static const int with[] = {ENOSPC, EIO};
  int n_refused = 0, n = 0;
  fragile_restore();
  remove(fragile_path(store));
  long calls = count_calls(line);
  assert_in_range(calls, 5, 10000);
  /* The store says by which command it was made. */
  scratch_copy(fragile_path(store), scratch_path("expected.nc"), SIZE_MAX);
  for (int w = 0; w < 2; w++)
    for (long at = 1 + w; at <= calls; at += stride, n++) {
      remove(fragile_path(store));
      fail_at(at, with[w], w == 1);
      int status = disturbed(line);
      fail_no_more();
      assert_in_range(status, 0, 1);
      n_refused += status == 1;
      if (status == 1)
        assert_has(errors, "proda: ");
      check_made(store);
      assert_int_equal(fragile_command(line), 0);
      assert_expected(store);
      assert_no_temporary();
    }
  assert_in_range(n_refused, n / 2, n);
  print_message("  %s: %d failures put in, %d runs refused\n", line, n, n_refused);
}

static void each_call_of_a_stage(void **state)
{
  (void)state;
  need_preload();
  const char *asked = getenv("PRODA_TEST_KILLS"); /* the long form */
  check_stage("screen", "fragile/screen.nc", asked ? 1 : 16);
  check_stage("map", "fragile/map.nc", asked ? 4 : 250);
  check_stage("calibrate --jobs 2", "fragile/calibrate.nc", asked ? 4 : 150);
}

/* Whatever the clock of the day says: what is current is told by digests, and times are measured by
 * a clock that nobody sets. */
static void clocks_jump(void **state)
{
  (void)state;
  need_preload();
  setenv("FAILING_CLOCK", "1", 1);
  fragile_restore();
  assert_int_equal(disturbed("run --jobs 2"), 0);
  program_read(scratch_path("out"), output, sizeof output);
  assert_has(output, "calibrate fragile: up to date");
  scratch_remove(fragile_path(""));
  assert_int_equal(disturbed("run --jobs 2"), 0);
  unsetenv("FAILING_CLOCK");
  for (size_t i = 0; i < N_MADE; i++)
    assert_undisturbed(made[i]);
  assert_undisturbed("report.html");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(clocks_jump),
      cmocka_unit_test(each_call_of_a_stage),
  };
  return cmocka_run_group_tests(tests, setup, scratch_teardown);
}
