/** @file search.h
 * What the files of Newton's method share: newton.c opens and closes, search_start.c says where to
 * start, search_steps.c goes, search_others.c looks for further states.
 */
#ifndef PRODA_MATRIX_SEARCH_H
#define PRODA_MATRIX_SEARCH_H

#include "matrix/balance.h"

enum proda_way { WAY_PLAIN, WAY_LOGARITHM, WAY_TIME, N_WAYS };

/* Layers that are solved together, each lane by itself. */
struct proda_search_group {
  lane way, age;          /* of enum proda_way; steps on it */
  lane n_steps, patience; /* of the way */
  lane time;              /* length of a step of time */
  lane_mask open;         /* lanes still searching */
  lane_mask failed;       /* lanes that found nothing */
};

struct proda_search {
  const struct proda_balance *b;
  const struct proda_nonlinear *nonlinear;
  size_t L, m, n_groups, n_together; /* layers of a group */
  int n_ways;
  const bool *empty; /* [m]: pools that are held empty; NULL for none */
  struct proda_linearised at;
  lane *in, *out, *step;            /* rows [L][m] */
  lane *level, *start, *found;      /* rows: the level start, the one used first, the first state */
  lane *stride;                     /* rows: how far the last step might go, with its sign */
  lane *streak;                     /* rows: steps in that direction */
  lane_mask *barren;                /* rows: receives nothing */
  lane_mask *kept;                  /* rows: what `barren` was where a state has been found */
  struct proda_search_group *group; /* [n_groups] */
};

PRODA_INLINE lane *proda_search_pool(const struct proda_search *s, size_t row)
{
  /* Components have pools. NOLINTNEXTLINE(clang-analyzer-core.DivideZero) */
  return &s->b->steady->pools[s->b->component->pool[row % s->m] * s->L + row / s->m];
}

PRODA_INLINE struct proda_search_group *proda_search_group_of(const struct proda_search *s,
                                                              size_t row)
{
  return &s->group[row / s->m / s->n_together];
}

/** Rates and fluxes at the pools. */
void proda_search_rates(const struct proda_search *s);

/** Fills barren, level and start; leaves pools at the level, barren ones without carbon. */
void proda_search_start(const struct proda_search *s);

/** Opens lanes where any row of a group receives carbon, of which[n_groups] only (NULL: all);
 * forgets what groups have found. */
void proda_search_open(const struct proda_search *s, const lane_mask *which);
/** Searches from `start` on, in lanes that are open. */
void proda_search_run(const struct proda_search *s);
/** Lanes where one of n further starts leads to another state; the pools stay. */
lane_mask proda_search_further(const struct proda_search *s, unsigned n);
/** Where no state has been found: looks for those without pools that stay empty once they are, and
 * that would not grow again. Lanes where there is one, which the pools then are. */
lane_mask proda_search_extinct(const struct proda_search *s);

#endif
