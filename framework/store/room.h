/** @file room.h
 * What is said where a file cannot be written: how much room is there, and what to do.
 */
#ifndef PRODA_STORE_ROOM_H
#define PRODA_STORE_ROOM_H

#include <proda/status.h>

/** "path: doing: No space left on device; about 1.2 MB are needed, 0.1 MB are free there; ...".
 * `code` is an errno; `needed` are bytes, 0 where nobody knows. Returns PRODA_ERROR. */
int proda_room_error(const char *path, const char *doing, int code, double needed,
                     struct proda_error *error);

/** Whether the file system of a file that is to be written there is as good as full. */
int proda_room_is_none(const char *path, double needed);

#endif
