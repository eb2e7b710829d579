#include <math.h>

#include "formula/graph_list.h"
#include "formula/scalar.h"

static size_t make(struct proda_graph *graph, enum proda_op op, size_t n, const size_t *argument)
{
  struct proda_value value = {.op = op, .n_arguments = n, .condition = proda_op_is_condition(op)};
  for (size_t i = 0; i < n; i++) {
    value.argument[i] = argument[i];
    value.dims |= proda_graph_at(graph, argument[i])->dims;
    value.depends |= proda_graph_at(graph, argument[i])->depends;
  }
  return proda_graph_put(graph, &value);
}

static size_t make_two(struct proda_graph *graph, enum proda_op op, size_t a, size_t b)
{
  return make(graph, op, 2, (size_t[]){a, b});
}

size_t proda_graph_one(struct proda_graph *graph, enum proda_op op, size_t a)
{
  const struct proda_value *value = proda_graph_at(graph, a);
  if (value->op == PRODA_OP_NUMBER)
    return proda_graph_number(graph, proda_scalar(op, value->number, NAN));
  if (op == value->op && (op == PRODA_OP_NEGATE || op == PRODA_OP_NOT))
    return value->argument[0];
  return make(graph, op, 1, &a);
}

/** Whether `a` changes less often than `b`: fewer axes, or not with every draw. */
static bool is_cheaper(const struct proda_value *a, const struct proda_value *b)
{
  enum proda_level here = proda_value_level(a), there = proda_value_level(b);
  if (there >= PRODA_LEVEL_DRAW && here < PRODA_LEVEL_DRAW)
    return true;
  return here <= there && (a->dims | b->dims) == b->dims && a->dims != b->dims;
}

static size_t multiply(struct proda_graph *graph, size_t a, size_t b);

/** (p q) b as p (q b), where q and b change less often than p; 0 with `*done` false else. */
static size_t regroup(struct proda_graph *graph, size_t product, size_t b, bool *done)
{
  struct proda_value value = *proda_graph_at(graph, product), factor = *proda_graph_at(graph, b);
  for (int i = 0; value.op == PRODA_OP_MULTIPLY && i < 2; i++) {
    struct proda_value p = *proda_graph_at(graph, value.argument[i]),
                       q = *proda_graph_at(graph, value.argument[1 - i]);
    struct proda_value both = {.dims = q.dims | factor.dims, .depends = q.depends | factor.depends};
    if (is_cheaper(&q, &p) && is_cheaper(&factor, &p) && is_cheaper(&both, &p)) {
      *done = true;
      return multiply(graph, value.argument[i], multiply(graph, value.argument[1 - i], b));
    }
  }
  *done = false;
  return 0;
}

/** Whether a constant factor disappears in the value: in what is computed less often. */
static bool absorbs(const struct proda_graph *graph, size_t value)
{
  const struct proda_value *v = proda_graph_at(graph, value);
  if (proda_value_level(v) < PRODA_LEVEL_DRAW)
    return true;
  return v->op == PRODA_OP_MULTIPLY &&
         (proda_graph_level(graph, v->argument[0]) < PRODA_LEVEL_DRAW ||
          proda_graph_level(graph, v->argument[1]) < PRODA_LEVEL_DRAW);
}

static size_t multiply(struct proda_graph *graph, size_t a, size_t b)
{
  bool done;
  struct proda_value choice = *proda_graph_at(graph, a);
  if (proda_graph_is_number(graph, a) && !proda_graph_is_number(graph, b))
    return multiply(graph, b, a);
  if (proda_graph_is_number(graph, a))
    return proda_graph_number(graph,
                              proda_graph_at(graph, a)->number * proda_graph_at(graph, b)->number);
  if (proda_value_is(graph, b, 0) || proda_value_is(graph, b, 1))
    return proda_graph_at(graph, b)->number == 0 ? b : a;
  if (proda_value_is(graph, b, -1))
    return proda_graph_one(graph, PRODA_OP_NEGATE, a);
  if (proda_graph_is_number(graph, b) && choice.op == PRODA_OP_SELECT &&
      absorbs(graph, choice.argument[1]) && absorbs(graph, choice.argument[2]))
    return proda_graph_select(graph, choice.argument[0], multiply(graph, choice.argument[1], b),
                              multiply(graph, choice.argument[2], b));
  size_t regrouped = regroup(graph, a, b, &done);
  if (!done)
    regrouped = regroup(graph, b, a, &done);
  if (done)
    return regrouped;
  return make_two(graph, PRODA_OP_MULTIPLY, a, b);
}

/** Whether a division by b may become a product with its inverse, which is made less often. */
static bool is_hoistable(const struct proda_value *a, const struct proda_value *b)
{
  bool draws = proda_value_level(a) >= PRODA_LEVEL_DRAW || proda_value_level(b) >= PRODA_LEVEL_DRAW;
  bool fewer_axes = (a->dims | b->dims) == a->dims && a->dims != b->dims;
  return draws && (fewer_axes || is_cheaper(b, a));
}

static size_t divide(struct proda_graph *graph, size_t a, size_t b)
{
  if (proda_graph_is_number(graph, a) && proda_graph_is_number(graph, b))
    return proda_graph_number(graph,
                              proda_graph_at(graph, a)->number / proda_graph_at(graph, b)->number);
  if (proda_value_is(graph, a, 0) || proda_value_is(graph, b, 1))
    return a;
  if (!proda_value_is(graph, a, 1) &&
      is_hoistable(proda_graph_at(graph, a), proda_graph_at(graph, b)))
    return multiply(graph, a, divide(graph, proda_graph_number(graph, 1), b));
  return make_two(graph, PRODA_OP_DIVIDE, a, b);
}

static size_t add(struct proda_graph *graph, size_t a, size_t b)
{
  if (proda_value_is(graph, a, 0))
    return b;
  if (proda_value_is(graph, b, 0))
    return a;
  if (proda_graph_at(graph, b)->op == PRODA_OP_NEGATE)
    return proda_graph_two(graph, PRODA_OP_SUBTRACT, a, proda_graph_at(graph, b)->argument[0]);
  return make_two(graph, PRODA_OP_ADD, a, b);
}

static size_t subtract(struct proda_graph *graph, size_t a, size_t b)
{
  if (proda_value_is(graph, a, 0))
    return proda_graph_one(graph, PRODA_OP_NEGATE, b);
  if (proda_value_is(graph, b, 0))
    return a;
  if (proda_graph_at(graph, b)->op == PRODA_OP_NEGATE)
    return add(graph, a, proda_graph_at(graph, b)->argument[0]);
  return make_two(graph, PRODA_OP_SUBTRACT, a, b);
}

static size_t whole_power(struct proda_graph *graph, size_t base, unsigned n)
{
  if (n == 1)
    return base;
  size_t half = whole_power(graph, base, n / 2), square = multiply(graph, half, half);
  return n % 2 ? multiply(graph, square, base) : square;
}

static size_t power(struct proda_graph *graph, size_t base, size_t exponent)
{
  const double most = 8;
  double n = proda_graph_at(graph, exponent)->number;
  bool constant = proda_graph_is_number(graph, exponent);
  if (constant && n == 0)
    return proda_graph_number(graph, 1);
  if (constant && n == floor(n) && fabs(n) <= most) {
    size_t positive = whole_power(graph, base, (unsigned)fabs(n));
    return n > 0 ? positive : divide(graph, proda_graph_number(graph, 1), positive);
  }
  if (constant && n == 0.5)
    return proda_graph_one(graph, PRODA_OP_SQRT, base);
  if (proda_graph_level(graph, base) < PRODA_LEVEL_DRAW &&
      proda_graph_level(graph, exponent) < PRODA_LEVEL_DRAW)
    return make_two(graph, PRODA_OP_POWER, base, exponent);
  return proda_graph_one(graph, PRODA_OP_EXP,
                         multiply(graph, exponent, proda_graph_one(graph, PRODA_OP_LOG, base)));
}

/** AND and OR with a constant. */
static size_t join(struct proda_graph *graph, enum proda_op op, size_t a, size_t b)
{
  size_t constant = proda_graph_is_number(graph, a) ? a : b,
         other = proda_graph_is_number(graph, a) ? b : a;
  if (a == b)
    return a;
  if (!proda_graph_is_number(graph, constant))
    return make_two(graph, op, a, b);
  bool decides = (proda_graph_at(graph, constant)->number != 0) == (op == PRODA_OP_OR);
  return decides ? constant : other;
}

size_t proda_graph_two(struct proda_graph *graph, enum proda_op op, size_t a, size_t b)
{
  if (proda_graph_is_number(graph, a) && proda_graph_is_number(graph, b))
    return proda_graph_number(graph, proda_scalar(op, proda_graph_at(graph, a)->number,
                                                  proda_graph_at(graph, b)->number));
  switch (op) {
  case PRODA_OP_ADD:
    return add(graph, a, b);
  case PRODA_OP_SUBTRACT:
    return subtract(graph, a, b);
  case PRODA_OP_MULTIPLY:
    return multiply(graph, a, b);
  case PRODA_OP_DIVIDE:
    return divide(graph, a, b);
  case PRODA_OP_POWER:
    return power(graph, a, b);
  case PRODA_OP_AND:
  case PRODA_OP_OR:
    return join(graph, op, a, b);
  case PRODA_OP_MIN:
  case PRODA_OP_MAX:
    /* The constant first: a NaN of the other is then the result (lane_min). */
    if (a == b)
      return a;
    return proda_graph_is_number(graph, b) ? make_two(graph, op, b, a) : make_two(graph, op, a, b);
  default:
    return make_two(graph, op, a, b);
  }
}

size_t proda_graph_select(struct proda_graph *graph, size_t condition, size_t a, size_t b)
{
  if (proda_graph_is_number(graph, condition))
    return proda_graph_at(graph, condition)->number != 0 ? a : b;
  if (a == b)
    return a;
  return make(graph, PRODA_OP_SELECT, 3, (size_t[]){condition, a, b});
}
