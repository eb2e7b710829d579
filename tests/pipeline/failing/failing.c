/* Loaded before a program (LD_PRELOAD): system calls that change files below $FAILING_BELOW fail
 * from the $FAILING_AT-th on with errno $FAILING_WITH, all of them or, with $FAILING_ONCE, that
 * one. $FAILING_COUNT names a file that gets how many there were. With $FAILING_CLOCK the clock of
 * the day jumps to and fro by days at every look. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static long n_calls;

static int lies_below(const char *path)
{
  const char *below = getenv("FAILING_BELOW");
  return below && strncmp(path, below, strlen(below)) == 0;
}

/* Whether the next call on a path fails; errno is then set. */
static int fails_on(const char *path)
{
  const char *at = getenv("FAILING_AT"), *with = getenv("FAILING_WITH");
  if (!lies_below(path))
    return 0;
  n_calls++;
  if (!at || !with || n_calls < atol(at) || (getenv("FAILING_ONCE") && n_calls > atol(at)))
    return 0;
  errno = atoi(with);
  return 1;
}

static int fails(int fd)
{
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  path[n > 0 ? n : 0] = '\0';
  return fails_on(path);
}

static __attribute__((destructor)) void tell(void)
{
  const char *to = getenv("FAILING_COUNT");
  FILE *file = to && n_calls > 0 ? fopen(to, "a") : NULL;
  if (file) {
    fprintf(file, "%ld\n", n_calls);
    fclose(file);
  }
}

#define NEXT(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *buffer, size_t size)
{
  return fails(fd) ? -1 : NEXT(write)(fd, buffer, size);
}

ssize_t pwrite(int fd, const void *buffer, size_t size, off_t at)
{
  return fails(fd) ? -1 : NEXT(pwrite)(fd, buffer, size, at);
}

ssize_t pwrite64(int fd, const void *buffer, size_t size, off64_t at)
{
  return fails(fd) ? -1 : NEXT(pwrite64)(fd, buffer, size, at);
}

int fsync(int fd)
{
  return fails(fd) ? -1 : NEXT(fsync)(fd);
}

int fdatasync(int fd)
{
  return fails(fd) ? -1 : NEXT(fdatasync)(fd);
}

int ftruncate(int fd, off_t size)
{
  return fails(fd) ? -1 : NEXT(ftruncate)(fd, size);
}

int ftruncate64(int fd, off64_t size)
{
  return fails(fd) ? -1 : NEXT(ftruncate64)(fd, size);
}

int fallocate(int fd, int mode, off_t at, off_t size)
{
  return fails(fd) ? -1 : NEXT(fallocate)(fd, mode, at, size);
}

int fallocate64(int fd, int mode, off64_t at, off64_t size)
{
  return fails(fd) ? -1 : NEXT(fallocate64)(fd, mode, at, size);
}

int rename(const char *from, const char *to)
{
  return fails_on(to) ? -1 : NEXT(rename)(from, to);
}

/* ---- clocks ---- */

static long jump(void)
{
  static unsigned long state = 88172645463325252u;
  if (!getenv("FAILING_CLOCK"))
    return 0;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (long)(state % 20000000) - 10000000;
}

int clock_gettime(clockid_t clock, struct timespec *t)
{
  int code = NEXT(clock_gettime)(clock, t);
  if (code == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    t->tv_sec += jump();
  return code;
}

time_t time(time_t *to)
{
  time_t now = NEXT(time)(NULL) + jump();
  if (to)
    *to = now;
  return now;
}

int gettimeofday(struct timeval *t, void *zone)
{
  int code = NEXT(gettimeofday)(t, zone);
  t->tv_sec += jump();
  return code;
}
