/** @file graph.h
 * Formulas as a graph of values, each computed once: the same operation on the same arguments is
 * the same value. Arguments stand before what uses them, so that the order of the list is an order
 * of computation.
 *
 * Making a value simplifies: constants are folded; powers become products, roots or exponentials; a
 * factor that does not change in an inner loop, or between draws, leaves it. What remains says of
 * itself along which axes it varies and what it depends on.
 */
#ifndef PRODA_FORMULA_GRAPH_H
#define PRODA_FORMULA_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plugin/manifest.h"

enum proda_op {
  /* Leaves. `index` says which. */
  PRODA_OP_NUMBER,    /**< `number` */
  PRODA_OP_MONTHS,    /**< number of months of the forcing */
  PRODA_OP_SETTING,   /**< a setting's number */
  PRODA_OP_GRID,      /**< a row of enum proda_grid_row */
  PRODA_OP_DRIVER,    /**< in the manifest's unit */
  PRODA_OP_PARAMETER, /**< in the manifest's unit */
  PRODA_OP_DIRECTION, /**< change of a parameter, for tangents */
  PRODA_OP_POOL,      /**< state */
  PRODA_OP_INFLOW,    /**< what a pool receives per time, in closed forms of the state */
  PRODA_OP_MIXING,    /**< one of the coefficients of proda_mixing_site, [6][L]; three drivers */
  PRODA_OP_BEFORE,    /**< within recursion `index`: what the month before left */
  /* One argument. */
  PRODA_OP_NEGATE,
  PRODA_OP_NOT,
  PRODA_OP_EXP,
  PRODA_OP_LOG,
  PRODA_OP_SQRT,
  PRODA_OP_ABS,
  PRODA_OP_PRESCRIBED, /**< condition: the parameter is NaN */
  /* Two arguments. */
  PRODA_OP_ADD,
  PRODA_OP_SUBTRACT,
  PRODA_OP_MULTIPLY,
  PRODA_OP_DIVIDE,
  PRODA_OP_POWER,
  PRODA_OP_MIN,
  PRODA_OP_MAX,
  PRODA_OP_LESS, /**< conditions from here to OR */
  PRODA_OP_LESS_EQUAL,
  PRODA_OP_EQUAL,
  PRODA_OP_AND,
  PRODA_OP_OR,
  PRODA_OP_SELECT, /**< condition, value where it holds, value elsewhere */
  /* Over the axis that `index` names, an enum proda_dims. */
  PRODA_OP_SUM,
  PRODA_OP_LEAST,
  PRODA_OP_GREATEST,
  PRODA_OP_ANY, /**< conditions */
  PRODA_OP_ALL,
  PRODA_OP_CUMULATIVE, /**< over layers: sum down to and including this one */
  PRODA_OP_BELOW,      /**< over layers: sum of what lies below this one */
  PRODA_OP_CHANGE,     /**< over layers: here less above; the second argument is above the first */
  PRODA_OP_CALL,     /**< function `index` of the manifest; `number` 0, or 1 + the argument that its
                          derivative is with respect to */
  PRODA_OP_PERIODIC, /**< recursion `index` over the months, from `number`; a month's step */
};

enum proda_grid_row {
  PRODA_GRID_DZ,
  PRODA_GRID_NODE,
  PRODA_GRID_INTERFACE,
  PRODA_GRID_TOP, /**< upper face */
  PRODA_N_GRID_ROWS,
};

/** What a value depends on. */
enum proda_dependence {
  PRODA_ON_SETTINGS = 1, /**< also the number of months */
  PRODA_ON_DRIVERS = 2,
  PRODA_ON_PARAMETERS = 4,
  PRODA_ON_POOLS = 8, /**< also inflows */
};

/** When it can be computed at the earliest. */
enum proda_level {
  PRODA_LEVEL_CONSTANT, /**< by the generator; along layers as a table */
  PRODA_LEVEL_CREATE,   /**< once per instance */
  PRODA_LEVEL_SITE,     /**< once per site */
  PRODA_LEVEL_DRAW,
  PRODA_LEVEL_STATE,
};

enum {
  PRODA_VALUE_ARGUMENTS = 8,
  PRODA_GRAPH_MOST = 20000, /**< values: what walks down a graph stays within a stack */
};

struct proda_value {
  enum proda_op op;
  unsigned dims;    /**< bits of enum proda_dims */
  unsigned depends; /**< bits of enum proda_dependence */
  bool condition;
  double number;
  size_t index;
  size_t n_arguments;
  size_t argument[PRODA_VALUE_ARGUMENTS]; /**< values before this one */
};

struct proda_graph {
  size_t n;
  struct proda_value *value;
  const struct proda_grid *grid;
  bool failed; /**< memory ran out, or PRODA_GRAPH_MOST values: every value made since is 0 */
  /* of the implementation */
  size_t capacity, n_slots;
  size_t *slot;
};

struct proda_graph *proda_graph_new(const struct proda_grid *grid);
void proda_graph_free(struct proda_graph *graph);
/** Says why a graph of the manifest at `path` failed. */
int proda_graph_failure(const struct proda_graph *graph, const char *path,
                        struct proda_error *error);

/** Each returns the value's place in the list. */
size_t proda_graph_number(struct proda_graph *graph, double number);
size_t proda_graph_leaf(struct proda_graph *graph, enum proda_op op, size_t index, unsigned dims);
/** What the month before left, in a recursion of its own. */
size_t proda_graph_before(struct proda_graph *graph);
/** The recursion over the months of the record whose step, a value that `before` is part of, says
 * what a month leaves: iterated from `start` until the whole record repeats. */
size_t proda_graph_periodic(struct proda_graph *graph, size_t before, double start, size_t step);
/** Marks the values that `value` is made of, itself too: part[0..value]. */
void proda_graph_parts(const struct proda_graph *graph, size_t value, bool *part);
/** Mixing coefficient `k` of three drivers: active layer, that of last year, bedrock. */
size_t proda_graph_mixing(struct proda_graph *graph, size_t k, const size_t driver[3]);
size_t proda_graph_one(struct proda_graph *graph, enum proda_op op, size_t a);
size_t proda_graph_two(struct proda_graph *graph, enum proda_op op, size_t a, size_t b);
size_t proda_graph_select(struct proda_graph *graph, size_t condition, size_t a, size_t b);
/** SUM to BELOW. A sum over an axis along which the value does not vary multiplies. */
size_t proda_graph_over(struct proda_graph *graph, enum proda_op op, unsigned axis, size_t a);
size_t proda_graph_change(struct proda_graph *graph, size_t a, size_t surface);
size_t proda_graph_call(struct proda_graph *graph, size_t function, size_t derivative, size_t n,
                        const size_t *argument);

enum proda_level proda_value_level(const struct proda_value *value);
/** NUMBER, or its number. */
bool proda_value_is(const struct proda_graph *graph, size_t value, double number);

/** Numbers of every value that depends on settings and parameters only: out[n][L], along layers
 * where it varies, the same in all where it does not; NaN for the rest. `parameter` and `setting`
 * may be NULL: NaN. `months` stands for the number of months. */
void proda_graph_evaluate(const struct proda_graph *graph, const double *parameter,
                          const double *setting, double months, double *out);

/** The derivative with respect to pool `pool`, where the values of a layer follow those of the same
 * layer. */
size_t proda_graph_slope(struct proda_graph *graph, size_t value, size_t pool);
/** The derivative along DIRECTION, pools held. */
size_t proda_graph_tangent(struct proda_graph *graph, size_t value);

#endif
