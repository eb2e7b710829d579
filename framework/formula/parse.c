#include "formula/expression.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LENGTH = 4000, MAX_DEPTH = 64 };

typedef struct proda_expression node;

struct parser {
  const char *text;
  size_t at;
  size_t depth;
  struct proda_error *error;
};

static node *condition(struct parser *parser);
static node *unary(struct parser *parser);

void proda_expression_free(struct proda_expression *expression)
{
  if (!expression)
    return;
  for (size_t i = 0; i < expression->n_arguments; i++)
    proda_expression_free(expression->argument[i]);
  free(expression->argument);
  free((char *)expression->name);
  free((char *)expression->unit);
  free((char *)expression->label);
  free(expression);
}

static char peek(struct parser *parser)
{
  while (isspace((unsigned char)parser->text[parser->at]))
    parser->at++;
  return parser->text[parser->at];
}

static bool take(struct parser *parser, char wanted)
{
  if (peek(parser) != wanted)
    return false;
  parser->at++;
  return true;
}

static void *fail(struct parser *parser, const char *expected)
{
  char found = peek(parser);
  if (found)
    proda_error_set(parser->error, "expected %s, found '%.20s'", expected,
                    parser->text + parser->at);
  else
    proda_error_set(parser->error, "expected %s at the end of '%.40s'", expected, parser->text);
  return NULL;
}

static void *out_of_memory(struct parser *parser)
{
  proda_error_set(parser->error, "out of memory");
  return NULL;
}

/** A node with the given arguments, which it owns from now on, also on failure. */
static node *make(struct parser *parser, enum proda_expression_kind kind, size_t offset, size_t n,
                  node **arguments)
{
  node *new = calloc(1, sizeof *new);
  node **copy = calloc(n + 1, sizeof(node *));
  if (!new || !copy) {
    for (size_t i = 0; i < n; i++)
      proda_expression_free(arguments[i]);
    free(copy);
    free(new);
    return out_of_memory(parser);
  }
  if (n)
    memcpy(copy, arguments, n * sizeof(node *));
  *new = (node){.kind = kind, .offset = offset, .at = offset, .n_arguments = n, .argument = copy};
  return new;
}

/** `left` and what `read` finds behind the operator, which starts at `at`. */
static node *operation(struct parser *parser, enum proda_expression_kind kind, size_t at,
                       node *left, node *(*read)(struct parser *))
{
  size_t offset = left->offset;
  node *right = read(parser);
  if (!right) {
    proda_expression_free(left);
    return NULL;
  }
  node *new = make(parser, kind, offset, 2, (node *[]){left, right});
  if (new)
    new->at = at;
  return new;
}

static char *copy(struct parser *parser, const char *start, size_t length)
{
  char *text = strndup(start, length);
  if (!text)
    out_of_memory(parser);
  return text;
}

/** "[K]" behind a number. */
static node *with_unit(struct parser *parser, node *number)
{
  if (!number || !take(parser, '['))
    return number;
  const char *start = parser->text + parser->at;
  size_t length = strcspn(start, "]");
  if (start[length] && length > 0)
    number->unit = copy(parser, start, length);
  else
    fail(parser, "a unit and ']'");
  if (number->unit) {
    parser->at += length + 1;
    return number;
  }
  proda_expression_free(number);
  return NULL;
}

static node *number(struct parser *parser)
{
  const char *start = parser->text + parser->at;
  size_t length = strspn(start, "0123456789.");
  size_t exponent = 0;
  if (start[length] == 'e' || start[length] == 'E') {
    bool sign = start[length + 1] == '+' || start[length + 1] == '-';
    exponent = strspn(start + length + 1 + sign, "0123456789");
    exponent = exponent ? exponent + 1 + sign : 0;
  }
  char *end = NULL;
  double value = strtod(start, &end);
  if (end != start + length + exponent || !isfinite(value))
    return fail(parser, "a number");
  node *new = make(parser, PRODA_EXPRESSION_NUMBER, parser->at, 0, NULL);
  if (new)
    new->number = value;
  parser->at += length + exponent;
  return with_unit(parser, new);
}

static size_t identifier_length(const char *start)
{
  size_t length = 0;
  if (isalpha((unsigned char)*start) || *start == '_')
    while (isalnum((unsigned char)start[length]) || start[length] == '_')
      length++;
  return length;
}

/** Whether the word stands here; only then it is taken. */
static bool take_word(struct parser *parser, const char *word)
{
  size_t length = strlen(word);
  peek(parser);
  const char *start = parser->text + parser->at;
  if (identifier_length(start) != length || strncmp(start, word, length) != 0)
    return false;
  parser->at += length;
  return true;
}

static bool is_reserved(const char *start, size_t length)
{
  static const char *const word[] = {"and", "or", "not"};
  for (size_t i = 0; i < sizeof word / sizeof *word; i++)
    if (strlen(word[i]) == length && strncmp(word[i], start, length) == 0)
      return true;
  return false;
}

static char *identifier(struct parser *parser)
{
  const char *start = parser->text + parser->at;
  size_t length = identifier_length(start);
  if (is_reserved(start, length))
    return fail(parser, "a number, a name or '('");
  char *name = copy(parser, start, length);
  if (name)
    parser->at += length;
  return name;
}

/** "label =" before an argument; NULL also where there is none. */
static char *label(struct parser *parser)
{
  const char *start = parser->text + parser->at;
  size_t length = identifier_length(start), space = strspn(start + length, " ");
  if (length == 0 || start[length + space] != '=' || start[length + space + 1] == '=')
    return NULL;
  char *name = copy(parser, start, length);
  if (name)
    parser->at += length + space + 1;
  return name;
}

static node *argument(struct parser *parser)
{
  size_t at = (peek(parser), parser->at);
  char *name = label(parser);
  node *new = condition(parser);
  if (new) {
    new->label = name;
    new->label_at = at;
  } else {
    free(name);
  }
  return new;
}

/** Arguments behind "(", up to and with ")". */
static node *call(struct parser *parser, size_t offset)
{
  node *list[PRODA_EXPRESSION_ARGUMENTS];
  size_t n = 0;
  bool closed = take(parser, ')');
  while (!closed) {
    if (n == PRODA_EXPRESSION_ARGUMENTS) {
      fail(parser, "at most 16 arguments");
      break;
    }
    list[n] = argument(parser);
    if (!list[n])
      break;
    n++;
    closed = take(parser, ')');
    if (!closed && !take(parser, ',')) {
      fail(parser, "',' or ')'");
      break;
    }
  }
  if (closed)
    return make(parser, PRODA_EXPRESSION_CALL, offset, n, list);
  while (n > 0)
    proda_expression_free(list[--n]);
  return NULL;
}

static node *name_or_call(struct parser *parser)
{
  size_t offset = parser->at;
  char *name = identifier(parser);
  if (!name)
    return NULL;
  node *new = take(parser, '(') ? call(parser, offset)
                                : make(parser, PRODA_EXPRESSION_NAME, offset, 0, NULL);
  if (new)
    new->name = name;
  else
    free(name);
  return new;
}

static node *group(struct parser *parser)
{
  node *inner = condition(parser);
  if (!inner || take(parser, ')'))
    return inner;
  proda_expression_free(inner);
  return fail(parser, "')'");
}

static node *primary(struct parser *parser)
{
  char next = peek(parser);
  if (isdigit((unsigned char)next) || next == '.')
    return number(parser);
  if (isalpha((unsigned char)next) || next == '_')
    return name_or_call(parser);
  if (take(parser, '('))
    return group(parser);
  return fail(parser, "a number, a name or '('");
}

static node *power(struct parser *parser)
{
  node *base = primary(parser);
  size_t at = (peek(parser), parser->at);
  if (!base || !take(parser, '^'))
    return base;
  return operation(parser, PRODA_EXPRESSION_POWER, at, base, unary);
}

/** Every way into depth comes through here. */
static node *unary(struct parser *parser)
{
  node *result;
  size_t offset = (peek(parser), parser->at);
  if (parser->depth == MAX_DEPTH) {
    proda_error_set(parser->error, "nested deeper than %d levels", MAX_DEPTH);
    return NULL;
  }
  parser->depth++;
  if (take(parser, '-')) {
    result = unary(parser);
    if (result)
      result = make(parser, PRODA_EXPRESSION_NEGATE, offset, 1, &result);
  } else {
    result = power(parser);
  }
  parser->depth--;
  return result;
}

struct symbol {
  const char *text;
  enum proda_expression_kind kind;
};

static bool take_symbol(struct parser *parser, const char *text)
{
  peek(parser);
  if (isalpha((unsigned char)*text))
    return take_word(parser, text);
  if (strncmp(parser->text + parser->at, text, strlen(text)) != 0)
    return false;
  parser->at += strlen(text);
  return true;
}

/** The first operator of the list that stands here, taken; NULL where none does. */
static const struct symbol *find_symbol(struct parser *parser, const struct symbol *list)
{
  for (; list->text; list++)
    if (take_symbol(parser, list->text))
      return list;
  return NULL;
}

/** Operands joined by operators of one strength, from the left. */
static node *chain(struct parser *parser, const struct symbol *list,
                   node *(*operand)(struct parser *))
{
  node *left = operand(parser);
  while (left) {
    size_t at = (peek(parser), parser->at);
    const struct symbol *found = find_symbol(parser, list);
    if (!found)
      break;
    left = operation(parser, found->kind, at, left, operand);
  }
  return left;
}

static node *product(struct parser *parser)
{
  static const struct symbol list[] = {
      {"*", PRODA_EXPRESSION_MULTIPLY}, {"/", PRODA_EXPRESSION_DIVIDE}, {NULL, 0}};
  return chain(parser, list, unary);
}

static node *sum(struct parser *parser)
{
  static const struct symbol list[] = {
      {"+", PRODA_EXPRESSION_ADD}, {"-", PRODA_EXPRESSION_SUBTRACT}, {NULL, 0}};
  return chain(parser, list, product);
}

static const struct symbol comparisons[] = {{"<=", PRODA_EXPRESSION_LESS_EQUAL},
                                            {"<", PRODA_EXPRESSION_LESS},
                                            {">=", PRODA_EXPRESSION_GREATER_EQUAL},
                                            {">", PRODA_EXPRESSION_GREATER},
                                            {"==", PRODA_EXPRESSION_EQUAL},
                                            {"!=", PRODA_EXPRESSION_NOT_EQUAL},
                                            {NULL, 0}};

static node *comparison(struct parser *parser)
{
  node *left = sum(parser);
  size_t at = (peek(parser), parser->at);
  const struct symbol *found = left ? find_symbol(parser, comparisons) : NULL;
  if (!found)
    return left;
  left = operation(parser, found->kind, at, left, sum);
  size_t end = (peek(parser), parser->at);
  if (!left || !find_symbol(parser, comparisons))
    return left;
  parser->at = end;
  proda_expression_free(left);
  return fail(parser, "'and' or 'or' between comparisons");
}

static node *negation(struct parser *parser)
{
  size_t n = 0, at[MAX_DEPTH];
  for (;;) {
    peek(parser);
    if (n == MAX_DEPTH)
      return fail(parser, "fewer repeated 'not'");
    at[n] = parser->at;
    if (!take_word(parser, "not"))
      break;
    n++;
  }
  node *result = comparison(parser);
  while (result && n > 0)
    result = make(parser, PRODA_EXPRESSION_NOT, at[--n], 1, &result);
  return result;
}

static node *conjunction(struct parser *parser)
{
  static const struct symbol list[] = {{"and", PRODA_EXPRESSION_AND}, {NULL, 0}};
  return chain(parser, list, negation);
}

static node *condition(struct parser *parser)
{
  static const struct symbol list[] = {{"or", PRODA_EXPRESSION_OR}, {NULL, 0}};
  return chain(parser, list, conjunction);
}

int proda_expression_parse(const char *text, struct proda_expression **expression, size_t *offset,
                           struct proda_error *error)
{
  struct parser parser = {.text = text, .error = error};
  *offset = 0;
  if (strlen(text) > MAX_LENGTH)
    return proda_error_set(error, "an expression may have at most %d characters", MAX_LENGTH);
  node *root = condition(&parser);
  if (root && peek(&parser)) {
    fail(&parser, "an operator");
    proda_expression_free(root);
    root = NULL;
  }
  *offset = parser.at;
  if (!root)
    return PRODA_ERROR;
  *expression = root;
  return PRODA_OK;
}
