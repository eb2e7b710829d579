/** @file provenance.h
 * Who made a store and from what; and whether it is still what would be made today.
 */
#ifndef PRODA_STORE_PROVENANCE_H
#define PRODA_STORE_PROVENANCE_H

#include <stdbool.h>
#include <stddef.h>

#include "store/digest.h"
#include "store/ncfile.h"

/** Writes Conventions, title, proda_version, proda_command, proda_inputs (the digest), history and
 * seed as global attributes. */
int proda_provenance_put(struct proda_nc *file, const char *title, const char *command,
                         const char *inputs, unsigned long long seed, struct proda_error *error);

/** Whether a finished store at `path` was made from the inputs with this digest. An absent or
 * unreadable store is not current. */
bool proda_store_current(const char *path, const char *inputs);

#endif
