#define _GNU_SOURCE /* fallocate */
#include "store/reserve.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

int proda_reserve_begin(const char *path, int *file)
{
  *file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  return *file < 0 ? errno : 0;
}

static int look_for_room(int file, double bytes)
{
  struct statvfs system;
  struct stat status;
  if (fstatvfs(file, &system) != 0 || fstat(file, &status) != 0)
    return 0;
  double has = 512.0 * (double)status.st_blocks;
  return has + (double)system.f_bavail * (double)system.f_frsize < bytes ? ENOSPC : 0;
}

int proda_reserve(int file, double bytes)
{
  int code;
  do {
    code = fallocate(file, FALLOC_FL_KEEP_SIZE, 0, (off_t)bytes) == 0 ? 0 : errno;
  } while (code == EINTR);
  if (code == EOPNOTSUPP || code == ENOSYS || code == ENODEV || code == EINVAL)
    code = look_for_room(file, bytes);
  return code;
}

void proda_reserve_end(int file)
{
  struct stat status;
  if (file < 0)
    return;
  if (fstat(file, &status) == 0)
    (void)!ftruncate(file, status.st_size); /* also where that is its length already */
  close(file);
}
