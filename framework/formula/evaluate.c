#include "formula/expression.h"

#include <math.h>
#include <string.h>

typedef struct proda_expression node;

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
    {"min", 2, PRODA_EXPRESSION_ARGUMENTS, NULL, least},
    {"max", 2, PRODA_EXPRESSION_ARGUMENTS, NULL, largest},
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
    return expression->unit ? NAN : expression->number;
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
  default:
    return NAN;
  }
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
