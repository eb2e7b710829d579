#include "store/room.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

/* Bytes free to us on the file system that a path lies on; negative where nobody knows. */
static double free_at(const char *path)
{
  struct statvfs system;
  char *copy = strdup(path);
  double free_bytes = -1;
  if (copy && statvfs(dirname(copy), &system) == 0)
    free_bytes = (double)system.f_bavail * (double)system.f_frsize;
  free(copy);
  return free_bytes;
}

int proda_room_is_none(const char *path, double needed)
{
  double left = free_at(path);
  return left >= 0 && left <= needed;
}

static const char *advice(int code)
{
  switch (code) {
  case ENOSPC:
  case EDQUOT:
  case EFBIG:
    return "make room and run the same command again";
  case EROFS:
  case EACCES:
  case EPERM:
    return "make it writable, or give the experiment another `output`";
  default:
    return "see to the disk and run the same command again";
  }
}

int proda_room_error(const char *path, const char *doing, int code, double needed,
                     struct proda_error *error)
{
  char room[96] = "";
  double left = free_at(path);
  if ((code == ENOSPC || code == EDQUOT) && left >= 0 && needed > 0)
    snprintf(room, sizeof room, " about %.1f MB are needed, %.1f MB are free there;", needed / 1e6,
             left / 1e6);
  else if (code == ENOSPC && left >= 0)
    snprintf(room, sizeof room, " %.1f MB are free there;", left / 1e6);
  return proda_error_set(error, "%s: %s: %s;%s what was finished is kept: %s", path, doing,
                         strerror(code), room, advice(code));
}
