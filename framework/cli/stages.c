#include "cli/stages.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* What the progress line knows: it lives on a terminal only, and is redrawn four times a second. */
struct teller {
  bool quiet, terminal, line_open;
  const char *stage;
  double started, drawn;
  size_t first; /* units that were done when the stage began */
};

static double now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void end_line(struct teller *teller)
{
  if (teller->line_open)
    fputs("\r\033[K", stderr);
  teller->line_open = false;
}

static void tell_line(void *context, const char *text)
{
  struct teller *teller = context;
  end_line(teller);
  if (!teller->quiet) {
    printf("%s\n", text);
    fflush(stdout);
  }
}

/* "1:02:03 left", or "2:03 left". */
static void print_left(double seconds)
{
  long left = seconds < 1e9 ? (long)seconds : 1000000000;
  if (left >= 3600)
    fprintf(stderr, ", %ld:%02ld:%02ld left", left / 3600, left / 60 % 60, left % 60);
  else
    fprintf(stderr, ", %ld:%02ld left", left / 60, left % 60);
}

static void tell_progress(void *context, const char *stage, size_t done, size_t failed,
                          size_t total, const char *note)
{
  struct teller *teller = context;
  if (!teller->terminal || teller->quiet)
    return;
  double time = now();
  if (teller->stage != stage) {
    teller->stage = stage;
    teller->started = time;
    teller->first = done > 0 ? done - 1 : 0;
  }
  if (time - teller->drawn < 0.25 && done != total)
    return;
  teller->drawn = time;
  double elapsed = time - teller->started;
  double rate = elapsed > 0 ? (double)(done - teller->first) / elapsed : 0;
  fprintf(stderr, "\r\033[K%s %s: %zu", stage, note ? note : "", done);
  if (total > 0)
    fprintf(stderr, " of %zu", total);
  if (failed > 0)
    fprintf(stderr, ", %zu failed", failed);
  if (rate > 0)
    fprintf(stderr, ", %.3g a second", rate);
  if (rate > 0 && total > 0)
    print_left((double)(total - done) / rate);
  fflush(stderr);
  teller->line_open = true;
}

static int with_experiment(const struct cli *cli, int argc, char **argv, cli_stage *stage,
                           cli_structure_stage *structure_stage, struct proda_error *error)
{
  if (argc != 2) {
    proda_error_set(error, "%s: expected one experiment file; see `proda %s --help`", argv[0],
                    argv[0]);
    return CLI_USAGE;
  }
  struct proda_experiment *experiment = NULL;
  if (proda_experiment_read(argv[1], &experiment, error) != PRODA_OK)
    return CLI_FAILED;
  struct teller teller = {.quiet = cli->quiet, .terminal = isatty(STDERR_FILENO)};
  struct proda_reporter reporter = {tell_line, tell_progress, &teller};
  struct proda_run run = {
      .experiment = experiment,
      .search_path = cli->search_path,
      .reporter = &reporter,
      .command = cli->command_line,
  };
  int status = stage ? stage(&run, error) : PRODA_OK;
  for (size_t i = 0; structure_stage && i < experiment->n_structures && status == PRODA_OK; i++)
    status = structure_stage(&run, &experiment->structure[i], error);
  end_line(&teller);
  proda_experiment_free(experiment);
  return status == PRODA_OK ? CLI_OK : CLI_FAILED;
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
