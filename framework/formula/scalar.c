#include "formula/scalar.h"

#include <math.h>
#include <stdlib.h>

double proda_scalar(enum proda_op op, double a, double b)
{
  switch (op) {
  case PRODA_OP_NEGATE:
    return -a;
  case PRODA_OP_NOT:
    return a == 0;
  case PRODA_OP_EXP:
    return exp(a);
  case PRODA_OP_LOG:
    return log(a);
  case PRODA_OP_SQRT:
    return sqrt(a);
  case PRODA_OP_ABS:
    return fabs(a);
  case PRODA_OP_PRESCRIBED:
    return isnan(a);
  case PRODA_OP_ADD:
    return a + b;
  case PRODA_OP_SUBTRACT:
    return a - b;
  case PRODA_OP_MULTIPLY:
    return a * b;
  case PRODA_OP_DIVIDE:
    return a / b;
  case PRODA_OP_POWER:
    return pow(a, b);
  case PRODA_OP_MIN: /* as lane_min and lane_max */
    return a < b ? a : b;
  case PRODA_OP_MAX:
    return a > b ? a : b;
  case PRODA_OP_LESS:
    return a < b;
  case PRODA_OP_LESS_EQUAL:
    return a <= b;
  case PRODA_OP_EQUAL:
    return a == b;
  case PRODA_OP_AND:
    return a != 0 && b != 0;
  case PRODA_OP_OR:
    return a != 0 || b != 0;
  default:
    return NAN;
  }
}

/* ---- all values of a graph ---- */

struct evaluation {
  const struct proda_graph *graph;
  const double *parameter, *setting;
  double months;
  size_t L;
  double *out; /* [n][L] */
};

double proda_scalar_grid(const struct proda_grid *grid, size_t row, size_t layer)
{
  const double *const depth[] = {grid->dz, grid->node, grid->interface};
  if (row == PRODA_GRID_TOP)
    return layer > 0 ? grid->interface[layer - 1] : 0;
  return depth[row][layer];
}

static double leaf_of(const struct evaluation *e, const struct proda_value *value, size_t layer)
{
  switch (value->op) {
  case PRODA_OP_NUMBER:
    return value->number;
  case PRODA_OP_MONTHS:
    return e->months;
  case PRODA_OP_SETTING:
    return e->setting ? e->setting[value->index] : NAN;
  case PRODA_OP_GRID:
    return proda_scalar_grid(e->graph->grid, value->index, layer);
  case PRODA_OP_PARAMETER:
    return e->parameter ? e->parameter[value->index] : NAN;
  default:
    return NAN;
  }
}

/** Two numbers of a reduction in one. */
static double combine(enum proda_op op, double so_far, double next)
{
  switch (op) {
  case PRODA_OP_LEAST:
    return proda_scalar(PRODA_OP_MIN, so_far, next);
  case PRODA_OP_GREATEST:
    return proda_scalar(PRODA_OP_MAX, so_far, next);
  case PRODA_OP_ANY:
    return proda_scalar(PRODA_OP_OR, so_far, next);
  case PRODA_OP_ALL:
    return proda_scalar(PRODA_OP_AND, so_far, next);
  default:
    return so_far + next;
  }
}

static double reduce(const struct evaluation *e, const struct proda_value *value, size_t last)
{
  const double *row = e->out + value->argument[0] * e->L;
  double result = row[0];
  for (size_t l = 1; l <= last; l++)
    result = combine(value->op, result, row[l]);
  return result;
}

static double below(const struct evaluation *e, const struct proda_value *value, size_t layer)
{
  double sum = 0;
  for (size_t l = e->L; --l > layer;)
    sum += e->out[value->argument[0] * e->L + l];
  return sum;
}

static double value_of(const struct evaluation *e, const struct proda_value *value, size_t layer)
{
  double argument[3] = {NAN, NAN, NAN};
  for (size_t i = 0; i < value->n_arguments && i < 3; i++)
    argument[i] = e->out[value->argument[i] * e->L + layer];
  switch (value->op) {
  case PRODA_OP_SELECT:
    return argument[0] != 0 ? argument[1] : argument[2];
  case PRODA_OP_SUM:
  case PRODA_OP_LEAST:
  case PRODA_OP_GREATEST:
  case PRODA_OP_ANY:
  case PRODA_OP_ALL:
    return reduce(e, value, e->L - 1);
  case PRODA_OP_CUMULATIVE:
    return reduce(e, value, layer);
  case PRODA_OP_BELOW:
    return below(e, value, layer);
  case PRODA_OP_CHANGE:
    return argument[0] - (layer > 0 ? e->out[value->argument[0] * e->L + layer - 1] : argument[1]);
  default:
    return value->op < PRODA_OP_NEGATE ? leaf_of(e, value, layer)
                                       : proda_scalar(value->op, argument[0], argument[1]);
  }
}

void proda_graph_evaluate(const struct proda_graph *graph, const double *parameter,
                          const double *setting, double months, double *out)
{
  const unsigned unknown = PRODA_ON_DRIVERS | PRODA_ON_POOLS;
  struct evaluation e = {graph, parameter, setting, months, graph->grid->n_layers, out};
  for (size_t i = 0; i < graph->n; i++) {
    const struct proda_value *value = &graph->value[i];
    bool known = !(value->depends & unknown) && value->op != PRODA_OP_CALL;
    for (size_t l = 0; l < e.L; l++)
      out[i * e.L + l] = known ? value_of(&e, value, l) : NAN;
  }
}
