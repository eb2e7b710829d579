/** @file blocks.h
 * Block-tridiagonal systems of few unknowns a layer on lanes, with pivoting inside the blocks: for
 * Jacobians, which need not be M-matrices (elimination.h). Each lane pivots by itself.
 */
#ifndef PRODA_MATRIX_BLOCKS_H
#define PRODA_MATRIX_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>

#include <proda/lane.h>

/** m unknowns in each of n_layers layers. */
struct proda_blocks {
  size_t m, n_layers; /**< m up to PRODA_MAX_COMPONENT */
  lane *block; /**< [n_layers][m][m]: diagonal blocks; once factored, inverses of the reduced ones
                */
  /** [n_layers][m]: what row i of layer l has for unknown i of layer l-1, of l+1; NULL where layers
   * stand alone. */
  lane *lower, *upper;
};

/** Factors layers [first, first + n) that stand alone, or all where they are coupled. */
void proda_blocks_factor(const struct proda_blocks *blocks, size_t first, size_t n);

/** Solves in x [n_layers][m], right-hand side then solution, for the same layers. */
void proda_blocks_solve(const struct proda_blocks *blocks, size_t first, size_t n, lane *x);

#endif
