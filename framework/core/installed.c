#include "config.h"

#include "core/installed.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Takes equal last components off both; returns how many. */
static size_t strip_common(const char *a, size_t *a_length, const char *b, size_t *b_length)
{
  size_t n = 0, start = *a_length;
  while (start > 0) {
    size_t end = start;
    while (start > 0 && a[start - 1] != '/')
      start--;
    size_t length = end - start + (start > 0); /* with its slash */
    if (length > *b_length || memcmp(a + end - length, b + *b_length - length, length) != 0)
      break;
    *a_length = end - length;
    *b_length -= length;
    start = *a_length;
    n++;
  }
  return n;
}

const char *proda_installed_move(const char *path, const char *libdir, const char *actual,
                                 char out[PRODA_INSTALLED_SIZE])
{
  size_t head = strlen(libdir), moved = strlen(actual);
  if (strip_common(libdir, &head, actual, &moved) == 0 || strncmp(path, libdir, head) != 0 ||
      (path[head] != '/' && path[head] != '\0'))
    return path;
  int length = snprintf(out, PRODA_INSTALLED_SIZE, "%.*s%s", (int)moved, actual, path + head);
  return length > 0 && length < PRODA_INSTALLED_SIZE ? out : path;
}

char *proda_installed_library(void)
{
  Dl_info info;
  bool found = dladdr((void *)&proda_installed_library, &info) && info.dli_fname;
  return found ? realpath(info.dli_fname, NULL) : NULL;
}

const char *proda_installed_path(const char *path, char out[PRODA_INSTALLED_SIZE])
{
  char *library = proda_installed_library();
  char *slash = library ? strrchr(library, '/') : NULL;
  if (slash) {
    *slash = '\0';
    path = proda_installed_move(path, PRODA_LIB_DIR, library, out);
  }
  free(library);
  return path;
}
