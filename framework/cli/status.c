#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "pipeline/standing/standing.h"

static const char help[] =
    "Usage: proda status EXPERIMENT.yaml|DIRECTORY\n"
    "\n"
    "Tells how an experiment stands: whether a run is at work, where, since when and at\n"
    "which stage; which stores are there, and whether they are up to date, stale (and\n"
    "why) or damaged; how many sites of a calibration are done, by what became of them,\n"
    "how fast, and the time that is left; what remains and how to go on.\n"
    "\n"
    "DIRECTORY is the output of an experiment. Where the last run there tells which\n"
    "experiment it was, that is asked; else only the files can be told of.\n"
    "\n"
    "Reads lock, stores and journals; changes nothing and hinders no run.\n"
    "\n"
    "Example:\n"
    "  proda status examples/demo/experiment.yaml\n";

/* What is asked for, in the process that works. */
struct asked {
  struct proda_run run;
  const char *place;
  struct proda_experiment *experiment; /* NULL: a directory, whose experiment is not known */
};

/* Whether two paths lead to the same directory. */
static bool same_directory(const char *a, const char *b)
{
  struct stat first, second;
  return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

/* The experiment of the last run in a directory, where it is still there and writes there. */
static int find_experiment(struct asked *asked, struct proda_lock_facts *facts,
                           struct proda_error *error)
{
  if (proda_lock_look(asked->place, facts, error) != PRODA_OK)
    return PRODA_ERROR;
  struct proda_experiment *experiment = NULL;
  if (facts->experiment[0] &&
      proda_experiment_read(facts->experiment, &experiment, NULL) == PRODA_OK) {
    if (same_directory(experiment->output, asked->place))
      asked->experiment = experiment;
    else
      proda_experiment_free(experiment);
  }
  return PRODA_OK;
}

static int tell(void *context, struct proda_guard *guard, struct proda_error *error)
{
  struct asked *asked = context;
  struct proda_lock_facts facts;
  struct stat place;
  int status;
  asked->run.guard = guard;
  if (stat(asked->place, &place) == 0 && S_ISDIR(place.st_mode)) {
    status = find_experiment(asked, &facts, error);
    if (status == PRODA_OK && asked->experiment)
      asked->place = facts.experiment;
  } else
    status = proda_experiment_read(asked->place, &asked->experiment, error);
  asked->run.experiment = asked->experiment;
  if (status == PRODA_OK)
    status = asked->experiment
                 ? proda_standing_of_experiment(&asked->run, asked->place, stdout, error)
                 : proda_standing_of_directory(asked->place, stdout, error);
  proda_experiment_free(asked->experiment);
  return status == PRODA_OK ? CLI_OK : CLI_FAILED;
}

static int run(const struct cli *cli, int argc, char **argv, struct proda_error *error)
{
  if (argc != 2)
    return cli_usage(argv[0], "one experiment file or directory", error);
  struct asked asked = {.run = {.search_path = cli->search_path, .command = cli->command_line},
                        .place = argv[1]};
  const struct proda_guarded work = {.run = tell, .context = &asked, .stage = argv[0]};
  return cli_guarded(&work, error);
}

const struct cli_command cli_status = {
    .name = "status",
    .summary = "tell how an experiment stands",
    .help = help,
    .run = run,
};
