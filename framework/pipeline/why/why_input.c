#include <math.h>
#include <stdlib.h>

#include "pipeline/prepare/layers.h"
#include "pipeline/why/why_private.h"

/* Where the rows of one member of a ragged array begin, and how many they are. */
static int find_rows(const struct proda_nc *file, const char *row_size, size_t n, size_t which,
                     size_t *first, size_t *count, struct proda_error *error)
{
  double *size = NULL;
  if (proda_nc_read(file, row_size, n, &size, error) != PRODA_OK)
    return PRODA_ERROR;
  *first = 0;
  for (size_t i = 0; i < which; i++)
    *first += (size_t)size[i];
  *count = (size_t)size[which];
  free(size);
  return PRODA_OK;
}

static int tell_place(const struct proda_why *why, struct proda_error *error)
{
  double latitude, longitude;
  if (proda_nc_read_rows(why->prepare, "profile_latitude", why->profile, 1, 1, &latitude, error) ||
      proda_nc_read_rows(why->prepare, "profile_longitude", why->profile, 1, 1, &longitude, error))
    return PRODA_ERROR;
  fprintf(why->out, "profile %.0f", why->ledger->id[why->profile]);
  if (proda_nc_has(why->prepare, "profile_key")) {
    char **key = NULL;
    size_t n = 0;
    if (proda_nc_read_strings(why->prepare, "profile_key", &n, &key, error) != PRODA_OK)
      return PRODA_ERROR;
    if (why->profile < n && key[why->profile][0])
      fprintf(why->out, " (%s)", key[why->profile]);
    free(key);
  }
  if (isnan(latitude) || isnan(longitude))
    fprintf(why->out, ", of unknown place\n");
  else
    fprintf(why->out, " at latitude %.4g, longitude %.4g\n", latitude, longitude);
  return PRODA_OK;
}

/* ---- layers ---- */

enum { TOP, BOTTOM, CONTENT, DENSITY, BULK_DENSITY, COARSE, STATE, N_READ };
static const char *const as_read[N_READ] = {
    "layer_top",
    "layer_bottom",
    "layer_organic_carbon",
    "layer_organic_carbon_density",
    "layer_bulk_density",
    "layer_coarse_fragments",
    "layer_state",
};

static void tell_layer(const struct proda_why *why, const double layer[N_READ], double soc,
                       double origin)
{
  char text[5][PRODA_WHY_NUMBER];
  fprintf(why->out, "    %5.2f - %5.2f %10s %12s %10s %12s  ", layer[TOP], layer[BOTTOM],
          proda_why_number(layer[CONTENT], text[0]), proda_why_number(layer[BULK_DENSITY], text[1]),
          proda_why_number(layer[COARSE], text[2]), proda_why_number(soc, text[3]));
  if (layer[STATE] != PRODA_LAYER_USED) {
    fputs("dropped: ", why->out);
    proda_why_put_name(why->out, proda_layer_meaning[(size_t)layer[STATE]]);
    if (!isnan(layer[DENSITY]) && isnan(layer[CONTENT]))
      fprintf(why->out, " (%s gC m-3 reported)", proda_why_number(layer[DENSITY], text[4]));
  } else if (isnan(origin))
    fputs("usable", why->out);
  else {
    fputs("by ", why->out);
    proda_why_put_name(why->out, proda_soc_origin_meaning[(size_t)origin]);
  }
  fputc('\n', why->out);
}

static int check_flag(const struct proda_nc *file, const char *variable, double value, int n,
                      struct proda_error *error)
{
  return value >= 0 && value < n ? PRODA_OK
                                 : proda_error_set(error, "%s: variable '%s': %g is no flag of it",
                                                   proda_nc_path(file), variable, value);
}

/* Layers stand by depth, and the used ones of a site in the same order as its observations. */
static int tell_layers(const struct proda_why *why, size_t n, const double *column,
                       const double *origin, struct proda_error *error)
{
  size_t used = 0, obs = 0;
  for (size_t i = 0; i < n; i++) {
    if (check_flag(why->prepare, "layer_state", column[STATE * n + i], PRODA_LAYER_N_STATES, error))
      return PRODA_ERROR;
    used += column[STATE * n + i] == PRODA_LAYER_USED;
  }
  fprintf(why->out, "\nmeasured: %zu layers, %zu usable\n", n, used);
  if (n > 0)
    fprintf(why->out, "    %13s %10s %12s %10s %12s\n", "depth (m)", "C (g/kg)", "BD (kg/dm3)",
            "coarse (%)", "SOC (gC/m3)");
  for (size_t i = 0; i < n; i++) {
    double layer[N_READ], soc = NAN, from = NAN;
    for (size_t c = 0; c < N_READ; c++)
      layer[c] = column[c * n + i];
    if (layer[STATE] == PRODA_LAYER_USED && obs < why->n_obs) {
      soc = why->soc[obs];
      from = origin[obs++];
      if (check_flag(why->prepare, "soc_origin", from, PRODA_SOC_N_ORIGINS, error))
        return PRODA_ERROR;
    }
    tell_layer(why, layer, soc, from);
  }
  return PRODA_OK;
}

/* The observations of a site that was kept. */
static int read_observations(struct proda_why *why, double *origin, struct proda_error *error)
{
  const struct proda_nc *file = why->prepare;
  if (proda_nc_read_rows(file, "obs_top", why->first_obs, why->n_obs, why->n_obs, why->top,
                         error) ||
      proda_nc_read_rows(file, "obs_bottom", why->first_obs, why->n_obs, why->n_obs, why->bottom,
                         error) ||
      proda_nc_read_rows(file, "soc", why->first_obs, why->n_obs, why->n_obs, why->soc, error))
    return PRODA_ERROR;
  return proda_nc_read_rows(file, "soc_origin", why->first_obs, why->n_obs, why->n_obs, origin,
                            error);
}

static int read_layers(struct proda_why *why, struct proda_error *error)
{
  const struct proda_nc *file = why->prepare;
  bool kept = why->ledger->code[why->profile] == PRODA_SITE_KEPT;
  size_t first, n;
  if (find_rows(file, "profile_row_size", why->ledger->n, why->profile, &first, &n, error) ||
      proda_nc_dim(file, "site", &why->n_sites, error) ||
      (kept &&
       find_rows(file, "row_size", why->n_sites, why->site, &why->first_obs, &why->n_obs, error)))
    return PRODA_ERROR;
  double *column = calloc(N_READ * n + 1, sizeof *column);
  double *origin = calloc(why->n_obs + 1, sizeof *origin);
  why->top = calloc(3 * why->n_obs + 1, sizeof *why->top);
  int status = column && origin && why->top ? PRODA_OK : proda_error_set(error, "out of memory");
  if (status == PRODA_OK) {
    why->bottom = why->top + why->n_obs;
    why->soc = why->bottom + why->n_obs;
    status = kept ? read_observations(why, origin, error) : PRODA_OK;
  }
  for (size_t c = 0; c < N_READ && status == PRODA_OK; c++)
    status = proda_nc_read_rows(file, as_read[c], first, n, n, column + c * n, error);
  if (status == PRODA_OK)
    status = tell_layers(why, n, column, origin, error);
  free(column);
  free(origin);
  return status;
}

static int tell_forcing(const struct proda_why *why, struct proda_error *error)
{
  double distance, cell;
  if (proda_nc_read_rows(why->prepare, "profile_cell_distance", why->profile, 1, 1, &distance,
                         error))
    return PRODA_ERROR;
  if (why->ledger->code[why->profile] != PRODA_SITE_KEPT) {
    if (isfinite(distance))
      fprintf(why->out, "\nforcing: the nearest usable site is %.0f km away\n", distance);
    else
      fprintf(why->out, "\nforcing: not looked for\n");
    return PRODA_OK;
  }
  if (proda_nc_read_rows(why->prepare, "cell", why->site, 1, 1, &cell, error))
    return PRODA_ERROR;
  fprintf(why->out, "\nforcing: that of site %.0f of the grid (counted from 0), %.0f km away\n",
          cell, distance);
  return PRODA_OK;
}

int proda_why_tell_input(struct proda_why *why, struct proda_error *error)
{
  if (tell_place(why, error) || read_layers(why, error))
    return PRODA_ERROR;
  return tell_forcing(why, error);
}
