#include <stdlib.h>

#include "formula/graph.h"

/** One derivative being taken: those of all values before, made where wanted. */
struct derivation {
  struct proda_graph *graph;
  enum proda_op seed; /* POOL: of this one; DIRECTION: along it */
  size_t index;       /* of the pool */
  size_t *known;      /* [n at the start]: derivative + 1 */
};

static size_t derivative(struct derivation *d, size_t value);

static size_t number(struct derivation *d, double x)
{
  return proda_graph_number(d->graph, x);
}

static size_t two(struct derivation *d, enum proda_op op, size_t a, size_t b)
{
  return proda_graph_two(d->graph, op, a, b);
}

static size_t times(struct derivation *d, size_t a, size_t b)
{
  return two(d, PRODA_OP_MULTIPLY, a, b);
}

static size_t of_leaf(struct derivation *d, const struct proda_value *leaf)
{
  if (d->seed == PRODA_OP_POOL)
    return number(d, leaf->op == PRODA_OP_POOL && leaf->index == d->index);
  if (leaf->op == PRODA_OP_PARAMETER)
    return proda_graph_leaf(d->graph, PRODA_OP_DIRECTION, leaf->index, 0);
  return number(d, 0);
}

/** (a' - q b') / b with q = a / b. */
static size_t of_quotient(struct derivation *d, size_t quotient, const struct proda_value *v)
{
  size_t a = derivative(d, v->argument[0]), b = derivative(d, v->argument[1]);
  size_t change = two(d, PRODA_OP_SUBTRACT, a, times(d, quotient, b));
  return two(d, PRODA_OP_DIVIDE, change, v->argument[1]);
}

static size_t of_product(struct derivation *d, const struct proda_value *v)
{
  size_t a = derivative(d, v->argument[0]), b = derivative(d, v->argument[1]);
  return two(d, PRODA_OP_ADD, times(d, a, v->argument[1]), times(d, v->argument[0], b));
}

/** MIN and MAX: of the one that was taken, as lane_min does. */
static size_t of_extreme(struct derivation *d, const struct proda_value *v)
{
  size_t a = v->argument[0], b = v->argument[1];
  size_t taken = v->op == PRODA_OP_MIN ? two(d, PRODA_OP_LESS, a, b) : two(d, PRODA_OP_LESS, b, a);
  return proda_graph_select(d->graph, taken, derivative(d, a), derivative(d, b));
}

static size_t of_one(struct derivation *d, size_t value, const struct proda_value *v)
{
  size_t a = v->argument[0], change = derivative(d, a);
  size_t zero = number(d, 0);
  switch (v->op) {
  case PRODA_OP_NEGATE:
    return proda_graph_one(d->graph, PRODA_OP_NEGATE, change);
  case PRODA_OP_EXP:
    return times(d, change, value);
  case PRODA_OP_LOG:
    return two(d, PRODA_OP_DIVIDE, change, a);
  case PRODA_OP_SQRT:
    /* At 0, where it has none, 0: what is cut off there must not spoil the rest. */
    return proda_graph_select(d->graph, two(d, PRODA_OP_LESS, zero, a),
                              two(d, PRODA_OP_DIVIDE, change, times(d, number(d, 2), value)), zero);
  case PRODA_OP_ABS:
    return proda_graph_select(d->graph, two(d, PRODA_OP_LESS, a, zero),
                              proda_graph_one(d->graph, PRODA_OP_NEGATE, change), change);
  default:
    return zero;
  }
}

/** LEAST and GREATEST: the mean over the places that have it. */
static size_t of_outermost(struct derivation *d, size_t value, const struct proda_value *v)
{
  unsigned axis = (unsigned)v->index;
  size_t a = v->argument[0], zero = number(d, 0), one = number(d, 1);
  size_t there = two(d, PRODA_OP_EQUAL, a, value);
  size_t change = proda_graph_select(d->graph, there, derivative(d, a), zero);
  size_t count = proda_graph_select(d->graph, there, one, zero);
  return two(d, PRODA_OP_DIVIDE, proda_graph_over(d->graph, PRODA_OP_SUM, axis, change),
             proda_graph_over(d->graph, PRODA_OP_SUM, axis, count));
}

static size_t of_call(struct derivation *d, const struct proda_value *v)
{
  size_t sum = number(d, 0);
  for (size_t i = 0; i < v->n_arguments; i++) {
    size_t change = derivative(d, v->argument[i]);
    if (proda_value_is(d->graph, change, 0))
      continue;
    size_t slope = proda_graph_call(d->graph, v->index, i + 1, v->n_arguments, v->argument);
    sum = two(d, PRODA_OP_ADD, sum, times(d, slope, change));
  }
  return sum;
}

static size_t of_value(struct derivation *d, size_t value)
{
  struct proda_value v = d->graph->value[value];
  switch (v.op) {
  case PRODA_OP_ADD:
  case PRODA_OP_SUBTRACT:
    return two(d, v.op, derivative(d, v.argument[0]), derivative(d, v.argument[1]));
  case PRODA_OP_MULTIPLY:
    return of_product(d, &v);
  case PRODA_OP_DIVIDE:
    return of_quotient(d, value, &v);
  case PRODA_OP_MIN:
  case PRODA_OP_MAX:
    return of_extreme(d, &v);
  case PRODA_OP_SELECT:
    return proda_graph_select(d->graph, v.argument[0], derivative(d, v.argument[1]),
                              derivative(d, v.argument[2]));
  case PRODA_OP_SUM:
  case PRODA_OP_CUMULATIVE:
  case PRODA_OP_BELOW:
    return proda_graph_over(d->graph, v.op, (unsigned)v.index, derivative(d, v.argument[0]));
  case PRODA_OP_CHANGE:
    return proda_graph_change(d->graph, derivative(d, v.argument[0]), derivative(d, v.argument[1]));
  case PRODA_OP_LEAST:
  case PRODA_OP_GREATEST:
    return of_outermost(d, value, &v);
  case PRODA_OP_CALL:
    return of_call(d, &v);
  default:
    return v.op < PRODA_OP_NEGATE ? of_leaf(d, &v) : of_one(d, value, &v);
  }
}

static size_t derivative(struct derivation *d, size_t value)
{
  unsigned on = d->seed == PRODA_OP_POOL ? PRODA_ON_POOLS : PRODA_ON_PARAMETERS;
  const struct proda_value *v = &d->graph->value[value];
  if (v->condition || !(v->depends & on))
    return number(d, 0);
  if (!d->known[value])
    d->known[value] = of_value(d, value) + 1;
  return d->known[value] - 1;
}

static size_t derive(struct proda_graph *graph, size_t value, enum proda_op seed, size_t index)
{
  struct derivation d = {graph, seed, index, NULL};
  if (graph->failed)
    return 0;
  d.known = calloc(graph->n, sizeof *d.known);
  if (!d.known) {
    graph->failed = true;
    return 0;
  }
  size_t made = derivative(&d, value);
  free(d.known);
  return made;
}

size_t proda_graph_slope(struct proda_graph *graph, size_t value, size_t pool)
{
  return derive(graph, value, PRODA_OP_POOL, pool);
}

size_t proda_graph_tangent(struct proda_graph *graph, size_t value)
{
  return derive(graph, value, PRODA_OP_DIRECTION, 0);
}
