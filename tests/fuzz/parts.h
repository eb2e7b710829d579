/** @file parts.h
 * One fuzz input as several files.
 *
 * A line "=== NAME" starts the part NAME; what stands before the first such line is the part that
 * the target names. So a manifest goes with its fragments and a run with its stores in one input.
 */
#ifndef PRODA_FUZZ_PARTS_H
#define PRODA_FUZZ_PARTS_H

#include <stddef.h>
#include <stdint.h>

enum { MAX_PARTS = 12, PART_NAME = 48 };

struct part {
  char name[PART_NAME];
  const char *text; /**< borrowed from the input, no NUL behind */
  size_t size;
};

struct parts {
  size_t n;
  struct part part[MAX_PARTS];
};

/** Cuts an input; parts beyond MAX_PARTS and names with other characters than letters, digits, "_",
 * "-", "/" and "." (not first in a folder's or file's name) end it. */
struct parts parts_cut(const uint8_t *data, size_t size, const char *first);

/** A directory of this process's own, in memory where there is /dev/shm; removed at its end. */
const char *parts_directory(void);

/** A path in the directory, good until the eighth call after; makes the folders it lies in. */
const char *parts_path(const char *name);

/** Writes a part to its place in the directory. */
void parts_write(const struct part *part);

/** Removes what is in the directory, so that no input sees the files of another. */
void parts_clear(void);

#endif
