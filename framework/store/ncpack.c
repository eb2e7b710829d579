#include "store/ncprivate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** Numbers of an attribute in one block; free() it. Absent: 0 and NULL. What is no number is
 * refused, for it would silently mean nothing. */
static int read_numbers(const struct proda_nc *file, const char *name, int variable,
                        const char *attribute, size_t most, size_t *n, double value[],
                        struct proda_error *error)
{
  nc_type type;
  *n = 0;
  if (nc_inq_att(file->id, variable, attribute, &type, n) != NC_NOERR) {
    *n = 0;
    return PRODA_OK;
  }
  if (type == NC_CHAR || type >= NC_STRING || *n < 1 || *n > most)
    return proda_error_set(error,
                           "%s: variable '%s': attribute '%s': 1 to %zu numbers were expected",
                           file->path, name, attribute, most);
  int code = nc_get_att_double(file->id, variable, attribute, value);
  return code == NC_NOERR ? PRODA_OK : proda_nc_failed(file, name, attribute, code, error);
}

/** What netCDF leaves where nothing was written; bytes have none. */
static double default_fill(nc_type type)
{
  switch (type) {
  case NC_SHORT:
    return NC_FILL_SHORT;
  case NC_INT:
    return NC_FILL_INT;
  case NC_INT64:
    return (double)NC_FILL_INT64;
  case NC_USHORT:
    return NC_FILL_USHORT;
  case NC_UINT:
    return NC_FILL_UINT;
  case NC_UINT64:
    return (double)NC_FILL_UINT64;
  case NC_FLOAT:
  case NC_DOUBLE:
    return NC_FILL_DOUBLE;
  default:
    return NAN;
  }
}

static bool is_integer(nc_type type)
{
  return type != NC_FLOAT && type != NC_DOUBLE;
}

/** Formats without unsigned types mark signed ones by an attribute; 2^bits, or 0. */
static double read_modulus(const struct proda_nc *file, const char *name, nc_type type)
{
  char *text = NULL;
  bool is_unsigned = proda_nc_text(file, name, "_Unsigned", &text) && strcmp(text, "true") == 0;
  free(text);
  if (!is_unsigned)
    return 0;
  return type == NC_BYTE ? 0x1p8 : type == NC_SHORT ? 0x1p16 : type == NC_INT ? 0x1p32 : 0;
}

static int read_scaling(const struct proda_nc *file, const char *name,
                        const struct proda_nc_variable *variable, struct proda_nc_packing *packing,
                        struct proda_error *error)
{
  size_t has_scale, has_offset;
  if (read_numbers(file, name, variable->id, "scale_factor", 1, &has_scale, &packing->scale,
                   error) ||
      read_numbers(file, name, variable->id, "add_offset", 1, &has_offset, &packing->offset, error))
    return PRODA_ERROR;
  if (!isfinite(packing->scale) || packing->scale == 0 || !isfinite(packing->offset))
    return proda_error_set(error,
                           "%s: variable '%s': scale_factor %g and add_offset %g: finite numbers "
                           "were expected, the first not 0",
                           file->path, name, packing->scale, packing->offset);
  packing->packed = has_scale || has_offset;
  return PRODA_OK;
}

/** A range in the type of packed numbers is of them; in another type, of what they stand for. */
static int read_range(const struct proda_nc *file, const char *name,
                      const struct proda_nc_variable *variable, struct proda_nc_packing *packing,
                      struct proda_error *error)
{
  static const char *const attribute[] = {"valid_range", "valid_min", "valid_max"};
  for (size_t k = 0; k < 3; k++) {
    double limit[2] = {0, 0};
    size_t n, expected = k == 0 ? 2 : 1;
    nc_type type;
    if (read_numbers(file, name, variable->id, attribute[k], expected, &n, limit, error))
      return PRODA_ERROR;
    if (n == 0)
      continue;
    if (n != expected)
      return proda_error_set(error, "%s: variable '%s': attribute '%s': %zu numbers were expected",
                             file->path, name, attribute[k], expected);
    if (k != 2)
      packing->low = limit[0];
    if (k != 1)
      packing->high = limit[n - 1];
    nc_inq_atttype(file->id, variable->id, attribute[k], &type);
    packing->range_unpacked = packing->packed && is_integer(variable->type) && !is_integer(type);
  }
  if (packing->low <= packing->high)
    return PRODA_OK;
  return proda_error_set(error, "%s: variable '%s': valid from %g to %g: no value can be",
                         file->path, name, packing->low, packing->high);
}

static int read_missing(const struct proda_nc *file, const char *name,
                        const struct proda_nc_variable *variable, struct proda_nc_packing *packing,
                        struct proda_error *error)
{
  size_t n;
  double *missing = packing->missing;
  if (read_numbers(file, name, variable->id, "_FillValue", 1, &n, missing, error))
    return PRODA_ERROR;
  if (n == 0)
    *missing = default_fill(variable->type);
  if (read_numbers(file, name, variable->id, "missing_value", PRODA_NC_MAX_MISSING, &n, missing + 1,
                   error))
    return PRODA_ERROR;
  packing->n_missing = n + 1;
  return PRODA_OK;
}

int proda_nc_packing_read(const struct proda_nc *file, const char *name,
                          const struct proda_nc_variable *variable,
                          struct proda_nc_packing *packing, struct proda_error *error)
{
  *packing = (struct proda_nc_packing){.scale = 1, .low = -INFINITY, .high = INFINITY};
  packing->modulus = read_modulus(file, name, variable->type);
  if (read_scaling(file, name, variable, packing, error) ||
      read_range(file, name, variable, packing, error) ||
      read_missing(file, name, variable, packing, error))
    return PRODA_ERROR;
  for (size_t k = 0; k < packing->n_missing; k++)
    if (packing->modulus > 0 && packing->missing[k] < 0)
      packing->missing[k] += packing->modulus;
  return PRODA_OK;
}

static double unpack(const struct proda_nc_packing *packing, double value)
{
  if (value < 0)
    value += packing->modulus;
  for (size_t k = 0; k < packing->n_missing; k++)
    if (value == packing->missing[k])
      return NAN;
  double unpacked = packing->packed ? packing->scale * value + packing->offset : value;
  double judged = packing->range_unpacked ? unpacked : value;
  return judged < packing->low || judged > packing->high ? NAN : unpacked;
}

void proda_nc_unpack(const struct proda_nc_packing *packing, size_t n, double *value)
{
  for (size_t i = 0; i < n; i++)
    value[i] = unpack(packing, value[i]);
}
