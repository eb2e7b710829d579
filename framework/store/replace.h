/** @file replace.h
 * Files that appear whole: written beside their place under a temporary name, then made durable and
 * moved there. Until then what was there stays.
 */
#ifndef PRODA_STORE_REPLACE_H
#define PRODA_STORE_REPLACE_H

/** Where to write what shall become `path`: "<path>.<pid>.tmp"; free() it, NULL for lack of memory.
 * What killed runs left of the same file is removed: names of processes that are no more. A file
 * that cannot be removed stays. */
char *proda_replace_begin(const char *path);

/** Removes all that was left so in a directory, whose ever it was: where nobody else writes. */
void proda_replace_clear(const char *directory);

/** Makes the closed file `temporary` durable and moves it to `path`. Returns 0, or an errno with
 * `*doing` saying at what; the temporary file is then gone. */
int proda_replace_finish(const char *temporary, const char *path, const char **doing);

/** Makes a file's name durable: syncs its directory. Returns 0 or an errno. */
int proda_replace_sync_name(const char *path);

#endif
