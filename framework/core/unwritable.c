#include "core/unwritable.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

/* A file system is as good as full with this much left: a write that failed wanted more. */
enum { AS_GOOD_AS_FULL = 1 << 16 };

double proda_unwritable_room(const char *path)
{
  struct statvfs system;
  char *copy = strdup(path);
  double room = -1;
  if (copy && statvfs(dirname(copy), &system) == 0)
    room = (double)system.f_bavail * (double)system.f_frsize;
  free(copy);
  return room;
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

int proda_unwritable(const char *path, const char *doing, int code, double needed,
                     struct proda_error *error)
{
  char room[96] = "";
  double left = proda_unwritable_room(path);
  if (code == 0 || code == EIO)
    code = left >= 0 && left < AS_GOOD_AS_FULL ? ENOSPC : EIO;
  if ((code == ENOSPC || code == EDQUOT) && left >= 0 && needed > 0)
    snprintf(room, sizeof room, " at least %.2f MB are needed, %.2f MB are free there;",
             needed / 1e6, left / 1e6);
  else if (code == ENOSPC && left >= 0)
    snprintf(room, sizeof room, " %.2f MB are free there;", left / 1e6);
  return proda_error_set(error, "%s: %s: %s;%s what was finished is kept: %s", path, doing,
                         strerror(code), room, advice(code));
}
