#include <config.h>

#include "pipeline/inputs.h"

#include <errno.h>
#include <unistd.h>

struct proda_digest *proda_inputs_new(const char *stage)
{
  struct proda_digest *digest = proda_digest_new();
  if (!digest)
    return NULL;
  proda_digest_text(digest, stage);
  proda_digest_text(digest, PACKAGE_VERSION);
  return digest;
}

int proda_inputs_store(struct proda_digest *digest, const char *path, struct proda_error *error)
{
  if (access(path, F_OK) != 0 && errno == ENOENT)
    return proda_error_set(
        error, "%s: is not there yet; run the stage that makes it, or `proda run`", path);
  return proda_digest_file(digest, path, error);
}

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

void proda_inputs_structure(struct proda_digest *digest, const struct proda_yaml_node *structure)
{
  static const char *const key[] = {"model", "settings", "parameters"};
  for (size_t k = 0; k < sizeof key / sizeof *key; k++)
    proda_inputs_node(digest, proda_yaml_get(structure, key[k]));
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
