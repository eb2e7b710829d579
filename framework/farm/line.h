/** @file line.h
 * What host and workers say to each other over a socket: a header, then values.
 */
#ifndef PRODA_FARM_LINE_H
#define PRODA_FARM_LINE_H

#include <stdint.h>
#include <sys/types.h>

#include "farm/farm.h"

enum proda_line_kind {
  PRODA_LINE_NEXT = 0x70726f64, /**< worker: gives a unit, please; host: here it is */
  PRODA_LINE_NONE,              /**< host: there is no further one */
  PRODA_LINE_RESULT,            /**< worker: values of a unit follow */
  PRODA_LINE_ERROR,             /**< worker: the run must end, as the text says */
  PRODA_LINE_END,               /**< worker: has done all that it was given */
  /* between ranks only */
  PRODA_LINE_LOST,    /**< the value: enum proda_farm_loss */
  PRODA_LINE_JOB,     /**< rank 0: a new job, with the digest of its inputs */
  PRODA_LINE_STOP,    /**< rank 0: begin nothing further */
  PRODA_LINE_DISMISS, /**< rank 0: end */
  PRODA_LINE_BYE,     /**< the last message of a rank */
};

/** Exit status of a worker that cannot reach the host any more. */
enum { PRODA_WORKER_CUT_OFF = 97 };

struct proda_line_header {
  uint32_t kind, has_text;
  uint64_t unit, n; /**< n: values that follow */
  char text[PRODA_MESSAGE_SIZE];
};

struct proda_worker {
  int fd; /**< -1: in the host's process */
  const struct proda_farm_work *work;
  const volatile sig_atomic_t *stop;
};

/** Runs `work` in a forked child on its end of the line, and never returns. */
_Noreturn void proda_worker_main(const struct proda_farm_work *work, int fd, double megabytes,
                                 pid_t host);

#endif
