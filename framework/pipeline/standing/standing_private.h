/** @file standing_private.h
 * What the files of this folder share.
 */
#ifndef PRODA_PIPELINE_STANDING_PRIVATE_H
#define PRODA_PIPELINE_STANDING_PRIVATE_H

#include "pipeline/standing/standing.h"

/** How a store stands: enum proda_store_state, or one of these. */
enum {
  PRODA_STANDING_WAITS =
      PRODA_STORE_DAMAGED + 1, /**< there, but what it is made from is not up to date */
  PRODA_STANDING_THERE,        /**< there; without the experiment no more is known */
  PRODA_STANDING_UNKNOWN,      /**< cannot be told: see `why` */
};

/** One stage of one structure, or of all. */
struct proda_standing_row {
  const char *stage;
  char *structure; /**< NULL for stages of all */
  char *path;      /**< of its store */
  int state;
  struct proda_error why; /**< where the state needs one */
};

/** Rows of an experiment in the order of the stages; `*rows` is released by proda_standing_free. */
int proda_standing_stages(const struct proda_run *run, struct proda_standing_row **rows, size_t *n,
                          struct proda_error *error);
/** The same of a directory alone. */
int proda_standing_files(const char *directory, struct proda_standing_row **rows, size_t *n,
                         struct proda_error *error);
void proda_standing_free(struct proda_standing_row *rows, size_t n);

/** Prints how far the calibration of a structure is, where its journal is there. `run` may be
 * NULL; `facts` are those of the lock. */
int proda_standing_tell_calibration(const struct proda_run *run, const char *output,
                                    const char *structure, const struct proda_lock_facts *facts,
                                    FILE *out, struct proda_error *error);

#endif
