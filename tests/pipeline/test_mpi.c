/* Calibration by ranks under mpirun: the bytes of one worker, whatever is killed on the way; a
 * structure that goes wrong at some sites costs those sites only; a rank that sees other inputs, or
 * a launcher that starts a program without MPI, is refused. */
#include <signal.h>
#include <stdbool.h>

#include "kills.h"

enum { RANKS = 4 };

static const char *mpirun; /* "" where proda is configured without MPI */

static int setup(void **state)
{
  mpirun = getenv("PRODA_MPIRUN");
  if (!mpirun)
    mpirun = "";
  setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 1);
  setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 1);
  setenv("OMPI_MCA_odls_base_sigkill_timeout", "0", 1);
  setenv("OMPI_MCA_btl_vader_single_copy_mechanism", "none", 1); /* for containers */
  if (scratch_setup(state) || fragile_build() || fragile_command("prepare") ||
      fragile_undisturbed("calibrate --jobs 1"))
    return -1;
  return 0;
}

static void need_mpi(void)
{
  if (!*mpirun) {
    print_message("  proda is configured without MPI: left out\n");
    skip();
  }
}

static void begin_anew(void)
{
  remove(fragile_path("fragile/calibrate.nc"));
  remove(fragile_path("fragile/calibrate.journal"));
}

/* What `mpirun -n RANKS proda ARGUMENTS e.yaml` ends with. */
static int ranks(const char *arguments)
{
  char command[8192];
  snprintf(
      command, sizeof command,
      "%s -n %d --oversubscribe --bind-to none %s --plugin-path %s %s %s/e.yaml >%s/out 2>%s/err",
      mpirun, RANKS, getenv("PRODA"), scratch_directory, arguments, scratch_directory,
      scratch_directory, scratch_directory);
  int status = system(command); /* NOLINT(cert-env33-c): a test */
  program_read(scratch_path("out"), output, sizeof output);
  program_read(scratch_path("err"), errors, sizeof errors);
  assert_true(WIFEXITED(status));
  return WEXITSTATUS(status);
}

static void assert_once(const char *text, const char *part)
{
  assert_has(text, part);
  if (strstr(strstr(text, part) + 1, part))
    fail_msg("more than once '%s' in: %s", part, text);
}

static void bytes_do_not_depend_on_ranks(void **state)
{
  (void)state;
  need_mpi();
  for (int jobs = 1; jobs <= 2; jobs++) {
    begin_anew();
    if (ranks(scratch_print("calibrate --jobs %d", jobs)) != 0)
      fail_msg("%s", errors);
    assert_once(output, scratch_print("%d ranks of %d worker", RANKS, jobs));
    assert_once(output, "calibrate fragile: 40 sites");
    assert_undisturbed("fragile/calibrate.nc");
  }
}

static void only_sites_at_fault_are_lost(void **state)
{
  (void)state;
  need_mpi();
  begin_anew();
  setenv("FRAGILE", "segfault", 1);
  assert_int_equal(fragile_command("calibrate --jobs 2"), 0);
  assert_has(output, "crashed");
  scratch_copy(fragile_path("fragile/calibrate.nc"), scratch_path("crashed.nc"), SIZE_MAX);
  begin_anew();
  int status = ranks("calibrate");
  unsetenv("FRAGILE");
  if (status != 0)
    fail_msg("%s", errors);
  assert_int_equal(system(scratch_print("cmp %s %s/crashed.nc",
                                        fragile_path("fragile/calibrate.nc"), scratch_directory)),
                   0);
  begin_anew();
}

/* ---- kills ---- */

static pid_t start(void)
{
  pid_t pid = fork();
  if (pid == 0) {
    if (!freopen(scratch_path("log"), "w", stdout) || !freopen(scratch_path("log"), "a", stderr))
      _exit(1);
    execl(mpirun, mpirun, "-n", "4", "--oversubscribe", "--bind-to", "none", getenv("PRODA"),
          "--plugin-path", scratch_directory, "calibrate", scratch_path("e.yaml"), (char *)NULL);
    _exit(127);
  }
  return pid;
}

/* Blows fall on mpirun, on the first rank or another, on the process of either that works, or on
 * one of its workers. */
static void strike(pid_t launcher, int k)
{
  pid_t rank = child_of(launcher, k % 2 ? 0 : 1 + k % (RANKS - 1)), work = child_of(rank, 0);
  const pid_t target[] = {work, launcher, rank, child_of(work, 0)};
  pid_t pid = target[k / 2 % 4];
  usleep((useconds_t)(k * 7919 % 30) * 100);
  if (pid > 0)
    kill(pid, SIGKILL);
}

/* One run at a time: what mpirun left behind ends within a second, which the lock waits for. */
static void killed_runs_end_alike(void **state)
{
  (void)state;
  need_mpi();
  const char *asked = getenv("PRODA_TEST_KILLS");
  int kills = asked ? atoi(asked) : 4, n_met = 0, k = 0;
  begin_anew();
  for (; n_met < kills && k < 10 * kills; k++) {
    int status = 0;
    pid_t launcher = start();
    if (wait_for_sites(launcher, &status)) {
      strike(launcher, k);
      assert_int_equal(waitpid(launcher, &status, 0), launcher);
      n_met += status != 0;
    }
    if (access(fragile_path("fragile/calibrate.nc"), F_OK) == 0) {
      assert_undisturbed("fragile/calibrate.nc");
      begin_anew();
    }
  }
  assert_int_equal(n_met, kills);
  print_message("  %d kills in %d runs\n", n_met, k);
  usleep(1000000);
  if (ranks("calibrate") != 0)
    fail_msg("%s", errors);
  assert_undisturbed("fragile/calibrate.nc");
}

/* A rank that is asked to stop makes all stop, and says so by the first. */
static void says_how_to_go_on(void **state)
{
  (void)state;
  need_mpi();
  for (int k = 0; k < 2; k++) {
    int status;
    begin_anew();
    pid_t launcher = start();
    assert_true(wait_for_sites(launcher, &status));
    kill(k ? launcher : child_of(launcher, 2), k ? SIGUSR1 : SIGTERM);
    assert_int_equal(waitpid(launcher, &status, 0), launcher);
    program_read(scratch_path("log"), output, sizeof output);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 0);
    assert_once(output, "sites done, which are kept; the same command goes on from there");
    assert_int_equal(ranks("calibrate"), 0);
    assert_has(output, "going on with");
    assert_undisturbed("fragile/calibrate.nc");
  }
}

/* ---- refusals ---- */

/* Each rank reads an experiment of its own: as where machines share no file system. */
static void other_inputs_are_refused(void **state)
{
  (void)state;
  need_mpi();
  static const char *const script =
      "#!/bin/sh\ncd \"$(dirname \"$0\")\"\ntest $OMPI_COMM_WORLD_RANK = 2 && shift\n"
      "exec \"$PRODA\" --plugin-path . calibrate \"$1\"\n";
  text_write(scratch_path("apart.sh"), script);
  chmod(scratch_path("apart.sh"), 0755);
  assert_int_equal(system(scratch_print("sed 's/seed: 3/seed: 4/' %s/e.yaml >%s/other.yaml",
                                        scratch_directory, scratch_directory)),
                   0);
  static const char *const other[] = {"other.yaml", "absent.yaml"};
  static const char *const message[] = {"are not the same here as on rank 0", "absent.yaml"};
  for (int k = 0; k < 2; k++) {
    begin_anew();
    int status = system(scratch_print(
        "%s -n %d --oversubscribe --bind-to none %s/apart.sh e.yaml %s >%s/out 2>%s/err", mpirun,
        RANKS, scratch_directory, other[k], scratch_directory, scratch_directory));
    program_read(scratch_path("err"), errors, sizeof errors);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    assert_once(errors, "proda: ");
    assert_has(errors, "rank 2 on ");
    assert_has(errors, message[k]);
  }
  begin_anew();
}

/* The environment is all that the program sees of a launcher: srun's, here, without its MPI. */
static void ranks_that_cannot_meet_are_refused(void **state)
{
  (void)state;
  setenv("SLURM_STEP_NUM_TASKS", "3", 1);
  setenv("SLURM_PROCID", "0", 1);
  begin_anew();
  assert_int_equal(fragile_command("calibrate"), 1);
  assert_has(errors, "a launcher started this program 3 times, ");
  assert_has(errors, *mpirun ? "MPI sees 1 of it" : "it is built without MPI");
  assert_int_equal(fragile_command("calibrate --jobs 0"), 2);
  setenv("SLURM_PROCID", "1", 1);
  assert_int_equal(fragile_command("calibrate"), 0);
  assert_string_equal(output, "");
  assert_string_equal(errors, "");
  assert_int_equal(proda("list"), 0);
  assert_string_equal(output, "");
  unsetenv("SLURM_PROCID");
  unsetenv("SLURM_STEP_NUM_TASKS");
}

static void the_first_does_what_is_not_shared(void **state)
{
  (void)state;
  need_mpi();
  assert_int_equal(ranks("prepare"), 0);
  assert_once(output, "prepare: up to date");
  assert_int_equal(ranks("calibrate --jobs x"), 2);
  assert_once(errors, "proda: ");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ranks_that_cannot_meet_are_refused),
      cmocka_unit_test(bytes_do_not_depend_on_ranks),
      cmocka_unit_test(only_sites_at_fault_are_lost),
      cmocka_unit_test(says_how_to_go_on),
      cmocka_unit_test(other_inputs_are_refused),
      cmocka_unit_test(the_first_does_what_is_not_shared),
      cmocka_unit_test(killed_runs_end_alike),
  };
  return cmocka_run_group_tests(tests, setup, scratch_teardown);
}
