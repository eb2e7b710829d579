/** @file noise.h
 * A walker's random numbers, made many at a time for several steps ahead. Part of the walker's
 * state.
 */
#ifndef ADAPTIVE_METROPOLIS_NOISE_H
#define ADAPTIVE_METROPOLIS_NOISE_H

#include <proda/lane.h>
#include <proda/random.h>

enum { NOISE_STEPS = 16 };

struct noise {
  struct proda_random random;
  uint32_t normals_used, logs_used, chi_squared_used, pad; /**< of NOISE_STEPS */
  double log_uniform[NOISE_STEPS];
  double chi_squared[NOISE_STEPS];
};

void noise_start(struct noise *noise, uint64_t seed, uint64_t stream, uint32_t substream);

/** Doubles in the buffer of noise_normals: whole lanes may be read from any step's numbers. */
#define NOISE_SIZE(d) (NOISE_STEPS * (d) + PRODA_LANES)

/** The next d standard normals; `buffer` holds NOISE_SIZE(d) and is the state's. Good until the
 * next call. */
const double *noise_normals(struct noise *noise, double *buffer, size_t d);

/** The logarithm of a uniform number. */
double noise_log_uniform(struct noise *noise);

/** Chi-squared with n > 0 degrees of freedom, the same n at every call. */
double noise_chi_squared(struct noise *noise, size_t n);

#endif
