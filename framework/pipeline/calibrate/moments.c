#include "pipeline/calibrate/moments.h"

#include <math.h>
#include <stdlib.h>

#include "stats/diagnostics.h"

const double *proda_kept_draw(const struct proda_kept *kept, size_t chain, size_t i)
{
  const struct proda_chains *c = kept->chains;
  return c->draw + (chain * c->capacity + kept->first[chain] + i) * c->n_free;
}

void proda_kept_chain_moments(const struct proda_kept *kept, size_t chain, double *mean,
                              double *variance)
{
  size_t n = kept->n[chain], n_free = kept->chains->n_free;
  for (size_t k = 0; k < n_free; k++)
    mean[k] = 0;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < n_free; k++)
      mean[k] += proda_kept_draw(kept, chain, i)[k];
  for (size_t k = 0; k < n_free; k++)
    mean[k] /= (double)n;
  if (!variance)
    return;
  for (size_t k = 0; k < n_free; k++)
    variance[k] = 0;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < n_free; k++) {
      double delta = proda_kept_draw(kept, chain, i)[k] - mean[k];
      variance[k] += delta * delta;
    }
  for (size_t k = 0; k < n_free; k++)
    variance[k] /= (double)n - 1;
}

/* Gelman & Rubin's statistic of m chains of n draws from their moments, `stride` apart. */
static double rhat_of_moments(size_t m, size_t n, size_t stride, const double *mean,
                              const double *variance)
{
  double within = 0, centre = 0, between = 0;
  for (size_t c = 0; c < m; c++) {
    within += variance[c * stride] / (double)m;
    centre += mean[c * stride] / (double)m;
  }
  for (size_t c = 0; c < m; c++)
    between += (mean[c * stride] - centre) * (mean[c * stride] - centre) / ((double)m - 1);
  return sqrt((within * ((double)n - 1) / (double)n + between) / within);
}

/* Mean and sd of a parameter whose logarithm was sampled, in its unit. */
static void log_moments(const struct proda_kept *kept, const struct proda_space *space, size_t k,
                        double *mean, double *sd)
{
  size_t p = space->free[k], count = 0;
  double centre = 0, squares = 0;
  for (size_t c = 0; c < kept->chains->n_chains; c++)
    for (size_t i = 0; i < kept->n[c]; i++) {
      double x = proda_space_physical(space, p, proda_kept_draw(kept, c, i)[k]), step = x - centre;
      centre += step / (double)++count;
      squares += step * (x - centre);
    }
  mean[p] = centre;
  sd[p] = sqrt(squares / ((double)count - 1));
}

void proda_kept_moments(const struct proda_kept *kept, const struct proda_space *space,
                        double *point, double *mean, double *sd, double *rhat)
{
  size_t m = kept->chains->n_chains, n_free = kept->chains->n_free;
  double chain_mean[m * n_free], chain_variance[m * n_free];
  for (size_t c = 0; c < m; c++)
    proda_kept_chain_moments(kept, c, chain_mean + c * n_free, chain_variance + c * n_free);
  for (size_t k = 0; k < n_free; k++) {
    double sum = 0, squares = 0;
    for (size_t c = 0; c < m; c++)
      sum += (double)kept->n[c] * chain_mean[c * n_free + k];
    double centre = sum / (double)kept->total;
    for (size_t c = 0; c < m; c++) {
      double shift = chain_mean[c * n_free + k] - centre;
      squares += ((double)kept->n[c] - 1) * chain_variance[c * n_free + k] +
                 (double)kept->n[c] * shift * shift;
    }
    size_t p = space->free[k];
    point[k] = mean[p] = centre;
    sd[p] = sqrt(squares / ((double)kept->total - 1));
    if (proda_space_is_log(space, p))
      log_moments(kept, space, k, mean, sd);
    rhat[p] = rhat_of_moments(m, kept->n[m - 1], n_free, chain_mean + k, chain_variance + k);
  }
}

int proda_kept_published_rhat(const struct proda_kept *kept, const struct proda_space *space,
                              double *rhat, struct proda_error *error)
{
  const struct proda_chains *chains = kept->chains;
  size_t m = chains->n_chains, total = 0;
  for (size_t c = 0; c < m; c++)
    total += chains->n_draws[c];
  double *draws = malloc((total + 1) * sizeof *draws);
  if (!draws)
    return proda_error_set(error, "out of memory for the draws of a parameter");
  for (size_t k = 0; k < chains->n_free; k++) {
    const double *chain[m + 1];
    double *next = draws;
    for (size_t c = 0; c < m; c++) {
      chain[c] = next;
      for (size_t i = 0; i < chains->n_draws[c]; i++)
        *next++ = chains->draw[(c * chains->capacity + i) * chains->n_free + k];
    }
    rhat[space->free[k]] = proda_rhat_published(chain, chains->n_draws, m);
  }
  free(draws);
  return PRODA_OK;
}
