#define _GNU_SOURCE /* close_range */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/process.h"
#include "farm/line.h"

static int gone(struct proda_error *error)
{
  return proda_error_set(error, "the host of this worker is gone: %s", strerror(errno));
}

static int send_all(int fd, const void *data, size_t size, struct proda_error *error)
{
  const char *at = data;
  while (size > 0) {
    ssize_t put = send(fd, at, size, MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0)
      return gone(error);
    at += put;
    size -= (size_t)put;
  }
  return PRODA_OK;
}

static int receive_all(int fd, void *data, size_t size, struct proda_error *error)
{
  char *at = data;
  while (size > 0) {
    ssize_t got = recv(fd, at, size, 0);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return gone(error);
    at += got;
    size -= (size_t)got;
  }
  return PRODA_OK;
}

static int say(int fd, enum proda_line_kind kind, size_t unit, const char *text,
               const double *value, size_t n, struct proda_error *error)
{
  struct proda_line_header header = {
      .kind = kind, .unit = unit, .n = n, .has_text = text != NULL, .text = ""};
  if (text)
    snprintf(header.text, sizeof header.text, "%s", text);
  int status = send_all(fd, &header, sizeof header, error);
  return status ? status : send_all(fd, value, n * sizeof *value, error);
}

/* In the host's process. */
static int next_here(const struct proda_worker *worker, size_t *unit, bool *given,
                     struct proda_error *error)
{
  const struct proda_farm_work *work = worker->work;
  enum proda_farm_supply supply = PRODA_FARM_NONE;
  bool stopping = worker->stop && *worker->stop;
  int status = stopping ? PRODA_OK : work->next(work->context, &supply, unit, error);
  *given = supply == PRODA_FARM_UNIT;
  return status;
}

int proda_worker_next(struct proda_worker *worker, size_t *unit, bool *given,
                      struct proda_error *error)
{
  if (worker->fd < 0)
    return next_here(worker, unit, given, error);
  struct proda_line_header answer;
  if (say(worker->fd, PRODA_LINE_NEXT, 0, NULL, NULL, 0, error) ||
      receive_all(worker->fd, &answer, sizeof answer, error))
    return PRODA_ERROR;
  *given = answer.kind == PRODA_LINE_NEXT;
  *unit = answer.unit;
  return PRODA_OK;
}

int proda_worker_deliver(struct proda_worker *worker, size_t unit, const char *text,
                         const double *value, size_t n, struct proda_error *error)
{
  if (worker->fd < 0)
    return worker->work->take(worker->work->context, unit, text, value, n, error);
  return say(worker->fd, PRODA_LINE_RESULT, unit, text, value, n, error);
}

/* The host alone listens to the terminal; a worker ends with it. Its files are the host's: only the
 * line and the three standard ones stay open. */
static int settle(int fd, double megabytes, pid_t host)
{
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_IGN);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != host)
    _exit(EXIT_FAILURE);
  if (fd != STDERR_FILENO + 1) {
    dup2(fd, STDERR_FILENO + 1);
    fd = STDERR_FILENO + 1;
  }
  close_range((unsigned)fd + 1, ~0U, 0);
  if (megabytes > 0)
    proda_process_limit_memory(megabytes * 1048576.0);
  return fd;
}

void proda_worker_main(const struct proda_farm_work *work, int fd, double megabytes, pid_t host)
{
  struct proda_error error = {""};
  struct proda_worker worker = {.fd = settle(fd, megabytes, host), .work = work};
  int failed = work->work(work->context, &worker, &error);
  if (failed)
    failed = say(worker.fd, PRODA_LINE_ERROR, 0, error.message, NULL, 0, &error);
  else
    failed = say(worker.fd, PRODA_LINE_END, 0, NULL, NULL, 0, &error);
  _exit(failed ? PRODA_WORKER_CUT_OFF : EXIT_SUCCESS);
}
