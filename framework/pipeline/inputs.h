/** @file inputs.h
 * The digest of everything that a store depends on, gathered piece by piece.
 */
#ifndef PRODA_PIPELINE_INPUTS_H
#define PRODA_PIPELINE_INPUTS_H

#include "plugin/loader.h"
#include "store/digest.h"
#include "yaml/yaml.h"

/** Begins the digest of a stage's inputs with its name and this version of proda; NULL for lack of
 * memory. */
struct proda_digest *proda_inputs_new(const char *stage);

/** Adds the store of a stage before. */
int proda_inputs_store(struct proda_digest *digest, const char *path, struct proda_error *error);

/** Adds a part of the experiment: its structure and text, not its place or comments. NULL adds that
 * it is absent. */
void proda_inputs_node(struct proda_digest *digest, const struct proda_yaml_node *node);

/** Adds what of an experiment's structure decides its states: model, settings, parameters; not its
 * name, which is that of its stores, nor what it is compared with. */
void proda_inputs_structure(struct proda_digest *digest, const struct proda_yaml_node *structure);

/** Adds a plugin: manifest and object. */
int proda_inputs_plugin(struct proda_digest *digest, const struct proda_loaded *loaded,
                        struct proda_error *error);

/** Adds one section of an experiment by its key. */
void proda_inputs_section(struct proda_digest *digest, const struct proda_yaml *document,
                          const char *key);

#endif
