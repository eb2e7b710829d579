#include "pipeline/synth/synth_files.h"

#include <math.h>
#include <stdlib.h>

#include <proda/random.h>

#include "pipeline/sites.h"
#include "plugin/prior.h"
#include "store/provenance.h"

enum { N_GUIDES = 3, N_STOCKS = 3 };

/** Where in their priors true parameters lie, by term. Slow and efficient soils would store several
 * times what real ones do; environmental modifiers at the low end make systems near-singular. */
static const struct {
  double lowest, highest;
} span[] = {
    [PRODA_TERM_I] = {0.4, 0.8}, [PRODA_TERM_B] = {0.4, 0.8},  [PRODA_TERM_A] = {0.25, 0.65},
    [PRODA_TERM_K] = {0.1, 0.4}, [PRODA_TERM_XI] = {0.4, 0.8}, [PRODA_TERM_V] = {0.2, 0.8},
};
static const double stock_depth[N_STOCKS] = {0.3, 1.0, INFINITY};
static const char *const stock_name[N_STOCKS] = {"soc_stock_0_30cm", "soc_stock_0_100cm",
                                                 "soc_stock_column"};

/** What true parameters depend on, each about -1.5..1.5 over the land. */
static void guides(const struct proda_world_cell *cell, double out[N_GUIDES])
{
  out[0] = (cell->covariate[PRODA_WORLD_TEMPERATURE] - 12) / 12;
  out[1] = (log(cell->covariate[PRODA_WORLD_PRECIPITATION]) - 6.7) / 0.6;
  out[2] = (cell->covariate[PRODA_WORLD_SAND] - 45) / 15;
}

/** A share of the prior's width, smooth in the guides. */
static double share(enum proda_term term, const double guide[N_GUIDES],
                    const double weight[N_GUIDES])
{
  double sum = 0;
  for (int g = 0; g < N_GUIDES; g++)
    sum += weight[g] * guide[g] / sqrt(N_GUIDES);
  return span[term].lowest + (span[term].highest - span[term].lowest) * (0.5 + 0.5 * tanh(sum));
}

static void set_parameters(struct proda_synth_world *world)
{
  const struct proda_manifest *manifest = world->loaded->manifest;
  for (size_t p = 0; p < manifest->n_parameters; p++) {
    const struct proda_parameter *parameter = &manifest->parameter[p];
    struct proda_random random;
    double weight[N_GUIDES], guide[N_GUIDES];
    proda_random_start(&random, world->options->seed, p, PRODA_SYNTH_TRUTH);
    proda_random_normal(&random, N_GUIDES, weight);
    for (size_t s = 0; s < world->n; s++) {
      guides(&world->cell[s], guide);
      world->parameter[s * manifest->n_parameters + p] =
          proda_prior_at(&parameter->prior, share(parameter->term, guide, weight));
    }
  }
}

/** The observable that profiles measure: `soc`, or the first. */
static size_t find_observable(const struct proda_manifest *manifest)
{
  long soc = proda_manifest_observable(manifest, "soc");
  return soc < 0 ? 0 : (size_t)soc;
}

struct taker {
  struct proda_synth_world *world;
  size_t observable;
  lane *density;
};

static void tell_progress(const struct proda_synth_world *world, size_t done)
{
  const struct proda_progress progress = {
      .stage = "synth", .units = "cells", .done = done, .total = world->n};
  proda_progress(world->run, &progress);
}

static int take(void *context, const struct proda_site_result *result, struct proda_error *error)
{
  struct taker *taker = context;
  struct proda_synth_world *world = taker->world;
  const struct proda_grid *grid = &world->loaded->manifest->grid;
  (void)error;
  proda_guard_renew(world->run->guard);
  if (result->lane == 0)
    tell_progress(world, result->run);
  world->status[result->run] = result->status;
  if (result->status == PRODA_SITE_UNUSABLE)
    return PRODA_OK;
  double *density = world->density + result->run * grid->n_layers;
  proda_block_observe(result->block, taker->observable, taker->density);
  for (size_t l = 0; l < grid->n_layers; l++)
    density[l] = taker->density[l][result->lane];
  for (int k = 0; k < N_STOCKS; k++)
    world->stock[k][result->run] = proda_grid_stock(grid, density, 1, stock_depth[k]) / 1000;
  return PRODA_OK;
}

static int allocate(struct proda_synth_world *world, struct proda_error *error)
{
  const struct proda_manifest *manifest = world->loaded->manifest;
  world->parameter = calloc(world->n * manifest->n_parameters, sizeof *world->parameter);
  world->density = calloc(world->n * manifest->grid.n_layers, sizeof *world->density);
  world->status = calloc(world->n, sizeof *world->status);
  bool failed = !world->parameter || !world->density || !world->status;
  for (int k = 0; k < N_STOCKS; k++) {
    world->stock[k] = calloc(world->n, sizeof *world->stock[k]);
    failed |= !world->stock[k];
  }
  return failed ? proda_error_set(error, "out of memory for %zu cells", world->n) : PRODA_OK;
}

static int run_structure(struct proda_synth_world *world, const char *grid,
                         struct proda_error *error)
{
  const struct proda_manifest *manifest = world->loaded->manifest;
  struct taker taker = {.world = world, .observable = find_observable(manifest)};
  struct proda_settings *settings = NULL;
  struct proda_structure *structure = NULL;
  struct proda_forcing_file *forcing = NULL;
  struct proda_site_run *run = calloc(world->n, sizeof *run);
  taker.density = aligned_alloc(sizeof(lane), manifest->grid.n_layers * sizeof(lane));
  int result = run && taker.density ? PRODA_OK : proda_error_set(error, "out of memory");
  for (size_t s = 0; s < world->n && run; s++)
    run[s] = (struct proda_site_run){s, world->parameter + s * manifest->n_parameters};
  if (result == PRODA_OK)
    result = proda_forcing_open(grid, manifest, &forcing, error);
  if (result == PRODA_OK)
    result = proda_settings_make(manifest, NULL, NULL, &settings, error);
  proda_run_calls(world->run, world->loaded, "it was created");
  if (result == PRODA_OK)
    result = proda_structure_new(world->loaded, settings, proda_forcing_n_months(forcing),
                                 &structure, error);
  proda_run_calls_in_steps(world->run, world->loaded, "it ran at the cells of the grid");
  if (result == PRODA_OK)
    result = proda_sites_run(structure, forcing, PRODA_WANT_CONDITION, world->n, run, take, &taker,
                             error);
  proda_structure_free(structure);
  proda_run_returns(world->run);
  proda_settings_free(settings);
  proda_forcing_close(forcing);
  free(taker.density);
  free(run);
  return result;
}

int proda_synth_truth_make(struct proda_synth_world *world, const char *grid,
                           struct proda_error *error)
{
  if (world->loaded->manifest->n_observables == 0)
    return proda_error_set(error, "%s: states no observable, so nothing can be measured",
                           world->loaded->manifest->path);
  if (allocate(world, error) != PRODA_OK)
    return PRODA_ERROR;
  set_parameters(world);
  return run_structure(world, grid, error);
}

static int define(struct proda_nc *store, const struct proda_synth_world *world,
                  struct proda_error *error)
{
  const struct proda_manifest *manifest = world->loaded->manifest;
  if (proda_nc_def_dim(store, "site", world->n, error) != PRODA_OK ||
      proda_nc_def_dim(store, "layer", manifest->grid.n_layers, error) != PRODA_OK ||
      proda_nc_def_dim(store, "parameter", manifest->n_parameters, error) != PRODA_OK ||
      proda_synth_cells_define(store, error) != PRODA_OK ||
      proda_nc_def(store, "parameter_name", PRODA_NC_STRING, "parameter", NULL,
                   "name of the parameter", error) != PRODA_OK ||
      proda_nc_def(store, "parameter_value", PRODA_NC_DOUBLE, "site parameter", NULL,
                   "true parameters in the structure's units", error) != PRODA_OK ||
      proda_nc_def(store, "soc_density", PRODA_NC_DOUBLE, "site layer", "gC m-3",
                   "true density of soil organic carbon", error) != PRODA_OK ||
      proda_nc_def(store, "status", PRODA_NC_BYTE, "site", NULL, "what became of the steady state",
                   error) != PRODA_OK ||
      proda_nc_put_flags(store, "status", proda_site_status_names, PRODA_N_SITE_STATUS, error) !=
          PRODA_OK)
    return PRODA_ERROR;
  for (int k = 0; k < N_STOCKS; k++)
    if (proda_nc_def(store, stock_name[k], PRODA_NC_DOUBLE, "site", "kgC m-2",
                     "true stock of soil organic carbon", error) != PRODA_OK)
      return PRODA_ERROR;
  return proda_nc_put_text(store, NULL, "proda_model", manifest->name, error);
}

static int write_names(struct proda_nc *store, const struct proda_manifest *manifest,
                       struct proda_error *error)
{
  const char **name = calloc(manifest->n_parameters, sizeof *name);
  if (!name)
    return proda_error_set(error, "out of memory");
  for (size_t p = 0; p < manifest->n_parameters; p++)
    name[p] = manifest->parameter[p].name;
  int result = proda_nc_write_strings(store, "parameter_name", name, error);
  free(name);
  return result;
}

static int write_values(struct proda_nc *store, const struct proda_synth_world *world,
                        struct proda_error *error)
{
  if (proda_synth_cells_write(store, world, error) != PRODA_OK ||
      write_names(store, world->loaded->manifest, error) != PRODA_OK ||
      proda_nc_write(store, "parameter_value", world->parameter, error) != PRODA_OK ||
      proda_nc_write(store, "soc_density", world->density, error) != PRODA_OK ||
      proda_nc_write(store, "status", world->status, error) != PRODA_OK)
    return PRODA_ERROR;
  for (int k = 0; k < N_STOCKS; k++)
    if (proda_nc_write(store, stock_name[k], world->stock[k], error) != PRODA_OK)
      return PRODA_ERROR;
  return PRODA_OK;
}

int proda_synth_truth_write(const struct proda_synth_world *world, const char *path,
                            struct proda_error *error)
{
  struct proda_nc *store = NULL;
  int result = proda_nc_create(path, &store, error);
  if (result == PRODA_OK)
    result = proda_provenance_put(store, "The truth of a synthetic world", world->run->command,
                                  world->inputs, proda_run_name(world->run), world->options->seed,
                                  error);
  if (result == PRODA_OK)
    result = define(store, world, error);
  if (result == PRODA_OK)
    result = write_values(store, world, error);
  if (result == PRODA_OK)
    return proda_nc_commit(store, error);
  proda_nc_abandon(store);
  return PRODA_ERROR;
}
