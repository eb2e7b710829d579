#include <string.h>

#include "yaml/tree.h"

/** A copy of `node` and all below it whose files are numbered from `first`; NULL for lack of
 * memory. What is read is nested no deeper than 64 levels. */
static struct proda_yaml_node *copy(struct proda_arena *arena, const struct proda_yaml_node *node,
                                    size_t first)
{
  struct proda_yaml_node *made = proda_arena_alloc(arena, 1, sizeof *made);
  if (!made)
    return NULL;
  *made = *node;
  made->file = first + node->file;
  made->text = node->text ? proda_arena_text(arena, node->text, strlen(node->text)) : NULL;
  made->item =
      node->item ? proda_arena_alloc(arena, node->n_items, sizeof(struct proda_yaml_node *)) : NULL;
  made->key =
      node->key ? proda_arena_alloc(arena, node->n_items, sizeof(struct proda_yaml_node *)) : NULL;
  if (!made->text != !node->text || !made->item != !node->item || !made->key != !node->key)
    return NULL;
  for (size_t i = 0; made->item && i < node->n_items; i++) {
    made->item[i] = copy(arena, node->item[i], first);
    if (made->key)
      made->key[i] = copy(arena, node->key[i], first);
    if (!made->item[i] || (made->key && !made->key[i]))
      return NULL;
  }
  return made;
}

/** The files of both; false for lack of memory. */
static bool add_files(struct proda_yaml *document, const struct proda_yaml *other)
{
  size_t n = document->n_files + other->n_files;
  struct proda_yaml_file *file = proda_arena_alloc(document->arena, n, sizeof *file);
  if (!file)
    return false;
  memcpy(file, document->file, document->n_files * sizeof *file);
  for (size_t i = 0; i < other->n_files; i++) {
    const struct proda_yaml_file *from = &other->file[i];
    struct proda_yaml_file *to = &file[document->n_files + i];
    to->name = proda_arena_text(document->arena, from->name, strlen(from->name));
    to->source = proda_arena_text(document->arena, from->source, strlen(from->source));
    if (!to->name || !to->source)
      return false;
  }
  document->file = file;
  document->n_files = n;
  return true;
}

int proda_yaml_graft(struct proda_yaml *document, const struct proda_yaml *other,
                     const struct proda_yaml_node **root, struct proda_error *error)
{
  size_t first = document->n_files;
  *root = add_files(document, other) ? copy(document->arena, other->root, first) : NULL;
  return *root ? PRODA_OK : proda_error_set(error, "%s: out of memory", proda_yaml_name(document));
}
