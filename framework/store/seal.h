/** @file seal.h
 * The seal of a store: a line behind the end of the NetCDF file, which no reader of NetCDF looks
 * at, with the digest of every byte before it. A store that is sealed is what proda wrote, or is
 * refused.
 */
#ifndef PRODA_STORE_SEAL_H
#define PRODA_STORE_SEAL_H

enum proda_seal {
  PRODA_SEAL_NONE,   /**< no seal: a file from elsewhere */
  PRODA_SEAL_INTACT, /**< every byte is as it was written */
  PRODA_SEAL_BROKEN, /**< there is a seal, or a part of one, that does not fit what is before it */
};

/** Seals a closed file. Returns 0 or an errno. */
int proda_seal_put(const char *path);

/** Reads the whole file where it is sealed, its end alone where it is not. Returns 0 or an errno.
 */
int proda_seal_check(const char *path, enum proda_seal *seal);

#endif
