/** @file rig.h
 * What checks of a structure work with: two instances on lanes, and sites.
 */
#ifndef PRODA_CONFORMANCE_RIG_H
#define PRODA_CONFORMANCE_RIG_H

#include "conformance/bench.h"
#include "matrix/structure.h"

enum {
  PRODA_RIG_MONTHS = 12,
  PRODA_RIG_ORDINARY = PRODA_LANES, /**< places [0, n) */
  PRODA_RIG_PLACES = PRODA_RIG_ORDINARY + 3,
  PRODA_RIG_ROUNDS = 6, /**< blocks of draws that most checks look at */
};

struct proda_rig {
  const struct proda_subject *subject;
  const struct proda_manifest *manifest;
  struct proda_room *room;
  struct proda_random random;
  struct proda_place place[PRODA_RIG_PLACES], sparse;
  struct proda_bench one, two;
  const struct proda_place *at[PRODA_LANES]; /**< where the lanes are since the last fill */
};

/** Sites and draws from the prior for all lanes of a bench: lane 0 of round 0 has the defaults,
 * odd rounds are at hostile sites too. Fails where an ordinary site is refused; where a hostile one
 * is, the lane goes elsewhere. */
int proda_rig_fill(struct proda_rig *rig, struct proda_bench *bench, int round,
                   struct proda_finding *finding);

/** Draws parameters of lane i from their priors. */
void proda_rig_draw(struct proda_rig *rig, struct proda_bench *bench, int i);

/** Pools for all lanes, at random over six decades. */
void proda_rig_state(struct proda_rig *rig, struct proda_bench *bench);

/** Writes down where lane i of a bench is, with its parameters. */
void proda_rig_at(const struct proda_rig *rig, const struct proda_bench *bench, int i,
                  struct proda_finding *finding);

/** Whether every driver has a range: hostile sites are then what the structure is made for. */
bool proda_rig_stated(const struct proda_rig *rig);

#endif
