/** @file diagnostics.h
 * Convergence of Markov chains: R-hat, effective sample size, Monte Carlo error.
 *
 * Vehtari, Gelman, Simpson, Carpenter, Buerkner 2021 (rank-normalised split R-hat, bulk and tail
 * ESS), Gelman & Rubin 1992 (classic). Draws are [m chains][n draws], C order.
 */
#ifndef PRODA_STATS_DIAGNOSTICS_H
#define PRODA_STATS_DIAGNOSTICS_H

#include <stddef.h>

#include <proda/status.h>

/** Classic R-hat, no splitting: sqrt(((n-1)/n W + B/n) / W). NaN where W is 0 or n < 2 or m < 2. */
double proda_rhat_classic(const double *draws, size_t m, size_t n);

struct proda_diagnostics {
  double mean, sd, median, q05, q95; /**< quantiles of type 7 over all draws */
  double rhat_classic, rhat_split, rhat_rank_bulk, rhat_rank_folded, rhat;
  double ess_basic, ess_mean, ess_bulk, ess_tail, ess_sd, ess_median, ess_q05, ess_q95;
  double mcse_mean, mcse_sd, mcse_median, mcse_q05, mcse_q95;
};

/** All of them, as R's package posterior 1.7 defines them. NaN where a value is not available
 * (a draw that is not finite, constant draws, fewer than 4 draws). Fails only for lack of memory.
 * The cost is that of the eight ESS: about (draws) x (iterations until the autocorrelation is gone)
 * each. Thinning a chain to a few draws per autocorrelation time changes little and costs much
 * less. */
int proda_diagnose(const double *draws, size_t m, size_t n, struct proda_diagnostics *out,
                   struct proda_error *error);

/** Of these only the quantiles, the rank-normalised R-hats, bulk and tail ESS, at a third of the
 * cost; NaN for the rest. */
int proda_diagnose_convergence(const double *draws, size_t m, size_t n,
                               struct proda_diagnostics *out, struct proda_error *error);

/** Gelman-Rubin as the study's public script computes it from accepted-only chains of unequal
 * length: sqrt((W (n-1)/n + B/n) / W), n the length of the last
 * chain for all of them. draws[c] holds length[c] accepted draws; means and squares are those of
 * the second half, while n counts the whole chain, so that W is about half the variance. */
double proda_rhat_published(const double *const *draws, const size_t *length, size_t m);

#endif
