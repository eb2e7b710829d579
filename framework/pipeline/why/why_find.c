#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/why/why_private.h"
#include "yaml/yaml.h"

static bool is_id(const char *text, double *id)
{
  char *end;
  *id = strtod(text, &end);
  return end != text && !*end && *id >= 0 && *id == floor(*id);
}

static bool find_id(struct proda_why *why, double id)
{
  for (size_t p = 0; p < why->ledger->n; p++)
    if (why->ledger->id[p] == id) {
      why->profile = p;
      return true;
    }
  return false;
}

static int refuse_id(const struct proda_why *why, double id, struct proda_error *error)
{
  double below = -INFINITY, above = INFINITY;
  for (size_t p = 0; p < why->ledger->n; p++) {
    double other = why->ledger->id[p];
    if (other < id)
      below = fmax(below, other);
    else
      above = fmin(above, other);
  }
  const char *path = proda_nc_path(why->prepare);
  size_t n = why->ledger->n;
  if (isfinite(below) && isfinite(above))
    return proda_error_set(error,
                           "%s: none of its %zu profiles has the id %.0f; the nearest ids are "
                           "%.0f and %.0f",
                           path, n, id, below, above);
  return proda_error_set(error, "%s: none of its %zu profiles has the id %.0f; the nearest is %.0f",
                         path, n, id, isfinite(below) ? below : above);
}

static int find_key(struct proda_why *why, bool *found, struct proda_error *error)
{
  char **key = NULL;
  size_t n = 0;
  double id;
  const char *wanted = why->question->profile;
  if (!proda_nc_has(why->prepare, "profile_key"))
    return is_id(wanted, &id)
               ? PRODA_OK
               : proda_error_set(error,
                                 "%s: its profiles have no keys; expected the id of a profile, "
                                 "found '%.40s'",
                                 proda_nc_path(why->prepare), wanted);
  if (proda_nc_read_strings(why->prepare, "profile_key", &n, &key, error) != PRODA_OK)
    return PRODA_ERROR;
  for (size_t p = 0; p < n && p < why->ledger->n && !*found; p++)
    if (strcmp(key[p], wanted) == 0) {
      why->profile = p;
      *found = true;
    }
  int status = PRODA_OK;
  if (!*found && !is_id(wanted, &id)) {
    const char *nearest = proda_nearest(wanted, (const char *const *)key, n);
    status =
        proda_error_set(error, "%s: none of its %zu profiles has the key '%.40s'%s%s%s",
                        proda_nc_path(why->prepare), n, wanted, nearest ? "; did you mean '" : "",
                        nearest ? nearest : "", nearest ? "'?" : "");
  }
  free(key);
  return status;
}

int proda_why_find(struct proda_why *why, struct proda_error *error)
{
  double id = 0;
  bool whole = is_id(why->question->profile, &id), found = whole && find_id(why, id);
  if (!found && find_key(why, &found, error) != PRODA_OK)
    return PRODA_ERROR;
  if (!found)
    return refuse_id(why, id, error);
  why->site = 0;
  for (size_t p = 0; p < why->profile; p++)
    why->site += why->ledger->code[p] == PRODA_SITE_KEPT;
  return PRODA_OK;
}
