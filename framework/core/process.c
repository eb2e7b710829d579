#include <config.h>

#include "core/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/file.h"

enum { LARGEST_MESSAGE = 1 << 16 };

/** A process that leaves SIGINT to another (core/guard.h) would hand that on. */
static int spawn(const char *const argv[], const posix_spawn_file_actions_t *actions,
                 pid_t *process)
{
  sigset_t to_default;
  posix_spawnattr_t attributes;
  int code = posix_spawnattr_init(&attributes);
  if (code != 0)
    return code;
  sigemptyset(&to_default);
  sigaddset(&to_default, SIGINT);
  sigaddset(&to_default, SIGTERM);
  posix_spawnattr_setsigdefault(&attributes, &to_default);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  code = posix_spawnp(process, argv[0], actions, &attributes, (char *const *)argv, environ);
  posix_spawnattr_destroy(&attributes);
  return code;
}

/** Starts a program with its output thrown away and its errors in a file. */
static int start(const char *const argv[], const char *errors, pid_t *process)
{
  posix_spawn_file_actions_t actions;
  int code = posix_spawn_file_actions_init(&actions);
  if (code != 0)
    return code;
  code = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (code == 0)
    code = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  if (code == 0)
    code = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors,
                                            O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (code == 0)
    code = spawn(argv, &actions, process);
  posix_spawn_file_actions_destroy(&actions);
  return code;
}

/** What a program said, on one line and cut to what a message holds. */
static int told(const char *program, const char *what, const char *errors,
                struct proda_error *error)
{
  char *text = NULL;
  size_t size = 0;
  if (proda_file_read(errors, LARGEST_MESSAGE, &text, &size, NULL) != PRODA_OK)
    return proda_error_set(error, "%s %s", program, what);
  for (char *c = text; *c; c++)
    if (*c == '\n' || *c == '\r')
      *c = ' ';
  proda_error_set(error, "%s %s: %.700s", program, what, text);
  free(text);
  return PRODA_ERROR;
}

int proda_process_wait(const char *const argv[], const char *errors, int *state,
                       struct proda_error *error)
{
  pid_t process;
  int code = start(argv, errors, &process);
  if (code != 0)
    return proda_error_set(error, "%s cannot be started: %s", argv[0], strerror(code));
  while (waitpid(process, state, 0) < 0)
    if (errno != EINTR)
      return proda_error_set(error, "%s cannot be waited for: %s", argv[0], strerror(errno));
  return PRODA_OK;
}

int proda_process_run(const char *const argv[], const char *errors, struct proda_error *error)
{
  int state = 0;
  if (proda_process_wait(argv, errors, &state, error))
    return PRODA_ERROR;
  if (WIFSIGNALED(state))
    return told(argv[0], strsignal(WTERMSIG(state)), errors, error);
  return WEXITSTATUS(state) == 0 ? PRODA_OK : told(argv[0], "failed", errors, error);
}

void proda_process_end(int state, char text[PRODA_PROCESS_END])
{
  if (WIFSIGNALED(state))
    snprintf(text, PRODA_PROCESS_END, "was killed by signal %d, %s", WTERMSIG(state),
             strsignal(WTERMSIG(state)));
  else
    snprintf(text, PRODA_PROCESS_END, "was ended by a call of exit(%d)", WEXITSTATUS(state));
}

void proda_process_limit_memory(double bytes)
{
  struct rlimit limit;
  unsigned long pages = 0;
  FILE *file = fopen("/proc/self/statm", "re");
  if (!file)
    return;
  if (fscanf(file, "%lu", &pages) == 1 && getrlimit(RLIMIT_AS, &limit) == 0) {
    double most = (double)pages * (double)sysconf(_SC_PAGESIZE) + bytes;
    if (most < (double)limit.rlim_max)
      limit.rlim_cur = (rlim_t)most;
    setrlimit(RLIMIT_AS, &limit);
  }
  fclose(file);
}
