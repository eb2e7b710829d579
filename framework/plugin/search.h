/** @file search.h
 * Where a plugin's manifest and object lie. Reads directories, no manifests, no code.
 */
#ifndef PRODA_PLUGIN_SEARCH_H
#define PRODA_PLUGIN_SEARCH_H

#include "core/arena.h"
#include "plugin/loader.h"

/** A manifest's place. Strings live in the arena that was given. */
struct proda_place {
  const char *name; /**< from the file name */
  const char *manifest_path;
  const char *origin;
};

/** Every manifest on the path, in order of the path, within a directory by name; lives in `arena`.
 */
int proda_search_places(const struct proda_search_path *path, struct proda_arena *arena,
                        struct proda_place **place, size_t *n, struct proda_error *error);

/** The manifest that `name` means: a path to it or to its folder, else the first of that name on
 * the path, else the folder of that name where the program runs. Refuses with the nearest name and
 * the directories searched. */
int proda_search_manifest(const struct proda_search_path *path, struct proda_arena *arena,
                          const char *name, const char **manifest_path, struct proda_error *error);

/** The fragment `name` that the file at `from` includes: beside it, in fragments/ there or beside
 * its folder, or in fragments/ of a directory of the path. Refuses with the directories searched.
 * `*fragment` is allocated, free() it. */
int proda_search_fragment(const struct proda_search_path *path, const char *from, const char *name,
                          char **fragment, struct proda_error *error);

/** Refuses a file that others can change, unless the path allows it; NULL allows nothing. */
int proda_search_trust(const struct proda_search_path *path, const char *file,
                       struct proda_error *error);

/** The shared object beside a manifest: <name>.so; in a build tree .libs/<name>.so.
 * Allocated, free() it; NULL where there is none or memory ran out. */
char *proda_search_object(const char *manifest_path);

#endif
