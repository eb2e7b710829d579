#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/prepare/profiles.h"
#include "store/forcing_values.h"

static int compare(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/** Random streams are keyed by the id, so it must be a whole number and a profile's own. */
static int check_ids(const struct proda_nc *file, const struct proda_profiles *profiles,
                     struct proda_error *error)
{
  int result = PRODA_OK;
  double *sorted = malloc((profiles->n + 1) * sizeof *sorted);
  if (!sorted)
    return proda_error_set(error, "out of memory");
  memcpy(sorted, profiles->id, profiles->n * sizeof *sorted);
  for (size_t p = 0; p < profiles->n && result == PRODA_OK; p++)
    if (!(profiles->id[p] >= 0 && profiles->id[p] <= 0x1p53 &&
          profiles->id[p] == floor(profiles->id[p])))
      result = proda_error_set(error,
                               "%s: variable 'profile_id': profile %zu has %g, a whole number "
                               "from 0 to 2^53 was expected",
                               proda_nc_path(file), p, profiles->id[p]);
  if (result == PRODA_OK)
    qsort(sorted, profiles->n, sizeof *sorted, compare);
  for (size_t p = 1; p < profiles->n && result == PRODA_OK; p++)
    if (sorted[p] == sorted[p - 1])
      result = proda_error_set(error, "%s: variable 'profile_id': %.0f occurs more than once",
                               proda_nc_path(file), sorted[p]);
  free(sorted);
  return result;
}

static int check_range(const struct proda_nc *file, const char *variable, size_t n,
                       const double *value, double low, double high, struct proda_error *error)
{
  for (size_t i = 0; i < n; i++)
    if (value[i] < low || value[i] > high)
      return proda_error_set(error, "%s: variable '%s': profile %zu has %g, %g to %g was expected",
                             proda_nc_path(file), variable, i, value[i], low, high);
  return PRODA_OK;
}

/* ---- what only the whole of a file can tell ---- */

/** Where most values of a column are beyond what soils have, it is the column that is wrong, not
 * its layers. */
struct plausible {
  const char *variable;
  const double *value;
  double low, high;          /**< of values that are not 0 */
  const char *small, *large; /**< what may have happened */
};
enum { FEWEST = 3 }; // layers that can speak for a file

static int suspect(const struct proda_nc *file, const struct plausible *column, size_t n,
                   size_t wrong, size_t first, const char *hint, struct proda_error *error)
{
  return proda_error_set(error,
                         "%s: variable '%s': %zu of %zu values cannot be, the first at layer %zu "
                         "(from 0): %g; %s",
                         proda_nc_path(file), column->variable, wrong, n, first,
                         column->value[first], hint);
}

static int check_column(const struct proda_nc *file, const struct plausible *column,
                        size_t n_layers, struct proda_error *error)
{
  enum { NEGATIVE, SMALL, LARGE, N_WAYS };
  const char *const hint[N_WAYS] = {
      "are these heights, or missing values that no _FillValue states?", column->small,
      column->large};
  size_t n = 0, wrong[N_WAYS] = {0}, first[N_WAYS] = {0};
  for (size_t i = 0; i < n_layers; i++) {
    double x = column->value[i];
    int way = x < 0 ? NEGATIVE : x > 0 && x < column->low ? SMALL : x > column->high ? LARGE : -1;
    n += !isnan(x);
    if (way >= 0 && wrong[way]++ == 0)
      first[way] = i;
  }
  for (int way = 0; way < N_WAYS; way++)
    if (wrong[way] >= FEWEST && 2 * wrong[way] > n)
      return suspect(file, column, n, wrong[way], first[way], hint[way], error);
  return PRODA_OK;
}

static int check_order(const struct proda_nc *file, const struct proda_profiles *p,
                       struct proda_error *error)
{
  size_t n = 0, wrong = 0, first = 0;
  for (size_t i = 0; i < p->n_layers; i++) {
    n += !isnan(p->top[i]) && !isnan(p->bottom[i]);
    if (p->top[i] > p->bottom[i] && wrong++ == 0)
      first = i;
  }
  if (wrong < FEWEST || 2 * wrong <= n)
    return PRODA_OK;
  return proda_error_set(error,
                         "%s: variable 'layer_bottom': %zu of %zu bottoms are above their tops, "
                         "the first at layer %zu (from 0): %g m below a top of %g m; are "
                         "layer_top and layer_bottom exchanged?",
                         proda_nc_path(file), wrong, n, first, p->bottom[first], p->top[first]);
}

static int check_shares(const struct proda_nc *file, const struct proda_profiles *p,
                        struct proda_error *error)
{
  if (!proda_percent_are_fractions(p->n_layers, p->coarse))
    return PRODA_OK;
  return proda_error_set(error,
                         "%s: variable 'coarse_fragments': no value is above 1 %%; are these "
                         "fractions under the unit %%? Their unit is \"1\"",
                         proda_nc_path(file));
}

int proda_profiles_check(const struct proda_nc *file, const struct proda_profiles *p,
                         struct proda_error *error)
{
  const struct plausible column[] = {
      {"layer_top", p->top, 0, 10, "", "are these cm under the unit m?"},
      {"layer_bottom", p->bottom, 0.02, 10, "are these m under the unit cm?",
       "are these cm under the unit m?"},
      {"organic_carbon", p->content, 0.05, 1000, "are these fractions under the unit g kg-1?",
       "are these mg kg-1 under the unit g kg-1?"},
      {"organic_carbon_density", p->density, 20, 1e6, "are these kgC m-3 under the unit gC m-3?",
       "more than carbon itself weighs"},
      {"bulk_density", p->bulk_density, 0, 2.65, "",
       "are these kg m-3 under the unit kg dm-3? Quartz has 2.65"},
      {"coarse_fragments", p->coarse, 0, 100, "", "a share of at most 100 % was expected"},
  };
  if (check_ids(file, p, error) ||
      check_range(file, "latitude", p->n, p->latitude, -90, 90, error) ||
      check_range(file, "longitude", p->n, p->longitude, -180, 360, error))
    return PRODA_ERROR;
  for (size_t i = 0; i < sizeof column / sizeof *column; i++)
    if (check_column(file, &column[i], p->n_layers, error) != PRODA_OK)
      return PRODA_ERROR;
  return check_order(file, p, error) || check_shares(file, p, error) ? PRODA_ERROR : PRODA_OK;
}
