/** @file ncprivate.h
 * What the files that know netCDF-C share; not for others.
 */
#ifndef PRODA_STORE_NCPRIVATE_H
#define PRODA_STORE_NCPRIVATE_H

#include <netcdf.h>

#include "store/ncfile.h"

struct proda_nc {
  int id;          /**< netCDF's */
  char *path;      /**< as asked for */
  int reserved;    /**< the temporary file, to take room for it (store/reserve.h) */
  double needed;   /**< bytes that are taken: of what is defined, before deflation */
  char *temporary; /**< where it is written until commit; NULL when opened for reading */
  size_t size;     /**< bytes, when opened for reading */
  bool trusted;    /**< sealed: as proda wrote it */
};

/** A variable as netCDF describes it. */
struct proda_nc_variable {
  int id;
  nc_type type;
  struct proda_nc_shape shape;
  size_t n; /**< product of the shape */
};

/** "path: variable `v`: doing: what netCDF says"; returns PRODA_ERROR. `variable` may be NULL. */
int proda_nc_failed(const struct proda_nc *file, const char *variable, const char *doing, int code,
                    struct proda_error *error);

/** The same for writing: where the system or a full disk is the cause, says so and what to do. To
 * be called right after the failure, with errno set to 0 before the call that failed. */
int proda_nc_unwritable(const struct proda_nc *file, const char *variable, const char *doing,
                        int code, struct proda_error *error);

/** Takes room on the disk for so many bytes more. */
int proda_nc_reserve(struct proda_nc *file, double bytes, struct proda_error *error);

/** Finds and describes a variable; an unknown name is refused with the nearest one. */
int proda_nc_find(const struct proda_nc *file, const char *name, struct proda_nc_variable *variable,
                  struct proda_error *error);

/** Describes variable `id`. */
int proda_nc_describe(const struct proda_nc *file, int id, const char *name,
                      struct proda_nc_variable *variable, struct proda_error *error);

/** A path as netCDF takes for one of a file: not for an address (a://b), nor does it lose blanks
 * that it begins with. `*local` is allocated, free() it. A backslash, which netCDF takes for /, is
 * refused. */
int proda_nc_local(const char *path, char **local, struct proda_error *error);

/** Opens without a look at the seal or in a process of its own. */
int proda_nc_open_unguarded(const char *path, size_t size, bool trusted, struct proda_nc **file,
                            struct proda_error *error);

/** Refuses declared lengths that the file cannot hold, or the machine's memory: at most 1032 times
 * the file's size, as deflate packs, or 16 MiB. */
int proda_nc_check_length(const struct proda_nc *file, const char *dimension, size_t length,
                          struct proda_error *error);
int proda_nc_check_size(const struct proda_nc *file, const char *name,
                        const struct proda_nc_variable *variable, struct proda_error *error);

/** Where the data of a file of the classic formats end, by its header. */
size_t proda_nc_classic_end(const struct proda_nc *file);

/** Refuses rows outside the leading dimension. */
int proda_nc_check_rows(const struct proda_nc *file, const char *name,
                        const struct proda_nc_variable *variable, size_t first, size_t count,
                        struct proda_error *error);

/** How stored numbers become values: the CF conventions 2.5.1 and 8.1, and `_Unsigned` of the
 * NetCDF Users Guide. */
enum { PRODA_NC_MAX_MISSING = 16 };
struct proda_nc_packing {
  double modulus; /**< added to numbers below 0 that are marked unsigned; else 0 */
  bool packed;
  double scale, offset;
  double low, high;    /**< the valid range */
  bool range_unpacked; /**< of values, not of stored numbers */
  size_t n_missing;
  double missing[PRODA_NC_MAX_MISSING + 1]; /**< _FillValue, or what netCDF leaves unwritten; then
                                               missing_value */
};

/** Reads the attributes; those that are no numbers are refused. */
int proda_nc_packing_read(const struct proda_nc *file, const char *name,
                          const struct proda_nc_variable *variable,
                          struct proda_nc_packing *packing, struct proda_error *error);

/** Missing and invalid values become NaN. */
void proda_nc_unpack(const struct proda_nc_packing *packing, size_t n, double *value);

#endif
