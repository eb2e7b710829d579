/* The report of a small embedded world, two structures: what stands in the page's data must be what
 * the stores hold, to the steps of their encoding. node and rsvg-convert are stand-ins here, so
 * that their failures can be provoked; tests/report draws the real page. */
#include "core/file.h"
#include "decode.h"
#include "heard.h"
#include "pipeline/experiment/space.h"
#include "pipeline/pipeline.h"
#include "pipeline/report/report.h"
#include "scratch.h"
#include "stores.h"

static struct proda_error error;
static struct proda_experiment *experiment;
static struct proda_search_path *search_path;
static char *old_path;
static json_t *data;

#define SPECIAL "</script> \"Möller\" & <b>"
static const char *const structure_name[] = {"clm5", "compas"};
enum { STRUCTURES = 2 };

static struct proda_run make_run(void)
{
  return (struct proda_run){.experiment = experiment,
                            .search_path = search_path,
                            .reporter = &heard_reporter,
                            .command = "proda test"};
}

static int stage(void)
{
  struct proda_run run = make_run();
  heard[0] = '\0';
  return proda_stage_report(&run, &error);
}

static void write_experiment(const char *report)
{
  FILE *stream = fopen(scratch_path("e.yaml"), "w");
  assert_non_null(stream);
  fprintf(stream,
          "proda: 1\nkind: experiment\nname: '" SPECIAL "'\noutput: %s\nseed: 5\n"
          "data: {synth: {profiles: 40, resolution: 15, noise: 0.1}}\n"
          "structures: [{model: clm5, parameters: {fl2cwd: {fixed: 0.75}}}, {model: compas}]\n"
          "calibrate: {sampler: adaptive_metropolis, keep: 80, observation: {error: lognormal, "
          "sd: 0.3}, settings: {test_run: 1000, formal_run: 2000}}\n"
          "screen: {max_rhat: 10, min_nse: -100}\n"
          "train: {emulator: mlp, settings: {hidden: [8], epochs: 20}}\n"
          "compare: {resamples: 20, labels: {land_cover: {1: '" SPECIAL "'}}}\n%s",
          scratch_path("out"), report);
  fclose(stream);
  proda_experiment_free(experiment);
  experiment = NULL;
  assert_ok(proda_experiment_read(scratch_path("e.yaml"), &experiment, &error), error);
}

static void write_program(const char *name, const char *script)
{
  text_write(scratch_path(name), script);
  assert_int_equal(chmod(scratch_path(name), 0777), 0);
}

/* Programs that do what the real ones are asked for: node makes two SVG, rsvg-convert copies. */
static const char node[] =
    "#!/bin/sh\ntest -s \"$1\" && test -s \"$2\" && test -s \"$3\" || exit 9\n"
    "echo '<svg/>' >\"$4/map.svg\"; echo '<svg/>' >\"$4/curve.svg\"\n";
static const char rsvg_convert[] = "#!/bin/sh\nset -e\ntest \"$1 $2 $3\" = '--zoom 2 --output'\n"
                                   "cp \"$5\" \"$4\"\n";

static int setup(void **state)
{
  char path[8192];
  if (scratch_setup(state) != 0)
    return -1;
  old_path = strdup(getenv("PATH"));
  assert_int_equal(mkdir(scratch_path("page"), 0777), 0);
  assert_int_equal(mkdir(scratch_path("bin"), 0777), 0);
  text_write(scratch_path("page/page.html"), "{{data}}\n");
  text_write(scratch_path("page/vega.js"), "var vega;");
  text_write(scratch_path("page/render.js"), "draw();");
  write_program("bin/node", node);
  write_program("bin/rsvg-convert", rsvg_convert);
  setenv("PRODA_REPORT_PATH", scratch_path("page"), 1);
  snprintf(path, sizeof path, "%s:%s", scratch_path("bin"), old_path);
  setenv("PATH", path, 1);
  assert_ok(proda_search_path_make(NULL, &search_path, &error), error);
  write_experiment("");
  struct proda_run run = make_run();
  assert_ok(proda_pipeline_run(&run, &error), error);
  return 0;
}

static int teardown(void **state)
{
  setenv("PATH", old_path, 1);
  free(old_path);
  json_decref(data);
  proda_experiment_free(experiment);
  proda_search_path_free(search_path);
  return scratch_teardown(state);
}

static char *page_text(void)
{
  char *text;
  size_t size;
  assert_ok(proda_file_read(scratch_path("out/report.html"), 1 << 26, &text, &size, &error), error);
  return text;
}

/* ---- what stands in the data ---- */

static void test_data(void **state)
{
  (void)state;
  json_error_t problem;
  assert_non_null(strstr(heard, "report: 2 figures as SVG and PNG in "));
  assert_non_null(strstr(heard, "/out/report.html\n"));
  char *text = page_text();
  assert_null(strchr(text, '<') == strstr(text, "<!-- proda inputs: ") ? NULL : text);
  data = json_loads(text, JSON_DISABLE_EOF_CHECK, &problem);
  assert_non_null(data);
  free(text);
  const json_t *own = json_object_get(data, "experiment");
  assert_string_equal(json_string_value(json_object_get(own, "name")), SPECIAL);
  assert_string_equal(json_string_value(json_object_get(own, "seed")), "5");
  assert_non_null(strstr(json_string_value(json_object_get(own, "yaml")), "kind: experiment"));
  const json_t *names = json_object_get(json_object_get(data, "sites"), "class_names");
  assert_string_equal(json_string_value(json_object_get(json_object_get(names, "land_cover"), "1")),
                      SPECIAL);
}

/** A number of an experiment's settings, as the page lists them. */
static void test_settings(void **state)
{
  (void)state;
  const json_t *list = json_object_get(json_object_get(data, "experiment"), "settings"), *pair;
  size_t i, found = 0;
  json_array_foreach(list, i, pair)
  {
    const char *key = json_string_value(json_array_get(pair, 0));
    const char *value = json_string_value(json_array_get(pair, 1));
    found += strcmp(key, "calibrate.settings.test_run") == 0 && strcmp(value, "1000") == 0;
    found += strcmp(key, "structures[1].model") == 0 && strcmp(value, "compas") == 0;
  }
  assert_int_equal(found, 2);
}

static const char *store(const char *structure, const char *name)
{
  char path[128];
  snprintf(path, sizeof path, "out/%s/%s.nc", structure, name);
  return scratch_path(path);
}

static void check_close(const json_t *json, const double *expected, size_t n, double rtol,
                        double atol)
{
  size_t found;
  double *value = decode_numbers(json, &found);
  assert_int_equal(found, n);
  for (size_t i = 0; i < n; i++)
    assert_close(value[i], expected[i], rtol, atol);
  free(value);
}

static void check_column(const json_t *json, const char *path, const char *variable)
{
  size_t n;
  double *expected = store_read(path, variable, &n);
  check_close(json, expected, n, 1e-6, 1e-12);
  free(expected);
}

static void test_sites(void **state)
{
  (void)state;
  const json_t *sites = json_object_get(data, "sites");
  const char *prepare = scratch_path("out/prepare.nc");
  check_column(json_object_get(sites, "id"), prepare, "site_id");
  check_column(json_object_get(sites, "lat"), prepare, "latitude");
  check_column(json_object_get(sites, "lon"), prepare, "longitude");
  size_t n;
  double *became = store_read(scratch_path("out/compare.nc"), "site_state", &n);
  for (size_t i = 0; i < STRUCTURES; i++) {
    check_close(json_array_get(json_object_get(sites, "state"), i), became + i * n / STRUCTURES,
                n / STRUCTURES, 0, 0);
    check_column(json_array_get(json_object_get(sites, "nse"), i),
                 store(structure_name[i], "calibrate"), "nse");
  }
  free(became);
  assert_string_equal(json_string_value(json_array_get(json_object_get(sites, "states"), 0)),
                      "kept");
}

static void test_structures(void **state)
{
  (void)state;
  for (size_t i = 0; i < STRUCTURES; i++) {
    const json_t *own = json_array_get(json_object_get(data, "structures"), i);
    const char *calibrate = store(structure_name[i], "calibrate");
    assert_string_equal(json_string_value(json_object_get(own, "name")), structure_name[i]);
    check_column(json_object_get(json_object_get(own, "health"), "rhat"), calibrate, "mean_rhat");
    check_column(json_object_get(own, "ad_hoc_value"), store(structure_name[i], "map"),
                 "ad_hoc_parameter");
    size_t n;
    double *lower = store_read(calibrate, "prior_lower", &n);
    const json_t *parameters = json_object_get(own, "parameters");
    assert_int_equal(json_array_size(parameters), n);
    for (size_t p = 0; p < n; p++)
      assert_close(json_number_value(json_object_get(json_array_get(parameters, p), "lower")),
                   lower[p], 1e-6, 0);
    free(lower);
    const json_t *of_map = json_object_get(json_object_get(own, "provenance"), "map");
    assert_string_equal(json_string_value(json_object_get(of_map, "proda_seed")), "5");
  }
}

/** Draws of a site in detail are those of the store, thinned, within half a step of their range. */
static void check_detail(const json_t *own, const json_t *parameters, const double *draws,
                         size_t n_draws)
{
  size_t n, n_parameters = json_array_size(parameters);
  size_t kept = (size_t)json_integer_value(json_object_get(own, "n_draws"));
  double *share = decode_numbers(json_object_get(own, "draws"), &n);
  assert_int_equal(n, kept * n_parameters);
  for (size_t p = 0; p < n_parameters; p++) {
    const json_t *parameter = json_array_get(parameters, p);
    double lower = json_number_value(json_object_get(parameter, "lower"));
    double upper = json_number_value(json_object_get(parameter, "upper"));
    bool log_scale = json_is_true(json_object_get(parameter, "log"));
    for (size_t k = 0; k < kept; k++) {
      double at = share[p * kept + k], expected = draws[k * n_draws / kept * n_parameters + p];
      double value = log_scale ? lower * pow(upper / lower, at) : lower + (upper - lower) * at;
      assert_close(value, expected, log_scale ? 1e-4 : 1e-6, (upper - lower) / 65534);
    }
  }
  free(share);
}

static void test_detail(void **state)
{
  (void)state;
  const json_t *detail = json_object_get(data, "detail"), *site;
  size_t index, n_sites, n_obs;
  double *row_size = store_read(scratch_path("out/prepare.nc"), "row_size", &n_sites);
  double *soc = store_read(scratch_path("out/prepare.nc"), "soc", &n_obs);
  double *draws[STRUCTURES], *modelled[STRUCTURES], *became[STRUCTURES];
  size_t per_site[STRUCTURES];
  for (size_t i = 0; i < STRUCTURES; i++) {
    const char *calibrate = store(structure_name[i], "calibrate");
    draws[i] = store_read(calibrate, "draws", &per_site[i]);
    modelled[i] = store_read(calibrate, "modelled", NULL);
    became[i] = store_read(calibrate, "state", NULL);
    per_site[i] /= n_sites;
  }
  assert_in_range(json_array_size(detail), 1, 64);
  json_array_foreach(detail, index, site)
  {
    size_t s = (size_t)json_integer_value(json_object_get(site, "site")), first = 0;
    for (size_t k = 0; k < s; k++)
      first += (size_t)row_size[k];
    check_close(json_object_get(json_object_get(site, "obs"), "soc"), soc + first,
                (size_t)row_size[s], 1e-6, 0);
    for (size_t i = 0; i < STRUCTURES; i++) {
      const json_t *own = json_array_get(json_object_get(site, "structures"), i);
      const json_t *structure = json_array_get(json_object_get(data, "structures"), i);
      const json_t *parameters = json_object_get(structure, "parameters");
      assert_int_equal(json_is_null(own), became[i][s] != 0);
      if (json_is_null(own))
        continue;
      check_detail(own, parameters, draws[i] + s * per_site[i],
                   per_site[i] / json_array_size(parameters));
      check_close(json_object_get(own, "modelled"), modelled[i] + first, (size_t)row_size[s], 1e-6,
                  0);
    }
  }
  for (size_t i = 0; i < STRUCTURES; i++) {
    free(draws[i]);
    free(modelled[i]);
    free(became[i]);
  }
  free(row_size);
  free(soc);
}

static void test_fields(void **state)
{
  (void)state;
  const json_t *field, *grid = json_object_get(data, "grid");
  size_t index, n_soc = 0;
  check_column(json_object_get(grid, "lat"), store("clm5", "map"), "latitude");
  check_column(json_object_get(grid, "area"), store("clm5", "map"), "land_area");
  assert_close(json_number_value(json_object_get(grid, "dlat")), 15, 1e-9, 0);
  json_array_foreach(json_object_get(data, "fields"), index, field)
  {
    const char *quantity = json_string_value(json_object_get(field, "quantity"));
    bool calibrated = json_integer_value(json_object_get(field, "parameterisation")) == 1;
    size_t i = (size_t)json_integer_value(json_object_get(field, "structure")), n;
    char name[128];
    snprintf(name, sizeof name, "%s%s", calibrated ? "" : "default_", quantity);
    const char *map = store(structure_name[i], "map");
    double *expected = store_read(map, name, &n), low = INFINITY, high = -INFINITY;
    double *became = store_read(map, calibrated ? "status" : "default_status", NULL);
    for (size_t c = 0; c < n; c++) {
      expected[c] = became[c] == 0 ? expected[c] : NAN;
      low = fmin(low, expected[c]);
      high = fmax(high, expected[c]);
    }
    double decades = low > 0 ? log10(high / low) : 0;
    check_close(json_object_get(field, "data"), expected, n, 1e-6 + 2.4 * decades / 65534,
                (high - low) / 65534);
    n_soc += strncmp(quantity, "soc_stock_", 10) == 0;
    free(expected);
    free(became);
  }
  assert_int_equal(n_soc, STRUCTURES * 2 * 3);
  assert_true(index >= STRUCTURES * 2 * 12);
}

static void test_quantities(void **state)
{
  (void)state;
  const json_t *list = json_object_get(data, "quantities");
  const json_t *first = json_array_get(list, 0);
  assert_true(json_array_size(list) >= 12);
  assert_string_equal(json_string_value(json_object_get(first, "name")), "soc_stock_0_30cm");
  assert_string_equal(json_string_value(json_object_get(first, "unit")), "kg m-2");
  assert_true(json_is_true(json_object_get(first, "log"))); /* as `compare` does */
}

static void test_truth(void **state)
{
  (void)state;
  const json_t *truth = json_object_get(data, "truth"), *first = json_array_get(truth, 0);
  assert_int_equal(json_array_size(truth), 3);
  assert_int_equal(json_integer_value(json_object_get(first, "structure")), 0);
  size_t n, found;
  double *expected = store_read(scratch_path("out/world/truth.nc"), "soc_stock_0_30cm", &n);
  double *value = decode_numbers(json_object_get(first, "data"), &found);
  assert_int_equal(found, n);
  for (size_t c = 0; c < n; c++)
    assert_close(value[c], expected[c], 1e-4, 1e-4);
  free(expected);
  free(value);
}

/** An array within arrays, flat. */
static size_t flatten(const json_t *json, double *out)
{
  if (!json_is_array(json)) {
    *out = json_is_null(json) ? NAN : json_number_value(json);
    return 1;
  }
  size_t n = 0, i;
  const json_t *item;
  json_array_foreach(json, i, item) n += flatten(item, out + n);
  return n;
}

/** Every variable of compare.nc is there, with its shape and its values. */
static void test_compare(void **state)
{
  (void)state;
  struct proda_nc *file = NULL;
  char(*name)[64] = NULL;
  size_t n_names;
  const json_t *compare = json_object_get(data, "compare");
  const char *path = scratch_path("out/compare.nc");
  assert_ok(proda_nc_open(path, &file, &error), error);
  assert_ok(proda_nc_variables(file, &name, &n_names, &error), error);
  assert_true(n_names > 20);
  for (size_t v = 0; v < n_names; v++) {
    struct proda_nc_shape shape;
    const json_t *values = json_object_get(compare, name[v]);
    const json_t *dims = json_object_get(json_object_get(compare, "_dims"), name[v]);
    assert_ok(proda_nc_shape(file, name[v], &shape, &error), error);
    assert_non_null(values);
    assert_int_equal(json_array_size(dims), shape.rank);
    const json_t *level = values;
    for (size_t a = 0; a < shape.rank; a++, level = json_array_get(level, 0)) {
      assert_string_equal(json_string_value(json_array_get(dims, a)), shape.name[a]);
      assert_int_equal(json_array_size(level), shape.length[a]);
    }
    if (!proda_nc_is_numeric(file, name[v]))
      continue;
    size_t n;
    double *expected = store_read(path, name[v], &n), *flat = calloc(n + 1, sizeof *flat);
    assert_int_equal(flatten(values, flat), n);
    for (size_t i = 0; i < n; i++)
      assert_close(flat[i], isfinite(expected[i]) ? expected[i] : NAN, 1e-6, 0);
    free(expected);
    free(flat);
  }
  free(name);
  proda_nc_close(file);
  assert_string_equal(json_string_value(json_array_get(
                          json_object_get(json_object_get(compare, "_flags"), "site_state"), 0)),
                      "kept");
}

/* ---- when it is made, and when not ---- */

static void check_current(void)
{
  assert_ok(stage(), error);
  assert_non_null(strstr(heard, "report: up to date\n"));
  const char *last = strstr(heard, "report: /");
  assert_non_null(last);
  assert_string_equal(last + strlen(last) - strlen("/out/report.html\n"), "/out/report.html\n");
}

static void check_made(void)
{
  assert_ok(stage(), error);
  assert_null(strstr(heard, "up to date"));
}

static void test_stale(void **state)
{
  (void)state;
  check_current();
  char *before = page_text();
  assert_int_equal(remove(scratch_path("out/report.html")), 0);
  check_made();
  char *after = page_text();
  assert_string_equal(after, before); /* to the byte */
  free(before);
  free(after);
  assert_int_equal(remove(scratch_path("out/figures/map.svg")), 0);
  assert_int_equal(remove(scratch_path("out/figures/curve.svg")), 0);
  check_made();
  check_current();
  text_write(scratch_path("page/render.js"), "draw(better);");
  check_made();
  check_current();
  write_experiment("# another text\n");
  check_made();
  check_current();
}

/** Cells that lie on no grid have no spacing. */
static void test_no_grid(void **state)
{
  (void)state;
  assert_int_equal(rename(scratch_path("out/clm5/map_grid.nc"), scratch_path("map_grid.nc")), 0);
  assert_int_equal(remove(scratch_path("out/report.html")), 0);
  check_made();
  char *text = page_text();
  assert_non_null(strstr(text, "\"dlat\":null,\"dlon\":null,"));
  free(text);
  assert_int_equal(rename(scratch_path("map_grid.nc"), scratch_path("out/clm5/map_grid.nc")), 0);
}

static size_t n_figures(const char *ending)
{
  size_t n = 0;
  proda_report_each_file(scratch_path("out/figures"), ending, NULL, NULL, &n, NULL);
  return n;
}

/** Figures that are no more are gone; other files stay. */
static void test_replaced(void **state)
{
  (void)state;
  text_write(scratch_path("out/figures/old.svg"), "old");
  assert_int_equal(mkdir(scratch_path("out/figures.tmp"), 0777), 0); /* of a run that was killed */
  text_write(scratch_path("out/figures.tmp/half.svg"), "<svg");
  text_write(scratch_path("out/figures/notes.txt"), "mine");
  text_write(scratch_path("page/render.js"), "draw(anew);");
  check_made();
  assert_int_equal(n_figures(".svg"), 2);
  assert_int_equal(n_figures(".png"), 2);
  assert_int_equal(n_figures(".txt"), 1);
  assert_int_equal(access(scratch_path("out/figures.tmp"), F_OK), -1);
}

static void check_figures_refused(const char *expected)
{
  text_write(scratch_path("page/render.js"), expected); /* stale */
  assert_int_equal(stage(), PRODA_ERROR);
  assert_non_null(strstr(error.message, expected));
  assert_int_equal(n_figures(".svg"), 2);
  assert_int_equal(access(scratch_path("out/figures.tmp"), F_OK), -1);
}

static void test_programs_fail(void **state)
{
  (void)state;
  write_program("bin/node",
                "#!/bin/sh\necho 'TypeError: x is' >&2\necho 'not a function' >&2\nexit 1\n");
  check_figures_refused("node failed: TypeError: x is not a function");
  write_program("bin/node", "#!/bin/sh\nkill -SEGV $$\n");
  check_figures_refused("node Segmentation fault");
  write_program("bin/node", "#!/nowhere/sh\n");
  check_figures_refused("node cannot be started: No such file");
  write_program("bin/node", node);
  write_program("bin/rsvg-convert", "#!/bin/sh\necho 'bad XML' >&2\nexit 1\n");
  check_figures_refused("rsvg-convert failed: bad XML");
  write_program("bin/rsvg-convert", rsvg_convert);
  check_made();
}

/** Without its programs the page is made all the same, and made anew with figures once they are
 * there. */
static void test_programs_missing(void **state)
{
  (void)state;
  char with[8192];
  snprintf(with, sizeof with, "%s", getenv("PATH"));
  setenv("PATH", "/nowhere", 1);
  check_made();
  assert_non_null(strstr(heard, "no files of the figures: node is not on the path; on Debian "
                                "install nodejs and librsvg2-bin\n"));
  check_current();
  setenv("PATH", with, 1);
  check_made();
  assert_non_null(strstr(heard, "2 figures"));
}

static void test_no_figures(void **state)
{
  (void)state;
  write_program("bin/node", "#!/bin/sh\nexit 1\n");
  write_experiment("report: {figures: false}\n");
  check_made();
  assert_null(strstr(heard, "figures"));
  check_current();
}

static void test_refused(void **state)
{
  (void)state;
  assert_int_equal(rename(scratch_path("out/compare.nc"), scratch_path("compare.nc")), 0);
  assert_int_equal(stage(), PRODA_ERROR);
  assert_non_null(strstr(error.message, "compare.nc: is not there yet; run the stage that makes"));
  assert_int_equal(rename(scratch_path("compare.nc"), scratch_path("out/compare.nc")), 0);
  check_current();
  /* Stores of different worlds do not belong together. */
  assert_int_equal(rename(scratch_path("out/compas/map.nc"), scratch_path("map.nc")), 0);
  const struct axis axis[] = {{"site", 2}};
  const double zero[2] = {0, 0};
  const struct column column[] = {{"latitude", "site", zero, NULL}};
  STORE_WRITE(scratch_path("out/compas/map.nc"), axis, column);
  assert_int_equal(stage(), PRODA_ERROR);
  assert_non_null(strstr(error.message, "compas/map.nc: has 2 of dimension 'site'"));
  assert_int_equal(rename(scratch_path("map.nc"), scratch_path("out/compas/map.nc")), 0);
  check_current();
  /* The page cannot be written where a directory has its name. */
  assert_int_equal(remove(scratch_path("out/report.html")), 0);
  assert_int_equal(mkdir(scratch_path("out/report.html"), 0777), 0);
  assert_int_equal(stage(), PRODA_ERROR);
  assert_non_null(strstr(error.message, "report.html: replacing it: "));
  assert_int_equal(remove(scratch_path("out/report.html")), 0);
}

/** A run without installed files says so and is done all the same. */
static void test_not_installed(void **state)
{
  (void)state;
  struct proda_run run = make_run();
  assert_int_equal(remove(scratch_path("page/vega.js")), 0);
  assert_int_equal(stage(), PRODA_ERROR);
  assert_non_null(strstr(error.message, "install libjs-vega"));
  heard[0] = '\0';
  assert_ok(proda_pipeline_run(&run, &error), error);
  assert_non_null(strstr(heard, "report: left out: "));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_data),          cmocka_unit_test(test_settings),
      cmocka_unit_test(test_sites),         cmocka_unit_test(test_structures),
      cmocka_unit_test(test_detail),        cmocka_unit_test(test_fields),
      cmocka_unit_test(test_quantities),    cmocka_unit_test(test_truth),
      cmocka_unit_test(test_compare),       cmocka_unit_test(test_stale),
      cmocka_unit_test(test_no_grid),       cmocka_unit_test(test_replaced),
      cmocka_unit_test(test_programs_fail), cmocka_unit_test(test_programs_missing),
      cmocka_unit_test(test_no_figures),    cmocka_unit_test(test_refused),
      cmocka_unit_test(test_not_installed),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
