/** @file manifest_include.h
 * `include:` of a manifest: fragments, whole sections of manifests that several structures share.
 *
 * A fragment is a YAML file with `proda: 1`, `kind: fragment` and any of a model's sections; it may
 * include others. It is searched for beside the file that includes it, then in `fragments/` there
 * and beside that folder, then in `fragments/` of every directory of the search path. Every file
 * counts once, where it is met first; a cycle is refused.
 */
#ifndef PRODA_PLUGIN_MANIFEST_INCLUDE_H
#define PRODA_PLUGIN_MANIFEST_INCLUDE_H

#include "plugin/manifest_reader.h"

/** `*root` becomes the manifest with its fragments merged into it; it stays as it is where nothing
 * is included. Each fragment's bytes enter `digest`; its path, `manifest->fragment`. `path` NULL
 * means the default search path. */
int proda_manifest_include(const struct manifest_reader *reader,
                           const struct proda_search_path *path, struct proda_digest *digest,
                           const struct proda_yaml_node **root);

/** `of`, a fragment, under `own`. Sections are merged: mappings by key and channels by name (else
 * donor), own entries replacing those of the fragment; where an entry is a mapping itself, its keys
 * are replaced one by one. Lists append what they do not hold. Single values are own's. NULL with a
 * message on failure. */
const struct proda_yaml_node *proda_manifest_merge(const struct manifest_reader *reader,
                                                   const struct proda_yaml_node *of,
                                                   const struct proda_yaml_node *own);

#endif
