#include <getopt.h>
#include <stdio.h>

#include "cli/cli.h"
#include "pipeline/simulate.h"
#include "pipeline/sites.h"

static const char help[] =
    "Usage: proda simulate MODEL --forcing F.nc [--parameters P.nc] --out O.nc\n"
    "\n"
    "Computes the steady state of a structure at every site of a forcing file.\n"
    "\n"
    "  --forcing F.nc     forcing by site, layer and month\n"
    "  --parameters P.nc  parameter_name(parameter) and value(site, set, parameter) in\n"
    "                     physical units; without it the structure's defaults\n"
    "  --out O.nc         store to write: pools, densities, stocks, status, mass balance\n"
    "\n"
    "`proda describe MODEL` lists the drivers and parameters with their units.\n";

static int read_arguments(int argc, char **argv, struct proda_simulation *simulation,
                          struct proda_error *error)
{
  static const struct option options[] = {
      {"forcing", required_argument, NULL, 'f'},
      {"parameters", required_argument, NULL, 'p'},
      {"out", required_argument, NULL, 'o'},
      {0},
  };
  opterr = 0;
  for (int c; (c = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
    switch (c) {
    case 'f':
      simulation->forcing = optarg;
      break;
    case 'p':
      simulation->parameters = optarg;
      break;
    case 'o':
      simulation->out = optarg;
      break;
    case ':':
      return proda_error_set(error, "simulate: %s needs a value", argv[optind - 1]);
    default:
      return proda_error_set(error, "simulate: unknown option '%s'; see `proda simulate --help`",
                             argv[optind - 1]);
    }
  }
  if (optind + 1 != argc || !simulation->forcing || !simulation->out)
    return proda_error_set(error, "simulate: expected MODEL --forcing F.nc --out O.nc; see `proda "
                                  "simulate --help`");
  simulation->model = argv[optind];
  return PRODA_OK;
}

static int run(const struct cli *cli, int argc, char **argv, struct proda_error *error)
{
  struct proda_simulation simulation = {
      .search_path = cli->search_path,
      .command = cli->command_line,
  };
  if (read_arguments(argc, argv, &simulation, error) != PRODA_OK)
    return CLI_USAGE;
  struct proda_simulated done;
  if (proda_simulate(&simulation, &done, error) != PRODA_OK)
    return CLI_FAILED;
  if (!cli->quiet) {
    printf("%s: %zu sites x %zu parameter sets:", simulation.out, done.n_sites, done.n_sets);
    for (int i = 0; i < PRODA_N_SITE_STATUS; i++)
      if (done.n_status[i])
        printf(" %zu %s", done.n_status[i], proda_site_status_names[i]);
    printf("\n");
  }
  return CLI_OK;
}

const struct cli_command cli_simulate = {
    .name = "simulate",
    .summary = "steady states of a structure at the sites of a forcing file",
    .help = help,
    .has_options = 1,
    .run = run,
};
