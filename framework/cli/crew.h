/** @file crew.h
 * Stages run by several ranks, which a launcher started: the first runs them, the others help.
 */
#ifndef PRODA_CLI_CREW_H
#define PRODA_CLI_CREW_H

#include "pipeline/stage.h"

/** Joins the other ranks, and there runs `stages` on the first; on others helps until it ends.
 * `trouble`, an error from before or NULL, is told by rank 0. Without a launcher it just runs
 * `stages`. */
int cli_crew_run(struct proda_run *run, const struct proda_error *trouble,
                 int (*stages)(void *context, struct proda_error *error), void *context,
                 struct proda_error *error);

#endif
