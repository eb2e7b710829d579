#include "fuzz/tiny.h"

#include <proda/emulator.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One parameter of each kind of prior, one setting of each type. */
static const char model[] =
    "proda: 1\n"
    "kind: model\n"
    "name: m\n"
    "title: M\n"
    "time: yr\n"
    "settings:\n"
    "  flag: {type: boolean, default: true, doc: d}\n"
    "  size: {type: integer, default: 1, unit: \"1\", minimum: 0, maximum: 9, doc: d}\n"
    "  share: {type: number, default: 0.5, unit: \"1\", minimum: 0, maximum: 1, doc: d}\n"
    "  way: {type: choice, choices: [left, right], default: left, doc: d}\n"
    "  many: {type: list, default: [1, 2], unit: \"1\", doc: d}\n"
    "grid: {dz: [0.1, 0.2], node: [0.05, 0.2], interface: [0.1, 0.3]}\n"
    "drivers: {npp: {unit: gC m-3 yr-1, doc: d}}\n"
    "parameters:\n"
    "  u: {term: K, unit: yr, default: 2, prior: [1, 3], doc: d}\n"
    "  l: {term: K, unit: yr, default: 2, prior: {log_uniform: [1, 3]}, doc: d}\n"
    "pools: {p: d}\n"
    "modifiers: {xi: 1}\n"
    "inputs: {p: npp}\n"
    "channels: [{from: p, rate: 1 / u}]\n"
    "observe: {soc: {sum: p, unit: gC m-3, doc: d}}\n";

static const char emulator[] = "proda: 1\n"
                               "kind: emulator\n"
                               "name: e\n"
                               "title: E\n";

static const char experiment[] = "proda: 1\n"
                                 "kind: experiment\n"
                                 "name: n\n"
                                 "output: .\n"
                                 "data: {profiles: profiles.nc, grid: grid.nc}\n"
                                 "structures: [{model: m, name: a}]\n"
                                 "calibrate: {sampler: s}\n"
                                 "train: {emulator: e}\n";

static void require(int status, const struct proda_error *error)
{
  if (status == PRODA_OK)
    return;
  fprintf(stderr, "%s\n", error->message);
  abort();
}

static struct proda_manifest *parse(const char *name, const char *text)
{
  struct proda_manifest *manifest = NULL;
  struct proda_error error = {""};
  require(proda_manifest_parse(name, text, strlen(text), &manifest, &error), &error);
  return manifest;
}

struct proda_manifest *tiny_model(void)
{
  static struct proda_manifest *made;
  return made ? made : (made = parse("m", model));
}

/* ---- the emulator ---- */

static int create(size_t n_inputs, size_t n_outputs, const struct proda_setting *settings,
                  void **made, struct proda_error *error)
{
  static double sum;
  (void)n_inputs;
  (void)n_outputs;
  (void)settings;
  (void)error;
  *made = &sum;
  return PRODA_OK;
}

static void destroy(void *made)
{
  (void)made;
}

static int predict(const void *made, size_t n, const double *input, double *output,
                   struct proda_error *error)
{
  (void)made;
  (void)error;
  for (size_t i = 0; i < 2 * n; i++) /* the free parameters of tiny_model */
    output[i] = input[0];
  return PRODA_OK;
}

static int restore(void *made, size_t n, const struct proda_array *arrays,
                   struct proda_error *error)
{
  double *sum = made;
  (void)error;
  for (size_t i = 0; i < n; i++) {
    size_t size = arrays[i].dim[0] * arrays[i].dim[1] * arrays[i].dim[2] * arrays[i].dim[3];
    for (size_t k = 0; k < size; k++)
      *sum += arrays[i].value[k];
  }
  return PRODA_OK;
}

const struct proda_loaded *tiny_emulator(void)
{
  static const struct proda_emulator_ops ops = {
      .size = sizeof ops,
      .create = create,
      .destroy = destroy,
      .predict = predict,
      .restore = restore,
  };
  static const struct proda_plugin plugin = {.name = "e", .ops = &ops};
  static struct proda_loaded loaded = {.plugin = &plugin};
  if (!loaded.manifest)
    loaded.manifest = parse("e", emulator);
  return &loaded;
}

/* ---- the experiment ---- */

const struct proda_experiment *tiny_experiment(const char *directory)
{
  static struct proda_experiment *made;
  char path[512];
  struct proda_error error = {""};
  if (made)
    return made;
  snprintf(path, sizeof path, "%s/experiment.yaml", directory);
  FILE *out = fopen(path, "we");
  if (!out || fputs(experiment, out) < 0 || fclose(out) != 0)
    abort();
  require(proda_experiment_read(path, &made, &error), &error);
  unlink(path);
  return made;
}
