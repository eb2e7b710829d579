/* What a failing disk must not do: touch the target, or leave a temporary file. Failures are put
 * into netCDF and the system by the linker's --wrap; the last test fills a real limit. */
#include <errno.h>
#include <netcdf.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "scratch.h"
#include "store/ncfile.h"

static enum {
  FAIL_NONE,
  FAIL_CREATE,
  FAIL_DEF,
  FAIL_PUT,
  FAIL_CLOSE,
  FAIL_SYNC,
  FAIL_RENAME
} failing;

int __real_nc_create(const char *path, int mode, int *id);
int __wrap_nc_create(const char *path, int mode, int *id);
int __real_nc_def_var_deflate(int id, int v, int shuffle, int deflate, int level);
int __wrap_nc_def_var_deflate(int id, int v, int shuffle, int deflate, int level);
int __real_nc_put_var_double(int id, int v, const double *value);
int __wrap_nc_put_var_double(int id, int v, const double *value);
int __real_nc_close(int id);
int __wrap_nc_close(int id);
int __real_fsync(int descriptor);
int __wrap_fsync(int descriptor);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);

int __wrap_nc_create(const char *path, int mode, int *id)
{
  return failing == FAIL_CREATE ? EACCES : __real_nc_create(path, mode, id);
}

int __wrap_nc_def_var_deflate(int id, int v, int shuffle, int deflate, int level)
{
  return failing == FAIL_DEF ? NC_EFILTER
                             : __real_nc_def_var_deflate(id, v, shuffle, deflate, level);
}

int __wrap_nc_put_var_double(int id, int v, const double *value)
{
  return failing == FAIL_PUT ? ENOSPC : __real_nc_put_var_double(id, v, value);
}

int __wrap_nc_close(int id)
{
  int code = __real_nc_close(id);
  return failing == FAIL_CLOSE ? NC_EHDFERR : code;
}

/* "f" for the sync of a file, "d" of a directory, "r" for the new name. */
static char order[32];

static void note(char call)
{
  size_t n = strlen(order);
  if (n + 1 < sizeof order)
    order[n] = call;
}

int __wrap_fsync(int descriptor)
{
  struct stat file;
  note(fstat(descriptor, &file) == 0 && S_ISDIR(file.st_mode) ? 'd' : 'f');
  if (failing != FAIL_SYNC)
    return __real_fsync(descriptor);
  errno = EIO;
  return -1;
}

int __wrap_rename(const char *from, const char *to)
{
  note('r');
  if (failing != FAIL_RENAME)
    return __real_rename(from, to);
  errno = EACCES;
  return -1;
}

static struct proda_error error;

/** Writes 2000 times `value`; abandons at the first error, as stages do. */
static int write_store(const char *path, double value, size_t n)
{
  struct proda_nc *file;
  double *values = calloc(n, sizeof *values);
  for (size_t i = 0; i < n; i++)
    values[i] = value + (double)(i * i % 1009) / 3;
  int result = proda_nc_create(path, &file, &error);
  if (result == PRODA_OK) {
    if (proda_nc_def_dim(file, "x", n, &error) != PRODA_OK ||
        proda_nc_def(file, "v", PRODA_NC_DOUBLE, "x", "1", "v", &error) != PRODA_OK ||
        proda_nc_write(file, "v", values, &error) != PRODA_OK) {
      proda_nc_abandon(file);
      result = PRODA_ERROR;
    } else {
      result = proda_nc_commit(file, &error);
    }
  }
  free(values);
  return result;
}

static double first_value(const char *path)
{
  struct proda_nc *file;
  double value = NAN;
  assert_ok(proda_nc_open(path, &file, &error), error);
  assert_ok(proda_nc_read_rows(file, "v", 0, 1, 1, &value, &error), error);
  proda_nc_close(file);
  return value;
}

static void check_failure(int kind, const char *what)
{
  failing = FAIL_NONE;
  assert_ok(write_store(scratch_path("store.nc"), 1, 2000), error);
  failing = kind;
  memset(&error, 0, sizeof error);
  assert_int_equal(write_store(scratch_path("store.nc"), 2, 2000), PRODA_ERROR);
  failing = FAIL_NONE;
  if (!strstr(error.message, "store.nc") || !strstr(error.message, what))
    fail_msg("\"%s\" lacks \"%s\"", error.message, what);
  assert_close(first_value(scratch_path("store.nc")), 1, 0, 0);
  assert_int_equal(scratch_count("store.nc"), 1);
}

static void test_each_call(void **state)
{
  (void)state;
  check_failure(FAIL_CREATE, "Permission denied");
  check_failure(FAIL_DEF, "'v'");
  check_failure(FAIL_PUT, "No space left on device");
  check_failure(FAIL_CLOSE, "HDF error");
  check_failure(FAIL_SYNC, "Input/output error");
  check_failure(FAIL_RENAME, "Permission denied");
}

/** What a power cut leaves is the old file or the new one, whole. */
static void test_durable_in_order(void **state)
{
  (void)state;
  memset(order, 0, sizeof order);
  assert_ok(write_store(scratch_path("store.nc"), 1, 2000), error);
  assert_string_equal(order, "frd");
}

/** In a child, as the limit on file sizes cannot be trusted to the rest of the tests. */
static void test_full_disk(void **state)
{
  (void)state;
  char path[2048];
  snprintf(path, sizeof path, "%s", scratch_path("full.nc"));
  failing = FAIL_NONE;
  assert_ok(write_store(path, 1, 2000), error);
  pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){200000, 200000});
    _exit(write_store(path, 2, 1000000) == PRODA_ERROR && error.message[0] ? 0 : 1);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  assert_close(first_value(path), 1, 0, 0);
  assert_int_equal(scratch_count("full.nc"), 1);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_each_call),
      cmocka_unit_test(test_durable_in_order),
      cmocka_unit_test(test_full_disk),
  };
  return cmocka_run_group_tests_name("ncfile_failure", tests, scratch_setup, scratch_teardown);
}
