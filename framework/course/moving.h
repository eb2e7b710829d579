/** @file moving.h
 * What dynamics.c and correction.c share: the problem behind dynamics.h.
 */
#ifndef PRODA_COURSE_MOVING_H
#define PRODA_COURSE_MOVING_H

#include "course/dynamics.h"
#include "matrix/balance.h"
#include "matrix/blocks.h"

/* Numbers of one month, out of its lane. */
struct month_terms {
  double *input;    /* [n_pools][L] */
  double *modifier; /* [n_channels][L] */
  double *fraction; /* [n_transfers][L] */
  double *lost;     /* [n_channels][L]: what no pool receives */
  double *band;     /* [3][L] */
};

/* Derivatives at the state where they were computed last. */
struct derivatives {
  double *flux;                  /* [n_channels][L]: of a channel's carbon by its donor, at rate */
  double *slope;                 /* [n_slopes][L]: by the pool that the rate depends on */
  struct proda_blocks *jacobian; /* [n_components] */
  struct proda_blocks *factored; /* [n_components]: I - gamma J */
  double gamma;
};

struct proda_dynamics {
  const struct proda_manifest *manifest;
  const struct proda_plan *plan;
  const struct proda_months *months;
  struct proda_block *block; /* of the month that is held, and its lane there */
  int slot;
  size_t n_losses; /* the manifest's, and transport's where pools are transported */
  double *weight;
  struct month_terms term;
  double *flux;   /* [n_channels][L]: rate times modifier */
  double *carbon; /* [n_channels][L]: what a channel moves; in a solve its change */
  double *column; /* [2 + the manifest's losses][L]: workspace */
  struct derivatives by;
  struct proda_steady lanes; /* flux, loss and pools of it, for the Jacobian */
  lane *slope, *row;         /* [n_slopes][L]; [L][PRODA_MAX_COMPONENT] */
  double *memory;            /* all numbers above are cut from it */
  lane *lane_memory;
};

/** The state in all lanes, as rates can be computed from it. */
void proda_dynamics_spread(struct proda_dynamics *d, const double *state);

/** Fluxes of the month's lane of `terms`. */
void proda_dynamics_copy_fluxes(struct proda_dynamics *d, const struct proda_terms *terms);

/** loss[n_losses] += factor times what leaves where the channels move d->carbon and pools are x. */
void proda_dynamics_add_losses(const struct proda_dynamics *d, double factor, const double *x,
                               double *loss);

#endif
