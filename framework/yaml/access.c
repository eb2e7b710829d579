#include "yaml/yaml.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "yaml/tree.h"

const struct proda_yaml_node *proda_yaml_root(const struct proda_yaml *document)
{
  return document->root;
}

const char *proda_yaml_name(const struct proda_yaml *document)
{
  return document->file[0].name;
}

static int error_at(const char *name, size_t line, size_t column, struct proda_error *error,
                    const char *format, va_list arguments)
{
  char what[PRODA_MESSAGE_SIZE];
  vsnprintf(what, sizeof what, format, arguments); /* NOLINT(clang-analyzer-valist.Uninitialized) */
  return proda_error_set(error, "%s:%zu:%zu: %s", name, line, column, what);
}

int proda_yaml_error(const struct proda_yaml *document, const struct proda_yaml_node *node,
                     struct proda_error *error, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  error_at(document->file[node->file].name, node->line, node->column, error, format, arguments);
  va_end(arguments);
  return PRODA_ERROR;
}

/** Start of line `line` (from 1). */
static const char *line_of(const char *source, size_t line)
{
  while (line > 1 && (source = strchr(source, '\n'))) {
    source++;
    line--;
  }
  return source;
}

/** A block scalar starts behind its "|" or ">" and the rest of that line. */
static const char *skip_indicator(const char *at)
{
  if (*at == '"' || *at == '\'')
    return at + 1;
  if (*at == '|' || *at == '>')
    while (*at && *at != '\n')
      at++;
  return at;
}

static size_t count_visible(const char *text, size_t length)
{
  size_t n = 0;
  for (size_t i = 0; i < length && text[i]; i++)
    n += !isspace((unsigned char)text[i]);
  return n;
}

/** Folding of lines changes only the space between words: the n-th visible character of the text is
 * the n-th of the source. What ends the text stands behind its last one. */
static void find_in(const struct proda_yaml *document, const struct proda_yaml_node *node,
                    size_t offset, size_t *line, size_t *column)
{
  *line = node->line;
  *column = node->column + offset + (node->quoted ? 1 : 0);
  const char *start = line_of(document->file[node->file].source, node->line);
  if (!start || strlen(start) < node->column || !strpbrk(node->text, " \n"))
    return;
  size_t before = count_visible(node->text, offset), row = node->line;
  bool end = count_visible(node->text, strlen(node->text)) == before && before > 0;
  size_t wanted = before - end;
  const char *at = skip_indicator(start + node->column - 1);
  for (; *at && (isspace((unsigned char)*at) || wanted > 0); at++)
    if (*at == '\n') {
      row++;
      start = at + 1;
    } else {
      wanted -= !isspace((unsigned char)*at);
    }
  if (*at && row > node->line) {
    *line = row;
    *column = (size_t)(at - start) + 1 + end;
  }
}

int proda_yaml_error_in(const struct proda_yaml *document, const struct proda_yaml_node *node,
                        size_t offset, struct proda_error *error, const char *format, ...)
{
  va_list arguments;
  size_t line, column;
  find_in(document, node, offset, &line, &column);
  va_start(arguments, format);
  error_at(document->file[node->file].name, line, column, error, format, arguments);
  va_end(arguments);
  return PRODA_ERROR;
}

const struct proda_yaml_node *proda_yaml_get(const struct proda_yaml_node *mapping, const char *key)
{
  if (mapping->kind != PRODA_YAML_MAPPING)
    return NULL;
  for (size_t i = 0; i < mapping->n_items; i++)
    if (strcmp(mapping->key[i]->text, key) == 0)
      return mapping->item[i];
  return NULL;
}

static bool is_known(const char *key, const char *const *known)
{
  while (*known && strcmp(*known, key) != 0)
    known++;
  return *known != NULL;
}

int proda_yaml_known_keys(const struct proda_yaml *document, const struct proda_yaml_node *mapping,
                          const char *const *known, const char *what, struct proda_error *error)
{
  size_t n_known = 0;
  if (proda_yaml_expect(document, mapping, PRODA_YAML_MAPPING, what, error))
    return PRODA_ERROR;
  while (known[n_known])
    n_known++;
  for (size_t i = 0; i < mapping->n_items; i++) {
    const char *key = mapping->key[i]->text;
    if (is_known(key, known))
      continue;
    char hint[PRODA_HINT_SIZE];
    return proda_yaml_error(document, mapping->key[i], error, "%s has no key '%.40s'%s", what, key,
                            proda_hint(key, known, n_known, hint));
  }
  return PRODA_OK;
}

static bool is_null(const struct proda_yaml_node *node)
{
  return node->kind == PRODA_YAML_SCALAR && !node->quoted &&
         (!*node->text || strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0);
}

/** "expected WHAT, found ..." */
static int mismatch(const struct proda_yaml *document, const struct proda_yaml_node *node,
                    struct proda_error *error, const char *what)
{
  if (node->kind != PRODA_YAML_SCALAR)
    return proda_yaml_error(document, node, error, "expected %s, found %s", what,
                            node->kind == PRODA_YAML_SEQUENCE ? "a list" : "a mapping");
  if (is_null(node))
    return proda_yaml_error(document, node, error, "expected %s, found nothing", what);
  return proda_yaml_error(document, node, error, "expected %s, found %s'%.40s'", what,
                          node->quoted ? "the text " : "", node->text);
}

int proda_yaml_expect(const struct proda_yaml *document, const struct proda_yaml_node *node,
                      enum proda_yaml_kind kind, const char *what, struct proda_error *error)
{
  static const char *const name[] = {"a single value", "a list", "a mapping (key: value)"};
  char wanted[128];
  if (node->kind == kind && !(kind == PRODA_YAML_SCALAR && is_null(node)))
    return PRODA_OK;
  snprintf(wanted, sizeof wanted, "%s as %s", what, name[kind]);
  return mismatch(document, node, error, wanted);
}

/** Whether the node is written as a number; strtod alone would take "inf" and "0x1p3". */
static bool is_numeric(const struct proda_yaml_node *node, const char *digits)
{
  return node->kind == PRODA_YAML_SCALAR && !node->quoted && *node->text &&
         node->text[strspn(node->text, digits)] == '\0';
}

/** "010" is 8 to some readers of YAML and 10 to others. */
static bool has_leading_zero(const struct proda_yaml_node *node)
{
  const char *first = node->text + strspn(node->text, "+-");
  return first[0] == '0' && isdigit((unsigned char)first[1]);
}

int proda_yaml_number(const struct proda_yaml *document, const struct proda_yaml_node *node,
                      double *value, struct proda_error *error)
{
  if (!is_numeric(node, "+-.0123456789eE"))
    return mismatch(document, node, error, "a number");
  if (has_leading_zero(node))
    return mismatch(document, node, error, "a number without leading zeros");
  char *end = NULL;
  double number = strtod(node->text, &end);
  if (*end || end == node->text)
    return mismatch(document, node, error, "a number");
  if (!isfinite(number))
    return mismatch(document, node, error, "a finite number");
  *value = number;
  return PRODA_OK;
}

int proda_yaml_integer(const struct proda_yaml *document, const struct proda_yaml_node *node,
                       long minimum, long maximum, long *value, struct proda_error *error)
{
  if (!is_numeric(node, "+-0123456789"))
    return mismatch(document, node, error, "a whole number");
  if (has_leading_zero(node))
    return mismatch(document, node, error, "a whole number without leading zeros");
  char *end = NULL;
  errno = 0;
  long number = strtol(node->text, &end, 10);
  if (*end || end == node->text)
    return mismatch(document, node, error, "a whole number");
  if (errno || number < minimum || number > maximum)
    return proda_yaml_error(document, node, error,
                            "expected a whole number from %ld to %ld, found %.40s", minimum,
                            maximum, node->text);
  *value = number;
  return PRODA_OK;
}

int proda_yaml_boolean(const struct proda_yaml *document, const struct proda_yaml_node *node,
                       bool *value, struct proda_error *error)
{
  bool plain = node->kind == PRODA_YAML_SCALAR && !node->quoted;
  if (plain && strcmp(node->text, "true") == 0)
    *value = true;
  else if (plain && strcmp(node->text, "false") == 0)
    *value = false;
  else
    return mismatch(document, node, error, "true or false");
  return PRODA_OK;
}

int proda_yaml_string(const struct proda_yaml *document, const struct proda_yaml_node *node,
                      const char **value, struct proda_error *error)
{
  if (node->kind != PRODA_YAML_SCALAR || is_null(node))
    return mismatch(document, node, error, "a text");
  *value = node->text;
  return PRODA_OK;
}
