/* Reading profiles and covariates, on small files made here; proda_nc writes them, so that the
 * expected numbers are those written. */
#include "pipeline/environment.h"
#include "pipeline/prepare/profiles.h"
#include "scratch.h"

static struct proda_error error;

/** Two profiles of 2 and 1 layers; depths in cm, contents in %; a class and a number. */
static const char *write_profiles(const double *row_size, const double *id, const char *depth_unit)
{
  const char *path = scratch_path("profiles.nc");
  struct proda_nc *nc;
  const struct {
    const char *name, *dims, *unit;
    double value[3];
  } variable[] = {
      {"profile_id", "profile", "1", {id[0], id[1]}},
      {"row_size", "profile", "1", {row_size[0], row_size[1]}},
      {"latitude", "profile", "degrees_north", {10, -20}},
      {"longitude", "profile", "degrees_east", {30, 40}},
      {"layer_top", "obs", depth_unit, {0, 10, 0}},
      {"layer_bottom", "obs", depth_unit, {10, 60, 75}},
      {"organic_carbon", "obs", "%", {2, NAN, 0.5}},
      {"temperature", "profile", "degC", {5, 25}},
      {"class_id", "profile", "1", {3, 4}},
      {"not_in_grid", "profile", "1", {0, 0}},
  };
  assert_ok(proda_nc_create(path, &nc, &error), error);
  assert_ok(proda_nc_def_dim(nc, "profile", 2, &error), error);
  assert_ok(proda_nc_def_dim(nc, "obs", 3, &error), error);
  for (size_t i = 0; i < sizeof variable / sizeof *variable; i++) {
    assert_ok(proda_nc_def(nc, variable[i].name, PRODA_NC_DOUBLE, variable[i].dims,
                           variable[i].unit, NULL, &error),
              error);
    assert_ok(proda_nc_write(nc, variable[i].name, variable[i].value, &error), error);
  }
  assert_ok(proda_nc_put_text(nc, "row_size", "sample_dimension", "obs", &error), error);
  assert_ok(proda_nc_put_number(nc, "class_id", "categorical", 1, &error), error);
  assert_ok(proda_nc_commit(nc, &error), error);
  return path;
}

static const double two_one[] = {2, 1}, ids[] = {7, 9};

static void test_read(void **state)
{
  (void)state;
  struct proda_nc *nc;
  struct proda_profiles *profiles;
  assert_ok(proda_nc_open(write_profiles(two_one, ids, "cm"), &nc, &error), error);
  assert_ok(proda_profiles_read(nc, &profiles, &error), error);
  assert_int_equal(profiles->n, 2);
  assert_int_equal(profiles->first[1], 2);
  assert_int_equal(profiles->first[2], 3);
  assert_close(profiles->bottom[1], 0.6, 1e-14, 0);
  assert_close(profiles->content[0], 20, 1e-12, 0); // 2 % is 20 g kg-1
  assert_true(isnan(profiles->content[1]) && isnan(profiles->bulk_density[0]));
  assert_null(profiles->key);
  proda_profiles_free(profiles);
  proda_nc_close(nc);
}

static void check_refused(const double *row_size, const double *id, const char *unit,
                          const char *part)
{
  struct proda_nc *nc;
  struct proda_profiles *profiles;
  assert_ok(proda_nc_open(write_profiles(row_size, id, unit), &nc, &error), error);
  memset(&error, 0, sizeof error);
  assert_int_equal(proda_profiles_read(nc, &profiles, &error), PRODA_ERROR);
  assert_null(profiles);
  if (!strstr(error.message, "profiles.nc") || !strstr(error.message, part))
    fail_msg("\"%s\" lacks \"%s\"", error.message, part);
  proda_nc_close(nc);
}

static void test_refusals(void **state)
{
  (void)state;
  check_refused((double[]){2, 2}, ids, "m", "profile 1 has 2 layers");
  check_refused((double[]){1, 1}, ids, "m", "sums to 2");
  check_refused((double[]){1.5, 1.5}, ids, "m", "profile 0 has 1.5 layers");
  check_refused(two_one, (double[]){5, 5}, "m", "5 occurs more than once");
  check_refused(two_one, (double[]){5, -5}, "m", "profile 1 has -5");
  check_refused(two_one, ids, "K", "'layer_top'");
}

/** The same covariates on the grid, temperature in another unit. */
static const char *write_grid(void)
{
  const char *path = scratch_path("grid.nc");
  struct proda_nc *nc;
  const struct {
    const char *name, *unit;
    double value[3];
  } variable[] = {
      {"class_id", "1", {1, 2, 3}},
      {"temperature", "K", {273.15, 283.15, NAN}},
      {"latitude", "degrees_north", {0, 1, 2}},
      {"longitude", "degrees_east", {5, 6, 7}},
  };
  assert_ok(proda_nc_create(path, &nc, &error), error);
  assert_ok(proda_nc_def_dim(nc, "site", 3, &error), error);
  for (size_t i = 0; i < sizeof variable / sizeof *variable; i++) {
    assert_ok(
        proda_nc_def(nc, variable[i].name, PRODA_NC_DOUBLE, "site", variable[i].unit, NULL, &error),
        error);
    assert_ok(proda_nc_write(nc, variable[i].name, variable[i].value, &error), error);
  }
  assert_ok(proda_nc_commit(nc, &error), error);
  return path;
}

static void check_environment(const struct proda_environment *environment)
{
  static const char *const name[] = {"temperature", "class_id", "latitude", "longitude"};
  assert_int_equal(environment->n, 4);
  for (size_t i = 0; i < 4; i++) {
    assert_string_equal(environment->variable[i].name, name[i]);
    assert_int_equal(environment->variable[i].is_class, i == 1);
  }
  assert_string_equal(environment->variable[0].unit, "degC");
}

static void test_environment(void **state)
{
  (void)state;
  struct proda_nc *profiles, *grid, *store;
  struct proda_environment *environment;
  double *value;
  assert_ok(proda_nc_open(write_profiles(two_one, ids, "m"), &profiles, &error), error);
  assert_ok(proda_nc_open(write_grid(), &grid, &error), error);
  assert_ok(proda_environment_find(profiles, grid, &environment, &error), error);
  check_environment(environment);
  assert_ok(proda_environment_read(profiles, "profile", environment, &value, &error), error);
  assert_close(value[4], 25, 0, 0);
  free(value);
  assert_ok(proda_environment_read(grid, "site", environment, &value, &error), error);
  assert_close(value[4], 10, 1e-12, 0); // 283.15 K in degC
  assert_close(value[9], 3, 0, 0);
  assert_true(isnan(value[8]));
  free(value);
  assert_ok(proda_nc_create(scratch_path("store.nc"), &store, &error), error);
  assert_ok(proda_environment_write(store, environment, &error), error);
  assert_ok(proda_nc_commit(store, &error), error);
  proda_environment_free(environment);
  assert_ok(proda_nc_open(scratch_path("store.nc"), &store, &error), error);
  assert_ok(proda_environment_list(store, &environment, &error), error);
  check_environment(environment);
  proda_environment_free(environment);
  proda_nc_close(store);
  proda_nc_close(profiles);
  proda_nc_close(grid);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_read),
      cmocka_unit_test(test_refusals),
      cmocka_unit_test(test_environment),
  };
  return cmocka_run_group_tests_name("profiles", tests, scratch_setup, scratch_teardown);
}
