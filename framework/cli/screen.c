#include "cli/stages.h"

static const char help[] =
    "Usage: proda screen EXPERIMENT.yaml\n"
    "\n"
    "Marks the calibrated sites that go on to training: chains that agree (mean\n"
    "R-hat at most screen: max_rhat) and a profile that the structure explains (NSE\n"
    "above screen: min_nse). Says how many fell to which reason.\n"
    "\n"
    "Writes <output>/<structure>/screen.nc.\n";

static int run(const struct cli *cli, int argc, char **argv, struct proda_error *error)
{
  return cli_run_structures(cli, argc, argv, proda_stage_screen, error);
}

const struct cli_command cli_screen = {
    .name = "screen",
    .summary = "mark the calibrated sites that go on to training",
    .help = help,
    .run = run,
};
