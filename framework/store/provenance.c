#include <config.h>

#include "store/provenance.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int proda_provenance_put(struct proda_nc *file, const char *title, const char *command,
                         const char *inputs, const char *experiment, unsigned long long seed,
                         struct proda_error *error)
{
  // No time stamp: the same inputs give the same bytes.
  char digits[32], *history = NULL;
  snprintf(digits, sizeof digits, "%llu", seed);
  if (asprintf(&history, "proda %s: %s", PACKAGE_VERSION, command) < 0)
    return proda_error_set(error, "out of memory");
  const struct {
    const char *name, *value;
  } attribute[] = {
      {"Conventions", "CF-1.10"}, {"title", title},
      {"history", history},       {"proda_version", PACKAGE_VERSION},
      {"proda_command", command}, {"proda_inputs", inputs},
      {"proda_seed", digits}, // text: a seed may exceed what a double holds
  };
  int result = PRODA_OK;
  for (size_t i = 0; i < sizeof attribute / sizeof *attribute && result == PRODA_OK; i++)
    result = proda_nc_put_text(file, NULL, attribute[i].name, attribute[i].value, error);
  if (experiment && result == PRODA_OK)
    result = proda_nc_put_text(file, NULL, "proda_experiment", experiment, error);
  free(history);
  return result;
}

/* Whether a text attribute is there and is not as expected; `*found` is then to be freed. */
static bool differs(const struct proda_nc *file, const char *name, const char *expected,
                    char **found)
{
  *found = NULL;
  if (proda_nc_text(file, NULL, name, found) && strcmp(*found, expected) != 0)
    return true;
  free(*found);
  *found = NULL;
  return false;
}

static bool has_inputs(const struct proda_nc *file, const char *inputs)
{
  char *found = NULL;
  bool same = proda_nc_text(file, NULL, "proda_inputs", &found) && strcmp(found, inputs) == 0;
  free(found);
  return same;
}

static enum proda_store_state judge(const struct proda_nc *file, const char *inputs,
                                    const char *experiment, struct proda_error *why)
{
  enum proda_store_state state = PRODA_STORE_STALE;
  const char *path = proda_nc_path(file);
  char *found = NULL;
  if (has_inputs(file, inputs))
    return PRODA_STORE_CURRENT;
  if (experiment && differs(file, "proda_experiment", experiment, &found)) {
    proda_error_set(why, "%s: belongs to the experiment '%s'", path, found);
    state = PRODA_STORE_FOREIGN;
  } else if (differs(file, "proda_version", PACKAGE_VERSION, &found)) {
    proda_error_set(why, "%s: was made by proda %s, this is %s", path, found, PACKAGE_VERSION);
    state = PRODA_STORE_OTHER_VERSION;
  } else {
    proda_error_set(why, "%s: was made from other settings, inputs or plugins", path);
  }
  free(found);
  return state;
}

enum proda_store_state proda_store_look(const char *path, const char *inputs,
                                        const char *experiment, struct proda_error *why)
{
  struct proda_nc *file = NULL;
  if (access(path, F_OK) != 0 && errno == ENOENT) {
    proda_error_set(why, "%s: is not there yet", path);
    return PRODA_STORE_ABSENT;
  }
  if (proda_nc_open(path, &file, why) != PRODA_OK)
    return PRODA_STORE_DAMAGED;
  enum proda_store_state state = judge(file, inputs, experiment, why);
  proda_nc_close(file);
  return state;
}
