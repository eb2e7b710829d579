#include "plugin/loader.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include <ltdl.h>

#include <proda/emulator.h>

#include "plugin/object.h"
#include "plugin/search.h"
#include "plugin/sources.h"

static int refuse_object(const char *path, const char *why, struct proda_error *error)
{
  if (strstr(why, "undefined symbol"))
    return proda_error_set(error, "%s: needs a function that no library provides: %s", path, why);
  if (strstr(why, "cannot open shared object file"))
    return proda_error_set(error, "%s: a library that it needs is missing: %s", path, why);
  return proda_error_set(error, "%s: cannot be loaded: %s", path, why);
}

/** libltdl binds lazily, which would find a missing function only when it is called, and explains
 * every failure as "file not found". So plain dlopen has a look first, and speaks. */
static int probe(const char *path, struct proda_error *error)
{
  if (proda_object_check(path, error))
    return PRODA_ERROR;
  if (dlopen(path, RTLD_NOW | RTLD_LOCAL))
    return PRODA_OK; /* stays open: code is never unloaded */
  const char *why = dlerror();
  return refuse_object(path, why ? why : "no reason was given", error);
}

static int open_object(const char *path, lt_dlhandle *handle, struct proda_error *error)
{
  lt_dladvise advise = NULL;
  if (probe(path, error))
    return PRODA_ERROR;
  if (lt_dlinit() || lt_dladvise_init(&advise) || lt_dladvise_resident(&advise))
    return refuse_object(path, lt_dlerror(), error);
  *handle = lt_dlopenadvise(path, advise);
  const char *why = *handle ? NULL : lt_dlerror();
  lt_dladvise_destroy(&advise);
  return *handle ? PRODA_OK : refuse_object(path, why ? why : "no reason was given", error);
}

static size_t table_size(enum proda_kind kind)
{
  switch (kind) {
  case PRODA_MODEL:
    return sizeof(struct proda_model_ops);
  case PRODA_SAMPLER:
    return sizeof(struct proda_sampler_ops);
  case PRODA_EMULATOR:
    return sizeof(struct proda_emulator_ops);
  }
  return 0;
}

static int check_identity(const struct proda_loaded *loaded, struct proda_error *error)
{
  const struct proda_plugin *plugin = loaded->plugin;
  const struct proda_manifest *manifest = loaded->manifest;
  if (plugin->kind != (uint32_t)manifest->kind)
    return proda_error_set(error, "%s: is built as a %s where its manifest says %s",
                           loaded->object_path, proda_kind_name((enum proda_kind)plugin->kind),
                           proda_kind_name(manifest->kind));
  if (!plugin->name || !plugin->digest || !plugin->ops)
    return proda_error_set(error, "%s: its descriptor lacks name, digest or table of functions",
                           loaded->object_path);
  if (strcmp(plugin->name, manifest->name) != 0)
    return proda_error_set(error, "%s: calls itself '%.60s' where its manifest says '%s'",
                           loaded->object_path, plugin->name, manifest->name);
  if (strcmp(plugin->digest, manifest->digest) != 0)
    return proda_error_set(error,
                           "%s: was built from another manifest: digest %.40s, while %s has %s; "
                           "run `proda build %s`",
                           loaded->object_path, plugin->digest, manifest->path, manifest->digest,
                           manifest->path);
  return PRODA_OK;
}

/** The version stands first in the descriptor and is read first: what follows it may differ. */
static int check_plugin(const struct proda_loaded *loaded, struct proda_error *error)
{
  const struct proda_plugin *plugin = loaded->plugin;
  if (plugin->abi != PRODA_ABI_VERSION)
    return proda_error_set(error,
                           "%s: was built for version %u of the plugin interface, this proda has "
                           "%u; run `proda build %s`",
                           loaded->object_path, plugin->abi, PRODA_ABI_VERSION,
                           loaded->manifest->path);
  if (check_identity(loaded, error))
    return PRODA_ERROR;
  size_t size = *(const size_t *)plugin->ops, expected = table_size(loaded->manifest->kind);
  if (size < expected)
    return proda_error_set(error, "%s: its table of functions has %zu bytes, expected %zu",
                           loaded->object_path, size, expected);
  return PRODA_OK;
}

static int load_object(const struct proda_search_path *path, struct proda_loaded *loaded,
                       struct proda_error *error)
{
  lt_dlhandle handle = NULL;
  loaded->object_path = proda_search_object(loaded->manifest->path);
  if (!loaded->object_path)
    return proda_error_set(
        error,
        "%s: no shared object %s.so stands beside this manifest; run `proda build "
        "%s`",
        loaded->manifest->path, loaded->manifest->name, loaded->manifest->path);
  if (proda_search_trust(path, loaded->object_path, error) ||
      open_object(loaded->object_path, &handle, error))
    return PRODA_ERROR;
  loaded->plugin = lt_dlsym(handle, "proda_plugin");
  if (!loaded->plugin)
    return proda_error_set(error, "%s: is not a plugin of proda: it has no symbol 'proda_plugin'",
                           loaded->object_path);
  if (check_plugin(loaded, error))
    return PRODA_ERROR;
  return proda_sources_check(loaded->manifest, loaded->object_path,
                             lt_dlsym(handle, "proda_plugin_sources"), error);
}

int proda_load(const struct proda_search_path *path, const char *name, enum proda_kind kind,
               struct proda_loaded **loaded, struct proda_error *error)
{
  struct proda_loaded *new = calloc(1, sizeof *new);
  if (!new)
    return proda_error_set(error, "out of memory");
  int status = proda_find_manifest(path, name, kind, &new->manifest, error);
  if (!status)
    status = load_object(path, new, error);
  if (status)
    proda_loaded_free(new);
  else
    *loaded = new;
  return status;
}

void proda_loaded_free(struct proda_loaded *loaded)
{
  if (!loaded)
    return;
  proda_manifest_free(loaded->manifest);
  free(loaded->object_path);
  free(loaded);
}
