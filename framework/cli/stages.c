#include "cli/stages.h"

#include <getopt.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/crew.h"
#include "cli/teller.h"
#include "farm/crew.h"
#include "farm/farm.h"
#include "pipeline/pipeline.h"

/* ---- workers ---- */

enum { MOST_JOBS = 4096, SITE_SECONDS = 3600, WORKER_MEGABYTES = 4096 };

static int read_number(const char *command, const char *option, const char *text, double least,
                       double most, double *value, struct proda_error *error)
{
  char *end;
  *value = strtod(text, &end);
  if (*end || end == text || !(*value >= least && *value <= most))
    return proda_error_set(error, "%s: %s: expected a number from %g to %g, found '%.40s'", command,
                           option, least, most, text);
  return PRODA_OK;
}

/* --jobs, --site-seconds, --worker-megabytes, and for `dry_run` that is not NULL --dry-run; leaves
 * optind at the experiment. */
static int read_workers(int argc, char **argv, struct proda_workers *workers, bool *dry_run,
                        struct proda_error *error)
{
  static const struct option known[] = {{"jobs", required_argument, NULL, 'j'},
                                        {"site-seconds", required_argument, NULL, 's'},
                                        {"worker-megabytes", required_argument, NULL, 'm'},
                                        {"dry-run", no_argument, NULL, 'd'},
                                        {0}};
  bool ranks = proda_launched().size > 1;
  double jobs = ranks ? 1 : (double)proda_farm_processors();
  int status = PRODA_OK;
  *workers = (struct proda_workers){.seconds = SITE_SECONDS, .megabytes = WORKER_MEGABYTES};
  optind = 0;
  opterr = 0;
  for (int c; status == PRODA_OK && (c = getopt_long(argc, argv, ":j:", known, NULL)) != -1;) {
    if (c == 'j')
      status = read_number(argv[0], "--jobs", optarg, ranks, MOST_JOBS, &jobs, error);
    else if (c == 's')
      status = read_number(argv[0], "--site-seconds", optarg, 0, 1e9, &workers->seconds, error);
    else if (c == 'm')
      status =
          read_number(argv[0], "--worker-megabytes", optarg, 0, 1e9, &workers->megabytes, error);
    else if (c == ':')
      return proda_error_set(error, "%s: %s needs a value", argv[0], argv[optind - 1]);
    else if (c == 'd' && dry_run)
      *dry_run = true;
    else
      return cli_unknown_option(argv[0], argv[optind - 1], error);
  }
  if (status == PRODA_OK && jobs != floor(jobs))
    return proda_error_set(error, "%s: --jobs: expected a whole number, found %g", argv[0], jobs);
  workers->n = (size_t)jobs;
  return status;
}

/* ---- being asked to stop ---- */

/* Where all is done in this process (--jobs 0). A handler can reach nothing else. */
static struct proda_stop stop;
static volatile sig_atomic_t stopped_by;

static void ask_to_stop(int number)
{
  if (!stop.attended) {
    signal(number, SIG_DFL);
    raise(number);
    return;
  }
  stopped_by = number;
  stop.asked++;
}

static void attend_signals(void)
{
  struct sigaction action = {.sa_handler = ask_to_stop};
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}

/* ---- the run ---- */

/* The command as stores state it: how the work was shared out does not belong to it. */
static char *command_of(const char *name, const char *experiment)
{
  size_t size = strlen(name) + strlen(experiment) + 8;
  char *text = malloc(size);
  if (text)
    snprintf(text, size, "proda %s %s", name, experiment);
  return text;
}

/* What runs, in the process that works. */
struct errand {
  const char *name; /* of the command */
  struct proda_run run;
  struct teller teller;
  cli_stage *stage;
  cli_structure_stage *structure_stage;
  bool crew;                         /* is done by all ranks of a launcher */
  const struct proda_error *trouble; /* NULL: none so far */
};

/* A stage alone starts from the stores of those before it, as they are. */
static int do_structure(const struct errand *errand,
                        const struct proda_experiment_structure *structure,
                        struct proda_error *error)
{
  int status = proda_pipeline_check(&errand->run, errand->name, structure, error);
  return status == PRODA_OK ? errand->structure_stage(&errand->run, structure, error) : status;
}

static int do_stages(void *context, struct proda_error *error)
{
  struct errand *errand = context;
  const struct proda_run *run = &errand->run;
  const struct proda_experiment *experiment = run->experiment;
  int status = errand->stage ? errand->stage(run, error) : PRODA_OK;
  for (size_t i = 0; errand->structure_stage && i < experiment->n_structures && !status; i++)
    status = do_structure(errand, &experiment->structure[i], error);
  teller_end(&errand->teller);
  return status;
}

static int do_all(struct errand *errand, struct proda_error *error)
{
  int status = errand->crew ? cli_crew_run(&errand->run, errand->trouble, do_stages, errand, error)
                            : do_stages(errand, error);
  return status == PRODA_OK ? CLI_OK : CLI_FAILED;
}

static int do_guarded(void *context, struct proda_guard *guard, struct proda_error *error)
{
  struct errand *errand = context;
  errand->run.guard = guard;
  errand->run.stop = proda_guard_stop(guard);
  return do_all(errand, error);
}

static int do_here(struct errand *errand, struct proda_error *error)
{
  errand->run.stop = &stop;
  attend_signals();
  int result = do_all(errand, error);
  return result != CLI_OK && stopped_by ? CLI_SIGNAL + stopped_by : result;
}

/* One run at a time in an output directory; of several ranks the first takes it. */
static int take_output(struct proda_run *run, const char *experiment, struct proda_error *error)
{
  int status =
      proda_lock_take(run->experiment->output, run->command, experiment, &run->lock, error);
  if (status == PRODA_OK)
    proda_run_clear(run);
  return status;
}

static void give_output_back(struct proda_run *run, int result)
{
  const char *end = result == CLI_OK                    ? "done"
                    : result > CLI_SIGNAL || stop.asked ? "stopped"
                                                        : "failed";
  proda_lock_release(run->lock, end);
}

static int with_experiment(const struct cli *cli, int argc, char **argv, cli_stage *stage,
                           cli_structure_stage *structure_stage, struct proda_error *error)
{
  struct proda_workers workers;
  bool dry_run = false;
  if (read_workers(argc, argv, &workers, stage == proda_pipeline_run ? &dry_run : NULL, error) !=
      PRODA_OK)
    return CLI_USAGE;
  if (optind + 1 != argc)
    return cli_usage(argv[0], "one experiment file", error);
  bool helps = cli->crew && proda_launched().rank > 0;
  if (dry_run)
    return helps ? CLI_OK : cli_dry_run(cli, argv[optind], &workers, error);
  struct proda_experiment *experiment = NULL;
  struct proda_error trouble;
  char *command = command_of(argv[0], argv[optind]);
  int status = command ? proda_experiment_read(argv[optind], &experiment, &trouble)
                       : proda_error_set(&trouble, "out of memory");
  if (status != PRODA_OK && !helps) {
    *error = trouble;
    free(command);
    return CLI_FAILED;
  }
  struct errand errand = {
      .name = argv[0],
      .run = {.experiment = experiment,
              .search_path = cli->search_path,
              .command = command,
              .workers = workers},
      .crew = cli->crew,
      .trouble = status == PRODA_OK ? NULL : &trouble,
      .stage = stage,
      .structure_stage = structure_stage,
  };
  teller_start(&errand.teller, cli->quiet || helps);
  struct proda_reporter reporter = {teller_line, teller_progress, &errand.teller};
  errand.run.reporter = &reporter;
  const struct proda_guarded work = {.run = do_guarded,
                                     .context = &errand,
                                     .stage = argv[0],
                                     .follows = proda_launched().size > 1};
  int result = CLI_FAILED;
  if (helps || take_output(&errand.run, argv[optind], error) == PRODA_OK) {
    result = workers.n > 0 ? cli_guarded(&work, error) : do_here(&errand, error);
    give_output_back(&errand.run, result);
  }
  proda_experiment_free(experiment);
  free(command);
  return result;
}

int cli_run_experiment(const struct cli *cli, int argc, char **argv, cli_stage *stage,
                       struct proda_error *error)
{
  return with_experiment(cli, argc, argv, stage, NULL, error);
}

int cli_run_structures(const struct cli *cli, int argc, char **argv, cli_structure_stage *stage,
                       struct proda_error *error)
{
  return with_experiment(cli, argc, argv, NULL, stage, error);
}
