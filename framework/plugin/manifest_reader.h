/** @file manifest_reader.h
 * From a YAML tree to a manifest, a file a section: manifest.c (head), manifest_settings.c,
 * manifest_model.c (grid, drivers, parameters), manifest_amount.c (unit), manifest_graph.c (pools,
 * inputs, transport), manifest_channels.c, manifest_observe.c (observables, quantities),
 * manifest_formulas.c.
 *
 * Every function refuses with file:line:column, what was expected and the nearest known name.
 */
#ifndef PRODA_PLUGIN_MANIFEST_READER_H
#define PRODA_PLUGIN_MANIFEST_READER_H

#include "core/arena.h"
#include "plugin/manifest.h"
#include "yaml/yaml.h"

/** An expression that the manifest owns; a list. */
struct owned_expression {
  struct proda_expression *expression;
  struct owned_expression *next;
};

struct manifest_reader {
  struct proda_yaml *document;
  struct proda_arena *arena; /**< every array of the manifest */
  struct proda_manifest *manifest;
  struct owned_expression **owned;
  struct proda_error *error;
};

/** Zero-initialised array in the manifest's arena; NULL with a message for lack of memory. */
void *proda_manifest_alloc(const struct manifest_reader *reader, size_t n, size_t size);

/** `proda: 1`, the version of the interface that a manifest or fragment is written for. */
int proda_manifest_read_version(const struct manifest_reader *reader,
                                const struct proda_yaml_node *root);

/** Sections of a model's manifest, which a fragment may hold too. */
#define PRODA_MANIFEST_SECTIONS                                                                    \
  "doc", "cite", "settings", "time", "grid", "drivers", "parameters", "pools", "modifiers",        \
      "inputs", "channels", "transport", "observe", "quantities", "ad_hoc", "unit",                \
      "bulk_density", "define", "functions", "steady", "refuse", "include"

/** Refuses a mapping that lacks one of `required` (NULL-terminated) or holds a key outside
 * `known`. */
int proda_manifest_keys(const struct manifest_reader *reader, const struct proda_yaml_node *mapping,
                        const char *const *known, const char *const *required, const char *what);

/** Refuses a text that is not a C identifier. */
int proda_manifest_identifier(const struct manifest_reader *reader,
                              const struct proda_yaml_node *node, const char *what,
                              const char **text);

/** Text of a key, `fallback` where the key is absent. */
int proda_manifest_text(const struct manifest_reader *reader, const struct proda_yaml_node *mapping,
                        const char *key, const char *fallback, const char **text);

/** `unit:` of a mapping, checked; `fallback` where the key is absent. */
int proda_manifest_unit(const struct manifest_reader *reader, const struct proda_yaml_node *mapping,
                        const char *fallback, const char **unit);

/** A list of numbers, in the manifest's arena. */
int proda_manifest_numbers(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                           const char *what, size_t *n, const double **value);

/** Index of the text of `node` among `names`, else "unknown WHAT 'x'; did you mean 'y'?". */
int proda_manifest_choose(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                          const char *const *names, size_t n, const char *what, size_t *index);

/** One value of a setting as struct proda_setting says, checked against its spec; it lives in
 * `arena`. Also for values that an experiment gives. */
int proda_setting_read(const struct proda_yaml *document, const struct proda_yaml_node *node,
                       const struct proda_setting_spec *spec, struct proda_arena *arena,
                       struct proda_setting *setting, struct proda_error *error);

int proda_manifest_read_settings(const struct manifest_reader *reader,
                                 const struct proda_yaml_node *node);
int proda_manifest_read_grid(const struct manifest_reader *reader,
                             const struct proda_yaml_node *node);
int proda_manifest_read_drivers(const struct manifest_reader *reader,
                                const struct proda_yaml_node *node);
int proda_manifest_read_parameters(const struct manifest_reader *reader,
                                   const struct proda_yaml_node *node);
/** unit, bulk_density of the root mapping; after grid and drivers. */
int proda_manifest_read_amount(const struct manifest_reader *reader,
                               const struct proda_yaml_node *root);
/** pools, modifiers, inputs, channels, transport, observe of the root mapping. */
int proda_manifest_read_graph(const struct manifest_reader *reader,
                              const struct proda_yaml_node *root);
int proda_manifest_read_channels(const struct manifest_reader *reader,
                                 const struct proda_yaml_node *node);
/** The pool that the text names. */
int proda_manifest_choose_pool(const struct manifest_reader *reader,
                               const struct proda_yaml_node *node, size_t *pool);
int proda_manifest_read_observables(const struct manifest_reader *reader,
                                    const struct proda_yaml_node *node);
int proda_manifest_read_quantities(const struct manifest_reader *reader,
                                   const struct proda_yaml_node *node);

/** Parses a formula; the manifest owns it. */
int proda_manifest_formula(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                           const char *name, struct proda_formula *formula);
/** A mapping name: formula. */
int proda_manifest_formulas(const struct manifest_reader *reader,
                            const struct proda_yaml_node *node, const char *what,
                            const struct proda_formula **formula, size_t *n);
/** define, functions, steady, refuse of the root mapping; then everything is checked together. */
int proda_manifest_read_formulas(const struct manifest_reader *reader,
                                 const struct proda_yaml_node *root);

#endif
