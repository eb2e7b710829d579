/** @file object.h
 * A look at a shared object before it is loaded: dlopen on a file cut short can end in SIGBUS.
 */
#ifndef PRODA_PLUGIN_OBJECT_H
#define PRODA_PLUGIN_OBJECT_H

#include <proda/status.h>

/** Refuses a file that cannot be read, is no shared object of this kind of machine, or ends before
 * its own header says. */
int proda_object_check(const char *path, struct proda_error *error);

#endif
