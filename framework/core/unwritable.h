/** @file unwritable.h
 * What is said where a file cannot be written: the cause, how much room is there, what to do.
 */
#ifndef PRODA_CORE_UNWRITABLE_H
#define PRODA_CORE_UNWRITABLE_H

#include <proda/status.h>

/** "path: doing: No space left on device; at least 1.2 MB are needed, 0.1 MB are free there; ...".
 * `code` is an errno, 0 where nobody knows; `needed` are bytes, 0 likewise. A file system that has
 * no room left is taken for the cause of an error that says nothing better. Returns PRODA_ERROR. */
int proda_unwritable(const char *path, const char *doing, int code, double needed,
                     struct proda_error *error);

/** Bytes that are free to us where a file lies or shall lie; negative where nobody knows. */
double proda_unwritable_room(const char *path);

#endif
