/* What `proda status` tells before, during and after runs, and after what may happen to them. */
#include <fcntl.h>
#include <signal.h>

#include "pipeline/lock.h"
#include "plugin/planting.h"
#include "program.h"
#include "stores.h"

static const char experiment[] =
    "proda: 1\nkind: experiment\nname: small\nseed: 3\noutput: results\n"
    "data:\n  synth: {truth: clm5, profiles: 40, resolution: 15, noise: 0.1}\n"
    "structures:\n  - {model: clm5}\n"
    "calibrate:\n  sampler: adaptive_metropolis\n"
    "  settings: {test_run: 1000, formal_run: 2000}\n"
    "  observation: {error: lognormal, sd: 0.1}\n  keep: 20\n"
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

static void tells(const char *place, const char *const *part, size_t n)
{
  assert_int_equal(proda(scratch_print("status %s", place)), 0);
  for (size_t i = 0; i < n; i++)
    assert_has(output, part[i]);
  assert_string_equal(errors, "");
}

#define TELLS(place, ...)                                                                          \
  do {                                                                                             \
    static const char *const part_[] = {__VA_ARGS__};                                              \
    tells(place, part_, sizeof part_ / sizeof *part_);                                             \
  } while (0)

static void before_anything(void **state)
{
  (void)state;
  TELLS(scratch_path("e.yaml"), "small, output in ", "No run is at work.\n", "not there yet",
        "8 of 8 stages remain, from world on: `proda run ");
  assert_int_not_equal(access(scratch_path("results"), F_OK), 0);
}

static void wait_for_growth(const char *journal, off_t size)
{
  struct stat file;
  while (stat(journal, &file) != 0 || file.st_size <= size)
    usleep(1000);
}

/* All processes of the run stand still, and are killed. */
static void while_a_calibration_is_at_work(void **state)
{
  (void)state;
  char journal[2100];
  snprintf(journal, sizeof journal, "%s", scratch_path("results/clm5/calibrate.journal"));
  pid_t pid = fork();
  if (pid == 0) {
    const char *program = getenv("PRODA");
    setpgid(0, 0);
    execl(program, program, "--quiet", "run", "--jobs", "1", scratch_path("e.yaml"), NULL);
    _exit(127);
  }
  wait_for_growth(journal, 4000);
  kill(-pid, SIGSTOP);
  TELLS(scratch_path("e.yaml"), "A run is at work: `proda run ", "; now calibrate clm5, since ",
        " of 40 sites");
  TELLS(scratch_path("results"), "small, output in ", "; now calibrate clm5, since ", "  prepare ",
        "up to date", "the run at work goes on with them");
  kill(-pid, SIGKILL);
  waitpid(pid, NULL, 0);
  while (proda(scratch_print("status %s", scratch_path("results"))) == 0 &&
         strstr(output, "A run is at work"))
    usleep(10000);
  TELLS(scratch_path("results"), "No run is at work. The last one: `proda run ",
        ", was killed in calibrate clm5.", "calibrate clm5: ", " of 40 sites",
        "6 of 8 stages remain, from calibrate clm5 on: `proda run ");
}

/* The journal of other settings is told as such. */
static void after_a_change_of_settings(void **state)
{
  (void)state;
  char changed[sizeof experiment + 16];
  snprintf(changed, sizeof changed, "%s", experiment);
  memcpy(strstr(changed, "sd: 0.1"), "sd: 0.2", 7);
  text_write(scratch_path("other.yaml"), changed);
  TELLS(scratch_path("other.yaml"),
        "calibrate clm5: a journal of other inputs, settings or plugins is there");
}

static void when_all_is_done(void **state)
{
  (void)state;
  assert_int_equal(proda(scratch_print("run %s", scratch_path("e.yaml"))), 0);
  TELLS(scratch_path("e.yaml"), ", ended (done) at ", "All 8 stages are up to date");
  assert_null(strstr(output, "not there yet"));
  TELLS(scratch_path("other.yaml"), "  calibrate clm5 ",
        "stale: ", "there, but a stage before it is not up to date",
        "6 of 8 stages remain, from calibrate clm5 on");
}

static void of_a_damaged_store(void **state)
{
  (void)state;
  char store[2100];
  snprintf(store, sizeof store, "%s", scratch_path("results/clm5/screen.nc"));
  scratch_copy(store, scratch_path("whole.nc"), SIZE_MAX);
  scratch_copy(scratch_path("whole.nc"), store, 2000);
  TELLS(scratch_path("e.yaml"), "damaged: ", "5 of 8 stages remain, from screen clm5 on");
  scratch_copy(scratch_path("whole.nc"), store, SIZE_MAX);
}

/* Where the experiment is gone only files can be told of. */
static void of_a_directory_alone(void **state)
{
  (void)state;
  assert_int_equal(rename(scratch_path("e.yaml"), scratch_path("gone.yaml")), 0);
  TELLS(scratch_path("results"), "Output in ", "The last one: `proda run ", " there\n",
        "only the experiment can tell");
  assert_int_equal(rename(scratch_path("gone.yaml"), scratch_path("e.yaml")), 0);
  assert_int_equal(mkdir(scratch_path("empty"), 0777), 0);
  assert_int_equal(proda(scratch_print("status %s", scratch_path("empty"))), 1);
  assert_has(errors, "/empty: is no output of proda: ");
  assert_int_equal(proda(scratch_print("status %s", scratch_path("nowhere"))), 1);
  assert_has(errors, "/nowhere: ");
  assert_int_equal(proda("status"), 2);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(before_anything),
      cmocka_unit_test(while_a_calibration_is_at_work),
      cmocka_unit_test(after_a_change_of_settings),
      cmocka_unit_test(when_all_is_done),
      cmocka_unit_test(of_a_damaged_store),
      cmocka_unit_test(of_a_directory_alone),
  };
  return cmocka_run_group_tests(tests, setup, scratch_teardown);
}
