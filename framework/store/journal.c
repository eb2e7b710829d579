#include <config.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/unwritable.h"
#include "store/journal_private.h"
#include "store/replace.h"

enum { LOCK_TRIES = 100, LOCK_PAUSE = 20000000 /* ns */, NAME = 8 /* of an inputs' digest */ };

/* Unbothered by whoever sets the clock. */
static double seconds(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- writing ---- */

static int write_all(const struct proda_journal *journal, const void *buffer, size_t size,
                     struct proda_error *error)
{
  const char *at = buffer;
  off_t to = journal->end;
  while (size > 0) {
    ssize_t put = pwrite(journal->fd, at, size, to);
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0)
      return proda_unwritable(journal->path, "writing a finished site", errno, (double)size, error);
    at += put;
    to += put;
    size -= (size_t)put;
  }
  return PRODA_OK;
}

static int sync_now(struct proda_journal *journal, struct proda_error *error)
{
  journal->synced = seconds();
  if (fdatasync(journal->fd) != 0)
    return proda_unwritable(journal->path, "making finished sites durable", errno, 0, error);
  journal->dirty = false;
  return PRODA_OK;
}

int proda_journal_tend(struct proda_journal *journal, struct proda_error *error)
{
  if (!journal->dirty || seconds() - journal->synced < PRODA_JOURNAL_SECONDS)
    return PRODA_OK;
  return sync_now(journal, error);
}

int proda_journal_append(struct proda_journal *journal, uint64_t index, const char *text,
                         const double *value, size_t n, uint64_t *place, struct proda_error *error)
{
  struct proda_record_header header = {.mark = PRODA_RECORD_MARK, .index = index, .n = n};
  snprintf(header.text, sizeof header.text, "%s", text ? text : "");
  header.checksum = proda_record_checksum(journal->inputs, &header, value);
  if (write_all(journal, &header, sizeof header, error) != PRODA_OK)
    return PRODA_ERROR;
  *place = (uint64_t)journal->end + sizeof header;
  journal->end += (off_t)sizeof header;
  if (write_all(journal, value, n * sizeof *value, error) != PRODA_OK)
    return PRODA_ERROR;
  journal->end += (off_t)(n * sizeof *value);
  journal->dirty = true;
  return proda_journal_tend(journal, error);
}

int proda_journal_read(const struct proda_journal *journal, uint64_t place, size_t first, size_t n,
                       double *value, struct proda_error *error)
{
  size_t size = n * sizeof *value, got;
  if (proda_journal_read_at(journal, (off_t)(place + first * sizeof *value), value, size, &got,
                            error) != PRODA_OK)
    return PRODA_ERROR;
  return got == size
             ? PRODA_OK
             : proda_error_set(error, "%s: cannot read a record back: the file ends before it",
                               journal->path);
}

/* ---- opening ---- */

/* A run that was killed takes a moment to be gone. */
static int lock_patiently(int fd)
{
  const struct timespec pause = {0, LOCK_PAUSE};
  int tries = 0, code = flock(fd, LOCK_EX | LOCK_NB);
  while (code != 0 && errno == EWOULDBLOCK && ++tries < LOCK_TRIES) {
    nanosleep(&pause, NULL);
    code = flock(fd, LOCK_EX | LOCK_NB);
  }
  return code;
}

static int open_locked(struct proda_journal *journal, struct proda_error *error)
{
  journal->fd = open(journal->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (journal->fd < 0)
    return proda_error_set(error, "%s: cannot open: %s", journal->path, strerror(errno));
  if (lock_patiently(journal->fd) == 0)
    return PRODA_OK;
  if (errno == EWOULDBLOCK)
    return proda_error_set(error, "%s: another run is writing it; wait for it or stop it",
                           journal->path);
  return proda_error_set(error, "%s: cannot be locked: %s", journal->path, strerror(errno));
}

/* Where a journal of other inputs waits: "<path>.<beginning of their digest>", with ".old" behind
 * where another version wrote it. */
static char *waiting_path(const char *path, const char *inputs, bool old)
{
  char name[NAME + 1] = "", *waiting = NULL;
  for (size_t i = 0; i < NAME && isalnum((unsigned char)inputs[i]); i++)
    name[i] = inputs[i];
  const char *behind = old ? ".old" : "";
  return asprintf(&waiting, "%s.%s%s", path, name[0] ? name : "other", behind) < 0 ? NULL : waiting;
}

char *proda_journal_find(const char *path, const char *inputs)
{
  char *place[] = {strdup(path), waiting_path(path, inputs, false)}, *own = NULL;
  for (int i = 0; i < 2; i++) {
    char found[PRODA_DIGEST_SIZE];
    if (!own && place[i] && proda_journal_inputs(place[i], found, NULL) == PRODA_OK &&
        strcmp(found, inputs) == 0)
      own = place[i];
    else
      free(place[i]);
  }
  return own;
}

/* Opens the place anew, once the file that was there has another name. */
static int open_again(struct proda_journal *journal, struct proda_error *error)
{
  close(journal->fd);
  journal->fd = -1;
  return open_locked(journal, error);
}

/* Gives the journal of other inputs or of another version its own name: sites that took days are in
 * it, and whoever goes back to those settings goes on from there. */
static int set_aside(struct proda_journal *journal, const struct proda_journal_header *header,
                     struct proda_error *error)
{
  bool old = memcmp(header->magic, proda_journal_magic, sizeof header->magic) != 0;
  char *waiting = waiting_path(journal->path, header->inputs, old);
  if (!waiting)
    return proda_error_set(error, "%s: out of memory", journal->path);
  int status = PRODA_OK;
  if (rename(journal->path, waiting) != 0)
    status = proda_error_set(error,
                             "%s: is of other settings, inputs or another version, and cannot be "
                             "set aside as %s: %s",
                             journal->path, waiting, strerror(errno));
  else
    status = open_again(journal, error);
  proda_error_set(
      &journal->note,
      "%s: was begun with other settings, inputs, plugins or another proda; it waits as "
      "%s for a run with those, and may be removed",
      journal->path, waiting);
  free(waiting);
  return status;
}

/* Takes the journal of these inputs back that was set aside. */
static int take_back(struct proda_journal *journal, bool *taken, struct proda_error *error)
{
  char *waiting = waiting_path(journal->path, journal->inputs, false);
  if (!waiting)
    return proda_error_set(error, "%s: out of memory", journal->path);
  *taken = rename(waiting, journal->path) == 0;
  free(waiting);
  return *taken ? open_again(journal, error) : PRODA_OK;
}

static int start_anew(struct proda_journal *journal, struct proda_error *error)
{
  struct proda_journal_header header = {{0}, {0}};
  memcpy(header.magic, proda_journal_magic, sizeof header.magic);
  snprintf(header.inputs, sizeof header.inputs, "%s", journal->inputs);
  journal->end = 0;
  if (ftruncate(journal->fd, 0) != 0)
    return proda_error_set(error, "%s: cannot start anew: %s", journal->path, strerror(errno));
  if (write_all(journal, &header, sizeof header, error) != PRODA_OK)
    return PRODA_ERROR;
  journal->end = sizeof header;
  int code = proda_replace_sync_name(journal->path);
  return code == 0 ? sync_now(journal, error)
                   : proda_unwritable(journal->path, "making its name durable", code, 0, error);
}

static int go_on(struct proda_journal *journal, proda_journal_reader *read, void *context,
                 struct proda_error *error)
{
  if (proda_journal_replay(journal, journal->inputs, read, context, error) != PRODA_OK)
    return PRODA_ERROR;
  if (ftruncate(journal->fd, journal->end) != 0)
    return proda_error_set(error, "%s: cannot cut the unfinished end off: %s", journal->path,
                           strerror(errno));
  return PRODA_OK;
}

enum content { OURS, OTHER, UNBEGUN };

static int look_at_header(const struct proda_journal *journal, struct proda_journal_header *header,
                          enum content *content, struct proda_error *error)
{
  const size_t named = sizeof PRODA_JOURNAL_FAMILY - 1;
  size_t n;
  if (proda_journal_read_at(journal, 0, header, sizeof *header, &n, error) != PRODA_OK)
    return PRODA_ERROR;
  if (memcmp(header, PRODA_JOURNAL_FAMILY, n < named ? n : named) != 0)
    return proda_error_set(error, "%s: is not a journal of proda; move it away", journal->path);
  bool same = n == sizeof *header &&
              memcmp(header->magic, proda_journal_magic, sizeof header->magic) == 0 &&
              strncmp(header->inputs, journal->inputs, sizeof header->inputs) == 0;
  *content = n < sizeof *header ? UNBEGUN : same ? OURS : OTHER;
  return PRODA_OK;
}

/* A journal of these inputs is replayed, another one set aside, what is none left as it is. */
static int continue_or_start(struct proda_journal *journal, proda_journal_reader *read,
                             void *context, struct proda_error *error)
{
  struct proda_journal_header header;
  enum content content;
  bool taken = false;
  if (look_at_header(journal, &header, &content, error) != PRODA_OK ||
      (content == OTHER && set_aside(journal, &header, error) != PRODA_OK) ||
      (content != OURS && take_back(journal, &taken, error) != PRODA_OK) ||
      (taken && look_at_header(journal, &header, &content, error) != PRODA_OK))
    return PRODA_ERROR;
  if (taken && content == OTHER)
    return proda_error_set(error, "%s: is not the journal that its name said; move it away",
                           journal->path);
  return content == OURS ? go_on(journal, read, context, error) : start_anew(journal, error);
}

int proda_journal_open(const char *path, const char *inputs, proda_journal_reader *read,
                       void *context, struct proda_journal **journal, struct proda_error *error)
{
  struct proda_journal *made = calloc(1, sizeof *made);
  if (!made || !(made->path = strdup(path))) {
    free(made);
    return proda_error_set(error, "out of memory for the journal");
  }
  snprintf(made->inputs, sizeof made->inputs, "%s", inputs);
  int status = open_locked(made, error);
  if (status == PRODA_OK)
    status = continue_or_start(made, read, context, error);
  if (status == PRODA_OK)
    *journal = made;
  else
    proda_journal_close(made);
  return status;
}

const char *proda_journal_note(const struct proda_journal *journal)
{
  return journal->note.message;
}

void proda_journal_close(struct proda_journal *journal)
{
  if (!journal)
    return;
  if (journal->fd >= 0) {
    fdatasync(journal->fd);
    close(journal->fd);
  }
  free(journal->path);
  free(journal);
}

void proda_journal_remove(struct proda_journal *journal)
{
  unlink(journal->path);
  proda_journal_close(journal);
}
