/* A run as its user sees it: on a terminal one line that is never wider than it, elsewhere lines of
 * a log, with --quiet nothing. The terminal is a pseudo-terminal of the system. */
#define _GNU_SOURCE /* memmem */
#include <pty.h>
#include <termios.h>

#include "plugin/planting.h"
#include "program.h"
#include "stores.h"

static const char experiment[] =
    "proda: 1\nkind: experiment\nname: small\nseed: 3\noutput: results\n"
    "data:\n  synth: {truth: clm5, profiles: 40, resolution: 15, noise: 0.1}\n"
    "structures:\n  - {model: clm5}\n"
    "calibrate:\n  sampler: adaptive_metropolis\n"
    "  settings: {test_run: 300, formal_run: 600}\n"
    "  observation: {error: lognormal, sd: 0.1}\n  keep: 20\n"
    "train: {emulator: mlp}\n";

static int setup(void **state)
{
  if (scratch_setup(state))
    return -1;
  text_write(scratch_path("e.yaml"), experiment);
  return proda(scratch_print("prepare %s", scratch_path("e.yaml")));
}

/* What `proda ARGUMENT calibrate EXPERIMENT` writes to a terminal of so many columns. */
static void on_terminal(const char *argument, const char *file, unsigned short columns)
{
  struct winsize size = {.ws_row = 24, .ws_col = columns};
  int terminal;
  pid_t pid = forkpty(&terminal, NULL, NULL, &size);
  assert_true(pid >= 0);
  if (pid == 0) {
    const char *program = getenv("PRODA");
    execl(program, program, argument, "calibrate", scratch_path(file), NULL);
    _exit(127);
  }
  size_t used = 0;
  for (ssize_t n; used < sizeof output - 1 &&
                  (n = read(terminal, output + used, sizeof output - 1 - used)) > 0;)
    used += (size_t)n;
  output[used] = '\0';
  int status;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  close(terminal);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    print_error("%s\n", output);
  assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void begin_anew(void)
{
  remove(scratch_path("results/clm5/calibrate.nc"));
}

/* Of the lines that were drawn over: one as wide as the terminal would have gone on to the next. */
static size_t widest_drawn(void)
{
  size_t widest = 0;
  for (const char *at = output; (at = strstr(at, "\r\033[K")); at++) {
    size_t width = strcspn(at + 4, "\r\n");
    if (strncmp(at + 4 + width, "\r\033", 2) == 0)
      widest = width > widest ? width : widest;
  }
  return widest;
}

static void one_line_fits_the_terminal(void **state)
{
  (void)state;
  static const unsigned short columns[] = {120, 40, 17};
  for (size_t k = 0; k < 3; k++) {
    begin_anew();
    on_terminal("--plugin-path=", "e.yaml", columns[k]);
    assert_in_range(widest_drawn(), 1, columns[k] - 1U);
    assert_has(output, k == 2 ? "calibrate clm5:" : "calibrate clm5: 0 of 40 sites");
  }
}

/* Whatever is printed finds the line cleared: no line of the log begins behind it. */
static void log_lines_stand_alone(void **state)
{
  (void)state;
  begin_anew();
  on_terminal("--plugin-path=", "e.yaml", 100);
  for (const char *at = output; (at = strstr(at, "\r\033[K")); at++) {
    const char *drawn = at + 4;
    size_t width = strcspn(drawn, "\r\n");
    if (strncmp(drawn + width, "\r\n", 2) == 0) /* a line that ends so was printed, not drawn */
      assert_null(memmem(drawn, width, " of 40 sites,", 13));
  }
  assert_has(output, "calibrate clm5: 40 sites: ");
}

/* A chain that may try one start only finds none at many sites: of the prior 72 % are valid. */
static void failures_have_their_reasons(void **state)
{
  (void)state;
  char strict[sizeof experiment + 32];
  const char *rest = strstr(experiment, "formal_run");
  snprintf(strict, sizeof strict, "%.*sstart_tries: 1, %s", (int)(rest - experiment), experiment,
           rest);
  text_write(scratch_path("strict.yaml"), strict);
  begin_anew();
  on_terminal("--plugin-path=", "strict.yaml", 120);
  assert_has(output, " failed: ");
  assert_has(output, " no_valid_start");
}

static void quiet_says_nothing(void **state)
{
  (void)state;
  begin_anew();
  on_terminal("--quiet", "e.yaml", 100);
  assert_string_equal(output, "");
}

/* Without a terminal there is no drawing, and nothing on standard error. */
static void log_has_plain_lines(void **state)
{
  (void)state;
  begin_anew();
  assert_int_equal(proda(scratch_print("calibrate %s", scratch_path("e.yaml"))), 0);
  assert_null(strchr(output, '\r'));
  assert_null(strchr(output, '\033'));
  assert_string_equal(errors, "");
}

/* And touches nothing. */
static void second_run_is_refused(void **state)
{
  (void)state;
  struct proda_error error = {""};
  struct proda_lock *lock = NULL;
  begin_anew();
  assert_ok(proda_lock_take(scratch_path("results"), "proda run f.yaml", "f.yaml", &lock, &error),
            error);
  proda_lock_note(lock, "calibrate clm5");
  static const char *const command[] = {"run",   "prepare", "calibrate", "screen",
                                        "train", "map",     "compare",   "report"};
  for (size_t k = 0; k < sizeof command / sizeof *command; k++) {
    assert_int_equal(proda(scratch_print("%s %s", command[k], scratch_path("e.yaml"))), 1);
    assert_has(errors, "another run is at work there: process ");
    assert_has(errors, "`proda run f.yaml`, now calibrate clm5");
    assert_string_equal(output, "");
  }
  assert_int_not_equal(access(scratch_path("results/clm5/calibrate.nc"), F_OK), 0);
  proda_lock_release(lock, "done");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_line_fits_the_terminal),  cmocka_unit_test(log_lines_stand_alone),
      cmocka_unit_test(failures_have_their_reasons), cmocka_unit_test(quiet_says_nothing),
      cmocka_unit_test(log_has_plain_lines),         cmocka_unit_test(second_run_is_refused),
  };
  return cmocka_run_group_tests(tests, setup, scratch_teardown);
}
