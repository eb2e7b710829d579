/** @file journal.h
 * An append-only file of finished records, so that a run that is killed loses nothing finished.
 *
 * Layout: a header with the digest of what the records were made from, then records (mark, index,
 * size, checksum, text, values). A record that a kill or a power cut left unfinished, or that was
 * damaged, fails its checksum and is dropped; those behind it are found by their mark.
 * What is appended is durable (fdatasync) PRODA_JOURNAL_SECONDS later.
 */
#ifndef PRODA_STORE_JOURNAL_H
#define PRODA_STORE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <proda/status.h>

#include "store/digest.h"

struct proda_journal;

enum { PRODA_JOURNAL_TEXT = 120 };
#define PRODA_JOURNAL_SECONDS 1.0

/** Takes a record found in the file; `value` is borrowed, `place` is where the values stand, for
 * proda_journal_read. An error ends the opening. */
typedef int proda_journal_reader(void *context, uint64_t index, const char *text,
                                 const double *value, size_t n, uint64_t place,
                                 struct proda_error *error);

/** Opens or starts the journal at `path`; records of one made from `inputs` are given to `read`. A
 * journal made from other inputs, or by another version, is set aside as "<path>.<beginning of its
 * inputs>", and comes back when those are asked for again. Locked against a second process. A file
 * that is no journal is refused and left as it is. */
int proda_journal_open(const char *path, const char *inputs, proda_journal_reader *read,
                       void *context, struct proda_journal **journal, struct proda_error *error);

/** Appends a record and says where its values stand (never 0); `text` may be NULL and is cut to
 * PRODA_JOURNAL_TEXT - 1 bytes. */
int proda_journal_append(struct proda_journal *journal, uint64_t index, const char *text,
                         const double *value, size_t n, uint64_t *place, struct proda_error *error);

/** What is to be told of what was found at opening: another journal set aside, damage; "" where
 * there is nothing. Borrowed. */
const char *proda_journal_note(const struct proda_journal *journal);

/** Makes what was appended durable where that is due; to be called a few times a second while
 * nothing is appended. */
int proda_journal_tend(struct proda_journal *journal, struct proda_error *error);

/** Reads values first .. first + n - 1 of the record at `place` back. */
int proda_journal_read(const struct proda_journal *journal, uint64_t place, size_t first, size_t n,
                       double *value, struct proda_error *error);

/** Looks at a journal that another process may be writing, without disturbing it: gives `read` the
 * records that are whole in length, each with its first n_first values at most. Their checksums are
 * not tested: this is for telling how far a run is, not for going on. `*there` is false where there
 * is no such file. Refused: a file that is no journal, or one of another version. */
int proda_journal_look(const char *path, size_t n_first, proda_journal_reader *read, void *context,
                       bool *there, struct proda_error *error);

/** The digest of what a journal was made from; "" where its header is not whole or of another
 * version. */
int proda_journal_inputs(const char *path, char inputs[PRODA_DIGEST_SIZE],
                         struct proda_error *error);

/** Where the journal of these inputs is: at `path`, or where it was set aside; NULL where there is
 * none. free() it. */
char *proda_journal_find(const char *path, const char *inputs);

/** Syncs and closes; NULL is allowed. */
void proda_journal_close(struct proda_journal *journal);
/** Closes and removes the file: its content now stands in a store. */
void proda_journal_remove(struct proda_journal *journal);

#endif
