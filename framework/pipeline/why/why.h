/** @file why.h
 * What happened to one profile, told from the stores of an experiment as far as they are there.
 * Only reads; a calibration that is at work is not disturbed.
 */
#ifndef PRODA_PIPELINE_WHY_H
#define PRODA_PIPELINE_WHY_H

#include <stddef.h>
#include <stdio.h>

#include <proda/status.h>

struct proda_why_question {
  const char *profile;          /**< its id, or its key in its source */
  const char *output;           /**< directory of the stores */
  const char *const *structure; /**< [n_structures]: names of their stores */
  size_t n_structures;
};

/** Writes the answer to `out`. Refused: a profile that is not there, with the nearest; no
 * prepare.nc, without which nothing is known. */
int proda_why(const struct proda_why_question *question, FILE *out, struct proda_error *error);

/** Names of the structures that have begun in a directory of stores, in alphabetical order, in one
 * block: free() it. */
int proda_why_structures(const char *directory, char ***name, size_t *n, struct proda_error *error);

#endif
