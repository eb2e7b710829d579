#include <getopt.h>
#include <stdio.h>

#include "cli/cli.h"
#include "describe/describe.h"

static const char help[] =
    "Usage: proda describe [--dot | --markdown] NAME|DIR|MANIFEST.yaml\n"
    "\n"
    "Prints what a plugin's manifest states. Of a structure: pools, channels with their\n"
    "formulas, definitions, the pattern of the matrices, which pools are solved together,\n"
    "observables, parameters by term with units and priors, drivers. Of every plugin its\n"
    "settings. No code is loaded.\n"
    "\n"
    "  --dot       draw a structure's graph for Graphviz: `proda describe --dot clm5 |\n"
    "              dot -Tsvg >clm5.svg`; a double frame moves between layers, an octagon is\n"
    "              a channel that is not linear, dotted lines lead from what its rate\n"
    "              depends on\n"
    "  --markdown  print it as a page, equations and parameters in tables\n";

static int read_arguments(int argc, char **argv, proda_describe **describe, const char **name,
                          struct proda_error *error)
{
  static const struct option options[] = {
      {"dot", no_argument, NULL, 'd'}, {"markdown", no_argument, NULL, 'm'}, {0}};
  proda_describe *const form[] = {['d'] = proda_describe_dot, ['m'] = proda_describe_markdown};
  bool chosen = false;
  opterr = 0;
  for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
    if (c == '?')
      return cli_unknown_option(argv[0], argv[optind - 1], error);
    if (chosen)
      return proda_error_set(error, "describe: expected one of --dot and --markdown");
    *describe = form[c];
    chosen = true;
  }
  if (optind + 1 != argc)
    return cli_usage(argv[0], "one argument, a plugin's name, folder or manifest", error);
  *name = argv[optind];
  return PRODA_OK;
}

static int run(const struct cli *cli, int argc, char **argv, struct proda_error *error)
{
  struct proda_manifest *manifest = NULL;
  proda_describe *describe = proda_describe_text;
  const char *name = NULL;
  if (read_arguments(argc, argv, &describe, &name, error))
    return CLI_USAGE;
  if (proda_find_manifest(cli->search_path, name, 0, &manifest, error))
    return CLI_FAILED;
  int status = describe(manifest, stdout, error);
  proda_manifest_free(manifest);
  return status ? CLI_FAILED : CLI_OK;
}

const struct cli_command cli_describe = {
    .name = "describe",
    .summary = "say what a plugin states of itself",
    .help = help,
    .has_options = 1,
    .run = run,
};
