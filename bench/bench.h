/** @file bench.h
 * A clock and nothing else: what every bench shares. It counts the processor time of the process,
 * which other programs on the machine disturb less than the time of day.
 */
#ifndef PRODA_BENCH_H
#define PRODA_BENCH_H

#include <time.h>

static inline __attribute__((unused)) double bench_seconds(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline __attribute__((unused)) double bench_least(double a, double b)
{
  return a < b ? a : b;
}

#endif
