/** @file scalar.h
 * Operations of the graph on numbers; conditions are 1 and 0.
 */
#ifndef PRODA_FORMULA_SCALAR_H
#define PRODA_FORMULA_SCALAR_H

#include "formula/graph.h"

/** NEGATE to OR; `b` is not read where there is one argument. */
double proda_scalar(enum proda_op op, double a, double b);

/** Row `row` of enum proda_grid_row. */
double proda_scalar_grid(const struct proda_grid *grid, size_t row, size_t layer);

#endif
