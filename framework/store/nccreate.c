#include <config.h>

#include "store/ncprivate.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/unwritable.h"
#include "store/replace.h"
#include "store/reserve.h"
#include "store/seal.h"

/* Bytes that a file takes in any case. */
enum { ROOM_AT_FIRST = 1 << 17 };

/* What the system says of writing, where netCDF knows only that HDF5 failed, or thinks that a file
 * that it cannot begin lacks a permission. */
static int cause_of(const struct proda_nc *file, int code)
{
  static const int cause[] = {ENOSPC, EDQUOT, EFBIG, EIO, EROFS};
  bool vague = code == NC_EHDFERR || code == NC_EIO || code == NC_ECANTCREATE || code == EACCES;
  for (size_t i = 0; i < sizeof cause / sizeof *cause && vague; i++)
    if (errno == cause[i])
      return errno;
  double left = vague ? proda_unwritable_room(file->path) : -1;
  if (left >= 0 && left <= file->needed)
    return ENOSPC;
  return code > 0 ? code : 0;
}

int proda_nc_unwritable(const struct proda_nc *file, const char *variable, const char *doing,
                        int code, struct proda_error *error)
{
  char what[128];
  int cause = cause_of(file, code);
  if (cause == 0)
    return proda_nc_failed(file, variable, doing, code, error);
  snprintf(what, sizeof what, "%s%s%s%s", variable ? "variable '" : "", variable ? variable : "",
           variable ? "': " : "", doing);
  return proda_unwritable(file->path, what, cause, file->needed, error);
}

static void free_file(struct proda_nc *file)
{
  free(file->path);
  free(file->temporary);
  free(file);
}

int proda_nc_reserve(struct proda_nc *file, double bytes, struct proda_error *error)
{
  file->needed += bytes;
  int code = proda_reserve(file->reserved, file->needed);
  return code == 0 ? PRODA_OK
                   : proda_unwritable(file->path, "taking room for it", code, file->needed, error);
}

/* Room for what netCDF writes in any case is there before it begins, and again once it has emptied
 * the file. */
static int begin(struct proda_nc *file, struct proda_error *error)
{
  char *local = NULL;
  int code = proda_reserve_begin(file->temporary, &file->reserved);
  if (code != 0)
    return proda_unwritable(file->path, "cannot be written", code, 0, error);
  if (proda_nc_reserve(file, ROOM_AT_FIRST, error) != PRODA_OK ||
      proda_nc_local(file->temporary, &local, error) != PRODA_OK)
    return PRODA_ERROR;
  errno = 0;
  code = nc_create(local, NC_NETCDF4 | NC_CLOBBER, &file->id);
  int status = PRODA_ERROR;
  if (code != NC_NOERR)
    proda_nc_unwritable(file, NULL, "cannot be written", code, error);
  else if ((status = proda_nc_reserve(file, 0, error)) != PRODA_OK)
    nc_abort(file->id);
  free(local);
  return status;
}

/* Gives up what is closed. */
static void drop(struct proda_nc *file)
{
  proda_reserve_end(file->reserved);
  unlink(file->temporary);
  free_file(file);
}

int proda_nc_create(const char *path, struct proda_nc **file, struct proda_error *error)
{
  *file = NULL;
  struct proda_nc *made = calloc(1, sizeof *made);
  if (!made)
    return proda_error_set(error, "%s: out of memory", path);
  made->reserved = -1;
  made->path = strdup(path);
  made->temporary = proda_replace_begin(path);
  if (!made->path || !made->temporary) {
    free_file(made);
    return proda_error_set(error, "%s: out of memory", path);
  }
  if (begin(made, error) != PRODA_OK) {
    drop(made);
    return PRODA_ERROR;
  }
  *file = made;
  return PRODA_OK;
}

int proda_nc_commit(struct proda_nc *file, struct proda_error *error)
{
  const char *doing = "writing its last part";
  errno = 0;
  int code = nc_close(file->id);
  if (code == NC_NOERR) {
    doing = "sealing it";
    code = proda_seal_put(file->temporary);
  }
  proda_reserve_end(file->reserved);
  file->reserved = -1;
  if (code == NC_NOERR)
    code = proda_replace_finish(file->temporary, file->path, &doing);
  if (code == NC_NOERR) {
    free_file(file);
    return PRODA_OK;
  }
  proda_nc_unwritable(file, NULL, doing, code, error);
  drop(file);
  return PRODA_ERROR;
}

void proda_nc_abandon(struct proda_nc *file)
{
  if (!file)
    return;
  nc_abort(file->id);
  drop(file);
}
