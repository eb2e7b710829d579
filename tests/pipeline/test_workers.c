/* Calibration by worker processes: the same bytes whatever their number; a structure that crashes,
 * exits, hangs, eats memory or spoils its process at some sites costs those sites only, and the
 * store says why. */
#include <stdbool.h>

#include "fragile.h"
#include "pipeline/ledger.h"

static double *state_before, *mean_before;
static size_t n_sites, n_means;

static const char *store(void)
{
  return fragile_path("fragile/calibrate.nc");
}

static int setup(void **state)
{
  if (scratch_setup(state) || fragile_build() || fragile_command("prepare") ||
      fragile_undisturbed("calibrate --jobs 1"))
    return -1;
  state_before = store_read(store(), "state", &n_sites);
  mean_before = store_read(store(), "mean", &n_means);
  return 0;
}

static int teardown(void **state)
{
  free(state_before);
  free(mean_before);
  return scratch_teardown(state);
}

static void bytes_do_not_depend_on_workers(void **state)
{
  (void)state;
  static const int jobs[] = {0, 2, 5};
  for (size_t k = 0; k < 3; k++) {
    remove(store());
    assert_int_equal(fragile_command(scratch_print("calibrate --jobs %d", jobs[k])), 0);
    assert_undisturbed("fragile/calibrate.nc");
  }
}

/* The sites that fare otherwise than before, of those the lost ones; the others are as they were.
 */
static size_t other_sites(bool *other, size_t *n_lost)
{
  size_t n = 0, per_site = n_means / n_sites;
  double *state = store_read(store(), "state", NULL), *mean = store_read(store(), "mean", NULL);
  *n_lost = 0;
  for (size_t s = 0; s < n_sites; s++) {
    other[s] = state[s] != state_before[s];
    n += other[s];
    *n_lost += state[s] >= PRODA_SITE_CRASHED && state[s] <= PRODA_SITE_MEMORY_LIMIT;
    if (!other[s])
      assert_memory_equal(mean + s * per_site, mean_before + s * per_site, per_site * sizeof *mean);
  }
  free(state);
  free(mean);
  return n;
}

struct way {
  const char *name, *code, *reason; /* code NULL: which limit it meets first is open */
};

static void check_way(const struct way *way, const char *options, bool *other)
{
  size_t n_lost;
  remove(store());
  setenv("FRAGILE", way->name, 1);
  int status = fragile_command(scratch_print("calibrate --jobs 2 %s", options));
  unsetenv("FRAGILE");
  if (status)
    print_error("%s: %s\n", way->name, errors);
  assert_int_equal(status, 0);
  size_t n = other_sites(other, &n_lost);
  assert_in_range(n, 1, n_sites / 2);
  if (way->code)
    assert_has(output, scratch_print("%zu %s", n, way->code));
  else
    assert_int_equal(n, n_lost);
  const char *failures = scratch_print("ncdump -v failure %s", store());
  if (way->reason && system(scratch_print("%s | grep -qF '%s'", failures, way->reason)) != 0) {
    assert_int_equal(system(scratch_print("%s | grep -F 'process'", failures)), 0);
    fail_msg("%s: no site failed for '%s'", way->name, way->reason);
  }
}

static void only_sites_at_fault_are_lost(void **state)
{
  (void)state;
  static const struct way way[] = {
      {"segfault", "crashed", "signal 11"},
      {"abort", "crashed", "signal 6"},
      {"kill", "crashed", "signal 9"},
      {"exit", "crashed", "a call of exit(0)"},
      {"_exit", "crashed", "a call of exit(0)"},
      {"overflow", "crashed", "signal 11"},
      {"divide", "crashed", "signal 8"},
      {"babble", "crashed", "wrote on the line to the host"},
      {"close", "crashed", "the line to the host"},
      {"nan", "no_valid_start", NULL},
#ifndef __SANITIZE_ADDRESS__
      {"heap", "crashed", "signal 6"},
#endif
      {"loop", "time_limit", "limit of 0.3 s"},
      {"memory", NULL, NULL},
      {"leak", NULL, NULL},
  };
  bool first[FRAGILE_PROFILES], other[FRAGILE_PROFILES];
  for (size_t k = 0; k < sizeof way / sizeof *way; k++) {
    check_way(&way[k], "--site-seconds 0.3 --worker-megabytes 200", k ? other : first);
    if (k > 0 && memcmp(other, first, n_sites * sizeof *other) != 0)
      fail_msg("%s: other sites are lost than for %s", way[k].name, way[0].name);
  }
}

/* What takes its time to be noticed, at fewer sites. */
static void standing_still_is_noticed(void **state)
{
  (void)state;
  static const struct way way[] = {
      {"sleep", "time_limit", "limit of 0.1 s"},
      {"stop", "crashed", "stopped and did not go on"},
      {"child", "crashed", "signal 11"},
  };
  bool first[FRAGILE_PROFILES], other[FRAGILE_PROFILES];
  setenv("FRAGILE_EVERY", "30", 1);
  for (size_t k = 0; k < sizeof way / sizeof *way; k++) {
    check_way(&way[k], k ? "" : "--site-seconds 0.1", k ? other : first);
    if (k > 0)
      assert_memory_equal(other, first, n_sites * sizeof *other);
  }
  unsetenv("FRAGILE_EVERY");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bytes_do_not_depend_on_workers),
      cmocka_unit_test(only_sites_at_fault_are_lost),
      cmocka_unit_test(standing_still_is_noticed),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
