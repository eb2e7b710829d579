#include <math.h>
#include <stddef.h>

#include "conformance/bench.h"
#include "plugin/unit.h"

bool proda_driver_stated(const struct proda_driver *driver)
{
  return !isnan(driver->lower);
}

size_t proda_driver_size(const struct proda_manifest *manifest, size_t driver, size_t n_months)
{
  unsigned dims = manifest->driver[driver].dims;
  return (dims & PRODA_DIM_LAYER ? manifest->grid.n_layers : 1) *
         (dims & PRODA_DIM_MONTH ? n_months : 1);
}

static void range_of(const struct proda_driver *driver, double *lower, double *upper)
{
  struct proda_error error;
  double factor, offset;
  *lower = 0.25;
  *upper = 1.75;
  if (proda_driver_stated(driver)) {
    *lower = driver->lower;
    *upper = driver->upper;
  } else if (proda_unit_convert("K", driver->unit, &factor, &offset, &error) == PRODA_OK) {
    *lower = factor * 263.15 + offset;
    *upper = factor * 303.15 + offset;
  }
}

static double value_at(enum proda_place_kind kind, size_t month, double lower, double upper,
                       struct proda_random *random)
{
  switch (kind) {
  case PRODA_PLACE_LOWEST:
    return lower;
  case PRODA_PLACE_HIGHEST:
    return upper;
  case PRODA_PLACE_SWING:
    return month % 2 ? upper : lower;
  case PRODA_PLACE_ORDINARY:
  case PRODA_PLACE_SPARSE:
    break;
  }
  return lower + (0.2 + 0.6 * proda_random_uniform(random)) * (upper - lower);
}

int proda_place_make(const struct proda_manifest *manifest, enum proda_place_kind kind,
                     size_t n_months, struct proda_random *random, struct proda_room *room,
                     struct proda_place *place)
{
  place->kind = kind;
  place->driver =
      proda_room_array(room, (manifest->n_drivers + 1) * sizeof *place->driver, "driver");
  if (!place->driver)
    return PRODA_ERROR;
  for (size_t d = 0; d < manifest->n_drivers; d++) {
    const struct proda_driver *driver = &manifest->driver[d];
    size_t n = proda_driver_size(manifest, d, n_months);
    double lower, upper;
    if (driver->optional && kind == PRODA_PLACE_SPARSE)
      continue;
    place->driver[d] = proda_room_array(room, n * sizeof(double), driver->name);
    if (!place->driver[d])
      return PRODA_ERROR;
    range_of(driver, &lower, &upper);
    for (size_t i = 0; i < n; i++)
      place->driver[d][i] =
          value_at(kind, driver->dims & PRODA_DIM_MONTH ? i % n_months : 0, lower, upper, random);
  }
  place->forcing.driver = place->forcing.record = (const double *const *)place->driver;
  place->forcing.n_record = n_months;
  place->forcing.month = 0;
  return PRODA_OK;
}

const char *proda_place_name(const struct proda_place *place)
{
  static const char *const name[] = {
      [PRODA_PLACE_ORDINARY] = "an ordinary site",
      [PRODA_PLACE_LOWEST] = "a site with every driver at its least",
      [PRODA_PLACE_HIGHEST] = "a site with every driver at its greatest",
      [PRODA_PLACE_SWING] = "a site that swings from end to end every month",
      [PRODA_PLACE_SPARSE] = "an ordinary site without optional drivers",
  };
  return name[place->kind];
}
