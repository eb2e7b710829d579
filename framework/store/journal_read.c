#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

#include "store/journal_private.h"

const char proda_journal_magic[16] = "proda journal 2";

/* Of the file that is looked through for the next record. */
enum { WINDOW = 1 << 16 };

uint64_t proda_record_checksum(const char *inputs, const struct proda_record_header *header,
                               const double *value)
{
  struct proda_record_header clean = *header;
  clean.checksum = 0;
  uint64_t seed = XXH3_64bits_withSeed(&clean, sizeof clean, XXH3_64bits(inputs, strlen(inputs)));
  return XXH3_64bits_withSeed(value, clean.n * sizeof *value, seed);
}

static int cannot_read(const struct proda_journal *journal, struct proda_error *error)
{
  return proda_error_set(error, "%s: cannot be read: %s", journal->path, strerror(errno));
}

int proda_journal_read_at(const struct proda_journal *journal, off_t at, void *buffer, size_t size,
                          size_t *n, struct proda_error *error)
{
  char *to = buffer;
  for (*n = 0; *n < size;) {
    ssize_t got = pread(journal->fd, to + *n, size - *n, at + (off_t)*n);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return cannot_read(journal, error);
    if (got == 0)
      break;
    *n += (size_t)got;
  }
  return PRODA_OK;
}

/* A record's head at `at`; false where none can be there. */
static int read_head(const struct proda_journal *journal, off_t at, off_t size,
                     struct proda_record_header *header, bool *there, struct proda_error *error)
{
  size_t n, left;
  *there = false;
  if (proda_journal_read_at(journal, at, header, sizeof *header, &n, error) != PRODA_OK)
    return PRODA_ERROR;
  if (n < sizeof *header || size < at + (off_t)sizeof *header)
    return PRODA_OK;
  left = (size_t)(size - at) - sizeof *header;
  *there = header->mark == PRODA_RECORD_MARK && header->n <= left / sizeof(double);
  header->text[PRODA_JOURNAL_TEXT - 1] = '\0';
  return PRODA_OK;
}

/* One record, its values grown to fit; *good is false where the file ends first or the checksum
 * fails. */
static int read_record(const struct proda_journal *journal, const char *inputs, off_t at,
                       off_t size, struct proda_record_header *header, double **value, bool *good,
                       struct proda_error *error)
{
  size_t n;
  if (read_head(journal, at, size, header, good, error) != PRODA_OK)
    return PRODA_ERROR;
  if (!*good)
    return PRODA_OK;
  size_t bytes = header->n * sizeof **value;
  double *grown = realloc(*value, bytes + 1);
  if (!grown)
    return proda_error_set(error, "%s: out of memory for a record", journal->path);
  *value = grown;
  if (proda_journal_read_at(journal, at + (off_t)sizeof *header, grown, bytes, &n, error) !=
      PRODA_OK)
    return PRODA_ERROR;
  *good = n == bytes && proda_record_checksum(inputs, header, grown) == header->checksum;
  return PRODA_OK;
}

/* The next place from `from` on where a record may begin; the end of the file where none is. */
static int find_mark(const struct proda_journal *journal, off_t from, off_t size, off_t *found,
                     struct proda_error *error)
{
  uint64_t window[WINDOW / sizeof(uint64_t)];
  size_t n;
  for (off_t at = from; at < size; at += WINDOW) {
    if (proda_journal_read_at(journal, at, window, sizeof window, &n, error) != PRODA_OK)
      return PRODA_ERROR;
    for (size_t i = 0; i < n / sizeof *window; i++)
      if (window[i] == PRODA_RECORD_MARK) {
        *found = at + (off_t)(i * sizeof *window);
        return PRODA_OK;
      }
  }
  *found = size;
  return PRODA_OK;
}

int proda_journal_replay(struct proda_journal *journal, const char *inputs,
                         proda_journal_reader *read, void *context, struct proda_error *error)
{
  struct proda_record_header header;
  struct stat file;
  double *value = NULL;
  bool good;
  long long damaged = 0;
  int status = PRODA_OK;
  if (fstat(journal->fd, &file) != 0)
    return cannot_read(journal, error);
  journal->end = sizeof(struct proda_journal_header);
  for (off_t at = journal->end; at < file.st_size && status == PRODA_OK;) {
    status = read_record(journal, inputs, at, file.st_size, &header, &value, &good, error);
    if (status == PRODA_OK && good) {
      damaged += at - journal->end;
      status = read(context, header.index, header.text, value, header.n,
                    (uint64_t)at + sizeof header, error);
      at += (off_t)(sizeof header + header.n * sizeof *value);
      journal->end = at;
    } else if (status == PRODA_OK) {
      status = find_mark(journal, at + (off_t)sizeof(uint64_t), file.st_size, &at, error);
    }
  }
  free(value);
  if (damaged > 0)
    proda_error_set(&journal->note,
                    "%s: %lld bytes within it are damaged; what was there is done again",
                    journal->path, damaged);
  return status;
}

/* ---- looking ---- */

static int look(struct proda_journal *journal, size_t n_first, proda_journal_reader *read,
                void *context, struct proda_error *error)
{
  struct proda_journal_header file_header;
  struct proda_record_header header;
  struct stat file;
  size_t n;
  bool there = true;
  if (fstat(journal->fd, &file) != 0)
    return cannot_read(journal, error);
  if (proda_journal_read_at(journal, 0, &file_header, sizeof file_header, &n, error) != PRODA_OK)
    return PRODA_ERROR;
  if (n < sizeof file_header) /* just begun */
    return PRODA_OK;
  if (memcmp(file_header.magic, proda_journal_magic, sizeof file_header.magic) != 0)
    return proda_error_set(error, "%s: is not a journal of this version of proda", journal->path);
  double *value = calloc(n_first + 1, sizeof *value);
  int status =
      value ? PRODA_OK : proda_error_set(error, "%s: out of memory for a record", journal->path);
  for (off_t at = sizeof file_header; at < file.st_size && status == PRODA_OK;) {
    status = read_head(journal, at, file.st_size, &header, &there, error);
    if (status == PRODA_OK && !there)
      status = find_mark(journal, at + (off_t)sizeof(uint64_t), file.st_size, &at, error);
    if (status != PRODA_OK || !there)
      continue;
    size_t first = header.n < n_first ? header.n : n_first;
    off_t place = at + (off_t)sizeof header;
    status = proda_journal_read_at(journal, place, value, first * sizeof *value, &n, error);
    if (status == PRODA_OK)
      status = read(context, header.index, header.text, value, first, (uint64_t)place, error);
    at = place + (off_t)(header.n * sizeof *value);
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
  struct proda_journal_header header;
  size_t n = 0;
  inputs[0] = '\0';
  if (journal.fd < 0)
    return proda_error_set(error, "%s: cannot open: %s", path, strerror(errno));
  int status = proda_journal_read_at(&journal, 0, &header, sizeof header, &n, error);
  close(journal.fd);
  if (status == PRODA_OK && n == sizeof header &&
      memcmp(header.magic, proda_journal_magic, sizeof header.magic) == 0)
    snprintf(inputs, PRODA_DIGEST_SIZE, "%.*s", PRODA_DIGEST_SIZE - 1, header.inputs);
  return status;
}
