#include "adaptive_metropolis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adaptive_metropolis.names.h"

static void read_settings(const struct proda_setting *given, struct settings *s)
{
#define NUMBER(name) s->name = given[SET_##name].value[0]
#define COUNT(name) s->name = (size_t)given[SET_##name].value[0]
#define FLAG(name) s->name = given[SET_##name].value[0] != 0
  COUNT(chains);
  COUNT(test_run);
  COUNT(formal_run);
  NUMBER(burn_in);
  NUMBER(tempering);
  COUNT(adapt_every);
  NUMBER(adaptation_gain);
  NUMBER(formal_gain);
  NUMBER(ridge);
  NUMBER(target_acceptance);
  NUMBER(autoregressive_share);
  COUNT(start_tries);
  NUMBER(paper_start);
  NUMBER(paper_step);
  COUNT(paper_min_accepted);
  NUMBER(paper_step_divisor);
  COUNT(paper_step_tries);
  NUMBER(paper_factor);
  COUNT(paper_adapt_after);
  FLAG(paper_anneal);
  FLAG(paper_cost_of_start);
  FLAG(paper_stale_difference);
  NUMBER(paper_reject_cost);
  NUMBER(paper_acceptance_low);
  NUMBER(paper_acceptance_high);
  NUMBER(paper_factor_shrink);
  NUMBER(paper_factor_grow);
  COUNT(paper_failures);
#undef NUMBER
#undef COUNT
#undef FLAG
}

static int check_prior(const struct proda_prior *prior, size_t i, struct proda_error *error)
{
  if (!(prior->lower < prior->upper))
    return proda_error_set(error, "adaptive_metropolis: parameter %zu: bounds [%g, %g] are empty",
                           i, prior->lower, prior->upper);
  bool finite = isfinite(prior->lower) && isfinite(prior->upper);
  if (prior->kind == PRODA_PRIOR_UNIFORM && !finite)
    return proda_error_set(error,
                           "adaptive_metropolis: parameter %zu: a uniform prior needs two finite "
                           "bounds, found [%g, %g]",
                           i, prior->lower, prior->upper);
  if (prior->kind != PRODA_PRIOR_UNIFORM && !(isfinite(prior->mean) && prior->sd > 0))
    return proda_error_set(error,
                           "adaptive_metropolis: parameter %zu: starts need a finite mean and a "
                           "positive sd, found %g and %g",
                           i, prior->mean, prior->sd);
  return PRODA_OK;
}

static void destroy(void *sampler)
{
  struct sampler *s = sampler;
  if (!s)
    return;
  free(s->prior);
  free(s->transform);
  free(s);
}

static int check(const struct sampler *s, struct proda_error *error)
{
  for (size_t i = 0; i < s->d; i++)
    if (check_prior(&s->prior[i], i, error))
      return PRODA_ERROR;
  return s->mode->check(s, error);
}

static int create(const struct proda_target *target, const struct proda_setting *settings,
                  void **sampler, struct proda_error *error)
{
  *sampler = NULL;
  if (target->n_parameters == 0)
    return proda_error_set(error, "adaptive_metropolis: there is no parameter to sample");
  struct sampler *s = calloc(1, sizeof *s);
  if (!s)
    goto no_memory;
  s->d = target->n_parameters;
  s->stride = (s->d + PRODA_LANES - 1) / PRODA_LANES * PRODA_LANES;
  s->mode = settings[SET_mode].value[0] == SET_mode_paper ? &mode_paper : &mode_exact;
  read_settings(settings, &s->settings);
  snprintf(s->no_start, sizeof s->no_start, "no valid start after %zu draws",
           s->settings.start_tries);
  s->prior = malloc(s->d * sizeof *s->prior);
  if (!s->prior)
    goto no_memory;
  memcpy(s->prior, target->prior, s->d * sizeof *s->prior);
  if (check(s, error)) {
    destroy(s);
    return PRODA_ERROR;
  }
  s->transform = transform_new(s->prior, s->d);
  if (!s->transform)
    goto no_memory;
  *sampler = s;
  return PRODA_OK;

no_memory:
  destroy(s);
  return proda_error_set(error, "adaptive_metropolis: out of memory for %zu parameters",
                         target->n_parameters);
}

static size_t n_walkers(const void *sampler)
{
  const struct sampler *s = sampler;
  return s->mode->n_walkers(s);
}

static size_t n_chains(const void *sampler)
{
  const struct sampler *s = sampler;
  return s->settings.chains;
}

static size_t n_draws(const void *sampler)
{
  const struct sampler *s = sampler;
  return s->mode->n_draws(s);
}

static size_t walker_size(const void *sampler)
{
  const struct sampler *s = sampler;
  return s->mode->walker_size(s);
}

static void start(const void *sampler, const struct proda_walker_key *key, void *walker)
{
  const struct sampler *s = sampler;
  s->mode->start(s, key, walker);
}

static void propose(const void *sampler, void *walker, double *x)
{
  const struct sampler *s = sampler;
  s->mode->propose(s, walker, x);
}

static void accept(const void *sampler, void *walker, const struct proda_evaluation *evaluation,
                   struct proda_outcome *outcome)
{
  const struct sampler *s = sampler;
  s->mode->accept(s, walker, evaluation, outcome);
}

static double current(const void *sampler, const void *walker, double *x)
{
  const struct sampler *s = sampler;
  return s->mode->current(s, walker, x);
}

static size_t discard(const void *sampler, size_t kept)
{
  const struct sampler *s = sampler;
  return s->mode->discard(s, kept);
}

static const void *extension(const void *sampler, const char *name)
{
  const struct sampler *s = sampler;
  return strcmp(name, "accepted-only") == 0 && s->mode->accepted_only ? s->mode : NULL;
}

static const struct proda_sampler_ops ops = {
    .size = sizeof ops,
    .create = create,
    .destroy = destroy,
    .n_walkers = n_walkers,
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

PRODA_EXPORT extern const struct proda_plugin proda_plugin;
const struct proda_plugin proda_plugin = {
    .abi = PRODA_ABI_VERSION,
    .kind = PRODA_SAMPLER,
    .name = MANIFEST_NAME,
    .digest = MANIFEST_DIGEST,
    .ops = &ops,
};
