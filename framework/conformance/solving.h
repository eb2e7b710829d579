/** @file solving.h
 * Steady states of a rig's sites and draws, by the host's solver, for checks of what comes out.
 */
#ifndef PRODA_CONFORMANCE_SOLVING_H
#define PRODA_CONFORMANCE_SOLVING_H

#include "conformance/rig.h"

struct proda_solving {
  struct proda_rig *rig;
  struct proda_structure *structure;
  struct proda_block *block;
  size_t n[PRODA_N_SOLVE_STATUS]; /**< lanes that ended so, so far */
};

int proda_solving_make(struct proda_rig *rig, unsigned wants, struct proda_finding *finding,
                       struct proda_solving *solving);
void proda_solving_clear(struct proda_solving *solving);

/** Fills bench one of the rig as proda_rig_fill, and solves the same sites and draws. */
int proda_solving_round(struct proda_solving *solving, int round, struct proda_finding *finding);

/** "no steady state: a pool is infinite", as a person says it. */
const char *proda_solving_word(enum proda_solve_status status);
/** "41 of 48 draws have a state; 7: ..."; writes to `text` and returns it. */
const char *proda_solving_tally(const struct proda_solving *solving, char *text, size_t size);

/** Marks rows of pools (of the graph, [n_pools]) that the plugin's closed form writes: the host
 * solves for the others. False for lack of memory. */
bool proda_solving_closed(struct proda_rig *rig, bool *closed);

/** The largest share by which dX/dt at the state misses 0, of all that moves there and 1e-10 of the
 * column's input: over pools marked in `which` as `wanted`. Writes where: an entry of the state. */
double proda_solving_residual(const struct proda_solving *solving, const bool *which, bool wanted,
                              int i, size_t *where, double *change, double *gross);

#endif
