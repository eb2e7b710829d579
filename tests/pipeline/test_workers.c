/* Calibration by worker processes: the same bytes whatever their number and whatever was killed on
 * the way; a structure that crashes, exits, hangs or eats memory at some sites costs those sites
 * only, and the store says why. */
#include <signal.h>
#include <stdbool.h>

#include "pipeline/ledger.h"
#include "plugin/planting.h"
#include "program.h"
#include "stores.h"

enum { PROFILES = 60 };

static const char experiment[] =
    "proda: 1\nkind: experiment\nname: small\nseed: 3\noutput: results\n"
    "data:\n  synth: {truth: fragile, profiles: 60, resolution: 15, noise: 0.1}\n"
    "structures:\n  - {model: fragile}\n"
    "calibrate:\n  sampler: adaptive_metropolis\n"
    "  settings: {test_run: 500, formal_run: 1000}\n"
    "  observation: {error: lognormal, sd: 0.1}\n  keep: 20\n"
    "train: {emulator: mlp}\n";

static double *state_before, *mean_before;
static size_t n_sites, n_means;

static int command(const char *line)
{
  return proda(
      scratch_print("--plugin-path %s %s %s/e.yaml", scratch_directory, line, scratch_directory));
}

static const char *store(void)
{
  return scratch_path("results/fragile/calibrate.nc");
}

static int setup(void **state)
{
  if (scratch_setup(state))
    return -1;
  static const char *const file[] = {"fragile.yaml", "fragile.c", NULL};
  plant_sources("pipeline/fragile", "fragile", file);
  text_write(scratch_path("e.yaml"), experiment);
  unsetenv("FRAGILE");
  if (proda(scratch_print("build %s/fragile", scratch_directory)) || command("prepare") ||
      command("calibrate --jobs 1")) {
    print_error("%s", errors);
    return -1;
  }
  scratch_copy(store(), scratch_path("undisturbed.nc"), SIZE_MAX);
  state_before = store_read(store(), "state", &n_sites);
  mean_before = store_read(store(), "mean", &n_means);
  return 0;
}

static int teardown(void **state)
{
  free(state_before);
  free(mean_before);
  return scratch_teardown(state);
}

static void begin_anew(void)
{
  remove(store());
  remove(scratch_path("results/fragile/calibrate.journal"));
}

static void assert_undisturbed(void)
{
  assert_int_equal(system(scratch_print("cmp %s %s", store(), scratch_path("undisturbed.nc"))), 0);
}

static void bytes_do_not_depend_on_workers(void **state)
{
  (void)state;
  static const int jobs[] = {0, 2, 5};
  for (size_t k = 0; k < 3; k++) {
    begin_anew();
    assert_int_equal(command(scratch_print("calibrate --jobs %d", jobs[k])), 0);
    assert_undisturbed();
  }
}

/* The lost sites, the others being as they were. */
static size_t lost_sites(bool *lost)
{
  size_t n = 0, per_site = n_means / n_sites;
  double *state = store_read(store(), "state", NULL), *mean = store_read(store(), "mean", NULL);
  for (size_t s = 0; s < n_sites; s++) {
    lost[s] = state[s] >= PRODA_SITE_CRASHED && state[s] <= PRODA_SITE_MEMORY_LIMIT;
    n += lost[s];
    if (!lost[s]) {
      assert_true(state[s] == state_before[s]);
      assert_memory_equal(mean + s * per_site, mean_before + s * per_site, per_site * sizeof *mean);
    }
  }
  free(state);
  free(mean);
  return n;
}

static void only_sites_at_fault_are_lost(void **state)
{
  (void)state;
  static const char *const way[] = {"segfault", "abort", "exit", "loop", "memory"};
  static const char *const reason[] = {"signal 11", "signal 6", "a call of exit(", "limit of 0.3 s",
                                       ""};
  static const char *const code[] = {"crashed", "crashed", "crashed", "time_limit", NULL};
  bool first[PROFILES], lost[PROFILES];
  size_t n_first = 0;
  for (size_t k = 0; k < 5; k++) {
    begin_anew();
    setenv("FRAGILE", way[k], 1);
    assert_int_equal(command("calibrate --jobs 2 --site-seconds 0.3 --worker-megabytes 200"), 0);
    unsetenv("FRAGILE");
    size_t n = lost_sites(lost);
    if (k == 0) {
      memcpy(first, lost, sizeof first);
      n_first = n;
    }
    assert_in_range(n, 1, n_sites / 2);
    assert_int_equal(n, n_first);
    assert_memory_equal(lost, first, n_sites * sizeof *lost);
    if (code[k])
      assert_has(output, scratch_print("%zu %s", n, code[k]));
    assert_int_equal(
        system(scratch_print("ncdump -v failure %s | grep -qF '%s'", store(), reason[k])), 0);
  }
}

/* ---- kills ---- */

/* Starts a calibration and leaves it alone; its process. */
static pid_t start(int jobs)
{
  pid_t pid = fork();
  if (pid == 0) {
    if (!freopen(scratch_path("log"), "w", stdout) || !freopen(scratch_path("log"), "a", stderr))
      _exit(1);
    const char *program = getenv("PRODA");
    execl(program, program, "--plugin-path", scratch_directory, "calibrate", "--jobs",
          scratch_print("%d", jobs), scratch_path("e.yaml"), (char *)NULL);
    _exit(127);
  }
  return pid;
}

/* One of the workers of a process, 0 where it has none. */
static pid_t worker_of(pid_t host)
{
  long pid = 0;
  FILE *file = fopen(scratch_print("/proc/%ld/task/%ld/children", (long)host, (long)host), "r");
  if (file && fscanf(file, "%ld", &pid) != 1)
    pid = 0;
  if (file)
    fclose(file);
  return (pid_t)pid;
}

static size_t journal_size(void)
{
  struct stat file;
  return stat(scratch_path("results/fragile/calibrate.journal"), &file) == 0 ? (size_t)file.st_size
                                                                             : 0;
}

/* Kills a run, or every fourth time one of its workers, once some sites are done. Whether the blow
 * met a run that was still at work. */
static bool strike(int k)
{
  static const int jobs[] = {1, 2, 5}, signals[] = {SIGKILL, SIGTERM, SIGINT};
  size_t before = journal_size();
  pid_t host = start(jobs[k % 3]);
  int status = 0;
  bool ended = false;
  while (!ended && journal_size() <= before + 1000) {
    ended = waitpid(host, &status, WNOHANG) == host;
    usleep(1000);
  }
  if (ended)
    return false;
  usleep((useconds_t)(k * 7919 % 30) * 100);
  pid_t worker = k % 4 == 3 ? worker_of(host) : 0;
  bool met = kill(worker > 0 ? worker : host, worker > 0 ? SIGKILL : signals[k % 3]) == 0;
  assert_int_equal(waitpid(host, &status, 0), host);
  return worker > 0 ? met : WIFSIGNALED(status) || WEXITSTATUS(status) != 0;
}

/* Runs go on after kills with other numbers of workers; each that comes to its end ends alike. */
static void killed_runs_end_alike(void **state)
{
  (void)state;
  const char *asked = getenv("PRODA_TEST_KILLS");
  int kills = asked ? atoi(asked) : 9, n_met = 0, k = 0;
  begin_anew();
  for (; n_met < kills && k < 10 * kills; k++) {
    n_met += strike(k);
    if (access(store(), F_OK) == 0) {
      assert_undisturbed();
      begin_anew();
    }
  }
  print_message("  %d kills of runs at work, in %d runs\n", n_met, k);
  assert_int_equal(n_met, kills);
  assert_int_equal(command("calibrate --jobs 2"), 0);
  assert_undisturbed();
}

static void says_how_to_go_on(void **state)
{
  (void)state;
  begin_anew();
  pid_t host = start(2);
  int status;
  while (journal_size() < 1000)
    usleep(1000);
  kill(host, SIGINT);
  assert_int_equal(waitpid(host, &status, 0), host);
  assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGINT);
  program_read(scratch_path("log"), output, sizeof output);
  assert_has(output, "sites done, which are kept; the same command goes on from there");
  assert_int_equal(command("calibrate --jobs 2"), 0);
  assert_has(output, "going on with");
  assert_undisturbed();
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bytes_do_not_depend_on_workers),
      cmocka_unit_test(only_sites_at_fault_are_lost),
      cmocka_unit_test(killed_runs_end_alike),
      cmocka_unit_test(says_how_to_go_on),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
