/* Proper adaptive Metropolis in unbounded coordinates z = mean + L w. Two moves, both in w:
 *
 * random walk      w' = w + s u, s = scale 2.38 / sqrt(d)           (Haario et al. 2001)
 * autoregressive   w' = sqrt(1 - b^2) w + b |w| / chi_d u           (Kamatani 2018, MpCN)
 *
 * with u standard normal. The first is symmetric; the second is reversible with respect to |w|^-d,
 * which stands in its acceptance ratio. Mean and L follow the chain with weights that vanish as
 * 1/n; s and b are learned in warm-up only. */
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
  struct move walk, autoregressive;
  double log_density;  /* of the current point, with respect to x */
  double log_target;   /* the same with respect to z */
  double log_jacobian; /* of the proposal */
  double square;       /* |w|^2 of the current point */
  double square_new;
  double pad[8];
};

enum vector { Z, Z_NEW, W, W_NEW, X, X_NEW, MEAN, WORK, N_VECTORS };

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

static double *normals_of(const struct sampler *s, struct walker *w)
{
  return vector(s, w, N_VECTORS) + factor_size(s->d, s->stride);
}

static size_t exact_walker_size(const struct sampler *s)
{
  size_t doubles = N_VECTORS * s->stride + factor_size(s->d, s->stride) + NOISE_STEPS * s->d;
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

static void propose_start(const struct sampler *s, struct walker *w)
{
  double *x = vector(s, w, X_NEW), *z = vector(s, w, Z_NEW);
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
  memcpy(vector(s, w, MEAN), vector(s, w, Z_NEW), s->stride * sizeof(double));
  memset(vector(s, w, W_NEW), 0, s->stride * sizeof(double));
  w->square_new = 0;
  w->step = 1;
}

/* ---- proposals ---- */

static double square_of(const double *v, size_t stride)
{
  lane sum = {0};
  for (size_t i = 0; i < stride; i += PRODA_LANES)
    sum += *(const loose_lane *)(v + i) * *(const loose_lane *)(v + i);
  return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

/* Which move step n makes: fixed beforehand, the share spread evenly. */
static bool is_autoregressive(const struct sampler *s, uint64_t step)
{
  double share = s->settings.autoregressive_share;
  return floor((double)(step + 1) * share) > floor((double)step * share);
}

/* w' = keep w + length u */
static void move_coordinates(const struct sampler *s, struct walker *w, double keep, double length)
{
  const double *now = vector(s, w, W);
  const double *u = noise_normals(&w->noise, normals_of(s, w), s->d);
  double *next = vector(s, w, W_NEW);
  for (size_t i = 0; i < s->d; i++)
    next[i] = keep * now[i] + length * u[i];
}

static void propose_move(const struct sampler *s, struct walker *w)
{
  if (is_autoregressive(s, w->step)) {
    double b = w->autoregressive.length;
    double radius = sqrt(w->square / noise_chi_squared(&w->noise, s->d));
    move_coordinates(s, w, sqrt(1 - b * b), b * radius);
  } else {
    move_coordinates(s, w, 1, w->walk.length);
  }
  w->square_new = square_of(vector(s, w, W_NEW), s->stride);
  struct factor factor = factor_of(s, w);
  factor_multiply(&factor, vector(s, w, MEAN), vector(s, w, W_NEW), vector(s, w, Z_NEW));
}

static void exact_propose(const struct sampler *s, void *state, double *x)
{
  struct walker *w = state;
  if (w->step == 0)
    propose_start(s, w);
  else
    propose_move(s, w);
  w->log_jacobian = transform_forward(s->transform, vector(s, w, Z_NEW), vector(s, w, X_NEW));
  memcpy(x, vector(s, w, X_NEW), s->d * sizeof *x);
}

/* ---- acceptance ---- */

static void copy_vector(const struct sampler *s, struct walker *w, enum vector to, enum vector from)
{
  memcpy(vector(s, w, to), vector(s, w, from), s->stride * sizeof(double));
}

static void take(const struct sampler *s, struct walker *w, double log_density)
{
  copy_vector(s, w, Z, Z_NEW);
  copy_vector(s, w, W, W_NEW);
  copy_vector(s, w, X, X_NEW);
  w->log_density = log_density;
  w->log_target = log_density + w->log_jacobian;
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
  bool autoregressive = is_autoregressive(s, w->step);
  struct move *move = autoregressive ? &w->autoregressive : &w->walk;
  move->tried++;
  if (!is_valid(evaluation))
    return false;
  double ratio = evaluation->log_density + w->log_jacobian - w->log_target;
  if (autoregressive)
    ratio += (double)s->d / 2 * log(w->square_new / w->square);
  if (!(threshold < ratio))
    return false;
  move->accepted++;
  take(s, w, evaluation->log_density);
  return true;
}

/* ---- adaptation ---- */

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
  double gain = w->step <= set->test_run ? set->adaptation_gain : set->formal_gain;
  double weight = gain / ((double)(w->updates + s->d) + 2 * gain);
  double *mean = vector(s, w, MEAN), *v = vector(s, w, WORK);
  const double *z = vector(s, w, Z);
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

/* w of the current point in the new coordinates. */
static void locate(const struct sampler *s, struct walker *w)
{
  double *at = vector(s, w, W);
  const double *z = vector(s, w, Z), *mean = vector(s, w, MEAN);
  for (size_t i = 0; i < s->d; i++)
    at[i] = z[i] - mean[i];
  struct factor factor = factor_of(s, w);
  factor_solve(&factor, at);
  w->square = square_of(at, s->stride);
}

static void adapt(const struct sampler *s, struct walker *w)
{
  if (w->step > s->settings.test_run && s->settings.formal_gain == 0)
    return;
  learn_covariance(s, w);
  w->updates++;
  if (w->step <= s->settings.test_run) {
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
    take(s, w, evaluation->log_density);
    outcome->accepted = true;
  } else if (++w->tries >= s->settings.start_tries) {
    outcome->done = true;
    outcome->failure = "no start drawn from the prior had a valid answer";
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
  outcome->keep = w->step > set->test_run + dropped(s);
  outcome->done = w->step == set->test_run + set->formal_run;
  if (w->step % set->adapt_every == 0)
    adapt(s, w);
  w->step++;
}

static double exact_current(const struct sampler *s, const void *state, double *x)
{
  const struct walker *w = state;
  memcpy(x, vector(s, (struct walker *)w, X), s->d * sizeof *x);
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
