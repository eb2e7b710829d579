#include "pipeline/synth/synth_files.h"

#include <stdlib.h>
#include <string.h>

#include "store/provenance.h"

enum { N_MONTHS = 12 };

/** A variable of the forcing: value of a cell at a depth in a month. */
typedef double forcing_function(const struct proda_world_cell *cell, double z, int month);

static double oxygen(const struct proda_world_cell *cell, double z, int month)
{
  (void)month;
  return proda_world_oxygen(cell, z);
}

static double nitrogen(const struct proda_world_cell *cell, double z, int month)
{
  (void)z;
  (void)month;
  return proda_world_nitrogen(cell);
}

static double sand(const struct proda_world_cell *cell, double z, int month)
{
  (void)z;
  (void)month;
  return cell->covariate[PRODA_WORLD_SAND];
}

static double clay(const struct proda_world_cell *cell, double z, int month)
{
  (void)z;
  (void)month;
  return cell->covariate[PRODA_WORLD_CLAY];
}

static double active_layer(const struct proda_world_cell *cell, double z, int month)
{
  (void)z;
  (void)month;
  return proda_world_active_layer(cell);
}

static double npp(const struct proda_world_cell *cell, double z, int month)
{
  (void)z;
  return proda_world_production(cell, month) * N_MONTHS / (365 * 86400.0);
}

static double wood(const struct proda_world_cell *cell, double z, int month)
{
  (void)z;
  return proda_world_production(cell, month) * proda_world_wood(cell);
}

/** What is not wood: a quarter metabolic, half cellulose, a quarter lignin. */
static double litter(const struct proda_world_cell *cell, double z, int month)
{
  return (proda_world_production(cell, month) - wood(cell, z, month)) / 4;
}

static double cellulose(const struct proda_world_cell *cell, double z, int month)
{
  return 2 * litter(cell, z, month);
}

/* Of structures of one layer: the soil as a whole, its temperature and water at this depth. */
static const double middle = 0.15;

static double temperature(const struct proda_world_cell *cell, double z, int month)
{
  (void)z;
  return proda_world_soil_temperature(cell, middle, month);
}

/** Cosby et al. 1984. */
static double porosity(const struct proda_world_cell *cell, double z, int month)
{
  return 0.489 - 0.00126 * sand(cell, z, month);
}

static double water(const struct proda_world_cell *cell, double z, int month)
{
  return porosity(cell, z, month) * proda_world_water(cell, middle, month);
}

static double bulk_density(const struct proda_world_cell *cell, double z, int month)
{
  return 2700 * (1 - porosity(cell, z, month));
}

static double silt(const struct proda_world_cell *cell, double z, int month)
{
  return 100 - sand(cell, z, month) - clay(cell, z, month);
}

static double acidity(const struct proda_world_cell *cell, double z, int month)
{
  (void)z;
  (void)month;
  return proda_world_acidity(cell);
}

/** Wood makes litter tough. */
static double lignin(const struct proda_world_cell *cell, double z, int month)
{
  (void)z;
  (void)month;
  return 14 + 40 * proda_world_wood(cell);
}

static double litter_cn(const struct proda_world_cell *cell, double z, int month)
{
  (void)z;
  (void)month;
  return 35 + 100 * proda_world_wood(cell);
}

/** Plants cover the soil in months of at least half their mean production. */
static double cover(const struct proda_world_cell *cell, double z, int month)
{
  (void)z;
  return 2 * N_MONTHS * proda_world_production(cell, month) >= cell->covariate[PRODA_WORLD_NPP];
}

static double precipitation(const struct proda_world_cell *cell, double z, int month)
{
  (void)z;
  (void)month;
  return cell->covariate[PRODA_WORLD_PRECIPITATION] / N_MONTHS;
}

static double evaporation(const struct proda_world_cell *cell, double z, int month)
{
  (void)z;
  return proda_world_evaporation(cell, month);
}

static const struct {
  const char *name, *dims, *unit, *long_name;
  forcing_function *value;
} forcing[] = {
    {"soil_temperature", "site layer month", "K", "soil temperature", proda_world_soil_temperature},
    {"w_scalar", "site layer month", "1", "water scalar for decomposition", proda_world_water},
    {"o_scalar", "site layer month", "1", "oxygen scalar for decomposition", oxygen},
    {"n_scalar", "site layer month", "1", "nitrogen scalar for decomposition", nitrogen},
    {"sand", "site layer", "%", "sand content", sand},
    {"clay", "site", "%", "clay content", clay},
    {"silt", "site", "%", "silt content", silt},
    {"porosity", "site", "m3 m-3", "volumetric soil water at saturation", porosity},
    {"bulk_density", "site", "kg m-3", "bulk density of fine earth", bulk_density},
    {"ph", "site", "1", "soil pH", acidity},
    {"lignin", "site", "%", "lignin content of litter", lignin},
    {"litter_cn", "site", "1", "carbon over nitrogen of litter", litter_cn},
    {"temperature", "site month", "K", "soil temperature at 0.15 m", temperature},
    {"water", "site month", "m3 m-3", "volumetric soil water at 0.15 m", water},
    {"precipitation", "site month", "mm month-1", "precipitation", precipitation},
    {"cover", "site month", "1", "whether plants cover the soil", cover},
    {"evaporation", "site month", "mm month-1", "potential evapotranspiration", evaporation},
    {"altmax", "site month", "m", "maximum active layer depth of the current year", active_layer},
    {"altmax_lastyear", "site month", "m", "maximum active layer depth of the last year",
     active_layer},
    {"npp", "site month", "gC m-2 s-1", "net primary productivity", npp},
    {"input_cwd", "site month", "gC m-2 month-1", "carbon input to coarse woody debris", wood},
    {"input_litr1", "site month", "gC m-2 month-1", "carbon input to metabolic litter", litter},
    {"input_litr2", "site month", "gC m-2 month-1", "carbon input to cellulose litter", cellulose},
    {"input_litr3", "site month", "gC m-2 month-1", "carbon input to lignin litter", litter},
};
enum { N_FORCING = sizeof forcing / sizeof *forcing };

int proda_synth_define_covariates(struct proda_nc *store, const char *dimension,
                                  struct proda_error *error)
{
  if (proda_nc_def(store, "latitude", PRODA_NC_DOUBLE, dimension, "degrees_north", "latitude",
                   error) != PRODA_OK ||
      proda_nc_def(store, "longitude", PRODA_NC_DOUBLE, dimension, "degrees_east", "longitude",
                   error) != PRODA_OK ||
      proda_nc_put_text(store, "latitude", "standard_name", "latitude", error) != PRODA_OK ||
      proda_nc_put_text(store, "longitude", "standard_name", "longitude", error) != PRODA_OK)
    return PRODA_ERROR;
  for (size_t c = 0; c < PRODA_WORLD_N_COVARIATES; c++) {
    const struct proda_world_label *label = &proda_world_label[c];
    if (proda_nc_def(store, label->name, PRODA_NC_FLOAT, dimension, label->unit, label->long_name,
                     error) != PRODA_OK ||
        (label->is_class &&
         proda_nc_put_number(store, label->name, "categorical", 1, error) != PRODA_OK))
      return PRODA_ERROR;
  }
  return PRODA_OK;
}

int proda_synth_cells_define(struct proda_nc *store, struct proda_error *error)
{
  if (proda_synth_define_covariates(store, "site", error) != PRODA_OK ||
      proda_nc_def(store, "land_area", PRODA_NC_DOUBLE, "site", "m2", "land area of the cell",
                   error) != PRODA_OK)
    return PRODA_ERROR;
  return proda_nc_put_text(store, "land_area", "standard_name", "cell_area", error);
}

static int define(struct proda_nc *store, const struct proda_synth_world *world,
                  struct proda_error *error)
{
  if (proda_nc_def_dim(store, "site", world->n, error) != PRODA_OK ||
      proda_nc_def_dim(store, "layer", world->loaded->manifest->grid.n_layers, error) != PRODA_OK ||
      proda_nc_def_dim(store, "month", N_MONTHS, error) != PRODA_OK ||
      proda_synth_cells_define(store, error) != PRODA_OK ||
      proda_nc_put_text(store, NULL, "featureType", "point", error) != PRODA_OK ||
      proda_nc_def(store, "dz", PRODA_NC_DOUBLE, "layer", "m", "layer thickness", error) ||
      proda_nc_def(store, "z_node", PRODA_NC_DOUBLE, "layer", "m", "node depth", error) ||
      proda_nc_def(store, "nbedrock", PRODA_NC_INT, "site month", "1",
                   "number (1-based) of the soil layer that reaches the bedrock", error))
    return PRODA_ERROR;
  for (size_t v = 0; v < N_FORCING; v++)
    if (proda_nc_def(store, forcing[v].name, PRODA_NC_FLOAT, forcing[v].dims, forcing[v].unit,
                     forcing[v].long_name, error) != PRODA_OK)
      return PRODA_ERROR;
  return PRODA_OK;
}

/** Evaluates a variable at every cell, layer and month that its dimensions name. */
static void evaluate(const struct proda_synth_world *world, size_t v, double *value)
{
  const struct proda_grid *grid = &world->loaded->manifest->grid;
  const char *dims = forcing[v].dims;
  size_t layers = strstr(dims, "layer") ? grid->n_layers : 1;
  int months = strstr(dims, "month") ? N_MONTHS : 1;
  for (size_t s = 0; s < world->n; s++)
    for (size_t l = 0; l < layers; l++)
      for (int m = 0; m < months; m++)
        *value++ = forcing[v].value(&world->cell[s], grid->node[l], m);
}

int proda_synth_cells_write(struct proda_nc *store, const struct proda_synth_world *world,
                            struct proda_error *error)
{
  static const char *const name[] = {"latitude", "longitude", "land_area"};
  double *value = calloc(world->n, sizeof *value);
  int result = value ? PRODA_OK : proda_error_set(error, "out of memory");
  for (size_t c = 0; c < 3 + PRODA_WORLD_N_COVARIATES && result == PRODA_OK; c++) {
    for (size_t s = 0; s < world->n; s++) {
      const struct proda_world_cell *cell = &world->cell[s];
      const double place[] = {cell->latitude, cell->longitude, cell->area};
      value[s] = c < 3 ? place[c] : cell->covariate[c - 3];
    }
    result = proda_nc_write(store, c < 3 ? name[c] : proda_world_label[c - 3].name, value, error);
  }
  free(value);
  return result;
}

static int write_values(struct proda_nc *store, const struct proda_synth_world *world,
                        double *value, struct proda_error *error)
{
  const struct proda_grid *grid = &world->loaded->manifest->grid;
  if (proda_synth_cells_write(store, world, error) != PRODA_OK ||
      proda_nc_write(store, "dz", grid->dz, error) != PRODA_OK ||
      proda_nc_write(store, "z_node", grid->node, error) != PRODA_OK)
    return PRODA_ERROR;
  for (size_t i = 0; i < world->n * N_MONTHS; i++)
    value[i] = (double)grid->n_layers; // soil all the way down
  if (proda_nc_write(store, "nbedrock", value, error) != PRODA_OK)
    return PRODA_ERROR;
  for (size_t v = 0; v < N_FORCING; v++) {
    evaluate(world, v, value);
    if (proda_nc_write(store, forcing[v].name, value, error) != PRODA_OK)
      return PRODA_ERROR;
  }
  return PRODA_OK;
}

int proda_synth_grid_write(const struct proda_synth_world *world, const char *path,
                           struct proda_error *error)
{
  struct proda_nc *store = NULL;
  double *value =
      malloc(world->n * world->loaded->manifest->grid.n_layers * N_MONTHS * sizeof *value);
  int result = value ? proda_nc_create(path, &store, error)
                     : proda_error_set(error, "out of memory for %zu cells", world->n);
  if (result == PRODA_OK)
    result = proda_provenance_put(store, "A synthetic world: monthly forcing and covariates",
                                  world->run->command, world->inputs, proda_run_name(world->run),
                                  world->options->seed, error);
  if (result == PRODA_OK)
    result = define(store, world, error);
  if (result == PRODA_OK)
    result = write_values(store, world, value, error);
  if (result == PRODA_OK)
    result = proda_nc_commit(store, error);
  else
    proda_nc_abandon(store);
  free(value);
  return result;
}
