#include "conformance/sampler_rig.h"

static int numbers(struct proda_sampler_rig *rig, const struct proda_sampling *s)
{
  if (s->walker_size == 0 || s->walker_size % 64 != 0)
    return proda_finding_fail(rig->finding, "a multiple of 64 bytes, more than 0",
                              "walker_size is %zu", s->walker_size);
  if (s->n_walkers == 0 || s->n_chains == 0 || s->n_draws == 0)
    return proda_finding_fail(rig->finding, "at least one of each",
                              "%zu walkers, %zu chains, %zu draws", s->n_walkers, s->n_chains,
                              s->n_draws);
  if (s->n_chains < s->n_walkers)
    return proda_finding_fail(rig->finding, "a chain for every walker",
                              "%zu walkers but %zu chains", s->n_walkers, s->n_chains);
  if (rig->ops->extension(s->sampler, "no such extension"))
    return proda_finding_fail(rig->finding, "NULL for a name that the plugin does not know",
                              "extension answers to \"no such extension\"");
  return PRODA_OK;
}

static int check(struct proda_sampler_rig *rig, struct proda_finding *finding)
{
  rig->ops->destroy(NULL);
  if (proda_sampler_each(rig, numbers))
    return PRODA_ERROR;
  proda_finding_remark(finding, "%zu walkers, %zu chains, at most %zu draws of each%s",
                       rig->box.n_walkers, rig->box.n_chains, rig->box.n_draws,
                       rig->mixed.sampler ? "" : "; uniform priors only");
  return PRODA_OK;
}

const struct proda_check proda_sampler_create = {
    .name = "create",
    .asks = "an instance can be made, and its sizes make sense",
    .matters = "the host makes room for walkers and chains by these numbers",
    .repair = "create, n_walkers, n_chains, n_draws, walker_size; struct proda_sampler_ops in "
              "proda/sampler.h",
    .needed = true,
    .sampler = check,
};
