#include "conformance/emulator_rig.h"

static int check(struct proda_emulator_rig *rig, struct proda_finding *finding)
{
  rig->ops->destroy(NULL);
  if (rig->ops->extension(rig->first, "no such extension"))
    return proda_finding_fail(finding, "NULL for a name that the plugin does not know",
                              "extension answers to \"no such extension\"");
  if (proda_emulator_arrays(rig))
    return PRODA_ERROR;
  proda_finding_remark(finding, "what it learns stands in %zu arrays", rig->n_arrays);
  return PRODA_OK;
}

const struct proda_check proda_emulator_create = {
    .name = "create",
    .asks = "an instance can be made and fitted, reports its epochs and names its arrays",
    .matters = "without it nothing can be learned or stored",
    .repair = "create, fit and array; struct proda_emulator_ops in proda/emulator.h",
    .needed = true,
    .once = true,
    .emulator = check,
};
