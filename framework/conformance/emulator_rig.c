#include "conformance/emulator_rig.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <proda/random.h>

enum {
  INPUTS = PRODA_EMULATOR_INPUTS,
  OUTPUTS = PRODA_EMULATOR_OUTPUTS,
  SAMPLES = PRODA_EMULATOR_SAMPLES
};

static void calling(const struct proda_emulator_rig *rig, const char *what)
{
  snprintf(rig->finding->calling, sizeof rig->finding->calling, "%s", what);
}

static int make_samples(struct proda_emulator_rig *rig)
{
  struct proda_random random;
  double *input = proda_room_array(rig->room, sizeof(double) * SAMPLES * INPUTS, "samples->input");
  double *output =
      proda_room_array(rig->room, sizeof(double) * SAMPLES * OUTPUTS, "samples->output");
  bool *validation = proda_room_array(rig->room, sizeof(bool) * SAMPLES, "samples->validation");
  rig->one = proda_room_array(rig->room, sizeof(double) * SAMPLES * OUTPUTS, "output");
  rig->two = proda_room_array(rig->room, sizeof(double) * SAMPLES * OUTPUTS, "output");
  if (!input || !output || !validation || !rig->one || !rig->two)
    return proda_finding_memory(rig->finding);
  proda_random_start(&random, 3, 0, 0);
  proda_random_uniforms(&random, (size_t)SAMPLES * INPUTS, input);
  proda_random_uniforms(&random, (size_t)SAMPLES * OUTPUTS, output);
  for (size_t i = 0; i < SAMPLES; i++)
    validation[i] = i % 6 == 0;
  rig->samples = (struct proda_samples){SAMPLES, INPUTS, OUTPUTS, input, output, validation};
  return PRODA_OK;
}

int proda_emulator_make(struct proda_emulator_rig *rig, void **emulator)
{
  struct proda_error error = {""};
  calling(rig, "create");
  int status = rig->ops->create(INPUTS, OUTPUTS, rig->subject->settings->value, emulator, &error);
  calling(rig, "");
  if (status == PRODA_OK && *emulator)
    return PRODA_OK;
  return proda_finding_fail(rig->finding, "an instance, for every setting that the manifest allows",
                            "create refused %d inputs and %d outputs: %s", INPUTS, OUTPUTS,
                            *error.message ? error.message : "it gave no reason");
}

/* Counts epochs as they are reported. */
struct progress {
  size_t reports, wrong;
};

static bool enough(void *context, size_t epoch, double training, double validation)
{
  struct progress *progress = context;
  progress->wrong += epoch != progress->reports || isnan(training) || isnan(validation);
  return ++progress->reports < PRODA_EMULATOR_EPOCHS;
}

int proda_emulator_fit(struct proda_emulator_rig *rig, void *emulator,
                       const struct proda_samples *samples, uint64_t seed)
{
  struct progress progress = {0, 0};
  const struct proda_fit_progress report = {enough, &progress};
  struct proda_error error = {""};
  calling(rig, "fit");
  int status = rig->ops->fit(emulator, samples, seed, &report, &error);
  calling(rig, "");
  if (status != PRODA_OK)
    return proda_finding_fail(rig->finding, "a fit of samples between 0 and 1", "fit refused: %s",
                              *error.message ? error.message : "it gave no reason");
  if (progress.reports == 0 || progress.reports > PRODA_EMULATOR_EPOCHS)
    return proda_finding_fail(rig->finding, "a report after each epoch, and an end when it says so",
                              "fit reported %zu epochs, where it was told to end after %d",
                              progress.reports, PRODA_EMULATOR_EPOCHS);
  if (progress.wrong)
    return proda_finding_fail(rig->finding, "epochs counted from 0, with losses that are numbers",
                              "%zu of %zu reports of fit are wrong", progress.wrong,
                              progress.reports);
  return PRODA_OK;
}

int proda_emulator_predict(struct proda_emulator_rig *rig, const void *emulator, size_t first,
                           double *out)
{
  struct proda_error error = {""};
  calling(rig, "predict");
  int status = rig->ops->predict(emulator, SAMPLES - first, rig->samples.input + first * INPUTS,
                                 out + first * OUTPUTS, &error);
  calling(rig, "");
  return status == PRODA_OK ? PRODA_OK
                            : proda_finding_fail(rig->finding, "a prediction",
                                                 "predict refused: %s", error.message);
}

int proda_emulator_same(struct proda_emulator_rig *rig, const double *one, const double *two,
                        size_t first, const char *expected, const char *when)
{
  for (size_t k = first * OUTPUTS; k < (size_t)SAMPLES * OUTPUTS; k++)
    if (!proda_same_number(one[k], two[k]))
      return proda_finding_fail(rig->finding, expected,
                                "output %zu of row %zu is %.17g, and %.17g %s", k % OUTPUTS + 1,
                                k / OUTPUTS + 1, one[k], two[k], when);
  return PRODA_OK;
}

static int look_at_array(const struct proda_emulator_rig *rig, size_t i)
{
  const struct proda_array *array = &rig->array[i];
  if (!array->name || array->rank > 4)
    return proda_finding_fail(rig->finding, "a name, and at most 4 dimensions",
                              "array %zu has %s and %zu dimensions", i,
                              array->name ? array->name : "no name", array->rank);
  for (size_t d = array->rank; d < 4; d++)
    if (array->dim[d] != 1)
      return proda_finding_fail(rig->finding, "1 beyond the rank", "dim[%zu] of array '%s' is %zu",
                                d, array->name, array->dim[d]);
  for (size_t j = 0; j < i; j++)
    if (strcmp(array->name, rig->array[j].name) == 0)
      return proda_finding_fail(rig->finding, "a name of its own for each",
                                "two arrays are called '%s'", array->name);
  return PRODA_OK;
}

int proda_emulator_arrays(struct proda_emulator_rig *rig)
{
  size_t n = rig->ops->n_arrays(rig->first);
  if (rig->n_arrays > 0)
    return PRODA_OK;
  if (n == 0 || n > PRODA_EMULATOR_ARRAYS)
    return proda_finding_fail(rig->finding, "what was learned, in 1 to 64 arrays", "%zu arrays", n);
  for (size_t i = 0; i < n; i++) {
    rig->ops->array(rig->first, i, &rig->array[i]);
    if (look_at_array(rig, i))
      return PRODA_ERROR;
  }
  rig->n_arrays = n;
  return PRODA_OK;
}

static int prepare(struct proda_emulator_rig *rig)
{
  if (make_samples(rig) || proda_emulator_make(rig, &rig->first) ||
      proda_emulator_make(rig, &rig->second))
    return PRODA_ERROR;
  if (proda_emulator_fit(rig, rig->first, &rig->samples, 9))
    return PRODA_ERROR;
  return proda_emulator_fit(rig, rig->second, &rig->samples, 9);
}

static int run(const struct proda_check *check, const struct proda_subject *subject,
               struct proda_finding *finding)
{
  struct proda_emulator_rig rig = {.subject = subject,
                                   .ops = subject->loaded->plugin->ops,
                                   .room = proda_room_new(false),
                                   .finding = finding};
  if (!rig.room)
    return proda_finding_memory(finding);
  int status = prepare(&rig);
  if (status == PRODA_OK)
    status = check->emulator(&rig, finding);
  if (rig.first)
    rig.ops->destroy(rig.first);
  if (rig.second)
    rig.ops->destroy(rig.second);
  proda_room_free(rig.room);
  return status;
}

static const struct proda_check *const checks[] = {
    &proda_emulator_create, &proda_emulator_memory, &proda_emulator_determinism,
    &proda_emulator_rows,   &proda_emulator_save,   &proda_emulator_borrowed,
};

const struct proda_suite proda_emulator_suite = {
    .n = sizeof checks / sizeof(struct proda_check *),
    .check = checks,
    .run = run,
};
