/** @file ncfile.h
 * Reading and writing NetCDF-4. The one place that knows netCDF-C.
 *
 * Reading checks names, types, dimensions and units where it reads and complains with file,
 * variable, index. Writing goes to a temporary file beside the target that replaces it, synced,
 * when closed well; until then the target is untouched.
 */
#ifndef PRODA_STORE_NCFILE_H
#define PRODA_STORE_NCFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <proda/status.h>

struct proda_nc; /**< an open file */

/** Opens a file for reading. One that proda sealed must be as it was written; one from elsewhere is
 * read in a guarded process first, and refused where that crashes, needs more time or memory than
 * a file of its size can, or declares more than it can hold (doc/inputs.md). Profiles may be a
 * table as text, <name>.csv or .tsv (nccsv.h). */
int proda_nc_open(const char *path, struct proda_nc **file, struct proda_error *error);
/** Closes a file opened for reading; NULL is allowed. */
void proda_nc_close(struct proda_nc *file);
const char *proda_nc_path(const struct proda_nc *file);

/** Length of a dimension; PRODA_ERROR where it is absent. */
int proda_nc_dim(const struct proda_nc *file, const char *name, size_t *length,
                 struct proda_error *error);
bool proda_nc_has_dim(const struct proda_nc *file, const char *name);
bool proda_nc_has(const struct proda_nc *file, const char *variable);
/** Whether there is such a variable and it holds numbers. */
bool proda_nc_is_numeric(const struct proda_nc *file, const char *variable);
/** Whether there is such a variable, and it holds numbers along this one dimension alone. */
bool proda_nc_is_along(const struct proda_nc *file, const char *variable, const char *dimension);

enum { PRODA_NC_MAX_RANK = 8 };
struct proda_nc_shape {
  size_t rank;
  size_t length[PRODA_NC_MAX_RANK];
  char name[PRODA_NC_MAX_RANK][64];
};
int proda_nc_shape(const struct proda_nc *file, const char *variable, struct proda_nc_shape *shape,
                   struct proda_error *error);

/** Names of all variables, in file order; `*names` is one block, free() it. */
int proda_nc_variables(const struct proda_nc *file, char (**names)[64], size_t *n,
                       struct proda_error *error);

/** Reads a whole numeric variable as double: scale_factor and add_offset applied, `_Unsigned`
 * minded; _FillValue, missing_value and what is outside valid_range, valid_min, valid_max as NaN.
 * `*value` is allocated; free() it. `n` is the expected number of values (0: any; then `*value` has
 * the product of the shape). */
int proda_nc_read(const struct proda_nc *file, const char *variable, size_t n, double **value,
                  struct proda_error *error);
/** Rows [first, first + count) of the leading dimension, into the caller's `value`, which has room
 * for `n` values; refused where the rows hold another number. */
int proda_nc_read_rows(const struct proda_nc *file, const char *variable, size_t first,
                       size_t count, size_t n, double *value, struct proda_error *error);
/** A string variable (NC_STRING or NC_CHAR), n strings in one block; free() it. */
int proda_nc_read_strings(const struct proda_nc *file, const char *variable, size_t *n,
                          char ***value, struct proda_error *error);

/** Attributes; variable NULL for global. Absent: returns false, value untouched. `value` is
 * allocated for text; free() it. */
bool proda_nc_text(const struct proda_nc *file, const char *variable, const char *name,
                   char **value);
bool proda_nc_number(const struct proda_nc *file, const char *variable, const char *name,
                     double *value);

/** Meanings of the flags 0 .. n-1 of a variable that proda_nc_put_flags gave them, in one block;
 * free() it. */
int proda_nc_read_flags(const struct proda_nc *file, const char *variable, size_t *n,
                        char ***meaning, struct proda_error *error);

/** Checks that a variable's units convert to `unit` (udunits2) and gives factor and offset:
 * value_in_unit = factor * value + offset. Absent units are refused unless `unit` is "1". */
int proda_nc_unit(const struct proda_nc *file, const char *variable, const char *unit,
                  double *factor, double *offset, struct proda_error *error);

/** The same, where the file states units; without, values count as they are. */
int proda_nc_unit_if_any(const struct proda_nc *file, const char *variable, const char *unit,
                         double *factor, double *offset, struct proda_error *error);

/* ---- writing ---- */

enum proda_nc_type {
  PRODA_NC_DOUBLE,
  PRODA_NC_FLOAT,
  PRODA_NC_INT,
  PRODA_NC_INT64,
  PRODA_NC_BYTE,
  PRODA_NC_STRING
};

/** Starts `path` as a temporary file beside it. */
int proda_nc_create(const char *path, struct proda_nc **file, struct proda_error *error);
/** Makes what was written durable and moves it to `path`; closes in any case. */
int proda_nc_commit(struct proda_nc *file, struct proda_error *error);
/** Drops what was written; NULL is allowed. */
void proda_nc_abandon(struct proda_nc *file);

int proda_nc_def_dim(struct proda_nc *file, const char *name, size_t length,
                     struct proda_error *error);
/** `dims` are names separated by spaces, "" for a scalar; `units` and `long_name` may be NULL.
 * Floating-point variables other than coordinates get _FillValue NaN; arrays of more than 1000
 * values are deflated. */
int proda_nc_def(struct proda_nc *file, const char *variable, enum proda_nc_type type,
                 const char *dims, const char *units, const char *long_name,
                 struct proda_error *error);
/** A variable as data, for stores that list theirs in a table. */
struct proda_nc_entry {
  const char *name;
  enum proda_nc_type type;
  const char *dims, *units, *long_name;
};
/** proda_nc_def of each. */
int proda_nc_def_all(struct proda_nc *file, const struct proda_nc_entry *entry, size_t n,
                     struct proda_error *error);
int proda_nc_put_text(struct proda_nc *file, const char *variable, const char *name,
                      const char *value, struct proda_error *error);
int proda_nc_put_number(struct proda_nc *file, const char *variable, const char *name, double value,
                        struct proda_error *error);
/** CF flag_values 0..n-1 and flag_meanings. */
int proda_nc_put_flags(struct proda_nc *file, const char *variable, const char *const *meaning,
                       size_t n, struct proda_error *error);
/** Writes a whole variable from doubles, converted to its type; beyond the range of a float
 * infinite. */
int proda_nc_write(struct proda_nc *file, const char *variable, const double *value,
                   struct proda_error *error);
int proda_nc_write_rows(struct proda_nc *file, const char *variable, size_t first, size_t count,
                        const double *value, struct proda_error *error);
int proda_nc_write_strings(struct proda_nc *file, const char *variable, const char *const *value,
                           struct proda_error *error);

#endif
