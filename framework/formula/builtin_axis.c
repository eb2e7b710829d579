#include "formula/builtin.h"

static int over_axis(struct lowering *l, const struct proda_expression *e, enum proda_op op,
                     struct term *out)
{
  unsigned axis = proda_lower_axis(e->argument[0]);
  bool condition = op == PRODA_OP_ANY || op == PRODA_OP_ALL;
  const struct proda_expression *x = e->argument[1];
  if (condition ? proda_lower_condition(l, x, out) : proda_lower_number(l, x, out))
    return PRODA_ERROR;
  if (!(out->dims & axis))
    return proda_lower_refuse(l, x->offset,
                              "this does not vary by %s, so that %s(%s, ...) has no "
                              "meaning",
                              e->argument[0]->name, e->name, e->argument[0]->name);
  out->value = proda_graph_over(l->graph, op, axis, out->value);
  out->dims &= ~axis;
  return PRODA_OK;
}

static int reduce(struct lowering *l, const struct proda_expression *e, enum proda_op op,
                  const char *face, struct term *out)
{
  if (proda_lower_count(l, e, 2, 2, face))
    return PRODA_ERROR;
  if (!proda_lower_axis(e->argument[0]))
    return proda_lower_refuse(l, e->argument[0]->offset,
                              "expected 'month' or 'layer' as the first argument of %s", face);
  return over_axis(l, e, op, out);
}

int proda_builtin_sum(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  return reduce(l, e, PRODA_OP_SUM, "sum(month|layer, x)", out);
}

int proda_builtin_mean(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  if (reduce(l, e, PRODA_OP_SUM, "mean(month|layer, x)", out))
    return PRODA_ERROR;
  size_t n = proda_lower_axis(e->argument[0]) == PRODA_DIM_LAYER
                 ? proda_graph_number(l->graph, (double)l->graph->grid->n_layers)
                 : proda_graph_leaf(l->graph, PRODA_OP_MONTHS, 0, 0);
  out->value = proda_graph_two(l->graph, PRODA_OP_DIVIDE, out->value, n);
  return PRODA_OK;
}

int proda_builtin_any(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  return reduce(l, e, PRODA_OP_ANY, "any(month|layer, condition)", out);
}

int proda_builtin_all(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  return reduce(l, e, PRODA_OP_ALL, "all(month|layer, condition)", out);
}

static int extreme(struct lowering *l, const struct proda_expression *e, enum proda_op over,
                   enum proda_op of, const char *face, struct term *out)
{
  if (e->n_arguments == 2 && proda_lower_axis(e->argument[0]))
    return reduce(l, e, over, face, out);
  if (proda_lower_count(l, e, 2, PRODA_EXPRESSION_ARGUMENTS, face) ||
      proda_lower_number(l, e->argument[0], out))
    return PRODA_ERROR;
  for (size_t i = 1; i < e->n_arguments; i++) {
    struct term next;
    if (proda_builtin_like(l, e, i, out, &next))
      return PRODA_ERROR;
    out->value = proda_graph_two(l->graph, of, out->value, next.value);
    out->dims |= next.dims;
    out->bare = out->bare && next.bare;
  }
  return PRODA_OK;
}

int proda_builtin_min(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  return extreme(l, e, PRODA_OP_LEAST, PRODA_OP_MIN, "min(x, y, ...) or min(month|layer, x)", out);
}

int proda_builtin_max(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  return extreme(l, e, PRODA_OP_GREATEST, PRODA_OP_MAX, "max(x, y, ...) or max(month|layer, x)",
                 out);
}

static int refuse_months(struct lowering *l, const struct proda_expression *x, const char *name,
                         const struct term *term)
{
  if (term->dims & PRODA_DIM_MONTH)
    return proda_lower_refuse(l, x->offset,
                              "%s(layer, x) needs a value without months; take its mean(month, "
                              "...) first",
                              name);
  return PRODA_OK;
}

static int demand_layer(const struct lowering *l, const struct proda_expression *e,
                        const char *face)
{
  if (proda_lower_axis(e->argument[0]) == PRODA_DIM_LAYER)
    return PRODA_OK;
  return proda_lower_refuse(l, e->argument[0]->offset,
                            "expected 'layer' as the first argument of %s", face);
}

static int sum_along(struct lowering *l, const struct proda_expression *e, enum proda_op op,
                     const char *face, struct term *out)
{
  if (proda_lower_count(l, e, 2, 2, face) || demand_layer(l, e, face) ||
      proda_lower_number(l, e->argument[1], out) || refuse_months(l, e->argument[1], e->name, out))
    return PRODA_ERROR;
  out->value = proda_graph_over(l->graph, op, PRODA_DIM_LAYER, out->value);
  out->dims |= PRODA_DIM_LAYER;
  return PRODA_OK;
}

int proda_builtin_cumulative(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  return sum_along(l, e, PRODA_OP_CUMULATIVE, "cumulative(layer, x)", out);
}

int proda_builtin_below(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  return sum_along(l, e, PRODA_OP_BELOW, "below(layer, x)", out);
}

int proda_builtin_change(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  const char *face = "change(layer, x, above the first layer)";
  struct term surface;
  if (proda_lower_count(l, e, 3, 3, face) || demand_layer(l, e, face) ||
      proda_lower_number(l, e->argument[1], out) || proda_builtin_like(l, e, 2, out, &surface) ||
      refuse_months(l, e->argument[1], e->name, out) ||
      refuse_months(l, e->argument[2], e->name, &surface))
    return PRODA_ERROR;
  if (surface.dims)
    return proda_lower_refuse(l, e->argument[2]->offset,
                              "what is above the first layer cannot vary by layer");
  out->value = proda_graph_change(l->graph, out->value, surface.value);
  out->dims |= PRODA_DIM_LAYER;
  return PRODA_OK;
}
