/** @file child.h
 * Work done in a process of its own, so that a plugin that crashes, exits or never comes back fails
 * its check and nothing else.
 */
#ifndef PRODA_CONFORMANCE_CHILD_H
#define PRODA_CONFORMANCE_CHILD_H

#include "conformance/finding.h"
#include "conformance/room.h"

struct proda_task {
  void (*run)(void *context, struct proda_finding *finding);
  void *context;
  double limit; /**< seconds of processor time; twenty times as long on the clock */
};

/** Forks, runs, waits. `*finding` is what `run` left, or says how the process ended instead. The
 * error is that no process could be made. */
int proda_child_run(const struct proda_task *task, struct proda_finding *finding,
                    struct proda_error *error);

/** For the rest of the process: a signal by an access to the room's arrays is explained in the
 * finding that `run` was handed. */
void proda_child_watch(const struct proda_room *room);

#endif
