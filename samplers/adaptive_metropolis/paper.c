/* The published assimilation, peculiarities included; adaptive_metropolis.md lists them. Points are
 * kp, shares of the prior's range; cost is -log density. One walker runs all chains of a site, one
 * after the other. */
#include <string.h>

#include "adaptive_metropolis.h"
#include "factor.h"
#include "noise.h"

enum phase { FIRST_POINT, NEW_CHAIN, PHASE_1, PHASE_2 };
enum { MOST_REDRAWS = 100000 };

struct walker {
  struct noise noise;
  uint32_t phase, chain;
  uint32_t restarts; /* of phase 1 of this chain, for too few acceptances */
  uint32_t failures; /* of chains of this site, for the share accepted */
  uint32_t stuck;    /* no proposal inside the prior's range was found */
  uint32_t pad;
  uint64_t step;     /* of the phase, from 1 */
  uint64_t accepted; /* in the phase */
  double share;      /* accepted / step at the last acceptance */
  double half_width; /* of phase 1's proposals */
  double factor;     /* of phase 2's covariance, times d */
  double cost_of_start, cost;
  double difference; /* of costs, as last worked out */
};

enum vector { POINT, NEXT, MEAN, WORK, N_VECTORS };

static size_t whole_lines(size_t bytes)
{
  return (bytes + 63) / 64 * 64;
}

static double *vector(const struct sampler *s, struct walker *w, enum vector which)
{
  return (double *)((char *)w + whole_lines(sizeof *w)) + which * s->stride;
}

static struct factor factor_of(const struct sampler *s, struct walker *w)
{
  return (struct factor){.d = s->d, .stride = s->stride, .at = vector(s, w, N_VECTORS)};
}

/* Sums of products of deviations, [d][d], lower triangle. */
static double *products_of(const struct sampler *s, struct walker *w)
{
  return vector(s, w, N_VECTORS) + factor_size(s->d, s->stride);
}

static double *normals_of(const struct sampler *s, struct walker *w)
{
  return products_of(s, w) + s->d * s->d;
}

static size_t paper_walker_size(const struct sampler *s)
{
  size_t doubles =
      N_VECTORS * s->stride + factor_size(s->d, s->stride) + s->d * s->d + NOISE_SIZE(s->d);
  return whole_lines(sizeof(struct walker)) + whole_lines(doubles * sizeof(double));
}

static size_t paper_n_walkers(const struct sampler *s)
{
  (void)s;
  return 1;
}

static size_t paper_n_draws(const struct sampler *s)
{
  return s->settings.formal_run;
}

/* The second half of n begins at element round(n/2) + 1. */
static size_t paper_discard(const struct sampler *s, size_t kept)
{
  return (size_t)(s->settings.burn_in * (double)kept + 0.5);
}

static int paper_check(const struct sampler *s, struct proda_error *error)
{
  for (size_t i = 0; i < s->d; i++)
    if (!isfinite(s->prior[i].lower) || !isfinite(s->prior[i].upper))
      return proda_error_set(error,
                             "adaptive_metropolis: mode paper needs finite bounds for every "
                             "parameter, found [%g, %g] for parameter %zu: give it a uniform prior "
                             "or use mode exact",
                             s->prior[i].lower, s->prior[i].upper, i);
  return PRODA_OK;
}

/* ---- the chain's own statistics ---- */

static void forget_points(const struct sampler *s, struct walker *w)
{
  memset(vector(s, w, MEAN), 0, s->stride * sizeof(double));
  memset(products_of(s, w), 0, s->d * s->d * sizeof(double));
}

/* Takes the current point as the n-th of the chain; leaves its distance from the mean of the
 * earlier ones in WORK. */
static void count_point(const struct sampler *s, struct walker *w, double n)
{
  const double *point = vector(s, w, POINT);
  double *mean = vector(s, w, MEAN), *step = vector(s, w, WORK);
  for (size_t i = 0; i < s->stride; i++) {
    step[i] = point[i] - mean[i];
    mean[i] += step[i] / n;
  }
}

static void add_products(const struct sampler *s, struct walker *w, double n)
{
  const double *step = vector(s, w, WORK);
  double *products = products_of(s, w);
  for (size_t i = 0; i < s->d; i++) {
    double scaled = step[i] * (n - 1) / n;
    for (size_t j = 0; j <= i; j++)
      products[i * s->d + j] += scaled * step[j];
  }
}

/* The factor of the covariance of n points; destroys the products. */
static int factor_from_products(const struct sampler *s, struct walker *w, double n)
{
  double *products = products_of(s, w);
  for (size_t i = 0; i < s->d * s->d; i++)
    products[i] /= n - 1;
  struct factor factor = factor_of(s, w);
  return factor_make(&factor, products);
}

/* cov_n = (n-2)/(n-1) cov_(n-1) + step step' / n */
static void follow_covariance(const struct sampler *s, struct walker *w, double n)
{
  double *step = vector(s, w, WORK);
  for (size_t i = 0; i < s->stride; i++)
    step[i] = i < s->d ? step[i] / sqrt(n) : 0;
  struct factor factor = factor_of(s, w);
  factor_update(&factor, sqrt((n - 2) / (n - 1)), step);
}

/* ---- from phase to phase ---- */

static void enter_phase_1(const struct sampler *s, struct walker *w)
{
  double *point = vector(s, w, POINT);
  for (size_t i = 0; i < s->stride; i++)
    point[i] = s->settings.paper_start;
  forget_points(s, w);
  w->cost = w->cost_of_start;
  w->phase = PHASE_1;
  w->step = 1;
  w->accepted = 0;
}

static void enter_chain(const struct sampler *s, struct walker *w)
{
  w->half_width = s->settings.paper_step;
  w->restarts = 0;
  enter_phase_1(s, w);
}

static void enter_phase_2(const struct sampler *s, struct walker *w)
{
  forget_points(s, w);
  if (s->settings.paper_cost_of_start)
    w->cost = w->cost_of_start;
  w->phase = PHASE_2;
  w->step = 1;
  w->accepted = 0;
  w->share = 0;
}

static void paper_start(const struct sampler *s, const struct proda_walker_key *key, void *state)
{
  struct walker *w = state;
  memset(w, 0, paper_walker_size(s));
  noise_start(&w->noise, key->seed, key->site, key->walker);
  w->factor = s->settings.paper_factor;
  double *next = vector(s, w, NEXT);
  for (size_t i = 0; i < s->stride; i++)
    next[i] = s->settings.paper_start;
}

/* ---- proposals ---- */

/* Redrawing a coordinate until it lies inside (0,1) is drawing it from what lies inside. */
static void propose_uniform(const struct sampler *s, struct walker *w)
{
  const double *point = vector(s, w, POINT);
  double *next = vector(s, w, NEXT), *u = vector(s, w, WORK);
  proda_random_uniforms(&w->noise.random, s->d, u);
  for (size_t i = 0; i < s->d; i++) {
    double low = fmax(point[i] - w->half_width, 0), high = fmin(point[i] + w->half_width, 1);
    next[i] = low + u[i] * (high - low);
  }
}

static bool is_inside(const double *kp, size_t stride)
{
  lane_mask outside = {0};
  for (size_t i = 0; i < stride; i += PRODA_LANES) {
    lane at = *(const loose_lane *)(kp + i);
    outside |= (at <= 0) | (at >= 1);
  }
  return !lane_any(outside);
}

static void propose_gaussian(const struct sampler *s, struct walker *w)
{
  struct factor factor = factor_of(s, w);
  double scale = sqrt(w->factor / (double)s->d);
  double *next = vector(s, w, NEXT), *scaled = vector(s, w, WORK);
  for (int redraw = 0; redraw < MOST_REDRAWS; redraw++) {
    const double *u = noise_normals(&w->noise, normals_of(s, w), s->d);
    for (size_t i = 0; i < s->d; i++)
      scaled[i] = scale * u[i];
    factor_multiply(&factor, vector(s, w, POINT), scaled, next);
    if (is_inside(next, s->stride))
      return;
  }
  memcpy(next, vector(s, w, POINT), s->stride * sizeof *next);
  w->stuck = 1;
}

static void to_physical(const struct sampler *s, const double *kp, double *x)
{
  for (size_t i = 0; i < s->d; i++)
    x[i] = s->prior[i].lower + kp[i] * (s->prior[i].upper - s->prior[i].lower);
}

static void paper_propose(const struct sampler *s, void *state, double *x)
{
  struct walker *w = state;
  if (w->phase == NEW_CHAIN)
    enter_chain(s, w);
  if (w->phase == PHASE_1)
    propose_uniform(s, w);
  else if (w->phase == PHASE_2)
    propose_gaussian(s, w);
  to_physical(s, vector(s, w, NEXT), x);
}

/* ---- acceptance ---- */

static bool is_valid(const struct proda_evaluation *evaluation)
{
  return evaluation->status == PRODA_OK && isfinite(evaluation->log_density);
}

static void end(struct proda_outcome *outcome, const char *failure)
{
  outcome->done = true;
  outcome->failure = failure;
}

static bool decide(const struct sampler *s, struct walker *w,
                   const struct proda_evaluation *evaluation)
{
  const struct settings *set = &s->settings;
  bool valid = is_valid(evaluation);
  double cost = valid ? -evaluation->log_density : w->cost + set->paper_reject_cost;
  if (valid || w->phase == PHASE_1 || !set->paper_stale_difference)
    w->difference = cost - w->cost;
  double weight = set->paper_anneal ? log((double)w->step + 2) : 1;
  if (!(noise_log_uniform(&w->noise) < -w->difference * weight))
    return false;
  memcpy(vector(s, w, POINT), vector(s, w, NEXT), s->stride * sizeof(double));
  w->cost = cost;
  w->accepted++;
  w->share = (double)w->accepted / (double)w->step;
  return true;
}

static void step_phase_1(const struct sampler *s, struct walker *w, struct proda_outcome *outcome)
{
  const struct settings *set = &s->settings;
  count_point(s, w, (double)w->step);
  add_products(s, w, (double)w->step);
  if (w->step++ < set->test_run)
    return;
  if (w->accepted < set->paper_min_accepted && w->restarts < set->paper_step_tries) {
    w->restarts++;
    w->half_width /= set->paper_step_divisor;
    enter_phase_1(s, w);
  } else if (factor_from_products(s, w, (double)set->test_run)) {
    end(outcome, "the covariance of phase 1 is not positive semi-definite");
  } else {
    enter_phase_2(s, w);
  }
}

/* Whether the share accepted asks for another factor, which it then sets. */
static bool adjust_factor(const struct settings *set, struct walker *w)
{
  if (w->share < set->paper_acceptance_low)
    w->factor *= set->paper_factor_shrink;
  else if (w->share > set->paper_acceptance_high)
    w->factor *= set->paper_factor_grow;
  else
    return false;
  w->failures++;
  return true;
}

static void step_phase_2(const struct sampler *s, struct walker *w, struct proda_outcome *outcome)
{
  const struct settings *set = &s->settings;
  double n = (double)w->step;
  count_point(s, w, n);
  if (w->step <= set->paper_adapt_after)
    add_products(s, w, n);
  else
    follow_covariance(s, w, n);
  if (w->step == set->paper_adapt_after && factor_from_products(s, w, n)) {
    end(outcome, "the covariance of phase 2 is not positive semi-definite");
  } else if (w->step + 1 == set->formal_run && adjust_factor(set, w)) {
    outcome->discard_chain = true;
    outcome->keep = false;
    if (w->failures > set->paper_failures)
      end(outcome, "the share of accepted steps stayed outside its limits");
    else
      enter_chain(s, w);
  } else if (w->step == set->formal_run) {
    w->chain++;
    w->phase = NEW_CHAIN; /* entered at the next proposal: the host still asks for this point */
    outcome->done = w->chain == set->chains;
  } else {
    w->step++;
  }
}

static void take_first_point(struct walker *w, const struct proda_evaluation *evaluation,
                             struct proda_outcome *outcome)
{
  if (!is_valid(evaluation)) {
    end(outcome, "the point where chains start has no valid answer");
    outcome->no_start = true;
    return;
  }
  w->cost_of_start = -evaluation->log_density;
  w->phase = NEW_CHAIN;
  outcome->accepted = true;
}

static void paper_accept(const struct sampler *s, void *state,
                         const struct proda_evaluation *evaluation, struct proda_outcome *outcome)
{
  struct walker *w = state;
  *outcome = (struct proda_outcome){.chain = w->chain};
  if (w->phase == FIRST_POINT) {
    take_first_point(w, evaluation, outcome);
    return;
  }
  if (w->stuck) {
    end(outcome, "no proposal fell inside the prior's range in 100000 draws");
    return;
  }
  outcome->accepted = decide(s, w, evaluation);
  outcome->keep = outcome->accepted && w->phase == PHASE_2;
  if (w->phase == PHASE_1)
    step_phase_1(s, w, outcome);
  else
    step_phase_2(s, w, outcome);
}

static double paper_current(const struct sampler *s, const void *state, double *x)
{
  const struct walker *w = state;
  to_physical(s, vector(s, (struct walker *)w, POINT), x);
  return -w->cost;
}

const struct mode mode_paper = {
    .check = paper_check,
    .n_walkers = paper_n_walkers,
    .n_draws = paper_n_draws,
    .walker_size = paper_walker_size,
    .start = paper_start,
    .propose = paper_propose,
    .accept = paper_accept,
    .current = paper_current,
    .discard = paper_discard,
    .accepted_only = true,
};
