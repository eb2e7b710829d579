/* Fuzz target: no forcing file may crash, leak or hang its reader, and what is accepted keeps what
 * store/forcing.h says of it. */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "fuzz/recipe.h"
#include "store/forcing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { N_DRIVERS = 5, N_LAYERS = 2, BOTH = PRODA_DIM_LAYER | PRODA_DIM_MONTH };

static const double dz[] = {0.1, 0.2}, node[] = {0.05, 0.2}, interface[] = {0.1, 0.3};

/* Drivers of every kind of dimensions, and of none. */
static const struct proda_driver in_layers[N_DRIVERS] = {
    {.name = "temperature", .unit = "K", .doc = "", .dims = BOTH},
    {.name = "input", .unit = "gC m-2 month-1", .doc = "", .dims = PRODA_DIM_MONTH},
    {.name = "sand", .unit = "%", .doc = "", .dims = PRODA_DIM_LAYER, .optional = true},
    {.name = "clay", .unit = "%", .doc = ""},
    {.name = "ph", .unit = "1", .doc = "", .dims = BOTH, .optional = true},
};
static const struct proda_driver in_one[N_DRIVERS] = {
    {.name = "temperature", .unit = "K", .doc = "", .dims = PRODA_DIM_MONTH},
    {.name = "input", .unit = "gC m-2 yr-1", .doc = ""},
    {.name = "sand", .unit = "1", .doc = "", .optional = true},
    {.name = "clay", .unit = "%", .doc = ""},
    {.name = "ph", .unit = "1", .doc = "", .dims = PRODA_DIM_MONTH, .optional = true},
};

static bool finite_all(const double *value, size_t n)
{
  bool finite = true;
  for (size_t i = 0; i < n; i++)
    finite &= isfinite(value[i]) != 0;
  return finite;
}

static void check_site(const struct proda_forcing_file *file, const struct proda_manifest *manifest,
                       size_t site)
{
  const double *value[N_DRIVERS];
  bool complete = true;
  proda_forcing_site(file, site, value);
  for (size_t d = 0; d < N_DRIVERS; d++) {
    const struct proda_driver *driver = &manifest->driver[d];
    size_t n = driver->dims & PRODA_DIM_LAYER ? N_LAYERS : 1;
    n *= driver->dims & PRODA_DIM_MONTH ? proda_forcing_n_months(file) : 1;
    bool finite = value[d] && finite_all(value[d], n);
    if (!driver->optional)
      complete &= finite;
    else if (value[d] && !finite)
      __builtin_trap(); /* an optional driver with gaps is absent */
    for (size_t i = 0; value[d] && strcmp(driver->unit, "K") == 0 && i < n; i++)
      if (value[d][i] < 150 || value[d][i] > 350)
        __builtin_trap();
  }
  if (complete != proda_forcing_usable(file, site))
    __builtin_trap();
}

static void check_place(const struct proda_forcing_file *file)
{
  double distance;
  const double *latitude = proda_forcing_latitude(file);
  size_t cell = proda_forcing_nearest(file, 10, 20, &distance);
  if (cell < proda_forcing_n_sites(file)
          ? !proda_forcing_usable(file, cell) || !latitude || isnan(latitude[cell])
          : isfinite(distance))
    __builtin_trap();
}

static void read(const char *path, const struct proda_manifest *manifest)
{
  struct proda_error error = {""};
  struct proda_forcing_file *file = NULL;
  int status = proda_forcing_open(path, manifest, &file, &error);
  if ((status == PRODA_OK) != (file != NULL) || (status != PRODA_OK && !*error.message))
    __builtin_trap(); /* a refusal has a message, a success a file */
  for (size_t site = 0; file && site < proda_forcing_n_sites(file); site++)
    check_site(file, manifest, site);
  if (file)
    check_place(file);
  proda_forcing_close(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  const struct parts parts = {1, {{"forcing.nc", (const char *)data, size}}};
  struct proda_manifest manifest = {
      .kind = PRODA_MODEL,
      .name = "m",
      .grid = {.n_layers = N_LAYERS, .dz = dz, .node = node, .interface = interface},
      .n_drivers = N_DRIVERS,
      .driver = in_layers,
  };
  recipe_write_all(&parts);
  read(parts_path("forcing.nc"), &manifest);
  manifest.driver = in_one;
  read(parts_path("forcing.nc"), &manifest);
  parts_clear();
  return 0;
}
