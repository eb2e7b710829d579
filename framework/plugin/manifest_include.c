#include "plugin/manifest_include.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/file.h"
#include "plugin/search.h"

enum { MAX_FRAGMENTS = 32, MAX_SIZE = 4 << 20 };

struct included {
  char *path; /* canonical */
  bool open;  /* its own fragments are being read: to include it again is a cycle */
};

struct including {
  const struct manifest_reader *reader;
  const struct proda_search_path *path;
  struct proda_digest *digest;
  struct included file[MAX_FRAGMENTS + 1]; /* the manifest, then fragments as they are met */
  size_t n;
};

static int include_all(struct including *in, const char *file, const struct proda_yaml_node **root);

static int add_file(struct including *in, const char *path, const struct proda_yaml_node *at)
{
  if (in->n > MAX_FRAGMENTS)
    return proda_yaml_error(in->reader->document, at, in->reader->error,
                            "more than %d fragments are included", MAX_FRAGMENTS);
  char *canonical = realpath(path, NULL);
  if (!canonical)
    canonical = strdup(path);
  if (!canonical)
    return proda_error_set(in->reader->error, "%s: out of memory", path);
  in->file[in->n++] = (struct included){canonical, true};
  return PRODA_OK;
}

/** Index of the file among those met; `in->n` where it is new. */
static size_t met(const struct including *in, const char *path)
{
  size_t i = 0;
  char *canonical = realpath(path, NULL);
  while (canonical && i < in->n && strcmp(in->file[i].path, canonical) != 0)
    i++;
  free(canonical);
  return i;
}

static int check_head(const struct including *in, struct proda_yaml *document)
{
  static const char *const known[] = {PRODA_MANIFEST_SECTIONS, "proda", "kind", "title", NULL};
  static const char *const required[] = {"proda", "kind", NULL};
  static const char *const kind[] = {"fragment"};
  const struct proda_yaml_node *root = proda_yaml_root(document);
  struct proda_error *error = in->reader->error;
  struct manifest_reader head = *in->reader;
  size_t index;
  head.document = document;
  if (proda_manifest_read_version(&head, root) ||
      proda_yaml_keys(document, root, known, required, "a fragment", error))
    return PRODA_ERROR;
  return proda_yaml_choose(document, proda_yaml_get(root, "kind"), kind, 1,
                           "kind of what is included", &index, error);
}

static int note_path(const struct including *in, const char *path)
{
  struct proda_manifest *manifest = in->reader->manifest;
  if (!manifest->fragment)
    manifest->fragment = proda_manifest_alloc(in->reader, MAX_FRAGMENTS, sizeof(char *));
  char *copy = proda_arena_text(in->reader->arena, path, strlen(path));
  if (!manifest->fragment || !copy)
    return proda_error_set(in->reader->error, "%s: out of memory", path);
  manifest->fragment[manifest->n_fragments++] = copy;
  return PRODA_OK;
}

/** One file, without what it includes itself. */
static int read_fragment(struct including *in, const char *path,
                         const struct proda_yaml_node **root)
{
  struct proda_yaml *document = NULL;
  char *text = NULL;
  size_t size;
  int status = proda_search_trust(in->path, path, in->reader->error);
  if (!status)
    status = proda_file_read(path, MAX_SIZE, &text, &size, in->reader->error);
  if (!status) {
    proda_digest_bytes(in->digest, text, size);
    status = proda_yaml_parse(path, text, size, &document, in->reader->error);
  }
  if (!status)
    status = check_head(in, document);
  if (!status)
    status = proda_yaml_graft(in->reader->document, document, root, in->reader->error);
  proda_yaml_free(document);
  free(text);
  return status;
}

/** The fragment at `path` with what it includes, under what was included before it. */
static int include_file(struct including *in, const char *path, const struct proda_yaml_node *at,
                        const struct proda_yaml_node **all)
{
  const struct proda_yaml_node *root = NULL;
  size_t i = met(in, path);
  if (i < in->n && in->file[i].open)
    return proda_yaml_error(in->reader->document, at, in->reader->error,
                            "%s includes itself: this is a cycle", in->file[i].path);
  if (i < in->n)
    return PRODA_OK;
  if (add_file(in, path, at) || note_path(in, path) || read_fragment(in, path, &root) ||
      include_all(in, path, &root))
    return PRODA_ERROR;
  in->file[i].open = false;
  *all = *all ? proda_manifest_merge(in->reader, *all, root) : root;
  return *all ? PRODA_OK : PRODA_ERROR;
}

/** The name of the file, looked up from the one at `from`. */
static int include_name(struct including *in, const char *from, const struct proda_yaml_node *name,
                        const struct proda_yaml_node **all)
{
  const struct manifest_reader *reader = in->reader;
  const char *text;
  char *path = NULL;
  if (proda_yaml_string(reader->document, name, &text, reader->error))
    return PRODA_ERROR;
  if (strchr(text, '/'))
    return proda_yaml_error(reader->document, name, reader->error,
                            "expected the name of a file alone, found '%.80s': fragments lie "
                            "beside the manifest or in fragments/ of a plugin directory",
                            text);
  struct proda_error missing;
  if (proda_search_fragment(in->path, from, text, &path, &missing))
    return proda_yaml_error(reader->document, name, reader->error, "%s", missing.message);
  int status = include_file(in, path, name, all);
  free(path);
  return status;
}

/** What the file at `file`, whose tree is `*root`, includes: put under it. */
static int include_all(struct including *in, const char *file, const struct proda_yaml_node **root)
{
  const struct manifest_reader *reader = in->reader;
  const struct proda_yaml_node *list = proda_yaml_get(*root, "include"), *all = NULL;
  if (!list)
    return PRODA_OK;
  if (list->kind == PRODA_YAML_SCALAR && include_name(in, file, list, &all))
    return PRODA_ERROR;
  if (list->kind == PRODA_YAML_MAPPING)
    return proda_yaml_expect(reader->document, list, PRODA_YAML_SEQUENCE, "include", reader->error);
  for (size_t i = 0; i < list->n_items; i++)
    if (include_name(in, file, list->item[i], &all))
      return PRODA_ERROR;
  if (all)
    *root = proda_manifest_merge(reader, all, *root);
  return *root ? PRODA_OK : PRODA_ERROR;
}

int proda_manifest_include(const struct manifest_reader *reader,
                           const struct proda_search_path *path, struct proda_digest *digest,
                           const struct proda_yaml_node **root)
{
  struct including in = {.reader = reader, .path = path, .digest = digest};
  struct proda_search_path *standard = NULL;
  if (!proda_yaml_get(*root, "include"))
    return PRODA_OK;
  int status = path ? PRODA_OK : proda_search_path_make(NULL, &standard, reader->error);
  if (!path)
    in.path = standard;
  if (!status)
    status = add_file(&in, reader->manifest->path, *root);
  if (!status)
    status = include_all(&in, reader->manifest->path, root);
  for (size_t i = 0; i < in.n; i++)
    free(in.file[i].path);
  proda_search_path_free(standard);
  return status;
}
