#include "stats/rank.h"

#include <math.h>
#include <string.h>

#include "stats/special.h"

enum { DIGITS = 8, RADIX = 256 };

/* Bits that sort as unsigned numbers the way doubles sort. */
static uint64_t key(double value)
{
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits ^ (bits >> 63 ? UINT64_MAX : UINT64_C(1) << 63);
}

static unsigned digit(double value, int d)
{
  return key(value) >> (8 * d) & (RADIX - 1);
}

static void scatter(const struct proda_ranked *from, struct proda_ranked *to, size_t n, int d,
                    size_t count[RADIX])
{
  size_t start = 0;
  for (int r = 0; r < RADIX; r++) {
    size_t next = start + count[r];
    count[r] = start;
    start = next;
  }
  for (size_t i = 0; i < n; i++)
    to[count[digit(from[i].value, d)]++] = from[i];
}

void proda_ranked_sort(struct proda_ranked *ranked, size_t n, struct proda_ranked *work)
{
  size_t count[DIGITS][RADIX] = {{0}};
  for (size_t i = 0; i < n; i++)
    for (int d = 0; d < DIGITS; d++)
      count[d][digit(ranked[i].value, d)]++;
  struct proda_ranked *from = ranked, *to = work;
  for (int d = 0; d < DIGITS && n > 0; d++) {
    if (count[d][digit(from[0].value, d)] == n)
      continue;
    scatter(from, to, n, d, count[d]);
    struct proda_ranked *swap = from;
    from = to;
    to = swap;
  }
  if (from != ranked)
    memcpy(ranked, from, n * sizeof *ranked);
}

void proda_ranked_fold(const struct proda_ranked *ranked, size_t n, double centre,
                       struct proda_ranked *out)
{
  size_t up = 0;
  while (up < n && ranked[up].value < centre)
    up++;
  size_t down = up;
  for (size_t i = 0; i < n; i++) {
    int take_up =
        down == 0 || (up < n && ranked[up].value - centre <= centre - ranked[down - 1].value);
    const struct proda_ranked *next = take_up ? &ranked[up++] : &ranked[--down];
    out[i] = (struct proda_ranked){fabs(next->value - centre), next->place};
  }
}

void proda_ranked_scores(const struct proda_ranked *ranked, size_t n, double *z)
{
  for (size_t first = 0, after; first < n; first = after) {
    after = first + 1;
    while (after < n && ranked[after].value == ranked[first].value)
      after++;
    double rank = (double)(first + 1 + after) / 2;
    double score = proda_normal_quantile((rank - 0.375) / ((double)n + 0.25));
    for (size_t i = first; i < after; i++)
      z[ranked[i].place] = score;
  }
}
