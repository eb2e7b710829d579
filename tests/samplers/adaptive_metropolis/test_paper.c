/* Mode paper, one peculiarity of the published code after the other (golden README, section 8),
 * seen from outside: an observer keeps its own books of costs, chains and covariances from the
 * proposals and answers alone and says how probable each decision was. */
#include "testing.h"

#include "sampler_host.h"
#include "stats/summary.h"

extern const struct proda_plugin proda_plugin;

enum { D = 2, ROWS = 40000 };

static struct sampler_host host;
static const struct proda_prior box[D] = {{PRODA_PRIOR_UNIFORM, 0, 1, 0, 0},
                                          {PRODA_PRIOR_UNIFORM, 0, 1, 0, 0}};

static int open_host(void **state)
{
  (void)state;
  if (sampler_host_open(&host, proda_plugin.ops,
                        testing_path("../samplers/adaptive_metropolis/adaptive_metropolis.yaml")))
    return -1;
  sampler_host_set(&host, "mode", 1);
  sampler_host_set(&host, "chains", 1);
  sampler_host_set(&host, "test_run", 5000);
  sampler_host_set(&host, "formal_run", 20000);
  sampler_host_set(&host, "paper_acceptance_low", 0);
  sampler_host_set(&host, "paper_acceptance_high", 1);
  return 0;
}

static int close_host(void **state)
{
  (void)state;
  sampler_host_close(&host);
  return 0;
}

/* ---- the published rules by other means ---- */

struct observer {
  bool anneal, stale, cost_of_start; /* the settings */
  size_t test_run;
  size_t phase, step; /* of the next decision */
  double point[D], cost, start_cost, difference;
  double row[ROWS][D]; /* the chain of this phase, repeats included */
  double factor[D][D]; /* lower triangle of the covariance in use */
  double squares;      /* of whitened increments of phase 2 */
  size_t increments;
  double surplus, variance; /* accepted less expected, its variance */
  size_t certain, accepted_invalid, accepted;
};

/* Two-pass covariance of rows 0..n-1, divisor n - 1, times 2.4 / D; 2 x 2 Cholesky by hand. */
static void observe_covariance(struct observer *o, size_t n)
{
  double mean[D] = {0}, cov[D][D] = {{0}};
  for (size_t t = 0; t < n; t++)
    for (int i = 0; i < D; i++)
      mean[i] += o->row[t][i] / (double)n;
  for (size_t t = 0; t < n; t++)
    for (int i = 0; i < D; i++)
      for (int j = 0; j < D; j++)
        cov[i][j] +=
            (o->row[t][i] - mean[i]) * (o->row[t][j] - mean[j]) / (double)(n - 1) * 2.4 / D;
  o->factor[0][0] = sqrt(cov[0][0]);
  o->factor[1][0] = cov[1][0] / o->factor[0][0];
  o->factor[1][1] = sqrt(cov[1][1] - o->factor[1][0] * o->factor[1][0]);
}

static void observe_increment(struct observer *o, const double *x)
{
  double u = (x[0] - o->point[0]) / o->factor[0][0];
  double v = (x[1] - o->point[1] - o->factor[1][0] * u) / o->factor[1][1];
  o->squares += u * u + v * v;
  o->increments++;
}

static double observe_probability(struct observer *o, int status, double log_density)
{
  double cost = status == PRODA_OK ? -log_density : o->cost + 100;
  if (status == PRODA_OK || o->phase == 1 || !o->stale)
    o->difference = cost - o->cost;
  double weight = o->anneal ? log((double)o->step + 2) : 1;
  return fmin(1, exp(-o->difference * weight));
}

static void observe_decision(struct observer *o, const double *x, int status, double log_density,
                             bool accepted)
{
  double p = observe_probability(o, status, log_density);
  if (p == 1) {
    assert_true(accepted);
    o->certain++;
  }
  o->surplus += accepted - p;
  o->variance += p * (1 - p);
  if (accepted) {
    o->cost = status == PRODA_OK ? -log_density : o->cost + 100;
    memcpy(o->point, x, sizeof o->point);
    o->accepted_invalid += status != PRODA_OK;
    o->accepted += o->phase == 2;
  }
  memcpy(o->row[o->step - 1], o->point, sizeof o->point);
}

/* Phase 2 draws from all of phase 1 to step 4000, then from its own whole chain. Long chains are
 * checked every 50th step. */
static void observe_phase(struct observer *o)
{
  if (o->phase == 1 && o->step == o->test_run) {
    observe_covariance(o, o->test_run);
    o->phase = 2;
    o->step = 0;
    if (o->cost_of_start)
      o->cost = o->start_cost;
  }
  o->step++;
}

/* Runs one chain under observation; returns what was kept. */
static struct sampler_run observe(struct observer *o, sampler_density *density, size_t formal_run)
{
  struct sampler_run run;
  void *walker = sampler_walker_new(&host);
  assert_int_equal(sampler_run_make(&host, &run), 0);
  host.ops->start(host.sampler, &(struct proda_walker_key){21, 22, 0}, walker);
  struct proda_evaluation answer;
  struct proda_outcome outcome = {0};
  double x[D], now[D];
  host.ops->propose(host.sampler, walker, x);
  assert_true(x[0] == 0.5 && x[1] == 0.5);
  answer.status = density(NULL, x, &answer.log_density);
  host.ops->accept(host.sampler, walker, &answer, &outcome);
  assert_true(!outcome.keep && !outcome.done);
  memcpy(o->point, x, sizeof x);
  o->cost = o->start_cost = -answer.log_density;
  o->phase = o->step = 1;
  while (!outcome.done) {
    host.ops->propose(host.sampler, walker, x);
    for (int i = 0; i < D; i++) {
      assert_true(x[i] > 0 && x[i] < 1);
      assert_true(o->phase == 2 || fabs(x[i] - o->point[i]) <= 0.1);
    }
    if (o->phase == 2 && (o->step <= 4000 || o->step % 50 == 0)) {
      if (o->step > 4000)
        observe_covariance(o, o->step - 1);
      observe_increment(o, x);
    }
    answer.status = density(NULL, x, &answer.log_density);
    host.ops->accept(host.sampler, walker, &answer, &outcome);
    observe_decision(o, x, answer.status, answer.log_density, outcome.accepted);
    double log_density = host.ops->current(host.sampler, walker, now);
    assert_memory_equal(now, o->point, sizeof now);
    assert_true(outcome.keep == (outcome.accepted && o->phase == 2));
    if (outcome.keep) {
      assert_close(log_density, -o->cost, 1e-12, 0);
      memcpy(run.draw + run.length[0]++ * D, now, sizeof now);
    }
    observe_phase(o);
  }
  assert_null(outcome.failure);
  assert_int_equal(o->step, formal_run + 1);
  free(walker);
  return run;
}

static void assert_decisions(const struct observer *o)
{
  assert_true(o->certain > 100 && o->variance > 100);
  assert_true(fabs(o->surplus) < 5 * sqrt(o->variance));
}

/* chi-squared with 2 degrees of freedom an increment */
static void assert_increments(const struct observer *o)
{
  double n = (double)o->increments;
  assert_true(n > 4000);
  assert_close(o->squares, 2 * n, 0, 5 * sqrt(4 * n));
}

/* A correlated Gaussian well inside the box, off its middle. */
static int inner(void *context, const double *x, double *log_density)
{
  (void)context;
  double u = (x[0] - 0.45) / 0.05, v = (x[1] - 0.55) / 0.04;
  *log_density = -(u * u - 1.2 * u * v + v * v) / 2 / (1 - 0.36);
  return PRODA_OK;
}

static struct observer *observer_new(void)
{
  struct observer *o = calloc(1, sizeof *o);
  assert_non_null(o);
  *o = (struct observer){.anneal = true, .stale = true, .cost_of_start = true, .test_run = 5000};
  return o;
}

static void decisions_and_covariances(void **state)
{
  (void)state;
  struct observer *o = observer_new();
  assert_ok(sampler_host_create(&host, box, D), host.error);
  struct sampler_run run = observe(o, inner, 20000);
  assert_decisions(o);
  assert_increments(o);
  /* accepted draws only, no repeats; of n the last floor(n/2) count */
  assert_int_equal(run.length[0], o->accepted);
  for (size_t i = 1; i < run.length[0]; i++)
    assert_memory_not_equal(run.draw + i * D, run.draw + (i - 1) * D, D * sizeof(double));
  for (size_t n = 0; n < 9; n++)
    assert_int_equal(host.ops->discard(host.sampler, n), n - n / 2);
  assert_non_null(host.ops->extension(host.sampler, "accepted-only"));
  assert_null(host.ops->extension(host.sampler, "no such"));
  sampler_run_free(&run);
  free(o);
}

/* A steep way from kp = 0.5 to the mode, and a third of the square without an answer. */
static int holes(void *context, const double *x, double *log_density)
{
  (void)context;
  double u = (x[0] - 0.3) / 0.15, v = (x[1] - 0.3) / 0.15;
  *log_density = -(u * u + v * v) / 2;
  return x[0] < 0.3 && x[1] < 0.35 ? PRODA_REJECT : PRODA_OK;
}

static void run_holes(bool anneal, bool stale, bool cost_of_start)
{
  struct observer *o = observer_new();
  o->anneal = anneal;
  o->stale = stale;
  o->cost_of_start = cost_of_start;
  sampler_host_set(&host, "paper_anneal", anneal);
  sampler_host_set(&host, "paper_stale_difference", stale);
  sampler_host_set(&host, "paper_cost_of_start", cost_of_start);
  assert_ok(sampler_host_create(&host, box, D), host.error);
  struct sampler_run run = observe(o, holes, 20000);
  assert_decisions(o);
  /* an earlier difference accepts points without an answer; a cost of 100 more does not */
  assert_true(stale ? o->accepted_invalid > 20 : o->accepted_invalid == 0);
  sampler_run_free(&run);
  free(o);
}

static void each_peculiarity_is_a_setting(void **state)
{
  (void)state;
  run_holes(true, true, true);
  run_holes(false, true, true);
  run_holes(true, false, true);
  run_holes(true, true, false);
  run_holes(false, false, false);
}

/* In one dimension: the chain at step i samples exp(-cost log(i + 2)), so the variance over the run
 * is sigma^2 times the mean of 1 / log(i + 2); without annealing it is sigma^2. */
static int one_normal(void *context, const double *x, double *log_density)
{
  (void)context;
  *log_density = -pow((x[0] - 0.5) / 0.08, 2) / 2;
  return PRODA_OK;
}

static double chain_variance(bool anneal, size_t steps)
{
  sampler_host_set(&host, "paper_anneal", anneal);
  sampler_host_set(&host, "formal_run", (double)steps);
  assert_ok(sampler_host_create(&host, box, 1), host.error);
  struct sampler_run run;
  double *value = malloc(steps * sizeof *value);
  void *walker = sampler_walker_new(&host);
  assert_non_null(value);
  assert_int_equal(sampler_run_make(&host, &run), 0);
  host.ops->start(host.sampler, &(struct proda_walker_key){1, 2, 0}, walker);
  for (size_t i = 0; i < 1 + 5000; i++)
    assert_true(sampler_step(&host, walker, one_normal, NULL, &run));
  for (size_t i = 0; i < steps; i++) {
    sampler_step(&host, walker, one_normal, NULL, &run);
    (void)host.ops->current(host.sampler, walker, &value[i]);
  }
  double variance = proda_variance(value, steps);
  free(value);
  free(walker);
  sampler_run_free(&run);
  return variance;
}

static void annealing_narrows_the_chain(void **state)
{
  (void)state;
  enum { STEPS = 200000 };
  double expected = 0;
  for (size_t i = 1; i <= STEPS; i++)
    expected += 0.08 * 0.08 / log((double)i + 2) / STEPS;
  /* autocorrelation time about 7: relative error of a variance sqrt(2 * 7 / STEPS) = 0.8 % */
  assert_close(chain_variance(true, STEPS), expected, 0.04, 0);
  assert_close(chain_variance(false, STEPS), 0.08 * 0.08, 0.04, 0);
}

/* ---- restarts ---- */

struct rounds {
  size_t calls;
  double reach[8]; /* of phase 1's proposals, round by round */
};

/* Nothing but the start is ever accepted. */
static int spike(void *context, const double *x, double *log_density)
{
  struct rounds *r = context;
  double far = fabs(x[0] - 0.5);
  size_t round = r->calls == 0 ? 0 : (r->calls - 1) / 1000;
  r->calls++;
  if (round < 8)
    r->reach[round] = fmax(r->reach[round], far);
  *log_density = far > 0 ? -1e9 : 0;
  return PRODA_OK;
}

/* Four times phase 1 with steps 0.1 / 1.1^k; then a covariance of 0, so that phase 2 proposes the
 * point itself, accepts it always and fails for its share of 1 until six failures end the site. */
static void phase_1_starts_over_thrice(void **state)
{
  (void)state;
  struct rounds r = {0};
  struct sampler_run run;
  sampler_host_set(&host, "test_run", 1000);
  sampler_host_set(&host, "formal_run", 100);
  sampler_host_set(&host, "paper_acceptance_high", 0.5);
  assert_ok(sampler_host_create(&host, box, 1), host.error);
  assert_true(sampler_host_run(&host, 1, 1, spike, &r, &run));
  for (int k = 0; k < 4; k++) {
    double step = 0.1 / pow(1.1, k);
    assert_true(r.reach[k] <= step && r.reach[k] > 0.98 * step);
  }
  assert_true(r.reach[4] <= 0.1);
  assert_string_equal(run.failure, "the share of accepted steps stayed outside its limits");
  assert_false(run.no_start);
  assert_int_equal(run.discarded, 6);
  assert_int_equal(run.evaluations, 1 + 6 * (4 * 1000 + 99));
  assert_int_equal(run.length[0], 0);
  sampler_run_free(&run);
}

/* A factor far too small is doubled until fewer than half are accepted, in the first chain; later
 * chains go on with it. One far too large shrinks by 0.7. */
static void factor_carries_over(void **state)
{
  (void)state;
  const double factor[] = {0.01, 1000};
  for (int k = 0; k < 2; k++) {
    struct sampler_run run;
    sampler_host_set(&host, "chains", 3);
    sampler_host_set(&host, "paper_factor", factor[k]);
    sampler_host_set(&host, "paper_acceptance_low", 0.1);
    sampler_host_set(&host, "paper_acceptance_high", 0.5);
    sampler_host_set(&host, "paper_failures", 40);
    assert_ok(sampler_host_create(&host, box, D), host.error);
    assert_true(sampler_host_run(&host, 1, 1, inner, NULL, &run));
    assert_null(run.failure);
    assert_in_range(run.discarded, 3, 15);
    /* no chain but the first was done again */
    assert_int_equal(run.evaluations, 1 + (run.discarded + 3) * 25000 - run.discarded);
    for (int c = 0; c < 3; c++)
      assert_in_range(run.length[c], 0.1 * 20000 - 2, 0.5 * 20000 + 2);
    sampler_run_free(&run);
  }
}

/* ---- failures ---- */

static int nowhere(void *context, const double *x, double *log_density)
{
  (void)context;
  (void)x;
  (void)log_density;
  return PRODA_REJECT;
}

static void no_answer_at_the_start(void **state)
{
  (void)state;
  struct sampler_run run;
  assert_ok(sampler_host_create(&host, box, D), host.error);
  assert_true(sampler_host_run(&host, 1, 1, nowhere, NULL, &run));
  assert_string_equal(run.failure, "the point where chains start has no valid answer");
  assert_true(run.no_start);
  assert_int_equal(run.evaluations, 1);
  sampler_run_free(&run);
}

static void covariance_of_one_point(void **state)
{
  (void)state;
  struct sampler_run run;
  sampler_host_set(&host, "test_run", 1);
  sampler_host_set(&host, "paper_min_accepted", 0);
  assert_ok(sampler_host_create(&host, box, D), host.error);
  assert_true(sampler_host_run(&host, 1, 1, inner, NULL, &run));
  assert_string_equal(run.failure, "the covariance of phase 1 is not positive semi-definite");
  sampler_run_free(&run);
}

static void proposals_that_never_fit(void **state)
{
  (void)state;
  struct sampler_run run;
  sampler_host_set(&host, "paper_factor", 1e30);
  assert_ok(sampler_host_create(&host, box, D), host.error);
  assert_true(sampler_host_run(&host, 1, 1, inner, NULL, &run));
  assert_non_null(strstr(run.failure, "no proposal fell inside"));
  sampler_run_free(&run);
}

static void unbounded_priors(void **state)
{
  (void)state;
  const struct proda_prior prior = {PRODA_PRIOR_NORMAL, -INFINITY, INFINITY, 0, 1};
  assert_int_equal(sampler_host_create(&host, &prior, 1), PRODA_ERROR);
  assert_non_null(strstr(host.error.message, "needs finite bounds"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_host, close_host)

int main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(decisions_and_covariances),
      TEST(each_peculiarity_is_a_setting),
      TEST(annealing_narrows_the_chain),
      TEST(phase_1_starts_over_thrice),
      TEST(factor_carries_over),
      TEST(no_answer_at_the_start),
      TEST(covariance_of_one_point),
      TEST(proposals_that_never_fit),
      TEST(unbounded_priors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
