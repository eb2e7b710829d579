#define _GNU_SOURCE
#include "farm/farm.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "farm/member.h"

enum { POLL_MILLISECONDS = 100, ASK_AGAIN_MILLISECONDS = 1, MOST_IDLE_DEATHS = 3 };

struct host {
  const struct proda_farm_work *work;
  const struct proda_farm_options *options;
  struct proda_member *member; /* [n_workers] */
  struct pollfd *line;         /* [n_workers] */
  bool ahead, exhausted;       /* a unit is taken from the source ahead; it has none left */
  size_t ahead_unit;
  int attend_within; /* milliseconds; 0: nobody else is to be looked after */
  size_t *suspect;   /* units whose worker died while it had others too: to be tried alone */
  size_t n_suspects, suspect_room;
  int n_idle_deaths; /* of workers that had nothing, one after the other */
};

static bool stopping(const struct host *host, int level)
{
  return host->options->stop && *host->options->stop >= level;
}

static int suspect(struct host *host, size_t unit, struct proda_error *error)
{
  if (host->n_suspects == host->suspect_room) {
    size_t room = 2 * host->suspect_room + 8;
    size_t *grown = realloc(host->suspect, room * sizeof *grown);
    if (!grown)
      return proda_error_set(error, "out of memory for %zu units to try again", room);
    host->suspect = grown;
    host->suspect_room = room;
  }
  host->suspect[host->n_suspects++] = unit;
  return PRODA_OK;
}

/* ---- the source ---- */

/* The next unit; what looking ahead took comes first. */
static int supply(struct host *host, enum proda_farm_supply *supplied, size_t *unit,
                  struct proda_error *error)
{
  *supplied = PRODA_FARM_NONE;
  if (host->ahead) {
    host->ahead = false;
    *unit = host->ahead_unit;
    *supplied = PRODA_FARM_UNIT;
    return PRODA_OK;
  }
  if (host->exhausted)
    return PRODA_OK;
  int status = host->work->next(host->work->context, supplied, unit, error);
  host->exhausted = *supplied == PRODA_FARM_NONE;
  return status;
}

/* Whether there is a unit: it is then taken ahead. */
static int look_ahead(struct host *host, struct proda_error *error)
{
  enum proda_farm_supply supplied;
  size_t unit = 0;
  if (supply(host, &supplied, &unit, error))
    return PRODA_ERROR;
  host->ahead = supplied == PRODA_FARM_UNIT;
  host->ahead_unit = unit;
  return PRODA_OK;
}

/* ---- workers begin and end ---- */

static bool any_alive(const struct host *host)
{
  for (size_t i = 0; i < host->options->n_workers; i++)
    if (host->member[i].pid)
      return true;
  return false;
}

/* A worker for every empty place, as long as there is work. That one cannot be started matters
 * only where none is there. */
static int start_workers(struct host *host, struct proda_error *error)
{
  for (size_t i = 0; i < host->options->n_workers && !stopping(host, 1); i++) {
    struct proda_member *member = &host->member[i];
    if (member->pid)
      continue;
    if (host->n_suspects == 0 && look_ahead(host, error))
      return PRODA_ERROR;
    if (host->n_suspects == 0 && !host->ahead)
      return PRODA_OK;
    const size_t *suspects = host->n_suspects > 0 ? host->suspect : NULL;
    member->alone = suspects != NULL;
    if (proda_member_start(member, host->work, host->options, error))
      return any_alive(host) ? PRODA_OK : PRODA_ERROR;
    if (suspects)
      member->only = suspects[--host->n_suspects];
  }
  return PRODA_OK;
}

/* What a dead worker had in work is suspected, or lost where it was alone. */
static int bury(struct host *host, struct proda_member *member, struct proda_error *error)
{
  char reason[PRODA_MESSAGE_SIZE];
  proda_member_bury(member, reason);
  if (!reason[0] && member->n_held == 0)
    return PRODA_OK;
  if (member->n_held > 0)
    host->n_idle_deaths = 0;
  else if (++host->n_idle_deaths == MOST_IDLE_DEATHS)
    return proda_error_set(error, "workers end before they take anything: %s", reason);
  if (member->n_held == 0 && member->alone)
    return suspect(host, member->only, error);
  for (size_t i = 0; i < member->n_held; i++) {
    size_t unit = member->held[i].unit;
    int status = member->alone
                     ? host->work->lose(host->work->context, unit, member->loss, reason, error)
                     : suspect(host, unit, error);
    if (status)
      return status;
  }
  return PRODA_OK;
}

/* ---- messages ---- */

static int give(struct host *host, struct proda_member *member, struct proda_error *error)
{
  size_t unit = member->only;
  enum proda_farm_supply supplied = PRODA_FARM_NONE;
  if (member->alone) {
    supplied = !stopping(host, 1) && unit != SIZE_MAX ? PRODA_FARM_UNIT : PRODA_FARM_NONE;
    member->only = SIZE_MAX;
  } else if (!stopping(host, 1) && supply(host, &supplied, &unit, error))
    return PRODA_ERROR;
  member->waits = supplied == PRODA_FARM_LATER;
  if (member->waits)
    return PRODA_OK;
  return proda_member_answer(member, supplied == PRODA_FARM_UNIT ? &unit : NULL, error);
}

/* Asks again for those that wait. */
static int give_those_that_wait(struct host *host, struct proda_error *error)
{
  for (size_t i = 0; i < host->options->n_workers; i++)
    if (host->member[i].pid && host->member[i].waits && give(host, &host->member[i], error))
      return PRODA_ERROR;
  return PRODA_OK;
}

static int take(struct host *host, struct proda_member *member,
                const struct proda_line_header *header, struct proda_error *error)
{
  if (!proda_member_release(member, header->unit)) {
    proda_member_kill(member, PRODA_FARM_CRASHED, "delivered what it was not given");
    return PRODA_OK;
  }
  host->n_idle_deaths = 0;
  return host->work->take(host->work->context, header->unit, header->has_text ? header->text : NULL,
                          (const double *)(header + 1), header->n, error);
}

static int answer(struct host *host, struct proda_member *member,
                  const struct proda_line_header *header, struct proda_error *error)
{
  switch (header->kind) {
  case PRODA_LINE_NEXT:
    return give(host, member, error);
  case PRODA_LINE_RESULT:
    return take(host, member, header, error);
  case PRODA_LINE_ERROR:
    return proda_error_set(error, "%s", header->text);
  default:
    member->ended = true;
    return PRODA_OK;
  }
}

static int listen_to(struct host *host, struct proda_member *member, struct proda_error *error)
{
  bool open = true, garbage = false;
  size_t before;
  do {
    before = member->filled;
    if (proda_member_receive(member, &open, error))
      return PRODA_ERROR;
    const struct proda_line_header *header =
        proda_member_message(member, host->work->n_largest, &garbage);
    if (garbage)
      proda_member_kill(member, PRODA_FARM_CRASHED, "wrote on the line to the host");
    if (!header)
      continue;
    if (answer(host, member, header, error))
      return PRODA_ERROR;
    proda_member_consume(member);
  } while (open && !garbage && member->filled != before);
  return open && !garbage ? PRODA_OK : bury(host, member, error);
}

/* ---- the run ---- */

static int patience(const struct host *host)
{
  int milliseconds = POLL_MILLISECONDS;
  if (host->attend_within > 0 && host->attend_within < milliseconds)
    milliseconds = host->attend_within;
  for (size_t i = 0; i < host->options->n_workers; i++)
    if (host->member[i].pid && host->member[i].waits)
      milliseconds = ASK_AGAIN_MILLISECONDS;
  return milliseconds;
}

static int wait_for_lines(struct host *host, struct proda_error *error)
{
  size_t n = host->options->n_workers;
  for (size_t i = 0; i < n; i++)
    host->line[i] =
        (struct pollfd){.fd = host->member[i].pid ? host->member[i].fd : -1, .events = POLLIN};
  if (poll(host->line, n, patience(host)) < 0 && errno != EINTR)
    return proda_error_set(error, "cannot wait for workers: %s", strerror(errno));
  for (size_t i = 0; i < n; i++)
    if (host->member[i].pid && host->line[i].revents && listen_to(host, &host->member[i], error))
      return PRODA_ERROR;
  for (size_t i = 0; i < n; i++)
    if (host->member[i].pid)
      proda_member_limit(&host->member[i], host->options);
  return PRODA_OK;
}

static int run(struct host *host, struct proda_error *error)
{
  while (!stopping(host, 2)) {
    if (host->work->attend && host->work->attend(host->work->context, &host->attend_within, error))
      return PRODA_ERROR;
    if (start_workers(host, error) || give_those_that_wait(host, error))
      return PRODA_ERROR;
    if (!any_alive(host) && host->attend_within == 0)
      return PRODA_OK;
    if (wait_for_lines(host, error))
      return PRODA_ERROR;
  }
  return PRODA_OK;
}

static int run_here(struct host *host, struct proda_error *error)
{
  struct proda_worker worker = {.fd = -1, .work = host->work, .stop = host->options->stop};
  return host->work->work(host->work->context, &worker, error);
}

int proda_farm_run(const struct proda_farm_work *work, const struct proda_farm_options *options,
                   enum proda_farm_end *end, struct proda_error *error)
{
  size_t n = options->n_workers;
  struct host host = {.work = work, .options = options};
  host.member = calloc(n + 1, sizeof *host.member);
  host.line = calloc(n + 1, sizeof *host.line);
  int status = PRODA_OK;
  if (!host.member || !host.line)
    status = proda_error_set(error, "out of memory for %zu workers", n);
  else
    status = n > 0 ? run(&host, error) : run_here(&host, error);
  for (size_t i = 0; host.member && i < n; i++)
    proda_member_free(&host.member[i]);
  *end = stopping(&host, 1) ? PRODA_FARM_STOPPED : PRODA_FARM_DONE;
  free(host.member);
  free(host.line);
  free(host.suspect);
  return status;
}

size_t proda_farm_processors(void)
{
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? (size_t)CPU_COUNT(&set) : 1;
}
