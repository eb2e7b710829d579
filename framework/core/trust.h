/** @file trust.h
 * Whether others could change a file. What a plugin consists of runs with the rights of who calls
 * proda, so it has to be as well kept as the program itself.
 *
 * Trusted are root, the caller, and whoever can change the program (this library): the owners of
 * its file and of the directories that lead to it, and groups that may write there. A plugin that
 * they can change gives them nothing that they do not have.
 *
 * A path is looked at from the root on, each directory before the names in it, links followed one
 * by one. Of every directory, link and file on the way the owner must be trusted, and none but
 * trusted users may write to it. Then nobody else can change what the path leads to, neither before
 * nor after this look: there is nothing to race with. A directory where only owners may rename and
 * remove (the sticky bit, as in /tmp) may be written by others: each name in it is looked at
 * itself. A group that is its owner's alone, as many systems give each user one, counts as the
 * owner. Rights that an access list (POSIX ACL) grants show in the bits of the group, and are not
 * taken for those of an owner's group.
 */
#ifndef PRODA_CORE_TRUST_H
#define PRODA_CORE_TRUST_H

#include <proda/status.h>

/** Refuses a path that others can change, or that is not there. The message names the directory or
 * file at fault, its mode and owner, and what to do. */
int proda_trust_path(const char *path, struct proda_error *error);

/** The same of a directory in which files are made and looked for by name: others may not even add
 * to it. Every file in it is looked at too. */
int proda_trust_directory(const char *path, struct proda_error *error);

#endif
