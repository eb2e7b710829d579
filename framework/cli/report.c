#include "cli/stages.h"
#include "pipeline/pipeline.h"

static const char help[] =
    "Usage: proda report EXPERIMENT.yaml\n"
    "\n"
    "Makes one page of everything that the stores of an experiment tell: maps, latitudes,\n"
    "components, posteriors, profiles, tables, what was dropped and why. The page is one\n"
    "file that a browser opens without a server or a network.\n"
    "\n"
    "Writes <output>/report.html and, where node and rsvg-convert are installed, each\n"
    "figure as SVG and PNG in <output>/figures; `report: {figures: false}` in the\n"
    "experiment leaves these files out. SVG and PNG files in <output>/figures are\n"
    "replaced.\n"
    "\n"
    "Environment: PRODA_REPORT_PATH names directories (with colons between) whose files\n"
    "come before the installed ones that the page is made of.\n";

static int report(const struct proda_run *run, struct proda_error *error)
{
  int status = proda_pipeline_check(run, "report", NULL, error);
  return status == PRODA_OK ? proda_stage_report(run, error) : status;
}

static int run(const struct cli *cli, int argc, char **argv, struct proda_error *error)
{
  return cli_run_experiment(cli, argc, argv, report, error);
}

const struct cli_command cli_report = {
    .name = "report",
    .summary = "make one page of all results",
    .help = help,
    .run = run,
};
