#include "scratch.h"
#include "store/provenance.h"

static struct proda_error error;

static void write_store(const char *path, const char *inputs)
{
  struct proda_nc *file;
  assert_ok(proda_nc_create(path, &file, &error), error);
  assert_ok(proda_provenance_put(file, "A store", "proda run x.yaml", inputs,
                                 18446744073709551615ULL, &error),
            error);
  assert_ok(proda_nc_commit(file, &error), error);
}

static void check_attribute(const struct proda_nc *file, const char *name, const char *expected)
{
  char *text = NULL;
  assert_true(proda_nc_text(file, NULL, name, &text));
  assert_string_equal(text, expected);
  free(text);
}

static void test_attributes(void **state)
{
  (void)state;
  struct proda_nc *file;
  write_store(scratch_path("store.nc"), "0123456789abcdef0123456789abcdef");
  assert_ok(proda_nc_open(scratch_path("store.nc"), &file, &error), error);
  check_attribute(file, "Conventions", "CF-1.10");
  check_attribute(file, "title", "A store");
  check_attribute(file, "proda_command", "proda run x.yaml");
  check_attribute(file, "proda_inputs", "0123456789abcdef0123456789abcdef");
  check_attribute(file, "proda_seed", "18446744073709551615");
  proda_nc_close(file);
}

static void test_current(void **state)
{
  (void)state;
  FILE *stream = fopen(scratch_path("broken.nc"), "wb");
  fputs("not a store", stream);
  fclose(stream);
  write_store(scratch_path("store.nc"), "one");
  assert_true(proda_store_current(scratch_path("store.nc"), "one"));
  assert_false(proda_store_current(scratch_path("store.nc"), "two"));
  assert_false(proda_store_current(scratch_path("absent.nc"), "one"));
  assert_false(proda_store_current(scratch_path("broken.nc"), "one"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_attributes),
      cmocka_unit_test(test_current),
  };
  return cmocka_run_group_tests_name("provenance", tests, scratch_setup, scratch_teardown);
}
