#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "pipeline/experiment/experiment.h"
#include "pipeline/why/why.h"

static const char help[] =
    "Usage: proda why [--structure NAME] SITE EXPERIMENT.yaml|DIRECTORY\n"
    "\n"
    "Tells what happened to one profile of the input: where it is, its measured layers and\n"
    "why some of them were dropped, its forcing; then for every structure how it ended and\n"
    "why, what can be done about it, how many draws were refused for which reason, the\n"
    "chains, their convergence, the modelled layers beside the measured ones, and whether\n"
    "the emulator learns from it. SITE is the profile's id, or its key in its source.\n"
    "\n"
    "Reads the stores of the experiment, or those in the output directory DIRECTORY, as far\n"
    "as they are there, and says which stage has not run. It changes nothing and may be\n"
    "asked while a calibration is at work.\n"
    "\n"
    "  --structure NAME   tell of this structure only\n"
    "\n"
    "Example:\n"
    "  proda why 17 examples/demo/experiment.yaml\n";

/* What is asked for, and what holds it. */
struct asked {
  const char *profile, *place, *structure;
  struct proda_experiment *experiment; /* NULL: a directory was named */
  char **name;                         /* [n]: its structures */
  size_t n;
};

static int read_arguments(int argc, char **argv, struct asked *asked, struct proda_error *error)
{
  static const struct option options[] = {{"structure", required_argument, NULL, 's'}, {0}};
  opterr = 0;
  for (int c; (c = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
    if (c == ':')
      return proda_error_set(error, "%s: %s needs a value", argv[0], argv[optind - 1]);
    if (c == '?') {
      cli_unknown_option(argv[0], argv[optind - 1], error);
      return CLI_USAGE;
    }
    asked->structure = optarg;
  }
  if (optind + 2 != argc) {
    cli_usage(argv[0], "a profile and an experiment file or directory of stores", error);
    return CLI_USAGE;
  }
  asked->profile = argv[optind];
  asked->place = argv[optind + 1];
  return PRODA_OK;
}

static int list_structures(struct asked *asked, struct proda_error *error)
{
  struct stat place;
  if (stat(asked->place, &place) == 0 && S_ISDIR(place.st_mode))
    return proda_why_structures(asked->place, &asked->name, &asked->n, error);
  if (proda_experiment_read(asked->place, &asked->experiment, error) != PRODA_OK)
    return PRODA_ERROR;
  asked->n = asked->experiment->n_structures;
  asked->name = calloc(asked->n + 1, sizeof *asked->name);
  if (!asked->name)
    return proda_error_set(error, "out of memory");
  for (size_t i = 0; i < asked->n; i++)
    asked->name[i] = (char *)asked->experiment->structure[i].name;
  return PRODA_OK;
}

static int choose_structure(const struct asked *asked, struct proda_error *error)
{
  char hint[PRODA_HINT_SIZE];
  for (size_t i = 0; i < asked->n; i++)
    if (strcmp(asked->name[i], asked->structure) == 0)
      return PRODA_OK;
  return proda_error_set(
      error, "%s: has no structure '%.40s'%s", asked->place, asked->structure,
      proda_hint(asked->structure, (const char *const *)asked->name, asked->n, hint));
}

static int tell(struct asked *asked, struct proda_error *error)
{
  if (list_structures(asked, error) != PRODA_OK ||
      (asked->structure && choose_structure(asked, error) != PRODA_OK))
    return PRODA_ERROR;
  const struct proda_why_question question = {
      .profile = asked->profile,
      .output = asked->experiment ? asked->experiment->output : asked->place,
      .structure = asked->structure ? &asked->structure : (const char *const *)asked->name,
      .n_structures = asked->structure ? 1 : asked->n,
  };
  return proda_why(&question, stdout, error);
}

static int run(const struct cli *cli, int argc, char **argv, struct proda_error *error)
{
  struct asked asked = {.profile = "", .place = ""};
  (void)cli;
  if (read_arguments(argc, argv, &asked, error) != PRODA_OK)
    return CLI_USAGE;
  int status = tell(&asked, error);
  free(asked.name);
  proda_experiment_free(asked.experiment);
  return status == PRODA_OK ? CLI_OK : CLI_FAILED;
}

const struct cli_command cli_why = {
    .name = "why",
    .summary = "tell what happened to one profile",
    .help = help,
    .has_options = 1,
    .run = run,
};
