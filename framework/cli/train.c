#include "cli/stages.h"

static const char help[] =
    "Usage: proda train EXPERIMENT.yaml\n"
    "\n"
    "Trains the emulator, for every structure of the experiment, to predict from a\n"
    "site's covariates the parameters that calibration found there, and tells the\n"
    "skill at held-out profiles: the structure run with predicted parameters, beside\n"
    "the default ones, one global median and the site's own posterior.\n"
    "\n"
    "Writes <output>/<structure>/train.nc.\n";

static int run(const struct cli *cli, int argc, char **argv, struct proda_error *error)
{
  return cli_run_structures(cli, argc, argv, proda_stage_train, error);
}

const struct cli_command cli_train = {
    .name = "train",
    .summary = "train the emulator and tell its skill at held-out profiles",
    .help = help,
    .run = run,
};
