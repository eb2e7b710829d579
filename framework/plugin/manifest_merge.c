#include <string.h>

#include "plugin/manifest_include.h"

typedef struct proda_yaml_node node;

/** How two values of one key become one; `of` is what stands in the fragment. */
typedef const node *merge_pair(const struct manifest_reader *reader, const node *of,
                               const node *own);

/** The name under which an entry is replaced; NULL where it has none. */
typedef const char *entry_name(const node *collection, size_t i);

static node *new_collection(const struct manifest_reader *reader, const node *like, size_t room)
{
  node *made = proda_manifest_alloc(reader, 1, sizeof *made);
  if (!made)
    return NULL;
  *made = *like;
  made->n_items = 0;
  made->item = proda_manifest_alloc(reader, room, sizeof(node *));
  made->key = like->key ? proda_manifest_alloc(reader, room, sizeof(node *)) : NULL;
  return made->item && (made->key || !like->key) ? made : NULL;
}

static void put(node *into, size_t at, const node *from, size_t i)
{
  into->item[at] = from->item[i];
  if (into->key)
    into->key[at] = from->key[i];
}

/** Puts entries first..first + n - 1 of `from` before the one at `at`. */
static void insert(node *into, size_t at, const node *from, size_t first, size_t n)
{
  for (size_t i = into->n_items; i-- > at;)
    put(into, i + n, into, i);
  for (size_t i = 0; i < n; i++)
    put(into, at + i, from, first + i);
  into->n_items += n;
}

static size_t find(const node *collection, entry_name *name, const char *wanted)
{
  size_t i = 0;
  for (; wanted && i < collection->n_items; i++) {
    const char *found = name(collection, i);
    if (found && strcmp(found, wanted) == 0)
      return i;
  }
  return collection->n_items;
}

/** Entries of the fragment, then own ones. Where own replaces one of the fragment's it stands in
 * that one's place, and what was written before it stands before it: both orders hold. */
static const node *merge_entries(const struct manifest_reader *reader, const node *of,
                                 const node *own, entry_name *name, merge_pair *pair)
{
  node *made = new_collection(reader, own, of->n_items + own->n_items);
  size_t waiting = 0; /* own entries before the present one that are not placed yet */
  if (!made)
    return NULL;
  insert(made, 0, of, 0, of->n_items);
  for (size_t i = 0; i < own->n_items; i++) {
    size_t at = find(made, name, name(own, i));
    if (at == made->n_items) {
      waiting++;
      continue;
    }
    insert(made, at, own, i - waiting, waiting);
    at += waiting;
    waiting = 0;
    const node *both = pair(reader, made->item[at], own->item[i]);
    if (!both)
      return NULL;
    put(made, at, own, i);
    made->item[at] = (node *)both;
  }
  insert(made, made->n_items, own, own->n_items - waiting, waiting);
  return made;
}

static const char *key_name(const node *collection, size_t i)
{
  return collection->key[i]->text;
}

/** Channels: `name`, else the donor. */
static const char *channel_name(const node *collection, size_t i)
{
  const node *name = proda_yaml_get(collection->item[i], "name");
  if (!name)
    name = proda_yaml_get(collection->item[i], "from");
  return name ? name->text : NULL;
}

static const node *replace(const struct manifest_reader *reader, const node *of, const node *own)
{
  (void)reader;
  (void)of;
  return own;
}

/** A parameter, a driver, a channel, ...: the keys that own states replace the fragment's. */
static const node *merge_entry(const struct manifest_reader *reader, const node *of,
                               const node *own)
{
  bool mappings = of->kind == PRODA_YAML_MAPPING && own->kind == PRODA_YAML_MAPPING;
  return mappings ? merge_entries(reader, of, own, key_name, replace) : own;
}

static bool holds(const node *list, const node *item)
{
  for (size_t i = 0; item->text && i < list->n_items; i++)
    if (list->item[i]->text && strcmp(list->item[i]->text, item->text) == 0)
      return true;
  return false;
}

/** The fragment's items, then own ones that are not among them. */
static const node *append(const struct manifest_reader *reader, const node *of, const node *own)
{
  if (of->kind != PRODA_YAML_SEQUENCE || own->kind != PRODA_YAML_SEQUENCE)
    return own;
  node *made = new_collection(reader, own, of->n_items + own->n_items);
  if (!made)
    return NULL;
  for (size_t i = 0; i < of->n_items; i++)
    put(made, made->n_items++, of, i);
  for (size_t i = 0; i < own->n_items; i++)
    if (!holds(of, own->item[i]))
      put(made, made->n_items++, own, i);
  return made;
}

/* ---- sections ---- */

static bool is_one_of(const char *key, const char *const *keys)
{
  while (*keys && strcmp(*keys, key) != 0)
    keys++;
  return *keys != NULL;
}

/** `of` without the entries of these keys. */
static const node *without(const struct manifest_reader *reader, const node *of,
                           const char *const *keys)
{
  node *made = new_collection(reader, of, of->n_items);
  for (size_t i = 0; made && i < of->n_items; i++)
    if (!is_one_of(of->key[i]->text, keys))
      put(made, made->n_items++, of, i);
  return made;
}

/** Pools append; an operator, or bands, of its own take the place of those of the fragment. */
static const node *merge_transport(const struct manifest_reader *reader, const node *of,
                                   const node *own)
{
  static const char *const scheme[] = {"operator", "lower", "diagonal", "upper", NULL};
  bool states = false;
  for (size_t i = 0; i < own->n_items; i++)
    states = states || is_one_of(own->key[i]->text, scheme);
  if (states)
    of = without(reader, of, scheme);
  return of ? merge_entries(reader, of, own, key_name, append) : NULL;
}

/** A list of pools as the mapping pool: text that it stands for. */
static const node *as_mapping(const struct manifest_reader *reader, const node *list)
{
  node *made = proda_manifest_alloc(reader, 1, sizeof *made);
  node *text = proda_manifest_alloc(reader, list->n_items, sizeof *text);
  if (!made || !text)
    return NULL;
  *made = *list;
  made->kind = PRODA_YAML_MAPPING;
  made->key = list->item;
  made->item = proda_manifest_alloc(reader, list->n_items, sizeof(node *));
  for (size_t i = 0; made->item && i < list->n_items; i++) {
    text[i] = *list->item[i];
    text[i].text = "";
    text[i].quoted = true;
    made->item[i] = &text[i];
  }
  return made->item ? made : NULL;
}

static const node *merge_lists(const struct manifest_reader *reader, const char *key,
                               const node *of, const node *own)
{
  if (strcmp(key, "channels") != 0)
    return append(reader, of, own);
  for (size_t i = 0; i < own->n_items; i++)
    if (channel_name(own, i) && find(own, channel_name, channel_name(own, i)) < i) {
      proda_yaml_error(reader->document, own->item[i], reader->error,
                       "a channel '%.40s' is there already; give this one a name of its own",
                       channel_name(own, i));
      return NULL;
    }
  return merge_entries(reader, of, own, channel_name, merge_entry);
}

static const node *merge_section(const struct manifest_reader *reader, const char *key,
                                 const node *of, const node *own)
{
  static const char *const kind[] = {"a single value", "a list", "a mapping"};
  if (strcmp(key, "pools") == 0 && of->kind != own->kind) {
    of = of->kind == PRODA_YAML_SEQUENCE ? as_mapping(reader, of) : of;
    own = own->kind == PRODA_YAML_SEQUENCE ? as_mapping(reader, own) : own;
    if (!of || !own)
      return NULL;
  }
  if (of->kind != own->kind) {
    proda_yaml_error(reader->document, own, reader->error,
                     "'%s' is %s here, but %s in what is included: write it as there", key,
                     kind[own->kind], kind[of->kind]);
    return NULL;
  }
  if (own->kind == PRODA_YAML_SCALAR)
    return own;
  if (own->kind == PRODA_YAML_SEQUENCE)
    return merge_lists(reader, key, of, own);
  return strcmp(key, "transport") == 0 ? merge_transport(reader, of, own)
                                       : merge_entries(reader, of, own, key_name, merge_entry);
}

const node *proda_manifest_merge(const struct manifest_reader *reader, const node *of,
                                 const node *own)
{
  static const char *const head[] = {"proda", "kind", "name", "title", "doc", "include", NULL};
  node *made = new_collection(reader, own, of->n_items + own->n_items);
  if (!made)
    return NULL;
  for (size_t i = 0; i < own->n_items; i++) {
    const char *key = own->key[i]->text;
    const node *included = is_one_of(key, head) ? NULL : proda_yaml_get(of, key);
    const node *both = included ? merge_section(reader, key, included, own->item[i]) : own->item[i];
    if (!both)
      return NULL;
    put(made, made->n_items, own, i);
    made->item[made->n_items++] = (node *)both;
  }
  for (size_t i = 0; i < of->n_items; i++)
    if (!is_one_of(of->key[i]->text, head) && !proda_yaml_get(own, of->key[i]->text))
      put(made, made->n_items++, of, i);
  return made;
}
