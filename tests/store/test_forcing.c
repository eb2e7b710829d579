/* Forcing against a manifest. golden/forcing.nc (tests/data) gives the numbers; what it holds is
 * read beside through netCDF-C. */
#include <netcdf.h>
#include <time.h>

#include "scratch.h"
#include "store/forcing.h"
#include "store/sphere.h"

static struct proda_error error;

#define BOTH (PRODA_DIM_LAYER | PRODA_DIM_MONTH)
#define DRIVER(name_, unit_, dims_, optional_)                                                     \
  {                                                                                                \
    .name = (name_), .unit = (unit_), .doc = "", .dims = (dims_), .optional = (optional_)          \
  }

/* CLM5's drivers. */
static const struct proda_driver clm5_driver[] = {
    DRIVER("soil_temperature", "K", BOTH, false),
    DRIVER("w_scalar", "1", BOTH, false),
    DRIVER("o_scalar", "1", BOTH, false),
    DRIVER("n_scalar", "1", BOTH, false),
    DRIVER("altmax", "m", PRODA_DIM_MONTH, false),
    DRIVER("altmax_lastyear", "m", PRODA_DIM_MONTH, false),
    DRIVER("nbedrock", "1", PRODA_DIM_MONTH, false),
    DRIVER("input_cwd", "gC m-2 month-1", PRODA_DIM_MONTH, false),
    DRIVER("input_litr1", "gC m-2 month-1", PRODA_DIM_MONTH, false),
    DRIVER("input_litr2", "gC m-2 month-1", PRODA_DIM_MONTH, false),
    DRIVER("input_litr3", "gC m-2 month-1", PRODA_DIM_MONTH, false),
    DRIVER("sand", "%", BOTH, true),
    DRIVER("input_layer_cwd", "gC m-3 yr-1", PRODA_DIM_LAYER, true),
};
enum { N_CLM5 = sizeof clm5_driver / sizeof *clm5_driver, SAND = 11, LAYER_CWD = 12 };

static double golden_dz[20], golden_node[20];

static void nc(int code)
{
  if (code != NC_NOERR)
    fail_msg("%s", nc_strerror(code));
}

static void read_raw(const char *path, const char *variable, const size_t *start,
                     const size_t *count, double *value)
{
  int id, v;
  nc(nc_open(path, NC_NOWRITE, &id));
  nc(nc_inq_varid(id, variable, &v));
  nc(nc_get_vara_double(id, v, start, count, value));
  nc(nc_close(id));
}

static struct proda_manifest clm5_like(void)
{
  read_raw(testing_path("data/forcing.nc"), "dz", &(size_t){0}, &(size_t){20}, golden_dz);
  read_raw(testing_path("data/forcing.nc"), "z_node", &(size_t){0}, &(size_t){20}, golden_node);
  return (struct proda_manifest){
      .kind = PRODA_MODEL,
      .name = "like_clm5",
      .grid = {.n_layers = 20, .dz = golden_dz, .node = golden_node},
      .n_drivers = N_CLM5,
      .driver = clm5_driver,
  };
}

static void test_golden(void **state)
{
  (void)state;
  const char *path = testing_path("data/forcing.nc");
  struct proda_manifest manifest = clm5_like();
  struct proda_forcing_file *file;
  const double *driver[N_CLM5];
  double expected[240];
  assert_ok(proda_forcing_open(path, &manifest, &file, &error), error);
  assert_int_equal(proda_forcing_n_sites(file), 16);
  assert_int_equal(proda_forcing_n_months(file), 12);
  for (size_t site = 0; site < 16; site++) {
    proda_forcing_site(file, site, driver);
    assert_true(proda_forcing_usable(file, site));
    for (size_t d = 0; d < N_CLM5; d++) {
      size_t start[3] = {site}, count[3] = {1, 20, 12}, n = 240;
      if (clm5_driver[d].dims != BOTH)
        n = count[1] = clm5_driver[d].dims == PRODA_DIM_MONTH ? 12 : 20;
      read_raw(path, clm5_driver[d].name, start, count, expected);
      assert_memory_equal(driver[d], expected, n * sizeof *expected);
    }
  }
  assert_null(proda_forcing_area(file));
  proda_forcing_close(file);
}

static void test_nearest(void **state)
{
  (void)state;
  struct proda_manifest manifest = clm5_like();
  struct proda_forcing_file *file;
  double distance;
  assert_ok(proda_forcing_open(testing_path("data/forcing.nc"), &manifest, &file, &error), error);
  const double *latitude = proda_forcing_latitude(file), *longitude = proda_forcing_longitude(file);
  for (size_t i = 0; i < 16; i++) {
    size_t found = proda_forcing_nearest(file, latitude[i], longitude[i] + 360, &distance);
    assert_close(latitude[found], latitude[i], 0, 0);
    assert_close(longitude[found], longitude[i], 0, 0);
    assert_close(distance, 0, 0, 1e-6);
  }
  proda_forcing_close(file);
  double paris[3], london[3], pole[3], other[3];
  proda_sphere_vector(48.8566, 2.3522, paris);
  proda_sphere_vector(51.5074, -0.1278, london);
  assert_close(proda_sphere_distance(paris, london), 343.6, 1e-3, 0); // published, haversine
  proda_sphere_vector(90, 10, pole);
  proda_sphere_vector(0, 77, other);
  assert_close(proda_sphere_distance(pole, other), PRODA_EARTH_RADIUS * M_PI / 2, 1e-12, 0);
}

/* Small files with two layers and a year of two months in turn. */
static const double small_dz[] = {0.1, 0.2}, small_node[] = {0.05, 0.2};
static const struct proda_driver small_driver[] = {
    DRIVER("temperature", "K", BOTH, false),
    DRIVER("input", "gC m-2 yr-1", PRODA_DIM_MONTH, false),
    DRIVER("sand", "%", BOTH, true),
};
static const struct proda_manifest small = {
    .kind = PRODA_MODEL,
    .name = "small",
    .grid = {.n_layers = 2, .dz = small_dz, .node = small_node},
    .n_drivers = 3,
    .driver = small_driver,
};

struct variable {
  const char *name, *units;
  int rank, dim[3]; /* 0 site, 1 layer, 2 month */
  const double *value;
};

/** Writes a year, of which `value` has the two months that follow each other. */
static void put_year(int id, int v, const struct variable *variable)
{
  static const size_t length[] = {3, 2, 12}, given[] = {3, 2, 2};
  size_t n = 1;
  double value[3 * 2 * 12];
  for (int i = 0; i < variable->rank; i++)
    n *= length[variable->dim[i]];
  for (size_t k = 0; k < n; k++) {
    size_t rest = k, at = 0, step = 1;
    for (int i = variable->rank - 1; i >= 0; i--) {
      int axis = variable->dim[i];
      at += step * (rest % length[axis] % given[axis]);
      step *= given[axis];
      rest /= length[axis];
    }
    value[k] = variable->value[at];
  }
  nc(nc_put_var_double(id, v, value));
}

/** Three sites, two layers, a year. */
static const char *write_small(size_t n, const struct variable *variable)
{
  static const size_t length[] = {3, 2, 12};
  static const char *const names[] = {"site", "layer", "month"};
  const char *path = scratch_path("small.nc");
  int id, dim[3], v;
  nc(nc_create(path, NC_NETCDF4 | NC_CLOBBER, &id));
  for (int i = 0; i < 3; i++)
    nc(nc_def_dim(id, names[i], length[i], &dim[i]));
  for (size_t i = 0; i < n; i++) {
    nc(nc_def_var(id, variable[i].name, NC_DOUBLE, variable[i].rank, variable[i].dim, &v));
    if (variable[i].units)
      nc(nc_put_att_text(id, v, "units", strlen(variable[i].units), variable[i].units));
    put_year(id, v, &variable[i]);
  }
  nc(nc_close(id));
  return path;
}

static const double kelvin[] = {271, 272, 273, 274, 281, 282, 283, 284, 291, 292, 293, 294};
static const double celsius[] = {1, 2, 3, 4, 11, 12, 13, 14, -21, -22, -23, -24};
static const double input[] = {1, 2, 3, 4, 5, 6};
#define TEMPERATURE                                                                                \
  {                                                                                                \
    "temperature", "K", 3, {0, 1, 2}, kelvin                                                       \
  }
#define INPUT                                                                                      \
  {                                                                                                \
    "input", "gC m-2 yr-1", 2, {0, 2}, input                                                       \
  }

static void test_spread_and_convert(void **state)
{
  (void)state;
  const double kilo[] = {0.001, 0.002}, fraction[] = {0.1, 0.2, 0.3};
  const struct variable variable[] = {
      {"temperature", "degC", 3, {0, 1, 2}, celsius},
      {"input", "kgC m-2 yr-1", 1, {2}, kilo}, /* the same for all sites */
      {"sand", "1", 1, {0}, fraction},         /* one value a site, as a fraction */
  };
  struct proda_forcing_file *file;
  const double *driver[3];
  assert_ok(proda_forcing_open(write_small(3, variable), &small, &file, &error), error);
  for (size_t site = 0; site < 3; site++) {
    proda_forcing_site(file, site, driver);
    for (size_t i = 0; i < 24; i++) {
      assert_close(driver[0][i], celsius[4 * site + 2 * (i / 12) + i % 2] + 273.15, 1e-14, 0);
      assert_close(driver[2][i], 100 * fraction[site], 1e-14, 0);
    }
    assert_close(driver[1][0], 1, 1e-12, 0);
    assert_close(driver[1][1], 2, 1e-12, 0);
  }
  assert_null(proda_forcing_latitude(file));
  double distance;
  assert_int_equal(proda_forcing_nearest(file, 0, 0, &distance), 3);
  proda_forcing_close(file);
}

static void test_missing_values(void **state)
{
  (void)state;
  double holes[12], some[] = {10, NAN, 30};
  memcpy(holes, kelvin, sizeof holes);
  holes[11] = NAN;
  const struct variable variable[] = {
      {"temperature", "K", 3, {0, 1, 2}, holes}, INPUT, {"sand", "%", 1, {0}, some}};
  struct proda_forcing_file *file;
  const double *driver[3];
  assert_ok(proda_forcing_open(write_small(3, variable), &small, &file, &error), error);
  assert_true(proda_forcing_usable(file, 0) && proda_forcing_usable(file, 1));
  assert_false(proda_forcing_usable(file, 2));
  proda_forcing_site(file, 0, driver);
  assert_non_null(driver[2]);
  proda_forcing_site(file, 1, driver);
  assert_null(driver[2]); /* optional, NaN here */
  proda_forcing_close(file);
  assert_ok(proda_forcing_open(write_small(2, variable), &small, &file, &error), error);
  proda_forcing_site(file, 0, driver);
  assert_null(driver[2]); /* optional, not in the file */
  proda_forcing_close(file);
}

/* Layers of 0.1 and 0.3 m, for structures of one layer: kelvin[site][layer][month]. */
static void test_means_over_depth(void **state)
{
  (void)state;
  static const double dz[] = {0.1, 0.3}, depth[] = {0.05, 0.2, 0.4, 1};
  static const double upper[] = {1, 0.5, 0.25, 0.25};
  static const struct proda_driver monthly = {
      .name = "temperature", .unit = "K", .dims = PRODA_DIM_MONTH};
  const struct variable variable[] = {TEMPERATURE, {"dz", "m", 1, {1}, dz}};
  for (size_t k = 0; k < 4; k++) {
    const struct proda_manifest slab = {
        .kind = PRODA_MODEL,
        .name = "slab",
        .grid = {.n_layers = 1, .dz = &depth[k], .node = &depth[k], .interface = &depth[k]},
        .n_drivers = 1,
        .driver = &monthly,
    };
    struct proda_forcing_file *file = NULL;
    const double *driver[1];
    assert_ok(proda_forcing_open(write_small(2, variable), &slab, &file, &error), error);
    for (size_t site = 0; site < 3; site++) {
      proda_forcing_site(file, site, driver);
      for (size_t month = 0; month < 12; month++)
        assert_close(driver[0][month],
                     upper[k] * kelvin[4 * site + month % 2] +
                         (1 - upper[k]) * kelvin[4 * site + 2 + month % 2],
                     1e-14, 0);
    }
    proda_forcing_close(file);
    assert_int_equal(proda_forcing_open(write_small(1, variable), &slab, &file, &error),
                     PRODA_ERROR); /* no dz */
    assert_non_null(strstr(error.message, "'layer' has no place"));
  }
}

static void check_refused(size_t n, const struct variable *variable, const char *a, const char *b)
{
  struct proda_forcing_file *file;
  memset(&error, 0, sizeof error);
  assert_int_equal(proda_forcing_open(write_small(n, variable), &small, &file, &error),
                   PRODA_ERROR);
  assert_null(file);
  if (!strstr(error.message, "small.nc") || !strstr(error.message, a) || !strstr(error.message, b))
    fail_msg("\"%s\" lacks \"%s\" or \"%s\"", error.message, a, b);
}

static void test_refusals(void **state)
{
  (void)state;
  double infinite[6] = {1, 2, 3, 4, INFINITY, 6}, hot[12] = {[0 ... 4] = 300, [5] = 351};
  const double wrong_dz[] = {0.1, 0.3};
  check_refused(2, (struct variable[]){{"temperature", "K", 3, {0, 1, 2}, celsius}, INPUT},
                "'temperature': site 0, layer 0, month 0", "degC under the unit K");
  check_refused(2, (struct variable[]){{"temperature", "K", 3, {0, 1, 2}, hot}, INPUT},
                "site 1, layer 0, month 1", "351");
  check_refused(2, (struct variable[]){{"temperature", "m", 3, {0, 1, 2}, kelvin}, INPUT},
                "'temperature'", "units");
  check_refused(2, (struct variable[]){{"temperature", NULL, 3, {0, 1, 2}, kelvin}, INPUT},
                "'temperature'", "no units");
  check_refused(2, (struct variable[]){{"temprature", "K", 3, {0, 1, 2}, kelvin}, INPUT},
                "'temperature'", "did you mean 'temprature'?");
  check_refused(2, (struct variable[]){{"temperature", "K", 3, {0, 2, 1}, kelvin}, INPUT},
                "'temperature'", "[site, layer, month]");
  check_refused(2, (struct variable[]){TEMPERATURE, {"input", "gC m-2 yr-1", 2, {0, 1}, input}},
                "'input'", "'layer' has no place");
  check_refused(2, (struct variable[]){TEMPERATURE, {"input", "gC m-2 yr-1", 2, {0, 2}, infinite}},
                "'input': site 2, layer 0, month 0", "finite");
  check_refused(3, (struct variable[]){TEMPERATURE, INPUT, {"dz", "m", 1, {1}, wrong_dz}}, "'dz'",
                "layer 1 is 0.3 m");
  check_refused(
      3, (struct variable[]){TEMPERATURE, INPUT, {"latitude", "degrees_north", 1, {0}, kelvin}},
      "'latitude': site 0", "271");
}

static void test_wrong_grid(void **state)
{
  (void)state;
  struct proda_manifest manifest = clm5_like();
  struct proda_forcing_file *file;
  manifest.grid.n_layers = 10;
  assert_int_equal(proda_forcing_open(testing_path("data/forcing.nc"), &manifest, &file, &error),
                   PRODA_ERROR);
  assert_non_null(strstr(error.message, "'layer' is 20, the structure has 10"));
}

/** A structure whose drivers have no layers does not mind the file's. */
static void test_no_layers_asked(void **state)
{
  (void)state;
  struct proda_driver driver = {
      .name = "input_cwd", .unit = "gC m-2 yr-1", .dims = PRODA_DIM_MONTH};
  struct proda_manifest manifest = clm5_like();
  struct proda_forcing_file *file;
  const double *value, bottom = 1;
  manifest.grid.n_layers = 1;
  manifest.grid.interface = &bottom;
  manifest.n_drivers = 1;
  manifest.driver = &driver;
  assert_ok(proda_forcing_open(testing_path("data/forcing.nc"), &manifest, &file, &error), error);
  proda_forcing_site(file, 0, &value);
  assert_true(value[0] > 0);
  proda_forcing_close(file);
}

/** The world's grid where it is at hand: size, speed, no unusable surprise. */
static void test_world(void **state)
{
  (void)state;
  const char *path = testing_shared_path("data/world/grid.nc");
  struct proda_manifest manifest = clm5_like();
  struct proda_forcing_file *file;
  struct timespec from, to;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
  assert_ok(proda_forcing_open(path, &manifest, &file, &error), error);
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
  print_message("opened in %.2f s of processor time\n",
                (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec));
  assert_int_equal(proda_forcing_n_sites(file), 15641);
  const double *latitude = proda_forcing_latitude(file), *longitude = proda_forcing_longitude(file);
  double distance, area = 0;
  for (size_t i = 0; i < 15641; i += 97) {
    size_t found = proda_forcing_nearest(file, latitude[i] + 0.3, longitude[i] - 0.3, &distance);
    assert_true(!proda_forcing_usable(file, i) || found == i);
  }
  for (size_t i = 0; i < 15641; i++)
    area += proda_forcing_area(file)[i];
  assert_close(area, 1.35e14, 0.1, 0); // land without Antarctica, m2
  proda_forcing_close(file);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_golden),
      cmocka_unit_test(test_nearest),
      cmocka_unit_test(test_spread_and_convert),
      cmocka_unit_test(test_missing_values),
      cmocka_unit_test(test_means_over_depth),
      cmocka_unit_test(test_refusals),
      cmocka_unit_test(test_wrong_grid),
      cmocka_unit_test(test_no_layers_asked),
      cmocka_unit_test(test_world),
  };
  return cmocka_run_group_tests_name("forcing", tests, scratch_setup, scratch_teardown);
}
