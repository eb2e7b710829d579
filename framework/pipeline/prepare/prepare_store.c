#include "pipeline/prepare/prepare.h"

#include <stdlib.h>

#include "store/provenance.h"

static const struct proda_nc_entry columns[] = {
    {"site_id", PRODA_NC_INT64, "site", "1", "identity of the profile"},
    {"latitude", PRODA_NC_DOUBLE, "site", "degrees_north", "latitude"},
    {"longitude", PRODA_NC_DOUBLE, "site", "degrees_east", "longitude"},
    {"cell", PRODA_NC_INT, "site", "1", "index (from 0) of the nearest usable site of the forcing"},
    {"cell_distance", PRODA_NC_DOUBLE, "site", "km", "distance to that site"},
    {"row_size", PRODA_NC_INT, "site", "1", "number of layers"},
    {"obs_top", PRODA_NC_DOUBLE, "obs", "m", "depth of the layer's top"},
    {"obs_bottom", PRODA_NC_DOUBLE, "obs", "m", "depth of the layer's bottom"},
    {"obs_depth", PRODA_NC_DOUBLE, "obs", "m", "depth of the layer's middle"},
    {"soc", PRODA_NC_DOUBLE, "obs", "gC m-3", "density of soil organic carbon"},
    {"soc_origin", PRODA_NC_BYTE, "obs", NULL, "where the density comes from"},
    {"covariate_value", PRODA_NC_DOUBLE, "site covariate", NULL,
     "values of covariates, in covariate_units"},
};
enum { N_COLUMNS = sizeof columns / sizeof *columns };

struct sizes {
  size_t n_sites, n_obs;
};

static struct sizes count(const struct proda_preparation *preparation)
{
  struct sizes sizes = {0, 0};
  for (size_t p = 0; p < preparation->profiles->n; p++)
    if (preparation->state[p] == PRODA_SITE_KEPT) {
      sizes.n_sites++;
      sizes.n_obs += preparation->n_used[p];
    }
  return sizes;
}

static int put_attributes(struct proda_nc *store, const struct proda_preparation *preparation,
                          struct proda_error *error)
{
  static const struct {
    const char *variable, *name, *value;
  } text[] = {
      {NULL, "featureType", "profile"},
      {"site_id", "cf_role", "profile_id"},
      {"latitude", "standard_name", "latitude"},
      {"longitude", "standard_name", "longitude"},
      {"row_size", "sample_dimension", "obs"},
      {"obs_top", "positive", "down"},
      {"obs_bottom", "positive", "down"},
      {"obs_depth", "positive", "down"},
      {"obs_depth", "standard_name", "depth"},
      {"obs_depth", "axis", "Z"},
      {"soc", "coordinates", "latitude longitude obs_depth"},
  };
  const struct {
    const char *name;
    double value;
  } number[] = {
      {"bulk_density_a", preparation->fit.a},
      {"bulk_density_b", preparation->fit.b},
      {"bulk_density_c", preparation->fit.c},
      {"bulk_density_r2", preparation->fit.r2},
      {"bulk_density_layers", (double)preparation->fit.n},
  };
  int result = PRODA_OK;
  for (size_t i = 0; i < sizeof text / sizeof *text && result == PRODA_OK; i++)
    result = proda_nc_put_text(store, text[i].variable, text[i].name, text[i].value, error);
  for (size_t i = 0; i < sizeof number / sizeof *number && result == PRODA_OK; i++)
    result = proda_nc_put_number(store, NULL, number[i].name, number[i].value, error);
  if (result == PRODA_OK)
    result = proda_nc_put_flags(store, "soc_origin", proda_soc_origin_meaning, PRODA_SOC_N_ORIGINS,
                                error);
  return result;
}

static int define(struct proda_nc *store, const struct proda_preparation *preparation,
                  struct sizes sizes, struct proda_error *error)
{
  if (proda_nc_def_dim(store, "site", sizes.n_sites, error) != PRODA_OK ||
      proda_nc_def_dim(store, "obs", sizes.n_obs, error) != PRODA_OK ||
      proda_environment_write(store, preparation->environment, error) != PRODA_OK ||
      proda_nc_def_all(store, columns, N_COLUMNS, error) != PRODA_OK)
    return PRODA_ERROR;
  if (preparation->profiles->key && proda_nc_def(store, "key", PRODA_NC_STRING, "site", NULL,
                                                 "key of the profile in its source", error))
    return PRODA_ERROR;
  return put_attributes(store, preparation, error);
}

/** Values of the kept sites and of their used layers, column by column. */
struct values {
  const char **key;
  double *memory, *site[6], *obs[5], *covariate;
};

static int allocate(const struct proda_preparation *preparation, struct sizes sizes,
                    struct values *values, struct proda_error *error)
{
  size_t n_covariates = preparation->environment->n;
  double *at = calloc(sizes.n_sites * (6 + n_covariates) + sizes.n_obs * 5 + 1, sizeof *at);
  values->memory = at;
  values->key = calloc(sizes.n_sites + 1, sizeof *values->key);
  if (!at || !values->key)
    return proda_error_set(error, "out of memory");
  for (int i = 0; i < 6; i++, at += sizes.n_sites)
    values->site[i] = at;
  for (int i = 0; i < 5; i++, at += sizes.n_obs)
    values->obs[i] = at;
  values->covariate = at;
  return PRODA_OK;
}

static void fill_layers(const struct proda_preparation *preparation, size_t p, size_t *obs,
                        struct values *values)
{
  const struct proda_profiles *profiles = preparation->profiles;
  for (size_t k = profiles->first[p]; k < profiles->first[p + 1]; k++) {
    size_t i = preparation->layers->order[k];
    if (preparation->layers->state[i] != PRODA_LAYER_USED)
      continue;
    const double layer[5] = {profiles->top[i], profiles->bottom[i],
                             (profiles->top[i] + profiles->bottom[i]) / 2,
                             preparation->layers->soc[i], preparation->layers->origin[i]};
    for (int c = 0; c < 5; c++)
      values->obs[c][*obs] = layer[c];
    (*obs)++;
  }
}

static void fill(const struct proda_preparation *preparation, struct values *values)
{
  const struct proda_profiles *profiles = preparation->profiles;
  size_t n_covariates = preparation->environment->n, site = 0, obs = 0;
  for (size_t p = 0; p < profiles->n; p++) {
    if (preparation->state[p] != PRODA_SITE_KEPT)
      continue;
    const double column[6] = {profiles->id[p],          profiles->latitude[p],
                              profiles->longitude[p],   (double)preparation->cell[p],
                              preparation->distance[p], (double)preparation->n_used[p]};
    for (int c = 0; c < 6; c++)
      values->site[c][site] = column[c];
    for (size_t c = 0; c < n_covariates; c++)
      values->covariate[site * n_covariates + c] = preparation->covariate[p * n_covariates + c];
    values->key[site] = profiles->key ? profiles->key[p] : "";
    fill_layers(preparation, p, &obs, values);
    site++;
  }
}

static int write_values(struct proda_nc *store, const struct proda_preparation *preparation,
                        const struct values *values, struct proda_error *error)
{
  const double *const column[N_COLUMNS] = {values->site[0], values->site[1], values->site[2],
                                           values->site[3], values->site[4], values->site[5],
                                           values->obs[0],  values->obs[1],  values->obs[2],
                                           values->obs[3],  values->obs[4],  values->covariate};
  for (size_t i = 0; i < N_COLUMNS; i++)
    if (proda_nc_write(store, columns[i].name, column[i], error) != PRODA_OK)
      return PRODA_ERROR;
  return preparation->profiles->key ? proda_nc_write_strings(store, "key", values->key, error)
                                    : PRODA_OK;
}

/** The sites that go on, and the ledger of all that was read. */
static int write_all(struct proda_nc *store, const struct proda_preparation *preparation,
                     const struct proda_experiment_prepare *settings, const struct values *values,
                     struct proda_error *error)
{
  struct proda_ledger *ledger = NULL;
  int result = write_values(store, preparation, values, error);
  if (result == PRODA_OK)
    result = proda_preparation_ledger(preparation, settings, &ledger, error);
  if (result == PRODA_OK)
    result = proda_ledger_write(ledger, store, error);
  if (result == PRODA_OK)
    result = proda_preparation_write_read(preparation, store, error);
  proda_ledger_free(ledger);
  return result;
}

int proda_preparation_write(const struct proda_preparation *preparation,
                            const struct proda_run *run, const char *path, const char *inputs,
                            struct proda_error *error)
{
  struct sizes sizes = count(preparation);
  struct values values = {0};
  struct proda_nc *store = NULL;
  if (sizes.n_sites == 0)
    return proda_error_set(error,
                           "%s: none of its %zu profiles can be used; the lines above say why",
                           run->experiment->profiles, preparation->profiles->n);
  int result = allocate(preparation, sizes, &values, error);
  if (result == PRODA_OK) {
    fill(preparation, &values);
    result = proda_nc_create(path, &store, error);
  }
  if (result == PRODA_OK)
    result = proda_provenance_put(store, "Soil profiles prepared for calibration", run->command,
                                  inputs, proda_run_name(run), run->experiment->seed, error);
  if (result == PRODA_OK)
    result = define(store, preparation, sizes, error);
  if (result == PRODA_OK)
    result = write_all(store, preparation, &run->experiment->prepare, &values, error);
  if (result == PRODA_OK)
    result = proda_nc_commit(store, error);
  else
    proda_nc_abandon(store);
  free(values.memory);
  free(values.key);
  return result;
}
