/* @name@: a random walk over the priors, a walker a chain. A step is normal in every coordinate,
 * folded back at the bounds of the prior, so that it is symmetric; it is accepted by Metropolis'
 * rule. During the warm-up the width of steps adapts (Robbins and Monro 1951); the draws that are
 * kept come after it.
 *
 * The contract, call by call, is <proda/sampler.h>. `proda build` makes @name@.names.h from
 * @name@.yaml. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <proda/random.h>
#include <proda/sampler.h>

#include "@name@.names.h"

struct sampler {
  size_t d, chains, warm_up, draws, start_tries;
  double step, acceptance;
  struct proda_prior *prior;
};

/* A walker is one flat block, without pointers: the host moves and stores it. */
struct walker {
  struct proda_random random;
  size_t chain, n, tries; /* n: steps taken */
  bool started;
  double log_step, log_density;
  double x[]; /* [2 d]: where it is, and the proposal */
};

static int create(const struct proda_target *target, const struct proda_setting *settings,
                  void **sampler, struct proda_error *error)
{
  struct sampler *s = calloc(1, sizeof *s);
  size_t size = target->n_parameters * sizeof *target->prior;
  if (!s || !(s->prior = malloc(size + 1))) {
    free(s);
    return proda_error_set(error, "@name@: out of memory");
  }
  memcpy(s->prior, target->prior, size);
  s->d = target->n_parameters;
  s->chains = (size_t)settings[SET_chains].value[0];
  s->warm_up = (size_t)settings[SET_warm_up].value[0];
  s->draws = (size_t)settings[SET_draws].value[0];
  s->step = settings[SET_step].value[0];
  s->acceptance = settings[SET_acceptance].value[0];
  s->start_tries = (size_t)settings[SET_start_tries].value[0];
  *sampler = s;
  return PRODA_OK;
}

static void destroy(void *sampler)
{
  struct sampler *s = sampler;
  if (s)
    free(s->prior);
  free(s);
}

static size_t n_chains(const void *sampler)
{
  return ((const struct sampler *)sampler)->chains;
}

static size_t n_draws(const void *sampler)
{
  return ((const struct sampler *)sampler)->draws;
}

static size_t walker_size(const void *sampler)
{
  const struct sampler *s = sampler;
  return (sizeof(struct walker) + 2 * s->d * sizeof(double) + 63) / 64 * 64;
}

static void start(const void *sampler, const struct proda_walker_key *key, void *walker)
{
  const struct sampler *s = sampler;
  struct walker *w = walker;
  memset(walker, 0, walker_size(sampler));
  proda_random_start(&w->random, key->seed, key->site, key->walker);
  w->chain = key->walker;
  w->log_step = log(s->step);
}

static bool is_uniform(const struct proda_prior *prior)
{
  return prior->kind == PRODA_PRIOR_UNIFORM;
}

static double normal(struct proda_random *random)
{
  double z[2];
  proda_random_normal(random, 2, z);
  return z[0];
}

/* Reflected at the bounds until it lies between them. */
static double fold(const struct proda_prior *prior, double x)
{
  for (int i = 0; i < 100 && (x < prior->lower || x > prior->upper); i++)
    x = x < prior->lower ? 2 * prior->lower - x : 2 * prior->upper - x;
  return fmin(fmax(x, prior->lower), prior->upper);
}

static double draw(const struct proda_prior *prior, struct proda_random *random)
{
  if (is_uniform(prior))
    return prior->lower + (prior->upper - prior->lower) * proda_random_uniform(random);
  return fold(prior, prior->mean + prior->sd * normal(random));
}

static void propose(const void *sampler, void *walker, double *x)
{
  const struct sampler *s = sampler;
  struct walker *w = walker;
  double *proposal = w->x + s->d, step = exp(w->log_step);
  for (size_t i = 0; i < s->d; i++) {
    const struct proda_prior *prior = &s->prior[i];
    double width = is_uniform(prior) ? prior->upper - prior->lower : prior->sd;
    proposal[i] = w->started ? fold(prior, w->x[i] + step * width * normal(&w->random))
                             : draw(prior, &w->random);
  }
  memcpy(x, proposal, s->d * sizeof *x);
}

static void move(const struct sampler *s, struct walker *w, double log_density)
{
  memcpy(w->x, w->x + s->d, s->d * sizeof *w->x);
  w->log_density = log_density;
}

/* Before the first valid point: another draw from the prior, or the end. */
static void accept_start(const struct sampler *s, struct walker *w,
                         const struct proda_evaluation *evaluation, struct proda_outcome *outcome)
{
  w->started = evaluation->status == PRODA_OK;
  if (w->started) {
    move(s, w, evaluation->log_density);
    outcome->accepted = true;
  } else if (++w->tries == s->start_tries) {
    outcome->done = outcome->no_start = true;
    outcome->failure = "no valid start in start_tries draws from the prior";
  }
}

static void accept(const void *sampler, void *walker, const struct proda_evaluation *evaluation,
                   struct proda_outcome *outcome)
{
  const struct sampler *s = sampler;
  struct walker *w = walker;
  outcome->chain = (uint32_t)w->chain;
  if (!w->started) {
    accept_start(s, w, evaluation, outcome);
    return;
  }
  double u = proda_random_uniform(&w->random);
  outcome->accepted =
      evaluation->status == PRODA_OK && log(u) < evaluation->log_density - w->log_density;
  if (outcome->accepted)
    move(s, w, evaluation->log_density);
  if (w->n < s->warm_up)
    w->log_step += (outcome->accepted - s->acceptance) / sqrt(1.0 + (double)w->n);
  outcome->keep = w->n >= s->warm_up;
  outcome->done = ++w->n == s->warm_up + s->draws;
}

static double current(const void *sampler, const void *walker, double *x)
{
  const struct sampler *s = sampler;
  const struct walker *w = walker;
  memcpy(x, w->x, s->d * sizeof *x);
  return w->log_density;
}

/* What is kept is all after the warm-up. */
static size_t discard(const void *sampler, size_t kept)
{
  (void)sampler;
  (void)kept;
  return 0;
}

static const void *extension(const void *sampler, const char *name)
{
  (void)sampler;
  (void)name;
  return NULL;
}

static const struct proda_sampler_ops ops = {
    .size = sizeof ops,
    .create = create,
    .destroy = destroy,
    .n_walkers = n_chains,
    .n_chains = n_chains,
    .n_draws = n_draws,
    .walker_size = walker_size,
    .start = start,
    .propose = propose,
    .accept = accept,
    .current = current,
    .discard = discard,
    .extension = extension,
};

PRODA_EXPORT const struct proda_plugin proda_plugin = {PRODA_ABI_VERSION, PRODA_SAMPLER,
                                                       MANIFEST_NAME, MANIFEST_DIGEST, &ops};
