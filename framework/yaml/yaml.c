#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "core/file.h"
#include "yaml/tree.h"

enum {
  MAX_SIZE = 4 << 20,
  MAX_DEPTH = 64,
  MAX_NODES = 100000, /* aliases spelled out */
  MAX_TEXT = 8 << 20, /* bytes of all scalars, aliases spelled out: readers copy them */
  MAX_ITEMS = 10000,  /* of one collection: readers compare them one by one */
  MAX_ANCHORS = 1000, /* looked up one by one */
};

/** A node with what the limits need to know of it. */
struct composed {
  struct proda_yaml_node node;
  size_t weight; /* nodes in it, aliases spelled out */
  size_t bytes;  /* of its scalars, likewise */
  size_t height; /* levels below it */
  bool open;     /* its end has not been read: an alias to it would be a cycle */
  const char *anchor;
  struct composed *previous; /* composed before it; the chain holds every anchored node */
};

/** Children of an open collection, before their number is known. */
struct children {
  size_t n, capacity;
  struct composed **child;
};

struct composer {
  yaml_parser_t parser;
  yaml_event_t event;
  struct proda_yaml *document;
  struct composed *anchored;
  size_t n_anchors;
  const char *text;
  size_t size;
  struct proda_error *error;
};

static int refuse_at(struct composer *composer, yaml_mark_t mark, const char *what)
{
  proda_error_set(composer->error, "%s:%zu:%zu: %s", proda_yaml_name(composer->document),
                  mark.line + 1, mark.column + 1, what);
  return PRODA_ERROR;
}

static int refuse_node(struct composer *composer, const struct proda_yaml_node *node,
                       const char *what)
{
  proda_yaml_error(composer->document, node, composer->error, "%s", what);
  return PRODA_ERROR;
}

static int out_of_memory(struct composer *composer)
{
  proda_error_set(composer->error, "%s: out of memory", proda_yaml_name(composer->document));
  return PRODA_ERROR;
}

/** Where a byte stands; libyaml's reader gives no mark with its errors. */
static yaml_mark_t mark_of_byte(const char *text, size_t size, size_t offset)
{
  yaml_mark_t mark = {0};
  for (size_t i = 0; i < offset && i < size; i++) {
    if (text[i] == '\n') {
      mark.line++;
      mark.column = 0;
    } else if (((unsigned char)text[i] & 0xC0) != 0x80) {
      mark.column++;
    }
  }
  return mark;
}

static int refuse_syntax(struct composer *composer)
{
  const yaml_parser_t *parser = &composer->parser;
  if (parser->error == YAML_MEMORY_ERROR)
    return out_of_memory(composer);
  yaml_mark_t mark = parser->problem_mark;
  if (parser->error == YAML_READER_ERROR)
    mark = mark_of_byte(composer->text, composer->size, parser->problem_offset);
  char what[256];
  const char *problem = parser->problem ? parser->problem : "unreadable";
  if (strstr(problem, "cannot start any token"))
    snprintf(what, sizeof what,
             "this is not YAML: %s (tabs may not indent; quote text that starts with @, ` or %%)",
             problem);
  else
    snprintf(what, sizeof what, "this is not YAML: %s%s%s", parser->context ? parser->context : "",
             parser->context ? ", " : "", problem);
  return refuse_at(composer, mark, what);
}

static int next_event(struct composer *composer)
{
  yaml_event_delete(&composer->event);
  if (!yaml_parser_parse(&composer->parser, &composer->event))
    return refuse_syntax(composer);
  return PRODA_OK;
}

static int compose(struct composer *composer, size_t depth, struct composed **node);

static struct composed *find_anchor(struct composer *composer, const char *anchor)
{
  struct composed *node = composer->anchored;
  while (node && strcmp(node->anchor, anchor) != 0)
    node = node->previous;
  return node;
}

/** The anchored node once more, standing where the alias stands. */
static int compose_alias(struct composer *composer, size_t depth, struct composed **node)
{
  const char *anchor = (const char *)composer->event.data.alias.anchor;
  yaml_mark_t mark = composer->event.start_mark;
  struct composed *target = find_anchor(composer, anchor);
  char what[128];
  if (!target) {
    snprintf(what, sizeof what, "the alias *%.40s has no anchor &%.40s before it", anchor, anchor);
    return refuse_at(composer, mark, what);
  }
  if (target->open) {
    snprintf(what, sizeof what, "the alias *%.40s stands inside its own anchor: a cycle", anchor);
    return refuse_at(composer, mark, what);
  }
  if (depth + target->height > MAX_DEPTH)
    return refuse_at(composer, mark, "nested deeper than 64 levels");
  *node = proda_arena_alloc(composer->document->arena, 1, sizeof **node);
  if (!*node)
    return out_of_memory(composer);
  **node = *target;
  (*node)->node.line = mark.line + 1;
  (*node)->node.column = mark.column + 1;
  return PRODA_OK;
}

static int start_node(struct composer *composer, const yaml_char_t *anchor, const yaml_char_t *tag,
                      struct composed **node)
{
  yaml_mark_t mark = composer->event.start_mark;
  if (tag)
    return refuse_at(composer, mark, "tags (!...) are not used here: write the plain value");
  struct composed *new = proda_arena_alloc(composer->document->arena, 1, sizeof *new);
  if (!new)
    return out_of_memory(composer);
  new->weight = 1;
  new->node.line = mark.line + 1;
  new->node.column = mark.column + 1;
  *node = new;
  if (!anchor)
    return PRODA_OK;
  if (++composer->n_anchors > MAX_ANCHORS)
    return refuse_at(composer, mark, "more than 1000 anchors");
  new->anchor = proda_arena_text(composer->document->arena, (const char *)anchor,
                                 strlen((const char *)anchor));
  new->previous = composer->anchored;
  composer->anchored = new;
  return new->anchor ? PRODA_OK : out_of_memory(composer);
}

static int compose_scalar(struct composer *composer, struct composed **node)
{
  const yaml_event_t *event = &composer->event;
  size_t length = event->data.scalar.length;
  const char *text = (const char *)event->data.scalar.value;
  if (start_node(composer, event->data.scalar.anchor, event->data.scalar.tag, node))
    return PRODA_ERROR;
  if (memchr(text, '\0', length))
    return refuse_at(composer, event->start_mark, "a text may not hold the character NUL");
  (*node)->node.kind = PRODA_YAML_SCALAR;
  (*node)->node.quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
  (*node)->bytes = length;
  (*node)->node.text = proda_arena_text(composer->document->arena, text, length);
  return (*node)->node.text ? PRODA_OK : out_of_memory(composer);
}

/** Counts the child into its parent. */
static int weigh(struct composer *composer, struct composed *parent, const struct composed *child)
{
  parent->weight += child->weight;
  parent->bytes += child->bytes;
  if (parent->height < child->height + 1)
    parent->height = child->height + 1;
  if (parent->weight > MAX_NODES)
    return refuse_node(composer, &child->node,
                       "more than 100,000 values, counting what aliases stand for");
  if (parent->bytes > MAX_TEXT)
    return refuse_node(composer, &child->node,
                       "more than 8 MiB of text, counting what aliases stand for");
  return PRODA_OK;
}

static int add_child(struct composer *composer, struct children *children, struct composed *parent,
                     struct composed *child)
{
  if (children->n == children->capacity) {
    size_t capacity = children->capacity ? 2 * children->capacity : 16;
    struct composed **larger = realloc(children->child, capacity * sizeof(struct composed *));
    if (!larger)
      return out_of_memory(composer);
    children->child = larger;
    children->capacity = capacity;
  }
  children->child[children->n++] = child;
  bool mapping = parent->node.kind == PRODA_YAML_MAPPING;
  if (children->n > (mapping ? 2 * MAX_ITEMS : MAX_ITEMS))
    return refuse_node(composer, &child->node, "more than 10,000 entries in a list or mapping");
  return weigh(composer, parent, child);
}

static int take_children(struct composer *composer, struct composed *parent,
                         const struct children *children)
{
  bool mapping = parent->node.kind == PRODA_YAML_MAPPING;
  size_t step = mapping ? 2 : 1, n = children->n / step;
  struct proda_arena *arena = composer->document->arena;
  struct proda_yaml_node **item = proda_arena_alloc(arena, n, sizeof(struct proda_yaml_node *));
  struct proda_yaml_node **key =
      mapping ? proda_arena_alloc(arena, n, sizeof(struct proda_yaml_node *)) : NULL;
  if (!item || (mapping && !key))
    return out_of_memory(composer);
  for (size_t i = 0; i < n; i++) {
    if (mapping)
      key[i] = &children->child[2 * i]->node;
    item[i] = &children->child[step * i + step - 1]->node;
  }
  parent->node.n_items = n;
  parent->node.item = item;
  parent->node.key = key;
  return PRODA_OK;
}

static int compare_keys(const void *a, const void *b)
{
  const struct proda_yaml_node *left = *(struct proda_yaml_node *const *)a;
  const struct proda_yaml_node *right = *(struct proda_yaml_node *const *)b;
  int order = strcmp(left->text, right->text);
  if (order == 0)
    order = (left->line > right->line) - (left->line < right->line);
  return order ? order : (left->column > right->column) - (left->column < right->column);
}

static int refuse_repeated_keys(struct composer *composer, const struct proda_yaml_node *mapping)
{
  size_t n = mapping->n_items, bytes = n * sizeof(struct proda_yaml_node *);
  if (n < 2)
    return PRODA_OK;
  struct proda_yaml_node **sorted = malloc(bytes);
  if (!sorted)
    return out_of_memory(composer);
  memcpy(sorted, mapping->key, bytes);
  qsort(sorted, n, sizeof(struct proda_yaml_node *), compare_keys);
  int status = PRODA_OK;
  for (size_t i = 1; i < n && !status; i++)
    if (strcmp(sorted[i - 1]->text, sorted[i]->text) == 0)
      status = proda_yaml_error(composer->document, sorted[i], composer->error,
                                "the key '%.40s' stands here twice, first in line %zu",
                                sorted[i]->text, sorted[i - 1]->line);
  free(sorted);
  return status;
}

static int compose_children(struct composer *composer, size_t depth, struct composed *parent,
                            struct children *children)
{
  bool mapping = parent->node.kind == PRODA_YAML_MAPPING;
  yaml_event_type_t end = mapping ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
  for (;;) {
    struct composed *child = NULL;
    if (next_event(composer))
      return PRODA_ERROR;
    if (composer->event.type == end)
      return PRODA_OK;
    if (compose(composer, depth + 1, &child))
      return PRODA_ERROR;
    if (mapping && children->n % 2 == 0 && child->node.kind != PRODA_YAML_SCALAR)
      return refuse_node(composer, &child->node,
                         "a key must be a plain word, not a list or a mapping");
    if (add_child(composer, children, parent, child))
      return PRODA_ERROR;
  }
}

static int compose_collection(struct composer *composer, size_t depth, enum proda_yaml_kind kind,
                              struct composed **node)
{
  const yaml_event_t *event = &composer->event;
  bool mapping = kind == PRODA_YAML_MAPPING;
  if (depth >= MAX_DEPTH)
    return refuse_at(composer, event->start_mark, "nested deeper than 64 levels");
  if (start_node(composer,
                 mapping ? event->data.mapping_start.anchor : event->data.sequence_start.anchor,
                 mapping ? event->data.mapping_start.tag : event->data.sequence_start.tag, node))
    return PRODA_ERROR;
  struct children children = {0};
  (*node)->node.kind = kind;
  (*node)->open = true;
  int status = compose_children(composer, depth, *node, &children);
  if (!status)
    status = take_children(composer, *node, &children);
  if (!status && mapping)
    status = refuse_repeated_keys(composer, &(*node)->node);
  (*node)->open = false;
  free(children.child);
  return status;
}

/** Composes the node that starts with the current event. */
static int compose(struct composer *composer, size_t depth, struct composed **node)
{
  switch (composer->event.type) {
  case YAML_ALIAS_EVENT:
    return compose_alias(composer, depth, node);
  case YAML_SCALAR_EVENT:
    return compose_scalar(composer, node);
  case YAML_SEQUENCE_START_EVENT:
    return compose_collection(composer, depth, PRODA_YAML_SEQUENCE, node);
  case YAML_MAPPING_START_EVENT:
    return compose_collection(composer, depth, PRODA_YAML_MAPPING, node);
  default:
    return refuse_at(composer, composer->event.start_mark, "a value was expected");
  }
}

/** Reads two events: the start of the stream and of its document, or the end of both. */
static int next_frame(struct composer *composer)
{
  if (next_event(composer))
    return PRODA_ERROR;
  return next_event(composer);
}

static int compose_document(struct composer *composer)
{
  struct composed *root = NULL;
  if (next_frame(composer))
    return PRODA_ERROR;
  if (composer->event.type == YAML_STREAM_END_EVENT)
    return refuse_at(composer, (yaml_mark_t){0}, "the file is empty; expected `key: value` lines");
  if (next_event(composer) || compose(composer, 0, &root))
    return PRODA_ERROR;
  if (root->node.kind != PRODA_YAML_MAPPING)
    return refuse_node(composer, &root->node,
                       root->node.kind == PRODA_YAML_SCALAR
                           ? "expected `key: value` lines, found a single value"
                           : "expected `key: value` lines, found a list");
  if (next_frame(composer))
    return PRODA_ERROR;
  if (composer->event.type != YAML_STREAM_END_EVENT)
    return refuse_at(composer, composer->event.start_mark,
                     "a second document starts here; only one is accepted in a file");
  composer->document->root = &root->node;
  return PRODA_OK;
}

static struct proda_yaml *new_document(const char *name, const char *text, size_t size)
{
  struct proda_yaml *document = calloc(1, sizeof *document);
  if (!document)
    return NULL;
  document->arena = proda_arena_new();
  struct proda_arena *arena = document->arena;
  document->file = arena ? proda_arena_alloc(arena, 1, sizeof *document->file) : NULL;
  document->n_files = 1;
  if (document->file) {
    document->file->name = proda_arena_text(arena, name, strlen(name));
    document->file->source = proda_arena_text(arena, text, size);
  }
  if (!document->file || !document->file->name || !document->file->source) {
    proda_yaml_free(document);
    return NULL;
  }
  return document;
}

int proda_yaml_parse(const char *name, const char *text, size_t size, struct proda_yaml **document,
                     struct proda_error *error)
{
  if (size > MAX_SIZE)
    return proda_error_set(error, "%s: larger than 4 MiB, the most that is accepted here", name);
  struct composer composer = {.text = text, .size = size, .error = error};
  composer.document = new_document(name, text, size);
  if (!composer.document || !yaml_parser_initialize(&composer.parser)) {
    proda_yaml_free(composer.document);
    return proda_error_set(error, "%s: out of memory", name);
  }
  yaml_parser_set_input_string(&composer.parser, (const unsigned char *)text, size);
  int status = compose_document(&composer);
  yaml_event_delete(&composer.event);
  yaml_parser_delete(&composer.parser);
  if (status)
    proda_yaml_free(composer.document);
  else
    *document = composer.document;
  return status;
}

int proda_yaml_read(const char *path, struct proda_yaml **document, struct proda_error *error)
{
  char *text = NULL;
  size_t size = 0;
  if (proda_file_read(path, MAX_SIZE, &text, &size, error))
    return PRODA_ERROR;
  int status = proda_yaml_parse(path, text, size, document, error);
  free(text);
  return status;
}

void proda_yaml_free(struct proda_yaml *document)
{
  if (!document)
    return;
  proda_arena_free(document->arena);
  free(document);
}
