/* Runs that are killed or asked to stop at any moment, in any stage, with any number of workers:
 * run again, each ends with the bytes of an undisturbed run. */
#include <signal.h>
#include <stdbool.h>
#include <time.h>

#include "kills.h"

/* In the order in which they are made. */
static const char *const made[] = {
    "world/grid.nc",        "world/profiles.nc", "world/truth.nc",   "prepare.nc",
    "fragile/calibrate.nc", "fragile/screen.nc", "fragile/train.nc", "fragile/map_grid.nc",
    "fragile/map.nc",       "compare.nc",        "report.html",
};
enum { N_MADE = sizeof made / sizeof *made };

static double duration; /* of an undisturbed run, seconds */
static uint64_t chance = 1;

static double now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* In [0, 1). */
static double uniform(void)
{
  chance = chance * 6364136223846793005u + 1442695040888963407u;
  return (double)(chance >> 11) * 0x1p-53;
}

static void rest(double seconds)
{
  struct timespec t = {(time_t)seconds, (long)(1e9 * (seconds - (double)(time_t)seconds))};
  nanosleep(&t, NULL);
}

static int setup(void **state)
{
  if (scratch_setup(state) || fragile_build())
    return -1;
  double start = now();
  int status = fragile_undisturbed("run --jobs 2");
  duration = now() - start;
  return status;
}

/* Starts a command and leaves it alone; its process. */
static pid_t start(const char *name, int jobs)
{
  pid_t pid = fork();
  if (pid == 0) {
    if (!freopen(scratch_path("log"), "w", stdout) || !freopen(scratch_path("log"), "a", stderr))
      _exit(1);
    const char *program = getenv("PRODA");
    execl(program, program, "--plugin-path", scratch_directory, name, "--jobs",
          scratch_print("%d", jobs), scratch_path("e.yaml"), (char *)NULL);
    _exit(127);
  }
  return pid;
}

/* Until some sites are done and the next are in work; whether the run is still at it. */
static bool wait_into_sites(pid_t host, int *status)
{
  bool at_work = wait_for_sites(host, status);
  if (at_work)
    rest(0.003 * uniform());
  return at_work;
}

/* Blows fall on the program, on the process that works, on one of its workers; as a kill or as one
 * signal or two that ask it to stop. */
static void strike(pid_t host)
{
  pid_t work = child_of(host, 0), worker = child_of(work, 0), target = host;
  int signal = uniform() < 0.5 ? SIGKILL : uniform() < 0.5 ? SIGTERM : SIGINT;
  double where = uniform();
  if (signal == SIGKILL && where < 0.2 && worker > 0)
    target = worker;
  else if (signal == SIGKILL && where < 0.5 && work > 0)
    target = work;
  kill(target, signal);
  if (signal != SIGKILL && where < 0.3) {
    rest(0.01 * uniform());
    kill(host, signal);
  }
}

/* Strikes a run, every other time once some sites are calibrated, else at any moment. Whether the
 * blow met a run that was still at work. */
static bool disturb(int jobs, int k)
{
  pid_t host = start("run", jobs);
  int status = 0;
  bool at_work = true;
  if (k % 2)
    at_work = wait_into_sites(host, &status);
  else
    rest(1.1 * duration * uniform());
  if (at_work && waitpid(host, &status, WNOHANG) == host)
    at_work = false;
  if (!at_work)
    return false;
  strike(host);
  assert_int_equal(waitpid(host, &status, 0), host);
  return true;
}

static void assert_all_undisturbed(void)
{
  for (size_t i = 0; i < N_MADE; i++)
    assert_undisturbed(made[i]);
  assert_no_temporary();
}

static bool is_done(void)
{
  return access(fragile_path(made[N_MADE - 1]), F_OK) == 0;
}

/* Each run that comes to its end ends alike. */
static void killed_runs_end_alike(void **state)
{
  (void)state;
  static const int jobs[] = {1, 2, 5};
  const char *asked = getenv("PRODA_TEST_KILLS");
  int kills = asked ? atoi(asked) : 4;
  for (size_t j = 0; j < 3; j++) {
    int n_met = 0, n_ends = 0, k = 0;
    scratch_remove(fragile_path(""));
    for (; n_met < kills && k < 10 * kills; k++) {
      n_met += disturb(jobs[j], k);
      if (is_done()) {
        assert_all_undisturbed();
        scratch_remove(fragile_path(""));
        n_ends++;
      }
    }
    assert_int_equal(n_met, kills);
    assert_int_equal(fragile_command(scratch_print("run --jobs %d", jobs[j])), 0);
    assert_all_undisturbed();
    print_message("  %d workers: %d blows in %d runs, %d ended byte-equal\n", jobs[j], n_met, k + 1,
                  n_ends + 1);
  }
}

/* What a stopped run says, and with which status it ends. */
static void assert_stopped(pid_t host, int signal, const char *part)
{
  int status;
  assert_int_equal(waitpid(host, &status, 0), host);
  program_read(scratch_path("log"), output, sizeof output);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 128 + signal)
    fail_msg("ended with %x: %s", (unsigned)status, output);
  assert_has(output, part);
}

static void says_how_to_go_on(void **state)
{
  (void)state;
  int status;
  remove(fragile_path("fragile/calibrate.nc"));
  pid_t host = start("calibrate", 2);
  assert_true(wait_into_sites(host, &status));
  kill(host, SIGINT);
  assert_stopped(host, SIGINT, "sites done, which are kept; the same command goes on from there");
  host = start("calibrate", 2);
  assert_true(wait_into_sites(host, &status));
  kill(host, SIGTERM);
  kill(host, SIGTERM);
  assert_stopped(host, SIGTERM, "the same command goes on from there");
  assert_int_equal(fragile_command("calibrate --jobs 2"), 0);
  assert_has(output, "going on with");
}

/* Stages that do not look for signals are ended at once, with the same advice. */
static void other_stages_end_at_once(void **state)
{
  (void)state;
  fragile_restore();
  remove(fragile_path("fragile/train.nc"));
  setenv("FRAGILE", "sleep", 1); /* when the structure is run at the profiles */
  pid_t host = start("run", 2);
  rest(0.5 + duration);
  kill(host, SIGTERM);
  assert_stopped(host, SIGTERM, "stopped at train fragile; what was finished is kept");
  unsetenv("FRAGILE");
  assert_int_equal(fragile_command("run --jobs 2"), 0);
  assert_all_undisturbed();
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(killed_runs_end_alike),
      cmocka_unit_test(says_how_to_go_on),
      cmocka_unit_test(other_stages_end_at_once),
  };
  return cmocka_run_group_tests(tests, setup, scratch_teardown);
}
