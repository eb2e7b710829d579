/** @file guard.h
 * Work done in a process of its own, so that a plugin that crashes, exits or never comes back ends
 * with a message that names it. The calling process only waits, watches limits and takes signals.
 *
 * The work says what it calls (`_stage`, `_call`, `_return`); that costs two readings of clocks.
 * All of these may be given NULL: then nobody watches.
 */
#ifndef PRODA_CORE_GUARD_H
#define PRODA_CORE_GUARD_H

#include <signal.h>
#include <stdbool.h>

#include <proda/status.h>

/** Being asked to stop. `asked` counts SIGINT and SIGTERM where `attended` says that the work looks
 * there; where it does not, the work is ended: stores are whole or not there. */
struct proda_stop {
  volatile sig_atomic_t asked, attended;
};

/** What the work and the process that waits both see. */
struct proda_guard;

struct proda_guarded {
  /** Its result is that of proda_guard_run; PRODA_OK is 0. */
  int (*run)(void *context, struct proda_guard *guard, struct proda_error *error);
  void *context;
  const char *stage; /**< what is at work before the first `_stage` */
  bool follows;      /**< ends when the process that started the program, a launcher, is gone; and
                          SIGUSR1, which launchers hand on at once, means what SIGTERM does */
};

/** Forks, runs, waits. Where the process ends before its work does the result is PRODA_ERROR with a
 * message. `*asked_by` is the signal that asked it to stop and was obeyed, 0 where there was none.
 */
int proda_guard_run(const struct proda_guarded *work, int *asked_by, struct proda_error *error);

struct proda_stop *proda_guard_stop(struct proda_guard *guard);

/** From here on `stage` is at work, on a structure of the experiment or on NULL. */
void proda_guard_stage(struct proda_guard *guard, const char *stage, const char *structure);

/** From here on a plugin is called, which may take `seconds` of processor time and ten times that
 * on the clock; 0 for no limit. `kind` and `name` are the plugin's; `doing` goes on after "while".
 */
void proda_guard_call(struct proda_guard *guard, const char *kind, const char *name,
                      const char *doing, double seconds);
/** The time of the call begins anew: it came a step further. */
void proda_guard_renew(struct proda_guard *guard);
/** The call has come back. */
void proda_guard_return(struct proda_guard *guard);

#endif
