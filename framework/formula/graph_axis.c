#include <math.h>
#include <stdlib.h>

#include "formula/graph_list.h"

/** The number that a value of grid and numbers alone has. */
static size_t fold(struct proda_graph *graph, size_t value)
{
  size_t L = graph->grid->n_layers;
  if (graph->failed || proda_graph_at(graph, value)->depends || proda_graph_at(graph, value)->dims)
    return value;
  double *number = calloc(graph->n * L, sizeof *number);
  if (!number) {
    graph->failed = true;
    return 0;
  }
  proda_graph_evaluate(graph, NULL, NULL, NAN, number);
  double folded = number[value * L];
  free(number);
  return proda_graph_number(graph, folded);
}

static size_t along(struct proda_graph *graph, enum proda_op op, unsigned axis, size_t a, size_t b,
                    size_t n)
{
  bool stays = op >= PRODA_OP_CUMULATIVE;
  struct proda_value value = {.op = op,
                              .index = axis,
                              .condition = proda_op_is_condition(op),
                              .n_arguments = n,
                              .argument = {a, b}};
  for (size_t i = 0; i < n; i++) {
    value.dims |= proda_graph_at(graph, value.argument[i])->dims;
    value.depends |= proda_graph_at(graph, value.argument[i])->depends;
  }
  value.dims = stays ? value.dims | axis : value.dims & ~axis;
  return fold(graph, proda_graph_put(graph, &value));
}

/** A sum of products, with the factors that do not vary along the axis before it. */
static size_t sum_of(struct proda_graph *graph, unsigned axis, size_t a)
{
  struct proda_value value = *proda_graph_at(graph, a);
  if (value.op == PRODA_OP_MULTIPLY)
    for (int i = 0; i < 2; i++)
      if (!(proda_graph_at(graph, value.argument[i])->dims & axis))
        return proda_graph_two(graph, PRODA_OP_MULTIPLY, value.argument[i],
                               sum_of(graph, axis, value.argument[1 - i]));
  if (value.op == PRODA_OP_DIVIDE && !(proda_graph_at(graph, value.argument[1])->dims & axis))
    return proda_graph_two(graph, PRODA_OP_DIVIDE, sum_of(graph, axis, value.argument[0]),
                           value.argument[1]);
  if (value.op == PRODA_OP_NEGATE)
    return proda_graph_one(graph, PRODA_OP_NEGATE, sum_of(graph, axis, value.argument[0]));
  return along(graph, PRODA_OP_SUM, axis, a, 0, 1);
}

size_t proda_graph_over(struct proda_graph *graph, enum proda_op op, unsigned axis, size_t a)
{
  bool varies = proda_graph_at(graph, a)->dims & axis;
  if (op == PRODA_OP_CUMULATIVE || op == PRODA_OP_BELOW)
    return proda_value_is(graph, a, 0) ? a : along(graph, op, axis, a, 0, 1);
  if (varies)
    return op == PRODA_OP_SUM ? sum_of(graph, axis, a) : along(graph, op, axis, a, 0, 1);
  if (op != PRODA_OP_SUM)
    return a;
  size_t n = axis == PRODA_DIM_LAYER ? proda_graph_number(graph, (double)graph->grid->n_layers)
                                     : proda_graph_leaf(graph, PRODA_OP_MONTHS, 0, 0);
  return proda_graph_two(graph, PRODA_OP_MULTIPLY, a, n);
}

size_t proda_graph_change(struct proda_graph *graph, size_t a, size_t surface)
{
  if (proda_value_is(graph, a, 0) && proda_value_is(graph, surface, 0))
    return a;
  return along(graph, PRODA_OP_CHANGE, PRODA_DIM_LAYER, a, surface, 2);
}

size_t proda_graph_call(struct proda_graph *graph, size_t function, size_t derivative, size_t n,
                        const size_t *argument)
{
  struct proda_value value = {
      .op = PRODA_OP_CALL, .index = function, .number = (double)derivative, .n_arguments = n};
  for (size_t i = 0; i < n; i++) {
    value.argument[i] = argument[i];
    value.dims |= proda_graph_at(graph, argument[i])->dims;
    value.depends |= proda_graph_at(graph, argument[i])->depends;
  }
  /* Not known here: a call of numbers alone is computed when the instance is made. */
  if (!value.depends)
    value.depends = PRODA_ON_SETTINGS;
  return proda_graph_put(graph, &value);
}
