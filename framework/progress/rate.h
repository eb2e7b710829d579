/** @file rate.h
 * How fast units are done of late, and when to say so. Times are seconds of a clock that only goes
 * forward, given by the caller.
 */
#ifndef PRODA_PROGRESS_RATE_H
#define PRODA_PROGRESS_RATE_H

#include <stdbool.h>
#include <stddef.h>

enum { PRODA_RATE_MARKS = 64 };

/** Marks are set where units were done, at least a second apart: the rate is that of the last
 * minute where many are done, and of the last 63 that were done where few are. */
struct proda_rate {
  size_t n, next; /**< marks so far, at most PRODA_RATE_MARKS; where the next one goes */
  struct proda_rate_mark {
    double time, done;
  } mark[PRODA_RATE_MARKS];
};

/** Begins at `time` with `done` units done. */
void proda_rate_start(struct proda_rate *rate, double time, size_t done);
/** Notes that `done` units are done at `time`. */
void proda_rate_note(struct proda_rate *rate, double time, size_t done);
/** Units a second up to `time`; 0 where none was done. */
double proda_rate_at(const struct proda_rate *rate, double time, size_t done);

/** When lines of a log were due. */
struct proda_pace {
  double time;
  size_t done;
};

/** Whether a line is due: after a tenth of `total` or a minute, whichever is later, but after half
 * an hour in any case; where nobody knows the total (0), every five minutes. Notes it where it is.
 */
bool proda_pace_due(struct proda_pace *pace, double time, size_t done, size_t total);

#endif
