/* A sampler that keeps its promises; each macro breaks one of them. Uniform priors only. */
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <proda/random.h>
#include <proda/sampler.h>

#include "walker.names.h"

enum { MOST = 16 };

struct sampler {
  size_t n, steps;
  double step;
  struct proda_prior prior[MOST];
#ifdef STATE_BESIDE
  double beside[MOST];
#endif
};

/* All of a walker. */
struct walker {
  struct proda_random random;
  uint64_t taken;
  double log_density;
  double here[MOST], next[MOST];
};

enum { WALKER_SIZE = (sizeof(struct walker) + 63) / 64 * 64 };

static int create(const struct proda_target *target, const struct proda_setting *settings,
                  void **sampler, struct proda_error *error)
{
#ifdef DIES_WHEN_MADE
  signal(SIGSEGV, SIG_DFL); /* a sanitizer would exit */
  raise(SIGSEGV);
#endif
  if (target->n_parameters > MOST)
    return proda_error_set(error, "walker: at most %d parameters", MOST);
  for (size_t p = 0; p < target->n_parameters; p++)
    if (target->prior[p].kind != PRODA_PRIOR_UNIFORM)
      return proda_error_set(error, "walker: expected uniform priors");
  struct sampler *made = calloc(1, sizeof *made);
  if (!made)
    return proda_error_set(error, "walker: out of memory");
  made->n = target->n_parameters;
  made->step = settings[SET_step].value[0];
  made->steps = (size_t)settings[SET_steps].value[0];
  memcpy(made->prior, target->prior, made->n * sizeof *made->prior);
  *sampler = made;
  return PRODA_OK;
}

static void destroy(void *sampler)
{
  free(sampler);
}

static size_t one(const void *sampler)
{
  (void)sampler;
  return 1;
}

static size_t n_draws(const void *sampler)
{
  return ((const struct sampler *)sampler)->steps;
}

static size_t walker_size(const void *sampler)
{
  (void)sampler;
  return WALKER_SIZE;
}

static void start(const void *sampler, const struct proda_walker_key *key, void *memory)
{
  struct walker *w = memory;
  (void)sampler;
  memset(w, 0, WALKER_SIZE);
#ifdef IGNORES_SITE
  proda_random_start(&w->random, key->seed, 0, key->walker);
#else
  proda_random_start(&w->random, key->seed, key->site, key->walker);
#endif
#ifdef WRITES_BEYOND
  ((char *)memory)[WALKER_SIZE] = 1;
#endif
}

static void propose(const void *sampler, void *memory, double *x)
{
  const struct sampler *s = sampler;
  struct walker *w = memory;
  const double *here = w->here;
#ifdef STATE_BESIDE
  here = s->beside;
#endif
  for (size_t p = 0; p < s->n; p++) {
    double lower = s->prior[p].lower, upper = s->prior[p].upper, width = upper - lower;
    double move = 2 * proda_random_uniform(&w->random) - 1;
#ifdef STATIC_NOISE
    static unsigned noise;
    move *= 1 - 1e-6 * (noise++ % 7);
#endif
    x[p] = w->taken == 0 ? lower + width * (0.5 + 0.2 * move) : here[p] + s->step * width * move;
#ifndef LEAVES_PRIOR
    if (x[p] < lower)
      x[p] = 2 * lower - x[p]; /* reflected: the proposal stays symmetric */
    if (x[p] > upper)
      x[p] = 2 * upper - x[p];
#endif
    w->next[p] = x[p];
  }
}

static void accept(const void *sampler, void *memory, const struct proda_evaluation *evaluation,
                   struct proda_outcome *outcome)
{
  const struct sampler *s = sampler;
  struct walker *w = memory;
  double u = proda_random_uniform(&w->random);
  bool valid = evaluation->status == PRODA_OK;
  (void)s;
  bool better = log(u) < evaluation->log_density - w->log_density;
#ifdef ACCEPTS_INVALID
  valid = true;
#endif
#ifdef ACCEPTS_ALL
  better = true;
#endif
  outcome->accepted = valid && (w->taken == 0 || better);
  if (outcome->accepted) {
    memcpy(w->here, w->next, sizeof w->here);
    w->log_density = evaluation->log_density;
#ifdef STATE_BESIDE
    memcpy(((struct sampler *)s)->beside, w->next, sizeof w->next);
#endif
    if (w->taken == 0)
      w->taken = 1;
  }
  outcome->keep = w->taken > 0;
  w->taken += w->taken > 0;
#ifndef NEVER_ENDS
  outcome->done = w->taken > s->steps;
#endif
}

static double current(const void *sampler, const void *memory, double *x)
{
  const struct walker *w = memory;
  memcpy(x, w->here, ((const struct sampler *)sampler)->n * sizeof *x);
  return w->log_density;
}

static size_t discard(const void *sampler, size_t kept)
{
  (void)sampler;
  return kept / 10;
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
    .n_walkers = one,
    .n_chains = one,
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
