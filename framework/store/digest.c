#include "store/digest.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <xxhash.h>

/* struct proda_digest is xxHash's own state under another name. */
static XXH3_state_t *state(struct proda_digest *digest)
{
  return (XXH3_state_t *)digest;
}

static void print(XXH128_hash_t hash, char out[PRODA_DIGEST_SIZE])
{
  snprintf(out, PRODA_DIGEST_SIZE, "%016" PRIx64 "%016" PRIx64, (uint64_t)hash.high64,
           (uint64_t)hash.low64);
}

struct proda_digest *proda_digest_new(void)
{
  XXH3_state_t *new = XXH3_createState();
  if (new)
    XXH3_128bits_reset(new);
  return (struct proda_digest *)new;
}

void proda_digest_bytes(struct proda_digest *digest, const void *data, size_t size)
{
  XXH3_128bits_update(state(digest), data, size);
}

void proda_digest_text(struct proda_digest *digest, const char *text)
{
  proda_digest_bytes(digest, text, strlen(text) + 1);
}

int proda_digest_file(struct proda_digest *digest, const char *path, struct proda_error *error)
{
  char block[65536];
  size_t n;
  FILE *stream = fopen(path, "rbe");
  if (!stream)
    return proda_error_set(error, "%s: cannot be read: %s", path, strerror(errno));
  while ((n = fread(block, 1, sizeof block, stream)) > 0)
    proda_digest_bytes(digest, block, n);
  int status = PRODA_OK;
  if (ferror(stream))
    status = proda_error_set(error, "%s: cannot be read: %s", path, strerror(errno));
  fclose(stream);
  return status;
}

void proda_digest_finish(struct proda_digest *digest, char out[PRODA_DIGEST_SIZE])
{
  if (out)
    print(XXH3_128bits_digest(state(digest)), out);
  XXH3_freeState(state(digest));
}

void proda_digest_of(const void *data, size_t size, char out[PRODA_DIGEST_SIZE])
{
  print(XXH3_128bits(data, size), out);
}
