#include "pipeline/ahead.h"

#include "pipeline/calibrate/observation.h"
#include "pipeline/experiment/space.h"

/* A plugin that the experiment names at `named`, with the settings that it gives. */
static int check_plugin(const struct proda_run *run, const struct proda_yaml_node *named,
                        const char *name, enum proda_kind kind,
                        const struct proda_yaml_node *settings, struct proda_loaded **loaded,
                        struct proda_error *error)
{
  const struct proda_yaml *document = run->experiment->document;
  struct proda_settings *made = NULL;
  struct proda_error cause = {""};
  if (proda_run_load(run, name, kind, loaded, &cause) != PRODA_OK)
    return proda_yaml_error(document, named, error, "%s", cause.message);
  int status = proda_settings_make((*loaded)->manifest, document, settings, &made, error);
  proda_settings_free(made);
  return status;
}

static int check_stage(const struct proda_run *run, const char *stage, const char *key,
                       const char *name, enum proda_kind kind,
                       const struct proda_yaml_node *settings, struct proda_error *error)
{
  struct proda_loaded *loaded = NULL;
  const struct proda_yaml_node *root = proda_yaml_root(run->experiment->document);
  const struct proda_yaml_node *named = proda_yaml_get(proda_yaml_get(root, stage), key);
  int status = check_plugin(run, named, name, kind, settings, &loaded, error);
  proda_loaded_free(loaded);
  return status;
}

static int check_observation(const struct proda_run *run, const struct proda_manifest *manifest,
                             struct proda_error *error)
{
  const struct proda_yaml *document = run->experiment->document;
  const struct proda_yaml_node *calibrate = proda_yaml_get(proda_yaml_root(document), "calibrate");
  const struct proda_yaml_node *node = proda_yaml_get(calibrate, "observation");
  struct proda_observing how;
  struct proda_error cause = {""};
  if (proda_observing_of(&run->experiment->calibrate.observation, manifest, &how, &cause) ==
      PRODA_OK)
    return PRODA_OK;
  return proda_yaml_error(document, node ? node : calibrate, error, "%s", cause.message);
}

static int check_structure(const struct proda_run *run,
                           const struct proda_experiment_structure *structure,
                           struct proda_error *error)
{
  struct proda_loaded *loaded = NULL;
  struct proda_space *space = NULL;
  int status = check_plugin(run, proda_yaml_get(structure->node, "model"), structure->model,
                            PRODA_MODEL, structure->settings, &loaded, error);
  if (status == PRODA_OK)
    status = proda_space_new(run->experiment, structure, loaded->manifest, &space, error);
  if (status == PRODA_OK)
    status = check_observation(run, loaded->manifest, error);
  proda_space_free(space);
  proda_loaded_free(loaded);
  return status;
}

/* The structure that the embedded world follows. */
static int check_truth(const struct proda_run *run, struct proda_error *error)
{
  struct proda_loaded *loaded = NULL;
  if (!run->experiment->synthetic)
    return PRODA_OK;
  const struct proda_yaml_node *data =
      proda_yaml_get(proda_yaml_root(run->experiment->document), "data");
  const struct proda_yaml_node *named = proda_yaml_get(proda_yaml_get(data, "synth"), "truth");
  if (!named) /* the first structure, which is checked as such */
    return PRODA_OK;
  int status =
      check_plugin(run, named, run->experiment->synth.truth, PRODA_MODEL, NULL, &loaded, error);
  proda_loaded_free(loaded);
  return status;
}

int proda_check_ahead(const struct proda_run *run, struct proda_error *error)
{
  const struct proda_experiment *experiment = run->experiment;
  proda_stage_begin(run, "looking ahead", NULL);
  for (size_t i = 0; i < experiment->n_structures; i++)
    if (check_structure(run, &experiment->structure[i], error) != PRODA_OK)
      return PRODA_ERROR;
  if (check_truth(run, error) != PRODA_OK ||
      check_stage(run, "calibrate", "sampler", experiment->calibrate.sampler, PRODA_SAMPLER,
                  experiment->calibrate.settings, error) != PRODA_OK)
    return PRODA_ERROR;
  return check_stage(run, "train", "emulator", experiment->train.emulator, PRODA_EMULATOR,
                     experiment->train.settings, error);
}
