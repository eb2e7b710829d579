#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/compare/comparison.h"
#include "stats/summary.h"

const double proda_compared_probability[PRODA_N_PROBABILITIES] = {0.05, 0.25, 0.5, 0.75, 0.95};

enum { N_BINS = 52 }; /* below 1, hundredths up to 1.5, above */

enum { PROBABILITY, QUANTILE, EDGE, COUNT, N_ENTRIES };
static const struct proda_nc_entry entry[N_ENTRIES] = {
    [PROBABILITY] = {"probability", PRODA_NC_DOUBLE, "probability", "1",
                     "probability of a quantile over sites"},
    [QUANTILE] = {"rhat_quantile", PRODA_NC_DOUBLE, "structure probability", "1",
                  "quantile of mean_rhat over the calibrated sites"},
    [EDGE] = {"rhat_edge", PRODA_NC_DOUBLE, "rhat_bin", "1",
              "lower edge of the bin; the last is open"},
    [COUNT] = {"rhat_count", PRODA_NC_INT, "structure rhat_bin", "1",
               "calibrated sites with mean_rhat in the bin"},
};

size_t proda_compared_quantiles(double *value, size_t n, double *quantile)
{
  size_t kept = 0;
  for (size_t i = 0; i < n; i++)
    if (!isnan(value[i]))
      value[kept++] = value[i];
  proda_sort(value, kept);
  for (size_t k = 0; k < PRODA_N_PROBABILITIES; k++)
    quantile[k] = proda_quantile_sorted(value, kept, proda_compared_probability[k]);
  return kept;
}

void proda_compared_histogram(const double *value, size_t n, const double *edge, size_t n_bins,
                              double *count)
{
  for (size_t i = 0; i < n; i++) {
    size_t bin = 0;
    while (bin + 1 < n_bins && value[i] >= edge[bin + 1])
      bin++;
    if (!isnan(value[i]))
      count[bin]++;
  }
}

static void report(const struct proda_comparison *c, size_t structure, size_t n,
                   const double *quantile)
{
  if (n > 0)
    proda_report(
        c->run, "compare %s: mean R-hat of %zu calibrated sites: median %.3f, 95 %% up to %.3f",
        proda_compared_name(c, structure), n, quantile[2], quantile[PRODA_N_PROBABILITIES - 1]);
}

int proda_compare_convergence(const struct proda_comparison *c, struct proda_draft *draft,
                              struct proda_error *error)
{
  size_t n = c->sites->prepared->n_sites;
  double *out[N_ENTRIES];
  if (proda_draft_dim(draft, "probability", PRODA_N_PROBABILITIES, error) != PRODA_OK ||
      proda_draft_dim(draft, "rhat_bin", N_BINS, error) != PRODA_OK ||
      proda_draft_numbers_all(draft, entry, N_ENTRIES, out, error) != PRODA_OK)
    return PRODA_ERROR;
  double *rhat = calloc(n + 1, sizeof *rhat);
  if (!rhat)
    return proda_error_set(error, "out of memory for %zu sites", n);
  memcpy(out[PROBABILITY], proda_compared_probability, sizeof proda_compared_probability);
  for (size_t b = 0; b < N_BINS; b++)
    out[EDGE][b] = b == 0 ? 0 : (double)(99 + b) / 100;
  for (size_t s = 0; s < c->n_structures; s++) {
    double *quantile = out[QUANTILE] + s * PRODA_N_PROBABILITIES;
    memcpy(rhat, c->sites->structure[s].rhat, n * sizeof *rhat);
    proda_compared_histogram(rhat, n, out[EDGE], N_BINS, out[COUNT] + s * N_BINS);
    report(c, s, proda_compared_quantiles(rhat, n, quantile), quantile);
  }
  free(rhat);
  return PRODA_OK;
}
