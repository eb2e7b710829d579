#include "noise.h"

#include "transform.h"

void noise_start(struct noise *noise, uint64_t seed, uint64_t stream, uint32_t substream)
{
  *noise = (struct noise){
      .normals_used = NOISE_STEPS, .logs_used = NOISE_STEPS, .chi_squared_used = NOISE_STEPS};
  proda_random_start(&noise->random, seed, stream, substream);
}

const double *noise_normals(struct noise *noise, double *buffer, size_t d)
{
  if (noise->normals_used == NOISE_STEPS) {
    proda_random_normal(&noise->random, NOISE_STEPS * d, buffer);
    noise->normals_used = 0;
  }
  return buffer + noise->normals_used++ * d;
}

double noise_log_uniform(struct noise *noise)
{
  if (noise->logs_used == NOISE_STEPS) {
    proda_random_uniforms(&noise->random, NOISE_STEPS, noise->log_uniform);
    for (size_t i = 0; i < NOISE_STEPS; i += PRODA_LANES) {
      loose_lane *at = (loose_lane *)(noise->log_uniform + i);
      *at = lane_log(*at);
    }
    noise->logs_used = 0;
  }
  return noise->log_uniform[noise->logs_used++];
}

/* 2 k degrees are -2 times the log of a product of k uniforms; an odd one is a squared normal. */
static void make_chi_squared(struct noise *noise, size_t n)
{
  enum { CHUNK = 16 }; /* a product of so many uniforms does not underflow */
  double *sum = noise->chi_squared, product[NOISE_STEPS], u[NOISE_STEPS];
  proda_random_normal(&noise->random, NOISE_STEPS, u);
  for (int i = 0; i < NOISE_STEPS; i++)
    sum[i] = n % 2 ? u[i] * u[i] : 0;
  for (size_t left = n / 2; left > 0;) {
    for (int i = 0; i < NOISE_STEPS; i++)
      product[i] = 1;
    for (int k = 0; k < CHUNK && left > 0; k++, left--) {
      proda_random_uniforms(&noise->random, NOISE_STEPS, u);
      for (int i = 0; i < NOISE_STEPS; i++)
        product[i] *= u[i];
    }
    for (size_t i = 0; i < NOISE_STEPS; i += PRODA_LANES)
      *(loose_lane *)(sum + i) -= 2 * lane_log(*(loose_lane *)(product + i));
  }
}

double noise_chi_squared(struct noise *noise, size_t n)
{
  if (noise->chi_squared_used == NOISE_STEPS) {
    make_chi_squared(noise, n);
    noise->chi_squared_used = 0;
  }
  return noise->chi_squared[noise->chi_squared_used++];
}
