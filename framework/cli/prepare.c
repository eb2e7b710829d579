#include "cli/stages.h"

static const char help[] =
    "Usage: proda prepare EXPERIMENT.yaml\n"
    "\n"
    "Reads the experiment's profiles, keeps those with enough layers and depth, turns\n"
    "carbon contents into densities, and finds the forcing of the nearest cell. Says\n"
    "what was dropped and why. Makes the synthetic world first where the experiment\n"
    "asks for one.\n"
    "\n"
    "Writes <output>/prepare.nc.\n";

static int run(const struct cli *cli, int argc, char **argv, struct proda_error *error)
{
  return cli_run_experiment(cli, argc, argv, proda_stage_prepare, error);
}

const struct cli_command cli_prepare = {
    .name = "prepare",
    .summary = "read and check profiles, find their forcing",
    .help = help,
    .run = run,
};
