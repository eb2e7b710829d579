/** @file reserve.h
 * Room on the disk that is taken before it is written to, so that writing cannot fail half-way:
 * HDF5, which writes late, crashes where the disk is full by then.
 */
#ifndef PRODA_STORE_RESERVE_H
#define PRODA_STORE_RESERVE_H

/** Makes the file at `path`, or opens the one that is there. Returns 0 or an errno; `*file` is
 * closed by proda_reserve_end. */
int proda_reserve_begin(const char *path, int *file);

/** Takes the first `bytes` of the file's place on the disk; its length stays. Where the file system
 * cannot do that this only looks whether there is room. Returns 0 or an errno. */
int proda_reserve(int file, double bytes);

/** Gives back what lies behind the file's end, and closes. */
void proda_reserve_end(int file);

#endif
