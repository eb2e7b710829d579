/* Expressions: values by hand, names, and what is refused where. */
#include "testing.h"

#include "formula/expression.h"

static int lookup(void *context, const char *name, double *value)
{
  (void)context;
  if (strcmp(name, "x") == 0)
    *value = 3.0;
  else if (strcmp(name, "tau") == 0)
    *value = 0.5;
  else
    return -1;
  return 0;
}

static double value_of(const char *text)
{
  struct proda_expression *expression = NULL;
  struct proda_error error;
  size_t offset;
  assert_ok(proda_expression_parse(text, &expression, &offset, &error), error);
  double value = proda_expression_evaluate(expression, lookup, NULL);
  proda_expression_free(expression);
  return value;
}

static void values(void **state)
{
  (void)state;
  assert_close(value_of("1 - 0.25"), 0.75, 0, 0);
  assert_close(value_of("2 + 3 * 4"), 14, 0, 0);
  assert_close(value_of("(2 + 3) * 4"), 20, 0, 0);
  assert_close(value_of("8 / 4 / 2"), 1, 0, 0);
  assert_close(value_of("8 - 4 - 2"), 2, 0, 0);
  assert_close(value_of("2 ^ 3 ^ 2"), 512, 0, 0); /* binds to the right */
  assert_close(value_of("-2 ^ 2"), -4, 0, 0);     /* power before sign */
  assert_close(value_of("2 ^ -1"), 0.5, 0, 0);
  assert_close(value_of("--2"), 2, 0, 0);
  assert_close(value_of("2 * -3"), -6, 0, 0);
  assert_close(value_of(" 1.5e-3*2 "), 3e-3, 1e-15, 0);
  assert_close(value_of("1 / tau"), 2, 0, 0);
  assert_close(value_of("exp(log(x)) + sqrt(4)"), 5, 1e-15, 0);
  assert_close(value_of("min(x, 2, 7) + max(1, x)"), 5, 0, 0);
}

static void unknown_names_and_calls_are_nan(void **state)
{
  (void)state;
  assert_close(value_of("1 + y"), NAN, 0, 0);
  assert_close(value_of("min(y, 1)"), NAN, 0, 0);
  assert_close(value_of("max(1, y)"), NAN, 0, 0);
  assert_close(value_of("mean(1, 2)"), NAN, 0, 0);
  assert_close(value_of("exp(1, 2)"), NAN, 0, 0);
}

static void refuse(const char *text, size_t where, const char *message)
{
  struct proda_expression *expression = NULL;
  struct proda_error error = {""};
  size_t offset = 0;
  assert_int_equal(proda_expression_parse(text, &expression, &offset, &error), PRODA_ERROR);
  assert_null(expression);
  assert_string_equal(error.message, message);
  assert_int_equal(offset, where);
}

static void refusals(void **state)
{
  (void)state;
  refuse("", 0, "expected a number, a name or '(' at the end of ''");
  refuse("1 +", 3, "expected a number, a name or '(' at the end of '1 +'");
  refuse("1 - * 2", 4, "expected a number, a name or '(', found '* 2'");
  refuse("a b", 2, "expected an operator, found 'b'");
  refuse("(a + b", 6, "expected ')' at the end of '(a + b'");
  refuse("f(a; b)", 3, "expected ',' or ')', found '; b)'");
  refuse("f(a, )", 5, "expected a number, a name or '(', found ')'");
  refuse("0x10", 0, "expected a number, found '0x10'");
  refuse("1.2.3", 0, "expected a number, found '1.2.3'");
  refuse(".", 0, "expected a number, found '.'");
  refuse("1e999", 0, "expected a number, found '1e999'");
  refuse("1 = 2", 2, "expected an operator, found '= 2'");
  refuse("1 < 2 < 3", 6, "expected 'and' or 'or' between comparisons, found '< 3'");
  refuse("1 < ", 4, "expected a number, a name or '(' at the end of '1 < '");
  refuse("a and and b", 6, "expected a number, a name or '(', found 'and b'");
  refuse("not", 3, "expected a number, a name or '(' at the end of 'not'");
  refuse("or + 1", 0, "expected a number, a name or '(', found 'or + 1'");
  refuse("3 [K", 3, "expected a unit and ']', found 'K'");
  refuse("3 []", 3, "expected a unit and ']', found ']'");
  refuse("x [K]", 2, "expected an operator, found '[K]'");
  refuse("f(A = )", 6, "expected a number, a name or '(', found ')'");
  refuse("f(1 = 2)", 4, "expected ',' or ')', found '= 2)'");
  refuse("A = 2", 2, "expected an operator, found '= 2'");
}

static void limits(void **state)
{
  (void)state;
  char text[4100];
  memset(text, '(', sizeof text);
  text[900] = '\0';
  refuse(text, 64, "nested deeper than 64 levels");
  memset(text, '-', 900);
  refuse(text, 64, "nested deeper than 64 levels");
  for (int i = 0; i < 900; i++)
    text[i] = i % 2 ? '^' : '2';
  refuse(text, 128, "nested deeper than 64 levels");
  memset(text, ' ', sizeof text);
  text[4001] = '\0';
  refuse(text, 0, "an expression may have at most 4000 characters");
  for (int i = 0; i < 800; i++)
    text[i] = "not "[i % 4];
  text[800] = '\0';
  refuse(text, 256, "expected fewer repeated 'not', found 'not not not not not '");
  for (int i = 0; i < 3999; i++)
    text[i] = i % 2 ? '+' : '1'; /* long, but not deep */
  text[3999] = '\0';
  assert_close(value_of(text), 2000, 0, 0);
}

static int count(void *context, const struct proda_expression *name)
{
  size_t *seen = context;
  *seen = 10 * *seen + name->offset;
  return strcmp(name->name, "stop") == 0;
}

static void names_are_visited_in_order(void **state)
{
  (void)state;
  struct proda_expression *expression = NULL;
  struct proda_error error;
  size_t offset, seen = 0;
  assert_ok(proda_expression_parse("1+exp(b)*c", &expression, &offset, &error), error);
  assert_int_equal(proda_expression_names(expression, count, &seen), 0);
  assert_int_equal(seen, 69); /* b at 6, c at 9; exp is no name */
  assert_null(proda_expression_bad_call(expression));
  assert_close(proda_expression_constant(expression), NAN, 0, 0);
  proda_expression_free(expression);
  seen = 0;
  assert_ok(proda_expression_parse("a-stop+b", &expression, &offset, &error), error);
  assert_int_equal(proda_expression_names(expression, count, &seen), 1);
  assert_int_equal(seen, 2);
  proda_expression_free(expression);
  assert_ok(proda_expression_parse("1 + mean(2)", &expression, &offset, &error), error);
  assert_int_equal(proda_expression_bad_call(expression)->offset, 4);
  proda_expression_free(expression);
  assert_ok(proda_expression_parse("exp(0) / 4", &expression, &offset, &error), error);
  assert_close(proda_expression_constant(expression), 0.25, 0, 0);
  proda_expression_free(expression);
}

/* A tree as text, every operation in parentheses. */
static void print(const struct proda_expression *e, char *out, size_t size)
{
  static const char *const sign[] = {
      [PRODA_EXPRESSION_ADD] = "+",
      [PRODA_EXPRESSION_SUBTRACT] = "-",
      [PRODA_EXPRESSION_MULTIPLY] = "*",
      [PRODA_EXPRESSION_DIVIDE] = "/",
      [PRODA_EXPRESSION_POWER] = "^",
      [PRODA_EXPRESSION_LESS] = "<",
      [PRODA_EXPRESSION_LESS_EQUAL] = "<=",
      [PRODA_EXPRESSION_GREATER] = ">",
      [PRODA_EXPRESSION_GREATER_EQUAL] = ">=",
      [PRODA_EXPRESSION_EQUAL] = "==",
      [PRODA_EXPRESSION_NOT_EQUAL] = "!=",
      [PRODA_EXPRESSION_AND] = "and",
      [PRODA_EXPRESSION_OR] = "or",
      [PRODA_EXPRESSION_NEGATE] = "-",
      [PRODA_EXPRESSION_NOT] = "not",
  };
  char part[PRODA_EXPRESSION_ARGUMENTS][400];
  size_t n = e->n_arguments;
  for (size_t i = 0; i < n; i++)
    print(e->argument[i], part[i], sizeof part[i]);
  size_t at = e->label ? (size_t)snprintf(out, size, "%s=", e->label) : 0;
  if (e->kind == PRODA_EXPRESSION_NUMBER)
    snprintf(out + at, size - at, "%g%s%s%s", e->number, e->unit ? "[" : "", e->unit ? e->unit : "",
             e->unit ? "]" : "");
  else if (e->kind == PRODA_EXPRESSION_NAME)
    snprintf(out + at, size - at, "%s", e->name);
  else if (e->kind == PRODA_EXPRESSION_CALL) {
    at += (size_t)snprintf(out + at, size - at, "%s(", e->name);
    for (size_t i = 0; i < n; i++)
      at += (size_t)snprintf(out + at, size - at, "%s%s", part[i], i + 1 < n ? "," : ")");
  } else if (n == 1)
    snprintf(out + at, size - at, "(%s %s)", sign[e->kind], part[0]);
  else
    snprintf(out + at, size - at, "(%s %s %s)", part[0], sign[e->kind], part[1]);
}

static void read_as(const char *text, const char *tree)
{
  struct proda_expression *expression = NULL;
  struct proda_error error;
  size_t offset;
  char out[400];
  assert_ok(proda_expression_parse(text, &expression, &offset, &error), error);
  print(expression, out, sizeof out);
  assert_string_equal(out, tree);
  proda_expression_free(expression);
}

static void trees(void **state)
{
  (void)state;
  read_as("a + b < c * d", "((a + b) < (c * d))");
  read_as("a <= b and c >= d or e == 1", "(((a <= b) and (c >= d)) or (e == 1))");
  read_as("not a > b and not (c != d)", "((not (a > b)) and (not (c != d)))");
  read_as("not not a", "(not (not a))");
  read_as("T - 298.15 [K]", "(T - 298.15[K])");
  read_as("2[m2 yr-1]*3", "(2[m2 yr-1] * 3)");
  read_as("where(x < 0 [degC], 0, 1)", "where((x < 0[degC]),0,1)");
  read_as("choose(kinetics, MM = a / b, ECA= 2)", "choose(kinetics,MM=(a / b),ECA=2)");
  read_as("f(a == b)", "f((a == b))");
  read_as("nothing + order * android", "(nothing + (order * android))");
  read_as("-a ^ -b", "(- (a ^ (- b)))");
}

static void operators_know_their_place(void **state)
{
  (void)state;
  struct proda_expression *expression = NULL;
  struct proda_error error;
  size_t offset;
  assert_ok(proda_expression_parse("ab + cd * -e", &expression, &offset, &error), error);
  assert_int_equal(expression->offset, 0);
  assert_int_equal(expression->at, 3);
  assert_int_equal(expression->argument[1]->offset, 5);
  assert_int_equal(expression->argument[1]->at, 8);
  assert_int_equal(expression->argument[1]->argument[1]->at, 10);
  proda_expression_free(expression);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values),
      cmocka_unit_test(unknown_names_and_calls_are_nan),
      cmocka_unit_test(refusals),
      cmocka_unit_test(limits),
      cmocka_unit_test(names_are_visited_in_order),
      cmocka_unit_test(trees),
      cmocka_unit_test(operators_know_their_place),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
