#include <config.h>

#include "store/provenance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int proda_provenance_put(struct proda_nc *file, const char *title, const char *command,
                         const char *inputs, unsigned long long seed, struct proda_error *error)
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
  free(history);
  return result;
}

bool proda_store_current(const char *path, const char *inputs)
{
  struct proda_nc *file;
  char *found = NULL;
  if (proda_nc_open(path, &file, NULL) != PRODA_OK)
    return false;
  bool current = proda_nc_text(file, NULL, "proda_inputs", &found) && strcmp(found, inputs) == 0;
  free(found);
  proda_nc_close(file);
  return current;
}
