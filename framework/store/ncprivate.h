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
  char *temporary; /**< where it is written until commit; NULL when opened for reading */
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

/** Finds and describes a variable; an unknown name is refused with the nearest one. */
int proda_nc_find(const struct proda_nc *file, const char *name, struct proda_nc_variable *variable,
                  struct proda_error *error);

/** Describes variable `id`. */
int proda_nc_describe(const struct proda_nc *file, int id, const char *name,
                      struct proda_nc_variable *variable, struct proda_error *error);

/** Refuses rows outside the leading dimension. */
int proda_nc_check_rows(const struct proda_nc *file, const char *name,
                        const struct proda_nc_variable *variable, size_t first, size_t count,
                        struct proda_error *error);

#endif
