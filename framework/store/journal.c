#include "store/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

static const char magic[16] = "proda journal 1";

enum { MAX_VALUES = 1 << 27 };

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

/* Reads exactly `size` bytes; false at the end of the file or on failure. */
static bool read_all(int fd, void *buffer, size_t size)
{
  char *at = buffer;
  while (size > 0) {
    ssize_t got = read(fd, at, size);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return false;
    at += got;
    size -= (size_t)got;
  }
  return true;
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

/* Hands over the good records and leaves the file right behind the last of them. */
static int replay(struct proda_journal *journal, proda_journal_reader *read, void *context,
                  struct proda_error *error)
{
  journal->end = sizeof(struct file_header);
  double *value = NULL;
  int status = PRODA_OK;
  for (;;) {
    struct record_header header;
    if (!read_all(journal->fd, &header, sizeof header) || header.n > MAX_VALUES)
      break;
    double *grown = realloc(value, (header.n + 1) * sizeof *grown);
    if (!grown) {
      status = proda_error_set(error, "%s: out of memory for a record", journal->path);
      break;
    }
    value = grown;
    if (!read_all(journal->fd, value, header.n * sizeof *value) ||
        checksum_of(&header, value) != header.checksum)
      break;
    header.text[PRODA_JOURNAL_TEXT - 1] = '\0';
    status = read(context, header.index, header.text, value, header.n,
                  (uint64_t)journal->end + sizeof header, error);
    if (status != PRODA_OK)
      break;
    journal->end += (off_t)(sizeof header + header.n * sizeof *value);
  }
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

int proda_journal_open(const char *path, const char *inputs, proda_journal_reader *read,
                       void *context, struct proda_journal **journal, struct proda_error *error)
{
  struct proda_journal *made = calloc(1, sizeof *made);
  if (!made || !(made->path = strdup(path))) {
    free(made);
    return proda_error_set(error, "out of memory for the journal");
  }
  int status = PRODA_OK;
  made->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (made->fd < 0) {
    status = proda_error_set(error, "%s: cannot open: %s", path, strerror(errno));
    goto out;
  }
  if (flock(made->fd, LOCK_EX | LOCK_NB) != 0) {
    status = proda_error_set(error, "%s: another run is writing it; wait for it or stop it", path);
    goto out;
  }
  struct file_header header;
  if (read_all(made->fd, &header, sizeof header) &&
      memcmp(header.magic, magic, sizeof magic) == 0 &&
      strncmp(header.inputs, inputs, sizeof header.inputs) == 0)
    status = replay(made, read, context, error);
  else
    status = start_anew(made, inputs, error);
out:
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
