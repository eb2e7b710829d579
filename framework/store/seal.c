#include <config.h>

#include "store/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/digest.h"

static const char mark[] = "\nproda-seal ";
enum { MARK = sizeof mark - 1, DIGEST = PRODA_DIGEST_SIZE - 1, SEAL = MARK + DIGEST + 1 };
enum { BLOCK = 1 << 18 };

/** Reads `size` bytes; a file that ends before is EIO. */
static int read_all(int file, char *bytes, size_t size)
{
  while (size > 0) {
    ssize_t n = read(file, bytes, size);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return n < 0 ? errno : EIO;
    bytes += n;
    size -= (size_t)n;
  }
  return 0;
}

/** Digest of the file's first `size` bytes. */
static int digest_of(int file, off_t size, char out[PRODA_DIGEST_SIZE])
{
  char *block = malloc(BLOCK);
  struct proda_digest *digest = block ? proda_digest_new() : NULL;
  int code = digest ? 0 : ENOMEM;
  if (code == 0 && lseek(file, 0, SEEK_SET) != 0)
    code = errno;
  while (code == 0 && size > 0) {
    size_t n = size < BLOCK ? (size_t)size : BLOCK;
    code = read_all(file, block, n);
    proda_digest_bytes(digest, block, n);
    size -= (off_t)n;
  }
  if (digest)
    proda_digest_finish(digest, out);
  free(block);
  return code;
}

static int append(int file, const char seal[SEAL])
{
  if (lseek(file, 0, SEEK_END) < 0)
    return errno;
  for (size_t done = 0; done < SEAL;) {
    ssize_t n = write(file, seal + done, SEAL - done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return n < 0 ? errno : ENOSPC;
    done += (size_t)n;
  }
  return 0;
}

int proda_seal_put(const char *path)
{
  struct stat status;
  char seal[SEAL + 1], digest[PRODA_DIGEST_SIZE];
  int file = open(path, O_RDWR | O_CLOEXEC);
  if (file < 0)
    return errno;
  int code = fstat(file, &status) == 0 ? digest_of(file, status.st_size, digest) : errno;
  if (code == 0) {
    snprintf(seal, sizeof seal, "%s%s\n", mark, digest);
    code = append(file, seal);
  }
  close(file);
  return code;
}

/** Whether the end of a file was a seal once: most of its mark is there, or all of it elsewhere,
 * where the end of the seal was cut off. */
static bool looks_sealed(const char end[SEAL])
{
  size_t same = end[SEAL - 1] == '\n';
  for (size_t i = 0; i < MARK; i++)
    same += end[i] == mark[i];
  return same > MARK / 2 || memmem(end, SEAL, mark, MARK);
}

int proda_seal_check(const char *path, enum proda_seal *seal)
{
  struct stat status;
  char end[SEAL], digest[PRODA_DIGEST_SIZE];
  *seal = PRODA_SEAL_NONE;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return errno;
  int code = fstat(file, &status) == 0 ? 0 : errno;
  if (code != 0 || status.st_size < SEAL)
    goto out;
  if (lseek(file, -SEAL, SEEK_END) < 0)
    code = errno;
  if (code == 0)
    code = read_all(file, end, SEAL);
  if (code != 0 || !looks_sealed(end))
    goto out;
  code = digest_of(file, status.st_size - SEAL, digest);
  bool intact = memcmp(end, mark, MARK) == 0 && memcmp(end + MARK, digest, DIGEST) == 0 &&
                end[SEAL - 1] == '\n';
  *seal = intact ? PRODA_SEAL_INTACT : PRODA_SEAL_BROKEN;
out:
  close(file);
  return code;
}
