#include "cli/stages.h"

static const char help[] =
    "Usage: proda map EXPERIMENT.yaml\n"
    "\n"
    "Predicts every structure's parameters at the cells of the grid, runs it there,\n"
    "with default and global median parameters too, and sums up the carbon.\n"
    "\n"
    "Writes <output>/<structure>/map.nc by cell and, where the cells lie on a regular\n"
    "grid, map_grid.nc with fields of latitude and longitude.\n";

static int run(const struct cli *cli, int argc, char **argv, struct proda_error *error)
{
  return cli_run_structures(cli, argc, argv, proda_stage_map, error);
}

const struct cli_command cli_map = {
    .name = "map",
    .summary = "predict parameters and carbon on the grid",
    .help = help,
    .run = run,
};
