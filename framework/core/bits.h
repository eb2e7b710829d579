/** @file bits.h
 * Numbers compared as they are stored.
 */
#ifndef PRODA_CORE_BITS_H
#define PRODA_CORE_BITS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/** Whether two numbers have the same bits: 0 and -0 differ, a NaN is itself. */
static inline bool proda_same_bits(double a, double b)
{
  uint64_t bits_of_a, bits_of_b;
  memcpy(&bits_of_a, &a, sizeof a);
  memcpy(&bits_of_b, &b, sizeof b);
  return bits_of_a == bits_of_b;
}

#endif
