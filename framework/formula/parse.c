#include "formula/expression.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formula/scan.h"

enum { MAX_LENGTH = 4000, MAX_DEPTH = 64 };

typedef struct proda_expression node;

static node *condition(struct proda_scan *parser);
static node *unary(struct proda_scan *parser);

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

/** A node with the given arguments, which it owns from now on, also on failure. */
static node *make(struct proda_scan *parser, enum proda_expression_kind kind, size_t offset,
                  size_t n, node **arguments)
{
  node *new = calloc(1, sizeof *new);
  node **copy = calloc(n + 1, sizeof(node *));
  if (!new || !copy) {
    for (size_t i = 0; i < n; i++)
      proda_expression_free(arguments[i]);
    free(copy);
    free(new);
    return proda_scan_out_of_memory(parser);
  }
  if (n)
    memcpy(copy, arguments, n * sizeof(node *));
  *new = (node){.kind = kind, .offset = offset, .at = offset, .n_arguments = n, .argument = copy};
  return new;
}

/** `left` and what `read` finds behind the operator, which starts at `at`. */
static node *operation(struct proda_scan *parser, enum proda_expression_kind kind, size_t at,
                       node *left, node *(*read)(struct proda_scan *))
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

/** "[K]" behind a number. */
static node *with_unit(struct proda_scan *parser, node *number)
{
  if (!number || !proda_scan_take(parser, '['))
    return number;
  const char *start = parser->text + parser->at;
  size_t length = strcspn(start, "]");
  if (start[length] && length > 0)
    number->unit = proda_scan_copy(parser, start, length);
  else
    proda_scan_fail(parser, "a unit and ']'");
  if (number->unit) {
    parser->at += length + 1;
    return number;
  }
  proda_expression_free(number);
  return NULL;
}

static node *number(struct proda_scan *parser)
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
    return proda_scan_fail(parser, "a number");
  node *new = make(parser, PRODA_EXPRESSION_NUMBER, parser->at, 0, NULL);
  if (new)
    new->number = value;
  parser->at += length + exponent;
  return with_unit(parser, new);
}

static node *argument(struct proda_scan *parser)
{
  size_t at = (proda_scan_peek(parser), parser->at);
  char *name = proda_scan_label(parser);
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
static node *call(struct proda_scan *parser, size_t offset)
{
  node *list[PRODA_EXPRESSION_ARGUMENTS];
  size_t n = 0;
  bool closed = proda_scan_take(parser, ')');
  while (!closed) {
    if (n == PRODA_EXPRESSION_ARGUMENTS) {
      proda_scan_fail(parser, "at most 16 arguments");
      break;
    }
    list[n] = argument(parser);
    if (!list[n])
      break;
    n++;
    closed = proda_scan_take(parser, ')');
    if (!closed && !proda_scan_take(parser, ',')) {
      proda_scan_fail(parser, "',' or ')'");
      break;
    }
  }
  if (closed)
    return make(parser, PRODA_EXPRESSION_CALL, offset, n, list);
  while (n > 0)
    proda_expression_free(list[--n]);
  return NULL;
}

static node *name_or_call(struct proda_scan *parser)
{
  size_t offset = parser->at;
  char *name = proda_scan_identifier(parser);
  if (!name)
    return NULL;
  node *new = proda_scan_take(parser, '(') ? call(parser, offset)
                                           : make(parser, PRODA_EXPRESSION_NAME, offset, 0, NULL);
  if (new)
    new->name = name;
  else
    free(name);
  return new;
}

static node *group(struct proda_scan *parser)
{
  node *inner = condition(parser);
  if (!inner || proda_scan_take(parser, ')'))
    return inner;
  proda_expression_free(inner);
  return proda_scan_fail(parser, "')'");
}

static node *primary(struct proda_scan *parser)
{
  char next = proda_scan_peek(parser);
  if (isdigit((unsigned char)next) || next == '.')
    return number(parser);
  if (isalpha((unsigned char)next) || next == '_')
    return name_or_call(parser);
  if (proda_scan_take(parser, '('))
    return group(parser);
  return proda_scan_fail(parser, "a number, a name or '('");
}

static node *power(struct proda_scan *parser)
{
  node *base = primary(parser);
  size_t at = (proda_scan_peek(parser), parser->at);
  if (!base || !proda_scan_take(parser, '^'))
    return base;
  return operation(parser, PRODA_EXPRESSION_POWER, at, base, unary);
}

/** Every way into depth comes through here. */
static node *unary(struct proda_scan *parser)
{
  node *result;
  size_t offset = (proda_scan_peek(parser), parser->at);
  if (parser->depth == MAX_DEPTH) {
    proda_error_set(parser->error, "nested deeper than %d levels", MAX_DEPTH);
    return NULL;
  }
  parser->depth++;
  if (proda_scan_take(parser, '-')) {
    result = unary(parser);
    if (result)
      result = make(parser, PRODA_EXPRESSION_NEGATE, offset, 1, &result);
  } else {
    result = power(parser);
  }
  parser->depth--;
  return result;
}

/** Operands joined by operators of one strength, from the left. */
static node *chain(struct proda_scan *parser, const struct proda_scan_symbol *list,
                   node *(*operand)(struct proda_scan *))
{
  node *left = operand(parser);
  while (left) {
    size_t at = (proda_scan_peek(parser), parser->at);
    const struct proda_scan_symbol *found = proda_scan_symbol(parser, list);
    if (!found)
      break;
    left = operation(parser, found->kind, at, left, operand);
  }
  return left;
}

static node *product(struct proda_scan *parser)
{
  static const struct proda_scan_symbol list[] = {
      {"*", PRODA_EXPRESSION_MULTIPLY}, {"/", PRODA_EXPRESSION_DIVIDE}, {NULL, 0}};
  return chain(parser, list, unary);
}

static node *sum(struct proda_scan *parser)
{
  static const struct proda_scan_symbol list[] = {
      {"+", PRODA_EXPRESSION_ADD}, {"-", PRODA_EXPRESSION_SUBTRACT}, {NULL, 0}};
  return chain(parser, list, product);
}

static const struct proda_scan_symbol comparisons[] = {{"<=", PRODA_EXPRESSION_LESS_EQUAL},
                                                       {"<", PRODA_EXPRESSION_LESS},
                                                       {">=", PRODA_EXPRESSION_GREATER_EQUAL},
                                                       {">", PRODA_EXPRESSION_GREATER},
                                                       {"==", PRODA_EXPRESSION_EQUAL},
                                                       {"!=", PRODA_EXPRESSION_NOT_EQUAL},
                                                       {NULL, 0}};

static node *comparison(struct proda_scan *parser)
{
  node *left = sum(parser);
  size_t at = (proda_scan_peek(parser), parser->at);
  const struct proda_scan_symbol *found = left ? proda_scan_symbol(parser, comparisons) : NULL;
  if (!found)
    return left;
  left = operation(parser, found->kind, at, left, sum);
  size_t end = (proda_scan_peek(parser), parser->at);
  if (!left || !proda_scan_symbol(parser, comparisons))
    return left;
  parser->at = end;
  proda_expression_free(left);
  return proda_scan_fail(parser, "'and' or 'or' between comparisons");
}

static node *negation(struct proda_scan *parser)
{
  size_t n = 0, at[MAX_DEPTH];
  for (;;) {
    proda_scan_peek(parser);
    if (n == MAX_DEPTH)
      return proda_scan_fail(parser, "fewer repeated 'not'");
    at[n] = parser->at;
    if (!proda_scan_word(parser, "not"))
      break;
    n++;
  }
  node *result = comparison(parser);
  while (result && n > 0)
    result = make(parser, PRODA_EXPRESSION_NOT, at[--n], 1, &result);
  return result;
}

static node *conjunction(struct proda_scan *parser)
{
  static const struct proda_scan_symbol list[] = {{"and", PRODA_EXPRESSION_AND}, {NULL, 0}};
  return chain(parser, list, negation);
}

static node *condition(struct proda_scan *parser)
{
  static const struct proda_scan_symbol list[] = {{"or", PRODA_EXPRESSION_OR}, {NULL, 0}};
  return chain(parser, list, conjunction);
}

int proda_expression_parse(const char *text, struct proda_expression **expression, size_t *offset,
                           struct proda_error *error)
{
  struct proda_scan parser = {.text = text, .error = error};
  *offset = 0;
  if (strlen(text) > MAX_LENGTH)
    return proda_error_set(error, "an expression may have at most %d characters", MAX_LENGTH);
  node *root = condition(&parser);
  if (root && proda_scan_peek(&parser)) {
    proda_scan_fail(&parser, "an operator");
    proda_expression_free(root);
    root = NULL;
  }
  *offset = parser.at;
  if (!root)
    return PRODA_ERROR;
  *expression = root;
  return PRODA_OK;
}
