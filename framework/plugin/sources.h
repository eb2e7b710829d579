/** @file sources.h
 * The C sources in a plugin's folder, and whether an object was built from them as they are now.
 */
#ifndef PRODA_PLUGIN_SOURCES_H
#define PRODA_PLUGIN_SOURCES_H

#include <stdio.h>

#include "core/arena.h"
#include "plugin/manifest.h"

/** Paths by name, in an arena. */
struct proda_sources {
  size_t n, n_compiled;
  const char **path; /**< first the `n_compiled` sources, then headers */
};

/** The sources of the manifest NAME.yaml: NAME.c beside it; in a folder that bears the plugin's
 * name all *.c and *.h, but test_*.c and what proda makes. */
int proda_sources_find(const struct proda_manifest *manifest, struct proda_arena *arena,
                       struct proda_sources *sources, struct proda_error *error);

/** Writes C that puts the names and digests of the sources into the object, by turns, NULL at the
 * end: `proda_plugin_sources`. */
int proda_sources_write(const struct proda_sources *sources, FILE *out, struct proda_error *error);

/** Refuses an object whose record `built` (NULL where it has none: `proda build` did not make it)
 * differs from the sources beside the manifest; the message names the first that changed. Where no
 * sources are there, as where a plugin is installed, nothing is compared. */
int proda_sources_check(const struct proda_manifest *manifest, const char *object,
                        const char *const *built, struct proda_error *error);

#endif
