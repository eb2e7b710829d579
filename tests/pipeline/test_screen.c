/* Which sites go on to the emulator, and how well a map finds a known truth. Expected verdicts
 * follow from the limits (mean G-R <= 1.05, NSE > 0), expected skills from hand-made stocks. */
#include "heard.h"
#include "pipeline/calibrate/posterior.h"
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
static const double failed[SITES] = {[2] = PRODA_SITE_FAILED, [9] = PRODA_SITE_NO_START};
static const double rhat[SITES] = {1.01, 1.05, 1.01, 1.0500001, NAN, 1.02, 1.02, 1.2, 1, NAN};
static const double nse[SITES] = {0.7, 1e-9, 0.7, 0.7, 0.7, 0, NAN, -1, 1, NAN};

static void write_calibrated(void)
{
  const struct axis axis[] = {{"site", SITES}};
  const struct column column[] = {{"site_id", "site", id, NULL},
                                  {"state", "site", failed, NULL},
                                  {"mean_rhat", "site", rhat, NULL},
                                  {"nse", "site", nse, NULL}};
  STORE_WRITE(scratch_path("out/m/calibrate.nc"), axis, column);
}

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
  write_calibrated();
  assert_ok(screen(""), error);
  check("site_id", id);
  check("kept", (double[SITES]){1, 1, 0, 0, 0, 0, 0, 0, 1, 0});
  check("verdict", (double[SITES]){0, 0, 1, 2, 2, 3, 4, 2, 0, 5});
  assert_non_null(strstr(heard, "3 of 10 sites kept; 1 without a valid start, 1 otherwise "
                                "without a posterior, 3 with mean R-hat "
                                "above 1.05, 1 with NSE not above 0, 1 with NSE undefined"));
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
      cmocka_unit_test(sites_are_judged),         cmocka_unit_test(stale_only_with_its_limits),
      cmocka_unit_test(needs_a_calibration),      cmocka_unit_test(recovery_is_r2),
      cmocka_unit_test(recovery_wants_one_world),
  };
  return cmocka_run_group_tests(tests, scratch_setup, tear_down);
}
