/* Mode exact: starts, bounds, Jacobians (moments known in closed form), and a state that resumes to
 * the bit wherever it is moved. */
#include "testing.h"

#include "plugin/loader.h"
#include "sampler_host.h"
#include "stats/diagnostics.h"
#include "yaml/yaml.h"

extern const struct proda_plugin proda_plugin;

static struct sampler_host host;

static int open_host(void **state)
{
  (void)state;
  return sampler_host_open(
      &host, proda_plugin.ops,
      testing_path("../samplers/adaptive_metropolis/adaptive_metropolis.yaml"));
}

static int close_host(void **state)
{
  (void)state;
  sampler_host_close(&host);
  return 0;
}

static const struct proda_prior unit_box = {PRODA_PRIOR_UNIFORM, 0, 1, NAN, NAN};

/* ---- starts ---- */

static int never(void *context, const double *x, double *log_density)
{
  (void)x;
  *log_density = NAN;
  ++*(int *)context;
  return *(int *)context % 2 ? PRODA_REJECT : PRODA_OK;
}

static void no_valid_start(void **state)
{
  (void)state;
  struct sampler_run run;
  int calls = 0;
  sampler_host_set(&host, "start_tries", 37);
  assert_ok(sampler_host_create(&host, (struct proda_prior[]){unit_box, unit_box}, 2), host.error);
  assert_true(sampler_host_run(&host, 1, 1, never, &calls, &run));
  assert_string_equal(run.failure, "no valid start after 37 draws");
  assert_true(run.no_start);
  assert_int_equal(calls, 37);
  sampler_run_free(&run);
}

struct corner {
  int rejected;
  double first[2];
};

/* Valid in a corner that holds 4 % of the prior. */
static int corner(void *context, const double *x, double *log_density)
{
  struct corner *c = context;
  *log_density = 0;
  if (x[0] > 0.2 || x[1] > 0.2) {
    c->rejected++;
    return PRODA_REJECT;
  }
  if (c->first[0] == 0)
    memcpy(c->first, x, sizeof c->first);
  return PRODA_OK;
}

static void starts_are_redrawn(void **state)
{
  (void)state;
  double mean = 0;
  assert_ok(sampler_host_create(&host, (struct proda_prior[]){unit_box, unit_box}, 2), host.error);
  for (uint64_t site = 0; site < 200; site++) {
    struct corner c = {0};
    struct sampler_run run;
    void *walker = sampler_walker_new(&host);
    assert_int_equal(sampler_run_make(&host, &run), 0);
    host.ops->start(host.sampler, &(struct proda_walker_key){9, site, 2}, walker);
    while (c.first[0] == 0)
      assert_true(sampler_step(&host, walker, corner, &c, &run));
    mean += c.first[0] / 200;
    free(walker);
    sampler_run_free(&run);
  }
  /* uniform on (0, 0.2): dispersed, not a fixed point */
  assert_close(mean, 0.1, 0, 5 * 0.2 / sqrt(12 * 200.0));
}

/* ---- densities known in closed form ---- */

enum { N_KINDS = 5 };

/* Independent: Beta(2,3) on (0,1); Exponential(1) from 2 up; -Gamma(3,1) below 1; N(5, 2^2) by its
 * prior; N(0,1) cut to (-0.5, 2). Log densities with respect to x. */
static int kinds(void *context, const double *x, double *log_density)
{
  (void)context;
  double below = 1 - x[2];
  assert_true(x[0] > 0 && x[0] < 1 && x[1] > 2 && x[2] < 1 && x[4] > -0.5 && x[4] < 2);
  *log_density = log(x[0]) + 2 * log1p(-x[0]) - (x[1] - 2) + 2 * log(below) - below -
                 pow((x[3] - 5) / 2, 2) / 2 - x[4] * x[4] / 2;
  return PRODA_OK;
}

static void moments_on_every_kind_of_bound(void **state)
{
  (void)state;
  const struct proda_prior prior[N_KINDS] = {
      {PRODA_PRIOR_UNIFORM, 0, 1, 0, 0},      {PRODA_PRIOR_FLAT, 2, INFINITY, 3, 1},
      {PRODA_PRIOR_FLAT, -INFINITY, 1, 0, 2}, {PRODA_PRIOR_NORMAL, -INFINITY, INFINITY, 5, 2},
      {PRODA_PRIOR_NORMAL, -0.5, 2, 0, 1},
  };
  double density_low = exp(-0.125) / sqrt(2 * M_PI), density_high = exp(-2) / sqrt(2 * M_PI);
  double mass = (erf(2 / M_SQRT2) + erf(0.5 / M_SQRT2)) / 2;
  double cut_mean = (density_low - density_high) / mass;
  double cut_variance = 1 + (-0.5 * density_low - 2 * density_high) / mass - cut_mean * cut_mean;
  const double mean[N_KINDS] = {0.4, 3, -2, 5, cut_mean};
  const double variance[N_KINDS] = {0.04, 1, 3, 4, cut_variance};
  sampler_host_set(&host, "formal_run", 200000);
  assert_ok(sampler_host_create(&host, prior, N_KINDS), host.error);
  struct sampler_run run;
  assert_true(sampler_host_run(&host, 3, 3, kinds, NULL, &run));
  size_t n = run.capacity, m = run.n_chains;
  double *draws = malloc(m * n * sizeof *draws);
  assert_non_null(draws);
  for (size_t p = 0; p < N_KINDS; p++) {
    struct proda_diagnostics d;
    for (size_t i = 0; i < m * n; i++)
      draws[i] = run.draw[i * N_KINDS + p];
    assert_ok(proda_diagnose(draws, m, n, &d, &host.error), host.error);
    assert_close(d.mean, mean[p], 0, 4 * sqrt(variance[p] / d.ess_mean));
    assert_close(d.sd, sqrt(variance[p]), 0, 4 * d.mcse_sd);
    assert_true(d.rhat < 1.01);
  }
  /* the density that goes with a draw is that of the draw */
  for (size_t i = 0; i < n; i += 997) {
    double expected;
    kinds(NULL, run.draw + i * N_KINDS, &expected);
    assert_true(run.log_density[i] == expected);
  }
  free(draws);
  sampler_run_free(&run);
}

/* A density that pushes against both bounds of a narrow range far from 0. */
static int pushing(void *context, const double *x, double *log_density)
{
  (void)context;
  assert_true(x[0] > 1e6 && x[0] < 1e6 + 1e-6 && x[1] > 0 && x[1] < 1);
  *log_density = 1e12 * (x[0] - 1e6) - 1e4 * x[1];
  return PRODA_OK;
}

static void proposals_stay_inside(void **state)
{
  (void)state;
  const struct proda_prior prior[] = {{PRODA_PRIOR_UNIFORM, 1e6, 1e6 + 1e-6, 0, 0}, unit_box};
  assert_ok(sampler_host_create(&host, prior, 2), host.error);
  struct sampler_run run;
  assert_true(sampler_host_run(&host, 5, 5, pushing, NULL, &run));
  assert_null(run.failure);
  sampler_run_free(&run);
}

/* ---- tempering ---- */

/* Two narrow modes; the one at 3/4 holds e^-40 of the probability. */
static int two_modes(void *context, const double *x, double *log_density)
{
  double at[2] = {0, 0};
  (void)context;
  for (int mode = 0; mode < 2; mode++)
    for (int i = 0; i < 6; i++)
      at[mode] -= 0.5 * pow((x[i] - 0.25 - 0.5 * mode) / 0.03, 2);
  *log_density = fmax(at[0], at[1] - 40);
  return PRODA_OK;
}

static size_t chains_in_the_minor_mode(double tempering)
{
  size_t lost = 0;
  sampler_host_set(&host, "tempering", tempering);
  sampler_host_set(&host, "chains", 60);
  sampler_host_set(&host, "test_run", 3000);
  sampler_host_set(&host, "formal_run", 200);
  const struct proda_prior prior[] = {unit_box, unit_box, unit_box, unit_box, unit_box, unit_box};
  assert_ok(sampler_host_create(&host, prior, 6), host.error);
  struct sampler_run run;
  assert_true(sampler_host_run(&host, 2, 3, two_modes, NULL, &run));
  for (size_t c = 0; c < run.n_chains; c++)
    lost += run.draw[(c * run.capacity + run.length[c] - 1) * 6] > 0.5;
  sampler_run_free(&run);
  return lost;
}

static void tempering_finds_the_main_mode(void **state)
{
  (void)state;
  assert_in_range(chains_in_the_minor_mode(0), 15,
                  45); /* either mode attracts half of the starts */
  assert_int_equal(chains_in_the_minor_mode(0.8), 0);
}

/* N(50, 0.5^2), Beta(1, 99) and Gamma(1, 1e-3), far from where starts come from. */
static int far(void *context, const double *x, double *log_density)
{
  (void)context;
  *log_density = -0.5 * pow((x[0] - 50) / 0.5, 2) + 98 * log1p(-x[1]) - 1000 * (x[2] - 1);
  return PRODA_OK;
}

/* While the exponent is near 0 (1e-5 at a fiftieth of the way) points are those of starts: N(2,
 * 3^2), uniform, and N(5, 1) above 1, of which the mean is 5 but for 1e-4. */
static void tempering_begins_with_the_starts(void **state)
{
  enum { WALKERS = 400, STEPS = 200, D = 3 };
  const struct proda_prior prior[D] = {{PRODA_PRIOR_NORMAL, -INFINITY, INFINITY, 2, 3},
                                       unit_box,
                                       {PRODA_PRIOR_FLAT, 1, INFINITY, 5, 1}};
  double mean[D] = {0}, x[D];
  (void)state;
  sampler_host_set(&host, "tempering", 1);
  sampler_host_set(&host, "test_run", 50 * STEPS);
  assert_ok(sampler_host_create(&host, prior, D), host.error);
  void *walker = sampler_walker_new(&host);
  for (uint64_t site = 0; site < WALKERS; site++) {
    struct sampler_run run;
    assert_int_equal(sampler_run_make(&host, &run), 0);
    host.ops->start(host.sampler, &(struct proda_walker_key){1, site, 0}, walker);
    for (int n = 0; n < STEPS; n++)
      assert_true(sampler_step(&host, walker, far, NULL, &run));
    host.ops->current(host.sampler, walker, x);
    for (int i = 0; i < D; i++)
      mean[i] += x[i] / WALKERS;
    sampler_run_free(&run);
  }
  free(walker);
  assert_close(mean[0], 2, 0, 4 * 3 / sqrt(WALKERS));
  assert_close(mean[1], 0.5, 0, 4 / sqrt(12 * WALKERS));
  assert_close(mean[2], 5, 0, 4 / sqrt(WALKERS));
}

/* ---- state ---- */

static int ball(void *context, const double *x, double *log_density)
{
  (void)context;
  double sum = 0;
  for (int i = 0; i < 5; i++)
    sum += (x[i] - 0.3) * (x[i] - 0.3);
  *log_density = -50 * sum;
  return sum > 0.5 ? PRODA_REJECT : PRODA_OK;
}

static void make_ball(double mode)
{
  const struct proda_prior prior[] = {unit_box, unit_box, unit_box, unit_box, unit_box};
  sampler_host_set(&host, "mode", mode);
  sampler_host_set(&host, "test_run", 1500);
  sampler_host_set(&host, "formal_run", 3000);
  sampler_host_set(&host, "paper_adapt_after", 1000);
  assert_ok(sampler_host_create(&host, prior, 5), host.error);
}

/* The run of sampler_host_run, but every walker moves to other memory (aligned to 16 bytes, not to
 * 64) every few steps, and walkers take turns. */
static void run_in_pieces(struct sampler_run *run)
{
  size_t size = host.ops->walker_size(host.sampler), n = host.ops->n_walkers(host.sampler);
  char *memory = aligned_alloc(64, n * (size + 64) * 2);
  bool running = true;
  assert_non_null(memory);
  assert_int_equal(size % 64, 0);
  assert_int_equal(sampler_run_make(&host, run), 0);
  bool *more = malloc(n * sizeof *more);
  assert_non_null(more);
  size_t at = 0;
  for (size_t i = 0; i < n; i++) {
    const struct proda_walker_key key = {11, 12, (uint32_t)i};
    host.ops->start(host.sampler, &key, memory + i * (size + 64));
    more[i] = true;
  }
  while (running) {
    running = false;
    size_t next = at ? 0 : n * (size + 64) + 16;
    for (size_t i = 0; i < n; i++) {
      char *walker = memory + next + i * (size + 64);
      memcpy(walker, memory + at + i * (size + 64), size);
      memset(memory + at + i * (size + 64), 0xff, size);
      for (size_t k = 0; k < 7 + i && more[i]; k++)
        more[i] = sampler_step(&host, walker, ball, NULL, run);
      running |= more[i];
    }
    at = next;
  }
  free(more);
  free(memory);
}

static void resumes_to_the_bit(void **state)
{
  (void)state;
  for (double mode = 0; mode < 2; mode++) {
    struct sampler_run whole, pieces;
    make_ball(mode);
    assert_true(sampler_host_run(&host, 11, 12, ball, NULL, &whole));
    run_in_pieces(&pieces);
    assert_null(whole.failure);
    assert_int_equal(whole.evaluations, pieces.evaluations);
    for (size_t c = 0; c < whole.n_chains; c++) {
      size_t from = c * whole.capacity, n = whole.length[c];
      assert_true(n > 100 && n == pieces.length[c]);
      assert_memory_equal(whole.draw + from * 5, pieces.draw + from * 5, n * 5 * sizeof(double));
      assert_memory_equal(whole.log_density + from, pieces.log_density + from, n * sizeof(double));
    }
    sampler_run_free(&whole);
    sampler_run_free(&pieces);
  }
}

static void seeds_sites_and_chains_differ(void **state)
{
  (void)state;
  struct sampler_run a, b, c;
  make_ball(0);
  assert_true(sampler_host_run(&host, 1, 1, ball, NULL, &a));
  assert_true(sampler_host_run(&host, 2, 1, ball, NULL, &b));
  assert_true(sampler_host_run(&host, 1, 2, ball, NULL, &c));
  assert_true(a.draw[0] != b.draw[0] && a.draw[0] != c.draw[0] && b.draw[0] != c.draw[0]);
  assert_true(a.draw[0] != a.draw[a.capacity * 5]);
  assert_int_equal(a.length[0], 1500);
  assert_int_equal(host.ops->discard(host.sampler, 1500), 0);
  assert_null(host.ops->extension(host.sampler, "accepted-only"));
  sampler_run_free(&a);
  sampler_run_free(&b);
  sampler_run_free(&c);
}

/* ---- refusals ---- */

static void assert_refused(const struct proda_prior *prior, size_t d, const char *expected)
{
  assert_int_equal(sampler_host_create(&host, prior, d), PRODA_ERROR);
  assert_null(host.sampler);
  if (!strstr(host.error.message, expected))
    fail_msg("'%s' lacks '%s'", host.error.message, expected);
}

static void bad_priors(void **state)
{
  (void)state;
  assert_refused(&unit_box, 0, "no parameter");
  assert_refused(&(struct proda_prior){PRODA_PRIOR_UNIFORM, 1, 1, 0, 0}, 1, "[1, 1] are empty");
  assert_refused(&(struct proda_prior){PRODA_PRIOR_UNIFORM, 0, INFINITY, 0, 0}, 1,
                 "two finite bounds");
  assert_refused(&(struct proda_prior){PRODA_PRIOR_NORMAL, 0, 1, 0, 0}, 1, "positive sd");
  assert_refused(&(struct proda_prior){PRODA_PRIOR_FLAT, 0, 1, NAN, 1}, 1, "finite mean");
}

static void bad_settings(void **state)
{
  (void)state;
  static const struct {
    const char *text, *expected;
  } bad[] = {
      {"chains: 0", "'chains' must be at least 1"},
      {"test_run: 0", "'test_run' must be at least 1"},
      {"formal_run: -5", "'formal_run' must be at least 4"},
      {"formal_run: 2.5", "expected a whole number"},
      {"burn_in: 1", "'burn_in' must be at most 0.99"},
      {"ridge: -1", "'ridge' must be at least 0"},
      {"autoregressive_share: 1", "'autoregressive_share' must be at most 0.95"},
      {"mode: papper", "did you mean 'paper'"},
      {"chain: 3", "did you mean 'chains'"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct proda_yaml *document;
    struct proda_settings *settings;
    assert_ok(proda_yaml_parse("test", bad[i].text, strlen(bad[i].text), &document, &host.error),
              host.error);
    assert_int_equal(proda_settings_make(host.manifest, document, proda_yaml_root(document),
                                         &settings, &host.error),
                     PRODA_ERROR);
    if (!strstr(host.error.message, bad[i].expected))
      fail_msg("'%s' lacks '%s'", host.error.message, bad[i].expected);
    proda_yaml_free(document);
  }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_host, close_host)

int main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(no_valid_start),
      TEST(starts_are_redrawn),
      TEST(moments_on_every_kind_of_bound),
      TEST(proposals_stay_inside),
      TEST(resumes_to_the_bit),
      TEST(seeds_sites_and_chains_differ),
      TEST(tempering_finds_the_main_mode),
      TEST(tempering_begins_with_the_starts),
      TEST(bad_priors),
      TEST(bad_settings),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
