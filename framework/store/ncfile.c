#include "store/ncprivate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "plugin/unit.h"
#include "store/nccsv.h"
#include "store/ncguard.h"
#include "store/seal.h"
#include "yaml/yaml.h"

int proda_nc_failed(const struct proda_nc *file, const char *variable, const char *doing, int code,
                    struct proda_error *error)
{
  // Codes above 0 are errno values; nc_strerror knows both.
  return proda_error_set(error, "%s: %s%s%s%s: %s", file->path, variable ? "variable '" : "",
                         variable ? variable : "", variable ? "': " : "", doing, nc_strerror(code));
}

static int check_regular(const char *path, size_t *size, struct proda_error *error)
{
  struct stat status;
  if (stat(path, &status) != 0)
    return proda_error_set(error, "%s: cannot open: %s", path, strerror(errno));
  if (S_ISDIR(status.st_mode))
    return proda_error_set(error, "%s: is a directory, a file was expected", path);
  if (!S_ISREG(status.st_mode))
    return proda_error_set(error, "%s: is a device or pipe, a file was expected", path);
  if (status.st_size == 0)
    return proda_error_set(error, "%s: is empty (0 bytes), a file was expected", path);
  *size = (size_t)status.st_size;
  return PRODA_OK;
}

/** A file of the classic formats may be cut in its data: netCDF reads zeros there, silently. */
static int check_size(const struct proda_nc *file, size_t size, struct proda_error *error)
{
  int format;
  if (nc_inq_format(file->id, &format) != NC_NOERR || format == NC_FORMAT_NETCDF4 ||
      format == NC_FORMAT_NETCDF4_CLASSIC)
    return PRODA_OK;
  size_t needed = proda_nc_classic_end(file);
  if (size < needed)
    return proda_error_set(error, "%s: is truncated: it has %zu bytes, its variables end at %zu",
                           file->path, size, needed);
  return PRODA_OK;
}

int proda_nc_local(const char *path, char **local, struct proda_error *error)
{
  size_t n = 0;
  *local = NULL;
  if (strchr(path, '\\'))
    return proda_error_set(error, "%s: netCDF takes \\ in a path for /; choose a path without",
                           path);
  char *text = malloc(strlen(path) + 3);
  if (!text)
    return proda_error_set(error, "%s: out of memory", path);
  if (path[0] != '/') {
    text[n++] = '.';
    text[n++] = '/';
  }
  for (; *path; path++)
    if (*path != '/' || n == 0 || text[n - 1] != '/')
      text[n++] = *path;
  text[n] = '\0';
  *local = text;
  return PRODA_OK;
}

int proda_nc_open_unguarded(const char *path, size_t size, bool trusted, struct proda_nc **file,
                            struct proda_error *error)
{
  struct proda_nc *opened = calloc(1, sizeof *opened);
  char *copy = strdup(path), *local = NULL;
  int status = opened && copy ? proda_nc_local(path, &local, error)
                              : proda_error_set(error, "%s: out of memory", path);
  if (status != PRODA_OK) {
    free(opened);
    free(copy);
    return status;
  }
  *opened = (struct proda_nc){.path = copy, .size = size, .trusted = trusted};
  int code = nc_open(local, NC_NOWRITE, &opened->id);
  free(local);
  if (code != NC_NOERR) {
    free(opened->path);
    free(opened);
    return proda_error_set(error, "%s: not a readable NetCDF file (foreign or truncated?): %s",
                           path, nc_strerror(code));
  }
  if (check_size(opened, size, error) != PRODA_OK) {
    proda_nc_close(opened);
    return PRODA_ERROR;
  }
  *file = opened;
  return PRODA_OK;
}

/** What says that proda wrote it and has no seal was cut there, or changed by another program. */
static int check_unsealed(struct proda_nc **file, struct proda_error *error)
{
  char *version = NULL;
  if (!proda_nc_text(*file, NULL, "proda_version", &version))
    return PRODA_OK;
  free(version);
  proda_error_set(error,
                  "%s: is a store of proda without its seal, so it is damaged or was changed by "
                  "another program; if you changed it, remove its attribute proda_version",
                  (*file)->path);
  proda_nc_close(*file);
  *file = NULL;
  return PRODA_ERROR;
}

int proda_nc_open(const char *path, struct proda_nc **file, struct proda_error *error)
{
  size_t size = 0;
  enum proda_seal seal;
  *file = NULL;
  if (check_regular(path, &size, error) != PRODA_OK)
    return PRODA_ERROR;
  if (proda_nc_is_csv(path))
    return proda_nc_open_csv(path, file, error);
  int code = proda_seal_check(path, &seal);
  if (code != 0)
    return proda_error_set(error, "%s: cannot be read: %s", path, strerror(code));
  if (seal == PRODA_SEAL_BROKEN)
    return proda_error_set(error,
                           "%s: is damaged or was changed since proda wrote it: its bytes do not "
                           "fit its seal; make it again",
                           path);
  if (seal == PRODA_SEAL_NONE && proda_nc_guard(path, size, error) != PRODA_OK)
    return PRODA_ERROR;
  if (proda_nc_open_unguarded(path, size, seal == PRODA_SEAL_INTACT, file, error) != PRODA_OK)
    return PRODA_ERROR;
  return seal == PRODA_SEAL_NONE ? check_unsealed(file, error) : PRODA_OK;
}

void proda_nc_close(struct proda_nc *file)
{
  if (!file)
    return;
  nc_close(file->id);
  free(file->path);
  free(file);
}

const char *proda_nc_path(const struct proda_nc *file)
{
  return file->path;
}

bool proda_nc_has_dim(const struct proda_nc *file, const char *name)
{
  int id;
  return nc_inq_dimid(file->id, name, &id) == NC_NOERR;
}

bool proda_nc_has(const struct proda_nc *file, const char *variable)
{
  int id;
  return nc_inq_varid(file->id, variable, &id) == NC_NOERR;
}

/** What a wrong name may have meant, as a part of a sentence. */
static void suggest(const struct proda_nc *file, const char *name, char hint[PRODA_HINT_SIZE],
                    int (*inquire)(int, int, char *), int n)
{
  hint[0] = '\0';
  char(*names)[NC_MAX_NAME + 1] = calloc((size_t)n + 1, sizeof *names);
  const char **list = calloc((size_t)n + 1, sizeof *list);
  if (names && list) {
    size_t known = 0;
    for (int i = 0; i < n; i++)
      if (inquire(file->id, i, names[known]) == NC_NOERR) {
        list[known] = names[known];
        known++;
      }
    proda_hint(name, list, known, hint);
  }
  free(list);
  free(names);
}

int proda_nc_dim(const struct proda_nc *file, const char *name, size_t *length,
                 struct proda_error *error)
{
  int id;
  if (nc_inq_dimid(file->id, name, &id) == NC_NOERR) {
    int code = nc_inq_dimlen(file->id, id, length);
    return code == NC_NOERR ? proda_nc_check_length(file, name, *length, error)
                            : proda_nc_failed(file, NULL, name, code, error);
  }
  if (!error)
    return PRODA_ERROR;
  int n = 0;
  char hint[PRODA_HINT_SIZE];
  nc_inq_ndims(file->id, &n);
  suggest(file, name, hint, nc_inq_dimname, n);
  return proda_error_set(error, "%s: has no dimension '%s'%s", file->path, name, hint);
}

static int describe_dim(const struct proda_nc *file, int id, const char *variable, size_t axis,
                        struct proda_nc_shape *shape, struct proda_error *error)
{
  char name[NC_MAX_NAME + 1];
  int code = nc_inq_dim(file->id, id, name, &shape->length[axis]);
  if (code != NC_NOERR)
    return proda_nc_failed(file, variable, "reading its dimensions", code, error);
  if (strlen(name) >= sizeof shape->name[axis])
    return proda_error_set(error, "%s: variable '%s': the name of its dimension %zu is too long",
                           file->path, variable, axis + 1);
  memcpy(shape->name[axis], name, strlen(name) + 1);
  return PRODA_OK;
}

int proda_nc_describe(const struct proda_nc *file, int id, const char *name,
                      struct proda_nc_variable *variable, struct proda_error *error)
{
  int rank, dims[NC_MAX_VAR_DIMS];
  memset(variable, 0, sizeof *variable);
  variable->id = id;
  int code = nc_inq_var(file->id, id, NULL, &variable->type, &rank, dims, NULL);
  if (code != NC_NOERR)
    return proda_nc_failed(file, name, "reading its type", code, error);
  if (rank > PRODA_NC_MAX_RANK)
    return proda_error_set(error, "%s: variable '%s': has %d dimensions, at most %d are supported",
                           file->path, name, rank, PRODA_NC_MAX_RANK);
  variable->n = 1;
  variable->shape.rank = (size_t)rank;
  for (size_t i = 0; i < variable->shape.rank; i++) {
    if (describe_dim(file, dims[i], name, i, &variable->shape, error) != PRODA_OK)
      return PRODA_ERROR;
    if (__builtin_mul_overflow(variable->n, variable->shape.length[i], &variable->n))
      return proda_error_set(error, "%s: variable '%s': is too large", file->path, name);
  }
  return PRODA_OK;
}

int proda_nc_find(const struct proda_nc *file, const char *name, struct proda_nc_variable *variable,
                  struct proda_error *error)
{
  int id;
  if (nc_inq_varid(file->id, name, &id) == NC_NOERR)
    return proda_nc_describe(file, id, name, variable, error);
  if (!error) /* a hint looks at every name: too much for a question alone */
    return PRODA_ERROR;
  int n = 0;
  char hint[PRODA_HINT_SIZE];
  nc_inq_nvars(file->id, &n);
  suggest(file, name, hint, nc_inq_varname, n);
  return proda_error_set(error, "%s: has no variable '%s'%s", file->path, name, hint);
}

int proda_nc_check_rows(const struct proda_nc *file, const char *name,
                        const struct proda_nc_variable *variable, size_t first, size_t count,
                        struct proda_error *error)
{
  if (variable->shape.rank == 0)
    return proda_error_set(error, "%s: variable '%s': is a scalar, rows were expected", file->path,
                           name);
  size_t length = variable->shape.length[0];
  if (count > length || first > length - count)
    return proda_error_set(error, "%s: variable '%s': rows %zu to %zu of '%s' are outside its %zu",
                           file->path, name, first, first + count, variable->shape.name[0], length);
  return PRODA_OK;
}

int proda_nc_shape(const struct proda_nc *file, const char *variable, struct proda_nc_shape *shape,
                   struct proda_error *error)
{
  struct proda_nc_variable found;
  if (proda_nc_find(file, variable, &found, error) != PRODA_OK)
    return PRODA_ERROR;
  *shape = found.shape;
  return PRODA_OK;
}

int proda_nc_variables(const struct proda_nc *file, char (**names)[64], size_t *n,
                       struct proda_error *error)
{
  int count = 0;
  *names = NULL;
  *n = 0;
  int code = nc_inq_nvars(file->id, &count);
  if (code != NC_NOERR)
    return proda_nc_failed(file, NULL, "counting variables", code, error);
  char(*list)[64] = calloc((size_t)count + 1, sizeof *list);
  if (!list)
    return proda_error_set(error, "%s: out of memory", file->path);
  for (int i = 0; i < count; i++) {
    char name[NC_MAX_NAME + 1];
    code = nc_inq_varname(file->id, i, name);
    if (code == NC_NOERR && strlen(name) >= sizeof *list)
      code = NC_EMAXNAME;
    if (code != NC_NOERR) {
      free(list);
      return proda_nc_failed(file, NULL, "listing variables", code, error);
    }
    memcpy(list[i], name, strlen(name) + 1);
  }
  *names = list;
  *n = (size_t)count;
  return PRODA_OK;
}

static int find_owner(const struct proda_nc *file, const char *variable)
{
  int id = NC_GLOBAL;
  if (variable && nc_inq_varid(file->id, variable, &id) != NC_NOERR)
    return -2;
  return id;
}

static bool read_text(const struct proda_nc *file, int owner, const char *name, size_t length,
                      char **value)
{
  char *text = calloc(length + 1, 1);
  if (text && nc_get_att_text(file->id, owner, name, text) == NC_NOERR) {
    *value = text;
    return true;
  }
  free(text);
  return false;
}

static bool read_string(const struct proda_nc *file, int owner, const char *name, char **value)
{
  char *text = NULL;
  if (nc_get_att_string(file->id, owner, name, &text) != NC_NOERR)
    return false;
  char *copy = strdup(text ? text : "");
  nc_free_string(1, &text);
  if (copy)
    *value = copy;
  return copy != NULL;
}

bool proda_nc_text(const struct proda_nc *file, const char *variable, const char *name,
                   char **value)
{
  nc_type type;
  size_t length;
  int owner = find_owner(file, variable);
  if (owner < NC_GLOBAL || nc_inq_att(file->id, owner, name, &type, &length) != NC_NOERR)
    return false;
  if (type == NC_CHAR)
    return read_text(file, owner, name, length, value);
  return type == NC_STRING && length == 1 && read_string(file, owner, name, value);
}

bool proda_nc_number(const struct proda_nc *file, const char *variable, const char *name,
                     double *value)
{
  nc_type type;
  size_t length;
  double number;
  int owner = find_owner(file, variable);
  if (owner < NC_GLOBAL || nc_inq_att(file->id, owner, name, &type, &length) != NC_NOERR)
    return false;
  if (length != 1 || type == NC_CHAR || type >= NC_STRING ||
      nc_get_att_double(file->id, owner, name, &number) != NC_NOERR)
    return false;
  *value = number;
  return true;
}

int proda_nc_unit(const struct proda_nc *file, const char *variable, const char *unit,
                  double *factor, double *offset, struct proda_error *error)
{
  char *found = NULL;
  struct proda_nc_variable described;
  if (proda_nc_find(file, variable, &described, error) != PRODA_OK)
    return PRODA_ERROR;
  bool has = proda_nc_text(file, variable, "units", &found);
  if (!has && strcmp(unit, "1") != 0)
    return proda_error_set(error, "%s: variable '%s': has no units, '%s' was expected", file->path,
                           variable, unit);
  int result = PRODA_OK;
  if (!has) {
    *factor = 1;
    *offset = 0;
  } else if (proda_unit_convert(found, unit, factor, offset, error) != PRODA_OK) {
    result = proda_error_prefix(error, "%s: variable '%s': units: ", file->path, variable);
  }
  free(found);
  return result;
}

int proda_nc_unit_if_any(const struct proda_nc *file, const char *variable, const char *unit,
                         double *factor, double *offset, struct proda_error *error)
{
  char *found = NULL;
  bool any = proda_nc_text(file, variable, "units", &found);
  free(found);
  *factor = 1;
  *offset = 0;
  return any ? proda_nc_unit(file, variable, unit, factor, offset, error) : PRODA_OK;
}
