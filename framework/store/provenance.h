/** @file provenance.h
 * Who made a store and from what; and whether it is still what would be made today.
 */
#ifndef PRODA_STORE_PROVENANCE_H
#define PRODA_STORE_PROVENANCE_H

#include <stddef.h>

#include "store/digest.h"
#include "store/ncfile.h"

/** Writes Conventions, title, proda_version, proda_command, proda_inputs (the digest),
 * proda_experiment (its name; NULL where there is none), history and seed as global attributes. */
int proda_provenance_put(struct proda_nc *file, const char *title, const char *command,
                         const char *inputs, const char *experiment, unsigned long long seed,
                         struct proda_error *error);

enum proda_store_state {
  PRODA_STORE_CURRENT, /**< what would be made today */
  PRODA_STORE_ABSENT,
  PRODA_STORE_STALE,         /**< made from other settings, inputs or plugins */
  PRODA_STORE_OTHER_VERSION, /**< made by another version of proda */
  PRODA_STORE_FOREIGN,       /**< stale, and made for an experiment of another name */
  PRODA_STORE_DAMAGED,       /**< cannot be read */
};

/** Looks at a store of an experiment (NULL: of none) that shall be made from the inputs with this
 * digest; where it is not current `why` says what it is instead. */
enum proda_store_state proda_store_look(const char *path, const char *inputs,
                                        const char *experiment, struct proda_error *why);

#endif
