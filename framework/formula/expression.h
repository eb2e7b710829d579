/** @file expression.h
 * The language of manifests as a tree: "1 - fl2cwd", "aSOC + sSOC + pSOC", "mean(month, warmth) *
 * deep".
 *
 *     condition   comparisons joined by `or`, `and`, `not`, weakest first
 *     comparison  sum < sum, likewise <= > >= == !=; not chained
 *     sum         + - * / and ^, with the usual precedence (^ binds to the right, then unary minus)
 *     primary     a number, with a unit in brackets where it has one (298.15 [K]); a name;
 *                 (condition); f(condition, ...), where an argument may have a label: f(x, A = y)
 *
 * The tree only says what stands there; formula/program.h knows names, dimensions and units.
 */
#ifndef PRODA_FORMULA_EXPRESSION_H
#define PRODA_FORMULA_EXPRESSION_H

#include <stddef.h>

#include <proda/status.h>

enum proda_expression_kind {
  PRODA_EXPRESSION_NUMBER,
  PRODA_EXPRESSION_NAME,
  PRODA_EXPRESSION_NEGATE, /**< argument[0] */
  PRODA_EXPRESSION_ADD,    /**< argument[0], argument[1]; likewise all to AND and OR */
  PRODA_EXPRESSION_SUBTRACT,
  PRODA_EXPRESSION_MULTIPLY,
  PRODA_EXPRESSION_DIVIDE,
  PRODA_EXPRESSION_POWER,
  PRODA_EXPRESSION_LESS,
  PRODA_EXPRESSION_LESS_EQUAL,
  PRODA_EXPRESSION_GREATER,
  PRODA_EXPRESSION_GREATER_EQUAL,
  PRODA_EXPRESSION_EQUAL,
  PRODA_EXPRESSION_NOT_EQUAL,
  PRODA_EXPRESSION_AND,
  PRODA_EXPRESSION_OR,
  PRODA_EXPRESSION_NOT,  /**< argument[0] */
  PRODA_EXPRESSION_CALL, /**< name(argument...) */
};

struct proda_expression {
  enum proda_expression_kind kind;
  size_t offset; /**< of its first character in the text, for messages */
  size_t at;     /**< of what makes it what it is: the operator, else its first character */
  double number;
  const char *unit;  /**< of a number; NULL where none is written */
  const char *name;  /**< of a name or call */
  const char *label; /**< of an argument written "label = ..."; NULL where none is */
  size_t label_at;
  size_t n_arguments;
  struct proda_expression **argument;
};

enum { PRODA_EXPRESSION_ARGUMENTS = 16 /**< of a call, at most */ };

/** Parses `text`. On failure the message says what was expected and `*offset` where.
 * `*expression` is released by proda_expression_free. At most 4000 characters, nested 64 deep. */
int proda_expression_parse(const char *text, struct proda_expression **expression, size_t *offset,
                           struct proda_error *error);
void proda_expression_free(struct proda_expression *expression);

/** Finds the value of a name; returns 0, or -1 where it has none. */
typedef int proda_lookup(void *context, const char *name, double *value);

/** The value of plain arithmetic: NaN where a name has none, a call is unknown (exp, log, sqrt,
 * min, max are known), a number has a unit, or something is a condition. */
double proda_expression_evaluate(const struct proda_expression *expression, proda_lookup *lookup,
                                 void *context);

/** The value where no name occurs (calls may); NaN where one does. */
double proda_expression_constant(const struct proda_expression *expression);

/** The first call of a function that proda_expression_evaluate does not know, or with a wrong
 * number of arguments; NULL where all are fine. */
const struct proda_expression *proda_expression_bad_call(const struct proda_expression *expression);

/** Calls `visit` for every name that is not a called function; stops at the first nonzero result
 * and returns it. */
int proda_expression_names(const struct proda_expression *expression,
                           int (*visit)(void *context, const struct proda_expression *name),
                           void *context);

#endif
