/* Reading and writing NetCDF. Fixtures that proda itself would not write (packed, char, missing
 * values) are made with netCDF-C; expected values follow from the CF conventions, section 8.1. */
#include <netcdf.h>
#include <sys/wait.h>

#include "scratch.h"
#include "store/ncfile.h"

static struct proda_error error;

#define assert_refused(call, ...)                                                                  \
  do {                                                                                             \
    memset(&error, 0, sizeof error);                                                               \
    assert_int_equal(call, PRODA_ERROR);                                                           \
    const char *parts[] = {__VA_ARGS__};                                                           \
    for (size_t part_ = 0; part_ < sizeof parts / sizeof *parts; part_++)                          \
      if (!strstr(error.message, parts[part_]))                                                    \
        fail_msg("\"%s\" lacks \"%s\"", error.message, parts[part_]);                              \
  } while (0)

static void nc(int code)
{
  if (code != NC_NOERR)
    fail_msg("%s", nc_strerror(code));
}

/** What stages do: define, write whole and by rows, commit. */
static void write_store(const char *path)
{
  struct proda_nc *file;
  static double pools[40 * 50];
  for (int i = 0; i < 40 * 50; i++)
    pools[i] = i % 7 == 0 ? NAN : i / 3.0;
  const double status[] = {0, 1, 2};
  const char *const names[] = {"first", "", "third \xc3\xa9"};
  const char *const meanings[] = {"solved", "negative", "not_finite"};
  assert_ok(proda_nc_create(path, &file, &error), error);
  assert_ok(proda_nc_def_dim(file, "site", 3, &error), error);
  assert_ok(proda_nc_def_dim(file, "row", 40, &error), error);
  assert_ok(proda_nc_def_dim(file, "layer", 50, &error), error);
  assert_ok(proda_nc_def(file, "pools", PRODA_NC_DOUBLE, "row layer", "gC m-3", "pools", &error),
            error);
  assert_ok(proda_nc_def(file, "coarse", PRODA_NC_FLOAT, "row layer", "gC m-3", NULL, &error),
            error);
  assert_ok(proda_nc_def(file, "status", PRODA_NC_BYTE, "site", NULL, "status", &error), error);
  assert_ok(proda_nc_def(file, "count", PRODA_NC_INT64, "site", "1", NULL, &error), error);
  assert_ok(proda_nc_def(file, "total", PRODA_NC_DOUBLE, "", "Pg", NULL, &error), error);
  assert_ok(proda_nc_def(file, "name", PRODA_NC_STRING, "site", NULL, NULL, &error), error);
  assert_ok(proda_nc_put_flags(file, "status", meanings, 3, &error), error);
  assert_ok(proda_nc_put_text(file, NULL, "title", "a store", &error), error);
  assert_ok(proda_nc_put_number(file, "pools", "limit", 0.25, &error), error);
  assert_ok(proda_nc_write_rows(file, "pools", 0, 30, pools, &error), error);
  assert_ok(proda_nc_write_rows(file, "pools", 30, 10, pools + 1500, &error), error);
  assert_ok(proda_nc_write_rows(file, "coarse", 0, 1, pools, &error), error);
  assert_ok(proda_nc_write(file, "status", status, &error), error);
  assert_ok(proda_nc_write(file, "count", (double[]){1e15, -3, 0}, &error), error);
  assert_ok(proda_nc_write(file, "total", (double[]){1469.5}, &error), error);
  assert_ok(proda_nc_write_strings(file, "name", names, &error), error);
  assert_ok(proda_nc_commit(file, &error), error);
}

static void check_values(const struct proda_nc *file)
{
  double *value, rows[100];
  assert_ok(proda_nc_read(file, "pools", 2000, &value, &error), error);
  for (int i = 0; i < 2000; i++)
    assert_close(value[i], i % 7 == 0 ? NAN : i / 3.0, 0, 0);
  free(value);
  assert_ok(proda_nc_read_rows(file, "pools", 38, 2, sizeof rows / sizeof *rows, rows, &error),
            error);
  for (int i = 0; i < 100; i++)
    assert_close(rows[i], (1900 + i) % 7 == 0 ? NAN : (1900 + i) / 3.0, 0, 0);
  assert_ok(proda_nc_read(file, "coarse", 0, &value, &error), error);
  assert_close(value[1], (double)(float)(1 / 3.0), 0, 0);
  assert_true(isnan(value[50])); // never written
  free(value);
  assert_ok(proda_nc_read(file, "total", 1, &value, &error), error);
  assert_close(*value, 1469.5, 0, 0);
  free(value);
  assert_ok(proda_nc_read(file, "count", 3, &value, &error), error);
  assert_close(value[0], 1e15, 0, 0);
  free(value);
}

static void check_metadata(const struct proda_nc *file)
{
  struct proda_nc_shape shape;
  char *text = NULL, **strings, (*names)[64];
  size_t n;
  double number = 7;
  assert_ok(proda_nc_shape(file, "pools", &shape, &error), error);
  assert_int_equal(shape.rank, 2);
  assert_int_equal(shape.length[1], 50);
  assert_string_equal(shape.name[0], "row");
  assert_ok(proda_nc_variables(file, &names, &n, &error), error);
  assert_int_equal(n, 6);
  assert_string_equal(names[2], "status");
  free(names);
  assert_ok(proda_nc_read_strings(file, "name", &n, &strings, &error), error);
  assert_int_equal(n, 3);
  assert_string_equal(strings[0], "first");
  assert_string_equal(strings[1], "");
  assert_string_equal(strings[2], "third \xc3\xa9");
  free(strings);
  assert_true(proda_nc_text(file, "status", "flag_meanings", &text));
  assert_string_equal(text, "solved negative not_finite");
  free(text);
  assert_true(proda_nc_number(file, "pools", "limit", &number));
  assert_close(number, 0.25, 0, 0);
  assert_false(proda_nc_number(file, "pools", "units", &number));
  assert_false(proda_nc_text(file, "pools", "absent", &text));
  assert_true(proda_nc_has(file, "total") && !proda_nc_has(file, "totals"));
  assert_true(proda_nc_has_dim(file, "site") && !proda_nc_has_dim(file, "sites"));
}

static void test_round_trip(void **state)
{
  (void)state;
  struct proda_nc *file;
  write_store(scratch_path("store.nc"));
  assert_ok(proda_nc_open(scratch_path("store.nc"), &file, &error), error);
  check_values(file);
  check_metadata(file);
  proda_nc_close(file);
  assert_int_equal(scratch_count(".tmp"), 0);
}

static size_t read_bytes(const char *path, unsigned char *bytes, size_t size)
{
  FILE *stream = fopen(path, "rb");
  assert_non_null(stream);
  size_t n = fread(bytes, 1, size, stream);
  fclose(stream);
  return n;
}

static void test_same_bytes(void **state)
{
  (void)state;
  static unsigned char a[1 << 18], b[1 << 18];
  write_store(scratch_path("a.nc"));
  sleep(1); // time stamps, if any, have a resolution of one second
  write_store(scratch_path("b.nc"));
  size_t n = read_bytes(scratch_path("a.nc"), a, sizeof a);
  assert_true(n > 1000 && n < sizeof a);
  assert_int_equal(read_bytes(scratch_path("b.nc"), b, sizeof b), n);
  assert_memory_equal(a, b, n);
}

/** Packed shorts, two kinds of missing values, fixed-width and plain characters, units. */
static void write_foreign(const char *path)
{
  int id, dim[2], v;
  const short packed[] = {100, -1, -9999, 300};
  const float plain[] = {1, -999, NC_FILL_FLOAT, 4};
  nc(nc_create(path, NC_NETCDF4 | NC_CLOBBER, &id));
  nc(nc_def_dim(id, "site", 4, &dim[0]));
  nc(nc_def_dim(id, "width", 5, &dim[1]));
  nc(nc_def_var(id, "packed", NC_SHORT, 1, dim, &v));
  nc(nc_put_att_short(id, v, "_FillValue", NC_SHORT, 1, &(short){-9999}));
  nc(nc_put_att_short(id, v, "missing_value", NC_SHORT, 1, &(short){-1}));
  nc(nc_put_att_double(id, v, "scale_factor", NC_DOUBLE, 1, &(double){0.5}));
  nc(nc_put_att_double(id, v, "add_offset", NC_DOUBLE, 1, &(double){10}));
  nc(nc_put_att_text(id, v, "units", 4, "degC"));
  nc(nc_put_var_short(id, v, packed));
  nc(nc_def_var(id, "plain", NC_FLOAT, 1, dim, &v));
  nc(nc_put_att_float(id, v, "missing_value", NC_FLOAT, 1, &(float){-999}));
  nc(nc_put_var_float(id, v, plain));
  nc(nc_def_var(id, "label", NC_CHAR, 2, dim, &v));
  nc(nc_put_var_text(id, v, "ab   cdefgh\0\0\0\0     "));
  nc(nc_put_att_string(id, v, "note", 1, &(const char *){"a string"}));
  nc(nc_def_var(id, "nothing", NC_BYTE, 0, dim, &v));
  nc(nc_put_att_text(id, v, "units", 8, "furlongs"));
  nc(nc_close(id));
}

static void test_packed_and_missing(void **state)
{
  (void)state;
  struct proda_nc *file;
  double *value, rows[2];
  write_foreign(scratch_path("foreign.nc"));
  assert_ok(proda_nc_open(scratch_path("foreign.nc"), &file, &error), error);
  assert_ok(proda_nc_read(file, "packed", 4, &value, &error), error);
  assert_close(value[0], 60, 0, 0);
  assert_true(isnan(value[1]) && isnan(value[2]));
  assert_close(value[3], 160, 0, 0);
  free(value);
  assert_ok(proda_nc_read_rows(file, "packed", 2, 2, sizeof rows / sizeof *rows, rows, &error),
            error);
  assert_true(isnan(rows[0]));
  assert_close(rows[1], 160, 0, 0);
  assert_ok(proda_nc_read(file, "plain", 0, &value, &error), error);
  assert_true(value[0] == 1 && isnan(value[1]) && isnan(value[2]) && value[3] == 4);
  free(value);
  proda_nc_close(file);
}

static void test_characters(void **state)
{
  (void)state;
  struct proda_nc *file;
  char **label, *note = NULL;
  size_t n;
  assert_ok(proda_nc_open(scratch_path("foreign.nc"), &file, &error), error);
  assert_ok(proda_nc_read_strings(file, "label", &n, &label, &error), error);
  assert_int_equal(n, 4);
  assert_string_equal(label[0], "ab");
  assert_string_equal(label[1], "cdefg");
  assert_string_equal(label[2], "h");
  assert_string_equal(label[3], "");
  free(label);
  assert_true(proda_nc_text(file, "label", "note", &note));
  assert_string_equal(note, "a string");
  free(note);
  proda_nc_close(file);
}

static void test_units(void **state)
{
  (void)state;
  struct proda_nc *file;
  double factor, offset;
  assert_ok(proda_nc_open(scratch_path("foreign.nc"), &file, &error), error);
  assert_ok(proda_nc_unit(file, "packed", "K", &factor, &offset, &error), error);
  assert_close(factor, 1, 1e-12, 0);
  assert_close(offset, 273.15, 1e-12, 0);
  assert_ok(proda_nc_unit(file, "plain", "1", &factor, &offset, &error), error);
  assert_true(factor == 1 && offset == 0);
  assert_refused(proda_nc_unit(file, "packed", "m", &factor, &offset, &error), "foreign.nc",
                 "'packed'", "degC");
  assert_refused(proda_nc_unit(file, "plain", "K", &factor, &offset, &error), "'plain'", "no units",
                 "'K'");
  proda_nc_close(file);
}

static void test_refusals(void **state)
{
  (void)state;
  struct proda_nc *file;
  double *value, row[9];
  char **strings;
  size_t n;
  assert_ok(proda_nc_open(scratch_path("foreign.nc"), &file, &error), error);
  assert_refused(proda_nc_read(file, "pakced", 0, &value, &error), "foreign.nc", "'pakced'",
                 "did you mean 'packed'?");
  assert_null(value);
  assert_refused(proda_nc_read(file, "plain", 5, &value, &error), "'plain'", "4 values [site 4]",
                 "5 were expected");
  assert_refused(proda_nc_read(file, "label", 0, &value, &error), "'label'", "no numbers");
  assert_refused(proda_nc_read_strings(file, "plain", &n, &strings, &error), "'plain'", "no text");
  assert_refused(proda_nc_read_rows(file, "plain", 3, 2, 2, row, &error), "'plain'", "rows 3 to 5");
  assert_refused(proda_nc_read_rows(file, "nothing", 0, 1, 1, row, &error), "'nothing'", "scalar");
  assert_refused(proda_nc_dim(file, "sites", &n, &error), "'sites'", "did you mean 'site'?");
  proda_nc_close(file);
}

static void write_bytes(const char *path, const void *bytes, size_t n)
{
  FILE *stream = fopen(path, "wb");
  assert_non_null(stream);
  assert_int_equal(fwrite(bytes, 1, n, stream), n);
  fclose(stream);
}

static void test_unreadable(void **state)
{
  (void)state;
  static unsigned char bytes[1 << 18];
  struct proda_nc *file;
  write_bytes(scratch_path("empty.nc"), "", 0);
  write_bytes(scratch_path("text.nc"), "site,value\n1,2\n", 15);
  size_t n = read_bytes(scratch_path("a.nc"), bytes, sizeof bytes);
  write_bytes(scratch_path("cut.nc"), bytes, n / 2);
  assert_refused(proda_nc_open(scratch_path("none.nc"), &file, &error), "none.nc", "No such file");
  assert_refused(proda_nc_open(scratch_path("empty.nc"), &file, &error), "empty.nc", "0 bytes");
  assert_refused(proda_nc_open(scratch_path("text.nc"), &file, &error), "text.nc",
                 "not a readable NetCDF file");
  assert_refused(proda_nc_open(scratch_path("cut.nc"), &file, &error), "cut.nc", "truncated");
  assert_refused(proda_nc_open(scratch_directory, &file, &error), "is a directory");
  assert_null(file);
}

/** netCDF reads zeros where a classic-format file is cut in its data. */
static void test_truncated_data(void **state)
{
  (void)state;
  static unsigned char bytes[1 << 16];
  static double zero[4000];
  int id, dim, v;
  struct proda_nc *file;
  nc(nc_create(scratch_path("classic.nc"), NC_CLOBBER, &id));
  nc(nc_def_dim(id, "x", 4000, &dim));
  nc(nc_def_var(id, "v", NC_DOUBLE, 1, &dim, &v));
  nc(nc_enddef(id));
  nc(nc_put_var_double(id, v, zero));
  nc(nc_close(id));
  size_t n = read_bytes(scratch_path("classic.nc"), bytes, sizeof bytes);
  write_bytes(scratch_path("classic-cut.nc"), bytes, n / 2);
  assert_ok(proda_nc_open(scratch_path("classic.nc"), &file, &error), error);
  proda_nc_close(file);
  assert_refused(proda_nc_open(scratch_path("classic-cut.nc"), &file, &error), "classic-cut.nc",
                 "truncated");
}

static void test_bad_writes(void **state)
{
  (void)state;
  struct proda_nc *file;
  const double values[] = {1, NAN, 3};
  assert_refused(proda_nc_create(scratch_path("none/store.nc"), &file, &error), "none/store.nc",
                 "cannot be written");
  assert_ok(proda_nc_create(scratch_path("bad.nc"), &file, &error), error);
  assert_refused(proda_nc_def_dim(file, "empty", 0, &error), "'empty'");
  assert_ok(proda_nc_def_dim(file, "site", 3, &error), error);
  assert_refused(proda_nc_def(file, "v", PRODA_NC_INT, "sites", NULL, NULL, &error), "'v'",
                 "sites");
  assert_ok(proda_nc_def(file, "v", PRODA_NC_INT, "site", NULL, NULL, &error), error);
  assert_refused(proda_nc_write(file, "v", values, &error), "'v'", "value 1 is NaN");
  assert_refused(proda_nc_write_rows(file, "v", 2, 2, values, &error), "rows 2 to 4");
  assert_refused(proda_nc_write(file, "w", values, &error), "'w'");
  proda_nc_abandon(file);
  assert_int_equal(scratch_count("bad.nc"), 0);
}

static const char *plant(const char *format, int process)
{
  char name[64];
  snprintf(name, sizeof name, format, process);
  FILE *file = fopen(scratch_path(name), "w");
  assert_non_null(file);
  fclose(file);
  return scratch_path(name);
}

/** A killed run leaves "<store>.<pid>.tmp": gone after the next write, unless its process lives. */
static void test_leftovers(void **state)
{
  (void)state;
  static const char *const kept[] = {"left.nc.%d.tmpx", "left.nc.x%d.tmp", "other.nc.%d.tmp"};
  pid_t dead = fork();
  if (dead == 0)
    _exit(0);
  assert_int_equal(waitpid(dead, NULL, 0), dead);
  char left[4096], alive[4096];
  snprintf(left, sizeof left, "%s", plant("left.nc.%d.tmp", dead));
  snprintf(alive, sizeof alive, "%s", plant("left.nc.%d.tmp", getppid()));
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
    plant(kept[i], dead);
  write_store(scratch_path("left.nc"));
  assert_int_not_equal(access(left, F_OK), 0);
  assert_int_equal(access(alive, F_OK), 0);
  assert_int_equal(scratch_count(".tmp"), 1 + sizeof kept / sizeof *kept);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_round_trip),
      cmocka_unit_test(test_same_bytes),
      cmocka_unit_test(test_packed_and_missing),
      cmocka_unit_test(test_characters),
      cmocka_unit_test(test_units),
      cmocka_unit_test(test_refusals),
      cmocka_unit_test(test_unreadable),
      cmocka_unit_test(test_truncated_data),
      cmocka_unit_test(test_bad_writes),
      cmocka_unit_test(test_leftovers),
  };
  return cmocka_run_group_tests_name("ncfile", tests, scratch_setup, scratch_teardown);
}
