#include <config.h>

#include "core/guard.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/process.h"

enum { LOOK_NANOSECONDS = 100000000 };

/* Signals this close together are one: timeout(1) and schedulers tell a process and its group. */
#define ONE_ASKING_SECONDS 0.1

struct proda_guard {
  struct proda_stop stop;
  char stage[96], kind[16], name[96], doing[64]; /* kind "": no plugin is called */
  atomic_ulong call;                             /* number of the call; its limits stand still */
  double seconds, processor, real;               /* limit; when the call began */
  struct proda_error error;
  int result, ended; /* the work came to its end, with this */
};

/* The process as the one that waits for it sees it. */
struct watch {
  struct proda_guard *guard;
  pid_t pid;
  clockid_t clock; /* of its processor time */
  bool has_clock;
  unsigned long over; /* the call that was beyond its limit at the last look */
  int killed_for;     /* signal that it did not attend */
  double limit;       /* seconds that it was killed for, 0 where it was not */
  pid_t leader;       /* without which it ends; 0: none */
};

static double seconds_of(clockid_t clock)
{
  struct timespec t;
  return clock_gettime(clock, &t) == 0 ? (double)t.tv_sec + 1e-9 * (double)t.tv_nsec : 0;
}

/* ---- in the process that works ---- */

struct proda_stop *proda_guard_stop(struct proda_guard *guard)
{
  return guard ? &guard->stop : NULL;
}

void proda_guard_stage(struct proda_guard *guard, const char *stage, const char *structure)
{
  if (!guard)
    return;
  proda_guard_return(guard);
  snprintf(guard->stage, sizeof guard->stage, "%s%s%s", stage, structure ? " " : "",
           structure ? structure : "");
}

void proda_guard_call(struct proda_guard *guard, const char *kind, const char *name,
                      const char *doing, double seconds)
{
  if (!guard)
    return;
  proda_guard_return(guard);
  snprintf(guard->kind, sizeof guard->kind, "%s", kind);
  snprintf(guard->name, sizeof guard->name, "%s", name);
  snprintf(guard->doing, sizeof guard->doing, "%s", doing);
  guard->seconds = seconds;
  proda_guard_renew(guard);
}

void proda_guard_renew(struct proda_guard *guard)
{
  if (!guard || !guard->kind[0])
    return;
  guard->processor = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  guard->real = seconds_of(CLOCK_MONOTONIC);
  atomic_fetch_add(&guard->call, 1);
}

void proda_guard_return(struct proda_guard *guard)
{
  if (!guard)
    return;
  guard->seconds = 0;
  guard->kind[0] = '\0';
  atomic_fetch_add(&guard->call, 1);
}

/* The other process takes the signals: where both took a terminal's, one would count twice. */
static _Noreturn void work_alone(const struct proda_guarded *work, struct proda_guard *guard,
                                 const sigset_t *mask, pid_t parent)
{
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_IGN);
  if (work->follows)
    signal(SIGUSR1, SIG_IGN);
  sigprocmask(SIG_SETMASK, mask, NULL);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent)
    _exit(EXIT_FAILURE);
  guard->result = work->run(work->context, guard, &guard->error);
  proda_guard_stage(guard, "the end of the process", NULL);
  guard->ended = 1;
  exit(EXIT_SUCCESS); /* and not _exit: what looks for leaks looks here */
}

/* ---- in the process that waits ---- */

/* A call is beyond its limit where two looks find the same one there: at one look it might just be
 * making place for the next. */
static void look_at_limit(struct watch *watch)
{
  const struct proda_guard *guard = watch->guard;
  unsigned long call = atomic_load(&guard->call);
  double seconds = guard->seconds;
  bool computed = watch->has_clock && seconds_of(watch->clock) - guard->processor > seconds;
  if (!(seconds > 0 && (computed || seconds_of(CLOCK_MONOTONIC) - guard->real > 10 * seconds)))
    return;
  if (call == watch->over && call == atomic_load(&guard->call)) {
    watch->limit = seconds;
    kill(watch->pid, SIGKILL);
  }
  watch->over = call;
}

/* Waits for the end of the process; meanwhile signals and limits. */
static int wait_for(struct watch *watch, const sigset_t *heard, int *asked_by)
{
  const struct timespec look = {0, LOOK_NANOSECONDS};
  struct proda_stop *stop = &watch->guard->stop;
  int state = 0;
  double asked = -1;
  for (;;) {
    int number = sigtimedwait(heard, NULL, &look);
    if (number == SIGINT || number == SIGTERM || number == SIGUSR1) {
      double now = seconds_of(CLOCK_MONOTONIC);
      stop->asked += asked < 0 || now - asked > ONE_ASKING_SECONDS;
      *asked_by = number == SIGINT ? SIGINT : SIGTERM;
      asked = now;
    }
    if (waitpid(watch->pid, &state, WNOHANG) == watch->pid)
      return state;
    if (stop->asked && !stop->attended && !watch->limit) {
      watch->killed_for = *asked_by;
      kill(watch->pid, SIGKILL);
    }
    if (!watch->killed_for && !watch->limit)
      look_at_limit(watch);
    if (watch->leader && getppid() != watch->leader)
      kill(watch->pid, SIGKILL);
  }
}

static int tell_stopped(const struct proda_guard *guard, struct proda_error *error)
{
  return proda_error_set(
      error,
      "stopped at %s; what was finished is kept, and the same command goes on from "
      "there",
      guard->stage);
}

static int tell_end(const struct watch *watch, int state, struct proda_error *error)
{
  const struct proda_guard *guard = watch->guard;
  char how[PRODA_PROCESS_END];
  if (watch->leader && getppid() != watch->leader)
    return proda_error_set(error, "%s: what started the program is gone; what was finished is kept",
                           guard->stage);
  if (watch->killed_for && WIFSIGNALED(state))
    return tell_stopped(guard, error);
  if (watch->limit > 0)
    snprintf(how, sizeof how, "took more than the limit of %g s", watch->limit);
  else
    proda_process_end(state, how);
  if (!guard->kind[0])
    return proda_error_set(
        error,
        "%s: the process %s while no plugin was called, though one may have spoilt "
        "memory before; what was finished is kept",
        guard->stage, how);
  return proda_error_set(error,
                         "%s: the %s %s %s while %s; `proda check %s` tries it call by call. What "
                         "was finished is kept: the same command goes on from there%s",
                         guard->stage, guard->kind, guard->name, how, guard->doing, guard->name,
                         watch->limit > 0 ? "; `proda run --site-seconds 0` sets no limit" : "");
}

static int judge(const struct watch *watch, int state, int *asked_by, struct proda_error *error)
{
  const struct proda_guard *guard = watch->guard;
  if (WIFSIGNALED(state) && WTERMSIG(state) == SIGPIPE) { /* as without a second process */
    signal(SIGPIPE, SIG_DFL);
    raise(SIGPIPE);
  }
  if (!guard->ended || state != 0)
    return tell_end(watch, state, error);
  if (guard->result == PRODA_OK)
    *asked_by = 0; /* all was done all the same */
  else if (error)
    *error = guard->error;
  return guard->result;
}

static int run_shared(const struct proda_guarded *work, struct proda_guard *guard, int *asked_by,
                      struct proda_error *error)
{
  sigset_t heard, before;
  struct watch watch = {.guard = guard, .leader = work->follows ? getppid() : 0};
  sigemptyset(&heard);
  sigaddset(&heard, SIGINT);
  sigaddset(&heard, SIGTERM);
  sigaddset(&heard, SIGCHLD);
  if (work->follows)
    sigaddset(&heard, SIGUSR1);
  signal(SIGCHLD, SIG_DFL);
  sigprocmask(SIG_BLOCK, &heard, &before);
  fflush(NULL); /* or the other process would print it again */
  pid_t self = getpid();
  watch.pid = fork();
  if (watch.pid == 0)
    work_alone(work, guard, &before, self);
  int status = PRODA_ERROR;
  if (watch.pid < 0)
    proda_error_set(error, "no process for the work: %s", strerror(errno));
  else {
    watch.has_clock = clock_getcpuclockid(watch.pid, &watch.clock) == 0;
    status = judge(&watch, wait_for(&watch, &heard, asked_by), asked_by, error);
  }
  sigprocmask(SIG_SETMASK, &before, NULL);
  return status;
}

int proda_guard_run(const struct proda_guarded *work, int *asked_by, struct proda_error *error)
{
  *asked_by = 0;
  struct proda_guard *guard =
      mmap(NULL, sizeof *guard, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (guard == MAP_FAILED)
    return proda_error_set(error, "no memory for the process of the work: %s", strerror(errno));
  proda_guard_stage(guard, work->stage, NULL);
  int status = run_shared(work, guard, asked_by, error);
  munmap(guard, sizeof *guard);
  return status;
}
