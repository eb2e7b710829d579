#include "pipeline/pipeline.h"

#include <time.h>

static double seconds(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int run_structure(const struct proda_run *run,
                         const struct proda_experiment_structure *structure,
                         struct proda_error *error)
{
  static const struct {
    const char *name;
    int (*run)(const struct proda_run *, const struct proda_experiment_structure *,
               struct proda_error *);
  } stage[] = {
      {"calibrate", proda_stage_calibrate},
      {"screen", proda_stage_screen},
      {"train", proda_stage_train},
      {"map", proda_stage_map},
  };
  for (size_t i = 0; i < sizeof stage / sizeof *stage; i++) {
    double start = seconds();
    int status = stage[i].run(run, structure, error);
    if (status != PRODA_OK)
      return proda_error_prefix(error, "%s %s: ", stage[i].name, structure->name);
    proda_report(run, "%s %s: %.1f s", stage[i].name, structure->name, seconds() - start);
  }
  return PRODA_OK;
}

int proda_pipeline_run(const struct proda_run *run, struct proda_error *error)
{
  double start = seconds();
  int status = proda_stage_world(run, error);
  if (status == PRODA_OK)
    status = proda_stage_prepare(run, error);
  if (status != PRODA_OK)
    return status;
  proda_report(run, "prepare: %.1f s", seconds() - start);
  for (size_t i = 0; i < run->experiment->n_structures; i++)
    if (run_structure(run, &run->experiment->structure[i], error) != PRODA_OK)
      return PRODA_ERROR;
  return PRODA_OK;
}
