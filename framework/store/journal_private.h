/** @file journal_private.h
 * What the writer of a journal (journal.c) and its reader (journal_read.c) share; not for others.
 */
#ifndef PRODA_STORE_JOURNAL_PRIVATE_H
#define PRODA_STORE_JOURNAL_PRIVATE_H

#include <stdbool.h>
#include <sys/types.h>

#include "store/journal.h"

struct proda_journal_header {
  char magic[16];
  char inputs[40];
};

/** A record's head; its values follow. Sizes are whole multiples of 8, so that a record begins at
 * such a place wherever the file was damaged before it. */
struct proda_record_header {
  uint64_t mark, index, n, checksum;
  char text[PRODA_JOURNAL_TEXT];
};

#define PRODA_RECORD_MARK 0x6472636572706f64 /* "dopercrd" */
/** What every version begins with, and this one. */
#define PRODA_JOURNAL_FAMILY "proda journal "
extern const char proda_journal_magic[16];

struct proda_journal {
  char *path;
  char inputs[40];
  int fd;
  off_t end;     /**< behind the last record */
  bool dirty;    /**< holds what is not durable yet */
  double synced; /**< when it was made durable last */
  struct proda_error note;
};

/** Of a record of a journal made from `inputs`: what another journal left on the disk is none of
 * ours. */
uint64_t proda_record_checksum(const char *inputs, const struct proda_record_header *header,
                               const double *value);

/** Reads up to `size` bytes from `at` on, fewer only at the end of the file. */
int proda_journal_read_at(const struct proda_journal *journal, off_t at, void *buffer, size_t size,
                          size_t *n, struct proda_error *error);

/** Hands over all good records. `end` is then right behind the last of them; where others were
 * damaged before it `note` says so. */
int proda_journal_replay(struct proda_journal *journal, const char *inputs,
                         proda_journal_reader *read, void *context, struct proda_error *error);

#endif
