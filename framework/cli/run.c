#include "cli/stages.h"
#include "pipeline/pipeline.h"

static const char help[] =
    "Usage: proda run [OPTION]... EXPERIMENT.yaml\n"
    "\n"
    "Runs an experiment from measured profiles to maps: prepare, then for every\n"
    "structure calibrate, screen, train, map, then compare and report. A stage whose\n"
    "store is there and made from the same inputs, settings and plugins is not run\n"
    "again; a calibration that was stopped goes on with the sites that are missing.\n"
    "\n"
    "Writes <output>/prepare.nc, <output>/<structure>/{calibrate,screen,train,map}.nc,\n"
    "<output>/compare.nc and <output>/report.html, which shows it all in a browser.\n"
    "With `data: synth` the embedded world is made first, in <output>/world.\n"
    "\n"
    "  --dry-run              prices the run in place of it: which stages would run, their\n"
    "                         sites and draws, seconds, sizes of stores. Measures for seconds\n"
    "                         on this machine, with the workers of --jobs; writes nothing to\n"
    "                         the output directory\n" CLI_WORKERS_HELP "\n"
    "`proda status` tells how far a run is, also from another terminal.\n"
    "\n"
    "Examples:\n"
    "  proda run --dry-run examples/demo/experiment.yaml\n"
    "  proda run examples/demo/experiment.yaml\n";

static int run(const struct cli *cli, int argc, char **argv, struct proda_error *error)
{
  return cli_run_experiment(cli, argc, argv, proda_pipeline_run, error);
}

const struct cli_command cli_run = {
    .name = "run",
    .summary = "run an experiment, from profiles to maps",
    .help = help,
    .has_options = 1,
    .crew = 1,
    .run = run,
};
