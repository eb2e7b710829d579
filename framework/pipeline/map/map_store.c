#include "pipeline/map/map_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/measures.h"
#include "pipeline/sites.h"
#include "store/provenance.h"

const char *const proda_map_prefix[PRODA_MAP_N_SOURCES] = {"", "default_", "median_"};
static const char *const depth_name[PRODA_MAP_N_DEPTHS] = {"0_30cm", "0_100cm", "column"};
const char *const proda_map_stock_long_name[PRODA_MAP_N_DEPTHS] = {
    "soil organic carbon of 0-30 cm",
    "soil organic carbon of 0-100 cm",
    "soil organic carbon of the whole column",
};
const char *const proda_map_status_name[PRODA_MAP_N_STATUS] = {
    PRODA_SITE_STATUS_NAMES,
    [PRODA_MAP_NO_COVARIATES] = "covariate_missing",
};

void proda_map_stock_name(enum proda_map_source source, enum proda_map_depth depth, char name[64])
{
  snprintf(name, 64, "%ssoc_stock_%s", proda_map_prefix[source], depth_name[depth]);
}

void proda_map_measure_name(enum proda_map_source source, const struct proda_measure *measure,
                            char name[128])
{
  snprintf(name, 128, "%s%s", proda_map_prefix[source], measure->name);
}

static int define_places(struct proda_nc *store, const struct proda_mapped *mapped,
                         struct proda_error *error)
{
  if (proda_nc_def(store, "latitude", PRODA_NC_DOUBLE, "site", "degrees_north", "latitude",
                   error) ||
      proda_nc_def(store, "longitude", PRODA_NC_DOUBLE, "site", "degrees_east", "longitude",
                   error) ||
      proda_nc_put_text(store, "latitude", "standard_name", "latitude", error) ||
      proda_nc_put_text(store, "longitude", "standard_name", "longitude", error))
    return PRODA_ERROR;
  if (!proda_forcing_area(mapped->forcing))
    return PRODA_OK;
  if (proda_nc_def(store, "land_area", PRODA_NC_DOUBLE, "site", "m2", "land area of the cell",
                   error))
    return PRODA_ERROR;
  return proda_nc_put_text(store, "land_area", "standard_name", "cell_area", error);
}

static int define_site(struct proda_nc *store, const char *name, enum proda_nc_type type,
                       const char *dims, const char *unit, const char *long_name,
                       struct proda_error *error)
{
  if (proda_nc_def(store, name, type, dims, unit, long_name, error))
    return PRODA_ERROR;
  return proda_nc_put_text(store, name, "coordinates", "latitude longitude", error);
}

static int define_stocks(struct proda_nc *store, struct proda_error *error)
{
  char name[64], total[80];
  for (int s = 0; s < PRODA_MAP_N_SOURCES; s++) {
    for (int d = 0; d < PRODA_MAP_N_DEPTHS; d++) {
      proda_map_stock_name((enum proda_map_source)s, (enum proda_map_depth)d, name);
      snprintf(total, sizeof total, "total_%s", name);
      if (define_site(store, name, PRODA_NC_DOUBLE, "site", "kg m-2", proda_map_stock_long_name[d],
                      error) ||
          proda_nc_def(store, total, PRODA_NC_DOUBLE, "", "Pg", proda_map_stock_long_name[d],
                       error))
        return PRODA_ERROR;
    }
    snprintf(name, sizeof name, "%sstatus", proda_map_prefix[s]);
    if (define_site(store, name, PRODA_NC_BYTE, "site", NULL, "what became of the steady state",
                    error) ||
        proda_nc_put_flags(store, name, proda_map_status_name, PRODA_MAP_N_STATUS, error))
      return PRODA_ERROR;
  }
  return PRODA_OK;
}

static int define_measures(struct proda_nc *store, const struct proda_manifest *manifest,
                           struct proda_error *error)
{
  char name[128];
  for (int s = 0; s < PRODA_MAP_N_SOURCES; s++)
    for (size_t k = 0; k < proda_measures_count(manifest); k++) {
      struct proda_measure measure = proda_measure_at(manifest, k);
      proda_map_measure_name((enum proda_map_source)s, &measure, name);
      if (define_site(store, name, PRODA_NC_DOUBLE, "site", measure.unit, measure.long_name, error))
        return PRODA_ERROR;
    }
  return PRODA_OK;
}

static int define(struct proda_nc *store, const struct proda_mapped *mapped,
                  struct proda_error *error)
{
  const struct proda_manifest *manifest = mapped->manifest;
  if (proda_nc_def_dim(store, "site", mapped->n, error) ||
      proda_nc_def_dim(store, "parameter", manifest->n_parameters, error) ||
      proda_nc_def_dim(store, "pool", manifest->n_pools, error) ||
      proda_nc_def_dim(store, "layer", manifest->grid.n_layers, error) ||
      proda_nc_put_text(store, NULL, "featureType", "point", error) ||
      define_places(store, mapped, error) ||
      proda_nc_def(store, "z_node", PRODA_NC_DOUBLE, "layer", "m", "node depth", error) ||
      proda_nc_put_text(store, "z_node", "positive", "down", error) ||
      proda_nc_def(store, "dz", PRODA_NC_DOUBLE, "layer", "m", "layer thickness", error) ||
      proda_nc_def(store, "parameter_name", PRODA_NC_STRING, "parameter", NULL,
                   "name of the parameter", error) ||
      proda_nc_def(store, "parameter_unit", PRODA_NC_STRING, "parameter", NULL,
                   "unit of the parameter", error) ||
      proda_nc_def(store, "pool_name", PRODA_NC_STRING, "pool", NULL, "name of the pool", error) ||
      define_site(store, "parameter_value", PRODA_NC_DOUBLE, "site parameter", NULL,
                  "predicted parameters, in parameter_unit", error) ||
      proda_nc_def(store, "ad_hoc_parameter", PRODA_NC_DOUBLE, "parameter", NULL,
                   "parameters of the source default, in parameter_unit; missing where each site "
                   "has its own",
                   error) ||
      proda_nc_put_text(store, "ad_hoc_parameter", "rule", proda_ad_hoc_names[mapped->ad_hoc],
                        error) ||
      define_site(store, "pools", PRODA_NC_FLOAT, "site pool layer", manifest->unit,
                  "carbon density of the pool", error) ||
      define_site(store, "soc_density", PRODA_NC_FLOAT, "site layer", "g m-3",
                  "density of soil organic carbon", error))
    return PRODA_ERROR;
  return define_stocks(store, error) ? PRODA_ERROR : define_measures(store, manifest, error);
}

static int write_names(struct proda_nc *store, const struct proda_manifest *manifest,
                       struct proda_error *error)
{
  size_t n = manifest->n_parameters;
  const char **text = calloc(2 * n + 1, sizeof *text);
  if (!text)
    return proda_error_set(error, "out of memory");
  for (size_t p = 0; p < n; p++) {
    text[p] = manifest->parameter[p].name;
    text[n + p] = manifest->parameter[p].unit;
  }
  int result = proda_nc_write_strings(store, "parameter_name", text, error);
  if (result == PRODA_OK)
    result = proda_nc_write_strings(store, "parameter_unit", text + n, error);
  if (result == PRODA_OK)
    result = proda_nc_write_strings(store, "pool_name", manifest->pool, error);
  free(text);
  return result;
}

static int write_stocks(struct proda_nc *store, const struct proda_mapped *mapped,
                        struct proda_error *error)
{
  char name[64], total[80];
  for (int s = 0; s < PRODA_MAP_N_SOURCES; s++) {
    for (int d = 0; d < PRODA_MAP_N_DEPTHS; d++) {
      proda_map_stock_name((enum proda_map_source)s, (enum proda_map_depth)d, name);
      snprintf(total, sizeof total, "total_%s", name);
      if (proda_nc_write(store, name, mapped->stock[s][d], error) ||
          proda_nc_write(store, total, &mapped->total[s][d], error))
        return PRODA_ERROR;
    }
    snprintf(name, sizeof name, "%sstatus", proda_map_prefix[s]);
    if (proda_nc_write(store, name, mapped->status[s], error))
      return PRODA_ERROR;
  }
  return PRODA_OK;
}

static int write_measures(struct proda_nc *store, const struct proda_mapped *mapped,
                          struct proda_error *error)
{
  char name[128];
  for (int s = 0; s < PRODA_MAP_N_SOURCES; s++)
    for (size_t k = 0; k < proda_measures_count(mapped->manifest); k++) {
      struct proda_measure measure = proda_measure_at(mapped->manifest, k);
      proda_map_measure_name((enum proda_map_source)s, &measure, name);
      if (proda_nc_write(store, name, mapped->measure[s] + k * mapped->n, error))
        return PRODA_ERROR;
    }
  return PRODA_OK;
}

static int write_values(struct proda_nc *store, const struct proda_mapped *mapped,
                        struct proda_error *error)
{
  const double *area = proda_forcing_area(mapped->forcing);
  if (proda_nc_write(store, "latitude", proda_forcing_latitude(mapped->forcing), error) ||
      proda_nc_write(store, "longitude", proda_forcing_longitude(mapped->forcing), error) ||
      (area && proda_nc_write(store, "land_area", area, error)) ||
      proda_nc_write(store, "z_node", mapped->manifest->grid.node, error) ||
      proda_nc_write(store, "dz", mapped->manifest->grid.dz, error) ||
      proda_nc_write(store, "parameter_value", mapped->parameter, error) ||
      proda_nc_write(store, "ad_hoc_parameter", mapped->ad_hoc_parameter, error) ||
      proda_nc_write(store, "pools", mapped->pools, error) ||
      proda_nc_write(store, "soc_density", mapped->density, error) ||
      write_names(store, mapped->manifest, error))
    return PRODA_ERROR;
  return write_stocks(store, mapped, error) ? PRODA_ERROR : write_measures(store, mapped, error);
}

int proda_mapped_write(const struct proda_mapped *mapped, const char *path,
                       const struct proda_run *run, const char *inputs, struct proda_error *error)
{
  struct proda_nc *store = NULL;
  if (proda_nc_create(path, &store, error))
    return PRODA_ERROR;
  if (proda_provenance_put(store, "Soil carbon with predicted parameters", run->command, inputs,
                           proda_run_name(run), run->experiment->seed, error) ||
      define(store, mapped, error) || write_values(store, mapped, error)) {
    proda_nc_abandon(store);
    return PRODA_ERROR;
  }
  return proda_nc_commit(store, error);
}
