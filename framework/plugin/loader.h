/** @file loader.h
 * Finding and loading plugins. The one place that knows libltdl.
 *
 * Finding reads manifests only. Loading opens what was named, checks the ABI version before any
 * other field, then kind, name, the size of the table and the manifest's digest, and never closes.
 * Manifests, fragments and objects that others could change are refused (core/trust.h), unless the
 * search path says otherwise.
 */
#ifndef PRODA_PLUGIN_LOADER_H
#define PRODA_PLUGIN_LOADER_H

#include "plugin/manifest.h"

/** Directories to search, in order. A directory holds <name>.yaml or <name>/<name>.yaml. */
struct proda_search_path {
  size_t n;
  struct proda_search_entry {
    const char *directory;
    const char *origin; /**< "--plugin-path", "PRODA_PLUGIN_PATH", "user", "installed" */
  } * entry;
  bool allow_unsafe; /**< also what others can change (core/trust.h); false where not set */
};

/** The search path from `option` (colon-separated, may be NULL), $PRODA_PLUGIN_PATH,
 * $XDG_DATA_HOME/proda/plugins or ~/.local/share/proda/plugins, and the installed directory. */
int proda_search_path_make(const char *option, struct proda_search_path **path,
                           struct proda_error *error);
void proda_search_path_free(struct proda_search_path *path);

/** A manifest found on the path, good or bad. */
struct proda_found {
  char *name; /**< from the file name */
  char *manifest_path;
  char *object_path; /**< NULL where there is none beside the manifest */
  const char *origin;
  bool shadowed;                   /**< another of this name comes earlier */
  struct proda_manifest *manifest; /**< NULL where it was refused */
  struct proda_error problem;      /**< why manifest or object was refused; empty where neither */
};

/** Every manifest on the path, by name, then in order of the path. Loads no code. */
int proda_find_all(const struct proda_search_path *path, struct proda_found **found, size_t *n,
                   struct proda_error *error);
void proda_found_free(struct proda_found *found, size_t n);

/** The manifest that `name` means, found as proda_load finds it, without loading code; `kind` 0 for
 * any. Released by proda_manifest_free. */
int proda_find_manifest(const struct proda_search_path *path, const char *name,
                        enum proda_kind kind, struct proda_manifest **manifest,
                        struct proda_error *error);

/** "model", "sampler", "emulator". */
const char *proda_kind_name(enum proda_kind kind);

/** A loaded plugin. Its code stays loaded until the process ends. */
struct proda_loaded {
  struct proda_manifest *manifest; /**< owned */
  const struct proda_plugin *plugin;
  char *object_path;
};

/** Loads `name` of `kind` (0 for any). `name` may be a path to a manifest or to its folder. The
 * error says which of these it was: no such plugin (with the nearest name and the directories
 * searched), what others can change, unreadable object, truncated or foreign file, missing
 * dependency, undefined symbol, not a plugin, wrong ABI, wrong kind, wrong digest, sources changed
 * since, manifest refused. */
int proda_load(const struct proda_search_path *path, const char *name, enum proda_kind kind,
               struct proda_loaded **loaded, struct proda_error *error);
void proda_loaded_free(struct proda_loaded *loaded);

/** Values for create: the manifest's defaults, replaced by the entries of `given` (a mapping of an
 * experiment; may be NULL), each checked against the manifest with file:line:column. */
struct proda_yaml;
struct proda_yaml_node;
struct proda_settings {
  size_t n;
  struct proda_setting *value;
};
int proda_settings_make(const struct proda_manifest *manifest, const struct proda_yaml *document,
                        const struct proda_yaml_node *given, struct proda_settings **settings,
                        struct proda_error *error);
void proda_settings_free(struct proda_settings *settings);

#endif
