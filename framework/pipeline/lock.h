/** @file lock.h
 * One run at a time in an output directory.
 *
 * The lock is the kernel's, on the file `.proda-run` there: it is free at once when the process
 * that holds it is no more, and it works over hosts as far as the locks of the file system do. The
 * file says who holds it, and after that how it ended; where it says of no end, the run was killed.
 */
#ifndef PRODA_PIPELINE_LOCK_H
#define PRODA_PIPELINE_LOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include <proda/status.h>

struct proda_lock;

enum { PRODA_LOCK_HOST = 72, PRODA_LOCK_TEXT = 160, PRODA_LOCK_PATH = 1024 };

/** The run that holds the lock, or the last one that did. */
struct proda_lock_facts {
  bool held;                        /**< now */
  long process;                     /**< 0: the file is not there, or says nothing */
  char host[PRODA_LOCK_HOST];       /**< where the process is or was */
  char command[PRODA_LOCK_PATH];    /**< "proda run demo.yaml" */
  char experiment[PRODA_LOCK_PATH]; /**< full path of the experiment */
  time_t since;
  char stage[PRODA_LOCK_TEXT]; /**< "calibrate clm5"; "" before the first */
  time_t stage_since;
  size_t stage_first;        /**< units that were done when the stage began */
  char end[PRODA_LOCK_TEXT]; /**< "done", "stopped", "failed"; "" where it said nothing */
  time_t ended;
};

/** Makes the directory where it is missing, locks it and notes who this is. Where another process
 * holds the lock, the message says who and what to do, and nothing is touched; only where the lock
 * is held by what a dead process has left, which goes with it, this waits for at most
 * PRODA_LOCK_PATIENCE seconds.
 * `*lock` is released by proda_lock_release. Forked processes share the lock: it is free when all
 * have closed it. */
int proda_lock_take(const char *directory, const char *command, const char *experiment,
                    struct proda_lock **lock, struct proda_error *error);
#define PRODA_LOCK_PATIENCE 2.0

/** Notes which stage begins. What cannot be written is left out: notes are for those who ask.
 * `lock` may be NULL. */
void proda_lock_note(struct proda_lock *lock, const char *stage);
/** Notes that the work of the stage begins now, with `done` of its units there already. */
void proda_lock_note_done(struct proda_lock *lock, size_t done);

/** Notes how the run ended ("done", "stopped", "failed") and frees the lock. A directory that this
 * made and that is still empty is removed. NULL is allowed. */
void proda_lock_release(struct proda_lock *lock, const char *end);

/** Who holds the lock of a directory, or held it last; changes nothing and hinders nobody. `*facts`
 * is zero where there is no such file. */
int proda_lock_look(const char *directory, struct proda_lock_facts *facts,
                    struct proda_error *error);

/** "2026-11-23 02:31:07 UTC". */
void proda_lock_time(time_t time, char text[32]);

#endif
