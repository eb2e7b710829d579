/** @file scratch.h
 * A directory for a test's files: made by the group's setup, removed with its content by teardown.
 */
#ifndef PRODA_SCRATCH_H
#define PRODA_SCRATCH_H

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "testing.h"

static char scratch_directory[1024];

static inline __attribute__((unused)) int scratch_setup(void **state)
{
  (void)state;
  const char *base = getenv("TMPDIR");
  snprintf(scratch_directory, sizeof scratch_directory, "%s/proda-test-XXXXXX",
           base ? base : "/tmp");
  umask(022); /* plugins that a group can write are refused */
  return mkdtemp(scratch_directory) ? 0 : -1;
}

/** A path in the directory; good until the fourth call after. */
static inline __attribute__((unused)) const char *scratch_path(const char *name)
{
  static char path[4][2048];
  static int next;
  next = (next + 1) % 4;
  int length = snprintf(path[next], sizeof path[next], "%s/%s", scratch_directory, name);
  assert_in_range(length, 1, sizeof path[next] - 1);
  return path[next];
}

/** Number of entries of the directory whose names hold `part`. */
static inline __attribute__((unused)) int scratch_count(const char *part)
{
  int n = 0;
  DIR *directory = opendir(scratch_directory);
  for (struct dirent *entry; directory && (entry = readdir(directory));)
    n += entry->d_name[0] != '.' && strstr(entry->d_name, part) != NULL;
  if (directory)
    closedir(directory);
  return n;
}

static inline __attribute__((unused)) void scratch_remove(const char *path)
{
  DIR *directory = opendir(path);
  for (struct dirent *entry; directory && (entry = readdir(directory));) {
    char child[4096];
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
      continue;
    int length = snprintf(child, sizeof child, "%s/%s", path, entry->d_name);
    if (length > 0 && (size_t)length < sizeof child)
      scratch_remove(child);
  }
  if (directory)
    closedir(directory);
  remove(path);
}

static inline __attribute__((unused)) int scratch_teardown(void **state)
{
  (void)state;
  scratch_remove(scratch_directory);
  return 0;
}

#endif
