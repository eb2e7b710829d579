#include "conformance/model_checks.h"

/* No host asks for them, but a plugin that takes any number of layers writes past its arrays when
 * its manifest grows. */
static int refuses_other_layers(struct proda_rig *rig, struct proda_finding *finding)
{
  const struct proda_model_ops *ops = rig->one.ops;
  for (size_t k = 0; k < 2; k++) {
    const struct proda_model_shape shape = {rig->one.n_layers + 1 - 2 * k, PRODA_RIG_MONTHS};
    struct proda_error error = {""};
    void *model = NULL;
    int status = ops->create(&shape, rig->subject->settings->value, &model, &error);
    if (status == PRODA_OK) {
      proda_finding_warn(finding, "a refusal, with a message: a structure is made for its own grid",
                         "create takes %zu layers where the manifest has %zu", shape.n_layers,
                         rig->one.n_layers);
      ops->destroy(model);
    } else if (status != PRODA_ERROR || model || !*error.message) {
      return proda_finding_fail(finding, "PRODA_ERROR, a message, and no instance",
                                "create refuses %zu layers, but returns %d, %s message and %s",
                                shape.n_layers, status, *error.message ? "a" : "no",
                                model ? "an instance" : "no instance");
    }
  }
  return PRODA_OK;
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  struct proda_structure *structure = NULL;
  struct proda_error error = {""};
  rig->one.ops->destroy(NULL);
  if (rig->one.ops->extension(rig->one.model, "no such extension"))
    return proda_finding_fail(finding, "NULL for a name that the plugin does not know",
                              "extension answers to \"no such extension\"");
  if (refuses_other_layers(rig, finding))
    return PRODA_ERROR;
  int status = proda_structure_new(rig->subject->loaded, rig->subject->settings, PRODA_RIG_MONTHS,
                                   &structure, &error);
  proda_structure_free(structure);
  return status == PRODA_OK
             ? PRODA_OK
             : proda_finding_fail(finding, "every extension that the manifest asks for", "%s",
                                  error.message);
}

const struct proda_check proda_model_create = {
    .name = "create",
    .asks = "an instance can be made, with every extension that the manifest asks for",
    .matters =
        "without an instance nothing can be solved, and one of other layers writes past its arrays",
    .repair = "create and extension; struct proda_model_ops in proda/model.h",
    .needed = true,
    .model = check,
};
