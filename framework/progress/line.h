/** @file line.h
 * How far a stage is, on one line.
 */
#ifndef PRODA_PROGRESS_LINE_H
#define PRODA_PROGRESS_LINE_H

#include <stddef.h>

/** How far a stage is. All is borrowed. */
struct proda_progress {
  const char *stage;     /**< "calibrate" */
  const char *structure; /**< NULL where the stage is for all */
  const char *units;     /**< "sites", "cells", "epochs" */
  size_t done, total;    /**< total: 0 where nobody knows */
  size_t n_reasons;      /**< of failures; 0 where units do not fail */
  const char *const *reason;
  const size_t *failed; /**< [n_reasons]: of `done` */
  const char *note;     /**< NULL for none */
};

/** Writes "calibrate clm5: 120 of 400 sites, 7.9 a second, 35 s left; 3 failed: 2 crashed, 1
 * failed" into text, of at most `width` bytes and so columns: what matters least is left out first.
 * `rate` is in units a second, 0 where it is unknown. `size` is that of text. */
void proda_progress_line(const struct proda_progress *progress, double rate, size_t width,
                         char *text, size_t size);

#endif
