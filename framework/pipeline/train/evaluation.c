#include "pipeline/train/evaluation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/ad_hoc.h"
#include "pipeline/sites.h"

const char *const proda_source_names[PRODA_N_SOURCES] = {
    [PRODA_SOURCE_PREDICTED] = "predicted",
    [PRODA_SOURCE_DEFAULT] = "default",
    [PRODA_SOURCE_MEDIAN] = "global_median",
    [PRODA_SOURCE_OWN] = "own_posterior",
};

const char *const proda_group_names[PRODA_N_GROUPS] = {
    [PRODA_GROUP_TRAINING] = "training",
    [PRODA_GROUP_VALIDATION] = "validation",
    [PRODA_GROUP_HELD_OUT] = "held_out",
    [PRODA_GROUP_HELD_OUT_ALL] = "held_out_all",
};

/* What a finished run needs to be observed. */
struct observer {
  const struct proda_evaluation_setup *setup;
  struct proda_observing how;
  const size_t *site;    /* of each run */
  lane *density, *slope; /* [L] */
  double *modelled;      /* [n_obs] */
};

static int observe(void *context, const struct proda_site_result *result, struct proda_error *error)
{
  struct observer *observer = context;
  const struct proda_prepared *p = observer->setup->prepared;
  size_t s = observer->site[result->run], first = p->first[s];
  struct proda_measured measured = {p->first[s + 1] - first, p->obs_top + first,
                                    p->obs_bottom + first, p->obs_value + first};
  struct proda_observation *observation = NULL;
  proda_guard_renew(observer->setup->guard);
  if (result->status != PRODA_SOLVED)
    return PRODA_OK;
  if (proda_observation_new(&observer->how, &measured, &observation, error) != PRODA_OK)
    return PRODA_ERROR;
  proda_block_observe(result->block, observer->how.observable, observer->density);
  proda_observation_slopes(observer->how.grid, observer->density, observer->slope);
  proda_observation_model(observation, observer->density, observer->slope, result->lane,
                          observer->modelled + first);
  proda_observation_free(observation);
  return PRODA_OK;
}

int proda_evaluation_run(const struct proda_evaluation_setup *setup, const double *parameter,
                         const bool *valid, double *modelled, struct proda_error *error)
{
  const struct proda_prepared *p = setup->prepared;
  const struct proda_manifest *manifest = proda_structure_manifest(setup->structure);
  size_t bytes = manifest->grid.n_layers * sizeof(lane), n = 0;
  struct proda_site_run *run = calloc(p->n_sites + 1, sizeof *run);
  size_t *site = calloc(p->n_sites + 1, sizeof *site);
  struct observer observer = {.setup = setup, .site = site, .modelled = modelled};
  int status = PRODA_ERROR;
  observer.density = aligned_alloc(sizeof(lane), bytes);
  observer.slope = aligned_alloc(sizeof(lane), bytes);
  if (!run || !site || !observer.density || !observer.slope) {
    proda_error_set(error, "out of memory to run %zu sites", p->n_sites);
    goto out;
  }
  if (proda_observing_of(setup->observation, manifest, &observer.how, error) != PRODA_OK)
    goto out;
  for (size_t i = 0; i < p->n_obs; i++)
    modelled[i] = NAN;
  for (size_t s = 0; s < p->n_sites; s++)
    if (valid[s]) {
      site[n] = s;
      run[n++] =
          (struct proda_site_run){(size_t)p->cell[s], parameter + s * manifest->n_parameters};
    }
  status = proda_sites_run(setup->structure, setup->forcing, 0, n, run, observe, &observer, error);
out:
  free(run);
  free(site);
  free(observer.density);
  free(observer.slope);
  return status;
}

int proda_evaluation_run_ad_hoc(const struct proda_evaluation_setup *setup, const double *mean,
                                double *modelled, struct proda_error *error)
{
  const struct proda_prepared *p = setup->prepared;
  const struct proda_manifest *manifest = proda_structure_manifest(setup->structure);
  double *parameter = calloc(p->n_sites * manifest->n_parameters + 1, sizeof *parameter);
  bool *valid = calloc(p->n_sites + 1, sizeof *valid);
  int status = PRODA_ERROR;
  if (!parameter || !valid) {
    proda_error_set(error, "out of memory to run %zu sites", p->n_sites);
    goto out;
  }
  for (size_t s = 0; s < p->n_sites; s++)
    valid[s] = proda_forcing_usable(setup->forcing, (size_t)p->cell[s]);
  status = proda_ad_hoc_fill(manifest, setup->forcing, mean, p->n_sites, p->cell, parameter, error);
  if (status == PRODA_OK)
    status = proda_evaluation_run(setup, parameter, valid, modelled, error);
out:
  free(parameter);
  free(valid);
  return status;
}

/* Pairs of one group, as measured and by source. */
struct pairs {
  size_t n;
  double *obs, *model[PRODA_N_SOURCES];
};

/* A layer below the structure has an answer from no source. */
static size_t n_answers(const double *modelled, size_t n_obs, size_t layer)
{
  size_t n = 0;
  for (size_t source = 0; source < PRODA_N_SOURCES; source++)
    n += isfinite(modelled[source * n_obs + layer]);
  return n;
}

/* Whether every source answers for every layer that the structure sees. */
static bool is_answered(const double *modelled, size_t n_obs, size_t first, size_t last)
{
  bool any = false;
  for (size_t i = first; i < last; i++) {
    size_t n = n_answers(modelled, n_obs, i);
    if (n > 0 && n < PRODA_N_SOURCES)
      return false;
    any = any || n > 0;
  }
  return any;
}

static void add_layer(struct pairs *pairs, const struct proda_prepared *p, const double *modelled,
                      size_t i)
{
  pairs->obs[pairs->n] = p->obs_value[i];
  for (size_t source = 0; source < PRODA_N_SOURCES; source++)
    pairs->model[source][pairs->n] = modelled[source * p->n_obs + i];
  pairs->n++;
}

/* Keeps the pairs that are positive in every source, as logarithms. */
static void take_logarithms(struct pairs *pairs)
{
  size_t kept = 0;
  for (size_t i = 0; i < pairs->n; i++) {
    double least = pairs->obs[i];
    for (size_t source = 0; source < PRODA_N_SOURCES; source++)
      least = fmin(least, pairs->model[source][i]);
    if (!(least > 0))
      continue;
    pairs->obs[kept] = log(pairs->obs[i]);
    for (size_t source = 0; source < PRODA_N_SOURCES; source++)
      pairs->model[source][kept] = log(pairs->model[source][i]);
    kept++;
  }
  pairs->n = kept;
}

static void compute(const struct pairs *pairs, struct proda_skill *skill)
{
  for (size_t source = 0; source < PRODA_N_SOURCES; source++)
    proda_skill_compute(pairs->obs, pairs->model[source], pairs->n, &skill[source]);
}

int proda_evaluation_skill(const struct proda_prepared *prepared, const double *modelled,
                           const bool *member, struct proda_group_skill *skill,
                           struct proda_error *error)
{
  size_t n_obs = prepared->n_obs;
  double *room = calloc((1 + PRODA_N_SOURCES) * n_obs + 1, sizeof *room);
  *skill = (struct proda_group_skill){0};
  if (!room)
    return proda_error_set(error, "out of memory for %zu layers", n_obs);
  struct pairs pairs = {.obs = room};
  for (size_t source = 0; source < PRODA_N_SOURCES; source++)
    pairs.model[source] = room + (1 + source) * n_obs;
  for (size_t s = 0; s < prepared->n_sites; s++) {
    if (!member[s])
      continue;
    if (!is_answered(modelled, n_obs, prepared->first[s], prepared->first[s + 1])) {
      skill->n_lost++;
      continue;
    }
    skill->n_sites++;
    for (size_t i = prepared->first[s]; i < prepared->first[s + 1]; i++)
      if (n_answers(modelled, n_obs, i) > 0)
        add_layer(&pairs, prepared, modelled, i);
  }
  compute(&pairs, skill->linear);
  take_logarithms(&pairs);
  compute(&pairs, skill->log);
  free(room);
  return PRODA_OK;
}
