#include "stats/diagnostics.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "stats/ess.h"
#include "stats/rank.h"
#include "stats/special.h"
#include "stats/summary.h"

double proda_rhat_classic(const double *draws, size_t m, size_t n)
{
  if (m < 2 || n < 2)
    return NAN;
  double within = 0, sum = 0, squares = 0;
  for (size_t c = 0; c < m; c++) {
    double mean = proda_mean(draws + c * n, n);
    for (size_t t = 0; t < n; t++)
      within += (draws[c * n + t] - mean) * (draws[c * n + t] - mean);
    double step = mean - sum;
    sum += step / (double)(c + 1);
    squares += step * (mean - sum);
  }
  within /= (double)(m * (n - 1));
  double between = squares / (double)(m - 1);
  return within > 0 ? sqrt((double)(n - 1) / (double)n + between / within) : NAN;
}

double proda_rhat_published(const double *const *draws, const size_t *length, size_t m)
{
  if (m < 2 || length[m - 1] < 2)
    return NAN;
  double n = (double)length[m - 1], within = 0, sum = 0, squares = 0;
  for (size_t c = 0; c < m; c++) {
    size_t first = length[c] - length[c] / 2;
    const double *half = draws[c] + first;
    double mean = proda_mean(half, length[c] - first);
    for (size_t t = 0; t < length[c] - first; t++)
      within += (half[t] - mean) * (half[t] - mean);
    double step = mean - sum;
    sum += step / (double)(c + 1);
    squares += step * (mean - sum);
  }
  within /= (double)m * (n - 1);
  double between = squares / (double)(m - 1);
  return within > 0 ? sqrt((n - 1) / n + between / within) : NAN;
}

/* Draws as they are asked for: cut in half, in order, as scores. */
struct workspace {
  size_t m, n, half; /* chains, draws of a chain, draws of a half chain */
  size_t size;       /* draws of all half chains; an odd n loses the middle draw */
  double *block;     /* the memory of the next four */
  double *split;     /* [2 m][half] */
  double *sorted;    /* [m n] */
  double *other;     /* [m n]: scores, indicators, squares */
  double *centred;   /* [m n]: proda_ess's */
  struct proda_ranked *ranked, *folded; /* [m n] each */
};

static int workspace_make(size_t m, size_t n, struct workspace *w, struct proda_error *error)
{
  size_t all = m * n;
  *w = (struct workspace){.m = m, .n = n, .half = n / 2, .size = m * 2 * (n / 2)};
  w->block = malloc(4 * all * sizeof *w->block);
  w->ranked = malloc(2 * all * sizeof *w->ranked);
  if (!w->block || !w->ranked)
    return proda_error_set(error, "diagnostics: no memory for %zu draws", all);
  w->split = w->block;
  w->sorted = w->block + all;
  w->other = w->block + 2 * all;
  w->centred = w->block + 3 * all;
  w->folded = w->ranked + all;
  return PRODA_OK;
}

static void workspace_release(struct workspace *w)
{
  free(w->block);
  free(w->ranked);
}

/* Fills sorted (all draws), split and ranked (half chains only). */
static void order_draws(const double *draws, struct workspace *w)
{
  size_t all = w->m * w->n, kept = 0;
  for (size_t i = 0; i < all; i++)
    w->folded[i] = (struct proda_ranked){draws[i], i};
  proda_ranked_sort(w->folded, all, w->ranked);
  for (size_t i = 0; i < all; i++) {
    w->sorted[i] = w->folded[i].value;
    size_t chain = w->folded[i].place / w->n, t = w->folded[i].place % w->n;
    bool second = t >= w->n - w->half;
    if (!second && t >= w->half)
      continue;
    size_t place = (2 * chain + second) * w->half + (second ? t - (w->n - w->half) : t);
    w->split[place] = w->sorted[i];
    w->ranked[kept++] = (struct proda_ranked){w->sorted[i], place};
  }
}

static double ess_of_split(const double *x, struct workspace *w)
{
  return proda_ess(x, 2 * w->m, w->half, w->centred);
}

static double ess_of_quantile(double quantile, struct workspace *w)
{
  for (size_t i = 0; i < w->size; i++)
    w->other[i] = w->split[i] <= quantile;
  return ess_of_split(w->other, w);
}

static double ess_of_squares(double mean, struct workspace *w)
{
  for (size_t i = 0; i < w->size; i++)
    w->other[i] = (w->split[i] - mean) * (w->split[i] - mean);
  return ess_of_split(w->other, w);
}

/* Half the distance between the order statistics that bound the quantile by one standard error. */
static double mcse_of_quantile(double p, double ess, const struct workspace *w)
{
  if (isnan(ess))
    return NAN;
  double size = (double)(w->m * w->n);
  double low = proda_beta_quantile(0.1586553, ess * p + 1, ess * (1 - p) + 1);
  double high = proda_beta_quantile(0.8413447, ess * p + 1, ess * (1 - p) + 1);
  double first = fmax(floor(low * size), 1), last = fmin(ceil(high * size), size);
  return (w->sorted[(size_t)last - 1] - w->sorted[(size_t)first - 1]) / 2;
}

/* Delta method: var(sd) = var(variance) / (4 variance), moments with divisor S. */
static double mcse_of_sd(const double *draws, size_t size, double mean, double ess)
{
  double second = 0, fourth = 0;
  for (size_t i = 0; i < size; i++) {
    double square = (draws[i] - mean) * (draws[i] - mean);
    second += square;
    fourth += square * square;
  }
  second /= (double)size;
  fourth /= (double)size;
  return sqrt((fourth - second * second) / ess / second / 4);
}

/* Unlike fmin, NaN where either is. */
static double smaller(double a, double b)
{
  return a < b || isnan(a) ? a : b;
}

/* What tells whether chains have converged, and quantiles. */
static void judge(struct workspace *w, struct proda_diagnostics *out)
{
  size_t all = w->m * w->n;
  out->q05 = proda_quantile_sorted(w->sorted, all, 0.05);
  out->median = proda_quantile_sorted(w->sorted, all, 0.5);
  out->q95 = proda_quantile_sorted(w->sorted, all, 0.95);
  if (w->sorted[0] == w->sorted[all - 1] || w->n < 4)
    return;
  proda_ranked_scores(w->ranked, w->size, w->other);
  out->rhat_rank_bulk = proda_rhat_classic(w->other, 2 * w->m, w->half);
  out->ess_bulk = ess_of_split(w->other, w);
  proda_ranked_fold(w->ranked, w->size, out->median, w->folded);
  proda_ranked_scores(w->folded, w->size, w->other);
  out->rhat_rank_folded = proda_rhat_classic(w->other, 2 * w->m, w->half);
  out->rhat = -smaller(-out->rhat_rank_bulk, -out->rhat_rank_folded);
  out->ess_q05 = ess_of_quantile(out->q05, w);
  out->ess_q95 = ess_of_quantile(out->q95, w);
  out->ess_tail = smaller(out->ess_q05, out->ess_q95);
}

/* The rest. */
static void measure(const double *draws, struct workspace *w, struct proda_diagnostics *out)
{
  size_t all = w->m * w->n;
  out->mean = proda_mean(draws, all);
  out->sd = sqrt(proda_variance(draws, all));
  if (w->sorted[0] == w->sorted[all - 1] || w->n < 4)
    return;
  out->rhat_classic = proda_rhat_classic(draws, w->m, w->n);
  out->rhat_split = proda_rhat_classic(w->split, 2 * w->m, w->half);
  out->ess_basic = proda_ess(draws, w->m, w->n, w->centred);
  out->ess_mean = ess_of_split(w->split, w);
  out->ess_sd = ess_of_squares(out->mean, w);
  out->ess_median = ess_of_quantile(out->median, w);

  out->mcse_mean = out->sd / sqrt(out->ess_mean);
  out->mcse_sd = mcse_of_sd(draws, all, out->mean, out->ess_sd);
  out->mcse_q05 = mcse_of_quantile(0.05, out->ess_q05, w);
  out->mcse_median = mcse_of_quantile(0.5, out->ess_median, w);
  out->mcse_q95 = mcse_of_quantile(0.95, out->ess_q95, w);
}

static bool all_finite(const double *x, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (!isfinite(x[i]))
      return false;
  return true;
}

static int diagnose(const double *draws, size_t m, size_t n, bool whole,
                    struct proda_diagnostics *out, struct proda_error *error)
{
  double *value = (double *)out;
  for (size_t i = 0; i < sizeof *out / sizeof *value; i++)
    value[i] = NAN;
  if (m == 0 || n == 0 || !all_finite(draws, m * n))
    return PRODA_OK;
  struct workspace w;
  int status = workspace_make(m, n, &w, error);
  if (status == PRODA_OK) {
    order_draws(draws, &w);
    judge(&w, out);
    if (whole)
      measure(draws, &w, out);
  }
  workspace_release(&w);
  return status;
}

int proda_diagnose(const double *draws, size_t m, size_t n, struct proda_diagnostics *out,
                   struct proda_error *error)
{
  return diagnose(draws, m, n, true, out, error);
}

int proda_diagnose_convergence(const double *draws, size_t m, size_t n,
                               struct proda_diagnostics *out, struct proda_error *error)
{
  return diagnose(draws, m, n, false, out, error);
}
