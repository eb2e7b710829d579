/** @file fragile.h
 * A small calibration of a structure that goes wrong where the environment asks for it
 * (fragile/fragile.c), made once and then disturbed.
 */
#ifndef PRODA_TESTS_FRAGILE_H
#define PRODA_TESTS_FRAGILE_H

#include "plugin/planting.h"
#include "program.h"
#include "stores.h"

enum { FRAGILE_PROFILES = 40 };

static const char fragile_experiment[] =
    "proda: 1\nkind: experiment\nname: small\nseed: 3\noutput: results\n"
    "data:\n  synth: {truth: fragile, profiles: 40, resolution: 15, noise: 0.1}\n"
    "structures:\n  - {model: fragile}\n"
    "calibrate:\n  sampler: adaptive_metropolis\n"
    "  settings: {test_run: 500, formal_run: 1000}\n"
    "  observation: {error: lognormal, sd: 0.1}\n  keep: 20\n"
    "screen: {max_rhat: 2}\n"
    "train: {emulator: mlp, settings: {hidden: [4], epochs: 5}}\n"
    "report: {figures: false}\n";

/** `proda LINE e.yaml` with the scratch directory's plugins; its exit status. */
static inline __attribute__((unused)) int fragile_command(const char *line)
{
  return proda(
      scratch_print("--plugin-path %s %s %s/e.yaml", scratch_directory, line, scratch_directory));
}

/** A file of the output directory. */
static inline __attribute__((unused)) const char *fragile_path(const char *name)
{
  return scratch_print("%s/results/%s", scratch_directory, name);
}

/** Builds the structure and writes the experiment. */
static inline __attribute__((unused)) int fragile_build(void)
{
  static const char *const file[] = {"fragile.yaml", "fragile.c", NULL};
  plant_sources("pipeline/fragile", "fragile", file);
  text_write(scratch_path("e.yaml"), fragile_experiment);
  unsetenv("FRAGILE");
  unsetenv("FRAGILE_LOAD");
  unsetenv("FRAGILE_EVERY");
  int status = proda(scratch_print("build %s/fragile", scratch_directory));
  if (status)
    print_error("%s", errors);
  return status;
}

/** Runs `line` undisturbed and keeps its stores in `undisturbed`. */
static inline __attribute__((unused)) int fragile_undisturbed(const char *line)
{
  int status = fragile_command(line);
  if (status)
    print_error("%s", errors);
  return status ||
         system(scratch_print("cp -a %s %s/undisturbed", fragile_path(""), scratch_directory));
}

/** Puts the output directory back to how it was undisturbed. */
static inline __attribute__((unused)) void fragile_restore(void)
{
  assert_int_equal(system(scratch_print("cd %s && rm -rf results && cp -a undisturbed results",
                                        scratch_directory)),
                   0);
}

/** Whether a store has the bytes of the undisturbed one. */
static inline __attribute__((unused)) void assert_undisturbed(const char *name)
{
  assert_int_equal(system(scratch_print("cmp %s %s/undisturbed/%s", fragile_path(name),
                                        scratch_directory, name)),
                   0);
}

/** No temporary file is left in the output directory. */
static inline __attribute__((unused)) void assert_no_temporary(void)
{
  assert_int_equal(system(scratch_print("! find %s -name '*.tmp' | grep .", fragile_path(""))), 0);
}

#endif
