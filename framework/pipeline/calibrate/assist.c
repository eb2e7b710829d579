#include <string.h>

#include "farm/ranks.h"
#include "pipeline/calibrate/calibration.h"

/* Ranks on other machines see other files where they do not share a file system. */
static int compare_inputs(const struct proda_calibration *c, const char *announced,
                          struct proda_error *error)
{
  if (strcmp(c->inputs, announced) == 0)
    return PRODA_OK;
  return proda_error_set(error,
                         "calibrate %s: the experiment, its data, %s or the plugins are not the "
                         "same here as on rank 0: put them where all machines of the run see them",
                         c->chosen->name, c->prepare_path);
}

int proda_calibrate_assist(const struct proda_run *run, const struct proda_job *job,
                           struct proda_error *error)
{
  struct proda_calibration c;
  int status = proda_calibration_open(run, &run->experiment->structure[job->number], &c, error);
  if (status == PRODA_OK)
    status = compare_inputs(&c, job->inputs, error);
  if (status == PRODA_OK)
    status = proda_calibration_set_up(&c, error);
  if (status == PRODA_OK) {
    const struct proda_farm_work work = {
        .n_largest = c.record_size, .work = proda_calibration_work, .context = &c};
    const struct proda_farm_options options = proda_calibration_farm(run);
    status = proda_ranks_assist(run->crew, &work, &options, error);
  }
  proda_calibration_close(&c);
  return status;
}
