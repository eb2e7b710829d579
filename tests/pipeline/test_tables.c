/* Tables of profiles as programs write them: each is read as the NetCDF file of the same numbers
 * is; and texts that are no tables. */
#include "pipeline/lies_csv.h"

static struct proda_error error;

static const char *write_table(const char *bytes, size_t size)
{
  struct part part = {.name = "profiles.csv", .text = bytes, .size = size};
  parts_write(&part);
  return parts_path("profiles.csv");
}

static void check_same(const char *bytes, size_t size)
{
  struct image expected = {0}, image = {0};
  assert_ok(image_profiles(lies_cook("right.nc", profiles), &expected, &error), error);
  assert_ok(image_profiles(write_table(bytes, size), &image, &error), error);
  assert_true(image_same(&image, &expected, 1e-12));
  image_free(&image);
  image_free(&expected);
}

static void check_refused(const char *bytes, size_t size, const char *part)
{
  struct image image = {0};
  memset(&error, 0, sizeof error);
  assert_int_equal(image_profiles(write_table(bytes, size), &image, &error), PRODA_ERROR);
  if (!strstr(error.message, "profiles.csv") || !strstr(error.message, part))
    fail_msg("\"%s\" lacks \"%s\"", error.message, part);
}

/* The table with one character replaced by a text everywhere. */
static char *with(char find, const char *replace)
{
  static char text[4096];
  size_t n = 0;
  for (const char *c = table; *c; c++)
    n += (size_t)snprintf(text + n, sizeof text - n, "%s",
                          *c == find ? replace : (char[]){*c, '\0'});
  return text;
}

static void check_text(const char *text)
{
  check_same(text, strlen(text));
}

static void test_line_ends(void **state)
{
  (void)state;
  check_text(table);
  check_text(with('\n', "\r\n"));
  check_text(with('\n', "\r"));
  check_text(with('\n', "\n\n"));
}

static void test_separators(void **state)
{
  (void)state;
  check_text(with(',', ";"));
  check_text(with(',', "\t"));
  check_text(with(',', " ; "));
  check_text(with(',', ",\t"));
}

static void test_byte_order_mark(void **state)
{
  (void)state;
  char text[8192];
  snprintf(text, sizeof text, "\xef\xbb\xbf%s", table);
  check_text(text);
}

/* Names of rows under no name, as R writes them. */
static void test_row_names(void **state)
{
  (void)state;
  char text[8192];
  snprintf(text, sizeof text, "\"\",%s", with('\n', "\n\"r\","));
  text[strlen(text) - 4] = '\0';
  check_text(text);
}

/* A megabyte in one field. */
static void test_long_line(void **state)
{
  (void)state;
  enum { LONG = 1 << 20 };
  char *text = malloc(16 * (size_t)LONG);
  assert_non_null(text);
  size_t n = 0;
  for (const char *line = table; *line; line = strchr(line, '\n') + 1) {
    size_t length = (size_t)(strchr(line, '\n') - line);
    memcpy(text + n, line, length);
    n += length;
    text[n++] = ',';
    memset(text + n, 'x', line == table ? 4 : LONG);
    n += line == table ? 4 : LONG;
    text[n++] = '\n';
  }
  check_same(text, n);
  free(text);
}

static void test_no_tables(void **state)
{
  (void)state;
  char text[sizeof table];
  memcpy(text, table, sizeof table);
  text[100] = '\0';
  check_refused(text, sizeof table - 1, "byte 100 is NUL");
  check_refused("\xff\xfep\0r\0", 6, "UTF-16");
  check_refused("", 0, "0 bytes");
  check_refused("\n\n", 2, "is blank");
  check_refused(table, (size_t)(strchr(table, '\n') - table) + 1, "a header and no rows");
  check_refused(table, 19, "no line end");
  check_refused(table, 20, "ends with a separator");
}

/* Decimal commas behind semicolons, as a spreadsheet in many languages writes them. */
static void test_decimal_commas(void **state)
{
  (void)state;
  char text[8192];
  snprintf(text, sizeof text, "%s", with(',', ";"));
  for (char *c = text; *c; c++)
    *c = *c == '.' ? ',' : *c;
  check_refused(text, strlen(text), "line 3, column 'layer_top': '0,1' is no number; decimals");
}

/* "[class]" marks a class; other columns are covariates, with their units. */
static void test_covariates(void **state)
{
  (void)state;
  static const char text[] = "profile_id,latitude,longitude,warmth [degC],biome [class],source\n"
                             "1,10,20,5,2,x\n"
                             "2,11,20,NA,3,y\n";
  struct proda_nc *file = NULL;
  struct proda_nc_shape shape;
  char *unit = NULL, **source = NULL;
  double categorical = 0, *warmth = NULL;
  size_t n;
  assert_ok(proda_nc_open(write_table(text, sizeof text - 1), &file, &error), error);
  assert_true(proda_nc_number(file, "biome", "categorical", &categorical));
  assert_close(categorical, 1, 0, 0);
  assert_true(proda_nc_text(file, "warmth", "units", &unit));
  assert_string_equal(unit, "degC");
  assert_ok(proda_nc_shape(file, "warmth", &shape, &error), error);
  assert_string_equal(shape.name[0], "profile");
  assert_ok(proda_nc_read(file, "warmth", 2, &warmth, &error), error);
  assert_true(warmth[0] == 5 && isnan(warmth[1]));
  assert_ok(proda_nc_read_strings(file, "source", &n, &source, &error), error);
  assert_string_equal(source[1], "y");
  free(unit);
  free(warmth);
  free(source);
  proda_nc_close(file);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_line_ends),       cmocka_unit_test(test_separators),
      cmocka_unit_test(test_byte_order_mark), cmocka_unit_test(test_row_names),
      cmocka_unit_test(test_long_line),       cmocka_unit_test(test_no_tables),
      cmocka_unit_test(test_decimal_commas),  cmocka_unit_test(test_covariates),
  };
  return cmocka_run_group_tests_name("tables", tests, NULL, NULL);
}
