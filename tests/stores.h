/** @file stores.h
 * Small NetCDF and text files for tests, written in one call.
 */
#ifndef PRODA_TESTS_STORES_H
#define PRODA_TESTS_STORES_H

#include "pipeline/stage.h"
#include "store/ncfile.h"
#include "testing.h"

struct axis {
  const char *name;
  size_t length;
};

/** A variable of numbers, or of `text` where that is given. */
struct column {
  const char *name, *dims;
  const double *value;
  const char *const *text;
};

static inline __attribute__((unused)) void store_write(const char *path, const struct axis *axis,
                                                       size_t n_axes, const struct column *column,
                                                       size_t n_columns)
{
  struct proda_error error;
  struct proda_nc *file = NULL;
  assert_ok(proda_make_parents(path, &error), error);
  assert_ok(proda_nc_create(path, &file, &error), error);
  for (size_t i = 0; i < n_axes; i++)
    assert_ok(proda_nc_def_dim(file, axis[i].name, axis[i].length, &error), error);
  for (const struct column *c = column; c < column + n_columns; c++) {
    enum proda_nc_type type = c->text ? PRODA_NC_STRING : PRODA_NC_DOUBLE;
    assert_ok(proda_nc_def(file, c->name, type, c->dims, NULL, NULL, &error), error);
    if (c->text)
      assert_ok(proda_nc_write_strings(file, c->name, c->text, &error), error);
    else
      assert_ok(proda_nc_write(file, c->name, c->value, &error), error);
  }
  assert_ok(proda_nc_commit(file, &error), error);
}

/** store_write with the number of entries of both arrays. */
#define STORE_WRITE(path, axis, column)                                                            \
  store_write((path), (axis), sizeof(axis) / sizeof *(axis), (column),                             \
              sizeof(column) / sizeof *(column))

/** All values of a variable; free() them. `n` (may be NULL): how many. */
static inline __attribute__((unused)) double *store_read(const char *path, const char *variable,
                                                         size_t *n)
{
  struct proda_error error;
  struct proda_nc *file = NULL;
  struct proda_nc_shape shape;
  double *value = NULL;
  assert_ok(proda_nc_open(path, &file, &error), error);
  assert_ok(proda_nc_shape(file, variable, &shape, &error), error);
  assert_ok(proda_nc_read(file, variable, 0, &value, &error), error);
  proda_nc_close(file);
  if (n) {
    *n = 1;
    for (size_t i = 0; i < shape.rank; i++)
      *n *= shape.length[i];
  }
  return value;
}

static inline __attribute__((unused)) void text_write(const char *path, const char *text)
{
  FILE *stream = fopen(path, "w");
  assert_non_null(stream);
  assert_true(fputs(text, stream) >= 0);
  assert_int_equal(fclose(stream), 0);
}

/** An experiment from its text, written to `path`. */
static inline __attribute__((unused)) int experiment_read(const char *path, const char *text,
                                                          struct proda_experiment **experiment,
                                                          struct proda_error *error)
{
  text_write(path, text);
  return proda_experiment_read(path, experiment, error);
}

#endif
