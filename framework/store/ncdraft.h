/** @file ncdraft.h
 * A store put together in memory, variable by variable, and written at once.
 */
#ifndef PRODA_STORE_NCDRAFT_H
#define PRODA_STORE_NCDRAFT_H

#include "store/ncfile.h"

struct proda_draft; /**< owns its dimensions, variables and their values */

/** NULL for lack of memory. */
struct proda_draft *proda_draft_new(void);
void proda_draft_free(struct proda_draft *draft);

/** Adds a dimension of at least 1. */
int proda_draft_dim(struct proda_draft *draft, const char *name, size_t length,
                    struct proda_error *error);

/** Adds a variable of numbers along dimensions that are there; `*value` has the product of their
 * lengths, NaN in variables of floating point and 0 in others, and is the draft's. What `entry`
 * points to stays the caller's and outlives the draft. */
int proda_draft_numbers(struct proda_draft *draft, const struct proda_nc_entry *entry,
                        double **value, struct proda_error *error);

/** proda_draft_numbers of each, value[n]. */
int proda_draft_numbers_all(struct proda_draft *draft, const struct proda_nc_entry *entry, size_t n,
                            double **value, struct proda_error *error);

/** Adds a variable of texts, with a copy of text [product of the lengths]. */
int proda_draft_texts(struct proda_draft *draft, const struct proda_nc_entry *entry,
                      const char *const *text, struct proda_error *error);

/** Gives a variable CF flags 0 .. n-1; the meanings are copied. */
int proda_draft_flags(struct proda_draft *draft, const char *variable, const char *const *meaning,
                      size_t n, struct proda_error *error);

/** Length of a dimension; 0 where there is none. */
size_t proda_draft_length(const struct proda_draft *draft, const char *name);

/** Values of a variable of numbers; NULL where there is none. */
const double *proda_draft_find(const struct proda_draft *draft, const char *name);

/** Defines and writes all of it into a new file. */
int proda_draft_write(const struct proda_draft *draft, struct proda_nc *file,
                      struct proda_error *error);

#endif
