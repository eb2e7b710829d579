#define _GNU_SOURCE
#include "farm/member.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/process.h"

/* Between two looks at what a worker takes. */
#define LOOK_SECONDS 0.1
/* That a worker may stand still. */
#define STOPPED_SECONDS 1.0

static double seconds_of(clockid_t clock)
{
  struct timespec t;
  return clock_gettime(clock, &t) == 0 ? (double)t.tv_sec + 1e-9 * (double)t.tv_nsec : 0;
}

int proda_member_start(struct proda_member *member, const struct proda_farm_work *work,
                       const struct proda_farm_options *options, struct proda_error *error)
{
  int line[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line) != 0)
    return proda_error_set(error, "a worker cannot be started: %s", strerror(errno));
  fflush(NULL); /* or the worker would write it once more */
  pid_t host = getpid(), pid = fork();
  if (pid == 0)
    proda_worker_main(work, line[1], options->megabytes, host);
  int code = errno;
  close(line[1]);
  if (pid < 0) {
    close(line[0]);
    return proda_error_set(error, "a worker cannot be started: %s", strerror(code));
  }
  member->pid = pid;
  member->fd = line[0];
  member->ended = member->waits = false;
  member->n_held = member->filled = 0;
  member->loss = PRODA_FARM_CRASHED;
  member->killed_for[0] = '\0';
  member->stopped = 0;
  if (clock_getcpuclockid(pid, &member->clock) != 0)
    member->clock = CLOCK_MONOTONIC;
  return PRODA_OK;
}

/* Room for a whole message, once its header is known. */
static size_t wanted(const struct proda_member *member)
{
  struct proda_line_header header;
  if (member->filled < sizeof header)
    return sizeof header;
  memcpy(&header, member->inbox, sizeof header);
  return sizeof header + header.n * sizeof(double);
}

int proda_member_receive(struct proda_member *member, bool *open, struct proda_error *error)
{
  *open = true;
  for (;;) {
    size_t room = wanted(member);
    if (member->filled == room)
      return PRODA_OK;
    if (room > member->inbox_room) {
      unsigned char *grown = realloc(member->inbox, room);
      if (!grown)
        return proda_error_set(error, "out of memory for a result of %zu bytes", room);
      member->inbox = grown;
      member->inbox_room = room;
    }
    ssize_t got =
        recv(member->fd, member->inbox + member->filled, room - member->filled, MSG_DONTWAIT);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
      return PRODA_OK;
    if (got <= 0) {
      *open = false;
      return PRODA_OK;
    }
    member->filled += (size_t)got;
    if (member->filled == sizeof(struct proda_line_header))
      return PRODA_OK; /* to be looked at before room is made for what it announces */
  }
}

const struct proda_line_header *proda_member_message(const struct proda_member *member,
                                                     size_t n_largest, bool *garbage)
{
  const struct proda_line_header *header = (const void *)member->inbox;
  *garbage = false;
  if (member->filled < sizeof *header)
    return NULL;
  *garbage = header->kind < PRODA_LINE_NEXT || header->kind > PRODA_LINE_END ||
             header->n > n_largest || !memchr(header->text, '\0', sizeof header->text);
  return !*garbage && member->filled == wanted(member) ? header : NULL;
}

void proda_member_consume(struct proda_member *member)
{
  member->filled = 0;
}

static int hold(struct proda_member *member, size_t unit, struct proda_error *error)
{
  if (member->n_held == member->held_room) {
    size_t room = 2 * member->held_room + 8;
    struct proda_held *grown = realloc(member->held, room * sizeof *grown);
    if (!grown)
      return proda_error_set(error, "out of memory for %zu units in work", room);
    member->held = grown;
    member->held_room = room;
  }
  member->held[member->n_held++] =
      (struct proda_held){unit, seconds_of(member->clock), seconds_of(CLOCK_MONOTONIC)};
  return PRODA_OK;
}

int proda_member_answer(struct proda_member *member, const size_t *unit, struct proda_error *error)
{
  struct proda_line_header header = {.kind = unit ? PRODA_LINE_NEXT : PRODA_LINE_NONE,
                                     .unit = unit ? *unit : 0};
  if (unit && hold(member, *unit, error))
    return PRODA_ERROR;
  /* The worker waits for it, so that the socket has room: it goes as a whole or not at all. */
  (void)!send(member->fd, &header, sizeof header, MSG_NOSIGNAL);
  return PRODA_OK;
}

bool proda_member_release(struct proda_member *member, size_t unit)
{
  for (size_t i = 0; i < member->n_held; i++)
    if (member->held[i].unit == unit) {
      member->held[i] = member->held[--member->n_held];
      return true;
    }
  return false;
}

void proda_member_kill(struct proda_member *member, enum proda_farm_loss loss, const char *reason)
{
  if (member->killed_for[0])
    return;
  member->loss = loss;
  snprintf(member->killed_for, sizeof member->killed_for, "%s", reason);
  kill(member->pid, SIGKILL);
}

/* Megabytes in memory. */
static double resident(pid_t pid)
{
  char path[64];
  unsigned long pages = 0;
  snprintf(path, sizeof path, "/proc/%ld/statm", (long)pid);
  FILE *file = fopen(path, "r");
  if (!file)
    return 0;
  if (fscanf(file, "%*u %lu", &pages) != 1)
    pages = 0;
  fclose(file);
  return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1048576.0;
}

/* A process that has ended while a child of its own holds the line, or that stopped itself. One
 * that stands with all others, as by Ctrl-Z, is soon seen to run again. */
static void look_at_state(struct proda_member *member, double now)
{
  siginfo_t info = {.si_pid = 0};
  if (waitid(P_PID, (id_t)member->pid, &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT) != 0)
    return;
  bool stands = info.si_pid != 0 && info.si_code == CLD_STOPPED;
  if (!stands)
    member->stopped = 0;
  else if (member->stopped == 0)
    member->stopped = now;
  else if (now - member->stopped > STOPPED_SECONDS)
    proda_member_kill(member, PRODA_FARM_CRASHED, "its process stopped and did not go on");
  if (info.si_pid != 0 && !stands)
    shutdown(member->fd, SHUT_RDWR); /* what it said can still be read, then comes the end */
}

void proda_member_limit(struct proda_member *member, const struct proda_farm_options *options)
{
  char reason[128];
  double processor, real = seconds_of(CLOCK_MONOTONIC);
  if (real - member->looked < LOOK_SECONDS)
    return;
  member->looked = real;
  look_at_state(member, real);
  processor = seconds_of(member->clock);
  for (size_t i = 0; options->seconds > 0 && i < member->n_held; i++)
    if (processor - member->held[i].processor > options->seconds ||
        real - member->held[i].real > 10 * options->seconds) {
      snprintf(reason, sizeof reason, "took more than the limit of %g s", options->seconds);
      proda_member_kill(member, PRODA_FARM_OVERTIME, reason);
    }
  if (options->megabytes > 0 && resident(member->pid) > 0.9 * options->megabytes) {
    snprintf(reason, sizeof reason, "took more memory than the limit of %g MB", options->megabytes);
    proda_member_kill(member, PRODA_FARM_OVERSIZE, reason);
  }
}

static void describe_end(const struct proda_member *member, int state,
                         char reason[PRODA_MESSAGE_SIZE])
{
  char how[PRODA_PROCESS_END];
  reason[0] = '\0';
  proda_process_end(state, how);
  if (member->killed_for[0])
    snprintf(reason, PRODA_MESSAGE_SIZE, "%s", member->killed_for);
  else if (WIFEXITED(state) && WEXITSTATUS(state) == PRODA_WORKER_CUT_OFF)
    snprintf(reason, PRODA_MESSAGE_SIZE,
             "its process lost the line to the host: something closed it");
  else if (!member->ended || state != 0)
    snprintf(reason, PRODA_MESSAGE_SIZE, "its process %s", how);
}

/* Whether the process is no more, within a second. */
static bool has_ended(pid_t pid)
{
  const struct timespec pause = {0, 10000000};
  siginfo_t info = {.si_pid = 0};
  for (int i = 0; i < 100; i++) {
    if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0)
      return true;
    nanosleep(&pause, NULL);
  }
  return false;
}

void proda_member_bury(struct proda_member *member, char reason[PRODA_MESSAGE_SIZE])
{
  int state = 0;
  close(member->fd);
  if (!member->killed_for[0] && !has_ended(member->pid))
    proda_member_kill(member, PRODA_FARM_CRASHED, "its process closed the line to the host");
  while (waitpid(member->pid, &state, 0) < 0 && errno == EINTR)
    ;
  describe_end(member, state, reason);
  member->pid = 0;
}

void proda_member_free(struct proda_member *member)
{
  char reason[PRODA_MESSAGE_SIZE];
  if (member->pid > 0) {
    proda_member_kill(member, PRODA_FARM_CRASHED, "the run ends");
    proda_member_bury(member, reason);
  }
  free(member->held);
  free(member->inbox);
}
