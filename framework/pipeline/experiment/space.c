#include "pipeline/experiment/space.h"

#include <math.h>
#include <stdlib.h>

#include "plugin/prior.h"
#include "stats/special.h"

static int apply_override(const struct proda_experiment *experiment,
                          const struct proda_manifest *manifest,
                          const struct proda_parameter_override *change, struct proda_space *space,
                          struct proda_error *error)
{
  long p = proda_manifest_parameter(manifest, change->name);
  if (p < 0)
    return proda_yaml_error(experiment->document, change->node, error,
                            "%s has no parameter \"%s\"; `proda describe %s` lists them",
                            manifest->name, change->name, manifest->name);
  if (change->has_prior)
    space->prior[p] = change->prior;
  if (change->has_normal) {
    space->prior[p].kind = PRODA_PRIOR_NORMAL;
    space->prior[p].mean = change->mean;
    space->prior[p].sd = change->sd;
  }
  if (change->has_fixed)
    space->fixed[p] = change->fixed;
  return PRODA_OK;
}

int proda_space_new(const struct proda_experiment *experiment,
                    const struct proda_experiment_structure *structure,
                    const struct proda_manifest *manifest, struct proda_space **space,
                    struct proda_error *error)
{
  size_t n = manifest->n_parameters;
  struct proda_space *made = calloc(1, sizeof *made);
  int status = PRODA_OK;
  if (made) {
    made->n_parameters = n;
    made->free = calloc(n + 1, sizeof *made->free);
    made->prior = calloc(n + 1, sizeof *made->prior);
    made->fixed = calloc(n + 1, sizeof *made->fixed);
    made->normal = calloc(n + 1, sizeof *made->normal);
  }
  if (!made || !made->free || !made->normal || !made->prior || !made->fixed) {
    status = proda_error_set(error, "out of memory for %zu parameters", n);
    goto out;
  }
  for (size_t p = 0; p < n; p++) {
    made->prior[p] = manifest->parameter[p].prior;
    made->fixed[p] = NAN;
  }
  for (size_t i = 0; i < structure->n_overrides && status == PRODA_OK; i++)
    status = apply_override(experiment, manifest, &structure->override[i], made, error);
  for (size_t p = 0; p < n; p++)
    if (isnan(made->fixed[p]))
      made->free[made->n_free++] = p;
  for (size_t k = 0; k < made->n_free; k++)
    if (made->prior[made->free[k]].kind == PRODA_PRIOR_NORMAL)
      made->normal[made->n_normal++] = k;
  if (status == PRODA_OK && made->n_free == 0)
    status = proda_yaml_error(experiment->document, structure->node, error,
                              "every parameter is fixed: nothing to calibrate");
out:
  if (status == PRODA_OK)
    *space = made;
  else
    proda_space_free(made);
  return status;
}

void proda_space_free(struct proda_space *space)
{
  if (!space)
    return;
  free(space->free);
  free(space->prior);
  free(space->fixed);
  free(space->normal);
  free(space);
}

static bool is_log(const struct proda_prior *prior)
{
  return prior->kind == PRODA_PRIOR_LOG_UNIFORM;
}

struct proda_prior proda_space_coordinate(const struct proda_space *space, size_t k)
{
  const struct proda_prior *prior = &space->prior[space->free[k]];
  return is_log(prior) ? proda_prior_uniform(log10(prior->lower), log10(prior->upper)) : *prior;
}

bool proda_space_is_log(const struct proda_space *space, size_t parameter)
{
  return is_log(&space->prior[parameter]);
}

double proda_space_physical(const struct proda_space *space, size_t parameter, double coordinate)
{
  const struct proda_prior *prior = &space->prior[parameter];
  if (!is_log(prior))
    return coordinate;
  return fmin(fmax(pow(10, coordinate), prior->lower), prior->upper); /* rounding stays inside */
}

void proda_space_expand(const struct proda_space *space, const double *point, double *parameter)
{
  for (size_t p = 0; p < space->n_parameters; p++)
    parameter[p] = space->fixed[p];
  for (size_t i = 0; i < space->n_free; i++)
    parameter[space->free[i]] = proda_space_physical(space, space->free[i], point[i]);
}

static double normal_cdf(double z)
{
  return 0.5 * erfc(-z * M_SQRT1_2);
}

/* By the quantile of the normal distribution cut to its bounds; in the lower tail, where
 * probabilities keep their digits. */
static double draw_normal(const struct proda_prior *prior, struct proda_random *random)
{
  double low = (prior->lower - prior->mean) / prior->sd;
  double high = (prior->upper - prior->mean) / prior->sd;
  double side = low > 0 ? -1 : 1;
  double from = normal_cdf(side > 0 ? low : -high), to = normal_cdf(side > 0 ? high : -low);
  double z = side * proda_normal_quantile(from + proda_random_uniform(random) * (to - from));
  return prior->mean + prior->sd * fmin(fmax(z, low), high);
}

void proda_space_draw(const struct proda_space *space, struct proda_random *random, double *point)
{
  for (size_t k = 0; k < space->n_free; k++) {
    struct proda_prior prior = proda_space_coordinate(space, k);
    point[k] = prior.kind == PRODA_PRIOR_NORMAL
                   ? draw_normal(&prior, random)
                   : proda_prior_at(&prior, proda_random_uniform(random));
  }
}

double proda_space_log_prior(const struct proda_space *space, const double *point)
{
  double sum = 0;
  for (size_t i = 0; i < space->n_normal; i++) {
    size_t k = space->normal[i];
    const struct proda_prior *prior = &space->prior[space->free[k]];
    double z = (point[k] - prior->mean) / prior->sd;
    sum -= 0.5 * z * z;
  }
  return sum;
}

double proda_space_scale(const struct proda_space *space, size_t parameter, double x)
{
  const struct proda_prior *prior = &space->prior[parameter];
  if (prior->kind == PRODA_PRIOR_UNIFORM)
    return (x - prior->lower) / (prior->upper - prior->lower);
  if (is_log(prior))
    return log10(x / prior->lower) / log10(prior->upper / prior->lower);
  return (x - prior->mean) / (6 * prior->sd) + 0.5;
}

double proda_space_unscale(const struct proda_space *space, size_t parameter, double scaled)
{
  const struct proda_prior *prior = &space->prior[parameter];
  if (prior->kind == PRODA_PRIOR_UNIFORM)
    return prior->lower + scaled * (prior->upper - prior->lower);
  if (is_log(prior))
    return proda_prior_at(prior, scaled);
  double x = prior->mean + (scaled - 0.5) * 6 * prior->sd;
  return fmin(fmax(x, prior->lower), prior->upper);
}
