#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/stages.h"
#include "pipeline/synth/synth.h"

static const char help[] =
    "Usage: proda synth DIR [OPTION]...\n"
    "\n"
    "Makes a synthetic world with known true parameters: DIR/grid.nc (forcing and\n"
    "covariates), DIR/profiles.nc (noisy measurements), DIR/truth.nc (what is to be\n"
    "found again).\n"
    "\n"
    "  --model NAME      structure that the truth follows (default: the first of those\n"
    "                    with the most layers that `proda list` shows)\n"
    "  --profiles N      number of profiles (default 400)\n"
    "  --resolution DEG  size of a cell in degrees (default 5)\n"
    "  --noise SD        sd of the log of an observation (default 0.1)\n"
    "  --seed N          of true parameters, places and noise (default 1)\n";

static int read_number(const char *name, const char *text, double *value, struct proda_error *error)
{
  char *end;
  *value = strtod(text, &end);
  if (end == text || *end != '\0')
    return proda_error_set(error, "synth: --%s: '%s' is not a number", name, text);
  return PRODA_OK;
}

static int read_whole(const char *name, const char *text, unsigned long long *value,
                      struct proda_error *error)
{
  char *end;
  errno = 0;
  *value = strtoull(text, &end, 10);
  if (end == text || *end != '\0' || text[0] == '-' || errno != 0)
    return proda_error_set(error, "synth: --%s: '%s' is not a whole number from 0", name, text);
  return PRODA_OK;
}

static int read_option(int option, const char *text, struct proda_synth_options *options,
                       struct proda_error *error)
{
  unsigned long long whole = 0;
  int result = PRODA_OK;
  switch (option) {
  case 'm':
    options->model = text;
    break;
  case 'p':
    result = read_whole("profiles", text, &whole, error);
    options->profiles = whole > 10000000 ? -1 : (long)whole;
    break;
  case 'r':
    result = read_number("resolution", text, &options->resolution, error);
    break;
  case 'n':
    result = read_number("noise", text, &options->noise, error);
    break;
  default:
    result = read_whole("seed", text, &whole, error);
    options->seed = whole;
  }
  return result;
}

static int read_arguments(int argc, char **argv, struct proda_synth_options *options,
                          struct proda_error *error)
{
  static const struct option known[] = {
      {"model", required_argument, NULL, 'm'},      {"profiles", required_argument, NULL, 'p'},
      {"resolution", required_argument, NULL, 'r'}, {"noise", required_argument, NULL, 'n'},
      {"seed", required_argument, NULL, 's'},       {0},
  };
  opterr = 0;
  for (int c; (c = getopt_long(argc, argv, ":", known, NULL)) != -1;) {
    if (c == ':')
      return proda_error_set(error, "synth: %s needs a value", argv[optind - 1]);
    if (c == '?')
      return cli_unknown_option(argv[0], argv[optind - 1], error);
    if (read_option(c, optarg, options, error) != PRODA_OK)
      return PRODA_ERROR;
  }
  if (optind + 1 != argc)
    return proda_error_set(error, "synth: expected one directory; see `proda synth --help`");
  options->directory = argv[optind];
  return PRODA_OK;
}

/** The model with the most layers, the first of these: profiles want depth. `*found` keeps its name
 * alive. */
static int choose_model(const struct cli *cli, struct proda_found **found, size_t *n,
                        const char **model, struct proda_error *error)
{
  if (proda_find_all(cli->search_path, found, n, error) != PRODA_OK)
    return PRODA_ERROR;
  size_t most = 0;
  for (size_t i = 0; i < *n; i++) {
    const struct proda_manifest *manifest = (*found)[i].manifest;
    if (*(*found)[i].problem.message || manifest->kind != PRODA_MODEL || (*found)[i].shadowed ||
        manifest->grid.n_layers <= most)
      continue;
    most = manifest->grid.n_layers;
    *model = (*found)[i].name;
  }
  return *model ? PRODA_OK
                : proda_error_set(error, "synth: no structure was found; give --model NAME, or "
                                         "say where plugins are with --plugin-path");
}

static void tell_line(void *context, const char *text)
{
  const struct cli *cli = context;
  if (!cli->quiet)
    printf("%s\n", text);
}

/* Done in a process of its own. */
struct errand {
  const struct cli *cli;
  struct proda_synth_options options;
};

static int synthesise(void *context, struct proda_guard *guard, struct proda_error *error)
{
  const struct errand *errand = context;
  const struct proda_reporter reporter = {.line = tell_line, .context = (void *)errand->cli};
  const struct proda_run run = {.search_path = errand->cli->search_path,
                                .reporter = &reporter,
                                .command = errand->cli->command_line,
                                .guard = guard};
  return proda_synth(&run, &errand->options, error) == PRODA_OK ? CLI_OK : CLI_FAILED;
}

static int run(const struct cli *cli, int argc, char **argv, struct proda_error *error)
{
  struct errand errand = {cli, {.profiles = 400, .resolution = 5, .noise = 0.1, .seed = 1}};
  struct proda_synth_options *options = &errand.options;
  const struct proda_guarded work = {.run = synthesise, .context = &errand, .stage = argv[0]};
  struct proda_found *found = NULL;
  size_t n = 0;
  if (read_arguments(argc, argv, options, error) != PRODA_OK)
    return CLI_USAGE;
  int result = CLI_FAILED;
  if (options->model || choose_model(cli, &found, &n, &options->model, error) == PRODA_OK)
    result = cli_guarded(&work, error);
  proda_found_free(found, n);
  return result;
}

const struct cli_command cli_synth = {
    .name = "synth",
    .summary = "make a synthetic world with known truth",
    .help = help,
    .has_options = 1,
    .run = run,
};
