/** @file ncguard.h
 * Files from elsewhere are read in a process of their own first: HDF5 itself crashes, or computes
 * for ever, on some damaged files (about one in a hundred; doc/inputs.md), and only that process
 * then ends.
 */
#ifndef PRODA_STORE_NCGUARD_H
#define PRODA_STORE_NCGUARD_H

#include "store/ncprivate.h"

/** Opens a file of `size` bytes and reads everything in it, with limits on time and memory. Refused
 * is what cannot be read, and what ends that process. */
int proda_nc_guard(const char *path, size_t size, struct proda_error *error);

#endif
