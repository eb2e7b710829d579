/** @file installed.h
 * Where the installed files are: a tree may be moved as a whole, or staged below DESTDIR, and is
 * then found from the place of the library itself.
 */
#ifndef PRODA_CORE_INSTALLED_H
#define PRODA_CORE_INSTALLED_H

enum { PRODA_INSTALLED_SIZE = 4096 };

/** `path`, which was configured below some prefix, where the library lies in `actual` and was
 * configured for `libdir`: what both end in alike stays, what stands before it is exchanged. `path`
 * itself where they have no end in common, or it lies elsewhere. Returns `out` or `path`. */
const char *proda_installed_move(const char *path, const char *libdir, const char *actual,
                                 char out[PRODA_INSTALLED_SIZE]);

/** The same with the directory that this library was loaded from. */
const char *proda_installed_path(const char *path, char out[PRODA_INSTALLED_SIZE]);

/** The file that this library was loaded from, without links. Allocated, free() it; NULL where that
 * cannot be told. */
char *proda_installed_library(void);

#endif
