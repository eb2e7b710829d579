/* The synthetic world: the same bytes for the same seed, profiles that measure the truth, and
 * `prepare` on it and, where it is at hand, on the real world's data. */
#include "heard.h"
#include "matrix/structure.h"
#include "pipeline/prepare/layers.h"
#include "pipeline/synth/synth.h"
#include "scratch.h"
#include "store/forcing.h"
#include "store/ncfile.h"

static struct proda_error error;
static struct proda_search_path *search_path;

static struct proda_run make_run(const struct proda_experiment *experiment)
{
  return (struct proda_run){.experiment = experiment,
                            .search_path = search_path,
                            .reporter = &heard_reporter,
                            .command = "proda test"};
}

static void synth(const char *directory, double noise, uint64_t seed)
{
  char path[2048];
  snprintf(path, sizeof path, "%s", scratch_path(directory));
  const struct proda_synth_options options = {.directory = path,
                                              .model = "clm5",
                                              .profiles = 60,
                                              .resolution = 10,
                                              .noise = noise,
                                              .seed = seed};
  const struct proda_run run = make_run(NULL);
  assert_ok(proda_synth(&run, &options, &error), error);
}

static size_t read_bytes(const char *path, unsigned char *bytes, size_t size)
{
  FILE *stream = fopen(path, "rb");
  assert_non_null(stream);
  size_t n = fread(bytes, 1, size, stream);
  fclose(stream);
  return n;
}

static int same_file(const char *a, const char *b)
{
  enum { SIZE = 1 << 20 };
  static unsigned char first[SIZE], second[SIZE];
  size_t n = read_bytes(scratch_path(a), first, SIZE);
  assert_in_range(n, 1000, SIZE - 1);
  return read_bytes(scratch_path(b), second, SIZE) == n && memcmp(first, second, n) == 0;
}

static void test_same_bytes(void **state)
{
  (void)state;
  synth("a", 0.1, 3);
  synth("b", 0.1, 3);
  synth("c", 0.1, 4);
  assert_true(same_file("a/grid.nc", "b/grid.nc"));
  assert_true(same_file("a/profiles.nc", "b/profiles.nc"));
  assert_true(same_file("a/truth.nc", "b/truth.nc"));
  assert_false(same_file("a/profiles.nc", "c/profiles.nc"));
  heard[0] = '\0';
  synth("a", 0.1, 3);
  assert_string_equal(heard, ""); // nothing was made anew
}

static double *read_variable(const char *path, const char *variable)
{
  struct proda_nc *file;
  double *value;
  assert_ok(proda_nc_open(path, &file, &error), error);
  assert_ok(proda_nc_read(file, variable, 0, &value, &error), error);
  proda_nc_close(file);
  return value;
}

/** Plausible stocks: the real world's first metre holds about 3 to 60 kgC m-2 (WISE30sec,
 * SoilGrids). */
static void test_plausible(void **state)
{
  (void)state;
  double *stock = read_variable(scratch_path("a/truth.nc"), "soc_stock_0_100cm");
  double *status = read_variable(scratch_path("a/truth.nc"), "status");
  double *dz = read_variable(scratch_path("a/grid.nc"), "dz");
  double *density = read_variable(scratch_path("a/truth.nc"), "soc_density");
  double *column = read_variable(scratch_path("a/truth.nc"), "soc_stock_column");
  struct proda_nc *file;
  size_t n;
  assert_ok(proda_nc_open(scratch_path("a/truth.nc"), &file, &error), error);
  assert_ok(proda_nc_dim(file, "site", &n, &error), error);
  proda_nc_close(file);
  for (size_t s = 0; s < n; s++) {
    double sum = 0;
    assert_close(status[s], PRODA_SOLVED, 0, 0);
    assert_true(stock[s] > 2 && stock[s] < 80);
    for (size_t l = 0; l < 20; l++)
      sum += dz[l] * density[20 * s + l] / 1000;
    assert_close(column[s], sum, 1e-12, 0);
  }
  free(stock);
  free(status);
  free(dz);
  free(density);
  free(column);
}

/** Mean of a piecewise constant density between two depths. */
static double mean_density(const double *dz, const double *density, double top, double bottom)
{
  double upper = 0, sum = 0;
  for (int l = 0; l < 20; l++) {
    double lower = upper + dz[l];
    sum += density[l] * fmax(0, fmin(lower, bottom) - fmax(upper, top));
    upper = lower;
  }
  return sum / (bottom - top);
}

/** Without noise a layer with measured bulk density gives the truth back, to single precision. */
static void test_profiles_measure_truth(void **state)
{
  (void)state;
  synth("exact", 0, 3);
  double *dz = read_variable(scratch_path("exact/grid.nc"), "dz");
  double *density = read_variable(scratch_path("exact/truth.nc"), "soc_density");
  double *cell = read_variable(scratch_path("exact/profiles.nc"), "true_cell");
  const struct proda_bulk_density_fit given = {0.32, 1.30, 0.0089, NAN, 0};
  struct proda_nc *file;
  struct proda_profiles *profiles;
  struct proda_layers *layers;
  size_t n_measured = 0;
  assert_ok(proda_nc_open(scratch_path("exact/profiles.nc"), &file, &error), error);
  assert_ok(proda_profiles_read(file, &profiles, &error), error);
  assert_ok(proda_layers_make(profiles, &given, &layers, &error), error);
  assert_int_equal(profiles->n, 60);
  for (size_t p = 0; p < profiles->n; p++) {
    assert_in_range(profiles->first[p + 1] - profiles->first[p], 5, 8);
    for (size_t i = profiles->first[p]; i < profiles->first[p + 1]; i++) {
      double expected =
          mean_density(dz, density + 20 * (size_t)cell[p], profiles->top[i], profiles->bottom[i]);
      assert_int_equal(layers->state[i], PRODA_LAYER_USED);
      bool measured = layers->origin[i] == PRODA_SOC_MEASURED;
      n_measured += measured;
      assert_close(layers->soc[i], expected, measured ? 1e-5 : 0.25, 0);
    }
  }
  assert_in_range(n_measured, profiles->n_layers / 5, profiles->n_layers * 3 / 5);
  proda_layers_free(layers);
  proda_profiles_free(profiles);
  proda_nc_close(file);
  free(dz);
  free(density);
  free(cell);
}

static void test_refusals(void **state)
{
  (void)state;
  const struct proda_run run = make_run(NULL);
  struct proda_synth_options options = {
      .directory = "none", .model = "clm5", .profiles = 0, .resolution = 10, .noise = 0.1};
  assert_int_equal(proda_synth(&run, &options, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "0 profiles"));
  options.profiles = 1;
  options.resolution = 7;
  assert_int_equal(proda_synth(&run, &options, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "7 degrees"));
  options.resolution = 10;
  options.model = "clm55";
  assert_int_equal(proda_synth(&run, &options, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "clm5"));
}

static struct proda_experiment make_experiment(struct proda_experiment_structure *structure,
                                               char *profiles, char *grid)
{
  *structure = (struct proda_experiment_structure){.name = "clm5", .model = "clm5"};
  return (struct proda_experiment){
      .output = scratch_directory,
      .profiles = profiles,
      .grid = grid,
      .n_structures = 1,
      .structure = structure,
      .synth = {.truth = "clm5", .profiles = 80, .resolution = 10, .noise = 0.1},
      .prepare = {.every = 1,
                  .min_layers = 3,
                  .min_depth = 0.5,
                  .bulk_density = PRODA_BULK_DENSITY_FIT,
                  .a = 0.3,
                  .b = 1,
                  .c = 0.01},
  };
}

static void test_prepare(void **state)
{
  (void)state;
  char profiles[2048], grid[2048];
  struct proda_experiment_structure structure;
  snprintf(profiles, sizeof profiles, "%s", scratch_path("world/profiles.nc"));
  snprintf(grid, sizeof grid, "%s", scratch_path("world/grid.nc"));
  struct proda_experiment experiment = make_experiment(&structure, profiles, grid);
  experiment.synthetic = true;
  experiment.seed = 5;
  const struct proda_run run = make_run(&experiment);
  assert_ok(proda_stage_prepare(&run, &error), error);
  heard[0] = '\0';
  assert_ok(proda_stage_prepare(&run, &error), error);
  assert_non_null(strstr(heard, "prepare: up to date"));

  const char *path = scratch_path("prepare.nc");
  double *cell = read_variable(path, "cell"), *true_cell = read_variable(profiles, "true_cell");
  double *site = read_variable(path, "profile_state"), *row_size = read_variable(path, "row_size");
  double *all_rows = read_variable(profiles, "row_size");
  for (size_t s = 0; s < 80; s++) {
    assert_close(site[s], 0, 0, 0);
    assert_close(cell[s], true_cell[s], 0, 0);
    assert_close(row_size[s], all_rows[s], 0, 0);
  }
  struct proda_nc *store;
  double a = 0, b = 0, c = 0, r2 = 0;
  assert_ok(proda_nc_open(path, &store, &error), error);
  assert_true(proda_nc_number(store, NULL, "bulk_density_a", &a));
  assert_true(proda_nc_number(store, NULL, "bulk_density_b", &b));
  assert_true(proda_nc_number(store, NULL, "bulk_density_c", &c));
  assert_true(proda_nc_number(store, NULL, "bulk_density_r2", &r2));
  proda_nc_close(store);
  assert_close(a + b, 1.62, 0.03, 0); // of the world's pedotransfer function
  assert_close(a + b * exp(-c * 172.4), 0.32 + 1.3 * exp(-0.0089 * 172.4), 0.05, 0);
  assert_true(r2 > 0.8);
  free(cell);
  free(true_cell);
  free(site);
  free(row_size);
  free(all_rows);
}

/** data/world/SOURCES.md: 13,704 profiles, chosen for at least 3 layers and more than 50 cm. */
static void test_real_world(void **state)
{
  (void)state;
  char profiles[4096], grid[4096];
  snprintf(profiles, sizeof profiles, "%s", testing_shared_path("data/world/profiles.nc"));
  snprintf(grid, sizeof grid, "%s", testing_shared_path("data/world/grid.nc"));
  struct proda_experiment_structure structure;
  struct proda_experiment experiment = make_experiment(&structure, profiles, grid);
  const struct proda_run run = make_run(&experiment);
  heard[0] = '\0';
  assert_ok(proda_stage_prepare(&run, &error), error);
  print_message("%s", heard);
  double *profile = read_variable(scratch_path("prepare.nc"), "profile_state");
  double *distance = read_variable(scratch_path("prepare.nc"), "cell_distance");
  double *soc = read_variable(scratch_path("prepare.nc"), "soc");
  struct proda_nc *store;
  size_t n_profiles, n_sites, n_obs, n_kept = 0;
  assert_ok(proda_nc_open(scratch_path("prepare.nc"), &store, &error), error);
  assert_ok(proda_nc_dim(store, "profile", &n_profiles, &error), error);
  assert_ok(proda_nc_dim(store, "site", &n_sites, &error), error);
  assert_ok(proda_nc_dim(store, "obs", &n_obs, &error), error);
  proda_nc_close(store);
  assert_int_equal(n_profiles, 13704);
  for (size_t p = 0; p < n_profiles; p++)
    n_kept += profile[p] == 0;
  assert_int_equal(n_kept, n_sites);
  assert_true(n_sites > 13500);
  for (size_t s = 0; s < n_sites; s++)
    assert_true(distance[s] <= 250);
  for (size_t i = 0; i < n_obs; i++)
    assert_true(soc[i] > 0 && soc[i] < 1e6);
  free(profile);
  free(distance);
  free(soc);
}

static int setup(void **state)
{
  return scratch_setup(state) || proda_search_path_make(NULL, &search_path, &error) != PRODA_OK;
}

static int teardown(void **state)
{
  proda_search_path_free(search_path);
  return scratch_teardown(state);
}

/* The share of a structure's drivers that lies within the ranges that it is made for. */
static double share_within(const char *grid, const struct proda_manifest *m)
{
  struct proda_forcing_file *file = NULL;
  size_t n = 0, within = 0;
  assert_ok(proda_forcing_open(grid, m, &file, &error), error);
  size_t n_months = proda_forcing_n_months(file);
  for (size_t s = 0; s < proda_forcing_n_sites(file); s++) {
    const double *driver[m->n_drivers];
    assert_true(proda_forcing_usable(file, s));
    proda_forcing_site(file, s, driver);
    for (size_t d = 0; d < m->n_drivers; d++) {
      size_t size = (m->driver[d].dims & PRODA_DIM_LAYER ? m->grid.n_layers : 1) *
                    (m->driver[d].dims & PRODA_DIM_MONTH ? n_months : 1);
      for (size_t i = 0; driver[d] && isfinite(m->driver[d].lower) && i < size; i++, n++)
        within += driver[d][i] >= m->driver[d].lower && driver[d][i] <= m->driver[d].upper;
    }
  }
  proda_forcing_close(file);
  return n > 0 ? (double)within / (double)n : 1;
}

/* Whatever the structure, of one layer or many, the world has the drivers that it asks for, mostly
 * of the size that it is made for, and most of its cells have a state. */
static void test_every_structure_has_a_world(void **state)
{
  (void)state;
  struct proda_found *found = NULL;
  size_t n = 0, n_models = 0;
  char directory[2048], grid[4096];
  assert_ok(proda_find_all(search_path, &found, &n, &error), error);
  for (size_t i = 0; i < n; i++) {
    const struct proda_manifest *m = found[i].manifest;
    if (!m || m->kind != PRODA_MODEL || found[i].shadowed || !found[i].object_path)
      continue;
    print_message("%s\n", found[i].name);
    snprintf(directory, sizeof directory, "%s", scratch_path(found[i].name));
    snprintf(grid, sizeof grid, "%s/grid.nc", directory);
    const struct proda_synth_options options = {.directory = directory,
                                                .model = found[i].name,
                                                .profiles = 5,
                                                .resolution = 15,
                                                .noise = 0.1,
                                                .seed = 1};
    const struct proda_run run = make_run(NULL);
    int cells = 0, sound = 0;
    heard[0] = '\0';
    assert_ok(proda_synth(&run, &options, &error), error);
    assert_int_equal(sscanf(heard, "synth: %d cells of 15 degrees, %d with", &cells, &sound), 2);
    assert_true(2 * sound > cells);
    assert_true(share_within(grid, m) > 0.95);
    n_models++;
  }
  assert_true(n_models >= 2);
  proda_found_free(found, n);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_structure_has_a_world),
      cmocka_unit_test(test_same_bytes),
      cmocka_unit_test(test_plausible),
      cmocka_unit_test(test_profiles_measure_truth),
      cmocka_unit_test(test_refusals),
      cmocka_unit_test(test_prepare),
      cmocka_unit_test(test_real_world),
  };
  return cmocka_run_group_tests_name("synth", tests, setup, teardown);
}
