#include "cli/stages.h"
#include "pipeline/pipeline.h"

static const char help[] =
    "Usage: proda compare EXPERIMENT.yaml\n"
    "\n"
    "Sets the structures of an experiment side by side, before and after calibration:\n"
    "carbon of the globe, by latitude and by class of land; for every two of them the\n"
    "correlation, regression and distance from the 1:1 line of carbon and of every\n"
    "component, cell by cell, weighted by area or not; how their sites end; their skill\n"
    "on the same profiles, with intervals from resampled sites; how far saturating\n"
    "channels are from saturation.\n"
    "\n"
    "Reads what the stages before have written for every structure; writes\n"
    "<output>/compare.nc.\n";

static int compare(const struct proda_run *run, struct proda_error *error)
{
  int status = proda_pipeline_check(run, "compare", NULL, error);
  return status == PRODA_OK ? proda_stage_compare(run, error) : status;
}

static int run(const struct cli *cli, int argc, char **argv, struct proda_error *error)
{
  return cli_run_experiment(cli, argc, argv, compare, error);
}

const struct cli_command cli_compare = {
    .name = "compare",
    .summary = "set the structures of an experiment side by side",
    .help = help,
    .run = run,
};
