/** @file provenance.h
 * Who made a store and from what; and whether it is still what would be made today.
 */
#ifndef PRODA_STORE_PROVENANCE_H
#define PRODA_STORE_PROVENANCE_H

#include <stdbool.h>
#include <stddef.h>

#include "store/ncfile.h"

/** A growing digest (XXH3-128) of everything a store depends on. */
struct proda_digest;
struct proda_digest *proda_digest_new(void); /**< NULL for lack of memory */
void proda_digest_bytes(struct proda_digest *digest, const void *data, size_t size);
void proda_digest_text(struct proda_digest *digest, const char *text); /**< with its NUL */
/** Adds a file's bytes. */
int proda_digest_file(struct proda_digest *digest, const char *path, struct proda_error *error);
/** Writes 32 hexadecimal digits and NUL, and frees the digest. */
void proda_digest_finish(struct proda_digest *digest, char out[33]);

/** Writes Conventions, title, proda_version, proda_command, proda_inputs (the digest), history and
 * seed as global attributes. */
int proda_provenance_put(struct proda_nc *file, const char *title, const char *command,
                         const char *inputs, unsigned long long seed, struct proda_error *error);

/** Whether a finished store at `path` was made from the inputs with this digest. An absent or
 * unreadable store is not current. */
bool proda_store_current(const char *path, const char *inputs);

#endif
