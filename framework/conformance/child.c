#include "config.h"

#include "conformance/child.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* What parent and child both see. */
struct shared {
  struct proda_finding finding;
  char trespass[256];
  int ended; /* the work came to its end */
};

/* Of the child, for its handler of signals, which is handed nothing else. */
static struct shared *child_shared;
static const struct proda_room *child_room;

static void explain(int number, siginfo_t *info, void *context)
{
  (void)context;
  proda_room_trespass(child_room, info->si_addr, child_shared->trespass,
                      sizeof child_shared->trespass);
  signal(number, SIG_DFL);
  raise(number); /* comes once this returns, and ends the process */
}

void proda_child_watch(const struct proda_room *room)
{
  struct sigaction action = {.sa_sigaction = explain, .sa_flags = SA_SIGINFO};
  child_room = room;
  sigemptyset(&action.sa_mask);
  sigaction(SIGSEGV, &action, NULL);
  sigaction(SIGBUS, &action, NULL);
}

static void limit_time(double seconds)
{
  const double clock = 20 * seconds;
  struct itimerval of_processor = {.it_value = {(time_t)seconds, 0}};
  struct itimerval of_clock = {.it_value = {(time_t)clock, 0}};
  of_processor.it_value.tv_usec = (suseconds_t)(1e6 * (seconds - (double)(time_t)seconds));
  of_clock.it_value.tv_usec = (suseconds_t)(1e6 * (clock - (double)(time_t)clock));
  signal(SIGPROF, SIG_DFL);
  signal(SIGALRM, SIG_DFL);
  setitimer(ITIMER_PROF, &of_processor, NULL);
  setitimer(ITIMER_REAL, &of_clock, NULL);
}

static void work(const struct proda_task *task, struct shared *shared, int output)
{
  /* Sanitizers catch these, and would tell their own end instead. */
  static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
  const struct rlimit no_core = {0, 0};
  child_shared = shared;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setrlimit(RLIMIT_CORE, &no_core);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
    signal(fatal[i], SIG_DFL);
  limit_time(task->limit);
  task->run(task->context, &shared->finding);
  fflush(NULL);
  shared->ended = 1;
  _exit(0);
}

/* How the process ended, where that was not at the end of its work. */
static void judge_end(const struct shared *shared, int state, double limit,
                      struct proda_finding *finding)
{
  const char *calling = shared->finding.calling;
  char where[64] = "";
  if (*calling)
    snprintf(where, sizeof where, "%s: ", calling);
  if (WIFSIGNALED(state) && WTERMSIG(state) == SIGPROF)
    proda_finding_fail(finding, "that every call returns", "%sno end within %g s of computing",
                       where, limit);
  else if (WIFSIGNALED(state) && WTERMSIG(state) == SIGALRM)
    proda_finding_fail(finding, "that every call returns", "%sno end within %g s", where,
                       20 * limit);
  else if (WIFSIGNALED(state))
    proda_finding_fail(finding, "that every call returns",
                       "%sthe plugin crashed: %s (signal %d)%s%s", where,
                       strsignal(WTERMSIG(state)), WTERMSIG(state), *shared->trespass ? ": " : "",
                       shared->trespass);
  else
    proda_finding_fail(finding, "that every call returns: only the program exits",
                       "%sthe plugin ended the process with exit status %d", where,
                       WEXITSTATUS(state));
}

/* The beginning of what the child printed, without its last line end. */
static void read_output(int output, struct proda_finding *finding)
{
  ssize_t n = pread(output, finding->printed, sizeof finding->printed - 1, 0);
  if (n < 0)
    n = 0;
  while (n > 0 && finding->printed[n - 1] == '\n')
    n--;
  finding->printed[n] = '\0';
}

static int wait_for(pid_t process, int *state, struct proda_error *error)
{
  while (waitpid(process, state, 0) < 0)
    if (errno != EINTR)
      return proda_error_set(error, "the process of a check cannot be waited for: %s",
                             strerror(errno));
  return PRODA_OK;
}

static int run_shared(const struct proda_task *task, struct shared *shared, int output,
                      struct proda_finding *finding, struct proda_error *error)
{
  int state = 0;
  fflush(NULL); /* or the child would print it again */
  pid_t process = fork();
  if (process < 0)
    return proda_error_set(error, "no process for a check: %s", strerror(errno));
  if (process == 0)
    work(task, shared, output);
  if (wait_for(process, &state, error))
    return PRODA_ERROR;
  *finding = shared->finding;
  if (!shared->ended)
    judge_end(shared, state, task->limit, finding);
  read_output(output, finding);
  return PRODA_OK;
}

int proda_child_run(const struct proda_task *task, struct proda_finding *finding,
                    struct proda_error *error)
{
  int status = PRODA_ERROR;
  int output = memfd_create("proda-check", MFD_CLOEXEC);
  struct shared *shared =
      mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (output < 0 || shared == MAP_FAILED)
    proda_error_set(error, "no memory for the process of a check: %s", strerror(errno));
  else
    status = run_shared(task, shared, output, finding, error);
  if (shared != MAP_FAILED)
    munmap(shared, sizeof *shared);
  if (output >= 0)
    close(output);
  return status;
}
