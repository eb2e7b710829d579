#include "formula/graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formula/scalar.h"

struct proda_graph *proda_graph_new(const struct proda_grid *grid)
{
  struct proda_graph *graph = calloc(1, sizeof *graph);
  if (graph)
    graph->grid = grid;
  return graph;
}

void proda_graph_free(struct proda_graph *graph)
{
  if (!graph)
    return;
  free(graph->value);
  free(graph->slot);
  free(graph);
}

/* ---- the list, with the same value only once ---- */

static bool same(const struct proda_value *a, const struct proda_value *b)
{
  if (a->op != b->op || a->index != b->index || a->dims != b->dims ||
      a->n_arguments != b->n_arguments || memcmp(&a->number, &b->number, sizeof a->number) != 0)
    return false;
  for (size_t i = 0; i < a->n_arguments; i++)
    if (a->argument[i] != b->argument[i])
      return false;
  return true;
}

static size_t hash_of(const struct proda_value *value)
{
  uint64_t bits, h = (uint64_t)value->op * 31 + value->index;
  memcpy(&bits, &value->number, sizeof bits);
  h = (h ^ bits) * 0x9E3779B97F4A7C15u;
  for (size_t i = 0; i < value->n_arguments; i++)
    h = ((h ^ value->argument[i]) * 0x9E3779B97F4A7C15u) ^ (h >> 29);
  return (size_t)(h ^ (h >> 32));
}

/** The slot of `value`, or the free one where it belongs. Slots hold place + 1. */
static size_t *slot_of(const struct proda_graph *graph, const struct proda_value *value)
{
  size_t at = hash_of(value) % graph->n_slots;
  while (graph->slot[at] && !same(&graph->value[graph->slot[at] - 1], value))
    at = (at + 1) % graph->n_slots;
  return &graph->slot[at];
}

static bool grow(struct proda_graph *graph)
{
  size_t capacity = graph->capacity ? 2 * graph->capacity : 256;
  struct proda_value *value = realloc(graph->value, capacity * sizeof *value);
  if (value)
    graph->value = value;
  size_t *slot = calloc(2 * capacity, sizeof *slot);
  if (!value || !slot) {
    free(slot);
    return false;
  }
  free(graph->slot);
  graph->slot = slot;
  graph->n_slots = 2 * capacity;
  graph->capacity = capacity;
  for (size_t i = 0; i < graph->n; i++)
    *slot_of(graph, &graph->value[i]) = i + 1;
  return true;
}

static size_t put(struct proda_graph *graph, const struct proda_value *value)
{
  if (graph->failed || (graph->n == graph->capacity && !grow(graph))) {
    graph->failed = true;
    return 0;
  }
  size_t *slot = slot_of(graph, value);
  if (*slot == 0) {
    graph->value[graph->n] = *value;
    *slot = ++graph->n;
  }
  return *slot - 1;
}

static const struct proda_value *at(const struct proda_graph *graph, size_t value)
{
  static const struct proda_value nothing = {.op = PRODA_OP_NUMBER};
  return graph->failed ? &nothing : &graph->value[value];
}

enum proda_level proda_value_level(const struct proda_value *value)
{
  if (value->depends & PRODA_ON_POOLS)
    return PRODA_LEVEL_STATE;
  if (value->depends & PRODA_ON_PARAMETERS)
    return PRODA_LEVEL_DRAW;
  if (value->depends & PRODA_ON_DRIVERS)
    return PRODA_LEVEL_SITE;
  return value->depends ? PRODA_LEVEL_CREATE : PRODA_LEVEL_CONSTANT;
}

static enum proda_level level(const struct proda_graph *graph, size_t value)
{
  return proda_value_level(at(graph, value));
}

bool proda_value_is(const struct proda_graph *graph, size_t value, double number)
{
  return at(graph, value)->op == PRODA_OP_NUMBER && at(graph, value)->number == number;
}

static bool is_number(const struct proda_graph *graph, size_t value)
{
  return at(graph, value)->op == PRODA_OP_NUMBER;
}

/* ---- leaves ---- */

size_t proda_graph_number(struct proda_graph *graph, double number)
{
  struct proda_value value = {.op = PRODA_OP_NUMBER, .number = number == 0 ? 0 : number};
  return put(graph, &value);
}

size_t proda_graph_leaf(struct proda_graph *graph, enum proda_op op, size_t index, unsigned dims)
{
  static const unsigned depends[] = {
      [PRODA_OP_MONTHS] = PRODA_ON_SETTINGS,
      [PRODA_OP_SETTING] = PRODA_ON_SETTINGS,
      [PRODA_OP_GRID] = 0,
      [PRODA_OP_DRIVER] = PRODA_ON_DRIVERS,
      [PRODA_OP_PARAMETER] = PRODA_ON_PARAMETERS,
      [PRODA_OP_DIRECTION] = PRODA_ON_PARAMETERS,
      [PRODA_OP_POOL] = PRODA_ON_POOLS,
      [PRODA_OP_INFLOW] = PRODA_ON_POOLS,
      [PRODA_OP_BEFORE] = PRODA_ON_DRIVERS,
  };
  struct proda_value value = {.op = op, .index = index, .dims = dims, .depends = depends[op]};
  return put(graph, &value);
}

size_t proda_graph_mixing(struct proda_graph *graph, size_t k, const size_t driver[3])
{
  struct proda_value value = {.op = PRODA_OP_MIXING,
                              .index = k,
                              .dims = PRODA_DIM_LAYER,
                              .depends = PRODA_ON_DRIVERS,
                              .n_arguments = 3,
                              .argument = {driver[0], driver[1], driver[2]}};
  return put(graph, &value);
}

size_t proda_graph_before(struct proda_graph *graph)
{
  size_t n = 0;
  for (size_t i = 0; i < graph->n; i++)
    n += graph->value[i].op == PRODA_OP_BEFORE;
  return proda_graph_leaf(graph, PRODA_OP_BEFORE, n, PRODA_DIM_MONTH);
}

size_t proda_graph_periodic(struct proda_graph *graph, size_t before, double start, size_t step)
{
  struct proda_value value = {.op = PRODA_OP_PERIODIC,
                              .index = at(graph, before)->index,
                              .number = start,
                              .dims = PRODA_DIM_MONTH,
                              .depends = PRODA_ON_DRIVERS,
                              .n_arguments = 1,
                              .argument = {step}};
  return put(graph, &value);
}

void proda_graph_parts(const struct proda_graph *graph, size_t value, bool *part)
{
  part[value] = true;
  for (size_t i = value + 1; i-- > 0;)
    for (size_t k = 0; part[i] && k < graph->value[i].n_arguments; k++)
      part[graph->value[i].argument[k]] = true;
}

/* ---- operations ---- */

static bool is_condition(enum proda_op op)
{
  return op == PRODA_OP_NOT || op == PRODA_OP_PRESCRIBED || op == PRODA_OP_ANY ||
         op == PRODA_OP_ALL || (op >= PRODA_OP_LESS && op <= PRODA_OP_OR);
}

static size_t make(struct proda_graph *graph, enum proda_op op, size_t n, const size_t *argument)
{
  struct proda_value value = {.op = op, .n_arguments = n, .condition = is_condition(op)};
  for (size_t i = 0; i < n; i++) {
    value.argument[i] = argument[i];
    value.dims |= at(graph, argument[i])->dims;
    value.depends |= at(graph, argument[i])->depends;
  }
  return put(graph, &value);
}

static size_t make_two(struct proda_graph *graph, enum proda_op op, size_t a, size_t b)
{
  return make(graph, op, 2, (size_t[]){a, b});
}

size_t proda_graph_one(struct proda_graph *graph, enum proda_op op, size_t a)
{
  const struct proda_value *value = at(graph, a);
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
  struct proda_value value = *at(graph, product), factor = *at(graph, b);
  for (int i = 0; value.op == PRODA_OP_MULTIPLY && i < 2; i++) {
    struct proda_value p = *at(graph, value.argument[i]), q = *at(graph, value.argument[1 - i]);
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
  const struct proda_value *v = at(graph, value);
  if (proda_value_level(v) < PRODA_LEVEL_DRAW)
    return true;
  return v->op == PRODA_OP_MULTIPLY && (level(graph, v->argument[0]) < PRODA_LEVEL_DRAW ||
                                        level(graph, v->argument[1]) < PRODA_LEVEL_DRAW);
}

static size_t multiply(struct proda_graph *graph, size_t a, size_t b)
{
  bool done;
  struct proda_value choice = *at(graph, a);
  if (is_number(graph, a) && !is_number(graph, b))
    return multiply(graph, b, a);
  if (is_number(graph, a))
    return proda_graph_number(graph, at(graph, a)->number * at(graph, b)->number);
  if (proda_value_is(graph, b, 0) || proda_value_is(graph, b, 1))
    return at(graph, b)->number == 0 ? b : a;
  if (proda_value_is(graph, b, -1))
    return proda_graph_one(graph, PRODA_OP_NEGATE, a);
  if (is_number(graph, b) && choice.op == PRODA_OP_SELECT && absorbs(graph, choice.argument[1]) &&
      absorbs(graph, choice.argument[2]))
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
  if (is_number(graph, a) && is_number(graph, b))
    return proda_graph_number(graph, at(graph, a)->number / at(graph, b)->number);
  if (proda_value_is(graph, a, 0) || proda_value_is(graph, b, 1))
    return a;
  if (!proda_value_is(graph, a, 1) && is_hoistable(at(graph, a), at(graph, b)))
    return multiply(graph, a, divide(graph, proda_graph_number(graph, 1), b));
  return make_two(graph, PRODA_OP_DIVIDE, a, b);
}

static size_t add(struct proda_graph *graph, size_t a, size_t b)
{
  if (proda_value_is(graph, a, 0))
    return b;
  if (proda_value_is(graph, b, 0))
    return a;
  if (at(graph, b)->op == PRODA_OP_NEGATE)
    return proda_graph_two(graph, PRODA_OP_SUBTRACT, a, at(graph, b)->argument[0]);
  return make_two(graph, PRODA_OP_ADD, a, b);
}

static size_t subtract(struct proda_graph *graph, size_t a, size_t b)
{
  if (proda_value_is(graph, a, 0))
    return proda_graph_one(graph, PRODA_OP_NEGATE, b);
  if (proda_value_is(graph, b, 0))
    return a;
  if (at(graph, b)->op == PRODA_OP_NEGATE)
    return add(graph, a, at(graph, b)->argument[0]);
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
  double n = at(graph, exponent)->number;
  bool constant = is_number(graph, exponent);
  if (constant && n == 0)
    return proda_graph_number(graph, 1);
  if (constant && n == floor(n) && fabs(n) <= most) {
    size_t positive = whole_power(graph, base, (unsigned)fabs(n));
    return n > 0 ? positive : divide(graph, proda_graph_number(graph, 1), positive);
  }
  if (constant && n == 0.5)
    return proda_graph_one(graph, PRODA_OP_SQRT, base);
  if (level(graph, base) < PRODA_LEVEL_DRAW && level(graph, exponent) < PRODA_LEVEL_DRAW)
    return make_two(graph, PRODA_OP_POWER, base, exponent);
  return proda_graph_one(graph, PRODA_OP_EXP,
                         multiply(graph, exponent, proda_graph_one(graph, PRODA_OP_LOG, base)));
}

/** AND and OR with a constant. */
static size_t join(struct proda_graph *graph, enum proda_op op, size_t a, size_t b)
{
  size_t constant = is_number(graph, a) ? a : b, other = is_number(graph, a) ? b : a;
  if (a == b)
    return a;
  if (!is_number(graph, constant))
    return make_two(graph, op, a, b);
  bool decides = (at(graph, constant)->number != 0) == (op == PRODA_OP_OR);
  return decides ? constant : other;
}

size_t proda_graph_two(struct proda_graph *graph, enum proda_op op, size_t a, size_t b)
{
  if (is_number(graph, a) && is_number(graph, b))
    return proda_graph_number(graph, proda_scalar(op, at(graph, a)->number, at(graph, b)->number));
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
    return is_number(graph, b) ? make_two(graph, op, b, a) : make_two(graph, op, a, b);
  default:
    return make_two(graph, op, a, b);
  }
}

size_t proda_graph_select(struct proda_graph *graph, size_t condition, size_t a, size_t b)
{
  if (is_number(graph, condition))
    return at(graph, condition)->number != 0 ? a : b;
  if (a == b)
    return a;
  return make(graph, PRODA_OP_SELECT, 3, (size_t[]){condition, a, b});
}

/* ---- over an axis ---- */

/** The number that a value of grid and numbers alone has. */
static size_t fold(struct proda_graph *graph, size_t value)
{
  size_t L = graph->grid->n_layers;
  if (graph->failed || at(graph, value)->depends || at(graph, value)->dims)
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
  struct proda_value value = {
      .op = op, .index = axis, .condition = is_condition(op), .n_arguments = n, .argument = {a, b}};
  for (size_t i = 0; i < n; i++) {
    value.dims |= at(graph, value.argument[i])->dims;
    value.depends |= at(graph, value.argument[i])->depends;
  }
  value.dims = stays ? value.dims | axis : value.dims & ~axis;
  return fold(graph, put(graph, &value));
}

/** A sum of products, with the factors that do not vary along the axis before it. */
static size_t sum_of(struct proda_graph *graph, unsigned axis, size_t a)
{
  struct proda_value value = *at(graph, a);
  if (value.op == PRODA_OP_MULTIPLY)
    for (int i = 0; i < 2; i++)
      if (!(at(graph, value.argument[i])->dims & axis))
        return multiply(graph, value.argument[i], sum_of(graph, axis, value.argument[1 - i]));
  if (value.op == PRODA_OP_DIVIDE && !(at(graph, value.argument[1])->dims & axis))
    return divide(graph, sum_of(graph, axis, value.argument[0]), value.argument[1]);
  if (value.op == PRODA_OP_NEGATE)
    return proda_graph_one(graph, PRODA_OP_NEGATE, sum_of(graph, axis, value.argument[0]));
  return along(graph, PRODA_OP_SUM, axis, a, 0, 1);
}

size_t proda_graph_over(struct proda_graph *graph, enum proda_op op, unsigned axis, size_t a)
{
  bool varies = at(graph, a)->dims & axis;
  if (op == PRODA_OP_CUMULATIVE || op == PRODA_OP_BELOW)
    return proda_value_is(graph, a, 0) ? a : along(graph, op, axis, a, 0, 1);
  if (varies)
    return op == PRODA_OP_SUM ? sum_of(graph, axis, a) : along(graph, op, axis, a, 0, 1);
  if (op != PRODA_OP_SUM)
    return a;
  size_t n = axis == PRODA_DIM_LAYER ? proda_graph_number(graph, (double)graph->grid->n_layers)
                                     : proda_graph_leaf(graph, PRODA_OP_MONTHS, 0, 0);
  return multiply(graph, a, n);
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
    value.dims |= at(graph, argument[i])->dims;
    value.depends |= at(graph, argument[i])->depends;
  }
  /* Not known here: a call of numbers alone is computed when the instance is made. */
  if (!value.depends)
    value.depends = PRODA_ON_SETTINGS;
  return put(graph, &value);
}
