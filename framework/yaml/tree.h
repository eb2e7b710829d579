/** @file tree.h
 * A parsed document, for the files of this folder.
 */
#ifndef PRODA_YAML_TREE_H
#define PRODA_YAML_TREE_H

#include "core/arena.h"
#include "yaml/yaml.h"

struct proda_yaml_file {
  const char *name;
  const char *source; /**< the text as read, NUL-terminated */
};

struct proda_yaml {
  struct proda_arena *arena; /**< nodes and strings */
  size_t n_files;
  struct proda_yaml_file *file; /**< its own, then those grafted onto it */
  struct proda_yaml_node *root;
};

#endif
