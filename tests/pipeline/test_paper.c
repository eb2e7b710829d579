/* Mode paper through the pipeline. Expected: what golden/README.md section 8 says of the statistics
 * of a site, worked out anew from the draws in the store. */
#include "pipeline/ledger.h"
#include "pipeline/stage.h"
#include "scratch.h"
#include "store/ncfile.h"

enum { CHAINS = 3 };

static struct proda_error error;
static struct proda_search_path *search_path;

static int setup(void **state)
{
  assert_ok(proda_search_path_make(NULL, &search_path, &error), error);
  return scratch_setup(state);
}

static int teardown(void **state)
{
  proda_search_path_free(search_path);
  return scratch_teardown(state);
}

/* Prepares, calibrates and screens a small synthetic world under `name`. */
static void run_stages(const char *name, const char *more)
{
  struct proda_experiment *experiment;
  FILE *stream = fopen(scratch_path("e.yaml"), "w");
  assert_non_null(stream);
  fprintf(stream,
          "proda: 1\nkind: experiment\nname: e\noutput: %s\nseed: 3\n"
          "data: {synth: {profiles: 12, resolution: 20, noise: 0.1}}\n"
          "structures: [{model: clm5}]\n"
          "calibrate:\n  sampler: adaptive_metropolis\n"
          "  settings: {mode: paper, test_run: 1500, formal_run: 4000, paper_adapt_after: 1000%s}\n"
          "  observation: {at: node, error: published}\n"
          "  point_estimate: best_chain\n  keep: 2000\n"
          "train: {emulator: none}\n",
          scratch_path(name), more);
  fclose(stream);
  assert_ok(proda_experiment_read(scratch_path("e.yaml"), &experiment, &error), error);
  const struct proda_run run = {
      .experiment = experiment, .search_path = search_path, .command = "proda test"};
  assert_ok(proda_stage_prepare(&run, &error), error);
  assert_ok(proda_stage_calibrate(&run, experiment->structure, &error), error);
  assert_ok(proda_stage_screen(&run, experiment->structure, &error), error);
  proda_experiment_free(experiment);
}

/* What the store holds of the sites. */
struct store {
  size_t n_sites, n_parameters, n_slots;
  double *n_draws, *draws, *rhat, *mean_rhat, *estimate, *state;
};

static struct store read_store(const char *name)
{
  struct store s;
  struct proda_nc *file;
  char path[64];
  snprintf(path, sizeof path, "%s/clm5/calibrate.nc", name);
  assert_ok(proda_nc_open(scratch_path(path), &file, &error), error);
  assert_ok(proda_nc_dim(file, "site", &s.n_sites, &error), error);
  assert_ok(proda_nc_dim(file, "parameter", &s.n_parameters, &error), error);
  assert_ok(proda_nc_dim(file, "draw", &s.n_slots, &error), error);
  assert_ok(proda_nc_read(file, "n_draws", 0, &s.n_draws, &error), error);
  assert_ok(proda_nc_read(file, "draws", 0, &s.draws, &error), error);
  assert_ok(proda_nc_read(file, "rhat_classic", 0, &s.rhat, &error), error);
  assert_ok(proda_nc_read(file, "mean_rhat", 0, &s.mean_rhat, &error), error);
  assert_ok(proda_nc_read(file, "estimate", 0, &s.estimate, &error), error);
  assert_ok(proda_nc_read(file, "state", 0, &s.state, &error), error);
  proda_nc_close(file);
  return s;
}

static void free_store(struct store *s)
{
  free(s->n_draws);
  free(s->draws);
  free(s->rhat);
  free(s->mean_rhat);
  free(s->estimate);
  free(s->state);
}

struct moments {
  double mean, squares; /* squares: sum of squared deviations */
};

static struct moments chain_moments(const struct store *s, size_t site, size_t chain, size_t p)
{
  size_t at = site * CHAINS + chain, n = (size_t)s->n_draws[at];
  const double *draw = s->draws + at * s->n_slots * s->n_parameters + p;
  struct moments m = {0, 0};
  for (size_t i = 0; i < n; i++)
    m.mean += draw[i * s->n_parameters] / (double)n;
  for (size_t i = 0; i < n; i++)
    m.squares += pow(draw[i * s->n_parameters] - m.mean, 2);
  return m;
}

/* sqrt((W (n-1)/n + B/n)/W), with n that of the whole last chain, of which the store holds half. */
static double published_rhat(const struct store *s, size_t site, size_t p, double *best_distance)
{
  double n = 2 * s->n_draws[site * CHAINS + CHAINS - 1], within = 0, mean = 0, between = 0;
  struct moments m[CHAINS];
  for (size_t c = 0; c < CHAINS; c++) {
    m[c] = chain_moments(s, site, c, p);
    within += m[c].squares / (n - 1) / CHAINS;
    mean += m[c].mean / CHAINS;
    best_distance[c] += fabs(m[c].mean / s->estimate[site * s->n_parameters + p] - 1);
  }
  for (size_t c = 0; c < CHAINS; c++)
    between += pow(m[c].mean - mean, 2) / (CHAINS - 1);
  return sqrt((n - 1) / n + between / within);
}

static void statistics_of_accepted_draws(void **state)
{
  (void)state;
  run_stages("fine", "");
  struct store s = read_store("fine");
  size_t calibrated = 0, unequal = 0;
  for (size_t site = 0; site < s.n_sites; site++) {
    double distance[CHAINS] = {0}, sum = 0;
    if (s.state[site] != 0)
      continue;
    calibrated++;
    for (size_t c = 0; c < CHAINS; c++)
      assert_true(s.n_draws[site * CHAINS + c] <= (double)s.n_slots);
    unequal += s.n_draws[site * CHAINS] != s.n_draws[site * CHAINS + 1];
    for (size_t p = 0; p < s.n_parameters; p++) {
      double expected = published_rhat(&s, site, p, distance);
      assert_close(s.rhat[site * s.n_parameters + p], expected, 2e-3, 0);
      sum += expected;
    }
    assert_close(s.mean_rhat[site], sum / (double)s.n_parameters, 2e-3, 0);
    /* the point estimate is the mean over one chain, not over all */
    double nearest = fmin(distance[0], fmin(distance[1], distance[2]));
    assert_close(nearest / (double)s.n_parameters, 0, 0, 1e-6);
  }
  assert_true(calibrated > s.n_sites / 2 && unequal > 0);
  free_store(&s);
}

static void failures_stand_in_the_ledger(void **state)
{
  (void)state;
  run_stages("failing", ", paper_failures: 0, paper_acceptance_low: 0.99");
  struct store s = read_store("failing");
  struct proda_nc *file;
  char **failure;
  double *verdict;
  size_t n;
  assert_ok(proda_nc_open(scratch_path("failing/clm5/calibrate.nc"), &file, &error), error);
  assert_ok(proda_nc_read_strings(file, "failure", &n, &failure, &error), error);
  proda_nc_close(file);
  assert_ok(proda_nc_open(scratch_path("failing/clm5/screen.nc"), &file, &error), error);
  assert_ok(proda_nc_read(file, "verdict", n, &verdict, &error), error);
  proda_nc_close(file);
  assert_true(n == s.n_sites && n > 0);
  for (size_t site = 0; site < n; site++) {
    assert_string_equal(failure[site], "the share of accepted steps stayed outside its limits");
    assert_true(s.state[site] == PRODA_SITE_FAILED && verdict[site] == PRODA_SITE_FAILED &&
                isnan(s.mean_rhat[site]));
  }
  free(failure);
  free(verdict);
  free_store(&s);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(statistics_of_accepted_draws),
      cmocka_unit_test(failures_stand_in_the_ledger),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
