#include <math.h>
#include <stdio.h>
#include <string.h>

#include "conformance/difference.h"
#include "conformance/model_checks.h"

/* Rates at pools on both sides of the state, for every step: rates[k][side][channel][L]. */
struct survey {
  struct proda_rig *rig;
  lane *rates, *slope, *state;
  size_t n_rates; /* of one call */
};

static const lane *rates_at(const struct survey *s, int k, int side)
{
  return s->rates + (size_t)(2 * k + side) * s->n_rates;
}

/* Changes one pool in all layers, by steps of its own size. */
static void sound(struct survey *s, size_t pool)
{
  struct proda_bench *b = &s->rig->one;
  size_t L = b->n_layers;
  for (int k = 0; k < PRODA_DIFFERENCE_STEPS; k++)
    for (int side = 0; side < 2; side++) {
      double factor = 1 + (side ? 1 : -1) * proda_difference_step(1, k);
      for (size_t l = 0; l < L; l++)
        b->pools[pool * L + l] = s->state[pool * L + l] * factor;
      proda_bench_rates(b);
      memcpy((lane *)rates_at(s, k, side), b->terms.rate, s->n_rates * sizeof(lane));
    }
  for (size_t l = 0; l < L; l++)
    b->pools[pool * L + l] = s->state[pool * L + l];
}

static long slope_of(const struct proda_nonlinear_ops *ops, size_t channel, size_t pool)
{
  for (size_t k = 0; k < ops->n_slopes; k++)
    if (ops->slope_of[k].channel == channel && ops->slope_of[k].pool == pool)
      return (long)k;
  return -1;
}

static void tell_where(const struct survey *s, size_t l, int i, struct proda_finding *finding)
{
  const struct proda_bench *b = &s->rig->one;
  size_t length;
  proda_rig_at(s->rig, b, i, finding);
  for (size_t p = 0; p < b->manifest->n_pools; p++) {
    length = strlen(finding->at);
    snprintf(finding->at + length, sizeof finding->at - length, "; pool %s = %.6g",
             b->manifest->pool[p], s->state[p * b->n_layers + l][i]);
  }
}

static int compare(const struct survey *s, size_t channel, size_t pool, size_t l, int i,
                   struct proda_finding *finding)
{
  const struct proda_bench *b = &s->rig->one;
  const struct proda_manifest *m = b->manifest;
  size_t L = b->n_layers, at = channel * L + l;
  long k = slope_of(b->nonlinear, channel, pool);
  double f[PRODA_DIFFERENCE_STEPS][2], error, scale = s->state[pool * L + l][i];
  for (int step = 0; step < PRODA_DIFFERENCE_STEPS; step++)
    for (int side = 0; side < 2; side++)
      f[step][side] = rates_at(s, step, side)[at][i];
  double difference = proda_difference(f, scale, &error);
  double slope = k < 0 ? 0 : s->slope[(size_t)k * L + l][i];
  if (proda_difference_agrees(slope, difference, error))
    return PRODA_OK;
  tell_where(s, l, i, finding);
  if (k < 0)
    return proda_finding_fail(finding, "every pair of channel and pool in slope_of",
                              "the rate of channel %s depends on pool %s (layer %zu: by %.9g per "
                              "unit), which slope_of does not list",
                              m->channel[channel].name, m->pool[pool], l + 1, difference);
  return proda_finding_fail(finding, "the derivative of what `rates` fills",
                            "slope of the rate of channel %s by pool %s, layer %zu, is %.9g; "
                            "differences of the rate give %.9g +- %.2g",
                            m->channel[channel].name, m->pool[pool], l + 1, slope, difference,
                            error);
}

static int look(struct survey *s, struct proda_finding *finding)
{
  const struct proda_manifest *m = s->rig->manifest;
  for (size_t pool = 0; pool < m->n_pools; pool++) {
    sound(s, pool);
    for (size_t c = 0; c < m->n_channels; c++)
      for (size_t l = 0; l < s->rig->one.n_layers && !m->channel[c].linear; l++)
        for (int i = 0; i < PRODA_LANES; i++)
          if (compare(s, c, pool, l, i, finding))
            return PRODA_ERROR;
  }
  return PRODA_OK;
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  struct proda_bench *b = &rig->one;
  size_t n_rates = rig->manifest->n_channels * b->n_layers;
  if (!b->nonlinear || !b->nonlinear->slopes)
    return proda_finding_skip(finding, "the plugin offers no slopes");
  struct survey s = {.rig = rig, .n_rates = n_rates};
  s.rates =
      proda_room_array(rig->room, 2 * PRODA_DIFFERENCE_STEPS * n_rates * sizeof(lane), "rate");
  s.slope =
      proda_room_array(rig->room, b->nonlinear->n_slopes * b->n_layers * sizeof(lane), "slope");
  s.state = proda_room_array(rig->room, b->n_state * sizeof(lane), "pools");
  if (!s.rates || !s.slope || !s.state)
    return proda_finding_memory(finding);
  for (int round = 0; round < PRODA_RIG_ROUNDS; round++) {
    if (proda_rig_fill(rig, b, round, finding))
      return PRODA_ERROR;
    proda_bench_terms(b);
    proda_rig_state(rig, b);
    memcpy(s.state, b->pools, b->n_state * sizeof(lane));
    memset(s.slope, 0xff, b->nonlinear->n_slopes * b->n_layers * sizeof(lane));
    proda_bench_rates(b);
    proda_bench_slopes(b, s.slope);
    if (look(&s, finding))
      return PRODA_ERROR;
  }
  return PRODA_OK;
}

const struct proda_check proda_model_slopes = {
    .name = "slopes",
    .asks = "slopes are the derivatives of the rates by the pools, and none is missing",
    .matters = "Newton's method would not find the state, and stability would be judged wrongly",
    .repair = "the derivative of that rate: quotient rule, units; slope_of",
    .model = check,
};
