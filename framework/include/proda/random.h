/** @file random.h
 * Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011, SC'11) by way of Random123.
 *
 * A stream is a key and a counter, nothing else: copying it copies its future.
 * The key is the seed; the counter holds stream, substream and the number of the block, so no two
 * streams share a block. A stream has 2^34 words of 32 bits and then starts over.
 * Numbers made many at a time take whole blocks of four words; what is left of a block is dropped.
 */
#ifndef PRODA_RANDOM_H
#define PRODA_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Plain data; may be copied, stored and resumed by memcpy. */
struct proda_random {
  uint32_t key[2];
  uint32_t counter[4];
  uint32_t word[4]; /**< the block of the counter, used from the end */
  uint32_t left;    /**< words of the block not used yet */
  uint32_t pad;
};

/** Starts the stream of (seed, stream, substream). `substream` < 2^32: walker, layer of a network,
 * ...*/
void proda_random_start(struct proda_random *random, uint64_t seed, uint64_t stream,
                        uint32_t substream);

/** Uniform on the open interval (0,1): (k + 1/2) 2^-52, so never 0, never 1. */
double proda_random_uniform(struct proda_random *random);

/** n of them, much faster than one by one; not the same numbers as n single calls. */
void proda_random_uniforms(struct proda_random *random, size_t n, double *out);

/** n standard normal numbers (Box-Muller on lanes, two of a block; an odd n discards one). */
void proda_random_normal(struct proda_random *random, size_t n, double *out);

/** Uniform integer in [0, n), without bias; n > 0. */
uint32_t proda_random_below(struct proda_random *random, uint32_t n);

#ifdef __cplusplus
}
#endif
#endif
