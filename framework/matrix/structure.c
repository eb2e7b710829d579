#include "matrix/structure.h"

#include <stdlib.h>
#include <string.h>

#include "matrix/block.h"

/* Channels that are not linear need the structure's own answer. */
static int find_nonlinear(struct proda_structure *structure, struct proda_error *error)
{
  const struct proda_manifest *manifest = structure->manifest;
  bool linear = true;
  for (size_t c = 0; c < manifest->n_channels; c++)
    linear = linear && manifest->channel[c].linear;
  if (linear)
    return PRODA_OK;
  structure->nonlinear = structure->ops->extension(structure->model, "nonlinear");
  if (!structure->nonlinear || structure->nonlinear->size < sizeof *structure->nonlinear)
    return proda_error_set(
        error,
        "%s has channels with `linear: false`, but its plugin does not offer the "
        "extension \"nonlinear\" of proda/model.h",
        manifest->name);
  if (!structure->nonlinear->steady && !structure->nonlinear->slopes)
    return proda_error_set(
        error,
        "%s: its extension \"nonlinear\" has neither a closed form (`steady`) nor "
        "the derivatives of its rates (`slopes`)",
        manifest->name);
  return PRODA_OK;
}

static int make_plan(struct proda_structure *structure, struct proda_error *error)
{
  const struct proda_nonlinear_ops *ops = structure->nonlinear;
  bool slopes = ops && ops->slopes;
  return proda_plan_new(structure->manifest, slopes ? ops->n_slopes : 0,
                        slopes ? ops->slope_of : NULL, &structure->plan, error);
}

/* Which channels cannot hand over more than they take, whatever the draw. */
static int find_proven(struct proda_structure *structure, struct proda_error *error)
{
  const struct proda_manifest *manifest = structure->manifest;
  structure->proven = malloc((manifest->n_channels + 1) * sizeof *structure->proven);
  if (!structure->proven)
    return proda_error_set(error, "out of memory for the structure");
  memset(structure->proven, true, manifest->n_channels * sizeof *structure->proven);
  for (size_t k = 0; k < manifest->n_transfers; k++)
    if (isnan(proda_expression_constant(manifest->transfer[k].fraction)))
      structure->proven[manifest->transfer[k].channel] = false;
  return PRODA_OK;
}

/* Quantities of its own stand in stores beside the components. */
static int find_quantities(struct proda_structure *structure, struct proda_error *error)
{
  const struct proda_manifest *manifest = structure->manifest;
  if (manifest->n_quantities == 0)
    return PRODA_OK;
  structure->quantities = structure->ops->extension(structure->model, "quantities");
  if (!structure->quantities || structure->quantities->size < sizeof *structure->quantities)
    return proda_error_set(error,
                           "%s states `quantities`, but its plugin does not offer the extension "
                           "\"quantities\" of proda/model.h",
                           manifest->name);
  return PRODA_OK;
}

int proda_structure_new(const struct proda_loaded *loaded, const struct proda_settings *settings,
                        size_t n_months, struct proda_structure **structure,
                        struct proda_error *error)
{
  struct proda_structure *made = calloc(1, sizeof *made);
  if (!made)
    return proda_error_set(error, "out of memory for the structure");
  made->manifest = loaded->manifest;
  made->ops = loaded->plugin->ops;
  made->n_months = n_months;
  struct proda_model_shape shape = {
      .n_layers = made->manifest->grid.n_layers,
      .n_months = n_months,
  };
  int status = made->ops->create(&shape, settings ? settings->value : NULL, &made->model, error);
  if (status == PRODA_OK)
    status = find_nonlinear(made, error);
  if (status == PRODA_OK)
    status = make_plan(made, error);
  if (status == PRODA_OK)
    status = find_proven(made, error);
  if (status == PRODA_OK)
    status = find_quantities(made, error);
  if (status == PRODA_OK) {
    made->site_size = made->ops->site_size(made->model);
    made->carry_size = made->ops->carry_size ? made->ops->carry_size(made->model) : 0;
    *structure = made;
  } else {
    proda_structure_free(made);
  }
  return status;
}

void proda_structure_free(struct proda_structure *structure)
{
  if (!structure)
    return;
  if (structure->model)
    structure->ops->destroy(structure->model);
  proda_plan_free(structure->plan);
  free(structure->proven);
  free(structure);
}

const struct proda_manifest *proda_structure_manifest(const struct proda_structure *structure)
{
  return structure->manifest;
}

const struct proda_plan *proda_structure_plan(const struct proda_structure *structure)
{
  return structure->plan;
}

bool proda_structure_has_slopes(const struct proda_structure *structure)
{
  return structure->plan->linear || structure->plan->n_slopes > 0;
}
