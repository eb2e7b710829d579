#include "pipeline/prepare/prepare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "pipeline/inputs.h"
#include "store/provenance.h"

static enum proda_site_code judge(struct proda_preparation *preparation, size_t p,
                                  const struct proda_experiment_prepare *settings,
                                  const struct proda_forcing_file *forcing)
{
  const struct proda_profiles *profiles = preparation->profiles;
  double deepest = 0;
  for (size_t i = profiles->first[p]; i < profiles->first[p + 1]; i++)
    if (preparation->layers->state[i] == PRODA_LAYER_USED) {
      preparation->n_used[p]++;
      deepest = fmax(deepest, profiles->bottom[i]);
    }
  preparation->distance[p] = NAN;
  if (p % (size_t)settings->every != 0)
    return PRODA_SITE_NOT_SELECTED;
  if (isnan(profiles->latitude[p]) || isnan(profiles->longitude[p]))
    return PRODA_SITE_NO_POSITION;
  if (preparation->n_used[p] < (size_t)settings->min_layers)
    return PRODA_SITE_FEW_LAYERS;
  // Depths come in single precision: 0.5f is 0.5, but 0.6f is not 0.6.
  if (!(deepest > settings->min_depth * (1 + 1e-6)))
    return PRODA_SITE_SHALLOW;
  preparation->cell[p] = proda_forcing_nearest(forcing, profiles->latitude[p],
                                               profiles->longitude[p], &preparation->distance[p]);
  return preparation->distance[p] <= PRODA_MAX_CELL_DISTANCE ? PRODA_SITE_KEPT
                                                             : PRODA_SITE_NO_FORCING;
}

void proda_preparation_judge(struct proda_preparation *preparation,
                             const struct proda_experiment_prepare *settings,
                             const struct proda_forcing_file *forcing, const struct proda_run *run)
{
  struct proda_progress progress = {
      .stage = "prepare", .units = "profiles", .total = preparation->profiles->n};
  for (size_t p = 0; p < preparation->profiles->n; p++) {
    progress.done = p;
    if (p % 64 == 0)
      proda_progress(run, &progress);
    preparation->state[p] = judge(preparation, p, settings, forcing);
  }
}

static int allocate(struct proda_preparation *preparation, struct proda_error *error)
{
  size_t n = preparation->profiles->n + 1;
  preparation->state = calloc(n, sizeof *preparation->state);
  preparation->n_used = calloc(n, sizeof *preparation->n_used);
  preparation->cell = calloc(n, sizeof *preparation->cell);
  preparation->distance = calloc(n, sizeof *preparation->distance);
  if (!preparation->state || !preparation->n_used || !preparation->cell || !preparation->distance)
    return proda_error_set(error, "out of memory for %zu profiles", n);
  return PRODA_OK;
}

static void release(struct proda_preparation *preparation)
{
  proda_profiles_free(preparation->profiles);
  proda_layers_free(preparation->layers);
  proda_environment_free(preparation->environment);
  free(preparation->covariate);
  free(preparation->state);
  free(preparation->n_used);
  free(preparation->cell);
  free(preparation->distance);
}

/** Profiles, their covariates and the pedotransfer function. */
static int read_profiles(const struct proda_experiment *experiment,
                         struct proda_preparation *preparation, struct proda_error *error)
{
  const struct proda_experiment_prepare *settings = &experiment->prepare;
  struct proda_nc *profiles = NULL, *grid = NULL;
  preparation->fit = (struct proda_bulk_density_fit){settings->a, settings->b, settings->c, NAN, 0};
  int result = proda_nc_open(experiment->profiles, &profiles, error);
  if (result == PRODA_OK)
    result = proda_nc_open(experiment->grid, &grid, error);
  if (result == PRODA_OK)
    result = proda_profiles_read(profiles, &preparation->profiles, error);
  if (result == PRODA_OK)
    result = proda_environment_find(profiles, grid, &preparation->environment, error);
  if (result == PRODA_OK)
    result = proda_environment_read(profiles, "profile", preparation->environment,
                                    &preparation->covariate, error);
  if (result == PRODA_OK)
    result = proda_environment_compare(profiles, grid, preparation->environment,
                                       preparation->profiles->n, preparation->covariate, error);
  if (result == PRODA_OK && settings->bulk_density == PRODA_BULK_DENSITY_FIT &&
      (result = proda_layers_fit(preparation->profiles, &preparation->fit, error)) != PRODA_OK)
    proda_error_prefix(error, "%s: ", experiment->profiles);
  if (result == PRODA_OK)
    result =
        proda_layers_make(preparation->profiles, &preparation->fit, &preparation->layers, error);
  proda_nc_close(profiles);
  proda_nc_close(grid);
  return result;
}

static void report_layers(const struct proda_run *run, const struct proda_preparation *preparation)
{
  const struct proda_layers *layers = preparation->layers;
  const struct proda_bulk_density_fit *fit = &preparation->fit;
  size_t state[PRODA_LAYER_N_STATES] = {0}, origin[PRODA_SOC_N_ORIGINS] = {0};
  char text[512];
  for (size_t i = 0; i < preparation->profiles->n_layers; i++) {
    state[layers->state[i]]++;
    if (layers->state[i] == PRODA_LAYER_USED)
      origin[layers->origin[i]]++;
  }
  if (isnan(fit->r2))
    proda_report(run, "prepare: bulk density a %.4g, b %.4g, c %.4g, as given", fit->a, fit->b,
                 fit->c);
  else
    proda_report(run, "prepare: bulk density a %.4g, b %.4g, c %.4g, fitted on %zu layers, R2 %.3f",
                 fit->a, fit->b, fit->c, fit->n, fit->r2);
  proda_counts_join(state, proda_layer_meaning, PRODA_LAYER_N_STATES, text, sizeof text);
  proda_report(run, "prepare: %zu layers: %s", preparation->profiles->n_layers, text);
  proda_counts_join(origin, proda_soc_origin_meaning, PRODA_SOC_N_ORIGINS, text, sizeof text);
  proda_report(run, "prepare: SOC density from: %s", text);
  if (layers->n_no_coarse || layers->n_bad_bulk_density)
    proda_report(run,
                 "prepare: coarse fragments missing, taken as 0, in %zu layers; measured bulk "
                 "density not plausible, not used, in %zu",
                 layers->n_no_coarse, layers->n_bad_bulk_density);
}

static void report_profiles(const struct proda_run *run,
                            const struct proda_preparation *preparation)
{
  size_t state[PRODA_N_SITE_CODES] = {0};
  char text[512];
  for (size_t p = 0; p < preparation->profiles->n; p++)
    state[preparation->state[p]]++;
  proda_counts_join(state, proda_site_code_names, PRODA_N_SITE_CODES, text, sizeof text);
  proda_report(run, "prepare: %zu profiles: %s", preparation->profiles->n, text);
}

/** Digest of everything that the store depends on. */
static int digest_inputs(const struct proda_run *run, const struct proda_manifest *manifest,
                         char inputs[PRODA_DIGEST_SIZE], struct proda_error *error)
{
  const struct proda_experiment *experiment = run->experiment;
  const struct proda_experiment_prepare *settings = &experiment->prepare;
  char text[256];
  snprintf(text, sizeof text, "prepare 2 %ld %ld %.17g %d %.17g %.17g %.17g", settings->every,
           settings->min_layers, settings->min_depth, (int)settings->bulk_density, settings->a,
           settings->b, settings->c);
  struct proda_digest *digest = proda_inputs_new(text);
  if (!digest)
    return proda_error_set(error, "out of memory");
  proda_digest_text(digest, manifest->digest);
  int result = proda_digest_file(digest, experiment->profiles, error);
  if (result == PRODA_OK)
    result = proda_digest_file(digest, experiment->grid, error);
  proda_digest_finish(digest, inputs);
  return result;
}

static int prepare(const struct proda_run *run, const struct proda_manifest *manifest,
                   const char *path, const char *inputs, struct proda_error *error)
{
  struct proda_preparation preparation = {0};
  struct proda_forcing_file *forcing = NULL;
  int result = read_profiles(run->experiment, &preparation, error);
  if (result == PRODA_OK)
    result = allocate(&preparation, error);
  if (result == PRODA_OK)
    result = proda_forcing_open(run->experiment->grid, manifest, &forcing, error);
  if (result == PRODA_OK && !proda_forcing_latitude(forcing))
    result = proda_error_set(error, "%s: has no latitude and longitude of its sites",
                             run->experiment->grid);
  if (result == PRODA_OK) {
    proda_preparation_judge(&preparation, &run->experiment->prepare, forcing, run);
    report_layers(run, &preparation);
    report_profiles(run, &preparation);
    result = proda_make_parents(path, error);
  }
  if (result == PRODA_OK)
    result = proda_preparation_write(&preparation, run, path, inputs, error);
  proda_forcing_close(forcing);
  release(&preparation);
  return result;
}

int proda_stage_prepare(const struct proda_run *run, struct proda_error *error)
{
  struct proda_loaded *loaded = NULL;
  char inputs[PRODA_DIGEST_SIZE];
  if (proda_stage_world(run, error) != PRODA_OK)
    return PRODA_ERROR;
  // The structure's drivers say which cells of the grid can be used.
  proda_stage_begin(run, "prepare", NULL);
  if (proda_run_load(run, run->experiment->structure[0].model, PRODA_MODEL, &loaded, error) !=
      PRODA_OK)
    return PRODA_ERROR;
  char *path = proda_store_path(run, NULL, "prepare");
  int result = path ? digest_inputs(run, loaded->manifest, inputs, error)
                    : proda_error_set(error, "out of memory");
  bool due = false;
  if (result == PRODA_OK)
    result = proda_stage_due(run, "prepare", NULL, path, inputs, &due, error);
  if (due)
    result = prepare(run, loaded->manifest, path, inputs, error);
  free(path);
  proda_loaded_free(loaded);
  return result;
}
