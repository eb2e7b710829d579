#include "store/ncprivate.h"

#include <unistd.h>

/* Deflate makes no more than 1032 bytes of one. */
enum { MOST_RATIO = 1032, ALWAYS_FINE = 1 << 24 };

/** What a file of this size can hold, in bytes; of `width` each, the numbers of a variable. */
static size_t most_bytes(const struct proda_nc *file)
{
  size_t most;
  if (__builtin_mul_overflow(file->size, (size_t)MOST_RATIO, &most))
    return SIZE_MAX;
  return most < ALWAYS_FINE ? ALWAYS_FINE : most;
}

static size_t memory_of_machine(void)
{
  long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  return pages > 0 && page > 0 ? (size_t)pages * (size_t)page : SIZE_MAX;
}

int proda_nc_check_length(const struct proda_nc *file, const char *dimension, size_t length,
                          struct proda_error *error)
{
  if (file->trusted || length <= most_bytes(file))
    return PRODA_OK;
  return proda_error_set(error,
                         "%s: dimension '%s' is declared %zu long, more than a file of %zu bytes "
                         "can hold: damaged, or made to exhaust memory",
                         file->path, dimension, length, file->size);
}

static int check_chunks(const struct proda_nc *file, const char *name,
                        const struct proda_nc_variable *variable, size_t width,
                        struct proda_error *error)
{
  size_t chunk[NC_MAX_VAR_DIMS], bytes = width;
  int storage = NC_CONTIGUOUS;
  if (nc_inq_var_chunking(file->id, variable->id, &storage, chunk) != NC_NOERR ||
      storage != NC_CHUNKED)
    return PRODA_OK;
  for (size_t i = 0; i < variable->shape.rank; i++)
    if (__builtin_mul_overflow(bytes, chunk[i], &bytes) || bytes > 4 * most_bytes(file))
      return proda_error_set(error,
                             "%s: variable '%s': is stored in pieces of more bytes than a file of "
                             "%zu bytes can hold: damaged, or made to exhaust memory",
                             file->path, name, file->size);
  return PRODA_OK;
}

int proda_nc_check_size(const struct proda_nc *file, const char *name,
                        const struct proda_nc_variable *variable, struct proda_error *error)
{
  size_t width = sizeof(double), bytes, memory = memory_of_machine();
  if (__builtin_mul_overflow(variable->n, sizeof(double), &bytes) || bytes > memory)
    return proda_error_set(error,
                           "%s: variable '%s': has %zu values, whose %.3g GB are more than this "
                           "machine's memory of %.3g GB",
                           file->path, name, variable->n,
                           (double)variable->n * sizeof(double) * 1e-9, (double)memory * 1e-9);
  if (file->trusted || nc_inq_type(file->id, variable->type, NULL, &width) != NC_NOERR)
    return PRODA_OK;
  if (__builtin_mul_overflow(variable->n, width, &bytes) || bytes > most_bytes(file))
    return proda_error_set(error,
                           "%s: variable '%s': is declared with %zu values, more than a file of "
                           "%zu bytes can hold: damaged, or made to exhaust memory",
                           file->path, name, variable->n, file->size);
  return check_chunks(file, name, variable, width, error);
}
