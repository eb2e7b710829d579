/* The report of the one-degree world stays below 10 MB: three structures with the nine components
 * and eight numbers of their own on 20,000 cells, 13,704 sites, as many posteriors in detail as are
 * shown, all random, so that nothing is smaller by luck. What the page adds of its own (Vega,
 * scripts, coastlines) is counted from its files. */
#include "pipeline/report/report.h"
#include "scratch.h"
#include "stores.h"

enum { STRUCTURES = 3, CELLS = 20000, SITES = 13704, QUANTITIES = 20, OBS = 2 * SITES };
enum { DETAILED = 100, CHAINS = 3, DRAWS = 100, PARAMETERS = 23, DETAILED_OBS = 6 * DETAILED };
static const size_t limit = 10000000;

static struct proda_error error;
static unsigned long long random_state = 1;

static double uniform(void)
{
  random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
  return (double)(random_state >> 11) * 0x1p-53;
}

static double *draw(size_t n, double from, double to)
{
  double *value = calloc(n + 1, sizeof *value);
  assert_non_null(value);
  for (size_t i = 0; i < n; i++)
    value[i] = from + (to - from) * uniform();
  return value;
}

/** Bytes of the part of the page that `gather` adds. */
static size_t size_of(const struct proda_reported *reported,
                      int (*gather)(const struct proda_reported *, json_t *, struct proda_error *))
{
  json_t *root = json_object();
  assert_ok(gather(reported, root, &error), error);
  char *text = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(7));
  size_t size = strlen(text);
  free(text);
  json_decref(root);
  return size;
}

/* ---- stores ---- */

struct entry {
  const char *name, *dims;
  double from, to;
};

static size_t length_of(const char *dims, const struct axis *axis, size_t n_axes)
{
  char copy[128], *rest = NULL;
  size_t n = 1;
  snprintf(copy, sizeof copy, "%s", dims);
  for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
    for (size_t a = 0; a < n_axes; a++)
      if (strcmp(axis[a].name, word) == 0)
        n *= axis[a].length;
  return n;
}

/** A store of random numbers; `names` of `n_names` texts along the dimension "name". */
static struct proda_nc *make_store(const char *file, const struct axis *axis, size_t n_axes,
                                   const struct entry *entry, size_t n, const struct column *texts,
                                   size_t n_texts)
{
  struct column *column = calloc(n + n_texts, sizeof *column);
  struct proda_nc *store = NULL;
  assert_non_null(column);
  for (size_t i = 0; i < n; i++)
    column[i] = (struct column){
        entry[i].name, entry[i].dims,
        draw(length_of(entry[i].dims, axis, n_axes), entry[i].from, entry[i].to), NULL};
  for (size_t i = 0; i < n_texts; i++)
    column[n + i] = texts[i];
  store_write(scratch_path(file), axis, n_axes, column, n + n_texts);
  for (size_t i = 0; i < n; i++)
    free((double *)column[i].value);
  free(column);
  assert_ok(proda_nc_open(scratch_path(file), &store, &error), error);
  return store;
}
#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct proda_nc *make_map(void)
{
  enum { FIXED = 6 };
  static const struct axis axis[] = {{"site", CELLS}, {"parameter", PARAMETERS}};
  static char name[2 * QUANTITIES][64];
  struct entry entry[2 * QUANTITIES + FIXED] = {
      {"latitude", "site", -90, 90},    {"longitude", "site", -180, 180},
      {"land_area", "site", 1, 2},      {"status", "site", 0, 0},
      {"default_status", "site", 0, 0}, {"ad_hoc_parameter", "parameter", 0, 1},
  };
  for (int q = 0; q < QUANTITIES; q++)
    for (int p = 0; p < 2; p++) {
      snprintf(name[2 * q + p], sizeof *name, "%squantity_%d", p ? "default_" : "", q);
      entry[FIXED + 2 * q + p] = (struct entry){name[2 * q + p], "site", 0.1, 100};
    }
  return make_store("map.nc", axis, COUNT(axis), entry, COUNT(entry), NULL, 0);
}

static struct proda_nc *make_prepare(const char *file, size_t n_sites, size_t n_obs)
{
  enum { COVARIATES = 5 };
  const struct axis axis[] = {{"site", n_sites}, {"obs", n_obs}, {"covariate", COVARIATES}};
  static const struct entry entry[] = {
      {"site_id", "site", 0, 1e6},
      {"latitude", "site", -90, 90},
      {"longitude", "site", -180, 180},
      {"covariate_value", "site covariate", 1, 1},
      {"covariate_is_class", "covariate", 1, 1},
      {"obs_top", "obs", 0, 1},
      {"obs_bottom", "obs", 1, 2},
      {"obs_depth", "obs", 0, 2},
      {"soc", "obs", 0, 1e5},
  };
  static const char *const text[COVARIATES] = {"a", "b", "c", "d", "e"};
  const size_t layers = n_obs / n_sites; /* of every site */
  double *row_size = draw(n_sites, (double)layers, (double)layers);
  const struct column texts[] = {{"covariate_name", "covariate", NULL, text},
                                 {"covariate_units", "covariate", NULL, text},
                                 {"covariate_long_name", "covariate", NULL, text},
                                 {"row_size", "site", row_size, NULL}};
  struct proda_nc *store =
      make_store(file, axis, COUNT(axis), entry, COUNT(entry), texts, COUNT(texts));
  free(row_size);
  return store;
}

static struct proda_nc *make_calibrate(void)
{
  static const struct axis axis[] = {{"site", SITES}, {"chain", CHAINS}, {"parameter", PARAMETERS}};
  static const struct entry entry[] = {
      {"mean_rhat", "site", 1, 3},
      {"ess_bulk", "site parameter", 10, 1e4},
      {"acceptance", "site chain", 0, 1},
      {"prior_valid_share", "site", 0, 1},
      {"nse", "site", -1, 1},
  };
  return make_store("calibrate.nc", axis, COUNT(axis), entry, COUNT(entry), NULL, 0);
}

static struct proda_nc *make_detailed(void)
{
  static const struct axis axis[] = {{"site", DETAILED},
                                     {"obs", DETAILED_OBS},
                                     {"chain", CHAINS},
                                     {"draw", DRAWS},
                                     {"parameter", PARAMETERS}};
  static const struct entry entry[] = {
      {"estimate", "site parameter", 0, 1},
      {"state", "site", 0, 0},
      {"draws", "site chain draw parameter", 0, 1},
      {"modelled", "obs", 0, 1e5},
      {"modelled_q05", "obs", 0, 1e5},
      {"modelled_q95", "obs", 0, 1e5},
  };
  return make_store("detailed.nc", axis, COUNT(axis), entry, COUNT(entry), NULL, 0);
}

/** The largest variables of compare.nc. */
static struct proda_nc *make_compare(void)
{
  static const struct axis axis[] = {{"parameterisation", 2},
                                     {"structure", STRUCTURES},
                                     {"depth", 3},
                                     {"band", 180},
                                     {"quantity", 12},
                                     {"class", 200},
                                     {"name", 1}};
  static const struct entry entry[] = {
      {"soc_by_latitude", "parameterisation structure depth band", 0, 50},
      {"soc_by_latitude_q25", "parameterisation structure depth band", 0, 50},
      {"soc_by_latitude_q75", "parameterisation structure depth band", 0, 50},
      {"component_by_latitude", "parameterisation structure quantity band", 0, 50},
      {"soc_by_class", "parameterisation structure depth class", 0, 50},
      {"state_by_class", "structure depth class", 0, 50},
      {"quantity_log", "name", 1, 1},
  };
  static const char *const text[] = {"quantity_0"};
  const struct column texts[] = {{"quantity_name", "name", NULL, text}};
  return make_store("compare.nc", axis, COUNT(axis), entry, COUNT(entry), texts, 1);
}

/** What became of the sites; it stands in compare.nc too. */
static struct proda_nc *make_states(void)
{
  static const char *const meaning[] = {"kept", "not_kept"};
  struct proda_nc *file = NULL;
  double *state = draw(STRUCTURES * SITES, 1, 1);
  const char *path = scratch_path("states.nc");
  assert_ok(proda_nc_create(path, &file, &error), error);
  assert_ok(proda_nc_def_dim(file, "structure", STRUCTURES, &error), error);
  assert_ok(proda_nc_def_dim(file, "site", SITES, &error), error);
  assert_ok(proda_nc_def(file, "site_state", PRODA_NC_BYTE, "structure site", NULL, NULL, &error),
            error);
  assert_ok(proda_nc_put_flags(file, "site_state", meaning, 2, &error), error);
  assert_ok(proda_nc_write(file, "site_state", state, &error), error);
  assert_ok(proda_nc_commit(file, &error), error);
  free(state);
  assert_ok(proda_nc_open(path, &file, &error), error);
  return file;
}

/* ---- parts of the page ---- */

/** The same stores for every structure, with a manifest of parameters that have a name only. */
static void set_structures(struct proda_reported *reported, struct proda_manifest *manifest,
                           struct proda_space *space, struct proda_nc *calibrate,
                           struct proda_nc *map)
{
  static struct proda_parameter parameter[PARAMETERS];
  static struct proda_prior prior[PARAMETERS];
  static double fixed[PARAMETERS]; /* all are */
  static struct proda_reported_structure structure[STRUCTURES];
  for (int p = 0; p < PARAMETERS; p++) {
    parameter[p] = (struct proda_parameter){.name = "name"};
    prior[p] = (struct proda_prior){.kind = PRODA_PRIOR_UNIFORM, .lower = 0, .upper = 1};
  }
  *manifest = (struct proda_manifest){.n_parameters = PARAMETERS, .parameter = parameter};
  *space = (struct proda_space){.n_parameters = PARAMETERS, .prior = prior, .fixed = fixed};
  static const struct proda_yaml_node node = {.kind = PRODA_YAML_SCALAR, .text = "clm5"};
  static const struct proda_experiment_structure chosen = {.node = &node};
  for (int i = 0; i < STRUCTURES; i++)
    structure[i] = (struct proda_reported_structure){.chosen = &chosen,
                                                     .manifest = manifest,
                                                     .space = space,
                                                     .calibrate = calibrate,
                                                     .map = map};
  reported->n = STRUCTURES;
  reported->structure = structure;
}

static void test_maps(void **state)
{
  struct proda_manifest manifest;
  struct proda_space space;
  size_t *total = *state;
  struct proda_nc *map = make_map(), *compare = make_compare();
  struct proda_reported reported = {
      .compare = compare, .n_cells = CELLS, .n_sites = SITES, .spacing = {1, 1}};
  set_structures(&reported, &manifest, &space, NULL, map);
  size_t maps = size_of(&reported, proda_report_maps);
  size_t comparison = size_of(&reported, proda_report_compare);
  print_message("maps %zu bytes, comparison %zu\n", maps, comparison);
  *total += maps + comparison;
  proda_nc_close(map);
  proda_nc_close(compare);
}

static void test_detail(void **state)
{
  struct proda_manifest manifest;
  struct proda_space space;
  size_t *total = *state;
  struct proda_nc *calibrate = make_detailed();
  struct proda_nc *prepare = make_prepare("detailed_prepare.nc", DETAILED, DETAILED_OBS);
  struct proda_reported reported = {.prepare = prepare, .n_sites = DETAILED, .n_obs = DETAILED_OBS};
  set_structures(&reported, &manifest, &space, calibrate, NULL);
  size_t size = size_of(&reported, proda_report_detail);
  print_message("detail %zu bytes\n", size);
  *total += size;
  proda_nc_close(calibrate);
  proda_nc_close(prepare);
}

static void test_sites(void **state)
{
  struct proda_manifest manifest;
  struct proda_space space;
  size_t *total = *state;
  const struct proda_experiment experiment = {.name = "world"};
  const struct proda_run run = {.experiment = &experiment};
  struct proda_nc *calibrate = make_calibrate(), *prepare = make_prepare("prepare.nc", SITES, OBS);
  struct proda_nc *states = make_states(), *map = make_map();
  struct proda_reported reported = {
      .run = &run, .prepare = prepare, .compare = states, .n_sites = SITES};
  set_structures(&reported, &manifest, &space, calibrate, map);
  size_t sites = size_of(&reported, proda_report_sites);
  size_t structures = size_of(&reported, proda_report_structures);
  size_t twice = size_of(&reported, proda_report_compare); /* the states again */
  print_message("sites %zu bytes, structures %zu\n", sites, structures);
  *total += sites + structures + twice;
  proda_nc_close(calibrate);
  proda_nc_close(prepare);
  proda_nc_close(states);
  proda_nc_close(map);
}

static int add_size(void *context, const char *path, const char *name, struct proda_error *cause)
{
  struct stat status;
  (void)name;
  (void)cause;
  assert_int_equal(stat(path, &status), 0);
  *(size_t *)context += (size_t)status.st_size;
  return PRODA_OK;
}

static void test_total(void **state)
{
  size_t *total = *state, n = 0, own = 0;
  char *list = strdup(getenv("PRODA_REPORT_PATH") ? getenv("PRODA_REPORT_PATH") : ""), *rest = NULL;
  for (char *directory = strtok_r(list, ":", &rest); directory;
       directory = strtok_r(NULL, ":", &rest))
    proda_report_each_file(directory, "", add_size, &own, &n, NULL);
  free(list);
  print_message("the page's own files %zu bytes; in all %zu\n", own, *total + own);
  assert_true(*total > 4000000); /* nothing was left out here */
  assert_true(*total + own < limit);
}

int main(void)
{
  static size_t total;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_prestate(test_maps, &total),
      cmocka_unit_test_prestate(test_detail, &total),
      cmocka_unit_test_prestate(test_sites, &total),
      cmocka_unit_test_prestate(test_total, &total),
  };
  return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
