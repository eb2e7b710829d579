/** @file yaml.h
 * YAML text as a tree of nodes that know where they stand. The one place that knows libyaml.
 *
 * Manifests and experiments read from this tree; every complaint names file:line:column.
 */
#ifndef PRODA_YAML_YAML_H
#define PRODA_YAML_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include <proda/status.h>

enum proda_yaml_kind { PRODA_YAML_SCALAR, PRODA_YAML_SEQUENCE, PRODA_YAML_MAPPING };

struct proda_yaml_node {
  enum proda_yaml_kind kind;
  size_t line, column;           /**< from 1, of the node's first character */
  size_t file;                   /**< in which file that is: 0 the document's own, else a graft */
  const char *text;              /**< scalar: its text, NUL-terminated; else NULL */
  bool quoted;                   /**< scalar: written in quotes, so never a number or null */
  size_t n_items;                /**< sequence: items; mapping: entries */
  struct proda_yaml_node **item; /**< sequence items or mapping values */
  struct proda_yaml_node **key;  /**< mapping: keys, always scalars, never repeated */
};

struct proda_yaml; /**< a parsed document; owns every node and string */

/** Reads a file; the document's root must be a mapping. `*document` is released by
 * proda_yaml_free. Refused: what is no regular
 * file, files over 4 MiB, more than one document, repeated keys, keys that are
 * not scalars, nesting beyond 64, more than 10,000 entries in one list or mapping, alias cycles,
 * and documents that come to more than 100,000 values or 8 MiB of text where every alias counts as
 * what it stands for: readers may copy and compare. */
int proda_yaml_read(const char *path, struct proda_yaml **document, struct proda_error *error);

/** The same from memory; `name` stands for the file in messages and is copied. */
int proda_yaml_parse(const char *name, const char *text, size_t size, struct proda_yaml **document,
                     struct proda_error *error);

/** Copies the tree of `other` into `document`, so that complaints about its nodes name the file of
 * `other`; `*root` is the copy's root and lives as long as `document`. */
int proda_yaml_graft(struct proda_yaml *document, const struct proda_yaml *other,
                     const struct proda_yaml_node **root, struct proda_error *error);

void proda_yaml_free(struct proda_yaml *document);
const struct proda_yaml_node *proda_yaml_root(const struct proda_yaml *document);
const char *proda_yaml_name(const struct proda_yaml *document);

/** Sets "name:line:column: message", with the name of the node's file, and returns PRODA_ERROR. */
int proda_yaml_error(const struct proda_yaml *document, const struct proda_yaml_node *node,
                     struct proda_error *error, const char *format, ...)
    __attribute__((format(printf, 4, 5), cold));

/** The same for character `offset` of a scalar's text, on whichever line it stands. */
int proda_yaml_error_in(const struct proda_yaml *document, const struct proda_yaml_node *node,
                        size_t offset, struct proda_error *error, const char *format, ...)
    __attribute__((format(printf, 5, 6), cold));

/** Refuses a node of another kind, and a scalar that is empty; `what` names what was wanted. */
int proda_yaml_expect(const struct proda_yaml *document, const struct proda_yaml_node *node,
                      enum proda_yaml_kind kind, const char *what, struct proda_error *error);

/** Value of a key of a mapping, NULL where absent. */
const struct proda_yaml_node *proda_yaml_get(const struct proda_yaml_node *mapping,
                                             const char *key);

/** Refuses a mapping with a key outside `known` (NULL-terminated), with the nearest known key as a
 * suggestion. `what` names the mapping in the message ("a parameter"). */
int proda_yaml_known_keys(const struct proda_yaml *document, const struct proda_yaml_node *mapping,
                          const char *const *known, const char *what, struct proda_error *error);

/** Typed access. Each refuses a node of another type with what was expected, found and where. */
int proda_yaml_number(const struct proda_yaml *document, const struct proda_yaml_node *node,
                      double *value, struct proda_error *error);
int proda_yaml_integer(const struct proda_yaml *document, const struct proda_yaml_node *node,
                       long minimum, long maximum, long *value, struct proda_error *error);
int proda_yaml_boolean(const struct proda_yaml *document, const struct proda_yaml_node *node,
                       bool *value, struct proda_error *error);
/** The node's text, borrowed from the document. */
int proda_yaml_string(const struct proda_yaml *document, const struct proda_yaml_node *node,
                      const char **value, struct proda_error *error);

/** As proda_yaml_known_keys, and refuses a mapping that lacks one of `required` (NULL-terminated).
 */
int proda_yaml_keys(const struct proda_yaml *document, const struct proda_yaml_node *mapping,
                    const char *const *known, const char *const *required, const char *what,
                    struct proda_error *error);

/** Index of the node's text among `names`; else "unknown WHAT 'x'; did you mean 'y'?". */
int proda_yaml_choose(const struct proda_yaml *document, const struct proda_yaml_node *node,
                      const char *const *names, size_t n, const char *what, size_t *index,
                      struct proda_error *error);

/* Values by key: where the key is absent, `*value` stays as it is. Limits are inclusive. */
int proda_yaml_get_number(const struct proda_yaml *document, const struct proda_yaml_node *mapping,
                          const char *key, double minimum, double maximum, double *value,
                          struct proda_error *error);
int proda_yaml_get_integer(const struct proda_yaml *document, const struct proda_yaml_node *mapping,
                           const char *key, long minimum, long maximum, long *value,
                           struct proda_error *error);
int proda_yaml_get_boolean(const struct proda_yaml *document, const struct proda_yaml_node *mapping,
                           const char *key, bool *value, struct proda_error *error);
int proda_yaml_get_string(const struct proda_yaml *document, const struct proda_yaml_node *mapping,
                          const char *key, const char **value, struct proda_error *error);
int proda_yaml_get_choice(const struct proda_yaml *document, const struct proda_yaml_node *mapping,
                          const char *key, const char *const *names, size_t n, size_t *index,
                          struct proda_error *error);

/** The candidate nearest to `word` (edit distance at most a third of its length, at least 1), or
 * NULL. For "did you mean". */
const char *proda_nearest(const char *word, const char *const *candidates, size_t n);

enum { PRODA_HINT_SIZE = 256 };
/** Writes "; did you mean 'x'?", else "; expected one of: ..." and returns `hint`. */
const char *proda_hint(const char *word, const char *const *candidates, size_t n,
                       char hint[PRODA_HINT_SIZE]);

#endif
