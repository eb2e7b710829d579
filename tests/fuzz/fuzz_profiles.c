/* Fuzz target: no file of profiles, beside any grid, may crash, leak or hang what `prepare` reads
 * of them, and layers that are used hold numbers that can be. Parts: profiles.nc or
 * profiles.csv, grid.nc. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/recipe.h"
#include "pipeline/environment.h"
#include "pipeline/prepare/layers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int status, const void *made, const struct proda_error *error)
{
  if ((status == PRODA_OK) != (made != NULL) || (status != PRODA_OK && !*error->message))
    __builtin_trap(); /* a refusal has a message, a success its result */
}

static void check_layers(const struct proda_profiles *profiles, const struct proda_layers *layers)
{
  for (size_t i = 0; i < profiles->n_layers; i++)
    if (layers->order[i] >= profiles->n_layers ||
        (layers->state[i] == PRODA_LAYER_USED &&
         !(layers->soc[i] > 0 && isfinite(layers->soc[i]) && profiles->top[i] >= 0 &&
           profiles->bottom[i] > profiles->top[i])))
      __builtin_trap();
}

static void use_layers(const struct proda_profiles *profiles)
{
  struct proda_error error = {""};
  struct proda_layers *layers = NULL;
  struct proda_bulk_density_fit fit = {.a = 0.32, .b = 1.30, .c = 0.0089};
  if (proda_layers_fit(profiles, &fit, &error) != PRODA_OK && !*error.message)
    __builtin_trap();
  fit = (struct proda_bulk_density_fit){.a = 0.32, .b = 1.30, .c = 0.0089};
  int status = proda_layers_make(profiles, &fit, &layers, &error);
  check(status, layers, &error);
  if (layers)
    check_layers(profiles, layers);
  proda_layers_free(layers);
}

static void use_profiles(const struct proda_nc *file)
{
  struct proda_error error = {""};
  struct proda_profiles *profiles = NULL;
  int status = proda_profiles_read(file, &profiles, &error);
  check(status, profiles, &error);
  if (profiles && profiles->first[profiles->n] != profiles->n_layers)
    __builtin_trap();
  if (profiles)
    use_layers(profiles);
  proda_profiles_free(profiles);
}

static void use_covariates(const struct proda_nc *file, const char *dimension,
                           const struct proda_environment *environment)
{
  struct proda_error error = {""};
  double *value = NULL;
  int status = proda_environment_read(file, dimension, environment, &value, &error);
  check(status, value, &error);
  free(value);
}

static void use_environment(const struct proda_nc *profiles, const struct proda_nc *grid)
{
  struct proda_error error = {""};
  struct proda_environment *environment = NULL;
  int status = proda_environment_find(profiles, grid, &environment, &error);
  check(status, environment, &error);
  if (environment) {
    use_covariates(profiles, "profile", environment);
    use_covariates(grid, "site", environment);
  }
  proda_environment_free(environment);
}

static struct proda_nc *open_part(const char *name)
{
  struct proda_error error = {""};
  struct proda_nc *file = NULL;
  int status = proda_nc_open(parts_path(name), &file, &error);
  check(status, file, &error);
  return file;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  const struct parts parts = parts_cut(data, size, "profiles.nc");
  recipe_write_all(&parts);
  bool csv = parts.n > 1 && strcmp(parts.part[1].name, "profiles.csv") == 0;
  struct proda_nc *profiles = open_part(csv ? "profiles.csv" : "profiles.nc");
  struct proda_nc *grid = open_part("grid.nc");
  if (profiles)
    use_profiles(profiles);
  if (profiles && grid)
    use_environment(profiles, grid);
  proda_nc_close(profiles);
  proda_nc_close(grid);
  parts_clear();
  return 0;
}
