/* The map of a synthetic world. Calibration is skipped: every site's estimate is the truth, so what
 * is tested is covariates -> network -> structure -> files. Expected: the truth that `synth` wrote.
 */
#include "heard.h"
#include "pipeline/sites.h"
#include "pipeline/synth/synth.h"
#include "scratch.h"
#include "stats/summary.h"
#include "stores.h"

static struct proda_error error;
static struct proda_experiment *experiment;
static struct proda_search_path *search_path;
static char told[sizeof heard]; /* by the stage */

static struct proda_run make_run(void)
{
  return (struct proda_run){.experiment = experiment,
                            .search_path = search_path,
                            .reporter = &heard_reporter,
                            .command = "proda test"};
}

/** What calibrate and screen would leave if they found the truth, of a structure's stores. */
static void write_calibrated(const char *structure)
{
  char calibrate[64], screen[64];
  snprintf(calibrate, sizeof calibrate, "out/%s/calibrate.nc", structure);
  snprintf(screen, sizeof screen, "out/%s/screen.nc", structure);
  size_t n, n_true, n_cells;
  double *id = store_read(scratch_path("out/prepare.nc"), "site_id", &n);
  double *cell = store_read(scratch_path("out/prepare.nc"), "cell", NULL);
  double *truth = store_read(scratch_path("out/world/truth.nc"), "parameter_value", &n_true);
  free(store_read(scratch_path("out/world/truth.nc"), "status", &n_cells));
  size_t n_parameters = n_true / n_cells;
  double *estimate = calloc(n * n_parameters, sizeof *estimate);
  double *zero = calloc(n, sizeof *zero), *one = calloc(n, sizeof *one);
  for (size_t s = 0; s < n; s++) {
    one[s] = 1;
    memcpy(estimate + s * n_parameters, truth + (size_t)cell[s] * n_parameters,
           n_parameters * sizeof *estimate);
  }
  const struct axis axis[] = {{"site", n}, {"parameter", n_parameters}};
  const struct column calibrated[] = {{"site_id", "site", id, NULL},
                                      {"estimate", "site parameter", estimate, NULL},
                                      {"state", "site", zero, NULL}};
  const struct column screened[] = {{"site_id", "site", id, NULL}, {"kept", "site", one, NULL}};
  STORE_WRITE(scratch_path(calibrate), axis, calibrated);
  STORE_WRITE(scratch_path(screen), axis, screened);
  free(id);
  free(cell);
  free(truth);
  free(estimate);
  free(zero);
  free(one);
}

static int setup(void **state)
{
  if (scratch_setup(state) != 0)
    return -1;
  FILE *stream = fopen(scratch_path("e.yaml"), "w");
  assert_non_null(stream);
  fprintf(stream,
          "proda: 1\nkind: experiment\nname: e\noutput: %s\nseed: 5\n"
          "data: {synth: {profiles: 250, resolution: 10, noise: 0.1}}\n"
          "structures:\n"
          "  - {model: clm5, parameters: &priors {tau4s3: {prior: {log_uniform: [200, 1000]}}}}\n"
          "  - {model: clm5, name: by_mean, ad_hoc: site_mean, parameters: *priors}\n"
          "calibrate: {sampler: none}\n"
          "train: {emulator: mlp, share: 0.1, settings: {hidden: [32, 32], dropout: 0, "
          "optimizer: adam, learning_rate: 0.003, loss: mse, epochs: 200}}\n",
          scratch_path("out"));
  fclose(stream);
  assert_ok(proda_experiment_read(scratch_path("e.yaml"), &experiment, &error), error);
  assert_ok(proda_search_path_make(NULL, &search_path, &error), error);
  const struct proda_run run = make_run();
  assert_ok(proda_stage_prepare(&run, &error), error);
  write_calibrated("clm5");
  write_calibrated("by_mean");
  assert_ok(proda_stage_train(&run, experiment->structure, &error), error);
  heard[0] = '\0';
  assert_ok(proda_stage_map(&run, experiment->structure, &error), error);
  memcpy(told, heard, sizeof told);
  return 0;
}

static int teardown(void **state)
{
  proda_search_path_free(search_path);
  proda_experiment_free(experiment);
  return scratch_teardown(state);
}

static void test_truth_recovered(void **state)
{
  (void)state;
  size_t n;
  struct proda_skill skill, unskilled;
  double *truth = store_read(scratch_path("out/world/truth.nc"), "soc_stock_0_100cm", &n);
  double *map = store_read(scratch_path("out/clm5/map.nc"), "soc_stock_0_100cm", NULL);
  double *other = store_read(scratch_path("out/clm5/map.nc"), "default_soc_stock_0_100cm", NULL);
  proda_skill_compute(truth, map, n, &skill);
  proda_skill_compute(truth, other, n, &unskilled);
  print_message("R2 of the map %.3f, of the default's %.3f\n", skill.nse, unskilled.nse);
  assert_true(skill.nse > 0.9);
  assert_true(unskilled.nse < skill.nse);
  free(truth);
  free(map);
  free(other);
}

/** Stocks are depth integrals, densities sums of pools, totals area integrals. */
static void test_consistent(void **state)
{
  (void)state;
  const char *path = scratch_path("out/clm5/map.nc");
  size_t n;
  double *dz = store_read(path, "dz", NULL), *density = store_read(path, "soc_density", NULL);
  double *pools = store_read(path, "pools", NULL);
  double *column = store_read(path, "soc_stock_column", &n);
  double *first = store_read(path, "soc_stock_0_30cm", NULL);
  double *metre = store_read(path, "soc_stock_0_100cm", NULL);
  double *area = store_read(path, "land_area", NULL), *status = store_read(path, "status", NULL);
  double *total = store_read(path, "total_soc_stock_column", NULL), carbon = 0;
  for (size_t s = 0; s < n; s++) {
    double sum = 0;
    assert_close(status[s], PRODA_SOLVED, 0, 0);
    for (size_t l = 0; l < 20; l++) {
      sum += dz[l] * density[20 * s + l] / 1000;
      double soc = 0; // the last three pools of CLM5: active, slow, passive
      for (size_t p = 4; p < 7; p++)
        soc += pools[(7 * s + p) * 20 + l];
      assert_close(density[20 * s + l], soc, 1e-5, 1e-20);
    }
    assert_close(column[s], sum, 1e-5, 0);
    assert_true(first[s] < metre[s] && metre[s] < column[s]);
    carbon += column[s] * area[s] * 1e-12; // kg to Pg
  }
  assert_close(*total, carbon, 1e-12, 0);
  free(dz);
  free(density);
  free(pools);
  free(column);
  free(first);
  free(metre);
  free(area);
  free(status);
  free(total);
}

/** Components of every source: stocks are residence time times input, the input is what the forcing
 * file says whatever the parameters, shares are shares; map_grid.nc has them too. */
static void test_components(void **state)
{
  (void)state;
  static const char *const prefix[] = {"", "default_", "median_"};
  static const char *const litter[] = {"input_cwd", "input_litr1", "input_litr2", "input_litr3"};
  size_t n, n_months;
  double *expected = calloc(1 << 16, sizeof *expected);
  for (size_t k = 0; k < 4; k++) {
    double *monthly = store_read(scratch_path("out/world/grid.nc"), litter[k], &n_months);
    for (size_t i = 0; i < n_months; i++)
      expected[i / 12] += monthly[i];
    free(monthly);
  }
  for (size_t k = 0; k < 3; k++) {
    char name[128];
    double *value[4];
    const char *const of[] = {"carbon_input", "soc_residence_time", "soc_stock_column",
                              "carbon_transfer_efficiency"};
    for (size_t i = 0; i < 4; i++) {
      snprintf(name, sizeof name, "%s%s", prefix[k], of[i]);
      value[i] = store_read(scratch_path("out/clm5/map.nc"), name, &n);
      free(store_read(scratch_path("out/clm5/map_grid.nc"), name, NULL));
    }
    assert_int_equal(n_months, 12 * n);
    for (size_t s = 0; s < n; s++) {
      if (isnan(value[2][s]))
        continue;
      /* default: the forcing's own profile over layers, stored as float */
      assert_close(value[0][s], expected[s], 1e-5, 0);
      assert_close(value[1][s] * value[0][s] / 1000, value[2][s], 1e-12, 0);
      assert_true(value[3][s] > 0 && value[3][s] < 1);
    }
    for (size_t i = 0; i < 4; i++)
      free(value[i]);
  }
  free(expected);
  assert_non_null(strstr(told, "medians over the land: carbon_transfer_efficiency 0."));
}

/** A field holds at (lat, lon) what the site there holds, and nothing elsewhere. */
static void test_grid(void **state)
{
  (void)state;
  const char *path = scratch_path("out/clm5/map.nc"), *grid = scratch_path("out/clm5/map_grid.nc");
  size_t n, n_lat, n_lon, n_field, n_filled = 0;
  double *latitude = store_read(path, "latitude", &n);
  double *longitude = store_read(path, "longitude", NULL);
  double *stock = store_read(path, "soc_stock_0_100cm", NULL);
  double *lat = store_read(grid, "lat", &n_lat), *lon = store_read(grid, "lon", &n_lon);
  double *field = store_read(grid, "soc_stock_0_100cm", &n_field);
  assert_int_equal(n_field, n_lat * n_lon);
  for (size_t i = 1; i < n_lat; i++)
    assert_close(lat[i] - lat[i - 1], 10, 1e-12, 0);
  for (size_t s = 0; s < n; s++) {
    size_t i = (size_t)lround((latitude[s] - lat[0]) / 10);
    size_t j = (size_t)lround((longitude[s] - lon[0]) / 10);
    assert_close(field[i * n_lon + j], stock[s], 1e-6, 0);
  }
  for (size_t i = 0; i < n_field; i++)
    n_filled += !isnan(field[i]);
  assert_int_equal(n_filled, n);
  free(latitude);
  free(longitude);
  free(stock);
  free(lat);
  free(lon);
  free(field);
}

/** The same structure with the mean of its sites' estimates as ad hoc parameters, instead of
 * defaults: only the sources named default differ. */
static void test_site_mean(void **state)
{
  (void)state;
  const struct proda_run run = make_run();
  assert_ok(proda_stage_train(&run, experiment->structure + 1, &error), error);
  assert_ok(proda_stage_map(&run, experiment->structure + 1, &error), error);
  size_t n_sites, n_values, n, n_obs;
  double *estimate = store_read(scratch_path("out/by_mean/calibrate.nc"), "estimate", &n_values);
  free(store_read(scratch_path("out/by_mean/calibrate.nc"), "state", &n_sites));
  double *used = store_read(scratch_path("out/by_mean/map.nc"), "ad_hoc_parameter", &n);
  assert_int_equal(n * n_sites, n_values);
  for (size_t p = 0; p < n; p++) {
    double mean = 0;
    for (size_t s = 0; s < n_sites; s++)
      mean += estimate[s * n + p] / (double)n_sites;
    assert_close(used[p], mean, 1e-12, 0);
  }
  struct proda_nc *file;
  char *rule = NULL;
  assert_ok(proda_nc_open(scratch_path("out/by_mean/map.nc"), &file, &error), error);
  assert_true(proda_nc_text(file, "ad_hoc_parameter", "rule", &rule));
  assert_string_equal(rule, "site_mean");
  free(rule);
  proda_nc_close(file);

  double *own = store_read(scratch_path("out/clm5/map.nc"), "ad_hoc_parameter", NULL);
  long q10 = 2, fs2s1 = 13; /* of Table 1: the second follows a site's sand */
  assert_close(own[q10], 1.5, 0, 0);
  assert_true(isnan(own[fs2s1]));
  double *one = store_read(scratch_path("out/clm5/map.nc"), "default_soc_stock_column", &n);
  double *other = store_read(scratch_path("out/by_mean/map.nc"), "default_soc_stock_column", NULL);
  double *skill = store_read(scratch_path("out/clm5/train.nc"), "soc_modelled", &n_obs);
  double *changed = store_read(scratch_path("out/by_mean/train.nc"), "soc_modelled", NULL);
  n_obs /= 4; /* sources: predicted, default, median, own */
  assert_true(one[0] != other[0]);
  assert_true(skill[n_obs] != changed[n_obs]);
  for (size_t i = 0; i < 4 * n_obs; i++)
    if (i / n_obs != 1)
      assert_close(changed[i], skill[i], 0, 0);
  void *const block[] = {estimate, used, own, one, other, skill, changed};
  for (size_t i = 0; i < sizeof block / sizeof *block; i++)
    free(block[i]);
}

static void check_text(const struct proda_nc *file, const char *variable, const char *name,
                       const char *expected)
{
  char *text = NULL;
  assert_true(proda_nc_text(file, variable, name, &text));
  assert_string_equal(text, expected);
  free(text);
}

static void test_conventions(void **state)
{
  (void)state;
  struct proda_nc *file;
  assert_ok(proda_nc_open(scratch_path("out/clm5/map.nc"), &file, &error), error);
  check_text(file, NULL, "Conventions", "CF-1.10");
  check_text(file, NULL, "featureType", "point");
  check_text(file, "soc_stock_0_100cm", "coordinates", "latitude longitude");
  check_text(file, "latitude", "standard_name", "latitude");
  proda_nc_close(file);
  assert_ok(proda_nc_open(scratch_path("out/clm5/map_grid.nc"), &file, &error), error);
  check_text(file, "lat", "axis", "Y");
  check_text(file, "lon", "units", "degrees_east");
  assert_true(proda_nc_has(file, "parameter_q10"));
  proda_nc_close(file);
}

static void test_rerun(void **state)
{
  (void)state;
  const struct proda_run run = make_run();
  heard[0] = '\0';
  assert_ok(proda_stage_map(&run, experiment->structure, &error), error);
  assert_non_null(strstr(heard, "up to date"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_truth_recovered),
      cmocka_unit_test(test_consistent),
      cmocka_unit_test(test_components),
      cmocka_unit_test(test_site_mean),
      cmocka_unit_test(test_grid),
      cmocka_unit_test(test_conventions),
      cmocka_unit_test(test_rerun),
  };
  return cmocka_run_group_tests_name("map", tests, setup, teardown);
}
