#include "pipeline/compare/compared_maps.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/ncfile.h"

static const enum proda_map_source source_of[PRODA_N_PARAMETERISATIONS] = {
    [PRODA_AD_HOC] = PRODA_MAP_DEFAULT,
    [PRODA_CALIBRATED] = PRODA_MAP_PREDICTED,
};

static size_t place(const struct proda_compared_maps *maps, size_t parameterisation,
                    size_t structure)
{
  return parameterisation * maps->n_structures + structure;
}

const double *proda_compared_value(const struct proda_compared_maps *maps, size_t quantity,
                                   size_t parameterisation, size_t structure)
{
  return maps->quantity[quantity].value[place(maps, parameterisation, structure)];
}

const bool *proda_compared_sound(const struct proda_compared_maps *maps, size_t parameterisation,
                                 size_t structure)
{
  return maps->sound[place(maps, parameterisation, structure)];
}

double proda_compared_weight(const struct proda_compared_maps *maps, size_t cell)
{
  return maps->area ? maps->area[cell] : 1;
}

void proda_compared_maps_free(struct proda_compared_maps *maps)
{
  if (!maps)
    return;
  size_t n = PRODA_N_PARAMETERISATIONS * maps->n_structures;
  for (size_t q = 0; q < maps->n_quantities; q++) {
    struct proda_compared_quantity *quantity = &maps->quantity[q];
    for (size_t i = 0; quantity->value && i < n; i++)
      free(quantity->value[i]);
    free(quantity->value);
    free(quantity->name);
    free(quantity->unit);
    free(quantity->long_name);
  }
  for (size_t i = 0; maps->sound && i < n; i++)
    free(maps->sound[i]);
  for (size_t p = 0; p < PRODA_N_PARAMETERISATIONS; p++)
    free(maps->common[p]);
  free(maps->quantity);
  free(maps->sound);
  free(maps->latitude);
  free(maps->area);
  free(maps);
}

static void full_name(size_t parameterisation, const char *name, char full[128])
{
  snprintf(full, 128, "%s%s", proda_map_prefix[source_of[parameterisation]], name);
}

/* ---- quantities ---- */

/* A text attribute of a variable, allocated; "" where absent. NULL for lack of memory. */
static char *attribute(const struct proda_nc *map, const char *variable, const char *name)
{
  char *text = NULL;
  return proda_nc_text(map, variable, name, &text) ? text : strdup("");
}

static int add_quantity(struct proda_compared_maps *maps, const struct proda_nc *map,
                        const char *name, struct proda_error *error)
{
  struct proda_compared_quantity *grown =
      realloc(maps->quantity, (maps->n_quantities + 1) * sizeof *grown);
  if (!grown)
    return proda_error_set(error, "out of memory for '%s'", name);
  maps->quantity = grown;
  struct proda_compared_quantity *quantity = &grown[maps->n_quantities++];
  *quantity = (struct proda_compared_quantity){
      .name = strdup(name),
      .unit = attribute(map, name, "units"),
      .long_name = attribute(map, name, "long_name"),
      .value = calloc(PRODA_N_PARAMETERISATIONS * maps->n_structures, sizeof(double *)),
  };
  if (!quantity->name || !quantity->unit || !quantity->long_name || !quantity->value)
    return proda_error_set(error, "out of memory for '%s'", name);
  quantity->log = strcmp(quantity->unit, "1") != 0;
  return PRODA_OK;
}

static struct proda_compared_quantity *find_quantity(const struct proda_compared_maps *maps,
                                                     const char *name)
{
  for (size_t q = 0; q < maps->n_quantities; q++)
    if (strcmp(maps->quantity[q].name, name) == 0)
      return &maps->quantity[q];
  return NULL;
}

static int same_unit(const struct proda_compared_quantity *quantity, const struct proda_nc *map,
                     struct proda_error *error)
{
  char *unit = attribute(map, quantity->name, "units");
  int status = unit && strcmp(unit, quantity->unit) == 0 ? PRODA_OK
               : !unit ? proda_error_set(error, "out of memory for '%s'", quantity->name)
                       : proda_error_set(error,
                                         "%s: variable '%s': is in %s, but in %s for the "
                                         "structures before; a quantity needs one unit",
                                         proda_nc_path(map), quantity->name, unit, quantity->unit);
  free(unit);
  return status;
}

/* Values of a quantity, NaN where the state is not sound. */
static int read_quantity(struct proda_compared_maps *maps, const struct proda_nc *map,
                         size_t structure, const char *name, struct proda_error *error)
{
  struct proda_compared_quantity *quantity = find_quantity(maps, name);
  if (!quantity && add_quantity(maps, map, name, error) != PRODA_OK)
    return PRODA_ERROR;
  quantity = find_quantity(maps, name);
  if (same_unit(quantity, map, error) != PRODA_OK)
    return PRODA_ERROR;
  for (size_t p = 0; p < PRODA_N_PARAMETERISATIONS; p++) {
    char full[128];
    double **value = &quantity->value[place(maps, p, structure)];
    full_name(p, name, full);
    if (proda_nc_read(map, full, maps->n_cells, value, error) != PRODA_OK)
      return PRODA_ERROR;
    const bool *sound = proda_compared_sound(maps, p, structure);
    for (size_t c = 0; c < maps->n_cells; c++)
      if (!sound[c])
        (*value)[c] = NAN;
  }
  return PRODA_OK;
}

/* Whether a variable is a quantity by cell that both parameterisations have. */
static bool is_compared(const struct proda_nc *map, const char *name)
{
  char other[128];
  full_name(PRODA_AD_HOC, name, other);
  return strcmp(name, "status") != 0 && proda_nc_is_along(map, name, "site") &&
         proda_nc_is_along(map, other, "site");
}

static int read_quantities(struct proda_compared_maps *maps, const struct proda_nc *map,
                           size_t structure, struct proda_error *error)
{
  char stock[64], (*name)[64] = NULL;
  size_t n = 0;
  int status = PRODA_OK;
  for (int d = 0; d < PRODA_MAP_N_DEPTHS && status == PRODA_OK; d++) {
    proda_map_stock_name(PRODA_MAP_PREDICTED, (enum proda_map_depth)d, stock);
    status = read_quantity(maps, map, structure, stock, error);
  }
  if (status == PRODA_OK)
    status = proda_nc_variables(map, &name, &n, error);
  for (size_t i = 0; i < n && status == PRODA_OK; i++) {
    const struct proda_compared_quantity *quantity = find_quantity(maps, name[i]);
    bool read = quantity && quantity->value[place(maps, PRODA_AD_HOC, structure)];
    if (!read && is_compared(map, name[i]))
      status = read_quantity(maps, map, structure, name[i], error);
  }
  free(name);
  return status;
}

/* ---- cells ---- */

static int read_sound(struct proda_compared_maps *maps, const struct proda_nc *map,
                      size_t structure, struct proda_error *error)
{
  for (size_t p = 0; p < PRODA_N_PARAMETERISATIONS; p++) {
    char name[128];
    double *status = NULL;
    full_name(p, "status", name);
    if (proda_nc_read(map, name, maps->n_cells, &status, error) != PRODA_OK)
      return PRODA_ERROR;
    bool *sound = calloc(maps->n_cells + 1, sizeof *sound);
    maps->sound[place(maps, p, structure)] = sound;
    for (size_t c = 0; sound && c < maps->n_cells; c++) {
      sound[c] = status[c] == PRODA_SOLVED;
      maps->common[p][c] = maps->common[p][c] && sound[c];
    }
    free(status);
    if (!sound)
      return proda_error_set(error, "out of memory for %zu cells", maps->n_cells);
  }
  return PRODA_OK;
}

/* The first structure's map says which cells there are. */
static int read_cells(struct proda_compared_maps *maps, const struct proda_nc *map,
                      struct proda_error *error)
{
  if (proda_nc_dim(map, "site", &maps->n_cells, error) ||
      proda_nc_read(map, "latitude", maps->n_cells, &maps->latitude, error) ||
      (proda_nc_has(map, "land_area") &&
       proda_nc_read(map, "land_area", maps->n_cells, &maps->area, error)))
    return PRODA_ERROR;
  for (size_t p = 0; p < PRODA_N_PARAMETERISATIONS; p++) {
    maps->common[p] = calloc(maps->n_cells + 1, sizeof *maps->common[p]);
    if (!maps->common[p])
      return proda_error_set(error, "out of memory for %zu cells", maps->n_cells);
    for (size_t c = 0; c < maps->n_cells; c++)
      maps->common[p][c] = true;
  }
  return PRODA_OK;
}

static int check_cells(const struct proda_compared_maps *maps, const struct proda_nc *map,
                       struct proda_error *error)
{
  size_t n;
  double *latitude = NULL;
  if (proda_nc_dim(map, "site", &n, error) != PRODA_OK)
    return PRODA_ERROR;
  if (n != maps->n_cells)
    return proda_error_set(error,
                           "%s: has %zu sites, the structure before has %zu; run `proda map` again",
                           proda_nc_path(map), n, maps->n_cells);
  if (proda_nc_read(map, "latitude", n, &latitude, error) != PRODA_OK)
    return PRODA_ERROR;
  bool same = memcmp(latitude, maps->latitude, n * sizeof *latitude) == 0;
  free(latitude);
  return same ? PRODA_OK
              : proda_error_set(error,
                                "%s: its sites are not those of the structure before; run `proda "
                                "map` again",
                                proda_nc_path(map));
}

static int read_structure(struct proda_compared_maps *maps, const struct proda_run *run,
                          size_t structure, struct proda_error *error)
{
  struct proda_nc *map = NULL;
  char *path = proda_store_path(run, run->experiment->structure[structure].name, "map");
  int status =
      path ? proda_nc_open(path, &map, error) : proda_error_set(error, "out of memory for a path");
  if (status == PRODA_OK)
    status = structure == 0 ? read_cells(maps, map, error) : check_cells(maps, map, error);
  if (status == PRODA_OK)
    status = read_sound(maps, map, structure, error);
  if (status == PRODA_OK)
    status = read_quantities(maps, map, structure, error);
  proda_nc_close(map);
  free(path);
  return status;
}

int proda_compared_maps_read(const struct proda_run *run, struct proda_compared_maps **maps,
                             struct proda_error *error)
{
  size_t n = run->experiment->n_structures;
  struct proda_compared_maps *made = calloc(1, sizeof *made);
  if (made) {
    made->n_structures = n;
    made->sound = calloc(PRODA_N_PARAMETERISATIONS * n, sizeof *made->sound);
  }
  int status =
      made && made->sound ? PRODA_OK : proda_error_set(error, "out of memory for %zu maps", n);
  for (size_t s = 0; s < n && status == PRODA_OK; s++)
    status = read_structure(made, run, s, error);
  if (status == PRODA_OK)
    *maps = made;
  else
    proda_compared_maps_free(made);
  return status;
}
