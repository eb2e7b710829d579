/* Proper adaptive Metropolis in unbounded coordinates z = mean + L w. Two moves, both in w:
 *
 * random walk      w' = w + s u, s = scale 2.38 / sqrt(d)           (Haario et al. 2001)
 * autoregressive   w' = sqrt(1 - b^2) w + b |w| / chi_d u           (Kamatani 2018, MpCN)
 *
 * with u standard normal. The first is symmetric; the second is reversible with respect to |w|^-d,
 * which stands in its acceptance ratio. Mean and L follow the chain with weights that vanish as
 * 1/n; s and b are learned before the first draw is kept only. The test run begins with the density
 * q that starts are drawn from and goes to the posterior p by q^(1-t) p^t (Neal 2001). */
#include <stdlib.h>
#include <string.h>

#include "adaptive_metropolis.h"
#include "factor.h"
#include "noise.h"

/* One of the two moves: its length, and how it fared since the last update. */
struct move {
  double length;
  uint32_t tried, accepted;
};

struct walker {
  struct noise noise;
  uint64_t step;    /* taken since the start; 0 while a start is looked for */
  uint64_t updates; /* of mean and factor */
  uint32_t chain, tries;
  uint32_t now;               /* which of each pair of vectors holds the current point: 0 or 1 */
  uint32_t is_autoregressive; /* the move under way */
  struct move walk, autoregressive;
  double log_density;   /* of the current point, with respect to x */
  double log_target;    /* the same with respect to z */
  double log_start;     /* density of the current point as a start, with respect to z */
  double log_jacobian;  /* of the proposal */
  double log_start_new; /* of the proposal, while tempering */
  double square;        /* |w|^2 of the current point */
  double square_new;
  double pad[6];
};

/* Of a pair, one holds the current point and one the proposal; acceptance swaps them. */
enum vector { Z, W = Z + 2, X = W + 2, MEAN = X + 2, WORK, N_VECTORS };

static size_t whole_lines(size_t bytes)
{
  return (bytes + 63) / 64 * 64;
}

static double *vector(const struct sampler *s, struct walker *w, enum vector which)
{
  return (double *)((char *)w + whole_lines(sizeof *w)) + which * s->stride;
}

static double *current(const struct sampler *s, struct walker *w, enum vector pair)
{
  return vector(s, w, pair + w->now);
}

static double *proposed(const struct sampler *s, struct walker *w, enum vector pair)
{
  return vector(s, w, pair + (1 - w->now));
}

static struct factor factor_of(const struct sampler *s, struct walker *w)
{
  return (struct factor){.d = s->d, .stride = s->stride, .at = vector(s, w, N_VECTORS)};
}

static double *normals_of(const struct sampler *s, struct walker *w)
{
  return vector(s, w, N_VECTORS) + factor_size(s->d, s->stride);
}

static size_t exact_walker_size(const struct sampler *s)
{
  size_t doubles = N_VECTORS * s->stride + factor_size(s->d, s->stride) + NOISE_SIZE(s->d);
  return whole_lines(sizeof(struct walker)) + whole_lines(doubles * sizeof(double));
}

static size_t exact_n_walkers(const struct sampler *s)
{
  return s->settings.chains;
}

static size_t dropped(const struct sampler *s)
{
  return (size_t)(s->settings.burn_in * (double)s->settings.formal_run);
}

static size_t exact_n_draws(const struct sampler *s)
{
  return s->settings.formal_run - dropped(s);
}

static int exact_check(const struct sampler *s, struct proda_error *error)
{
  (void)s;
  (void)error;
  return PRODA_OK;
}

static void exact_start(const struct sampler *s, const struct proda_walker_key *key, void *state)
{
  struct walker *w = state;
  memset(w, 0, exact_walker_size(s));
  noise_start(&w->noise, key->seed, key->site, key->walker);
  w->chain = key->walker;
  w->walk.length = 2.38 / sqrt((double)s->d);
  w->autoregressive.length = 1;
}

/* ---- starts ---- */

static double draw_within(const struct proda_prior *prior, struct proda_random *random)
{
  bool below = isfinite(prior->lower), above = isfinite(prior->upper);
  if (prior->kind != PRODA_PRIOR_UNIFORM)
    for (int i = 0; i < 100; i++) {
      double u;
      proda_random_normal(random, 1, &u);
      double x = prior->mean + prior->sd * u;
      if (x > prior->lower && x < prior->upper)
        return x;
    }
  double u = proda_random_uniform(random);
  if (below && above)
    return prior->lower + u * (prior->upper - prior->lower);
  return below ? prior->lower + u * prior->sd : above ? prior->upper - u * prior->sd : prior->mean;
}

/* Log density of x as a start, but for a constant, with respect to x. */
static double log_start(const struct sampler *s, const double *x)
{
  double sum = 0;
  for (size_t i = 0; i < s->d; i++)
    if (s->prior[i].kind != PRODA_PRIOR_UNIFORM) {
      double u = (x[i] - s->prior[i].mean) / s->prior[i].sd;
      sum -= 0.5 * u * u;
    }
  return sum;
}

static void propose_start(const struct sampler *s, struct walker *w)
{
  double *x = proposed(s, w, X), *z = proposed(s, w, Z);
  for (size_t i = 0; i < s->d; i++)
    x[i] = draw_within(&s->prior[i], &w->noise.random);
  transform_inverse(s->transform, x, z);
}

static void begin(const struct sampler *s, struct walker *w)
{
  double *spread = vector(s, w, WORK);
  for (size_t i = 0; i < s->d; i++)
    spread[i] = transform_spread(s->transform, i);
  struct factor factor = factor_of(s, w);
  factor_diagonal(&factor, spread);
  memcpy(vector(s, w, MEAN), proposed(s, w, Z), s->stride * sizeof(double));
  memset(proposed(s, w, W), 0, s->stride * sizeof(double));
  w->square_new = 0;
  w->step = 1;
}

/* ---- tempering ---- */

/* How far the chain has gone from the density of its starts to the posterior; 1 and more: all of
 * it. */
static double progress(const struct sampler *s, uint64_t step)
{
  double steps = s->settings.tempering * (double)s->settings.test_run;
  return (double)step < steps ? (double)step / steps : 1;
}

static bool is_tempering(const struct sampler *s, const struct walker *w)
{
  return progress(s, w->step) < 1;
}

/* The exponent of the posterior grows slowly at first, where a little of it does most. */
static double temper(const struct sampler *s, const struct walker *w)
{
  return pow(progress(s, w->step), 3);
}

/* ---- proposals ---- */

/* Which move step n makes: fixed beforehand, the share spread evenly. */
static bool is_autoregressive(const struct sampler *s, uint64_t step)
{
  double share = s->settings.autoregressive_share;
  return (uint64_t)((double)(step + 1) * share) > (uint64_t)((double)step * share);
}

/* w' = keep w + length u and |w'|^2, on whole lanes; entries from d on stay 0. */
static void move_coordinates(const struct sampler *s, struct walker *w, double keep, double length)
{
  static const lane index = {0, 1, 2, 3, 4, 5, 6, 7};
  const double *u = noise_normals(&w->noise, normals_of(s, w), s->d);
  const double *now = current(s, w, W);
  double *next = proposed(s, w, W);
  lane sum = {0};
  for (size_t i = 0; i < s->stride; i += PRODA_LANES) {
    lane moved = keep * *(const loose_lane *)(now + i) + length * *(const loose_lane *)(u + i);
    moved = lane_select(index + (double)i < (double)s->d, moved, lane_splat(0));
    *(loose_lane *)(next + i) = moved;
    sum += moved * moved;
  }
  w->square_new = lane_sum(sum);
}

static void propose_move(const struct sampler *s, struct walker *w)
{
  w->is_autoregressive = is_autoregressive(s, w->step);
  if (w->is_autoregressive) {
    double b = w->autoregressive.length;
    double radius = sqrt(w->square / noise_chi_squared(&w->noise, s->d));
    move_coordinates(s, w, sqrt(1 - b * b), b * radius);
  } else {
    move_coordinates(s, w, 1, w->walk.length);
  }
  struct factor factor = factor_of(s, w);
  factor_multiply(&factor, vector(s, w, MEAN), proposed(s, w, W), proposed(s, w, Z));
}

static void exact_propose(const struct sampler *s, void *state, double *x)
{
  struct walker *w = state;
  if (w->step == 0)
    propose_start(s, w);
  else
    propose_move(s, w);
  w->log_jacobian = transform_forward(s->transform, proposed(s, w, Z), proposed(s, w, X));
  if (is_tempering(s, w))
    w->log_start_new = log_start(s, proposed(s, w, X)) + w->log_jacobian;
  memcpy(x, proposed(s, w, X), s->d * sizeof *x);
}

/* ---- acceptance ---- */

static void take(struct walker *w, double log_density)
{
  w->now = 1 - w->now;
  w->log_density = log_density;
  w->log_target = log_density + w->log_jacobian;
  w->log_start = w->log_start_new;
  w->square = w->square_new;
}

static bool is_valid(const struct proda_evaluation *evaluation)
{
  return evaluation->status == PRODA_OK && isfinite(evaluation->log_density);
}

static bool decide(const struct sampler *s, struct walker *w,
                   const struct proda_evaluation *evaluation)
{
  double threshold = noise_log_uniform(&w->noise);
  struct move *move = w->is_autoregressive ? &w->autoregressive : &w->walk;
  move->tried++;
  if (!is_valid(evaluation))
    return false;
  double ratio = evaluation->log_density + w->log_jacobian - w->log_target;
  if (is_tempering(s, w)) {
    double t = temper(s, w);
    ratio = t * ratio + (1 - t) * (w->log_start_new - w->log_start);
  }
  if (w->is_autoregressive)
    ratio += (double)s->d / 2 * log(w->square_new / w->square);
  if (!(threshold < ratio))
    return false;
  move->accepted++;
  take(w, evaluation->log_density);
  return true;
}

/* ---- adaptation ---- */

/* Nothing that is kept depends on how the chain came to where it is kept from. */
static bool is_learning(const struct sampler *s, const struct walker *w)
{
  return w->step <= s->settings.test_run + dropped(s);
}

/* Robbins-Monro on the logarithm of the length. */
static void learn_length(const struct sampler *s, struct move *move, double gain)
{
  if (move->tried > 0) {
    double share = (double)move->accepted / move->tried;
    move->length *= exp(gain * (share - s->settings.target_acceptance));
  }
  move->tried = move->accepted = 0;
}

/* Mean and L L^T with weight gain / n for the current point; the ridge enters as the variance of a
 * jitter on it, which costs O(d). */
static void learn_covariance(const struct sampler *s, struct walker *w)
{
  const struct settings *set = &s->settings;
  double gain = is_learning(s, w) ? set->adaptation_gain : set->formal_gain;
  double weight = gain / ((double)(w->updates + s->d) + 2 * gain);
  double *mean = vector(s, w, MEAN), *v = vector(s, w, WORK);
  const double *z = current(s, w, Z);
  const double *jitter = noise_normals(&w->noise, normals_of(s, w), s->d);
  double length = sqrt(weight), ridge = sqrt(set->ridge);
  for (size_t i = 0; i < s->d; i++) {
    double step = z[i] - mean[i];
    mean[i] += weight * step;
    v[i] = length * (step + ridge * jitter[i]);
  }
  struct factor factor = factor_of(s, w);
  factor_update(&factor, sqrt(1 - weight), v);
}

static double square_of(const double *v, size_t stride)
{
  lane sum = {0};
  for (size_t i = 0; i < stride; i += PRODA_LANES)
    sum += *(const loose_lane *)(v + i) * *(const loose_lane *)(v + i);
  return lane_sum(sum);
}

/* w of the current point in the new coordinates. */
static void locate(const struct sampler *s, struct walker *w)
{
  double *at = current(s, w, W);
  const double *z = current(s, w, Z), *mean = vector(s, w, MEAN);
  for (size_t i = 0; i < s->d; i++)
    at[i] = z[i] - mean[i];
  struct factor factor = factor_of(s, w);
  factor_solve(&factor, at);
  w->square = square_of(at, s->stride);
}

static void adapt(const struct sampler *s, struct walker *w)
{
  if (!is_learning(s, w) && s->settings.formal_gain == 0)
    return;
  /* What was learned of other densities counts for little once the posterior itself is sampled. */
  if (!is_tempering(s, w) && progress(s, w->step - s->settings.adapt_every) < 1)
    w->updates = 0;
  learn_covariance(s, w);
  w->updates++;
  if (is_learning(s, w)) {
    double gain = pow((double)w->updates, -0.6);
    learn_length(s, &w->walk, gain);
    learn_length(s, &w->autoregressive, gain);
    w->autoregressive.length = fmin(w->autoregressive.length, 1);
  }
  locate(s, w);
}

static void accept_start(const struct sampler *s, struct walker *w,
                         const struct proda_evaluation *evaluation, struct proda_outcome *outcome)
{
  if (is_valid(evaluation)) {
    begin(s, w);
    take(w, evaluation->log_density);
    outcome->accepted = true;
  } else if (++w->tries >= s->settings.start_tries) {
    outcome->done = outcome->no_start = true;
    outcome->failure = s->no_start;
  }
}

static void exact_accept(const struct sampler *s, void *state,
                         const struct proda_evaluation *evaluation, struct proda_outcome *outcome)
{
  struct walker *w = state;
  const struct settings *set = &s->settings;
  *outcome = (struct proda_outcome){.chain = w->chain};
  if (w->step == 0) {
    accept_start(s, w, evaluation, outcome);
    return;
  }
  outcome->accepted = decide(s, w, evaluation);
  outcome->keep = !is_learning(s, w);
  outcome->done = w->step == set->test_run + set->formal_run;
  if (w->step % set->adapt_every == 0)
    adapt(s, w);
  w->step++;
}

static double exact_current(const struct sampler *s, const void *state, double *x)
{
  const struct walker *w = state;
  memcpy(x, current(s, (struct walker *)w, X), s->d * sizeof *x);
  return w->log_density;
}

static size_t exact_discard(const struct sampler *s, size_t kept)
{
  (void)s;
  (void)kept;
  return 0;
}

const struct mode mode_exact = {
    .check = exact_check,
    .n_walkers = exact_n_walkers,
    .n_draws = exact_n_draws,
    .walker_size = exact_walker_size,
    .start = exact_start,
    .propose = exact_propose,
    .accept = exact_accept,
    .current = exact_current,
    .discard = exact_discard,
};
