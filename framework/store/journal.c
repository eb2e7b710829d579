#include "store/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <xxhash.h>

/* What every version begins with, and this one. */
static const char family[] = "proda journal ";
static const char magic[16] = "proda journal 1";

enum { LOCK_TRIES = 100, LOCK_PAUSE = 20000000 /* ns */ };

struct file_header {
  char magic[16];
  char inputs[40];
};

struct record_header {
  uint64_t index, n, checksum;
  char text[PRODA_JOURNAL_TEXT];
};

struct proda_journal {
  char *path;
  int fd;
  off_t end; /* behind the last record */
};

static uint64_t checksum_of(const struct record_header *header, const double *value)
{
  struct record_header clean = *header;
  clean.checksum = 0;
  return XXH3_64bits_withSeed(value, clean.n * sizeof *value, XXH3_64bits(&clean, sizeof clean));
}

/* Reads up to `size` bytes, fewer only at the end of the file. */
static int read_most(const struct proda_journal *journal, void *buffer, size_t size, size_t *n,
                     struct proda_error *error)
{
  char *at = buffer;
  for (*n = 0; *n < size;) {
    ssize_t got = read(journal->fd, at + *n, size - *n);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return proda_error_set(error, "%s: cannot be read: %s", journal->path, strerror(errno));
    if (got == 0)
      break;
    *n += (size_t)got;
  }
  return PRODA_OK;
}

static int write_all(const struct proda_journal *journal, const void *buffer, size_t size,
                     struct proda_error *error)
{
  const char *at = buffer;
  while (size > 0) {
    ssize_t put = write(journal->fd, at, size);
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0)
      return proda_error_set(error,
                             "%s: cannot write: %s; finished sites are kept, run again to "
                             "go on",
                             journal->path, strerror(errno));
    at += put;
    size -= (size_t)put;
  }
  return PRODA_OK;
}

/* One record, its values grown to fit; *whole is false where the file ends first or the record
 * fails its checksum. `left` bytes of the file follow. */
static int read_record(const struct proda_journal *journal, off_t left,
                       struct record_header *header, double **value, bool *whole,
                       struct proda_error *error)
{
  size_t n;
  *whole = false;
  if (read_most(journal, header, sizeof *header, &n, error) != PRODA_OK)
    return PRODA_ERROR;
  if (n < sizeof *header || header->n > ((size_t)left - sizeof *header) / sizeof **value)
    return PRODA_OK;
  size_t size = header->n * sizeof **value;
  double *grown = realloc(*value, size + 1);
  if (!grown)
    return proda_error_set(error, "%s: out of memory for a record", journal->path);
  *value = grown;
  if (read_most(journal, grown, size, &n, error) != PRODA_OK)
    return PRODA_ERROR;
  *whole = n == size && checksum_of(header, grown) == header->checksum;
  return PRODA_OK;
}

/* Hands over the good records and leaves the file right behind the last of them. */
static int replay(struct proda_journal *journal, proda_journal_reader *read, void *context,
                  struct proda_error *error)
{
  struct stat file;
  if (fstat(journal->fd, &file) != 0)
    return proda_error_set(error, "%s: cannot be read: %s", journal->path, strerror(errno));
  journal->end = sizeof(struct file_header);
  double *value = NULL;
  bool whole;
  int status;
  do {
    struct record_header header;
    status = read_record(journal, file.st_size - journal->end, &header, &value, &whole, error);
    if (status != PRODA_OK || !whole)
      break;
    header.text[PRODA_JOURNAL_TEXT - 1] = '\0';
    status = read(context, header.index, header.text, value, header.n,
                  (uint64_t)journal->end + sizeof header, error);
    journal->end += (off_t)(sizeof header + header.n * sizeof *value);
  } while (status == PRODA_OK);
  free(value);
  if (status == PRODA_OK &&
      (ftruncate(journal->fd, journal->end) != 0 || lseek(journal->fd, journal->end, SEEK_SET) < 0))
    status = proda_error_set(error, "%s: cannot cut the unfinished end off: %s", journal->path,
                             strerror(errno));
  return status;
}

static int start_anew(struct proda_journal *journal, const char *inputs, struct proda_error *error)
{
  struct file_header header = {{0}, {0}};
  memcpy(header.magic, magic, sizeof header.magic);
  snprintf(header.inputs, sizeof header.inputs, "%s", inputs);
  journal->end = sizeof header;
  if (ftruncate(journal->fd, 0) != 0 || lseek(journal->fd, 0, SEEK_SET) < 0)
    return proda_error_set(error, "%s: cannot start anew: %s", journal->path, strerror(errno));
  return write_all(journal, &header, sizeof header, error);
}

/* Replays what was made from these inputs, starts anew on what is another journal, and leaves a
 * file that is none as it is. */
static int continue_or_start(struct proda_journal *journal, const char *inputs,
                             proda_journal_reader *read, void *context, struct proda_error *error)
{
  struct file_header header;
  size_t n, named = sizeof family - 1;
  if (read_most(journal, &header, sizeof header, &n, error) != PRODA_OK)
    return PRODA_ERROR;
  if (memcmp(&header, family, n < named ? n : named) != 0)
    return proda_error_set(error, "%s: is not a journal of proda; move it away", journal->path);
  if (n == sizeof header && memcmp(header.magic, magic, sizeof magic) == 0 &&
      strncmp(header.inputs, inputs, sizeof header.inputs) == 0)
    return replay(journal, read, context, error);
  return start_anew(journal, inputs, error);
}

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

int proda_journal_open(const char *path, const char *inputs, proda_journal_reader *read,
                       void *context, struct proda_journal **journal, struct proda_error *error)
{
  struct proda_journal *made = calloc(1, sizeof *made);
  if (!made || !(made->path = strdup(path))) {
    free(made);
    return proda_error_set(error, "out of memory for the journal");
  }
  int status = open_locked(made, error);
  if (status == PRODA_OK)
    status = continue_or_start(made, inputs, read, context, error);
  if (status == PRODA_OK)
    *journal = made;
  else
    proda_journal_close(made);
  return status;
}

int proda_journal_append(struct proda_journal *journal, uint64_t index, const char *text,
                         const double *value, size_t n, uint64_t *place, struct proda_error *error)
{
  struct record_header header = {.index = index, .n = n};
  snprintf(header.text, sizeof header.text, "%s", text ? text : "");
  header.checksum = checksum_of(&header, value);
  int status = write_all(journal, &header, sizeof header, error);
  if (status == PRODA_OK)
    status = write_all(journal, value, n * sizeof *value, error);
  *place = (uint64_t)journal->end + sizeof header;
  journal->end += (off_t)(sizeof header + n * sizeof *value);
  return status;
}

int proda_journal_read(const struct proda_journal *journal, uint64_t place, size_t first, size_t n,
                       double *value, struct proda_error *error)
{
  char *to = (char *)value;
  off_t at = (off_t)(place + first * sizeof *value);
  for (size_t left = n * sizeof *value; left > 0;) {
    ssize_t got = pread(journal->fd, to, left, at);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return proda_error_set(error, "%s: cannot read a record back: %s", journal->path,
                             got < 0 ? strerror(errno) : "the file ends before it");
    to += got;
    at += got;
    left -= (size_t)got;
  }
  return PRODA_OK;
}

/* The next record's head and first values at journal->end; *whole is false where the file ends
 * within the record. */
static int look_at_record(struct proda_journal *journal, off_t size, struct record_header *header,
                          size_t n_first, double *value, bool *whole, struct proda_error *error)
{
  size_t n, wanted;
  *whole = false;
  if (lseek(journal->fd, journal->end, SEEK_SET) < 0)
    return proda_error_set(error, "%s: cannot be read: %s", journal->path, strerror(errno));
  if (read_most(journal, header, sizeof *header, &n, error) != PRODA_OK)
    return PRODA_ERROR;
  off_t left = size - journal->end - (off_t)sizeof *header;
  if (n < sizeof *header || left < 0 || header->n > (size_t)left / sizeof *value)
    return PRODA_OK;
  wanted = (header->n < n_first ? header->n : n_first) * sizeof *value;
  if (read_most(journal, value, wanted, &n, error) != PRODA_OK)
    return PRODA_ERROR;
  *whole = n == wanted;
  return PRODA_OK;
}

static int look(struct proda_journal *journal, size_t n_first, proda_journal_reader *read,
                void *context, struct proda_error *error)
{
  struct file_header file_header;
  struct record_header header;
  struct stat file;
  size_t n;
  bool whole = true;
  if (fstat(journal->fd, &file) != 0)
    return proda_error_set(error, "%s: cannot be read: %s", journal->path, strerror(errno));
  if (read_most(journal, &file_header, sizeof file_header, &n, error) != PRODA_OK)
    return PRODA_ERROR;
  if (n < sizeof file_header) /* just begun */
    return PRODA_OK;
  if (memcmp(file_header.magic, magic, sizeof magic) != 0)
    return proda_error_set(error, "%s: is not a journal of this version of proda", journal->path);
  double *value = calloc(n_first + 1, sizeof *value);
  int status =
      value ? PRODA_OK : proda_error_set(error, "%s: out of memory for a record", journal->path);
  for (journal->end = sizeof file_header; status == PRODA_OK;
       journal->end += (off_t)(sizeof header + header.n * sizeof *value)) {
    status = look_at_record(journal, file.st_size, &header, n_first, value, &whole, error);
    if (status != PRODA_OK || !whole)
      break;
    header.text[PRODA_JOURNAL_TEXT - 1] = '\0';
    status =
        read(context, header.index, header.text, value, header.n < n_first ? header.n : n_first,
             (uint64_t)journal->end + sizeof header, error);
  }
  free(value);
  return status;
}

int proda_journal_look(const char *path, size_t n_first, proda_journal_reader *read, void *context,
                       bool *there, struct proda_error *error)
{
  struct proda_journal journal = {.path = (char *)path, .fd = open(path, O_RDONLY | O_CLOEXEC)};
  *there = journal.fd >= 0 || errno != ENOENT;
  if (!*there)
    return PRODA_OK;
  if (journal.fd < 0)
    return proda_error_set(error, "%s: cannot open: %s", path, strerror(errno));
  int status = look(&journal, n_first, read, context, error);
  close(journal.fd);
  return status;
}

int proda_journal_inputs(const char *path, char inputs[PRODA_DIGEST_SIZE],
                         struct proda_error *error)
{
  struct proda_journal journal = {.path = (char *)path, .fd = open(path, O_RDONLY | O_CLOEXEC)};
  struct file_header header;
  size_t n = 0;
  inputs[0] = '\0';
  if (journal.fd < 0)
    return proda_error_set(error, "%s: cannot open: %s", path, strerror(errno));
  int status = read_most(&journal, &header, sizeof header, &n, error);
  close(journal.fd);
  if (status == PRODA_OK && n == sizeof header && memcmp(header.magic, magic, sizeof magic) == 0)
    snprintf(inputs, PRODA_DIGEST_SIZE, "%.*s", PRODA_DIGEST_SIZE - 1, header.inputs);
  return status;
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
