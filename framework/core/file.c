#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int cannot_read(const char *path, struct proda_error *error)
{
  return proda_error_set(error, "%s: cannot be read: %s", path, strerror(errno));
}

/** Doubles the buffer up to limit + 1 bytes and a NUL; false for lack of memory. */
static bool grow(char **buffer, size_t *capacity, size_t limit)
{
  size_t wanted = *capacity ? 2 * *capacity : 65536;
  if (wanted > limit + 1)
    wanted = limit + 1;
  char *larger = realloc(*buffer, wanted + 1);
  if (!larger)
    return false;
  *buffer = larger;
  *capacity = wanted;
  return true;
}

static int read_all(FILE *stream, const char *path, size_t limit, char **bytes, size_t *size,
                    struct proda_error *error)
{
  size_t capacity = 0;
  do {
    if (*size == capacity && !grow(bytes, &capacity, limit))
      return proda_error_set(error, "%s: out of memory", path);
    *size += fread(*bytes + *size, 1, capacity - *size, stream);
    if (ferror(stream))
      return cannot_read(path, error);
    if (*size > limit)
      return proda_error_set(error, "%s: larger than %zu bytes, the most that is accepted here",
                             path, limit);
  } while (!feof(stream));
  (*bytes)[*size] = '\0';
  return PRODA_OK;
}

/** Opens without waiting: a FIFO's other end may never come. Devices may never end. */
static int open_regular(const char *path, FILE **stream, struct proda_error *error)
{
  struct stat status;
  int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (file < 0)
    return cannot_read(path, error);
  bool known = fstat(file, &status) == 0;
  *stream = known && S_ISREG(status.st_mode) ? fdopen(file, "rb") : NULL;
  if (*stream)
    return PRODA_OK;
  close(file);
  if (known && S_ISDIR(status.st_mode))
    return proda_error_set(error, "%s: is a directory, a file was expected", path);
  return known ? proda_error_set(error, "%s: is no regular file, only such are read", path)
               : cannot_read(path, error);
}

int proda_file_read(const char *path, size_t limit, char **bytes, size_t *size,
                    struct proda_error *error)
{
  FILE *stream = NULL;
  if (open_regular(path, &stream, error))
    return PRODA_ERROR;
  *bytes = NULL;
  *size = 0;
  int status = read_all(stream, path, limit, bytes, size, error);
  if (status) {
    free(*bytes);
    *bytes = NULL;
  }
  fclose(stream);
  return status;
}
