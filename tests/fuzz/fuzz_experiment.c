/* Fuzz target: no bytes may crash, leak or hang the reader of experiments, nor what reads the
 * settings and parameters in it by a plugin's manifest. */
#include <math.h>

#include "fuzz/parts.h"
#include "fuzz/tiny.h"
#include "pipeline/experiment/space.h"
#include "plugin/loader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int status, bool made, const struct proda_error *error)
{
  if ((status == PRODA_OK) != made || (status != PRODA_OK && !*error->message))
    __builtin_trap(); /* a refusal has a message, a success its result */
}

static void use_structure(const struct proda_experiment *experiment,
                          const struct proda_experiment_structure *structure)
{
  struct proda_space *space = NULL;
  struct proda_settings *settings = NULL;
  struct proda_error error = {""};
  int status = proda_space_new(experiment, structure, tiny_model(), &space, &error);
  check(status, space != NULL, &error);
  for (size_t k = 0; space && k < space->n_free; k++) {
    struct proda_prior prior = proda_space_coordinate(space, k);
    if (isnan(prior.lower) || isnan(prior.upper))
      __builtin_trap();
  }
  proda_space_free(space);
  *error.message = '\0';
  status = proda_settings_make(tiny_model(), experiment->document, structure->settings, &settings,
                               &error);
  check(status, settings != NULL, &error);
  proda_settings_free(settings);
}

/* Every text that others will read is there. */
static void use(const struct proda_experiment *experiment)
{
  if (!experiment->name || !*experiment->output || !*experiment->profiles || !*experiment->grid ||
      !experiment->calibrate.sampler || !experiment->train.emulator ||
      experiment->n_structures == 0)
    __builtin_trap();
  for (size_t i = 0; i < experiment->n_structures; i++)
    use_structure(experiment, &experiment->structure[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct proda_experiment *experiment = NULL;
  struct proda_error error = {""};
  struct part part = {"experiment.yaml", (const char *)data, size};
  parts_write(&part);
  int status = proda_experiment_read(parts_path(part.name), &experiment, &error);
  check(status, experiment != NULL, &error);
  if (experiment)
    use(experiment);
  proda_experiment_free(experiment);
  return 0;
}
