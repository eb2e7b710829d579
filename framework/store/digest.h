/** @file digest.h
 * Digests (XXH3-128) that tell whether a manifest or an input is still the same. The one place that
 * knows xxHash. Not for security.
 */
#ifndef PRODA_STORE_DIGEST_H
#define PRODA_STORE_DIGEST_H

#include <stddef.h>

#include <proda/status.h>

enum { PRODA_DIGEST_SIZE = 33 }; /**< 32 hexadecimal digits and NUL */

/** A growing digest. */
struct proda_digest;
struct proda_digest *proda_digest_new(void); /**< NULL for lack of memory */
void proda_digest_bytes(struct proda_digest *digest, const void *data, size_t size);
void proda_digest_text(struct proda_digest *digest, const char *text); /**< with its NUL */
/** Adds a file's bytes. */
int proda_digest_file(struct proda_digest *digest, const char *path, struct proda_error *error);
/** Writes 32 hexadecimal digits and NUL, and frees the digest. `out` may be NULL: only frees. */
void proda_digest_finish(struct proda_digest *digest, char out[PRODA_DIGEST_SIZE]);

/** The digest of one block of bytes. */
void proda_digest_of(const void *data, size_t size, char out[PRODA_DIGEST_SIZE]);

#endif
