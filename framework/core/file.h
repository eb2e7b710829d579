/** @file file.h
 * Small files, read whole.
 */
#ifndef PRODA_CORE_FILE_H
#define PRODA_CORE_FILE_H

#include <stddef.h>

#include <proda/status.h>

/** Reads a regular file of at most `limit` bytes, others (directories, devices, FIFOs) are refused;
 * `*bytes` is allocated (free() it), never NULL on success, and has a NUL behind its `*size` bytes.
 */
int proda_file_read(const char *path, size_t limit, char **bytes, size_t *size,
                    struct proda_error *error);

#endif
