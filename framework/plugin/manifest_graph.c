#include <stdlib.h>
#include <string.h>

#include "plugin/manifest_reader.h"

/** Distinct identifiers: a list, or where they are described also a mapping name: doc. */
static int read_names(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                      const char *what, bool described, const char *const **names,
                      const char *const **doc, size_t *n)
{
  bool mapping = described && node->kind == PRODA_YAML_MAPPING;
  if (!mapping &&
      proda_yaml_expect(reader->document, node, PRODA_YAML_SEQUENCE, what, reader->error))
    return PRODA_ERROR;
  if (node->n_items == 0)
    return proda_yaml_error(reader->document, node, reader->error, "expected at least one of %s",
                            what);
  const char **name = proda_manifest_alloc(reader, node->n_items, sizeof(char *));
  const char **text = proda_manifest_alloc(reader, node->n_items, sizeof(char *));
  if (!name || !text)
    return PRODA_ERROR;
  for (size_t i = 0; i < node->n_items; i++) {
    const struct proda_yaml_node *item = mapping ? node->key[i] : node->item[i];
    text[i] = "";
    if (proda_manifest_identifier(reader, item, what, &name[i]) ||
        (mapping && proda_yaml_string(reader->document, node->item[i], &text[i], reader->error)))
      return PRODA_ERROR;
    for (size_t j = 0; j < i; j++)
      if (strcmp(name[i], name[j]) == 0)
        return proda_yaml_error(reader->document, item, reader->error, "'%s' stands here twice",
                                name[i]);
  }
  *names = name; // NOLINT(clang-analyzer-core.NullDereference): never called with NULL
  if (described)
    *doc = text;
  *n = node->n_items;
  return PRODA_OK;
}

int proda_manifest_choose_pool(const struct manifest_reader *reader,
                               const struct proda_yaml_node *node, size_t *pool)
{
  return proda_manifest_choose(reader, node, reader->manifest->pool, reader->manifest->n_pools,
                               "pool", pool);
}

/** Distinct pools of a list, or the keys of a mapping; `member[pool]` says which. */
static int read_pools(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                      const char *what, bool *member, size_t *list)
{
  bool mapping = reader->manifest->has_formulas && list;
  if (proda_yaml_expect(reader->document, node, mapping ? PRODA_YAML_MAPPING : PRODA_YAML_SEQUENCE,
                        what, reader->error))
    return PRODA_ERROR;
  for (size_t i = 0; i < node->n_items; i++) {
    const struct proda_yaml_node *item = mapping ? node->key[i] : node->item[i];
    size_t pool;
    if (proda_manifest_choose_pool(reader, item, &pool))
      return PRODA_ERROR;
    if (member[pool])
      return proda_yaml_error(reader->document, item, reader->error,
                              "the pool '%s' stands here twice", reader->manifest->pool[pool]);
    member[pool] = true;
    if (list)
      list[i] = pool;
  }
  return PRODA_OK;
}

static int read_inputs(const struct manifest_reader *reader, const struct proda_yaml_node *node)
{
  struct proda_manifest *manifest = reader->manifest;
  bool *member = proda_manifest_alloc(reader, manifest->n_pools, sizeof *member);
  size_t *input = proda_manifest_alloc(reader, node->n_items, sizeof *input);
  size_t n;
  if (!member || !input || read_pools(reader, node, "inputs", member, input))
    return PRODA_ERROR;
  if (node->n_items == 0)
    return proda_yaml_error(reader->document, node, reader->error,
                            "expected at least one pool that receives plant carbon");
  manifest->input = input;
  manifest->n_inputs = node->n_items;
  return manifest->has_formulas
             ? proda_manifest_formulas(reader, node, "inputs", &manifest->input_formula, &n)
             : PRODA_OK;
}

/** A list of names; of formulas a mapping name: formula, or nothing, which is one modifier that
 * modifies nothing. */
static int read_modifiers(const struct manifest_reader *reader, const struct proda_yaml_node *root)
{
  static const char *const none[] = {"none"};
  const struct proda_yaml_node *node = proda_yaml_get(root, "modifiers");
  struct proda_manifest *manifest = reader->manifest;
  if (!manifest->has_formulas && !node)
    return proda_yaml_error(reader->document, root, reader->error,
                            "without formulas a manifest needs the key 'modifiers': a list of "
                            "names");
  if (!manifest->has_formulas)
    return read_names(reader, node, "modifiers", false, &manifest->modifier, NULL,
                      &manifest->n_modifiers);
  manifest->modifier = none;
  manifest->n_modifiers = 1;
  if (!node)
    return PRODA_OK;
  if (proda_manifest_formulas(reader, node, "modifiers", &manifest->modifier_formula,
                              &manifest->n_modifiers))
    return PRODA_ERROR;
  const char **name = proda_manifest_alloc(reader, manifest->n_modifiers, sizeof(char *));
  if (!name)
    return PRODA_ERROR;
  for (size_t i = 0; i < manifest->n_modifiers; i++)
    name[i] = manifest->modifier_formula[i].name;
  manifest->modifier = name;
  return PRODA_OK;
}

/** `operator`, or all of lower, diagonal and upper. */
static int read_bands(const struct manifest_reader *reader, const struct proda_yaml_node *node)
{
  static const char *const key[] = {"lower", "diagonal", "upper"};
  struct proda_manifest *manifest = reader->manifest;
  const struct proda_yaml_node *scheme = proda_yaml_get(node, "operator");
  struct proda_formula *band = proda_manifest_alloc(reader, 3, sizeof *band);
  if (!band)
    return PRODA_ERROR;
  manifest->band = band;
  if (scheme) {
    manifest->n_bands = 1;
    return proda_manifest_formula(reader, scheme, "operator", band);
  }
  manifest->n_bands = 3;
  for (int k = 0; k < 3; k++) {
    const struct proda_yaml_node *formula = proda_yaml_get(node, key[k]);
    if (!formula)
      return proda_yaml_error(reader->document, node, reader->error,
                              "transport lacks the key 'operator', or all of 'lower', 'diagonal' "
                              "and 'upper'");
    if (proda_manifest_formula(reader, formula, key[k], &band[k]))
      return PRODA_ERROR;
  }
  return PRODA_OK;
}

static int read_transport(const struct manifest_reader *reader, const struct proda_yaml_node *node)
{
  static const char *const required[] = {"pools", NULL};
  static const char *const plain[] = {"pools", "conserves", NULL};
  static const char *const formulas[] = {"pools",    "conserves", "operator", "lower",
                                         "diagonal", "upper",     NULL};
  struct proda_manifest *manifest = reader->manifest;
  bool *transported = proda_manifest_alloc(reader, manifest->n_pools, sizeof *transported);
  if (!transported)
    return PRODA_ERROR;
  manifest->transported = transported;
  manifest->transport_conserves = true;
  if (!node)
    return PRODA_OK;
  if (proda_manifest_keys(reader, node, manifest->has_formulas ? formulas : plain, required,
                          "transport") ||
      proda_yaml_get_boolean(reader->document, node, "conserves", &manifest->transport_conserves,
                             reader->error) ||
      read_pools(reader, proda_yaml_get(node, "pools"), "pools", transported, NULL))
    return PRODA_ERROR;
  return manifest->has_formulas ? read_bands(reader, node) : PRODA_OK;
}

int proda_manifest_read_graph(const struct manifest_reader *reader,
                              const struct proda_yaml_node *root)
{
  struct proda_manifest *manifest = reader->manifest;
  if (read_names(reader, proda_yaml_get(root, "pools"), "pools", true, &manifest->pool,
                 &manifest->pool_doc, &manifest->n_pools))
    return PRODA_ERROR;
  if (read_modifiers(reader, root) || read_inputs(reader, proda_yaml_get(root, "inputs")) ||
      proda_manifest_read_channels(reader, proda_yaml_get(root, "channels")) ||
      read_transport(reader, proda_yaml_get(root, "transport")))
    return PRODA_ERROR;
  return proda_manifest_read_observables(reader, proda_yaml_get(root, "observe"));
}
