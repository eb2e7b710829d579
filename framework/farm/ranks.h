/** @file ranks.h
 * A farm over several ranks: each is a host with workers of its own, and looks after their limits
 * and deaths as farm.h says. Rank 0 hands units out to the others too, one by one, and alone takes
 * results.
 *
 * Rank 0 calls proda_ranks_run for every job and proda_ranks_dismiss at its end. Any other rank is
 * in proda_ranks_serve from its beginning to its end, and there calls proda_ranks_assist.
 */
#ifndef PRODA_FARM_RANKS_H
#define PRODA_FARM_RANKS_H

#include "farm/crew.h"

/** What the ranks of a crew are told of a job. */
struct proda_job {
  size_t number; /**< means the same to all ranks */
  const char
      *inputs; /**< digest of all that decides the result, which ranks compare with their own */
};

/** On rank 0, and without a crew (NULL) just proda_farm_run: does all the work of the source. That
 * a rank fails, or that it ends without having done what it was given, is an error. */
int proda_ranks_run(struct proda_crew *crew, const struct proda_job *job,
                    const struct proda_farm_work *work, const struct proda_farm_options *options,
                    enum proda_farm_end *end, struct proda_error *error);

/** On rank 0: lets the other ranks end, at once, and waits for that; an error of theirs that nobody
 * has seen comes back. A crew that does not end within a minute is aborted. NULL is fine. */
int proda_ranks_dismiss(struct proda_crew *crew, struct proda_error *error);

/** On another rank: for every job calls `assist`, which is to do it by proda_ranks_assist. Its
 * errors and `trouble`, one from before or NULL, go to rank 0. Returns when the rank is dismissed.
 */
int proda_ranks_serve(struct proda_crew *crew, const struct proda_error *trouble,
                      int (*assist)(void *context, const struct proda_job *job,
                                    struct proda_error *error),
                      void *context, struct proda_error *error);

/** On another rank: does work of rank 0's source as long as there is some. Of `work` the source and
 * who takes are not called: they are rank 0's. */
int proda_ranks_assist(struct proda_crew *crew, const struct proda_farm_work *work,
                       const struct proda_farm_options *options, struct proda_error *error);

#endif
