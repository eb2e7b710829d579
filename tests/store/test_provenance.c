#include "scratch.h"
#include "store/provenance.h"

static struct proda_error error;

static void write_store(const char *path, const char *inputs, const char *experiment)
{
  struct proda_nc *file;
  assert_ok(proda_nc_create(path, &file, &error), error);
  assert_ok(proda_provenance_put(file, "A store", "proda run x.yaml", inputs, experiment,
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
  write_store(scratch_path("store.nc"), "0123456789abcdef0123456789abcdef", "small");
  assert_ok(proda_nc_open(scratch_path("store.nc"), &file, &error), error);
  check_attribute(file, "Conventions", "CF-1.10");
  check_attribute(file, "title", "A store");
  check_attribute(file, "proda_command", "proda run x.yaml");
  check_attribute(file, "proda_inputs", "0123456789abcdef0123456789abcdef");
  check_attribute(file, "proda_experiment", "small");
  check_attribute(file, "proda_seed", "18446744073709551615");
  proda_nc_close(file);
}

static struct proda_error why;

static void assert_state(const char *name, const char *inputs, enum proda_store_state expected,
                         const char *part)
{
  why.message[0] = '\0';
  assert_int_equal(proda_store_look(scratch_path(name), inputs, "small", &why), expected);
  if (!strstr(why.message, part))
    fail_msg("'%s' lacks '%s'", why.message, part);
}

static void test_states(void **state)
{
  (void)state;
  struct proda_nc *file;
  FILE *stream = fopen(scratch_path("broken.nc"), "wb");
  fputs("not a store", stream);
  fclose(stream);
  write_store(scratch_path("store.nc"), "one", "small");
  write_store(scratch_path("other.nc"), "two", "large");
  write_store(scratch_path("simulated.nc"), "two", NULL);
  assert_ok(proda_nc_create(scratch_path("older.nc"), &file, &error), error);
  assert_ok(proda_nc_put_text(file, NULL, "proda_version", "0.0.1", &error), error);
  assert_ok(proda_nc_commit(file, &error), error);
  assert_state("store.nc", "one", PRODA_STORE_CURRENT, "");
  assert_state("store.nc", "two", PRODA_STORE_STALE, "was made from other settings, inputs");
  assert_state("absent.nc", "one", PRODA_STORE_ABSENT, "is not there yet");
  assert_state("broken.nc", "one", PRODA_STORE_DAMAGED, "not a readable NetCDF file");
  assert_state("other.nc", "one", PRODA_STORE_FOREIGN, "belongs to the experiment 'large'");
  assert_state("other.nc", "two", PRODA_STORE_CURRENT, ""); /* it was only renamed */
  assert_state("simulated.nc", "one", PRODA_STORE_STALE, "was made from other settings");
  assert_state("older.nc", "one", PRODA_STORE_OTHER_VERSION, "was made by proda 0.0.1");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_attributes),
      cmocka_unit_test(test_states),
  };
  return cmocka_run_group_tests_name("provenance", tests, scratch_setup, scratch_teardown);
}
