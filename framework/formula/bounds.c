#include "formula/bounds.h"

#include <math.h>
#include <stdlib.h>

#include "formula/scalar.h"

struct bounding {
  const struct proda_graph *graph;
  const struct proda_manifest *manifest;
  const double *setting;
  double months;
  size_t L;
  struct proda_bounds *out; /* [n][L] */
};

static const struct proda_bounds anything = {-INFINITY, INFINITY};
static const struct proda_bounds either = {0, 1}; /* a condition that depends */

static struct proda_bounds point(double x)
{
  return isnan(x) ? anything : (struct proda_bounds){x, x};
}

/** The same where a sum or product has left the numbers: infinity less infinity. */
static struct proda_bounds sane(struct proda_bounds x)
{
  return (struct proda_bounds){isnan(x.lower) ? -INFINITY : x.lower,
                               isnan(x.upper) ? INFINITY : x.upper};
}

static struct proda_bounds hull(struct proda_bounds a, struct proda_bounds b)
{
  return (struct proda_bounds){fmin(a.lower, b.lower), fmax(a.upper, b.upper)};
}

/* ---- arithmetic ---- */

static struct proda_bounds add(struct proda_bounds a, struct proda_bounds b)
{
  return sane((struct proda_bounds){a.lower + b.lower, a.upper + b.upper});
}

static struct proda_bounds negative(struct proda_bounds a)
{
  return (struct proda_bounds){-a.upper, -a.lower};
}

/** 0 times infinity is 0: what is bounded by infinity is finite. */
static double times(double a, double b)
{
  return a == 0 || b == 0 ? 0 : a * b;
}

static struct proda_bounds multiply(struct proda_bounds a, struct proda_bounds b)
{
  double p = times(a.lower, b.lower), q = times(a.lower, b.upper), r = times(a.upper, b.lower),
         s = times(a.upper, b.upper);
  return (struct proda_bounds){fmin(fmin(p, q), fmin(r, s)), fmax(fmax(p, q), fmax(r, s))};
}

static struct proda_bounds square(struct proda_bounds a)
{
  double most = fmax(-a.lower, a.upper), least = a.lower > 0 ? a.lower : a.upper < 0 ? a.upper : 0;
  return (struct proda_bounds){least * least, most * most};
}

static struct proda_bounds inverse(struct proda_bounds a)
{
  if (a.lower < 0 && a.upper > 0)
    return anything;
  if (a.lower == 0 && a.upper == 0)
    return anything;
  return (struct proda_bounds){a.upper == 0 ? -INFINITY : 1 / a.upper,
                               a.lower == 0 ? INFINITY : 1 / a.lower};
}

static struct proda_bounds absolute(struct proda_bounds a)
{
  if (a.lower >= 0)
    return a;
  return a.upper <= 0 ? negative(a) : (struct proda_bounds){0, fmax(-a.lower, a.upper)};
}

/** exp(b log a), where a is not negative: it grows or falls in each, so that corners bound it. */
static struct proda_bounds power(struct proda_bounds a, struct proda_bounds b)
{
  if (!(a.lower >= 0))
    return anything;
  double p = pow(a.lower, b.lower), q = pow(a.lower, b.upper), r = pow(a.upper, b.lower),
         s = pow(a.upper, b.upper);
  return sane((struct proda_bounds){fmin(fmin(p, q), fmin(r, s)), fmax(fmax(p, q), fmax(r, s))});
}

/** Of functions that grow. */
static struct proda_bounds growing(enum proda_op op, struct proda_bounds a, struct proda_bounds b)
{
  return (struct proda_bounds){proda_scalar(op, a.lower, b.lower),
                               proda_scalar(op, a.upper, b.upper)};
}

static struct proda_bounds from_0(struct proda_bounds a)
{
  return (struct proda_bounds){fmax(a.lower, 0), fmax(a.upper, 0)};
}

/* ---- conditions ---- */

static struct proda_bounds certain(bool holds, bool fails)
{
  return holds ? point(1) : fails ? point(0) : either;
}

static struct proda_bounds compare(enum proda_op op, struct proda_bounds a, struct proda_bounds b)
{
  bool apart = a.upper < b.lower || b.upper < a.lower;
  if (op == PRODA_OP_LESS)
    return certain(a.upper < b.lower, a.lower >= b.upper);
  if (op == PRODA_OP_LESS_EQUAL)
    return certain(a.upper <= b.lower, a.lower > b.upper);
  return certain(a.lower == a.upper && b.lower == b.upper && a.lower == b.lower, apart);
}

/* ---- leaves ---- */

static struct proda_bounds of_setting(const struct bounding *s, size_t setting)
{
  const struct proda_setting_spec *spec = &s->manifest->setting[setting];
  if (spec->type == PRODA_SETTING_CHOICE || spec->type == PRODA_SETTING_BOOLEAN)
    return point(s->setting[setting]);
  return (struct proda_bounds){spec->minimum, spec->maximum};
}

static struct proda_bounds of_leaf(const struct bounding *s, const struct proda_value *value,
                                   size_t layer)
{
  const struct proda_prior *prior;
  switch (value->op) {
  case PRODA_OP_NUMBER:
    return point(value->number);
  case PRODA_OP_MONTHS:
    return point(s->months);
  case PRODA_OP_SETTING:
    return of_setting(s, value->index);
  case PRODA_OP_GRID:
    return point(proda_scalar_grid(s->graph->grid, value->index, layer));
  case PRODA_OP_PARAMETER:
    prior = &s->manifest->parameter[value->index].prior;
    return (struct proda_bounds){prior->lower, prior->upper};
  case PRODA_OP_POOL:
  case PRODA_OP_INFLOW:
    return (struct proda_bounds){0, INFINITY};
  default:
    return anything;
  }
}

/* ---- over an axis ---- */

static struct proda_bounds combine(enum proda_op op, struct proda_bounds so_far,
                                   struct proda_bounds next)
{
  switch (op) {
  case PRODA_OP_LEAST:
    return growing(PRODA_OP_MIN, so_far, next);
  case PRODA_OP_GREATEST:
    return growing(PRODA_OP_MAX, so_far, next);
  case PRODA_OP_ANY:
    return growing(PRODA_OP_OR, so_far, next);
  case PRODA_OP_ALL:
    return growing(PRODA_OP_AND, so_far, next);
  default:
    return add(so_far, next);
  }
}

/** Layers first..last of the argument; months are bounded together. */
static struct proda_bounds reduce(const struct bounding *s, const struct proda_value *value,
                                  size_t first, size_t last)
{
  const struct proda_bounds *row = s->out + value->argument[0] * s->L;
  if (first > last)
    return point(0);
  struct proda_bounds all = row[first];
  for (size_t l = first + 1; l <= last; l++)
    all = combine(value->op, all, row[l]);
  return all;
}

static struct proda_bounds over(const struct bounding *s, const struct proda_value *value,
                                size_t layer)
{
  struct proda_bounds here = s->out[value->argument[0] * s->L + layer];
  if (value->op == PRODA_OP_CUMULATIVE)
    return reduce(s, value, 0, layer);
  if (value->op == PRODA_OP_BELOW)
    return reduce(s, value, layer + 1, s->L - 1);
  if (value->op == PRODA_OP_CHANGE)
    return add(here, negative(s->out[value->argument[layer == 0] * s->L + layer - (layer > 0)]));
  if (value->index == PRODA_DIM_LAYER)
    return reduce(s, value, 0, s->L - 1);
  return value->op == PRODA_OP_SUM ? multiply(here, point(s->months)) : here;
}

/* ---- all values ---- */

static struct proda_bounds choose(struct proda_bounds condition, struct proda_bounds a,
                                  struct proda_bounds b)
{
  if (condition.lower > 0)
    return a;
  return condition.upper < 1 ? b : hull(a, b);
}

static struct proda_bounds of_value(const struct bounding *s, const struct proda_value *value,
                                    size_t layer)
{
  struct proda_bounds a[3] = {anything, anything, anything};
  for (size_t i = 0; i < value->n_arguments && i < 3; i++)
    a[i] = s->out[value->argument[i] * s->L + layer];
  if (value->op >= PRODA_OP_SUM && value->op <= PRODA_OP_CHANGE)
    return over(s, value, layer);
  switch (value->op) {
  case PRODA_OP_NEGATE:
    return negative(a[0]);
  case PRODA_OP_NOT:
    return (struct proda_bounds){1 - a[0].upper, 1 - a[0].lower};
  case PRODA_OP_LOG:
  case PRODA_OP_SQRT:
    return growing(value->op, from_0(a[0]), from_0(a[0]));
  case PRODA_OP_ABS:
    return absolute(a[0]);
  case PRODA_OP_PRESCRIBED:
    return either;
  case PRODA_OP_SUBTRACT:
    return add(a[0], negative(a[1]));
  case PRODA_OP_MULTIPLY:
    return value->argument[0] == value->argument[1] ? square(a[0]) : multiply(a[0], a[1]);
  case PRODA_OP_DIVIDE:
    return multiply(a[0], inverse(a[1]));
  case PRODA_OP_POWER:
    return power(a[0], a[1]);
  case PRODA_OP_LESS:
  case PRODA_OP_LESS_EQUAL:
  case PRODA_OP_EQUAL:
    return compare(value->op, a[0], a[1]);
  case PRODA_OP_ADD:
    return add(a[0], a[1]);
  case PRODA_OP_EXP:
  case PRODA_OP_MIN:
  case PRODA_OP_MAX:
  case PRODA_OP_AND:
  case PRODA_OP_OR:
    return growing(value->op, a[0], a[1]);
  case PRODA_OP_SELECT:
    return choose(a[0], a[1], a[2]);
  default:
    return of_leaf(s, value, layer);
  }
}

void proda_graph_bounds(const struct proda_graph *graph, const struct proda_manifest *manifest,
                        const double *setting, double months, struct proda_bounds *out)
{
  struct bounding s = {graph, manifest, setting, months, graph->grid->n_layers, out};
  for (size_t i = 0; i < graph->n; i++)
    for (size_t l = 0; l < s.L; l++)
      out[i * s.L + l] = of_value(&s, &graph->value[i], l);
}
