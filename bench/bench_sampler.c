/* What the sampler costs beside the model: time of a step on a density that costs nothing, and
 * effective draws per second on a 21-dimensional Gaussian of condition number 1000. */
#include <math.h>

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

/* An isotropic Gaussian seen through eigenvalues from 1 to 1000 along the directions of a
 * Householder reflection. */
static int gaussian(void *context, const double *x, double *log_density)
{
  (void)context;
  double projection = 0, sum = 0;
  for (int i = 0; i < D; i++)
    projection += x[i];
  for (int i = 0; i < D; i++) {
    double y = x[i] - 2 * projection / D;
    sum += y * y * pow(10, 3.0 * i / (D - 1));
  }
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

static void report(struct sampler_host *host, const struct proda_prior *prior, double share)
{
  struct sampler_run run;
  sampler_host_set(host, "autoregressive_share", share);
  if (sampler_host_create(host, prior, D)) {
    fprintf(stderr, "%s\n", host->error.message);
    exit(1);
  }
  double step = step_time(host, 30000);
  double start = bench_seconds();
  if (!sampler_host_run(host, 1, 1, gaussian, NULL, &run))
    exit(1);
  double seconds = bench_seconds() - start, ess = smallest_ess(&run);
  printf(
      "autoregressive_share %.2f: %.0f ns a step; gauss21: accepted %.2f, least bulk ESS %.0f of "
      "%zu draws, %.0f /s, %.4f an evaluation\n",
      share, step * 1e9, (double)run.accepted / (double)run.evaluations, ess,
      run.n_chains * run.length[0], ess / seconds, ess / (double)run.evaluations);
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
  for (int i = 0; i < D; i++)
    prior[i] = (struct proda_prior){PRODA_PRIOR_FLAT, -INFINITY, INFINITY, 0, 1};
  if (sampler_host_open(&host, proda_plugin.ops, path)) {
    fprintf(stderr, "%s\n", host.error.message);
    return 1;
  }
  const double shares[] = {0, 0.25, 0.5};
  for (int i = 0; i < 3; i++)
    report(&host, prior, shares[i]);
  sampler_host_close(&host);
  return 0;
}
