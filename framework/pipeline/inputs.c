#include "pipeline/inputs.h"

void proda_inputs_node(struct proda_digest *digest, const struct proda_yaml_node *node)
{
  if (!node) {
    proda_digest_text(digest, "absent");
    return;
  }
  uint64_t shape[2] = {(uint64_t)node->kind, node->n_items};
  proda_digest_bytes(digest, shape, sizeof shape);
  if (node->kind == PRODA_YAML_SCALAR)
    proda_digest_text(digest, node->text);
  for (size_t i = 0; i < node->n_items; i++) {
    if (node->kind == PRODA_YAML_MAPPING)
      proda_digest_text(digest, node->key[i]->text);
    proda_inputs_node(digest, node->item[i]);
  }
}

int proda_inputs_plugin(struct proda_digest *digest, const struct proda_loaded *loaded,
                        struct proda_error *error)
{
  proda_digest_text(digest, loaded->manifest->digest);
  return proda_digest_file(digest, loaded->object_path, error);
}

void proda_inputs_section(struct proda_digest *digest, const struct proda_yaml *document,
                          const char *key)
{
  proda_digest_text(digest, key);
  proda_inputs_node(digest, proda_yaml_get(proda_yaml_root(document), key));
}
