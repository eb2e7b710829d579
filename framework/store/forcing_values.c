#include "store/forcing_values.h"

#include <math.h>
#include <string.h>

static bool is_temperature(const struct proda_driver *driver)
{
  return strcmp(driver->unit, "K") == 0;
}

static bool is_share(const struct proda_driver *driver)
{
  return strcmp(driver->unit, "%") == 0;
}

static const char *hint_of(const struct proda_driver *driver, double value)
{
  if (!isfinite(value))
    return "a finite number was expected";
  if (is_share(driver))
    return "0 to 100 % was expected";
  return value < 150 ? "150 to 350 K was expected: are these degC under the unit K?"
                     : "150 to 350 K was expected";
}

static int check_range(const struct proda_nc *nc, const struct proda_driver *driver,
                       const size_t axis[PRODA_N_AXES], const double *value,
                       struct proda_error *error)
{
  double low = is_temperature(driver) ? 150 : is_share(driver) ? 0 : -INFINITY;
  double high = is_temperature(driver) ? 350
                : is_share(driver)     ? 100 * (1 + 1e-6) // single precision
                                       : INFINITY;
  size_t months = axis[PRODA_AXIS_MONTH], layers = axis[PRODA_AXIS_LAYER];
  for (size_t i = 0; i < axis[PRODA_AXIS_SITE] * layers * months; i++)
    if (isinf(value[i]) || value[i] < low || value[i] > high)
      return proda_error_set(error,
                             "%s: variable '%s': site %zu, layer %zu, month %zu (from 0) is %g "
                             "%s; %s",
                             proda_nc_path(nc), driver->name, i / months / layers,
                             i / months % layers, i % months, value[i], driver->unit,
                             hint_of(driver, value[i]));
  return PRODA_OK;
}

bool proda_percent_are_fractions(size_t n, const double *value)
{
  size_t shares = 0;
  for (size_t i = 0; i < n; i++) {
    if (value[i] > 1)
      return false;
    shares += value[i] > 0;
  }
  return shares >= 10;
}

int proda_forcing_check_values(const struct proda_nc *nc, const struct proda_driver *driver,
                               const size_t axis[PRODA_N_AXES], const double *value,
                               struct proda_error *error)
{
  size_t n = axis[PRODA_AXIS_SITE] * axis[PRODA_AXIS_LAYER] * axis[PRODA_AXIS_MONTH];
  if (check_range(nc, driver, axis, value, error) != PRODA_OK)
    return PRODA_ERROR;
  if (is_share(driver) && proda_percent_are_fractions(n, value))
    return proda_error_set(error,
                           "%s: variable '%s': no value is above 1 %%; are these fractions under "
                           "the unit %%? Their unit is \"1\"",
                           proda_nc_path(nc), driver->name);
  return PRODA_OK;
}
