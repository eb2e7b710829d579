#include "plugin/expression.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LENGTH = 1000, MAX_DEPTH = 64, MAX_ARGUMENTS = 16 };

typedef struct proda_expression node;

struct parser {
  const char *text;
  size_t at;
  size_t depth;
  struct proda_error *error;
};

static node *sum(struct parser *parser);
static node *unary(struct parser *parser);

void proda_expression_free(struct proda_expression *expression)
{
  if (!expression)
    return;
  for (size_t i = 0; i < expression->n_arguments; i++)
    proda_expression_free(expression->argument[i]);
  free(expression->argument);
  free((char *)expression->name);
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
    proda_error_set(parser->error, "out of memory");
    return NULL;
  }
  if (n)
    memcpy(copy, arguments, n * sizeof(node *));
  *new = (node){.kind = kind, .offset = offset, .n_arguments = n, .argument = copy};
  return new;
}

static node *operation(struct parser *parser, enum proda_expression_kind kind, node *left,
                       node *right)
{
  if (right)
    return make(parser, kind, left->offset, 2, (node *[]){left, right});
  proda_expression_free(left);
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
  return new;
}

static char *identifier(struct parser *parser)
{
  const char *start = parser->text + parser->at;
  size_t length = 1;
  while (isalnum((unsigned char)start[length]) || start[length] == '_')
    length++;
  parser->at += length;
  char *name = strndup(start, length);
  if (!name)
    proda_error_set(parser->error, "out of memory");
  return name;
}

/** Arguments behind "(", up to and with ")". */
static node *call(struct parser *parser, size_t offset)
{
  node *argument[MAX_ARGUMENTS];
  size_t n = 0;
  bool closed = take(parser, ')');
  while (!closed) {
    if (n == MAX_ARGUMENTS) {
      fail(parser, "at most 16 arguments");
      break;
    }
    argument[n] = sum(parser);
    if (!argument[n])
      break;
    n++;
    closed = take(parser, ')');
    if (!closed && !take(parser, ',')) {
      fail(parser, "',' or ')'");
      break;
    }
  }
  if (closed)
    return make(parser, PRODA_EXPRESSION_CALL, offset, n, argument);
  while (n > 0)
    proda_expression_free(argument[--n]);
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
  node *inner = sum(parser);
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
  if (!base || !take(parser, '^'))
    return base;
  return operation(parser, PRODA_EXPRESSION_POWER, base, unary(parser));
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

static node *product(struct parser *parser)
{
  node *left = unary(parser);
  while (left) {
    if (take(parser, '*'))
      left = operation(parser, PRODA_EXPRESSION_MULTIPLY, left, unary(parser));
    else if (take(parser, '/'))
      left = operation(parser, PRODA_EXPRESSION_DIVIDE, left, unary(parser));
    else
      break;
  }
  return left;
}

static node *sum(struct parser *parser)
{
  node *left = product(parser);
  while (left) {
    if (take(parser, '+'))
      left = operation(parser, PRODA_EXPRESSION_ADD, left, product(parser));
    else if (take(parser, '-'))
      left = operation(parser, PRODA_EXPRESSION_SUBTRACT, left, product(parser));
    else
      break;
  }
  return left;
}

int proda_expression_parse(const char *text, struct proda_expression **expression, size_t *offset,
                           struct proda_error *error)
{
  struct parser parser = {.text = text, .error = error};
  *offset = 0;
  if (strlen(text) > MAX_LENGTH)
    return proda_error_set(error, "an expression may have at most %d characters", MAX_LENGTH);
  node *root = sum(&parser);
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

/* Unlike fmin and fmax, these let NaN through. */
static double least(double a, double b)
{
  return a < b || isnan(a) ? a : b;
}

static double largest(double a, double b)
{
  return a > b || isnan(a) ? a : b;
}

/** Functions that formulas may call. */
static const struct function {
  const char *name;
  size_t min_arguments, max_arguments;
  double (*one)(double);
  double (*two)(double, double); /* folded over more */
} function_table[] = {
    {"exp", 1, 1, exp, NULL},
    {"log", 1, 1, log, NULL},
    {"sqrt", 1, 1, sqrt, NULL},
    {"min", 2, MAX_ARGUMENTS, NULL, least},
    {"max", 2, MAX_ARGUMENTS, NULL, largest},
};

static const struct function *find_function(const node *expression)
{
  for (size_t i = 0; i < sizeof function_table / sizeof *function_table; i++) {
    const struct function *f = &function_table[i];
    if (strcmp(f->name, expression->name) == 0 && expression->n_arguments >= f->min_arguments &&
        expression->n_arguments <= f->max_arguments)
      return f;
  }
  return NULL;
}

static double evaluate_call(const node *expression, proda_lookup *lookup, void *context)
{
  const struct function *f = find_function(expression);
  if (!f)
    return NAN;
  double value = proda_expression_evaluate(expression->argument[0], lookup, context);
  if (f->one)
    return f->one(value);
  for (size_t i = 1; i < expression->n_arguments; i++)
    value = f->two(value, proda_expression_evaluate(expression->argument[i], lookup, context));
  return value;
}

static double evaluate_name(const node *expression, proda_lookup *lookup, void *context)
{
  double value = NAN;
  if (!lookup || lookup(context, expression->name, &value))
    return NAN;
  return value;
}

double proda_expression_evaluate(const struct proda_expression *expression, proda_lookup *lookup,
                                 void *context)
{
  double operand[2] = {NAN, NAN};
  if (expression->kind == PRODA_EXPRESSION_CALL)
    return evaluate_call(expression, lookup, context);
  for (size_t i = 0; i < expression->n_arguments && i < 2; i++)
    operand[i] = proda_expression_evaluate(expression->argument[i], lookup, context);
  switch (expression->kind) {
  case PRODA_EXPRESSION_NUMBER:
    return expression->number;
  case PRODA_EXPRESSION_NAME:
    return evaluate_name(expression, lookup, context);
  case PRODA_EXPRESSION_NEGATE:
    return -operand[0];
  case PRODA_EXPRESSION_ADD:
    return operand[0] + operand[1];
  case PRODA_EXPRESSION_SUBTRACT:
    return operand[0] - operand[1];
  case PRODA_EXPRESSION_MULTIPLY:
    return operand[0] * operand[1];
  case PRODA_EXPRESSION_DIVIDE:
    return operand[0] / operand[1];
  case PRODA_EXPRESSION_POWER:
    return pow(operand[0], operand[1]);
  case PRODA_EXPRESSION_CALL:
    break;
  }
  return NAN;
}

static int is_there(void *context, const struct proda_expression *name)
{
  (void)context;
  (void)name;
  return 1;
}

double proda_expression_constant(const struct proda_expression *expression)
{
  if (proda_expression_names(expression, is_there, NULL))
    return NAN;
  return proda_expression_evaluate(expression, NULL, NULL);
}

const struct proda_expression *proda_expression_bad_call(const struct proda_expression *expression)
{
  const struct proda_expression *bad = NULL;
  if (expression->kind == PRODA_EXPRESSION_CALL && !find_function(expression))
    return expression;
  for (size_t i = 0; i < expression->n_arguments && !bad; i++)
    bad = proda_expression_bad_call(expression->argument[i]);
  return bad;
}

int proda_expression_names(const struct proda_expression *expression,
                           int (*visit)(void *context, const struct proda_expression *name),
                           void *context)
{
  if (expression->kind == PRODA_EXPRESSION_NAME)
    return visit(context, expression);
  int stop = 0;
  for (size_t i = 0; i < expression->n_arguments && !stop; i++)
    stop = proda_expression_names(expression->argument[i], visit, context);
  return stop;
}
