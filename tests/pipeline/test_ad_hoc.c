/* Ad hoc parameters: the mean over retained sites, worked out by hand, and who decides which rule
 * holds. */
#include "pipeline/ad_hoc.h"
#include "scratch.h"
#include "stores.h"

enum { N_SITES = 4, N_PARAMETERS = 2 };

static struct proda_error error;

static const double site_id[N_SITES] = {7, 8, 9, 11};
/* The third has no posterior, the fourth was not retained. */
static const double estimate[N_SITES * N_PARAMETERS] = {1, 10, 3, 50, NAN, NAN, 100, 100};
static const double kept[N_SITES] = {1, 1, 0, 0}, none[N_SITES] = {0};

static void write_stores(const double *screened_id, const double *screened)
{
  const struct axis axis[] = {{"site", N_SITES}, {"parameter", N_PARAMETERS}};
  const struct column calibrated[] = {{"site_id", "site", site_id, NULL},
                                      {"estimate", "site parameter", estimate, NULL}};
  const struct column screen[] = {{"site_id", "site", screened_id, NULL},
                                  {"kept", "site", screened, NULL}};
  STORE_WRITE(scratch_path("calibrate.nc"), axis, calibrated);
  STORE_WRITE(scratch_path("screen.nc"), axis, screen);
}

static int read_mean(double *mean)
{
  const struct proda_manifest manifest = {.n_parameters = N_PARAMETERS};
  return proda_ad_hoc_mean_read(scratch_path("calibrate.nc"), scratch_path("screen.nc"), &manifest,
                                mean, &error);
}

static void mean_of_retained_sites(void **state)
{
  (void)state;
  double mean[N_PARAMETERS];
  write_stores(site_id, kept);
  assert_ok(read_mean(mean), error);
  assert_close(mean[0], 2, 1e-15, 0);
  assert_close(mean[1], 30, 1e-15, 0);
}

static void refused_without_retained_sites(void **state)
{
  (void)state;
  double mean[N_PARAMETERS];
  write_stores(site_id, none);
  assert_int_equal(read_mean(mean), PRODA_ERROR);
  assert_non_null(strstr(error.message, "no site was retained"));
  assert_non_null(strstr(error.message, "ad_hoc: defaults"));
}

static void refused_where_sites_differ(void **state)
{
  (void)state;
  static const double other[N_SITES] = {7, 9, 8, 11};
  double mean[N_PARAMETERS];
  write_stores(other, kept);
  assert_int_equal(read_mean(mean), PRODA_ERROR);
  assert_non_null(strstr(error.message, "screen.nc: site_id differs from that of"));
}

static void experiment_overrides_manifest(void **state)
{
  (void)state;
  const struct proda_manifest manifest = {.ad_hoc = PRODA_AD_HOC_SITE_MEAN};
  struct proda_experiment_structure structure = {.ad_hoc = PRODA_AD_HOC_DEFAULTS};
  assert_int_equal(proda_ad_hoc_rule(&structure, &manifest), PRODA_AD_HOC_SITE_MEAN);
  structure.has_ad_hoc = true;
  assert_int_equal(proda_ad_hoc_rule(&structure, &manifest), PRODA_AD_HOC_DEFAULTS);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(mean_of_retained_sites),
      cmocka_unit_test(refused_without_retained_sites),
      cmocka_unit_test(refused_where_sites_differ),
      cmocka_unit_test(experiment_overrides_manifest),
  };
  return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
