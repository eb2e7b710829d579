/* Which sites go on to the emulator, and how well a map finds a known truth. Expected verdicts
 * follow from the limits (mean G-R <= 1.05, NSE > 0), expected skills from hand-made stocks. */
#include "heard.h"
#include "pipeline/ledger.h"
#include "pipeline/stage.h"
#include "pipeline/synth/recovery.h"
#include "scratch.h"
#include "stores.h"

enum { SITES = 10 };

static struct proda_error error;
static struct proda_experiment *experiment;

static int screen(const char *limits)
{
  char text[2048];
  snprintf(text, sizeof text,
           "proda: 1\nkind: experiment\nname: e\noutput: %s\ndata: {synth: {}}\n"
           "structures: [{model: m}]\ncalibrate: {sampler: s}\n%strain: {emulator: e}\n",
           scratch_path("out"), limits);
  proda_experiment_free(experiment);
  experiment = NULL;
  assert_ok(experiment_read(scratch_path("e.yaml"), text, &experiment, &error), error);
  const struct proda_run run = {
      .experiment = experiment, .reporter = &heard_reporter, .command = "test"};
  heard[0] = '\0';
  return proda_stage_screen(&run, experiment->structure, &error);
}

static int tear_down(void **state)
{
  proda_experiment_free(experiment);
  return scratch_teardown(state);
}

static const double id[SITES] = {10, 11, 12, 13, 14, 15, 16, 17, 18, 19};
/* kept; at the limits; without a posterior; G-R above, missing; NSE at 0, missing; both; no start.
 */
static const double failed[SITES] = {[2] = PRODA_SITE_CRASHED, [9] = PRODA_SITE_NO_VALID_START};
static const char *const failure[SITES] = {"", "", "signal 11", "", "",
                                           "", "", "",          "", "no valid start in 1000 draws"};
static const double rhat[SITES] = {1.01, 1.05, 1.01, 1.0500001, NAN, 1.02, 1.02, 1.2, 1, NAN};
static const double nse[SITES] = {0.7, 1e-9, 0.7, 0.7, 0.7, 0, NAN, -1, 1, NAN};

/* Two profiles never became sites: one before the others, one behind them. */
static void write_prepared(void)
{
  struct proda_ledger *ledger = NULL;
  struct proda_nc *file = NULL;
  assert_ok(proda_ledger_new(SITES + 2, &ledger, &error), error);
  for (size_t p = 0; p < SITES + 2; p++)
    ledger->id[p] = (double)(9 + p);
  assert_ok(proda_ledger_enter(ledger, 0, PRODA_SITE_SHALLOW, "0.3 m", &error), error);
  assert_ok(proda_ledger_enter(ledger, SITES + 1, PRODA_SITE_NO_POSITION, "", &error), error);
  assert_ok(proda_make_parents(scratch_path("out/prepare.nc"), &error), error);
  assert_ok(proda_nc_create(scratch_path("out/prepare.nc"), &file, &error), error);
  assert_ok(proda_ledger_write(ledger, file, &error), error);
  assert_ok(proda_nc_commit(file, &error), error);
  proda_ledger_free(ledger);
}

static void write_calibrated(size_t n, const double *site_id)
{
  static const char *const name[] = {"site_id", "state", "mean_rhat", "nse"};
  const double *const value[] = {site_id, failed, rhat, nse};
  struct proda_nc *file = NULL;
  assert_ok(proda_make_parents(scratch_path("out/m/calibrate.nc"), &error), error);
  assert_ok(proda_nc_create(scratch_path("out/m/calibrate.nc"), &file, &error), error);
  assert_ok(proda_nc_def_dim(file, "site", n, &error), error);
  for (size_t i = 0; i < 4; i++) {
    assert_ok(proda_nc_def(file, name[i], PRODA_NC_DOUBLE, "site", NULL, NULL, &error), error);
    assert_ok(proda_nc_write(file, name[i], value[i], &error), error);
  }
  assert_ok(proda_nc_def(file, "failure", PRODA_NC_STRING, "site", NULL, NULL, &error), error);
  assert_ok(proda_nc_write_strings(file, "failure", failure, &error), error);
  assert_ok(proda_site_code_put_flags(file, "state", &error), error);
  assert_ok(proda_nc_commit(file, &error), error);
}

static const double verdict[SITES] = {
    [2] = PRODA_SITE_CRASHED,        [3] = PRODA_SITE_NOT_CONVERGED, [4] = PRODA_SITE_NOT_CONVERGED,
    [5] = PRODA_SITE_NOT_EXPLAINED,  [6] = PRODA_SITE_NSE_UNDEFINED, [7] = PRODA_SITE_NOT_CONVERGED,
    [9] = PRODA_SITE_NO_VALID_START,
};

static void check(const char *variable, const double expected[SITES])
{
  size_t n;
  double *value = store_read(scratch_path("out/m/screen.nc"), variable, &n);
  assert_int_equal(n, SITES);
  for (size_t i = 0; i < SITES; i++)
    assert_close(value[i], expected[i], 0, 0);
  free(value);
}

static void sites_are_judged(void **state)
{
  (void)state;
  write_prepared();
  write_calibrated(SITES, id);
  assert_ok(screen(""), error);
  check("site_id", id);
  check("kept", (double[SITES]){1, 1, 0, 0, 0, 0, 0, 0, 1, 0});
  check("verdict", verdict);
  assert_string_equal(heard, "screen m: 12 profiles: 3 kept, 1 no_position, 1 shallow, "
                             "1 no_valid_start, 1 crashed, 3 not_converged, 1 not_explained, "
                             "1 nse_undefined\n");
}

/* Every profile of the input stands in the ledger, with its reason. */
static void the_ledger_holds_all_profiles(void **state)
{
  (void)state;
  static const char *const reason[SITES + 2] = {
      "0.3 m",
      "",
      "",
      "signal 11",
      "mean R-hat 1.050, at most 1.05 goes on",
      "mean R-hat is not defined",
      "NSE 0.00, more than 0 goes on",
      "",
      "mean R-hat 1.200, at most 1.05 goes on",
      "",
      "no valid start in 1000 draws",
      "",
  };
  struct proda_nc *file = NULL;
  struct proda_ledger *ledger = NULL;
  assert_ok(proda_nc_open(scratch_path("out/m/screen.nc"), &file, &error), error);
  assert_ok(proda_ledger_read(file, &ledger, &error), error);
  proda_nc_close(file);
  assert_int_equal(ledger->n, SITES + 2);
  for (size_t p = 0; p < SITES + 2; p++) {
    assert_close(ledger->id[p], 9 + (double)p, 0, 0);
    assert_string_equal(ledger->reason[p], reason[p]);
    if (p > 0 && p <= SITES)
      assert_close(ledger->code[p], verdict[p - 1], 0, 0);
  }
  assert_close(ledger->code[0], PRODA_SITE_SHALLOW, 0, 0);
  assert_close(ledger->code[SITES + 1], PRODA_SITE_NO_POSITION, 0, 0);
  proda_ledger_free(ledger);
}

static void other_sites_are_refused(void **state)
{
  (void)state;
  static const double other[SITES] = {10, 12, 13, 14, 15, 16, 17, 18, 19, 20};
  const struct {
    size_t n;
    const double *id;
  } sites[] = {{1, id}, {2, other}, {SITES - 1, id}, {SITES, other}};
  for (size_t k = 0; k < 4; k++) {
    write_calibrated(sites[k].n, sites[k].id);
    assert_int_equal(screen(""), PRODA_ERROR);
    assert_non_null(strstr(error.message, "its sites are not those of"));
    assert_non_null(strstr(error.message, "run calibrate again"));
  }
  write_calibrated(SITES, id);
}

static void stale_only_with_its_limits(void **state)
{
  (void)state;
  assert_ok(screen(""), error);
  assert_string_equal(heard, "screen m: up to date\n");
  assert_ok(screen("screen: {max_rhat: 1.3, min_nse: -2}\n"), error);
  check("kept", (double[SITES]){1, 1, 0, 1, 0, 1, 0, 1, 1, 0});
}

static void needs_a_calibration(void **state)
{
  (void)state;
  assert_int_equal(remove(scratch_path("out/m/calibrate.nc")), 0);
  assert_int_equal(screen("screen: {max_rhat: 2}\n"), PRODA_ERROR);
  assert_non_null(strstr(error.message, "calibrate.nc"));
}

/* ---- recovery ---- */

enum { CELLS = 5 };

static void write_stocks(const char *path, size_t n, const double *predicted,
                         const double *defaults, const double *median)
{
  const struct axis axis[] = {{"site", n}};
  const struct column column[] = {{"soc_stock_0_100cm", "site", predicted, NULL},
                                  {"default_soc_stock_0_100cm", "site", defaults, NULL},
                                  {"median_soc_stock_0_100cm", "site", median, NULL}};
  STORE_WRITE(path, axis, column);
}

/* Truth 1, 2, 3, 6 has mean 3 and squares about it of 14; one cell has no map. */
static void recovery_is_r2(void **state)
{
  (void)state;
  static const double truth[CELLS] = {1, 2, 100, 3, 6}, near[CELLS] = {1, 2, NAN, 4, 6},
                      mean[CELLS] = {3, 3, 3, 3, 3}, far[CELLS] = {2, 3, 4, 4, 7};
  struct proda_skill skill[PRODA_N_RECOVERED];
  write_stocks(scratch_path("truth.nc"), CELLS, truth, truth, truth);
  write_stocks(scratch_path("map.nc"), CELLS, near, mean, far);
  assert_ok(proda_recovery(scratch_path("map.nc"), scratch_path("truth.nc"), skill, &error), error);
  assert_int_equal(skill[PRODA_RECOVERED_PREDICTED].n, 4);
  assert_close(skill[PRODA_RECOVERED_PREDICTED].nse, 1 - 1.0 / 14, 1e-14, 0);
  assert_close(skill[PRODA_RECOVERED_PREDICTED].rmse, 0.5, 1e-14, 0);
  assert_close(skill[PRODA_RECOVERED_DEFAULT].nse, 0, 0, 1e-14);
  assert_close(skill[PRODA_RECOVERED_MEDIAN].nse, 1 - 4.0 / 14, 1e-14, 0);
  assert_close(skill[PRODA_RECOVERED_MEDIAN].bias, 1, 1e-14, 0);
}

static void recovery_wants_one_world(void **state)
{
  (void)state;
  static const double stock[CELLS] = {1, 2, 3, 4, 5};
  struct proda_skill skill[PRODA_N_RECOVERED];
  write_stocks(scratch_path("truth.nc"), CELLS, stock, stock, stock);
  write_stocks(scratch_path("map.nc"), CELLS - 1, stock, stock, stock);
  assert_int_equal(proda_recovery(scratch_path("map.nc"), scratch_path("truth.nc"), skill, &error),
                   PRODA_ERROR);
  assert_non_null(strstr(error.message, "not the same world"));
  assert_int_equal(proda_recovery(scratch_path("none.nc"), scratch_path("truth.nc"), skill, &error),
                   PRODA_ERROR);
  assert_non_null(strstr(error.message, "none.nc"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sites_are_judged),         cmocka_unit_test(the_ledger_holds_all_profiles),
      cmocka_unit_test(other_sites_are_refused),  cmocka_unit_test(stale_only_with_its_limits),
      cmocka_unit_test(needs_a_calibration),      cmocka_unit_test(recovery_is_r2),
      cmocka_unit_test(recovery_wants_one_world),
  };
  return cmocka_run_group_tests(tests, scratch_setup, tear_down);
}
