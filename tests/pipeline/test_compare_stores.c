/* The comparison on hand-made stores of two structures: what is counted, labelled, left out and
 * refused. Expected numbers are by hand. */
#include "heard.h"
#include "scratch.h"
#include "stores.h"

#include "pipeline/ledger.h"
#include "store/ncdraft.h"

enum { CELLS = 6, SITES = 4, LAYERS = 8 };

static struct proda_error error;
static struct proda_search_path *search_path;

/* ---- writing ---- */

struct table {
  const char *name, *dims, *unit;
  const double *value;
  const char *flags[8]; /* up to the first NULL */
  bool codes;           /* of the ledger */
};

static void put(struct proda_draft *draft, const struct table *table, struct proda_nc_entry *entry)
{
  double *value = NULL;
  size_t n = 1, n_flags = 0;
  *entry = (struct proda_nc_entry){table->name, PRODA_NC_DOUBLE, table->dims, table->unit, "made"};
  assert_ok(proda_draft_numbers(draft, entry, &value, &error), error);
  for (const char *dims = table->dims; *dims;) {
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(dims, " "), dims);
    n *= proda_draft_length(draft, name);
    dims += strcspn(dims, " ");
    dims += strspn(dims, " ");
  }
  memcpy(value, table->value, n * sizeof *value);
  while (table->flags[n_flags])
    n_flags++;
  if (n_flags > 0)
    assert_ok(proda_draft_flags(draft, table->name, table->flags, n_flags, &error), error);
  if (table->codes)
    assert_ok(
        proda_draft_flags(draft, table->name, proda_site_code_names, PRODA_N_SITE_CODES, &error),
        error);
}

static void write_tables(const char *name, const struct axis *axis, size_t n_axes,
                         const struct table *table, size_t n_tables, const struct column *text,
                         size_t n_texts)
{
  struct proda_draft *draft = proda_draft_new();
  struct proda_nc_entry entry[32];
  struct proda_nc *file = NULL;
  assert_in_range(n_tables + n_texts, 0, 32);
  for (size_t i = 0; i < n_axes; i++)
    assert_ok(proda_draft_dim(draft, axis[i].name, axis[i].length, &error), error);
  for (size_t i = 0; i < n_tables; i++)
    put(draft, &table[i], &entry[i]);
  for (size_t i = 0; i < n_texts; i++) {
    entry[n_tables + i] =
        (struct proda_nc_entry){text[i].name, PRODA_NC_STRING, text[i].dims, NULL, "made"};
    assert_ok(proda_draft_texts(draft, &entry[n_tables + i], text[i].text, &error), error);
  }
  const char *path = scratch_path(name);
  assert_ok(proda_make_parents(path, &error), error);
  assert_ok(proda_nc_create(path, &file, &error), error);
  assert_ok(proda_draft_write(draft, file, &error), error);
  assert_ok(proda_nc_commit(file, &error), error);
  proda_draft_free(draft);
}

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define WRITE(name, axis, table, text)                                                             \
  write_tables(name, axis, COUNT(axis), table, COUNT(table), text, COUNT(text))

/* ---- the stores ---- */

static const double id[SITES] = {11, 12, 13, 14}, place[SITES] = {1, 2, 3, 4};
static const double site_zone[SITES] = {1, 1, 2, 9}; /* zone 9 has no cell */
static const double soc[LAYERS] = {10, 20, 30, 40, 50, 60, 70, 90};

static void write_prepared(void)
{
  static const double two[SITES] = {2, 2, 2, 2}, yes[1] = {1}, depth[LAYERS] = {0};
  static const char *const name[] = {"zone"}, *const unit[] = {"1"};
  const struct axis axis[] = {{"site", SITES}, {"obs", LAYERS}, {"covariate", 1}};
  const struct table table[] = {
      {"site_id", "site", "1", id, {NULL}, false},
      {"latitude", "site", "1", place, {NULL}, false},
      {"longitude", "site", "1", place, {NULL}, false},
      {"cell", "site", "1", place, {NULL}, false},
      {"row_size", "site", "1", two, {NULL}, false},
      {"obs_top", "obs", "m", depth, {NULL}, false},
      {"obs_bottom", "obs", "m", depth, {NULL}, false},
      {"soc", "obs", "gC m-3", soc, {NULL}, false},
      {"covariate_value", "site covariate", NULL, site_zone, {NULL}, false},
      {"covariate_is_class", "covariate", NULL, yes, {NULL}, false},
  };
  const struct column text[] = {{"covariate_name", "covariate", NULL, name},
                                {"covariate_units", "covariate", NULL, unit},
                                {"covariate_long_name", "covariate", NULL, name}};
  WRITE("out/prepare.nc", axis, table, text);
}

static const double zone[CELLS] = {1, 1, 2, 2, 3, NAN};

static void write_grid(size_t n)
{
  const struct axis axis[] = {{"site", n}};
  const struct table table[] = {{"zone", "site", "1", zone, {NULL}, false}};
  write_tables("grid.nc", axis, 1, table, 1, NULL, 0);
}

/** What a structure's stores hold that differs from test to test. */
struct stores {
  const double *site_id, *verdict;      /* [SITES] */
  const double *status, *ad_hoc_status; /* [CELLS] */
  bool saturating, area, codes;
  const char *unit; /* of the component */
};

static const double verdict_0[SITES] = {[3] = PRODA_SITE_FAILED};
static const double verdict_1[SITES] = {
    [1] = PRODA_SITE_NOT_CONVERGED, [2] = PRODA_SITE_NO_VALID_START};
static const double all_sound[CELLS] = {0}, some_sound[CELLS] = {0, 0, 0, 2, 0, 4};
static const double none_sound[CELLS] = {3, 3, 3, 3, 3, 3};

static const struct stores first = {id, verdict_0, all_sound, all_sound, false, true, true, "1"};
static const struct stores second = {id, verdict_1, some_sound, none_sound, true, true, true, "1"};

static void write_calibrated(const char *name, const struct stores *stores)
{
  static const double rhat[SITES] = {1.005, 0.98, NAN, 1.7};
  static const double half[SITES * 2] = {1000, 5, 2000, 6, 3000, 7, 90, NAN};
  static const double substrate[SITES * 2] = {5, 1, 10, 1, 1, 1, 1, 1};
  static const double largest[SITES * 2] = {20, 1, 10, 1, 1, 1, 1, 1};
  static const char *const channel[] = {"decay", "uptake"}, *const donor[] = {"soil", "water"};
  const struct axis axis[] = {{"site", SITES}, {"saturating", 2}};
  const struct table table[] = {
      {"site_id", "site", "1", stores->site_id, {NULL}, false},
      {"mean_rhat", "site", "1", rhat, {NULL}, false},
      {"half_saturation", "site saturating", "gC m-3", half, {NULL}, false},
      {"substrate", "site saturating", "gC m-3", substrate, {NULL}, false},
      {"substrate_largest", "site saturating", "gC m-3", largest, {NULL}, false},
  };
  const struct column text[] = {{"saturating_channel", "saturating", NULL, channel},
                                {"saturating_donor", "saturating", NULL, donor}};
  bool all = stores->saturating;
  write_tables(name, axis, all ? 2 : 1, table, all ? COUNT(table) : 2, text, all ? 2 : 0);
}

static void write_others(const char *screen, const char *train, const struct stores *stores,
                         const double *modelled)
{
  static const double held_out[SITES] = {0, 2, 2, 2};
  const struct axis axis[] = {{"site", SITES}, {"obs", LAYERS}, {"source", 4}};
  /* two profiles of the input never became sites */
  double profile_id[SITES + 2] = {8, 9}, profile_state[SITES + 2] = {PRODA_SITE_FEW_LAYERS,
                                                                     PRODA_SITE_NO_FORCING};
  static const double no_reason[SITES + 2] = {0};
  static const char *const nothing[] = {""};
  memcpy(profile_id + 2, stores->site_id, sizeof id);
  memcpy(profile_state + 2, stores->verdict, sizeof verdict_0);
  const struct axis ledger[] = {{"site", SITES}, {"profile", SITES + 2}, {"reason", 1}};
  const struct table verdict[] = {
      {"site_id", "site", "1", stores->site_id, {NULL}, false},
      {"verdict", "site", "1", stores->verdict, {NULL}, stores->codes},
      {"profile_id", "profile", "1", profile_id, {NULL}, false},
      {"profile_state", "profile", "1", profile_state, {NULL}, true},
      {"profile_reason", "profile", "1", no_reason, {NULL}, false},
  };
  const struct column reason = {"reason", "reason", NULL, nothing};
  const struct table trained[] = {
      {"site_id", "site", "1", stores->site_id, {NULL}, false},
      {"part", "site", "1", held_out, {NULL}, false},
      {"soc_modelled", "source obs", "gC m-3", modelled, {NULL}, false},
  };
  write_tables(screen, ledger, COUNT(ledger), verdict, COUNT(verdict), &reason, 1);
  write_tables(train, axis, 3, trained, COUNT(trained), NULL, 0);
}

static const double latitude[CELLS] = {-89.9, 0, 0.5, 0.99, 45, 90};

static void write_map(const char *name, const struct stores *stores, double factor, size_t n_cells)
{
  static const double area[CELLS] = {1e12, 2e12, 1e12, 3e12, 1e12, 1e12};
  double stock[CELLS], component[CELLS];
  for (size_t c = 0; c < CELLS; c++) {
    stock[c] = factor * pow(10, (double)c / 3);
    component[c] = 0.1 * factor + 0.01 * (double)(c * c);
  }
  const struct axis axis[] = {{"site", n_cells}};
  const struct table table[] = {
      {"latitude", "site", "degrees_north", latitude, {NULL}, false},
      {"status",
       "site",
       NULL,
       stores->status,
       {"solved", "near_singular", "other", "none", "more"},
       false},
      {"default_status", "site", NULL, stores->ad_hoc_status, {"solved", "near_singular"}, false},
      {"soc_stock_0_30cm", "site", "kg m-2", stock, {NULL}, false},
      {"default_soc_stock_0_30cm", "site", "kg m-2", stock, {NULL}, false},
      {"soc_stock_0_100cm", "site", "kg m-2", stock, {NULL}, false},
      {"default_soc_stock_0_100cm", "site", "kg m-2", stock, {NULL}, false},
      {"soc_stock_column", "site", "kg m-2", stock, {NULL}, false},
      {"default_soc_stock_column", "site", "kg m-2", stock, {NULL}, false},
      {"efficiency", "site", stores->unit, component, {NULL}, false},
      {"default_efficiency", "site", stores->unit, component, {NULL}, false},
      {"median_efficiency", "site", stores->unit, component, {NULL}, false},
      {"land_area", "site", "m2", area, {NULL}, false},
  };
  write_tables(name, axis, 1, table, COUNT(table) - !stores->area, NULL, 0);
}

static void write_structure(int which, const struct stores *stores)
{
  /* all sources alike: the first structure is right, the second 1 too much; at the fourth site it
   * has no answer */
  double modelled[4 * LAYERS];
  for (size_t i = 0; i < (size_t)4 * LAYERS; i++)
    modelled[i] = soc[i % LAYERS] + (which == 0 ? 0 : i % LAYERS >= 6 ? NAN : 1);
  if (which == 0) {
    write_calibrated("out/one/calibrate.nc", stores);
    write_others("out/one/screen.nc", "out/one/train.nc", stores, modelled);
    write_map("out/one/map.nc", stores, 1, CELLS);
  } else {
    write_calibrated("out/two/calibrate.nc", stores);
    write_others("out/two/screen.nc", "out/two/train.nc", stores, modelled);
    write_map("out/two/map.nc", stores, 10, CELLS);
  }
}

static int write_all(void **state)
{
  (void)state;
  write_prepared();
  write_grid(CELLS);
  write_structure(0, &first);
  write_structure(1, &second);
  remove(scratch_path("out/compare.nc"));
  return 0;
}

/* ---- running ---- */

static int compare(const char *more)
{
  char text[4096];
  struct proda_experiment *experiment = NULL;
  snprintf(text, sizeof text,
           "proda: 1\nkind: experiment\nname: e\noutput: %s\n"
           "data: {profiles: p.nc, grid: %s}\n"
           "structures: [{model: clm5, name: one}, {model: clm5, name: two}]\n"
           "calibrate: {sampler: s}\ntrain: {emulator: e}\n%s",
           scratch_path("out"), scratch_path("grid.nc"), more);
  int status = experiment_read(scratch_path("e.yaml"), text, &experiment, &error);
  if (status != PRODA_OK)
    return status;
  const struct proda_run run = {
      .experiment = experiment,
      .search_path = search_path,
      .reporter = &heard_reporter,
      .command = "test",
  };
  heard[0] = '\0';
  status = proda_stage_compare(&run, &error);
  proda_experiment_free(experiment);
  return status;
}

static void check(const char *variable, size_t n, const double *expected)
{
  size_t found;
  double *value = store_read(scratch_path("out/compare.nc"), variable, &found);
  assert_int_equal(found, n);
  for (size_t i = 0; i < n; i++) {
    if (!(isnan(value[i]) && isnan(expected[i])) && fabs(value[i] - expected[i]) > 1e-12)
      print_error("%s[%zu]\n", variable, i);
    assert_close(value[i], expected[i], 1e-12, 1e-12);
  }
  free(value);
}

static void check_texts(const char *variable, size_t n, const char *const *expected)
{
  struct proda_nc *file = NULL;
  char **text = NULL;
  size_t found;
  assert_ok(proda_nc_open(scratch_path("out/compare.nc"), &file, &error), error);
  assert_ok(proda_nc_read_strings(file, variable, &found, &text, &error), error);
  assert_int_equal(found, n);
  for (size_t i = 0; i < n; i++)
    assert_string_equal(text[i], expected[i]);
  free(text);
  proda_nc_close(file);
}

#define CHECK(variable, ...)                                                                       \
  check(variable, COUNT(((const double[]){__VA_ARGS__})), (const double[]){__VA_ARGS__})

/* ---- tests ---- */

static void sites_end(void **state)
{
  (void)state;
  assert_ok(compare(""), error);
  enum { N = PRODA_N_SITE_CODES, FEW = PRODA_SITE_FEW_LAYERS, NONE = PRODA_SITE_NO_FORCING };
  check_texts("state_name", N, proda_site_code_names);
  CHECK("site_id", 11, 12, 13, 14);
  CHECK("site_state", 0, 0, 0, PRODA_SITE_FAILED, 0, PRODA_SITE_NOT_CONVERGED,
        PRODA_SITE_NO_VALID_START, 0);
  double count[2 * N] = {3, [PRODA_SITE_FAILED] = 1, [N] = 2, [N + PRODA_SITE_NOT_CONVERGED] = 1,
                         [N + PRODA_SITE_NO_VALID_START] = 1};
  check("state_count", COUNT(count), count);
  count[FEW] = count[NONE] = count[N + FEW] = count[N + NONE] = 1;
  check("profile_count", COUNT(count), count);
  assert_non_null(strstr(heard, "compare one: 4 sites: 3 kept, 1 failed\n"));
  assert_non_null(
      strstr(heard, "compare two: 4 sites: 2 kept, 1 no_valid_start, 1 not_converged\n"));
  assert_non_null(strstr(heard, "compare: 1 of 4 sites kept in all structures\n"));
  /* classes 1, 2, 3 and 9: by structure and state */
  const double by_class[2 * N][4] = {
      {2, 1, 0, 0},
      [PRODA_SITE_FAILED] = {0, 0, 0, 1},
      [N] = {1, 0, 0, 1},
      [N + PRODA_SITE_NOT_CONVERGED] = {1, 0, 0, 0},
      [N + PRODA_SITE_NO_VALID_START] = {0, 1, 0, 0},
  };
  check("state_by_class", sizeof by_class / sizeof **by_class, *by_class);
}

/* Only the first site is kept by both; nothing of it is held out. */
static void skill_on_common_sites(void **state)
{
  (void)state;
  assert_ok(compare("compare: {resamples: 20}\n"), error);
  CHECK("skill_sites", 1, 1, 1, 1, 0, 0, 0, 0);
  assert_non_null(strstr(heard, "compare: no held-out profile is kept in all structures\n"));
  CHECK("skill_layers", 2, 2, 2, 2, 0, 0, 0, 0);
  size_t n;
  double *skill = store_read(scratch_path("out/compare.nc"), "skill", &n);
  double *difference = store_read(scratch_path("out/compare.nc"), "difference", NULL);
  double *upper = store_read(scratch_path("out/compare.nc"), "difference_upper", NULL);
  /* obs 10 and 20: squares 50; the second structure errs by 1 twice */
  const double expected[8] = {1, 0, 0, 1, 1 - 2.0 / 50, 1, 1, 1};
  for (size_t i = 0; i < n; i++)
    assert_close(skill[i], i < n / 2 ? expected[i % 8] : NAN, 1e-12, 1e-12);
  for (size_t i = 0; i < 16; i++) {
    assert_close(difference[i], expected[4 + i % 4] - expected[i % 4], 0, 1e-12);
    assert_close(upper[i], difference[i], 0, 1e-12); // one site, nothing to resample
  }
  free(skill);
  free(difference);
  free(upper);
}

/* Sites 1 and 4 are kept by the second structure: ratios 200 and 90, with the largest 50 and 90;
 * of the other channel 5 and none. */
static void saturation(void **state)
{
  (void)state;
  assert_ok(compare(""), error);
  static const char *const channel[] = {"decay", "uptake"}, *const donor[] = {"soil", "water"};
  check_texts("saturating_channel", 2, channel);
  check_texts("saturating_donor", 2, donor);
  CHECK("saturating_structure", 1, 1);
  CHECK("saturation_sites", 2, 1);
  CHECK("saturation_share_above_100", 0.5, 0);
  CHECK("saturation_share_above_100_largest", 0, 0);
  CHECK("saturation_ratio_quantile", 95.5, 117.5, 145, 172.5, 194.5, 5, 5, 5, 5, 5);
  size_t n_bins;
  double *edge = store_read(scratch_path("out/compare.nc"), "ratio_edge", &n_bins);
  double *count = store_read(scratch_path("out/compare.nc"), "saturation_ratio_count", NULL);
  for (size_t b = 0; b < 2 * n_bins; b++) {
    double lower = edge[b % n_bins],
           higher = b % n_bins + 1 < n_bins ? edge[b % n_bins + 1] : INFINITY;
    double in_bin = b < n_bins ? (lower <= 90 && 90 < higher) + (lower <= 200 && 200 < higher)
                               : (lower <= 5 && 5 < higher);
    assert_close(count[b], in_bin, 0, 0);
  }
  free(edge);
  free(count);
  assert_non_null(strstr(heard, "compare two: half-saturation of channel decay above 100 times its "
                                "substrate soil at 50 % of 2 sites; median ratio 145\n"));
}

/* Cells 0, 1, 2, 4 are sound in both once calibrated, none ad hoc. Stocks of the second are ten
 * times the first's: on logarithms r 1, slope 1, intercept 1, one decade over sqrt 2 from the line.
 */
static void common_cells(void **state)
{
  (void)state;
  assert_ok(compare(""), error);
  static const char *const quantity[] = {"soc_stock_0_30cm", "soc_stock_0_100cm",
                                         "soc_stock_column", "efficiency"};
  check_texts("quantity_name", 4, quantity);
  CHECK("quantity_log", 1, 1, 1, 0);
  CHECK("common_cells", 0, 4);
  CHECK("common_share", 0, 5.0 / 9);
  CHECK("land_share", 1, 0, 1, 5.0 / 9);
  CHECK("pair_first", 0);
  CHECK("pair_second", 1);
  CHECK("n", 0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 4, 4, 4, 4, 4, 4);
  CHECK("n_both", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  CHECK("r", NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 1, 1, 1, 1, 1, 1, 1, 1);
  CHECK("slope", NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 1, 1, 1, 1, 1, 1, 1, 1);
  CHECK("intercept", NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 1, 1, 1, 1, 1, 1, 0.9, 0.9);
  CHECK("bias", NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 1, 1, 1, 1, 1, 1, 0.9, 0.9);
  CHECK("distance", NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, M_SQRT1_2, M_SQRT1_2, M_SQRT1_2,
        M_SQRT1_2, M_SQRT1_2, M_SQRT1_2, 0.9 * M_SQRT1_2, 0.9 * M_SQRT1_2);
  /* areas 1, 2, 1, 1: (5^2) / 7 effective cells */
  CHECK("df", NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 2, 25.0 / 7 - 2, 2, 25.0 / 7 - 2, 2,
        25.0 / 7 - 2, 2, 25.0 / 7 - 2);
  assert_non_null(strstr(heard, "r = 1.00 (log10, 4 cells, p "));
  assert_non_null(strstr(heard, "calibrated, no r (0 cells in common) ad hoc\n"));
}

/* Bands hold what lies in them, poles included; 0 and 0.5 degrees share one. */
static void latitudes(void **state)
{
  (void)state;
  assert_ok(compare(""), error);
  size_t n;
  double *mean = store_read(scratch_path("out/compare.nc"), "soc_by_latitude", &n);
  assert_int_equal(n, 2 * 2 * 3 * 180);
  const double *calibrated = mean + (size_t)2 * 3 * 180; /* first structure, 0-30 cm */
  for (size_t b = 0; b < 180; b++) {
    double expected = b == 0     ? 1
                      : b == 90  ? (2 * pow(10, 1.0 / 3) + pow(10, 2.0 / 3)) / 3
                      : b == 135 ? pow(10, 4.0 / 3)
                                 : NAN;
    assert_close(calibrated[b], expected, 1e-14, 0);
    assert_true(isnan(mean[b])); // ad hoc there is no common cell
  }
  free(mean);
}

static void classes_and_labels(void **state)
{
  (void)state;
  static const char *const variable[] = {"zone", "zone", "zone", "zone"};
  static const char *const none[] = {"", "", "", ""}, *const label[] = {"Af", "", "Dfc", ""};
  assert_ok(compare(""), error);
  check_texts("class_variable", 4, variable);
  check_texts("class_label", 4, none);
  CHECK("class_value", 1, 2, 3, 9);
  CHECK("class_area", 3e12, 4e12, 1e12, 0);
  CHECK("class_common_share", 0, 0, 0, NAN, 1, 0.25, 1, NAN);
  assert_ok(compare("compare: {labels: {zone: {1: Af, 3: Dfc}}}\n"), error);
  check_texts("class_label", 4, label);
  assert_int_equal(compare("compare:\n  labels: {zones: {1: Af}}\n"), PRODA_ERROR);
  assert_non_null(
      strstr(error.message, ":10:12: unknown class covariate 'zones'; did you mean 'zone'"));
  assert_int_equal(compare("compare:\n  labels: {zone: {wet: Af}}\n"), PRODA_ERROR);
  assert_non_null(strstr(error.message, ":10:19:"));
  assert_int_equal(compare("compare: {labels: [1]}\n"), PRODA_ERROR);
  assert_int_equal(compare("compare: {resamples: 0}\n"), PRODA_ERROR);
  assert_non_null(strstr(error.message, ":9:22: expected a whole number from 1"));
}

/* Without areas all cells count alike, and there is no total. */
static void no_areas(void **state)
{
  (void)state;
  struct stores changed[2] = {first, second};
  changed[0].area = changed[1].area = false;
  write_structure(0, &changed[0]);
  write_structure(1, &changed[1]);
  assert_ok(compare(""), error);
  CHECK("common_share", 0, 4.0 / 6);
  CHECK("class_area", NAN, NAN, NAN, NAN);
  CHECK("total_soc", NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN);
  CHECK("r", NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 1, NAN, 1, NAN, 1, NAN, 1, NAN);
}

static void check_refused(const char *message)
{
  assert_int_equal(compare(""), PRODA_ERROR);
  if (!strstr(error.message, message))
    print_error("%s\nlacks: %s\n", error.message, message);
  assert_non_null(strstr(error.message, message));
  assert_int_equal(scratch_count("compare.nc."), 0);
}

static void refusals(void **state)
{
  (void)state;
  static const double other_id[SITES] = {11, 12, 13, 15};
  static const double odd_verdict[SITES] = {0, 0, 77, 0};
  struct stores changed = second;
  changed.site_id = other_id;
  write_structure(1, &changed);
  check_refused("two/calibrate.nc: site_id differs from that of prepare.nc");
  changed = second;
  changed.codes = false;
  write_structure(1, &changed);
  check_refused("two/screen.nc: variable 'verdict': has no flag_meanings");
  changed = second;
  changed.verdict = odd_verdict;
  write_structure(1, &changed);
  check_refused("two/screen.nc: variable 'verdict': value 2 is 77, expected one of 16 codes");
  changed = second;
  changed.unit = "yr-1";
  write_structure(1, &changed);
  check_refused(
      "two/map.nc: variable 'efficiency': is in yr-1, but in 1 for the structures before");
  write_structure(1, &second);
  write_map("out/two/map.nc", &second, 10, CELLS - 1);
  check_refused("two/map.nc: has 5 sites, the structure before has 6");
  write_structure(1, &second);
  write_grid(CELLS - 1);
  check_refused("grid.nc: has 5 sites, the maps have 6");
  write_grid(CELLS);
  assert_int_equal(remove(scratch_path("out/two/map.nc")), 0);
  check_refused("two/map.nc: is not there yet; run the stage that makes it, or `proda run`");
}

static int setup(void **state)
{
  if (scratch_setup(state) != 0)
    return -1;
  assert_ok(proda_search_path_make(NULL, &search_path, &error), error);
  return 0;
}

static int teardown(void **state)
{
  proda_search_path_free(search_path);
  return scratch_teardown(state);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(sites_end, write_all),
      cmocka_unit_test_setup(skill_on_common_sites, write_all),
      cmocka_unit_test_setup(saturation, write_all),
      cmocka_unit_test_setup(common_cells, write_all),
      cmocka_unit_test_setup(latitudes, write_all),
      cmocka_unit_test_setup(classes_and_labels, write_all),
      cmocka_unit_test_setup(no_areas, write_all),
      cmocka_unit_test_setup(refusals, write_all),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
