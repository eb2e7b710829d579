/* What the sampler costs beside the model: time of a step on a density that costs nothing, and
 * effective draws per second on a 21-dimensional Gaussian of condition number 1000, beside a random
 * walk that is told the target's covariance (2.38^2/d of it) and starts from the target. */
#include <math.h>

#include <proda/random.h>

#include "bench.h"
#include "sampler_host.h"
#include "stats/diagnostics.h"

extern const struct proda_plugin proda_plugin;

enum { D = 21 };

static int trivial(void *context, const double *x, double *log_density)
{
  (void)context;
  *log_density = x[0];
  return PRODA_OK;
}

/* y = H x, the reflection that swaps the first axis and the diagonal of the cube, up to sign. */
static void reflect(const double *x, double *y)
{
  double sum = 0;
  for (int i = 0; i < D; i++)
    sum += x[i];
  for (int i = 0; i < D; i++)
    y[i] = x[i] - 2 * sum / D;
}

/* Precisions from 1 to 1000 along the reflected axes. */
static int gaussian(void *context, const double *x, double *log_density)
{
  const double *precision = context;
  double y[D], sum = 0;
  reflect(x, y);
  for (int i = 0; i < D; i++)
    sum += y[i] * y[i] * precision[i];
  *log_density = -sum / 2;
  return PRODA_OK;
}

/* Seconds a step of the sampler alone, walkers taking turns as they do on lanes. */
static double step_time(const struct sampler_host *host, size_t steps)
{
  enum { WALKERS = 8 };
  struct sampler_run run;
  void *walker[WALKERS];
  if (sampler_run_make(host, &run))
    return NAN;
  for (uint32_t i = 0; i < WALKERS; i++) {
    walker[i] = sampler_walker_new(host);
    host->ops->start(host->sampler, &(struct proda_walker_key){1, i, 0}, walker[i]);
  }
  double start = bench_seconds();
  for (size_t n = 0; n < steps; n++)
    for (int i = 0; i < WALKERS; i++) {
      run.length[0] = 0;
      sampler_step(host, walker[i], trivial, NULL, &run);
    }
  double time = (bench_seconds() - start) / (double)(steps * WALKERS);
  for (int i = 0; i < WALKERS; i++)
    free(walker[i]);
  sampler_run_free(&run);
  return time;
}

static double smallest_ess(const struct sampler_run *run)
{
  size_t n = run->length[0], m = run->n_chains;
  double *draws = malloc(m * n * sizeof *draws), smallest = INFINITY;
  for (size_t p = 0; draws && p < run->d; p++) {
    struct proda_diagnostics d;
    for (size_t c = 0; c < m; c++)
      for (size_t t = 0; t < n; t++)
        draws[c * n + t] = run->draw[(c * run->capacity + t) * run->d + p];
    proda_diagnose(draws, m, n, &d, NULL);
    smallest = fmin(smallest, d.ess_bulk);
  }
  free(draws);
  return smallest;
}

static void report(struct sampler_host *host, const struct proda_prior *prior, double *precision,
                   double share)
{
  struct sampler_run run;
  sampler_host_set(host, "autoregressive_share", share);
  if (sampler_host_create(host, prior, D)) {
    fprintf(stderr, "%s\n", host->error.message);
    exit(1);
  }
  double step = step_time(host, 30000);
  double start = bench_seconds();
  if (!sampler_host_run(host, 1, 1, gaussian, precision, &run))
    exit(1);
  double seconds = bench_seconds() - start, ess = smallest_ess(&run);
  printf(
      "autoregressive_share %.2f: %.0f ns a step; gauss21: accepted %.2f, least bulk ESS %.0f of "
      "%zu draws, %.0f /s, %.4f an evaluation\n",
      share, step * 1e9, (double)run.accepted / (double)run.evaluations, ess,
      run.n_chains * run.length[0], ess / seconds, ess / (double)run.evaluations);
  sampler_run_free(&run);
}

/* x + scale of a normal number with the target's covariance */
static void add_normal(struct proda_random *random, const double *precision, double scale,
                       const double *x, double *out)
{
  double u[D], step[D];
  proda_random_normal(random, D, u);
  for (int i = 0; i < D; i++)
    u[i] *= scale / sqrt(precision[i]);
  reflect(u, step);
  for (int i = 0; i < D; i++)
    out[i] = x[i] + step[i];
}

static size_t walk_ideally(struct proda_random *random, double *precision, size_t n, double *draw)
{
  double x[D] = {0}, next[D], log_density, log_density_next;
  size_t accepted = 0;
  add_normal(random, precision, 1, x, x);
  gaussian(precision, x, &log_density);
  for (size_t t = 0; t < n; t++) {
    add_normal(random, precision, 2.38 / sqrt(D), x, next);
    gaussian(precision, next, &log_density_next);
    if (log(proda_random_uniform(random)) < log_density_next - log_density) {
      memcpy(x, next, sizeof x);
      log_density = log_density_next;
      accepted++;
    }
    memcpy(draw + t * D, x, sizeof x);
  }
  return accepted;
}

/* As many draws as the sampler keeps. */
static void report_ideal_walk(const struct sampler_host *host, double *precision)
{
  struct sampler_run run;
  if (sampler_run_make(host, &run))
    exit(1);
  double start = bench_seconds();
  for (uint32_t c = 0; c < run.n_chains; c++) {
    struct proda_random random;
    proda_random_start(&random, 1, 2, c);
    run.length[c] = run.capacity;
    run.accepted +=
        walk_ideally(&random, precision, run.capacity, run.draw + c * run.capacity * run.d);
  }
  double seconds = bench_seconds() - start, ess = smallest_ess(&run);
  double n = (double)(run.n_chains * run.capacity);
  printf("random walk that knows the covariance: gauss21: accepted %.2f, least bulk ESS %.0f of "
         "%.0f draws, %.0f /s, %.4f an evaluation\n",
         (double)run.accepted / n, ess, n, ess / seconds, ess / n);
  sampler_run_free(&run);
}

int main(void)
{
  char path[4096];
  const char *top = getenv("srcdir");
  snprintf(path, sizeof path, "%s/samplers/adaptive_metropolis/adaptive_metropolis.yaml",
           top ? top : ".");
  struct sampler_host host;
  struct proda_prior prior[D];
  double precision[D];
  for (int i = 0; i < D; i++)
    prior[i] = (struct proda_prior){PRODA_PRIOR_FLAT, -INFINITY, INFINITY, 0, 1};
  for (int i = 0; i < D; i++)
    precision[i] = pow(10, 3.0 * i / (D - 1));
  if (sampler_host_open(&host, proda_plugin.ops, path)) {
    fprintf(stderr, "%s\n", host.error.message);
    return 1;
  }
  const double shares[] = {0, 0.25, 0.5};
  for (int i = 0; i < 3; i++)
    report(&host, prior, precision, shares[i]);
  report_ideal_walk(&host, precision);
  sampler_host_close(&host);
  return 0;
}
