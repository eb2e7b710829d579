/* Work in a process of its own: how it ends is told by name, whatever it does to itself. */
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "core/guard.h"
#include "testing.h"

enum way {
  WELL,
  FAILS,
  SEGFAULT,
  ABORTS,
  EXITS,
  LOOPS,
  SLEEPS,
  KILLED,
  STEPS,
  ATTENDS,
  FAILS_AT_EXIT
};

struct errand {
  enum way way;
  double limit;
  const char *calling; /* NULL: no plugin is called */
};

static struct proda_error error;
static int asked_by;

static void pause_for(double seconds)
{
  struct timespec t = {(time_t)seconds, (long)(1e9 * (seconds - (double)(time_t)seconds))};
  while (nanosleep(&t, &t) != 0)
    ;
}

static void abort_at_exit(void)
{
  signal(SIGABRT, SIG_DFL);
  abort();
}

static int finish_when_asked(struct proda_guard *guard, struct proda_error *problem)
{
  struct proda_stop *stop = proda_guard_stop(guard);
  stop->attended = 1;
  kill(getppid(), SIGTERM);
  kill(getppid(), SIGTERM); /* as timeout(1) does: that is one */
  while (!stop->asked)
    pause_for(0.01);
  pause_for(0.3); /* is not ended meanwhile */
  if (stop->asked != 1)
    return proda_error_set(problem, "was asked %d times", (int)stop->asked);
  kill(getppid(), SIGTERM);
  while (stop->asked < 2)
    pause_for(0.01);
  return proda_error_set(problem, "stopped with all in order");
}

static int work(void *context, struct proda_guard *guard, struct proda_error *problem)
{
  const struct errand *errand = context;
  proda_guard_stage(guard, "calibrate", "soil");
  if (errand->calling)
    proda_guard_call(guard, "model", "shaky", errand->calling, errand->limit);
  signal(SIGSEGV, SIG_DFL); /* a sanitizer would exit */
  signal(SIGABRT, SIG_DFL);
  switch (errand->way) {
  case WELL:
    return 0;
  case FAILS:
    proda_error_set(problem, "this did not go well");
    return 2;
  case SEGFAULT:
    raise(SIGSEGV);
    break;
  case ABORTS:
    abort();
  case EXITS:
    exit(0);
  case LOOPS:
    for (volatile unsigned i = 0;; i = i + 1)
      ;
  case SLEEPS:
    pause_for(3600);
    break;
  case KILLED:
    kill(getppid(), SIGINT);
    pause_for(3600);
    break;
  case STEPS:
    for (int i = 0; i < 8; i++) {
      pause_for(0.1);
      proda_guard_renew(guard);
    }
    proda_guard_return(guard);
    pause_for(0.7); /* of its own time */
    return 0;
  case ATTENDS:
    return finish_when_asked(guard, problem);
  case FAILS_AT_EXIT:
    atexit(abort_at_exit);
    return 0;
  }
  return 0;
}

static int run(enum way way, const char *calling, double limit)
{
  struct errand errand = {way, limit, calling};
  const struct proda_guarded guarded = {.run = work, .context = &errand, .stage = "run"};
  error.message[0] = '\0';
  return proda_guard_run(&guarded, &asked_by, &error);
}

static void assert_told(enum way way, const char *calling, double limit, const char *part)
{
  assert_int_equal(run(way, calling, limit), PRODA_ERROR);
  if (!strstr(error.message, part))
    fail_msg("'%s' lacks '%s'", error.message, part);
}

static void results_come_back(void **state)
{
  (void)state;
  assert_int_equal(run(WELL, "it was created", 0), 0);
  assert_int_equal(run(FAILS, "it was created", 0), 2);
  assert_string_equal(error.message, "this did not go well");
  assert_int_equal(asked_by, 0);
}

static void the_plugin_is_named(void **state)
{
  (void)state;
  assert_told(
      SEGFAULT, "it was created", 0,
      "calibrate soil: the model shaky was killed by signal 11, Segmentation fault while it "
      "was created; `proda check shaky`");
  assert_told(ABORTS, "it learned", 0, "signal 6, Aborted while it learned");
  assert_told(EXITS, "it was loaded", 0, "the model shaky was ended by a call of exit(0) while");
  assert_told(LOOPS, "it was created", 0.2,
              "took more than the limit of 0.2 s while it was created");
  assert_told(SLEEPS, "it was created", 0.05, "took more than the limit of 0.05 s");
  assert_told(SEGFAULT, NULL, 0, "calibrate soil: the process was killed by signal 11");
  assert_told(FAILS_AT_EXIT, "it was created", 0, "the end of the process: the process was killed");
}

static void steps_renew_the_limit(void **state)
{
  (void)state;
  assert_int_equal(run(STEPS, "it learned", 0.05), 0);
}

static void signals_end_what_does_not_attend(void **state)
{
  (void)state;
  assert_told(KILLED, "it learned", 0, "stopped at calibrate soil; what was finished is kept");
  assert_int_equal(asked_by, SIGINT);
}

static void signals_wait_for_what_attends(void **state)
{
  (void)state;
  assert_told(ATTENDS, NULL, 0, "stopped with all in order");
  assert_int_equal(asked_by, SIGTERM);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(results_come_back),
      cmocka_unit_test(the_plugin_is_named),
      cmocka_unit_test(steps_renew_the_limit),
      cmocka_unit_test(signals_end_what_does_not_attend),
      cmocka_unit_test(signals_wait_for_what_attends),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
