#include <config.h>

#include "pipeline/synth/synth_files.h"

#include <libgen.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/inputs.h"
#include "store/provenance.h"

static int check(const struct proda_synth_options *options, struct proda_error *error)
{
  double rows = 180 / options->resolution;
  if (options->profiles < 1 || options->profiles > 10000000)
    return proda_error_set(error, "synth: %ld profiles, at least 1 was expected",
                           options->profiles);
  if (!(options->resolution >= 0.25 && options->resolution <= 30) ||
      fabs(rows - round(rows)) > 1e-9)
    return proda_error_set(
        error, "synth: resolution %g degrees, a divisor of 180 from 0.25 to 30 was expected",
        options->resolution);
  if (!(options->noise >= 0 && options->noise <= 2))
    return proda_error_set(error, "synth: noise %g, 0 to 2 was expected", options->noise);
  return PRODA_OK;
}

static int digest(const struct proda_synth_options *options, const struct proda_loaded *loaded,
                  char inputs[PRODA_DIGEST_SIZE], struct proda_error *error)
{
  char text[128];
  snprintf(text, sizeof text, "synth 2 %ld %.17g %.17g %llu", options->profiles,
           options->resolution, options->noise, (unsigned long long)options->seed);
  struct proda_digest *made = proda_inputs_new(text);
  if (!made)
    return proda_error_set(error, "out of memory");
  int result = proda_inputs_plugin(made, loaded, error);
  proda_digest_finish(made, inputs);
  return result;
}

enum { GRID, PROFILES, TRUTH, N_FILES };
static const char *const file_name[N_FILES] = {"grid.nc", "profiles.nc", "truth.nc"};

static void report(const struct proda_synth_world *world)
{
  double carbon = 0;
  size_t n_solved = 0;
  for (size_t s = 0; s < world->n; s++)
    if (world->status[s] == PRODA_SOLVED) {
      n_solved++;
      carbon += world->stock[1][s] * world->cell[s].area * 1e-12;
    }
  proda_report(world->run,
               "synth: %zu cells of %g degrees, %zu with a steady state of %s, %.0f Pg C in the "
               "first metre; %ld profiles; in %s",
               world->n, world->options->resolution, n_solved, world->loaded->manifest->name,
               carbon, world->options->profiles, world->options->directory);
}

/** The truth comes last: where it is current, so are the others. */
static int make(struct proda_synth_world *world, char *const path[N_FILES],
                struct proda_error *error)
{
  int result = proda_world_make(world->options->resolution, &world->cell, &world->n, error);
  if (result == PRODA_OK)
    result = proda_make_parents(path[GRID], error);
  if (result == PRODA_OK)
    result = proda_synth_grid_write(world, path[GRID], error);
  if (result == PRODA_OK)
    result = proda_synth_truth_make(world, path[GRID], error);
  if (result == PRODA_OK)
    result = proda_synth_profiles_write(world, path[PROFILES], error);
  if (result == PRODA_OK)
    result = proda_synth_truth_write(world, path[TRUTH], error);
  if (result == PRODA_OK)
    report(world);
  free(world->cell);
  free(world->parameter);
  free(world->density);
  free(world->status);
  for (int k = 0; k < 3; k++)
    free(world->stock[k]);
  return result;
}

/* Due where one of the files is not what would be made today. */
static int look(const struct proda_run *run, char *const path[N_FILES], const char *inputs,
                bool *due, struct proda_error *error)
{
  *due = false;
  for (int i = 0; i < N_FILES; i++)
    if (proda_store_look(path[i], inputs, proda_run_name(run), NULL) != PRODA_STORE_CURRENT)
      return proda_stage_due(run, "world", NULL, path[i], inputs, due, error);
  return PRODA_OK;
}

int proda_synth(const struct proda_run *run, const struct proda_synth_options *options,
                struct proda_error *error)
{
  struct proda_loaded *loaded = NULL;
  char inputs[PRODA_DIGEST_SIZE], *path[N_FILES] = {NULL};
  proda_stage_begin(run, "making the embedded world", NULL);
  if (check(options, error) != PRODA_OK ||
      proda_run_load(run, options->model, PRODA_MODEL, &loaded, error) != PRODA_OK)
    return PRODA_ERROR;
  int result = digest(options, loaded, inputs, error);
  for (int i = 0; i < N_FILES && result == PRODA_OK; i++)
    if (asprintf(&path[i], "%s/%s", options->directory, file_name[i]) < 0) {
      path[i] = NULL;
      result = proda_error_set(error, "out of memory");
    }
  bool due = false;
  if (result == PRODA_OK)
    result = look(run, path, inputs, &due, error);
  if (due) {
    struct proda_synth_world world = {
        .run = run, .options = options, .loaded = loaded, .inputs = inputs};
    result = make(&world, path, error);
  }
  for (int i = 0; i < N_FILES; i++)
    free(path[i]);
  proda_loaded_free(loaded);
  return result;
}

int proda_stage_world(const struct proda_run *run, struct proda_error *error)
{
  const struct proda_experiment *experiment = run->experiment;
  if (!experiment->synthetic)
    return PRODA_OK;
  char *grid = strdup(experiment->grid);
  if (!grid)
    return proda_error_set(error, "out of memory");
  const struct proda_synth_options options = {
      .directory = dirname(grid),
      .model = experiment->synth.truth,
      .profiles = experiment->synth.profiles,
      .resolution = experiment->synth.resolution,
      .noise = experiment->synth.noise,
      .seed = experiment->seed,
  };
  int result = proda_synth(run, &options, error);
  free(grid);
  return result;
}
