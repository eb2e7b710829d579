#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/loader.h"
#include "plugin/manifest_reader.h"

struct owned_settings {
  struct proda_settings settings;
  struct proda_arena *arena;
};

/** Defaults are copied, so that settings outlive their manifest. */
static int take_default(const struct proda_setting_spec *spec, struct proda_arena *arena,
                        struct proda_setting *setting, struct proda_error *error)
{
  double *value = proda_arena_alloc(arena, spec->n_default, sizeof *value);
  if (!value)
    return proda_error_set(error, "out of memory");
  if (spec->n_default)
    memcpy(value, spec->default_value, spec->n_default * sizeof *value);
  *setting = (struct proda_setting){.size = spec->n_default, .value = value};
  return PRODA_OK;
}

static int check_names(const struct proda_manifest *manifest, const struct proda_yaml *document,
                       const struct proda_yaml_node *given, struct proda_arena *arena,
                       struct proda_error *error)
{
  char what[128];
  const char **name = proda_arena_alloc(arena, manifest->n_settings + 1, sizeof(char *));
  if (!name)
    return proda_error_set(error, "out of memory");
  for (size_t i = 0; i < manifest->n_settings; i++)
    name[i] = manifest->setting[i].name;
  snprintf(what, sizeof what, "settings of '%s'", manifest->name);
  return proda_yaml_known_keys(document, given, name, what, error);
}

static int fill(const struct proda_manifest *manifest, const struct proda_yaml *document,
                const struct proda_yaml_node *given, struct owned_settings *owner,
                struct proda_error *error)
{
  struct proda_settings *settings = &owner->settings;
  if (given && check_names(manifest, document, given, owner->arena, error))
    return PRODA_ERROR;
  settings->n = manifest->n_settings;
  settings->value = proda_arena_alloc(owner->arena, settings->n, sizeof *settings->value);
  if (!settings->value)
    return proda_error_set(error, "out of memory");
  for (size_t i = 0; i < settings->n; i++) {
    const struct proda_setting_spec *spec = &manifest->setting[i];
    const struct proda_yaml_node *node = given ? proda_yaml_get(given, spec->name) : NULL;
    int status =
        node ? proda_setting_read(document, node, spec, owner->arena, &settings->value[i], error)
             : take_default(spec, owner->arena, &settings->value[i], error);
    if (status)
      return status;
  }
  return PRODA_OK;
}

int proda_settings_make(const struct proda_manifest *manifest, const struct proda_yaml *document,
                        const struct proda_yaml_node *given, struct proda_settings **settings,
                        struct proda_error *error)
{
  struct owned_settings *owner = calloc(1, sizeof *owner);
  if (owner)
    owner->arena = proda_arena_new();
  int status = owner && owner->arena ? fill(manifest, document, given, owner, error)
                                     : proda_error_set(error, "out of memory");
  if (status)
    proda_settings_free(owner ? &owner->settings : NULL);
  else
    *settings = &owner->settings;
  return status;
}

void proda_settings_free(struct proda_settings *settings)
{
  if (!settings)
    return;
  struct owned_settings *owner = (struct owned_settings *)settings; /* its first member */
  proda_arena_free(owner->arena);
  free(owner);
}
