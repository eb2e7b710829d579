/** @file graph_list.h
 * The list of a graph's values, for the files that make them: graph.c (leaves), simplify.c
 * (operations), graph_axis.c (over an axis, calls).
 */
#ifndef PRODA_FORMULA_GRAPH_LIST_H
#define PRODA_FORMULA_GRAPH_LIST_H

#include "formula/graph.h"

/** The place of this value, which is put to the list where it is not there. */
size_t proda_graph_put(struct proda_graph *graph, const struct proda_value *value);
/** A value; the number 0 where memory has run out. */
const struct proda_value *proda_graph_at(const struct proda_graph *graph, size_t value);
enum proda_level proda_graph_level(const struct proda_graph *graph, size_t value);
bool proda_graph_is_number(const struct proda_graph *graph, size_t value);
/** Whether the operation's result is a condition. */
bool proda_op_is_condition(enum proda_op op);

#endif
