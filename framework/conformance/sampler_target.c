#include <math.h>
#include <stdlib.h>

#include "conformance/sampler_rig.h"
#include "stats/summary.h"

/* How far mean and spread of the draws may be from those of the target, in its spread: loose, for
 * chains are short; a sampler of another density is further off. */
static const double far_mean = 0.25, far_spread = 0.2;
enum { MOST = 200000 };

struct draws {
  size_t n, room;
  double *value[PRODA_TARGET_SIZE];
};

static int record(struct draws *draws, const double *draw)
{
  if (draws->n == draws->room) {
    draws->room = draws->room ? 2 * draws->room : 4096;
    for (size_t p = 0; p < PRODA_TARGET_SIZE; p++) {
      double *more = realloc(draws->value[p], draws->room * sizeof *more);
      if (!more)
        return PRODA_ERROR;
      draws->value[p] = more;
    }
  }
  for (size_t p = 0; p < PRODA_TARGET_SIZE && draws->value[p]; p++)
    draws->value[p][draws->n] = draw[p];
  draws->n++;
  return PRODA_OK;
}

/* All chains that walker 0 moves, in one list. */
static int walk(struct proda_sampler_rig *rig, const struct proda_sampling *s, struct draws *draws)
{
  struct proda_journey j;
  int status = proda_journey_start(rig, s, (struct proda_walker_key){11, 3, 0}, &j);
  while (status == PRODA_OK && !j.done && j.steps < MOST) {
    status = proda_journey_step(rig, s, &j);
    if (j.outcome.discard_chain)
      draws->n = 0;
    if (status == PRODA_OK && j.outcome.keep && record(draws, j.draw))
      status = proda_finding_memory(rig->finding);
  }
  proda_journey_end(&j, NULL);
  return status;
}

static int judge(struct proda_sampler_rig *rig, const struct proda_sampling *s,
                 const struct draws *draws)
{
  size_t from = rig->ops->discard(s->sampler, draws->n), n = draws->n - from;
  if (n < 2)
    return proda_finding_fail(rig->finding, "draws of a Gaussian that is easy to find",
                              "%zu draws were kept", n);
  for (size_t p = 0; p < PRODA_TARGET_SIZE; p++) {
    double mean, sd, found = proda_mean(draws->value[p] + from, n);
    double spread = sqrt(proda_variance(draws->value[p] + from, n));
    proda_target_moments(s, p, &mean, &sd);
    if (fabs(found - mean) > far_mean * sd || fabs(spread / sd - 1) > far_spread)
      return proda_finding_fail(
          rig->finding, "the mean to a quarter of the spread, the spread to a fifth",
          "%zu draws of a Gaussian: parameter %zu has mean %g and spread %g, the target %g and %g",
          n, p + 1, found, spread, mean, sd);
  }
  proda_finding_remark(rig->finding, "%zu draws have the mean and the spread of their target", n);
  return PRODA_OK;
}

static int check(struct proda_sampler_rig *rig, struct proda_finding *finding)
{
  struct proda_sampling known = {0};
  struct draws draws = {0};
  if (rig->ops->extension(rig->box.sampler, "accepted-only"))
    return proda_finding_skip(finding, "the plugin keeps accepted draws only (\"accepted-only\"): "
                                       "they are no sample of the target");
  int status = proda_sampling_make(rig, PRODA_TARGET_KNOWN, &known);
  if (status == PRODA_OK)
    status = walk(rig, &known, &draws);
  if (status == PRODA_OK)
    status = judge(rig, &known, &draws);
  proda_sampling_clear(rig, &known);
  for (size_t p = 0; p < PRODA_TARGET_SIZE; p++)
    free(draws.value[p]);
  return status;
}

const struct proda_check proda_sampler_target = {
    .name = "target",
    .asks = "draws of a known density have its mean and its spread",
    .matters = "a sampler of another density gives wrong parameters and wrong uncertainty",
    .repair = "the ratio that decides on acceptance: the density of the proposal in both "
              "directions, the logarithm of the transformation; repeats of the current draw",
    .once = true,
    .sampler = check,
};
