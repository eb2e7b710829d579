/** @file expression.h
 * Arithmetic of manifests: "1 - fl2cwd", "aSOC + sSOC + pSOC", "xi / tau4cwd".
 *
 * The grammar is the one that formulas will grow into: numbers, names, + - * / ^ with the usual
 * precedence (^ binds to the right, then unary minus), parentheses, calls f(a, b).
 */
#ifndef PRODA_PLUGIN_EXPRESSION_H
#define PRODA_PLUGIN_EXPRESSION_H

#include <stddef.h>

#include <proda/status.h>

enum proda_expression_kind {
  PRODA_EXPRESSION_NUMBER,
  PRODA_EXPRESSION_NAME,
  PRODA_EXPRESSION_NEGATE, /**< argument[0] */
  PRODA_EXPRESSION_ADD,    /**< argument[0], argument[1]; likewise the next four */
  PRODA_EXPRESSION_SUBTRACT,
  PRODA_EXPRESSION_MULTIPLY,
  PRODA_EXPRESSION_DIVIDE,
  PRODA_EXPRESSION_POWER,
  PRODA_EXPRESSION_CALL, /**< name(argument...) */
};

struct proda_expression {
  enum proda_expression_kind kind;
  size_t offset; /**< of its first character in the text, for messages */
  double number;
  const char *name;
  size_t n_arguments;
  struct proda_expression **argument;
};

/** Parses `text`. On failure the message says what was expected and `*offset` where.
 * `*expression` is released by proda_expression_free. At most 1000 characters, nested 64 deep. */
int proda_expression_parse(const char *text, struct proda_expression **expression, size_t *offset,
                           struct proda_error *error);
void proda_expression_free(struct proda_expression *expression);

/** Finds the value of a name; returns 0, or -1 where it has none. */
typedef int proda_lookup(void *context, const char *name, double *value);

/** The value, NaN where a name has none or a call is unknown (exp, log, sqrt, min, max are known).
 */
double proda_expression_evaluate(const struct proda_expression *expression, proda_lookup *lookup,
                                 void *context);

/** The value where no name occurs (calls may); NaN where one does. */
double proda_expression_constant(const struct proda_expression *expression);

/** The first call of an unknown function or with a wrong number of arguments, NULL where all are
 * fine. */
const struct proda_expression *proda_expression_bad_call(const struct proda_expression *expression);

/** Calls `visit` for every name that is not a called function; stops at the first nonzero result
 * and returns it. */
int proda_expression_names(const struct proda_expression *expression,
                           int (*visit)(void *context, const struct proda_expression *name),
                           void *context);

#endif
