/** @file farm.h
 * Units of work (sites) done by worker processes, with one writer.
 *
 * The host hands units out one by one to workers that ask for them, and takes results in the order
 * in which they come. A worker is a fork of the host: it sees what the host made before, and
 * nothing that it does reaches the host but what it delivers. A worker that dies, hangs or eats
 * memory costs no other unit than the one at fault: what it had in work is tried once more, each
 * unit alone in a fresh worker, and a unit whose worker dies again is lost, with the reason.
 */
#ifndef PRODA_FARM_FARM_H
#define PRODA_FARM_FARM_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include <proda/status.h>

/** A worker's end of the line to the host. */
struct proda_worker;

/** Asks for the next unit; `*given` is false where there is none left for this worker. A worker may
 * ask for further units before it delivers earlier ones. */
int proda_worker_next(struct proda_worker *worker, size_t *unit, bool *given,
                      struct proda_error *error);
/** Hands a unit's result over: a text, which may be NULL, and values. Both are copied. */
int proda_worker_deliver(struct proda_worker *worker, size_t unit, const char *text,
                         const double *value, size_t n, struct proda_error *error);

/** How a unit was lost. */
enum proda_farm_loss {
  PRODA_FARM_CRASHED,  /**< its process died of a signal, called exit or spoke out of turn */
  PRODA_FARM_OVERTIME, /**< it took more time than the limit */
  PRODA_FARM_OVERSIZE, /**< it took more memory than the limit */
};

/** What a source of units says when it is asked for one. */
enum proda_farm_supply {
  PRODA_FARM_UNIT,  /**< here it is */
  PRODA_FARM_LATER, /**< not now: it is asked again within milliseconds */
  PRODA_FARM_NONE,  /**< there is none, and there will be none */
};

/** What is to be done. */
struct proda_farm_work {
  size_t n_largest; /**< values that a result has at most */
  /** In the host: the next unit that needs work; an error ends the run. Each is given once; one
   * that was given is not begun where the run ends before. */
  int (*next)(void *context, enum proda_farm_supply *supply, size_t *unit,
              struct proda_error *error);
  /** In the host, NULL where there is nothing of the sort: looks after what feeds the source or
   * draws from it beside the host's own workers. `*milliseconds`: within which it wants to be
   * called again; 0 lets the run end with its last worker. An error ends the run. */
  int (*attend)(void *context, int *milliseconds, struct proda_error *error);
  /** In the host: takes a result; an error ends the run. */
  int (*take)(void *context, size_t unit, const char *text, const double *value, size_t n,
              struct proda_error *error);
  /** In the host: a unit whose worker died also where it was alone; `reason` says of what. */
  int (*lose)(void *context, size_t unit, enum proda_farm_loss loss, const char *reason,
              struct proda_error *error);
  /** In a worker: does units until there is none left. An error ends the run. */
  int (*work)(void *context, struct proda_worker *worker, struct proda_error *error);
  void *context;
};

struct proda_farm_options {
  size_t n_workers; /**< 0: all is done in the calling process, nothing is lost, limited or
                         attended, and a source that says later has none */
  double seconds;   /**< of processor time that a unit may take, and ten times that of real time; 0
                         for no limit */
  double megabytes; /**< of memory that a worker may take beyond what the host has; 0: no limit */
  const volatile sig_atomic_t *stop; /**< from 1 on no further units are handed out and the run ends
                                          when those in work are done; from 2 on at once. May be
                                          NULL. */
};

/** How a run ended that had no error. */
enum proda_farm_end { PRODA_FARM_DONE, PRODA_FARM_STOPPED };

int proda_farm_run(const struct proda_farm_work *work, const struct proda_farm_options *options,
                   enum proda_farm_end *end, struct proda_error *error);

/** Processors that this process may run on. */
size_t proda_farm_processors(void);

#endif
