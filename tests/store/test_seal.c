/* The seal of a store: the file is NetCDF as before, and no byte of it can change unseen. */
#include <netcdf.h>

#include "mutation.h"
#include "scratch.h"
#include "stores.h"

static struct proda_error error;

static const char *write_sealed(void)
{
  struct proda_nc *file;
  const char *path = scratch_path("store.nc");
  assert_ok(proda_nc_create(path, &file, &error), error);
  assert_ok(proda_nc_def_dim(file, "x", 3, &error), error);
  assert_ok(proda_nc_put_text(file, NULL, "proda_version", "0", &error), error);
  assert_ok(proda_nc_def(file, "v", PRODA_NC_DOUBLE, "x", "1", NULL, &error), error);
  assert_ok(proda_nc_write(file, "v", (double[]){1, 2, 3}, &error), error);
  assert_ok(proda_nc_commit(file, &error), error);
  return path;
}

static void check_refused(const char *path, const char *part)
{
  struct proda_nc *file;
  memset(&error, 0, sizeof error);
  assert_int_equal(proda_nc_open(path, &file, &error), PRODA_ERROR);
  if (!strstr(error.message, path) || !strstr(error.message, part))
    fail_msg("\"%s\" lacks \"%s\" or \"%s\"", error.message, path, part);
}

/* Others read a sealed store as any file. */
static void test_is_netcdf(void **state)
{
  (void)state;
  int id;
  double value[3];
  assert_int_equal(nc_open(write_sealed(), NC_NOWRITE, &id), NC_NOERR);
  assert_int_equal(nc_get_var_double(id, 0, value), NC_NOERR);
  assert_close(value[2], 3, 0, 0);
  assert_int_equal(nc_close(id), NC_NOERR);
}

/* One bit of any byte; of every fifth before the end, for time. */
static void test_bits(void **state)
{
  (void)state;
  const char *path = write_sealed();
  struct bytes bytes = bytes_read(path);
  size_t n = 0;
  for (size_t i = 0; i < bytes.n; i += i + 60 < bytes.n ? 5 : 1, n++) {
    bytes.data[i] ^= (unsigned char)(1U << i % 8);
    bytes_write(&bytes, path);
    check_refused(path, "do not fit its seal");
    bytes.data[i] ^= (unsigned char)(1U << i % 8);
  }
  print_message("%zu of %zu bytes, refused where one bit of it is turned\n", n, bytes.n);
  free(bytes.data);
}

/* Without the seal, whole or in part, what says that it is a store is refused. */
static void test_lost(void **state)
{
  (void)state;
  const char *path = write_sealed();
  struct bytes bytes = bytes_read(path);
  for (size_t i = 0; i < 46; i++, bytes.n--) {
    bytes_write(&bytes, path);
    if (i > 0)
      check_refused(path, "seal");
  }
  free(bytes.data);
}

/* Others that change a store remove the attribute; then it is a file from elsewhere. */
static void test_changed_by_others(void **state)
{
  (void)state;
  struct proda_nc *file;
  int id;
  const char *path = write_sealed();
  assert_int_equal(nc_open(path, NC_WRITE, &id), NC_NOERR);
  assert_int_equal(nc_put_var_double(id, 0, (double[]){4, 5, 6}), NC_NOERR);
  assert_int_equal(nc_close(id), NC_NOERR);
  check_refused(path, "seal");
  assert_int_equal(nc_open(path, NC_WRITE, &id), NC_NOERR);
  assert_int_equal(nc_del_att(id, NC_GLOBAL, "proda_version"), NC_NOERR);
  assert_int_equal(nc_close(id), NC_NOERR);
  assert_ok(proda_nc_open(path, &file, &error), error);
  proda_nc_close(file);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_is_netcdf),
      cmocka_unit_test(test_bits),
      cmocka_unit_test(test_lost),
      cmocka_unit_test(test_changed_by_others),
  };
  return cmocka_run_group_tests_name("seal", tests, scratch_setup, scratch_teardown);
}
