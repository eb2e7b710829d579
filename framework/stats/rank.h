/** @file rank.h
 * Draws in order, and their ranks as normal scores.
 */
#ifndef PRODA_STATS_RANK_H
#define PRODA_STATS_RANK_H

#include <stddef.h>
#include <stdint.h>

/** A draw and where it stands. */
struct proda_ranked {
  double value;
  uint64_t place;
};

/** Sorts by value, stable; values may not be NaN. `work` holds n entries. Radix sort: O(n). */
void proda_ranked_sort(struct proda_ranked *ranked, size_t n, struct proda_ranked *work);

/** From entries in order of value to entries in order of |value - centre|. */
void proda_ranked_fold(const struct proda_ranked *ranked, size_t n, double centre,
                       struct proda_ranked *out);

/** z[place] = qnorm((r - 3/8) / (n + 1/4)), r the average rank of the entry among ties. Entries in
 * order of value; places 0 .. n-1. */
void proda_ranked_scores(const struct proda_ranked *ranked, size_t n, double *z);

#endif
