/* What the guarded process keeps from proda: libraries that crash, loop, exit or eat memory, put
 * into the reading by the linker's --wrap; and files that declare more than they can hold. */
#include <netcdf.h>
#include <signal.h>
#include <sys/resource.h>

#include "scratch.h"
#include "store/ncfile.h"

static enum { WELL, CRASH, ABORT, LOOP, EXIT, EAT, SPOIL } behaviour;
static struct proda_error error;

int __real_nc_get_vara_double(int id, int v, const size_t *start, const size_t *count, double *out);
int __wrap_nc_get_vara_double(int id, int v, const size_t *start, const size_t *count, double *out);

int __wrap_nc_get_vara_double(int id, int v, const size_t *start, const size_t *count, double *out)
{
  volatile size_t turns = 0;
  switch (behaviour) {
  case CRASH:
    raise(SIGSEGV);
    break;
  case ABORT:
    abort();
  case LOOP:
    for (;;)
      turns++;
  case EXIT:
    _exit(0);
  case EAT:
    for (char *room; (room = malloc(1 << 24));) {
      memset(room, 1, 1 << 24);
      turns++;
    }
    return NC_ENOMEM;
  case SPOIL:
    return NC_EHDFERR;
  default:
    break;
  }
  return __real_nc_get_vara_double(id, v, start, count, out);
}

static void nc(int code)
{
  if (code != NC_NOERR)
    fail_msg("%s", nc_strerror(code));
}

static const char *write_small(void)
{
  const char *path = scratch_path("small.nc");
  int id, dim, v;
  nc(nc_create(path, NC_NETCDF4 | NC_CLOBBER, &id));
  nc(nc_def_dim(id, "x", 3, &dim));
  nc(nc_def_var(id, "v", NC_DOUBLE, 1, &dim, &v));
  nc(nc_put_var_double(id, v, (double[]){1, 2, 3}));
  nc(nc_close(id));
  return path;
}

static void check_refused(const char *path, const char *part)
{
  struct proda_nc *file;
  memset(&error, 0, sizeof error);
  assert_int_equal(proda_nc_open(path, &file, &error), PRODA_ERROR);
  assert_null(file);
  if (!strstr(error.message, path) || !strstr(error.message, part))
    fail_msg("\"%s\" lacks \"%s\" or \"%s\"", error.message, path, part);
}

static void test_misbehaviour(void **state)
{
  (void)state;
  static const char *const said[] = {
      [CRASH] = "crashes when it reads it (Segmentation fault)",
      [ABORT] = "crashes when it reads it (Aborted)",
      [LOOP] = "does not come to an end",
      [EXIT] = "gives up",
      [EAT] = "", // its end depends on who allocates
      [SPOIL] = "variable 'v': reading",
  };
  struct proda_nc *file;
  for (behaviour = CRASH; behaviour <= SPOIL; behaviour++)
    check_refused(write_small(), said[behaviour]);
  behaviour = WELL;
  assert_ok(proda_nc_open(write_small(), &file, &error), error);
  proda_nc_close(file);
}

/* Half a gigabyte for a file of some thousand bytes would be seen here. */
static void check_memory(void)
{
  struct rusage own, children;
  getrusage(RUSAGE_SELF, &own);
  getrusage(RUSAGE_CHILDREN, &children);
  assert_in_range(own.ru_maxrss, 0, 400 * 1024);
  assert_in_range(children.ru_maxrss, 0, 700 * 1024);
}

static const char *write_declared(size_t length, size_t chunk, nc_type type)
{
  const char *path = scratch_path("bomb.nc");
  int id, dim, v;
  nc(nc_create(path, NC_NETCDF4 | NC_CLOBBER, &id));
  nc(nc_def_dim(id, "x", length, &dim));
  nc(nc_def_var(id, "v", type, 1, &dim, &v));
  if (chunk) {
    nc(nc_def_var_chunking(id, v, NC_CHUNKED, &chunk));
    if (type != NC_STRING)
      nc(nc_def_var_deflate(id, v, 0, 1, 1));
  }
  nc(nc_close(id));
  return path;
}

static void test_declared_sizes(void **state)
{
  (void)state;
  static const char hold[] = "bytes can hold: damaged, or made to exhaust memory";
  check_refused(write_declared((size_t)1 << 40, 1 << 20, NC_BYTE), hold);
  check_refused(write_declared((size_t)1 << 40, 1 << 20, NC_DOUBLE), hold);
  check_refused(write_declared((size_t)1 << 28, 1 << 20, NC_DOUBLE), hold);
  check_refused(write_declared((size_t)1 << 61, 1 << 20, NC_DOUBLE), hold);
  check_refused(write_declared((size_t)1 << 40, 0, NC_DOUBLE), hold);
  check_refused(write_declared((size_t)1 << 40, 1 << 20, NC_STRING), hold);
  check_memory();
}

/* Dimensions whose product is more than a size_t. */
static void test_products(void **state)
{
  (void)state;
  int id, dim[3], v;
  const char *path = scratch_path("product.nc");
  nc(nc_create(path, NC_NETCDF4 | NC_CLOBBER, &id));
  for (int i = 0; i < 3; i++)
    nc(nc_def_dim(id, (const char *[]){"x", "y", "z"}[i], (size_t)1 << 23, &dim[i]));
  nc(nc_def_var(id, "v", NC_DOUBLE, 3, dim, &v));
  nc(nc_def_var_chunking(id, v, NC_CHUNKED, (size_t[]){64, 64, 64}));
  nc(nc_close(id));
  check_refused(path, "variable 'v': is too large");
  check_memory();
}

static void test_pieces(void **state)
{
  (void)state;
  int id, dim, v;
  const char *path = scratch_path("pieces.nc");
  nc(nc_create(path, NC_NETCDF4 | NC_CLOBBER, &id));
  nc(nc_def_dim(id, "x", NC_UNLIMITED, &dim));
  nc(nc_def_var(id, "v", NC_DOUBLE, 1, &dim, &v));
  nc(nc_def_var_chunking(id, v, NC_CHUNKED, &(size_t){(size_t)1 << 28}));
  nc(nc_close(id));
  check_refused(path, "is stored in pieces of more bytes");
  check_memory();
}

/* Four million zeros in some thousand bytes are less than deflate can do, and no bomb. */
static void test_well_packed(void **state)
{
  (void)state;
  static double zero[4000000];
  struct proda_nc *file;
  double *value = NULL;
  int id, dim, v;
  const char *path = scratch_path("zeros.nc");
  nc(nc_create(path, NC_NETCDF4 | NC_CLOBBER, &id));
  nc(nc_def_dim(id, "x", 4000000, &dim));
  nc(nc_def_var(id, "v", NC_DOUBLE, 1, &dim, &v));
  nc(nc_def_var_deflate(id, v, 1, 1, 9));
  nc(nc_put_var_double(id, v, zero));
  nc(nc_close(id));
  assert_ok(proda_nc_open(path, &file, &error), error);
  assert_ok(proda_nc_read(file, "v", 4000000, &value, &error), error);
  assert_close(value[3999999], 0, 0, 0);
  free(value);
  proda_nc_close(file);
}

/* What is no file to read from: a pipe would wait for ever. */
static void test_pipe(void **state)
{
  (void)state;
  assert_int_equal(mkfifo(scratch_path("pipe.nc"), 0600), 0);
  check_refused(scratch_path("pipe.nc"), "a device or pipe");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_misbehaviour), cmocka_unit_test(test_declared_sizes),
      cmocka_unit_test(test_products),     cmocka_unit_test(test_pieces),
      cmocka_unit_test(test_well_packed),  cmocka_unit_test(test_pipe),
  };
  return cmocka_run_group_tests_name("guard", tests, scratch_setup, scratch_teardown);
}
