#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "pipeline/prepare/prepare.h"

/* ---- reasons ---- */

static double deepest(const struct proda_preparation *preparation, size_t p)
{
  const struct proda_profiles *profiles = preparation->profiles;
  double bottom = 0;
  for (size_t i = profiles->first[p]; i < profiles->first[p + 1]; i++)
    if (preparation->layers->state[i] == PRODA_LAYER_USED)
      bottom = fmax(bottom, profiles->bottom[i]);
  return bottom;
}

static void say_reason(const struct proda_preparation *preparation, size_t p,
                       const struct proda_experiment_prepare *settings, char *text, size_t size)
{
  const size_t *first = preparation->profiles->first;
  text[0] = '\0';
  if (preparation->state[p] == PRODA_SITE_FEW_LAYERS)
    snprintf(text, size, "%zu of %zu layers usable, %ld are needed", preparation->n_used[p],
             first[p + 1] - first[p], settings->min_layers);
  else if (preparation->state[p] == PRODA_SITE_SHALLOW)
    snprintf(text, size, "usable layers end at %.4g m, more than %g m is needed",
             deepest(preparation, p), settings->min_depth);
  else if (preparation->state[p] == PRODA_SITE_NO_FORCING && isfinite(preparation->distance[p]))
    snprintf(text, size, "the nearest usable site is %.0f km away", preparation->distance[p]);
}

int proda_preparation_ledger(const struct proda_preparation *preparation,
                             const struct proda_experiment_prepare *settings,
                             struct proda_ledger **ledger, struct proda_error *error)
{
  size_t n = preparation->profiles->n;
  struct proda_ledger *made = NULL;
  char text[128];
  int status = proda_ledger_new(n, &made, error);
  for (size_t p = 0; p < n && status == PRODA_OK; p++) {
    made->id[p] = preparation->profiles->id[p];
    say_reason(preparation, p, settings, text, sizeof text);
    status = proda_ledger_enter(made, p, preparation->state[p], text, error);
  }
  if (status == PRODA_OK)
    *ledger = made;
  else
    proda_ledger_free(made);
  return status;
}

/* ---- what was read ---- */

enum { LATITUDE, LONGITUDE, DISTANCE, N_LAYERS, N_OF_PROFILE };
enum { TOP, BOTTOM, CONTENT, DENSITY, BULK_DENSITY, COARSE, STATE, N_OF_LAYER };

static const struct proda_nc_entry of_profile[N_OF_PROFILE] = {
    [LATITUDE] = {"profile_latitude", PRODA_NC_DOUBLE, "profile", "degrees_north",
                  "latitude of every profile read"},
    [LONGITUDE] = {"profile_longitude", PRODA_NC_DOUBLE, "profile", "degrees_east",
                   "longitude of every profile read"},
    [DISTANCE] = {"profile_cell_distance", PRODA_NC_FLOAT, "profile", "km",
                  "distance to the nearest usable site of the forcing, where it was looked for"},
    [N_LAYERS] = {"profile_row_size", PRODA_NC_INT, "profile", "1",
                  "number of layers of the profile, used or not"},
};
static const struct proda_nc_entry of_layer[N_OF_LAYER] = {
    [TOP] = {"layer_top", PRODA_NC_FLOAT, "layer", "m", "depth of the layer's top, as read"},
    [BOTTOM] = {"layer_bottom", PRODA_NC_FLOAT, "layer", "m", "depth of its bottom, as read"},
    [CONTENT] = {"layer_organic_carbon", PRODA_NC_FLOAT, "layer", "g kg-1",
                 "organic carbon content, as read"},
    [DENSITY] = {"layer_organic_carbon_density", PRODA_NC_FLOAT, "layer", "g m-3",
                 "organic carbon density, as read"},
    [BULK_DENSITY] = {"layer_bulk_density", PRODA_NC_FLOAT, "layer", "kg dm-3",
                      "bulk density, as read"},
    [COARSE] = {"layer_coarse_fragments", PRODA_NC_FLOAT, "layer", "%",
                "volume of coarse fragments, as read"},
    [STATE] = {"layer_state", PRODA_NC_BYTE, "layer", NULL, "what became of the layer"},
};

static int write_profiles(const struct proda_preparation *preparation, struct proda_nc *store,
                          double *column, struct proda_error *error)
{
  const struct proda_profiles *profiles = preparation->profiles;
  for (size_t p = 0; p < profiles->n; p++)
    column[p] = (double)(profiles->first[p + 1] - profiles->first[p]);
  const double *const value[N_OF_PROFILE] = {
      [LATITUDE] = profiles->latitude,
      [LONGITUDE] = profiles->longitude,
      [DISTANCE] = preparation->distance,
      [N_LAYERS] = column,
  };
  for (size_t i = 0; i < N_OF_PROFILE; i++)
    if (proda_nc_write(store, of_profile[i].name, value[i], error) != PRODA_OK)
      return PRODA_ERROR;
  return profiles->key ? proda_nc_write_strings(store, "profile_key",
                                                (const char *const *)profiles->key, error)
                       : PRODA_OK;
}

/** Layers of a profile stand by depth, as its observations do. */
static int write_layers(const struct proda_preparation *preparation, struct proda_nc *store,
                        double *column, struct proda_error *error)
{
  const struct proda_profiles *profiles = preparation->profiles;
  const double *const value[N_OF_LAYER] = {
      [TOP] = profiles->top,         [BOTTOM] = profiles->bottom,
      [CONTENT] = profiles->content, [DENSITY] = profiles->density,
      [COARSE] = profiles->coarse,   [BULK_DENSITY] = profiles->bulk_density,
  };
  for (size_t i = 0; i < N_OF_LAYER; i++) {
    for (size_t k = 0; k < profiles->n_layers; k++) {
      size_t from = preparation->layers->order[k];
      column[k] = value[i] ? value[i][from] : preparation->layers->state[from];
    }
    if (proda_nc_write(store, of_layer[i].name, column, error) != PRODA_OK)
      return PRODA_ERROR;
  }
  return PRODA_OK;
}

static int define(const struct proda_preparation *preparation, struct proda_nc *store,
                  struct proda_error *error)
{
  if (proda_nc_def_dim(store, "layer", preparation->profiles->n_layers, error) ||
      proda_nc_def_all(store, of_profile, N_OF_PROFILE, error) ||
      proda_nc_def_all(store, of_layer, N_OF_LAYER, error) ||
      proda_nc_put_text(store, "profile_row_size", "sample_dimension", "layer", error) ||
      proda_nc_put_flags(store, "layer_state", proda_layer_meaning, PRODA_LAYER_N_STATES, error))
    return PRODA_ERROR;
  return preparation->profiles->key
             ? proda_nc_def(store, "profile_key", PRODA_NC_STRING, "profile", NULL,
                            "key of every profile read in its source", error)
             : PRODA_OK;
}

int proda_preparation_write_read(const struct proda_preparation *preparation,
                                 struct proda_nc *store, struct proda_error *error)
{
  const struct proda_profiles *profiles = preparation->profiles;
  size_t n = profiles->n > profiles->n_layers ? profiles->n : profiles->n_layers;
  double *column = calloc(n + 1, sizeof *column);
  int status = column ? define(preparation, store, error)
                      : proda_error_set(error, "out of memory for %zu layers", n);
  if (status == PRODA_OK)
    status = write_profiles(preparation, store, column, error);
  if (status == PRODA_OK)
    status = write_layers(preparation, store, column, error);
  free(column);
  return status;
}
