#include "cli/stages.h"

static const char help[] =
    "Usage: proda calibrate [OPTION]... EXPERIMENT.yaml\n"
    "\n"
    "Samples the posterior of every prepared site, for every structure of the\n"
    "experiment. Stopping loses nothing finished: run it again and it goes on.\n"
    "\n"
    "Writes <output>/<structure>/calibrate.nc.\n"
    "\n" CLI_WORKERS_HELP;

static int run(const struct cli *cli, int argc, char **argv, struct proda_error *error)
{
  return cli_run_structures(cli, argc, argv, proda_stage_calibrate, error);
}

const struct cli_command cli_calibrate = {
    .name = "calibrate",
    .summary = "sample the posterior of every prepared site",
    .help = help,
    .has_options = 1,
    .crew = 1,
    .run = run,
};
