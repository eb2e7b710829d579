#include <config.h>

#include "fuzz/parts.h"

#include <ctype.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char mark[] = "=== ";
enum { MARK = sizeof mark - 1 };

/** Length of a name that starts at `text`; 0 where it is none. */
static size_t name_length(const char *text, const char *end)
{
  size_t n = 0;
  for (; text + n < end && text[n] != '\n'; n++) {
    bool first = n == 0 || text[n - 1] == '/';
    bool good = isalnum((unsigned char)text[n]) || strchr("_-", text[n]) ||
                (!first && strchr("/.", text[n]));
    if (!good || !text[n] || n + 1 >= PART_NAME)
      return 0;
  }
  return n > 0 && text[n - 1] == '/' ? 0 : n;
}

/** The next line that starts with the mark, or `end`. */
static const char *next_mark(const char *at, const char *end)
{
  for (const char *line = at; line && line < end; line = memchr(line, '\n', (size_t)(end - line))) {
    line += *line == '\n';
    if ((size_t)(end - line) >= MARK && memcmp(line, mark, MARK) == 0)
      return line;
    if (line == end)
      break;
  }
  return end;
}

struct parts parts_cut(const uint8_t *data, size_t size, const char *first)
{
  struct parts parts = {0};
  const char *at = (const char *)data, *end = at + size;
  snprintf(parts.part[0].name, PART_NAME, "%s", first);
  for (;;) {
    const char *next = next_mark(at, end);
    struct part *part = &parts.part[parts.n++];
    part->text = at;
    part->size = (size_t)(next - at);
    size_t length = next < end ? name_length(next + MARK, end) : 0;
    if (length == 0 || parts.n == MAX_PARTS)
      return parts;
    snprintf(parts.part[parts.n].name, PART_NAME, "%.*s", (int)length, next + MARK);
    at = next + MARK + length;
    at += at < end;
  }
}

/* ---- files ---- */

static char directory[256];

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
  (void)status;
  (void)kind;
  return place->level > 0 ? remove(path) : 0;
}

void parts_clear(void)
{
  if (*directory)
    nftw(directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void remove_directory(void)
{
  parts_clear();
  rmdir(directory);
}

const char *parts_directory(void)
{
  static const char *const base[] = {"/dev/shm", "/tmp"};
  for (size_t i = 0; !*directory && i < sizeof base / sizeof *base; i++) {
    snprintf(directory, sizeof directory, "%s/proda-fuzz-XXXXXX", base[i]);
    if (!mkdtemp(directory))
      *directory = '\0';
    else
      atexit(remove_directory);
  }
  if (!*directory)
    abort();
  return directory;
}

const char *parts_path(const char *name)
{
  static char path[8][512];
  static int next;
  next = (next + 1) % 8;
  snprintf(path[next], sizeof *path, "%s/%s", parts_directory(), name);
  for (char *slash = path[next] + strlen(directory) + 1; (slash = strchr(slash, '/')); slash++) {
    *slash = '\0';
    mkdir(path[next], 0777);
    *slash = '/';
  }
  return path[next];
}

void parts_write(const struct part *part)
{
  FILE *out = fopen(parts_path(part->name), "wbe");
  if (!out)
    return;
  fwrite(part->text, 1, part->size, out);
  fclose(out);
}
