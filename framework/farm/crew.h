/** @file crew.h
 * Several programs that a launcher (mpirun, srun) started together and that work as one: ranks with
 * messages between them. Made of MPI in crew_mpi.c, of nothing in crew_alone.c.
 *
 * A process that was forked must not use the crew of its parent.
 */
#ifndef PRODA_FARM_CREW_H
#define PRODA_FARM_CREW_H

#include "farm/line.h"

/** How the program was started, as the environment says; rank 0 of 1 without a launcher. */
struct proda_launch {
  size_t rank, size;
};
struct proda_launch proda_launched(void);

struct proda_crew {
  size_t rank, size;
  char name[128];    /**< "rank 3 on node07" */
  bool dismissed;    /**< rank 0 has no further use for this rank */
  struct line *line; /**< what carries messages */
};

/** Joins the other ranks, which all must do; `*crew` is NULL where there are none, and released by
 * proda_crew_leave. Refused: several ranks that cannot reach each other. */
int proda_crew_join(struct proda_crew **crew, struct proda_error *error);
/** Waits until all ranks leave; NULL is fine. */
void proda_crew_leave(struct proda_crew *crew);
/** Ends all ranks at once. */
_Noreturn void proda_crew_abort(struct proda_crew *crew);

/** Sends a header and its values; returns when both may be changed again. Between two ranks
 * messages keep their order. */
int proda_crew_send(struct proda_crew *crew, size_t to, const struct proda_line_header *header,
                    const double *value, struct proda_error *error);
/** Sends a header with a text, which may be NULL. */
int proda_crew_tell(struct proda_crew *crew, size_t to, enum proda_line_kind kind, size_t unit,
                    const char *text, struct proda_error *error);
/** The next message, its values behind the header, borrowed until the next call; NULL where none
 * has come. */
int proda_crew_receive(struct proda_crew *crew, size_t *from,
                       const struct proda_line_header **header, struct proda_error *error);

/** Sleeps: waiting ranks leave their processor to others. */
void proda_crew_rest(int milliseconds);

#endif
