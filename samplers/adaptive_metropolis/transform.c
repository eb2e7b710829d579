#include "transform.h"

#include <float.h>
#include <stdlib.h>

struct block {
  lane base, width;     /* x = base + width f(z) */
  lane lowest, highest; /* the outermost numbers inside the bounds */
  lane_mask logit, log; /* what f is; the identity where neither */
};

struct transform {
  struct block *block;
  size_t d, blocks;
};

static void entry_set(struct block *b, int i, const struct proda_prior *prior)
{
  bool below = isfinite(prior->lower), above = isfinite(prior->upper);
  double scale = isfinite(prior->sd) && prior->sd > 0 ? prior->sd : 1;
  b->lowest[i] = below ? nextafter(prior->lower, INFINITY) : -DBL_MAX;
  b->highest[i] = above ? nextafter(prior->upper, -INFINITY) : DBL_MAX;
  b->logit[i] = below && above ? -1 : 0;
  b->log[i] = below != above ? -1 : 0;
  if (below && above) {
    b->base[i] = prior->lower;
    b->width[i] = prior->upper - prior->lower;
  } else if (below || above) {
    b->base[i] = below ? prior->lower : prior->upper;
    b->width[i] = below ? scale : -scale;
  } else {
    b->base[i] = isfinite(prior->mean) ? prior->mean : 0;
    b->width[i] = scale;
  }
}

struct transform *transform_new(const struct proda_prior *prior, size_t d)
{
  size_t blocks = (d + PRODA_LANES - 1) / PRODA_LANES;
  /* the header takes a whole block, so that one free() releases all */
  struct block *memory = aligned_alloc(sizeof(lane), (blocks + 1) * sizeof *memory);
  if (!memory)
    return NULL;
  struct transform *transform = (struct transform *)memory;
  *transform = (struct transform){.block = memory + 1, .d = d, .blocks = blocks};
  for (size_t i = 0; i < blocks * PRODA_LANES; i++) {
    struct block *b = &transform->block[i / PRODA_LANES];
    if (i % PRODA_LANES == 0)
      *b = (struct block){0};
    if (i < d)
      entry_set(b, (int)(i % PRODA_LANES), &prior[i]);
  }
  return transform;
}

static double lane_product(lane x)
{
  return ((x[0] * x[4]) * (x[2] * x[6])) * ((x[1] * x[5]) * (x[3] * x[7]));
}

double transform_forward(const struct transform *transform, const double *z, double *x)
{
  enum { CHUNK = 64 }; /* blocks whose factors, at most 2 each, multiply without overflow */
  const lane zero = {0}, one = lane_splat(1);
  lane sum = {0};
  double logs = 0;
  for (size_t first = 0; first < transform->blocks; first += CHUNK) {
    lane product = one;
    for (size_t k = first; k < transform->blocks && k < first + CHUNK; k++) {
      const struct block *b = &transform->block[k];
      lane at = *(const loose_lane *)(z + k * PRODA_LANES);
      lane down = -lane_abs(at);
      lane exponent = lane_select(b->logit, down, lane_select(b->log, at, zero));
      lane e = lane_exp(exponent);
      lane share = lane_select(at < 0, e, one) / (one + e);
      lane f = lane_select(b->logit, share, lane_select(b->log, e, at));
      lane value = lane_min(lane_max(b->base + b->width * f, b->lowest), b->highest);
      *(loose_lane *)(x + k * PRODA_LANES) = value;
      sum += exponent;
      product *= lane_select(b->logit, one + e, one);
    }
    /* log f'(z) = -|z| - 2 log(1 + e^-|z|) for the logit; one logarithm for all */
    logs += log(lane_product(product));
  }
  return lane_sum(sum) - 2 * logs;
}

void transform_inverse(const struct transform *transform, const double *x, double *z)
{
  for (size_t i = 0; i < transform->blocks * PRODA_LANES; i++) {
    const struct block *b = &transform->block[i / PRODA_LANES];
    size_t k = i % PRODA_LANES;
    double f = i < transform->d ? (x[i] - b->base[k]) / b->width[k] : 0;
    z[i] = b->logit[k] ? log(f) - log1p(-f) : b->log[k] ? log(f) : f;
  }
}

double transform_spread(const struct transform *transform, size_t i)
{
  const double logistic_sd = M_PI / 1.7320508075688772;
  return transform->block[i / PRODA_LANES].logit[i % PRODA_LANES] ? logistic_sd : 1;
}
