#include "pipeline/synth/synth_files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <proda/random.h>

#include "matrix/structure.h"
#include "pipeline/prepare/bulk_density.h"
#include "store/provenance.h"

enum { MIN_LAYERS = 5, MAX_LAYERS = 8, N_LAYER_COLUMNS = 5 };
enum layer_column { TOP, BOTTOM, CONTENT, BULK_DENSITY, COARSE };

static const struct {
  const char *name, *unit, *long_name;
} layer_column[N_LAYER_COLUMNS] = {
    {"layer_top", "m", "depth of the layer's top"},
    {"layer_bottom", "m", "depth of the layer's bottom"},
    {"organic_carbon", "g kg-1", "organic carbon content of the fine earth"},
    {"bulk_density", "kg dm-3", "measured bulk density"},
    {"coarse_fragments", "%", "volumetric coarse fragments"},
};

/** The pedotransfer function that holds in the synthetic world: the study's. */
static const struct proda_bulk_density_fit pedotransfer = {0.32, 1.30, 0.0089, NAN, 0};
static const double bulk_density_noise = 0.05; // sd of its log
static const double measured_share = 0.4;      // of layers with measured bulk density

struct profile {
  size_t cell;
  double latitude, longitude;
  size_t n_layers;
  double layer[MAX_LAYERS][N_LAYER_COLUMNS];
};

/** The content that gives a density (g dm-3 of soil without coarse fragments): both bulk density
 * and content fix it, and content x BD(content) rises throughout. */
static double solve_content(double density, double factor)
{
  double low = 0, high = 580; // pure organic matter
  for (int i = 0; i < 60; i++) {
    double middle = (low + high) / 2;
    if (middle * factor * proda_bulk_density(&pedotransfer, middle) < density)
      low = middle;
    else
      high = middle;
  }
  return (low + high) / 2;
}

/** A layer as a laboratory reports it. */
static void measure(const struct proda_synth_world *world, size_t cell, double top, double bottom,
                    struct proda_random *random, double out[N_LAYER_COLUMNS])
{
  const struct proda_grid *grid = &world->loaded->manifest->grid;
  const double *density = world->density + cell * grid->n_layers;
  double normal[2];
  proda_random_normal(random, 2, normal);
  double stock =
      proda_grid_stock(grid, density, 1, bottom) - proda_grid_stock(grid, density, 1, top);
  double observed = stock / (bottom - top) * exp(world->options->noise * normal[0]);
  double coarse =
      proda_random_uniform(random) < 0.5 ? 0 : floor(-8 * log(proda_random_uniform(random))) / 100;
  coarse = fmin(coarse, 0.5);
  double factor = exp(bulk_density_noise * normal[1]);
  double content = solve_content(observed / 1000 / (1 - coarse), factor);
  bool measured = proda_random_uniform(random) < measured_share;
  out[TOP] = top;
  out[BOTTOM] = bottom;
  out[CONTENT] = content;
  out[BULK_DENSITY] = measured ? factor * proda_bulk_density(&pedotransfer, content) : NAN;
  out[COARSE] = coarse > 0 ? 100 * coarse : NAN; // none seen, none noted
}

/** Layers that thicken with depth, to 0.8 to 2 m, in whole centimetres. */
static void dig(const struct proda_synth_world *world, struct proda_random *random,
                struct profile *profile)
{
  double deepest = 0.8 + 1.2 * proda_random_uniform(random), top = 0;
  profile->n_layers = MIN_LAYERS + proda_random_below(random, MAX_LAYERS - MIN_LAYERS + 1);
  for (size_t l = 0; l < profile->n_layers; l++) {
    double share = (double)(l + 1) / (double)profile->n_layers;
    double bottom = round(100 * deepest * pow(share, 1.6)) / 100;
    bottom = fmax(bottom, top + 0.02);
    measure(world, profile->cell, top, bottom, random, profile->layer[l]);
    top = bottom;
  }
}

/** Somewhere in a random cell whose truth is sound, near enough to its centre to be its own. */
static void place(const struct proda_synth_world *world, size_t index, struct profile *profile)
{
  struct proda_random random;
  proda_random_start(&random, world->options->seed, index, PRODA_SYNTH_PLACE);
  do
    profile->cell = proda_random_below(&random, (uint32_t)world->n);
  while (world->status[profile->cell] != PRODA_SOLVED);
  double reach = fmin(0.6 * world->options->resolution, 3); // `prepare` goes 250 km at most
  const struct proda_world_cell *cell = &world->cell[profile->cell];
  profile->latitude = cell->latitude + reach * (proda_random_uniform(&random) - 0.5);
  profile->longitude = cell->longitude + reach * (proda_random_uniform(&random) - 0.5);
  proda_random_start(&random, world->options->seed, index, PRODA_SYNTH_NOISE);
  dig(world, &random, profile);
}

static int define(struct proda_nc *store, size_t n_profiles, size_t n_layers,
                  struct proda_error *error)
{
  if (proda_nc_def_dim(store, "profile", n_profiles, error) != PRODA_OK ||
      proda_nc_def_dim(store, "obs", n_layers, error) != PRODA_OK ||
      proda_nc_put_text(store, NULL, "featureType", "profile", error) != PRODA_OK ||
      proda_nc_def(store, "profile_id", PRODA_NC_INT, "profile", "1", "profile number", error) ||
      proda_nc_put_text(store, "profile_id", "cf_role", "profile_id", error) != PRODA_OK ||
      proda_nc_def(store, "key", PRODA_NC_STRING, "profile", NULL, "key", error) != PRODA_OK ||
      proda_nc_def(store, "row_size", PRODA_NC_INT, "profile", "1",
                   "number of layers of the profile", error) != PRODA_OK ||
      proda_nc_put_text(store, "row_size", "sample_dimension", "obs", error) != PRODA_OK ||
      proda_nc_def(store, "true_cell", PRODA_NC_INT, "profile", "1",
                   "site of the grid that was sampled", error) != PRODA_OK ||
      proda_synth_define_covariates(store, "profile", error) != PRODA_OK)
    return PRODA_ERROR;
  for (int c = 0; c < N_LAYER_COLUMNS; c++)
    if (proda_nc_def(store, layer_column[c].name, PRODA_NC_FLOAT, "obs", layer_column[c].unit,
                     layer_column[c].long_name, error) != PRODA_OK)
      return PRODA_ERROR;
  return PRODA_OK;
}

static int write_keys(struct proda_nc *store, size_t n, struct proda_error *error)
{
  enum { SIZE = 32 };
  int result = PRODA_OK;
  const char **key = calloc(n, sizeof *key);
  char(*text)[SIZE] = calloc(n, sizeof *text);
  if (key && text) {
    for (size_t p = 0; p < n; p++) {
      snprintf(text[p], SIZE, "synth-%zu", p + 1);
      key[p] = text[p];
    }
    result = proda_nc_write_strings(store, "key", key, error);
  } else {
    result = proda_error_set(error, "out of memory");
  }
  free(text);
  free(key);
  return result;
}

static int write_columns(struct proda_nc *store, const struct proda_synth_world *world,
                         const struct profile *profile, size_t n, double *value,
                         struct proda_error *error)
{
  static const char *const name[] = {"profile_id", "row_size", "true_cell", "latitude",
                                     "longitude"};
  for (size_t c = 0; c < 5 + PRODA_WORLD_N_COVARIATES; c++) {
    for (size_t p = 0; p < n; p++) {
      const double column[] = {(double)(p + 1), (double)profile[p].n_layers,
                               (double)profile[p].cell, profile[p].latitude, profile[p].longitude};
      value[p] = c < 5 ? column[c] : world->cell[profile[p].cell].covariate[c - 5];
    }
    if (proda_nc_write(store, c < 5 ? name[c] : proda_world_label[c - 5].name, value, error))
      return PRODA_ERROR;
  }
  for (int c = 0; c < N_LAYER_COLUMNS; c++) {
    double *at = value;
    for (size_t p = 0; p < n; p++)
      for (size_t l = 0; l < profile[p].n_layers; l++)
        *at++ = profile[p].layer[l][c];
    if (proda_nc_write(store, layer_column[c].name, value, error) != PRODA_OK)
      return PRODA_ERROR;
  }
  return write_keys(store, n, error);
}

static int check_truth(const struct proda_synth_world *world, struct proda_error *error)
{
  for (size_t s = 0; s < world->n; s++)
    if (world->status[s] == PRODA_SOLVED)
      return PRODA_OK;
  return proda_error_set(error, "synth: %s has no steady state anywhere in the synthetic world",
                         world->loaded->manifest->name);
}

int proda_synth_profiles_write(const struct proda_synth_world *world, const char *path,
                               struct proda_error *error)
{
  size_t n = (size_t)world->options->profiles, n_layers = 0;
  struct proda_nc *store = NULL;
  if (check_truth(world, error) != PRODA_OK)
    return PRODA_ERROR;
  struct profile *profile = calloc(n, sizeof *profile);
  double *value = calloc(n * MAX_LAYERS, sizeof *value);
  int result = profile && value ? PRODA_OK : proda_error_set(error, "out of memory");
  for (size_t p = 0; p < n && result == PRODA_OK; p++) {
    place(world, p, &profile[p]);
    n_layers += profile[p].n_layers;
  }
  if (result == PRODA_OK)
    result = proda_nc_create(path, &store, error);
  if (result == PRODA_OK)
    result = proda_provenance_put(store, "Soil profiles of a synthetic world", world->run->command,
                                  world->inputs, proda_run_name(world->run), world->options->seed,
                                  error);
  if (result == PRODA_OK)
    result = define(store, n, n_layers, error);
  if (result == PRODA_OK)
    result = write_columns(store, world, profile, n, value, error);
  if (result == PRODA_OK)
    result = proda_nc_commit(store, error);
  else
    proda_nc_abandon(store);
  free(profile);
  free(value);
  return result;
}
