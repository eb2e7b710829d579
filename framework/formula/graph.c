#include <stdlib.h>
#include <string.h>

#include "core/bits.h"
#include "formula/graph_list.h"

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
      a->n_arguments != b->n_arguments || !proda_same_bits(a->number, b->number))
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

int proda_graph_failure(const struct proda_graph *graph, const char *path,
                        struct proda_error *error)
{
  if (graph->n < PRODA_GRAPH_MOST)
    return proda_error_set(error, "%s: out of memory", path);
  return proda_error_set(error,
                         "%s: the formulas and their derivatives come to more than %d operations, "
                         "the most that are accepted",
                         path, PRODA_GRAPH_MOST);
}

size_t proda_graph_put(struct proda_graph *graph, const struct proda_value *value)
{
  if (graph->failed || graph->n == PRODA_GRAPH_MOST ||
      (graph->n == graph->capacity && !grow(graph))) {
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

const struct proda_value *proda_graph_at(const struct proda_graph *graph, size_t value)
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

enum proda_level proda_graph_level(const struct proda_graph *graph, size_t value)
{
  return proda_value_level(proda_graph_at(graph, value));
}

bool proda_value_is(const struct proda_graph *graph, size_t value, double number)
{
  return proda_graph_at(graph, value)->op == PRODA_OP_NUMBER &&
         proda_graph_at(graph, value)->number == number;
}

bool proda_graph_is_number(const struct proda_graph *graph, size_t value)
{
  return proda_graph_at(graph, value)->op == PRODA_OP_NUMBER;
}

/* ---- leaves ---- */

size_t proda_graph_number(struct proda_graph *graph, double number)
{
  struct proda_value value = {.op = PRODA_OP_NUMBER, .number = number == 0 ? 0 : number};
  return proda_graph_put(graph, &value);
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
  return proda_graph_put(graph, &value);
}

size_t proda_graph_mixing(struct proda_graph *graph, size_t k, const size_t driver[3])
{
  struct proda_value value = {.op = PRODA_OP_MIXING,
                              .index = k,
                              .dims = PRODA_DIM_LAYER,
                              .depends = PRODA_ON_DRIVERS,
                              .n_arguments = 3,
                              .argument = {driver[0], driver[1], driver[2]}};
  return proda_graph_put(graph, &value);
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
                              .index = proda_graph_at(graph, before)->index,
                              .number = start,
                              .dims = PRODA_DIM_MONTH,
                              .depends = PRODA_ON_DRIVERS,
                              .n_arguments = 1,
                              .argument = {step}};
  return proda_graph_put(graph, &value);
}

void proda_graph_parts(const struct proda_graph *graph, size_t value, bool *part)
{
  part[value] = true;
  for (size_t i = value + 1; i-- > 0;)
    for (size_t k = 0; part[i] && k < graph->value[i].n_arguments; k++)
      part[graph->value[i].argument[k]] = true;
}

bool proda_op_is_condition(enum proda_op op)
{
  return op == PRODA_OP_NOT || op == PRODA_OP_PRESCRIBED || op == PRODA_OP_ANY ||
         op == PRODA_OP_ALL || (op >= PRODA_OP_LESS && op <= PRODA_OP_OR);
}
