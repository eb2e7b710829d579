#include <config.h>

#include "store/replace.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/** The process in "<base>.<pid>.tmp"; 0 for other names. */
static long writer_of(const char *name, const char *base)
{
  size_t length = strlen(base);
  char *end;
  if (strncmp(name, base, length) != 0 || name[length] != '.' ||
      !isdigit((unsigned char)name[length + 1]))
    return 0;
  long writer = strtol(name + length + 1, &end, 10);
  return strcmp(end, ".tmp") == 0 ? writer : 0;
}

/** HDF5 locks what it writes: a lock that can be had means that no machine is writing it. */
static void remove_unlocked(int directory, const char *name)
{
  int file = openat(directory, name, O_RDWR | O_CLOEXEC);
  if (file < 0)
    return;
  if (flock(file, LOCK_EX | LOCK_NB) == 0)
    unlinkat(directory, name, 0);
  close(file);
}

static void remove_leftovers(const char *path)
{
  char *parent = strdup(path), *copy = strdup(path);
  DIR *directory = parent && copy ? opendir(dirname(parent)) : NULL;
  const char *base = directory ? basename(copy) : NULL;
  for (struct dirent *entry; directory && (entry = readdir(directory));) {
    long writer = writer_of(entry->d_name, base);
    if (writer > 0 && kill((pid_t)writer, 0) != 0 && errno == ESRCH)
      remove_unlocked(dirfd(directory), entry->d_name);
  }
  if (directory)
    closedir(directory);
  free(parent);
  free(copy);
}

/** Whether a name ends in ".<pid>.tmp". */
static bool is_temporary(const char *name)
{
  const char *end = name + strlen(name);
  if (end - name < 6 || strcmp(end - 4, ".tmp") != 0)
    return false;
  const char *at = end - 5;
  while (at > name && isdigit((unsigned char)*at))
    at--;
  return *at == '.' && at < end - 5;
}

void proda_replace_clear(const char *path)
{
  DIR *directory = opendir(path);
  for (struct dirent *entry; directory && (entry = readdir(directory));)
    if (is_temporary(entry->d_name))
      unlinkat(dirfd(directory), entry->d_name, 0);
  if (directory)
    closedir(directory);
}

char *proda_replace_begin(const char *path)
{
  char *temporary = NULL;
  remove_leftovers(path);
  return asprintf(&temporary, "%s.%ld.tmp", path, (long)getpid()) < 0 ? NULL : temporary;
}

static int sync_path(const char *path, int flags)
{
  int descriptor = open(path, flags | O_CLOEXEC);
  if (descriptor < 0)
    return errno;
  int code = fsync(descriptor) == 0 ? 0 : errno;
  close(descriptor);
  return code;
}

int proda_replace_sync_name(const char *path)
{
  char *copy = strdup(path);
  if (!copy)
    return ENOMEM;
  int code = sync_path(dirname(copy), O_RDONLY | O_DIRECTORY);
  free(copy);
  return code == EINVAL ? 0 : code; // some file systems cannot sync a directory
}

int proda_replace_finish(const char *temporary, const char *path, const char **doing)
{
  *doing = "making it durable";
  int code = sync_path(temporary, O_RDONLY);
  if (code == 0) {
    *doing = "replacing it";
    code = rename(temporary, path) == 0 ? 0 : errno;
  }
  if (code != 0) {
    unlink(temporary);
    return code;
  }
  *doing = "making its name durable";
  return proda_replace_sync_name(path);
}
