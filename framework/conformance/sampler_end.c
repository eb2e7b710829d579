#include "conformance/sampler_rig.h"

static int judge(struct proda_sampler_rig *rig, const struct proda_sampling *s,
                 const struct proda_journey *j, size_t most)
{
  if (!j->done)
    return proda_finding_fail(rig->finding, "an end, however long it takes",
                              "no end after %zu steps, where it keeps at most %zu draws of a chain",
                              most, s->n_draws);
  if (!j->failure && (j->kept == 0 || j->kept > s->n_draws * s->n_chains))
    return proda_finding_fail(
        rig->finding, "at least one draw, and no more than n_draws of a chain",
        "%zu draws kept of %zu chains, with n_draws %zu", j->kept, s->n_chains, s->n_draws);
  if (rig->ops->discard(s->sampler, s->n_draws) >= s->n_draws)
    return proda_finding_fail(rig->finding, "that some draws are left",
                              "discard drops %zu of %zu draws",
                              rig->ops->discard(s->sampler, s->n_draws), s->n_draws);
  if (rig->ops->discard(s->sampler, 0) != 0)
    return proda_finding_fail(rig->finding, "0", "discard drops %zu of 0 draws",
                              rig->ops->discard(s->sampler, 0));
  return PRODA_OK;
}

static int to_the_end(struct proda_sampler_rig *rig, const struct proda_sampling *s)
{
  struct proda_journey j;
  size_t most = 100 * (s->n_draws + 1000) * s->n_chains;
  int status = proda_journey_start(rig, s, (struct proda_walker_key){9, 9, 0}, &j);
  while (status == PRODA_OK && !j.done && j.steps < most)
    status = proda_journey_step(rig, s, &j);
  if (status == PRODA_OK)
    status = judge(rig, s, &j, most);
  proda_journey_end(&j, NULL);
  return status;
}

static int check(struct proda_sampler_rig *rig, struct proda_finding *finding)
{
  (void)finding;
  return proda_sampler_each(rig, to_the_end);
}

const struct proda_check proda_sampler_end = {
    .name = "end",
    .asks = "a walker comes to its end, with no more draws than n_draws says",
    .matters = "a site that never ends holds the whole run; the host has room for n_draws",
    .repair = "outcome->done, keep and discard_chain in accept; discard",
    .sampler = check,
};
