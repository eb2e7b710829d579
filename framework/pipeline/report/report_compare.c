#include <stdlib.h>
#include <string.h>

#include "pipeline/report/report.h"

/** value[...] of a shape as arrays within arrays; NULL for lack of memory. */
static json_t *nest(const struct proda_nc_shape *shape, size_t axis, const double *value)
{
  if (axis == shape->rank)
    return proda_json_number(*value);
  if (axis + 1 == shape->rank)
    return proda_json_array(value, shape->length[axis]);
  size_t stride = 1;
  for (size_t a = axis + 1; a < shape->rank; a++)
    stride *= shape->length[a];
  json_t *array = json_array();
  for (size_t i = 0; array && i < shape->length[axis]; i++)
    if (json_array_append_new(array, nest(shape, axis + 1, value + i * stride)) != 0) {
      json_decref(array);
      array = NULL;
    }
  return array;
}

static int put_numbers(const struct proda_nc *file, const char *name,
                       const struct proda_nc_shape *shape, json_t *object,
                       struct proda_error *error)
{
  double *value = NULL;
  int status = proda_nc_read(file, name, 0, &value, error);
  if (status == PRODA_OK)
    status = proda_json_put(object, name, nest(shape, 0, value), error);
  free(value);
  return status;
}

static int put_strings(const struct proda_nc *file, const char *name, json_t *object,
                       struct proda_error *error)
{
  size_t n = 0;
  char **text = NULL;
  json_t *list = proda_json_array_in(object, name, error);
  int status = list ? proda_nc_read_strings(file, name, &n, &text, error) : PRODA_ERROR;
  for (size_t i = 0; i < n && status == PRODA_OK; i++)
    status = proda_json_append(list, proda_json_text(text[i]), error);
  free(text);
  return status;
}

static int put_dimensions(const struct proda_nc_shape *shape, const char *name, json_t *object,
                          struct proda_error *error)
{
  json_t *list = proda_json_array_in(object, name, error);
  int status = list ? PRODA_OK : PRODA_ERROR;
  for (size_t a = 0; a < shape->rank && status == PRODA_OK; a++)
    status = proda_json_append(list, proda_json_text(shape->name[a]), error);
  return status;
}

static int put_attribute(const struct proda_nc *file, const char *name, const char *attribute,
                         json_t *object, struct proda_error *error)
{
  char *text = NULL;
  if (!proda_nc_text(file, name, attribute, &text))
    return PRODA_OK;
  int status = proda_json_put(object, name, proda_json_text(text), error);
  free(text);
  return status;
}

static bool has_flags(const struct proda_nc *file, const char *name)
{
  char *text = NULL;
  bool found = proda_nc_text(file, name, "flag_meanings", &text);
  free(text);
  return found;
}

/** Where a variable's values and its description go. */
struct places {
  json_t *values, *dimensions, *units, *long_name, *flags;
};

static int put_variable(const struct proda_nc *file, const char *name, const struct places *places,
                        struct proda_error *error)
{
  struct proda_nc_shape shape;
  if (proda_nc_shape(file, name, &shape, error) ||
      put_dimensions(&shape, name, places->dimensions, error) ||
      put_attribute(file, name, "units", places->units, error) ||
      put_attribute(file, name, "long_name", places->long_name, error) ||
      (has_flags(file, name) && proda_report_flags(file, name, places->flags, name, error)))
    return PRODA_ERROR;
  return proda_nc_is_numeric(file, name) ? put_numbers(file, name, &shape, places->values, error)
                                         : put_strings(file, name, places->values, error);
}

int proda_report_compare(const struct proda_reported *reported, json_t *root,
                         struct proda_error *error)
{
  char(*name)[64] = NULL;
  size_t n = 0;
  json_t *compare = proda_json_object_in(root, "compare", error);
  if (!compare)
    return PRODA_ERROR;
  const struct places places = {
      .values = compare,
      .dimensions = proda_json_object_in(compare, "_dims", error),
      .units = proda_json_object_in(compare, "_units", error),
      .long_name = proda_json_object_in(compare, "_long_name", error),
      .flags = proda_json_object_in(compare, "_flags", error),
  };
  int status = places.dimensions && places.units && places.long_name && places.flags
                   ? proda_nc_variables(reported->compare, &name, &n, error)
                   : PRODA_ERROR;
  for (size_t v = 0; v < n && status == PRODA_OK; v++)
    status = put_variable(reported->compare, name[v], &places, error);
  free(name);
  return status;
}
