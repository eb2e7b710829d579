#include <config.h>

#include "store/ncprivate.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFLATE_ABOVE = 1000, DEFLATE_LEVEL = 2, CHUNK_BYTES = 1 << 20 };

/* Bytes beside the values: of a variable's description and its index of chunks, of a string. */
enum { ROOM_A_VARIABLE = 1 << 13, ROOM_A_STRING = 32 };

int proda_nc_def_dim(struct proda_nc *file, const char *name, size_t length,
                     struct proda_error *error)
{
  int id;
  if (length == 0) // netCDF would take 0 for unlimited
    return proda_error_set(error, "%s: dimension '%s' is empty", file->path, name);
  int code = nc_def_dim(file->id, name, length, &id);
  if (code != NC_NOERR)
    return proda_error_set(error, "%s: dimension '%s': %s", file->path, name, nc_strerror(code));
  return PRODA_OK;
}

/** Ids of the dimensions named in `dims`, separated by spaces. */
static int find_dims(struct proda_nc *file, const char *variable, const char *dims, int *rank,
                     int id[static PRODA_NC_MAX_RANK], struct proda_error *error)
{
  *rank = 0;
  while (*(dims += strspn(dims, " ")) != '\0') {
    char name[64];
    size_t length = strcspn(dims, " ");
    snprintf(name, sizeof name, "%.*s", (int)length, dims);
    if (*rank == PRODA_NC_MAX_RANK)
      return proda_error_set(error, "%s: variable '%s': more than %d dimensions", file->path,
                             variable, PRODA_NC_MAX_RANK);
    int code = nc_inq_dimid(file->id, name, &id[(*rank)++]);
    if (code != NC_NOERR)
      return proda_nc_failed(file, variable, name, code, error);
    dims += length;
  }
  return PRODA_OK;
}

static const nc_type nc_types[] = {
    [PRODA_NC_DOUBLE] = NC_DOUBLE, [PRODA_NC_FLOAT] = NC_FLOAT, [PRODA_NC_INT] = NC_INT,
    [PRODA_NC_INT64] = NC_INT64,   [PRODA_NC_BYTE] = NC_BYTE,   [PRODA_NC_STRING] = NC_STRING,
};

/** Chunks of whole rows, about 1 MiB each: rows are what stages write and read. */
static int define_storage(struct proda_nc *file, const struct proda_nc_variable *variable)
{
  if (variable->n <= DEFLATE_ABOVE || variable->type == NC_STRING)
    return NC_NOERR;
  size_t chunk[PRODA_NC_MAX_RANK];
  memcpy(chunk, variable->shape.length, sizeof chunk);
  size_t row = variable->n / chunk[0] * sizeof(double);
  size_t rows = row < CHUNK_BYTES ? CHUNK_BYTES / row : 1;
  if (rows < chunk[0])
    chunk[0] = rows;
  int code = nc_def_var_chunking(file->id, variable->id, NC_CHUNKED, chunk);
  if (code == NC_NOERR)
    code = nc_def_var_deflate(file->id, variable->id, NC_SHUFFLE, 1, DEFLATE_LEVEL);
  return code;
}

/** Coordinate variables may not have missing values (CF section 2.5.1). */
static bool is_coordinate(const struct proda_nc_variable *variable, const char *name)
{
  return variable->shape.rank == 1 && strcmp(variable->shape.name[0], name) == 0;
}

static int define_fill(struct proda_nc *file, const struct proda_nc_variable *variable,
                       const char *name)
{
  if (is_coordinate(variable, name))
    return NC_NOERR;
  if (variable->type == NC_DOUBLE)
    return nc_def_var_fill(file->id, variable->id, NC_FILL, &(double){NAN});
  if (variable->type == NC_FLOAT)
    return nc_def_var_fill(file->id, variable->id, NC_FILL, &(float){NAN});
  return NC_NOERR;
}

int proda_nc_def(struct proda_nc *file, const char *variable, enum proda_nc_type type,
                 const char *dims, const char *units, const char *long_name,
                 struct proda_error *error)
{
  int rank, id, dim[PRODA_NC_MAX_RANK];
  struct proda_nc_variable made;
  if (find_dims(file, variable, dims, &rank, dim, error) != PRODA_OK)
    return PRODA_ERROR;
  if (strcmp(variable, dims) != 0 && nc_inq_dimid(file->id, variable, &id) == NC_NOERR)
    return proda_error_set(error,
                           "%s: variable '%s' has a dimension's name; only a coordinate, with that "
                           "dimension alone, may (CF conventions)",
                           file->path, variable);
  int code = nc_def_var(file->id, variable, nc_types[type], rank, dim, &id);
  if (code != NC_NOERR)
    return proda_nc_failed(file, variable, "defining it", code, error);
  if (proda_nc_describe(file, id, variable, &made, error) != PRODA_OK)
    return PRODA_ERROR;
  size_t width = 0;
  nc_inq_type(file->id, made.type, NULL, &width);
  if (proda_nc_reserve(file, ROOM_A_VARIABLE + 1.01 * (double)made.n * (double)width, error) !=
      PRODA_OK)
    return PRODA_ERROR;
  code = define_storage(file, &made);
  if (code == NC_NOERR)
    code = define_fill(file, &made, variable);
  if (code != NC_NOERR)
    return proda_nc_failed(file, variable, "defining its storage", code, error);
  if (units && proda_nc_put_text(file, variable, "units", units, error) != PRODA_OK)
    return PRODA_ERROR;
  if (long_name && proda_nc_put_text(file, variable, "long_name", long_name, error) != PRODA_OK)
    return PRODA_ERROR;
  return PRODA_OK;
}

int proda_nc_def_all(struct proda_nc *file, const struct proda_nc_entry *entry, size_t n,
                     struct proda_error *error)
{
  for (const struct proda_nc_entry *e = entry; e < entry + n; e++)
    if (proda_nc_def(file, e->name, e->type, e->dims, e->units, e->long_name, error) != PRODA_OK)
      return PRODA_ERROR;
  return PRODA_OK;
}

static int find_owner(struct proda_nc *file, const char *variable, int *owner,
                      struct proda_error *error)
{
  struct proda_nc_variable found;
  *owner = NC_GLOBAL;
  if (!variable)
    return PRODA_OK;
  if (proda_nc_find(file, variable, &found, error) != PRODA_OK)
    return PRODA_ERROR;
  *owner = found.id;
  return PRODA_OK;
}

int proda_nc_put_text(struct proda_nc *file, const char *variable, const char *name,
                      const char *value, struct proda_error *error)
{
  int owner;
  if (find_owner(file, variable, &owner, error) != PRODA_OK)
    return PRODA_ERROR;
  if (proda_nc_reserve(file, (double)strlen(value), error) != PRODA_OK)
    return PRODA_ERROR;
  int code = nc_put_att_text(file->id, owner, name, strlen(value), value);
  return code == NC_NOERR ? PRODA_OK : proda_nc_failed(file, variable, name, code, error);
}

int proda_nc_put_number(struct proda_nc *file, const char *variable, const char *name, double value,
                        struct proda_error *error)
{
  int owner;
  if (find_owner(file, variable, &owner, error) != PRODA_OK)
    return PRODA_ERROR;
  int code = nc_put_att_double(file->id, owner, name, NC_DOUBLE, 1, &value);
  return code == NC_NOERR ? PRODA_OK : proda_nc_failed(file, variable, name, code, error);
}

/** 0 .. n-1 in the variable's own type, as CF wants. */
static int put_flag_values(struct proda_nc *file, const struct proda_nc_variable *variable,
                           size_t n)
{
  int code = NC_ENOMEM;
  double *value = calloc(n, sizeof *value);
  if (value) {
    for (size_t i = 0; i < n; i++)
      value[i] = (double)i;
    code = nc_put_att_double(file->id, variable->id, "flag_values", variable->type, n, value);
  }
  free(value);
  return code;
}

static char *join_meanings(const char *const *meaning, size_t n)
{
  size_t size = 1;
  for (size_t i = 0; i < n; i++)
    size += strlen(meaning[i]) + 1;
  char *text = malloc(size), *at = text;
  for (size_t i = 0; text && i < n; i++)
    at += sprintf(at, "%s%s", i ? " " : "", meaning[i]);
  return text;
}

int proda_nc_put_flags(struct proda_nc *file, const char *variable, const char *const *meaning,
                       size_t n, struct proda_error *error)
{
  struct proda_nc_variable found;
  if (proda_nc_find(file, variable, &found, error) != PRODA_OK)
    return PRODA_ERROR;
  char *text = join_meanings(meaning, n);
  int code = text ? put_flag_values(file, &found, n) : NC_ENOMEM;
  int result = code == NC_NOERR ? proda_nc_put_text(file, variable, "flag_meanings", text, error)
                                : proda_nc_failed(file, variable, "flag_values", code, error);
  free(text);
  return result;
}

/** NaN has no place in an integer; netCDF would write whatever the machine makes of it. */
static int check_integers(const struct proda_nc *file, const char *name,
                          const struct proda_nc_variable *variable, size_t n, const double *value,
                          struct proda_error *error)
{
  if (variable->type == NC_DOUBLE || variable->type == NC_FLOAT)
    return PRODA_OK;
  for (size_t i = 0; i < n; i++)
    if (isnan(value[i]))
      return proda_error_set(error, "%s: variable '%s': value %zu is NaN, an integer was expected",
                             file->path, name, i);
  return PRODA_OK;
}

/* A double beyond the range of a float is infinite there, which netCDF does and then complains of.
 */
static int tolerate_range(const struct proda_nc_variable *found, int code)
{
  return code == NC_ERANGE && found->type == NC_FLOAT ? NC_NOERR : code;
}

int proda_nc_write(struct proda_nc *file, const char *variable, const double *value,
                   struct proda_error *error)
{
  struct proda_nc_variable found;
  if (proda_nc_find(file, variable, &found, error) != PRODA_OK ||
      check_integers(file, variable, &found, found.n, value, error) != PRODA_OK)
    return PRODA_ERROR;
  errno = 0;
  int code = tolerate_range(&found, nc_put_var_double(file->id, found.id, value));
  return code == NC_NOERR ? PRODA_OK : proda_nc_unwritable(file, variable, "writing", code, error);
}

int proda_nc_write_rows(struct proda_nc *file, const char *variable, size_t first, size_t count,
                        const double *value, struct proda_error *error)
{
  struct proda_nc_variable found;
  if (proda_nc_find(file, variable, &found, error) != PRODA_OK ||
      proda_nc_check_rows(file, variable, &found, first, count, error) != PRODA_OK)
    return PRODA_ERROR;
  if (count == 0)
    return PRODA_OK;
  size_t n = found.n / found.shape.length[0] * count;
  if (check_integers(file, variable, &found, n, value, error) != PRODA_OK)
    return PRODA_ERROR;
  size_t start[PRODA_NC_MAX_RANK] = {first};
  size_t length[PRODA_NC_MAX_RANK];
  memcpy(length, found.shape.length, sizeof length);
  length[0] = count;
  errno = 0;
  int code = tolerate_range(&found, nc_put_vara_double(file->id, found.id, start, length, value));
  return code == NC_NOERR ? PRODA_OK : proda_nc_unwritable(file, variable, "writing", code, error);
}

int proda_nc_write_strings(struct proda_nc *file, const char *variable, const char *const *value,
                           struct proda_error *error)
{
  struct proda_nc_variable found;
  if (proda_nc_find(file, variable, &found, error) != PRODA_OK)
    return PRODA_ERROR;
  double bytes = 0;
  for (size_t i = 0; i < found.n; i++)
    bytes += ROOM_A_STRING + (double)strlen(value[i]);
  if (proda_nc_reserve(file, bytes, error) != PRODA_OK)
    return PRODA_ERROR;
  errno = 0;
  int code = nc_put_var_string(file->id, found.id, (const char **)value);
  return code == NC_NOERR ? PRODA_OK : proda_nc_unwritable(file, variable, "writing", code, error);
}
