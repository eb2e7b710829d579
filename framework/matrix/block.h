/** @file block.h
 * What structure.c, block.c and judge.c share: the structure and the block behind structure.h.
 */
#ifndef PRODA_MATRIX_BLOCK_H
#define PRODA_MATRIX_BLOCK_H

#include "matrix/plan.h"
#include "matrix/steady.h"
#include "matrix/structure.h"

/** LAPACK's rcond below the rounding unit is near singular: the published rule
 * (doc/decisions/0007). */
#define PRODA_RCOND_LEAST 0x1p-52

struct proda_structure {
  const struct proda_manifest *manifest;
  const struct proda_model_ops *ops;
  void *model;
  const struct proda_nonlinear_ops *nonlinear;   /* NULL where all is linear */
  const struct proda_quantities_ops *quantities; /* NULL where the manifest states none */
  struct proda_plan *plan;
  size_t site_size, carry_size, n_months;
  bool *proven; /* [n_channels]: fractions are numbers, which the manifest's reader has summed */
};

struct proda_block {
  lane rcond, balance, growth;
  const struct proda_structure *structure;
  lane *memory; /* from which the arrays below are cut */
  lane *site, *parameter;
  lane *density, *area; /* [L]: what one unit of a pool is in gC m-3, in gC m-2 */
  struct proda_terms terms;
  struct proda_steady steady;
  double *matrix; /* [proda_stability_size], where stability is wanted */
  unsigned wants;
  enum proda_solve_status status[PRODA_LANES];
};

/** Gives every lane its status, from the state and what the search says of it, and computes what is
 * wanted. */
void proda_block_judge(struct proda_block *block, const struct proda_nonlinear *search);

#endif
