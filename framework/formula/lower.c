#include "formula/lower.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "yaml/yaml.h"

int proda_lower_refuse(const struct lowering *l, size_t offset, const char *format, ...)
{
  char what[PRODA_MESSAGE_SIZE];
  va_list arguments;
  if (l->graph->failed) /* what is wrong now follows from that */
    return proda_graph_failure(l->graph, l->program->manifest->path, l->error);
  va_start(arguments, format);
  vsnprintf(what, sizeof what, format, arguments);
  va_end(arguments);
  return proda_yaml_error_in(l->program->manifest->document, l->formula->node,
                             l->macro ? l->macro_offset : offset, l->error, "%s%s%s",
                             l->macro ? l->macro : "", l->macro ? ": " : "", what);
}

const char *proda_lower_unit_text(const struct proda_unit *unit, char text[PRODA_UNIT_TEXT])
{
  proda_unit_print(unit, text);
  return strcmp(text, "1") == 0 ? "a number without unit" : text;
}

static struct term condition_of(size_t value, unsigned dims)
{
  return (struct term){.value = value, .dims = dims, .unit = proda_unit_one(), .condition = true};
}

int proda_lower_condition(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  if (proda_lower(l, e, out))
    return PRODA_ERROR;
  if (!out->condition)
    return proda_lower_refuse(l, e->offset, "expected a condition, as in x < y, found a number");
  return PRODA_OK;
}

int proda_lower_number(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  if (proda_lower(l, e, out))
    return PRODA_ERROR;
  if (out->condition)
    return proda_lower_refuse(
        l, e->offset, "expected a number, found a condition; where(condition, 1, 0) is a number");
  return PRODA_OK;
}

/** A ratio of units, without the rounding of its parts where it is a whole number or one over it.
 */
static double ratio(double a, double b)
{
  double up = a / b, down = b / a;
  if (fabs(up - round(up)) < 1e-12 * up)
    return round(up);
  return fabs(down - round(down)) < 1e-12 * down ? 1 / round(down) : up;
}

size_t proda_lower_convert(struct lowering *l, const struct term *term,
                           const struct proda_unit *unit)
{
  double factor = ratio(term->unit.scale, unit->scale);
  size_t value = proda_graph_two(l->graph, PRODA_OP_MULTIPLY, term->value,
                                 proda_graph_number(l->graph, factor));
  return proda_graph_two(l->graph, PRODA_OP_SUBTRACT, value,
                         proda_graph_number(l->graph, unit->origin / unit->scale));
}

bool proda_lower_unify(struct lowering *l, struct term *a, struct term *b)
{
  bool zero_a = a->bare && proda_value_is(l->graph, a->value, 0);
  bool zero_b = b->bare && proda_value_is(l->graph, b->value, 0);
  if (zero_b && !proda_unit_temperature(&a->unit))
    b->unit = a->unit;
  else if (zero_a && !proda_unit_temperature(&b->unit))
    a->unit = b->unit;
  if (!proda_unit_alike(&a->unit, &b->unit))
    return false;
  /* 100 beside a value in % may be meant as 100 %; beside yr h-1 there is nothing to doubt. */
  bool percent = (a->bare && b->unit.n_symbols == 1) || (b->bare && a->unit.n_symbols == 1);
  if (percent && fabs(a->unit.scale / b->unit.scale - 1) > 1e-13)
    return false;
  b->value = proda_lower_convert(l, b, &a->unit);
  b->unit = a->unit;
  return true;
}

int proda_lower_plain(struct lowering *l, const struct proda_expression *e, const char *what,
                      struct term *out)
{
  const struct proda_unit one = proda_unit_one();
  char text[PRODA_UNIT_TEXT];
  if (proda_lower_number(l, e, out))
    return PRODA_ERROR;
  if (!proda_unit_dimensionless(&out->unit))
    return proda_lower_refuse(l, e->offset, "%s needs a number without unit, found %s", what,
                              proda_lower_unit_text(&out->unit, text));
  out->value = proda_lower_convert(l, out, &one);
  out->unit = one;
  return PRODA_OK;
}

/* ---- operators ---- */

static int number_of(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  *out = (struct term){.value = proda_graph_number(l->graph, e->number), .bare = true};
  out->unit = proda_unit_one();
  if (!e->unit)
    return PRODA_OK;
  return proda_lower_leaf(l, e->offset, out->value, e->unit, out);
}

static int refuse_units(struct lowering *l, const struct proda_expression *e, const struct term *a,
                        const struct term *b)
{
  char first[PRODA_UNIT_TEXT], second[PRODA_UNIT_TEXT];
  const char *left = proda_lower_unit_text(&a->unit, first);
  const char *right = proda_lower_unit_text(&b->unit, second);
  const char *advice =
      a->bare || b->bare ? "; a number has a unit when it is written as 1 [m]" : "";
  switch (e->kind) {
  case PRODA_EXPRESSION_ADD:
    return proda_lower_refuse(l, e->at, "cannot add %s to %s%s", right, left, advice);
  case PRODA_EXPRESSION_SUBTRACT:
    return proda_lower_refuse(l, e->at, "cannot subtract %s from %s%s", right, left, advice);
  default:
    return proda_lower_refuse(l, e->at, "cannot compare %s with %s%s", left, right, advice);
  }
}

static int two_numbers(struct lowering *l, const struct proda_expression *e, struct term *a,
                       struct term *b)
{
  return proda_lower_number(l, e->argument[0], a) || proda_lower_number(l, e->argument[1], b)
             ? PRODA_ERROR
             : PRODA_OK;
}

static int sum_of(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  struct term b;
  enum proda_op op = e->kind == PRODA_EXPRESSION_ADD ? PRODA_OP_ADD : PRODA_OP_SUBTRACT;
  if (two_numbers(l, e, out, &b))
    return PRODA_ERROR;
  if (!proda_lower_unify(l, out, &b))
    return refuse_units(l, e, out, &b);
  out->value = proda_graph_two(l->graph, op, out->value, b.value);
  out->bare = out->bare && b.bare;
  out->dims |= b.dims;
  return PRODA_OK;
}

static int product_of(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  struct term b;
  bool divide = e->kind == PRODA_EXPRESSION_DIVIDE;
  if (two_numbers(l, e, out, &b))
    return PRODA_ERROR;
  if (divide && proda_value_is(l->graph, b.value, 0))
    return proda_lower_refuse(l, e->at, "cannot divide by 0");
  out->value =
      proda_graph_two(l->graph, divide ? PRODA_OP_DIVIDE : PRODA_OP_MULTIPLY, out->value, b.value);
  out->unit = proda_unit_product(&out->unit, &b.unit, divide ? -1 : 1);
  out->bare = out->bare && b.bare;
  out->dims |= b.dims;
  return PRODA_OK;
}

static int power_of(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  const struct proda_unit one = proda_unit_one();
  struct term b;
  char text[PRODA_UNIT_TEXT];
  if (proda_lower_number(l, e->argument[0], out) ||
      proda_lower_plain(l, e->argument[1], "an exponent", &b))
    return PRODA_ERROR;
  const struct proda_value *exponent = &l->graph->value[b.value];
  if (proda_unit_dimensionless(&out->unit)) {
    out->value = proda_lower_convert(l, out, &one);
    out->unit = one;
  } else if (exponent->op != PRODA_OP_NUMBER) {
    return proda_lower_refuse(
        l, e->argument[1]->offset,
        "the exponent of a value in %s must be a number that is written here, as its unit follows",
        proda_lower_unit_text(&out->unit, text));
  } else {
    out->unit = proda_unit_product(&one, &out->unit, exponent->number);
  }
  out->value = proda_graph_two(l->graph, PRODA_OP_POWER, out->value, b.value);
  out->bare = out->bare && b.bare;
  out->dims |= b.dims;
  return PRODA_OK;
}

static int negative_of(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  struct proda_expression literal = *e->argument[0];
  if (literal.kind == PRODA_EXPRESSION_NUMBER) {
    literal.number = -literal.number; /* -5 [degC] lies below 0 degC, not below 0 K */
    return number_of(l, &literal, out);
  }
  if (proda_lower_number(l, e->argument[0], out))
    return PRODA_ERROR;
  out->value = proda_graph_one(l->graph, PRODA_OP_NEGATE, out->value);
  return PRODA_OK;
}

/** "kinetics == MM" is known when the variant is. */
static int choice_of(struct lowering *l, const struct proda_expression *e, size_t setting,
                     struct term *out)
{
  const struct proda_setting_spec *spec = &l->program->manifest->setting[setting];
  const struct proda_expression *choice = e->argument[1];
  char hint[PRODA_HINT_SIZE];
  size_t i = 0;
  if (choice->kind != PRODA_EXPRESSION_NAME)
    return proda_lower_refuse(l, choice->offset, "expected one of the choices of '%s'", spec->name);
  while (i < spec->n_choices && strcmp(spec->choice[i], choice->name) != 0)
    i++;
  if (i == spec->n_choices)
    return proda_lower_refuse(l, choice->offset, "'%s' has no choice '%.40s'%s", spec->name,
                              choice->name,
                              proda_hint(choice->name, spec->choice, spec->n_choices, hint));
  bool equal = l->setting[setting] == (double)i;
  *out =
      condition_of(proda_graph_number(l->graph, equal == (e->kind == PRODA_EXPRESSION_EQUAL)), 0);
  return PRODA_OK;
}

static int comparison_of(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  struct term a, b;
  bool equality = e->kind == PRODA_EXPRESSION_EQUAL || e->kind == PRODA_EXPRESSION_NOT_EQUAL;
  long setting = equality ? proda_lower_choice(l, e->argument[0]) : -1;
  if (setting >= 0)
    return choice_of(l, e, (size_t)setting, out);
  if (two_numbers(l, e, &a, &b))
    return PRODA_ERROR;
  if (!proda_lower_unify(l, &a, &b))
    return refuse_units(l, e, &a, &b);
  bool swap = e->kind == PRODA_EXPRESSION_GREATER || e->kind == PRODA_EXPRESSION_GREATER_EQUAL;
  enum proda_op op = equality ? PRODA_OP_EQUAL
                     : e->kind == PRODA_EXPRESSION_LESS || e->kind == PRODA_EXPRESSION_GREATER
                         ? PRODA_OP_LESS
                         : PRODA_OP_LESS_EQUAL;
  size_t value = proda_graph_two(l->graph, op, swap ? b.value : a.value, swap ? a.value : b.value);
  if (e->kind == PRODA_EXPRESSION_NOT_EQUAL)
    value = proda_graph_one(l->graph, PRODA_OP_NOT, value);
  *out = condition_of(value, a.dims | b.dims);
  return PRODA_OK;
}

static int logic_of(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  struct term b;
  if (proda_lower_condition(l, e->argument[0], out))
    return PRODA_ERROR;
  if (e->kind == PRODA_EXPRESSION_NOT) {
    *out = condition_of(proda_graph_one(l->graph, PRODA_OP_NOT, out->value), out->dims);
    return PRODA_OK;
  }
  if (proda_lower_condition(l, e->argument[1], &b))
    return PRODA_ERROR;
  enum proda_op op = e->kind == PRODA_EXPRESSION_AND ? PRODA_OP_AND : PRODA_OP_OR;
  *out = condition_of(proda_graph_two(l->graph, op, out->value, b.value), out->dims | b.dims);
  return PRODA_OK;
}

int proda_lower(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  switch (e->kind) {
  case PRODA_EXPRESSION_NUMBER:
    return number_of(l, e, out);
  case PRODA_EXPRESSION_NAME:
    return proda_lower_name(l, e, out);
  case PRODA_EXPRESSION_NEGATE:
    return negative_of(l, e, out);
  case PRODA_EXPRESSION_ADD:
  case PRODA_EXPRESSION_SUBTRACT:
    return sum_of(l, e, out);
  case PRODA_EXPRESSION_MULTIPLY:
  case PRODA_EXPRESSION_DIVIDE:
    return product_of(l, e, out);
  case PRODA_EXPRESSION_POWER:
    return power_of(l, e, out);
  case PRODA_EXPRESSION_AND:
  case PRODA_EXPRESSION_OR:
  case PRODA_EXPRESSION_NOT:
    return logic_of(l, e, out);
  case PRODA_EXPRESSION_CALL:
    return proda_lower_call(l, e, out);
  default:
    return comparison_of(l, e, out);
  }
}
