/** @file elimination.h
 * Block-tridiagonal systems of few pools on lanes, without pivoting: see steady.h.
 *
 * Layers are eliminated from both ends to the middle. The inverse diagonal blocks stay, so that the
 * transposed system is solved without a division.
 */
#ifndef PRODA_MATRIX_ELIMINATION_H
#define PRODA_MATRIX_ELIMINATION_H

#include <stddef.h>

#include <proda/lane.h>

/** m pools in n_layers layers; transport couples a layer with its neighbours, the same for every
 * pool that moves. */
struct proda_system {
  size_t m, n_layers;        /**< m up to PRODA_MAX_COMPONENT */
  size_t n_moving;           /**< pools that are transported */
  const double *moves;       /**< [m]: 1 where the pool is transported, else 0 */
  const lane *lower, *upper; /**< [n_layers]: what couples layer l with l-1, with l+1 */
  lane *block; /**< [n_layers][m][m]: diagonal blocks; their inverse once eliminated */
  lane *x;     /**< [n_layers][m]: right-hand side, then solution */
};

/** Solves M x = b; `block` holds the inverse blocks afterwards. */
void proda_system_solve(const struct proda_system *system);

/** Solves M^T x = b with the inverse blocks that proda_system_solve left. */
void proda_system_solve_transposed(const struct proda_system *system);

#endif
