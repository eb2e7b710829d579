/* Structures side by side on a small synthetic world, run from profiles to maps: CLM5, COMPAS and
 * CLM5 again under another name. Expected: a structure agrees with its twin in everything; what
 * stands in the maps; sums that must close; mirrored numbers where the order is turned. */
#include "heard.h"
#include "scratch.h"
#include "stores.h"

#include "pipeline/map/map_store.h"
#include "stats/summary.h"

enum { STRUCTURES = 3, PAIRS = 3, DEPTHS = 3, METRICS = 4, GROUPS = 2, SOURCES = 4, BANDS = 180 };
enum { CLM5, COMPAS, TWIN }; /* structures in their order */
enum { TO_COMPAS, TO_TWIN }; /* pairs: (0,1), (0,2), (1,2) */

static struct proda_error error;
static struct proda_search_path *search_path;
static const char store[] = "out/compare.nc";

static const char all_structures[] = "[{model: clm5}, {model: compas}, {model: clm5, name: twin}]";

/** Every stage up to the comparison. */
static int run_all(const struct proda_run *run, struct proda_error *failure)
{
  if (proda_stage_prepare(run, failure))
    return PRODA_ERROR;
  for (size_t i = 0; i < run->experiment->n_structures; i++) {
    const struct proda_experiment_structure *structure = &run->experiment->structure[i];
    if (proda_stage_calibrate(run, structure, failure) ||
        proda_stage_screen(run, structure, failure) || proda_stage_train(run, structure, failure) ||
        proda_stage_map(run, structure, failure))
      return PRODA_ERROR;
  }
  return proda_stage_compare(run, failure);
}

/** Reads the experiment with these structures and `more` keys, and runs `stage` on it. */
static int run_with(const char *structures, const char *more,
                    int (*stage)(const struct proda_run *, struct proda_error *))
{
  char text[2048];
  struct proda_experiment *experiment = NULL;
  snprintf(text, sizeof text,
           "proda: 1\nkind: experiment\nname: e\noutput: %s\nseed: 5\n"
           "data: {synth: {profiles: 100, resolution: 12, noise: 0.1}}\nstructures: %s\n"
           "calibrate:\n  sampler: adaptive_metropolis\n"
           "  settings: {test_run: 1000, formal_run: 2000}\n"
           "  observation: {error: lognormal, sd: 0.1}\n  keep: 10\n"
           "screen: {max_rhat: 3, min_nse: -2}\n"
           "train: {emulator: mlp, share: 0.25, settings: {hidden: [16], epochs: 20}}\n"
           "report: {figures: false}\n%s",
           scratch_path("out"), structures, more);
  assert_ok(experiment_read(scratch_path("e.yaml"), text, &experiment, &error), error);
  const struct proda_run run = {
      .experiment = experiment,
      .search_path = search_path,
      .reporter = &heard_reporter,
      .command = "test",
  };
  heard[0] = '\0';
  int status = stage(&run, &error);
  proda_experiment_free(experiment);
  return status;
}

static int setup(void **state)
{
  if (scratch_setup(state) != 0)
    return -1;
  assert_ok(proda_search_path_make(NULL, &search_path, &error), error);
  assert_ok(run_with(all_structures, "", run_all), error);
  assert_non_null(strstr(heard, "compare: SOC of the first metre, clm5 and compas: r = "));
  assert_non_null(
      strstr(heard, "compare: SOC of the first metre, clm5 and twin: r = 1.00 (log10, "));
  return 0;
}

static int teardown(void **state)
{
  proda_search_path_free(search_path);
  return scratch_teardown(state);
}

static double *compared(const char *variable, size_t *n)
{
  return store_read(scratch_path(store), variable, n);
}

static size_t length(const char *path, const char *dimension)
{
  struct proda_nc *file = NULL;
  size_t n;
  assert_ok(proda_nc_open(path, &file, &error), error);
  assert_ok(proda_nc_dim(file, dimension, &n, &error), error);
  proda_nc_close(file);
  return n;
}

static const char *map_path(size_t structure)
{
  static const char *const path[] = {"out/clm5/map.nc", "out/compas/map.nc", "out/twin/map.nc"};
  return scratch_path(path[structure]);
}

/** Values of the calibrated map, or of the ad hoc one. */
static double *mapped(size_t structure, size_t parameterisation, const char *name)
{
  char full[128];
  snprintf(full, sizeof full, "%s%s", parameterisation == 0 ? "default_" : "", name);
  return store_read(map_path(structure), full, NULL);
}

static bool *common_cells(size_t parameterisation, size_t n)
{
  bool *common = calloc(n, sizeof *common);
  memset(common, true, n);
  for (size_t s = 0; s < STRUCTURES; s++) {
    double *status = mapped(s, parameterisation, "status");
    for (size_t c = 0; c < n; c++)
      common[c] = common[c] && status[c] == 0;
    free(status);
  }
  return common;
}

/** Totals are those of the maps, and of their cells. */
static void totals_are_those_of_the_maps(void **state)
{
  (void)state;
  static const char *const depth[DEPTHS] = {"0_30cm", "0_100cm", "column"};
  size_t n = length(map_path(0), "site");
  double *total = compared("total_soc", NULL), *common_total = compared("total_soc_common", NULL);
  double *area = store_read(map_path(0), "land_area", NULL);
  double *cells = compared("common_cells", NULL), *share = compared("land_share", NULL);
  for (size_t p = 0; p < 2; p++) {
    bool *common = common_cells(p, n);
    size_t n_common = 0;
    for (size_t c = 0; c < n; c++)
      n_common += common[c];
    assert_close(cells[p], (double)n_common, 0, 0);
    for (size_t s = 0; s < STRUCTURES; s++)
      for (size_t d = 0; d < DEPTHS; d++) {
        char name[64], total_name[128];
        snprintf(name, sizeof name, "soc_stock_%s", depth[d]);
        snprintf(total_name, sizeof total_name, "total_%ssoc_stock_%s", p == 0 ? "default_" : "",
                 depth[d]);
        double *of_map = store_read(map_path(s), total_name, NULL), sum = 0;
        double *stock = mapped(s, p, name);
        for (size_t c = 0; c < n; c++)
          sum += common[c] ? stock[c] * area[c] * 1e-12 : 0;
        assert_close(total[(p * STRUCTURES + s) * DEPTHS + d], *of_map, 1e-14, 0);
        assert_close(common_total[(p * STRUCTURES + s) * DEPTHS + d], sum, 1e-14, 0);
        free(of_map);
        free(stock);
      }
    free(common);
  }
  assert_true(share[CLM5] > 0.99 && share[COMPAS] <= 1);
  free(total);
  free(common_total);
  free(area);
  free(cells);
  free(share);
}

/** Means of bands times their common area sum up to the total on common cells. */
static void bands_add_up(void **state)
{
  (void)state;
  size_t n = length(map_path(0), "site");
  double *total = compared("total_soc_common", NULL), *mean = compared("soc_by_latitude", NULL);
  double *low = compared("soc_by_latitude_q25", NULL),
         *high = compared("soc_by_latitude_q75", NULL);
  double *component = compared("component_by_latitude", NULL),
         *middle = compared("band_latitude", NULL);
  size_t n_quantities = length(scratch_path(store), "quantity");
  double *area = store_read(map_path(0), "land_area", NULL);
  double *latitude = store_read(map_path(0), "latitude", NULL);
  for (size_t p = 0; p < 2; p++) {
    bool *common = common_cells(p, n);
    double weight[BANDS] = {0};
    for (size_t c = 0; c < n; c++)
      weight[(size_t)(latitude[c] + 90)] += common[c] ? area[c] : 0;
    for (size_t i = 0; i < STRUCTURES * DEPTHS; i++) {
      double sum = 0;
      for (size_t b = 0; b < BANDS; b++) {
        size_t at = (p * STRUCTURES * DEPTHS + i) * BANDS + b;
        assert_int_equal(isnan(mean[at]), weight[b] == 0);
        if (weight[b] == 0)
          continue;
        sum += mean[at] * weight[b] * 1e-12;
        assert_true(low[at] <= high[at]);
        size_t quantity = (p * STRUCTURES + i / DEPTHS) * n_quantities + i % DEPTHS;
        assert_close(component[quantity * BANDS + b], mean[at], 0, 0);
      }
      assert_close(sum, total[p * STRUCTURES * DEPTHS + i], 1e-13, 0);
    }
    free(common);
  }
  assert_true(middle[0] == -89.5 && middle[BANDS - 1] == 89.5);
  free(total);
  free(mean);
  free(low);
  free(high);
  free(component);
  free(middle);
  free(area);
  free(latitude);
}

/** The classes of one variable cover the land, its carbon and its sites, each once. */
static void classes_add_up(void **state)
{
  (void)state;
  size_t n_classes, n_states = length(scratch_path(store), "state"), n_area;
  double *class_area = compared("class_area", &n_classes);
  double *share = compared("class_common_share", NULL), *soc = compared("soc_by_class", NULL);
  double *total = compared("total_soc_common", NULL), *count = compared("state_count", NULL);
  double *by_class = compared("state_by_class", NULL);
  double *area = store_read(map_path(0), "land_area", &n_area), land = 0;
  for (size_t c = 0; c < n_area; c++)
    land += area[c];
  struct proda_nc *file = NULL;
  char **variable = NULL;
  size_t n_texts;
  assert_ok(proda_nc_open(scratch_path(store), &file, &error), error);
  assert_ok(proda_nc_read_strings(file, "class_variable", &n_texts, &variable, &error), error);
  proda_nc_close(file);
  assert_int_equal(n_texts, n_classes);
  for (size_t first = 0, last; first < n_classes; first = last) {
    double covered = 0;
    for (last = first; last < n_classes && strcmp(variable[last], variable[first]) == 0; last++)
      covered += class_area[last];
    assert_close(covered, land, 1e-13, 0);
    for (size_t i = 0; i < (size_t)2 * STRUCTURES * DEPTHS; i++) {
      double sum = 0;
      const double *of_class = share + i / (STRUCTURES * DEPTHS) * n_classes;
      for (size_t k = first; k < last; k++)
        if (of_class[k] > 0)
          sum += soc[i * n_classes + k] * class_area[k] * of_class[k] * 1e-12;
      assert_close(sum, total[i], 1e-13, 0);
    }
    for (size_t i = 0; i < STRUCTURES * n_states; i++) {
      double sum = 0;
      for (size_t k = first; k < last; k++)
        sum += by_class[i * n_classes + k];
      assert_close(sum, count[i], 0, 0);
    }
  }
  free(variable);
  free(class_area);
  free(share);
  free(soc);
  free(total);
  free(count);
  free(by_class);
  free(area);
}

/** A twin: r 1, on the 1:1 line, no difference in skill whatever is resampled. */
static void twins_agree(void **state)
{
  (void)state;
  size_t n_quantities = length(scratch_path(store), "quantity"), n;
  double *r = compared("r", &n), *slope = compared("slope", NULL);
  double *intercept = compared("intercept", NULL), *distance = compared("distance", NULL);
  double *bias = compared("bias", NULL), *linear = compared("r_linear", NULL);
  double *cells = compared("n", NULL);
  size_t n_compared = 0;
  assert_int_equal(n, 2 * PAIRS * n_quantities * 2);
  for (size_t p = 0; p < 2; p++)
    for (size_t i = 0; i < 2 * n_quantities; i++) {
      size_t at = (p * PAIRS + TO_TWIN) * n_quantities * 2 + i;
      if (cells[at] == 0) { // a quantity of the third structure alone
        assert_true(isnan(distance[at]));
        continue;
      }
      n_compared++;
      assert_true(distance[at] == 0 && bias[at] == 0);
      if (isnan(r[at])) // the quantity is the same everywhere
        continue;
      assert_close(r[at], 1, 1e-14, 0);
      assert_close(linear[at], 1, 1e-14, 0);
      assert_close(slope[at], 1, 1e-13, 0);
      assert_close(intercept[at], 0, 0, 1e-11);
    }
  assert_true(n_compared >= (size_t)2 * 2 * (3 + PRODA_N_COMPONENTS)); // SOC of three depths, too
  free(cells);
  double *difference = compared("difference", NULL), *lower = compared("difference_lower", NULL);
  double *upper = compared("difference_upper", NULL);
  double *skill_lower = compared("skill_lower", NULL), *sites = compared("skill_sites", NULL);
  double *skill_upper = compared("skill_upper", NULL);
  assert_true(sites[0] > 1);
  for (size_t g = 0; g < (size_t)GROUPS * SOURCES; g++)
    for (size_t m = 0; m < METRICS; m++) {
      size_t at = (g * PAIRS + TO_TWIN) * METRICS + m;
      if (sites[g] == 0) { // no site is held out that all structures keep
        assert_true(isnan(difference[at]) && isnan(lower[at]));
        continue;
      }
      assert_true(difference[at] == 0 && lower[at] == 0 && upper[at] == 0);
      size_t own = g * STRUCTURES * METRICS + m;
      assert_true(skill_lower[own] <= skill_upper[own]);
    }
  free(r);
  free(slope);
  free(intercept);
  free(distance);
  free(bias);
  free(linear);
  free(difference);
  free(lower);
  free(upper);
  free(skill_lower);
  free(skill_upper);
  free(sites);
}

/** r of log10 carbon of the first metre, as the textbook has it. */
static void correlation_is_pearsons(void **state)
{
  (void)state;
  size_t n = length(map_path(0), "site"), count = 0;
  size_t n_quantities = length(scratch_path(store), "quantity");
  double *x = mapped(CLM5, 1, "soc_stock_0_100cm"), *y = mapped(COMPAS, 1, "soc_stock_0_100cm");
  double *r = compared("r", NULL), *cells = compared("n", NULL), *df = compared("df", NULL);
  bool *common = common_cells(1, n);
  double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
  for (size_t c = 0; c < n; c++) {
    if (!common[c])
      continue;
    double a = log10(x[c]), b = log10(y[c]);
    count++;
    sx += a;
    sy += b;
    sxx += a * a;
    syy += b * b;
    sxy += a * b;
  }
  double m = (double)count;
  double expected = (m * sxy - sx * sy) / sqrt((m * sxx - sx * sx) * (m * syy - sy * sy));
  size_t at = ((PAIRS + TO_COMPAS) * n_quantities + PRODA_MAP_0_100CM) * 2;
  assert_close(r[at], expected, 1e-11, 0);
  assert_close(cells[at], m, 0, 0);
  assert_close(df[at], m - 2, 0, 0);
  assert_true(df[at + 1] < df[at]); // weighted by area
  free(x);
  free(y);
  free(r);
  free(cells);
  free(df);
  free(common);
}

/** Sites end as screen and calibrate say; skill is that of their layers. */
static void sites_and_their_skill(void **state)
{
  (void)state;
  static const char *const screen[] = {"out/clm5/screen.nc", "out/compas/screen.nc",
                                       "out/twin/screen.nc"};
  size_t n, n_states = length(scratch_path(store), "state");
  double *site_state = compared("site_state", NULL), *count = compared("state_count", NULL);
  double *soc = store_read(scratch_path("out/prepare.nc"), "soc", NULL);
  double *row_size = store_read(scratch_path("out/prepare.nc"), "row_size", &n);
  bool *kept_by_all = calloc(n, sizeof *kept_by_all);
  memset(kept_by_all, true, n);
  for (size_t s = 0; s < STRUCTURES; s++) {
    double *kept = store_read(scratch_path(screen[s]), "kept", NULL), sum = 0;
    for (size_t i = 0; i < n; i++) {
      assert_int_equal(site_state[s * n + i] == 0, kept[i] == 1);
      kept_by_all[i] = kept_by_all[i] && kept[i] == 1;
    }
    for (size_t i = 0; i < n_states; i++)
      sum += count[s * n_states + i];
    assert_close(sum, (double)n, 0, 0);
    free(kept);
  }
  // own posteriors (the last source) of COMPAS at the sites that all keep
  size_t n_obs = length(scratch_path("out/prepare.nc"), "obs"), layer = 0, n_layers = 0, n_kept = 0;
  double *modelled = store_read(scratch_path("out/compas/train.nc"), "soc_modelled", NULL);
  double *skill = compared("skill", NULL), *sites = compared("skill_sites", NULL);
  double *x = calloc(n_obs, sizeof *x), *y = calloc(n_obs, sizeof *y);
  for (size_t i = 0; i < n; i++) {
    n_kept += kept_by_all[i];
    for (size_t end = layer + (size_t)row_size[i]; layer < end; layer++)
      if (kept_by_all[i]) {
        x[n_layers] = soc[layer];
        y[n_layers++] = modelled[(SOURCES - 1) * n_obs + layer];
      }
  }
  struct proda_skill expected;
  proda_skill_compute(x, y, n_layers, &expected);
  const double *found = skill + ((SOURCES - 1) * STRUCTURES + COMPAS) * METRICS;
  assert_close(sites[SOURCES - 1], (double)n_kept, 0, 0);
  assert_close(found[0], expected.nse, 1e-11, 1e-11);
  assert_close(found[1], expected.rmse, 1e-12, 0);
  assert_close(found[2], expected.bias, 1e-11, 0);
  assert_close(found[3], expected.r2, 1e-11, 0);
  free(site_state);
  free(count);
  free(soc);
  free(row_size);
  free(kept_by_all);
  free(modelled);
  free(skill);
  free(sites);
  free(x);
  free(y);
}

static void rhat_is_counted(void **state)
{
  (void)state;
  size_t n_bins, n;
  double *edge = compared("rhat_edge", &n_bins), *count = compared("rhat_count", NULL);
  double *quantile = compared("rhat_quantile", NULL);
  double *rhat = store_read(scratch_path("out/compas/calibrate.nc"), "mean_rhat", &n);
  size_t above = 0;
  double counted = 0, all = 0;
  for (size_t i = 0; i < n; i++)
    above += rhat[i] >= 1.1;
  for (size_t b = 0; b < n_bins; b++) {
    all += count[COMPAS * n_bins + b];
    counted += edge[b] >= 1.1 ? count[COMPAS * n_bins + b] : 0;
  }
  assert_close(all, (double)n, 0, 0);
  assert_close(counted, (double)above, 0, 0);
  proda_sort(rhat, n);
  assert_close(quantile[COMPAS * 5 + 2], proda_quantile_sorted(rhat, n, 0.5), 0, 0);
  free(edge);
  free(count);
  free(quantile);
  free(rhat);
}

/** Turned round, the same r and distance, and the mirror image of differences and intervals. */
static void order_mirrors(void **state)
{
  (void)state;
  static const char *const same[] = {"r", "df", "p", "distance", "n", "r_linear", "r_both"};
  static const char *const two = "[{model: clm5}, {model: compas}]";
  static const char *const turned = "[{model: compas}, {model: clm5}]";
  double *before[7], *bias, *difference, *lower, *upper;
  size_t n, n_skill;
  assert_ok(run_with(two, "", proda_stage_compare), error);
  for (size_t i = 0; i < 7; i++)
    before[i] = compared(same[i], &n);
  bias = compared("bias", NULL);
  difference = compared("difference", &n_skill);
  lower = compared("difference_lower", NULL);
  upper = compared("difference_upper", NULL);
  assert_ok(run_with(turned, "", proda_stage_compare), error);
  for (size_t i = 0; i < 7; i++) {
    double *after = compared(same[i], NULL);
    for (size_t k = 0; k < n; k++)
      assert_close(after[k], before[i][k], 1e-9, 1e-12);
    free(after);
    free(before[i]);
  }
  double *turned_bias = compared("bias", NULL), *turned_difference = compared("difference", NULL);
  double *turned_lower = compared("difference_lower", NULL);
  double *turned_upper = compared("difference_upper", NULL);
  for (size_t k = 0; k < n; k++)
    assert_close(turned_bias[k], -bias[k], 1e-12, 1e-14);
  for (size_t k = 0; k < n_skill; k++) {
    assert_close(turned_difference[k], -difference[k], 0, 0);
    assert_close(turned_lower[k], -upper[k], 1e-12, 0);
    assert_close(turned_upper[k], -lower[k], 1e-12, 0);
  }
  free(bias);
  free(difference);
  free(lower);
  free(upper);
  free(turned_bias);
  free(turned_difference);
  free(turned_lower);
  free(turned_upper);
}

/** One structure has nothing to be paired with, and the rest all the same. */
static void one_structure(void **state)
{
  (void)state;
  assert_ok(run_with("[{model: compas}]", "", proda_stage_compare), error);
  struct proda_nc *file = NULL;
  assert_ok(proda_nc_open(scratch_path(store), &file, &error), error);
  assert_false(proda_nc_has_dim(file, "pair"));
  assert_false(proda_nc_has(file, "r"));
  assert_false(proda_nc_has(file, "difference"));
  assert_true(proda_nc_has(file, "skill"));
  proda_nc_close(file);
  double *total = compared("total_soc", NULL), *common = compared("total_soc_common", NULL);
  for (size_t i = 0; i < (size_t)2 * DEPTHS; i++)
    assert_close(common[i], total[i], 0, 0);
  free(total);
  free(common);
}

/** Done anew for what it depends on, and for nothing else; the same bytes either way. */
static void stale_where_it_must(void **state)
{
  (void)state;
  assert_ok(run_with(all_structures, "", proda_stage_compare), error);
  double *lower = compared("skill_lower", NULL);
  assert_ok(run_with(all_structures, "", proda_stage_compare), error);
  assert_string_equal(heard, "compare: up to date\n");
  assert_ok(run_with(all_structures, "compare: {resamples: 50}\n", run_all), error);
  assert_non_null(strstr(heard, "map twin: up to date"));
  assert_null(strstr(heard, "compare: up to date"));
  double *other = compared("skill_lower", NULL);
  assert_true(other[0] != lower[0]);
  free(other);
  assert_ok(run_with(all_structures, "", proda_stage_compare), error);
  other = compared("skill_lower", NULL);
  assert_memory_equal(other, lower,
                      (size_t)GROUPS * SOURCES * STRUCTURES * METRICS * sizeof *lower);
  free(other);
  free(lower);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(totals_are_those_of_the_maps),
      cmocka_unit_test(bands_add_up),
      cmocka_unit_test(classes_add_up),
      cmocka_unit_test(twins_agree),
      cmocka_unit_test(correlation_is_pearsons),
      cmocka_unit_test(sites_and_their_skill),
      cmocka_unit_test(rhat_is_counted),
      cmocka_unit_test(order_mirrors),
      cmocka_unit_test(one_structure),
      cmocka_unit_test(stale_where_it_must),
  };
  return cmocka_run_group_tests_name("compare", tests, setup, teardown);
}
