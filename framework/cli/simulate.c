#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "course/course.h"
#include "pipeline/simulate.h"

static const char help[] =
    "Usage: proda simulate MODEL --forcing F.nc --out O.nc [OPTION]...\n"
    "\n"
    "Computes the steady state of a structure at every site of a forcing file; with --years, its\n"
    "course through time.\n"
    "\n"
    "  --forcing F.nc     forcing by site, layer and month\n"
    "  --parameters P.nc  parameter_name(parameter) and value(site, set, parameter) in\n"
    "                     physical units; without it the structure's defaults\n"
    "  --setting NAME=VALUE\n"
    "                     a setting of the structure; may be repeated\n"
    "  --out O.nc         store to write: pools, densities, stocks, status, mass balance\n"
    "\n"
    "  --years N          years to go through; the months of the forcing follow each other for\n"
    "                     ever. A year has 365 days and 12 equal months\n"
    "  --every TIME       keep the states of every year, month or day; year where not given\n"
    "  --from START       steady (where not given), or a store that an earlier simulate wrote: "
    "its\n"
    "                     last states, from which time and sums go on\n"
    "  --constant         hold the mean terms of the forcing, those of the steady state\n"
    "  --rtol R           relative error of a step, 1e-10 where not given\n"
    "\n"
    "The store of a time course holds pools, densities and stocks at every time, and carbon "
    "input,\n"
    "CO2 and each other loss as fluxes (means over the time before) and as sums since the start.\n"
    "Input is losses plus change of stocks to rounding, whatever the tolerance.\n"
    "\n"
    "`proda describe MODEL` lists the drivers and parameters with their units.\n";

/* ---- arguments ---- */

static int read_positive(const char *option, const char *text, double most, double *value,
                         struct proda_error *error)
{
  char *end;
  *value = strtod(text, &end);
  if (*end || end == text || !(*value > 0 && *value <= most))
    return proda_error_set(error,
                           "simulate: %s: expected a number above 0 and at most %g, found '%.40s'",
                           option, most, text);
  return PRODA_OK;
}

static int read_every(const char *text, enum proda_every *every, struct proda_error *error)
{
  for (int k = 0; k < PRODA_N_EVERY; k++)
    if (strcmp(text, proda_every_names[k]) == 0) {
      *every = (enum proda_every)k;
      return PRODA_OK;
    }
  return proda_error_set(error, "simulate: --every: expected year, month or day, found '%.40s'",
                         text);
}

/* Adds "NAME: VALUE" as a line of YAML to *settings, which grows. */
static int add_setting(const char *text, char **settings, struct proda_error *error)
{
  const char *equals = strchr(text, '=');
  size_t before = *settings ? strlen(*settings) : 0, size = before + strlen(text) + 4;
  if (!equals || equals == text)
    return proda_error_set(error, "simulate: --setting: expected NAME=VALUE, found '%.40s'", text);
  char *grown = realloc(*settings, size);
  if (!grown)
    return proda_error_set(error, "simulate: out of memory for settings");
  snprintf(grown + before, size - before, "%.*s: %s\n", (int)(equals - text), text, equals + 1);
  *settings = grown;
  return PRODA_OK;
}

/* An option of time courses, whose values are checked at once. */
static int read_course_option(int c, struct proda_simulation *simulation, struct proda_error *error)
{
  switch (c) {
  case 'y':
    return read_positive("--years", optarg, 1e7, &simulation->years, error);
  case 'e':
    return read_every(optarg, &simulation->every, error);
  case 'r':
    return read_positive("--rtol", optarg, 0.1, &simulation->rtol, error);
  case 's':
    simulation->from = strcmp(optarg, "steady") == 0 ? NULL : optarg;
    return PRODA_OK;
  default:
    simulation->constant = true;
    return PRODA_OK;
  }
}

static int read_arguments(int argc, char **argv, struct proda_simulation *simulation,
                          char **settings, struct proda_error *error)
{
  static const struct option options[] = {
      {"forcing", required_argument, NULL, 'f'}, {"parameters", required_argument, NULL, 'p'},
      {"setting", required_argument, NULL, 't'}, {"out", required_argument, NULL, 'o'},
      {"years", required_argument, NULL, 'y'},   {"every", required_argument, NULL, 'e'},
      {"from", required_argument, NULL, 's'},    {"constant", no_argument, NULL, 'c'},
      {"rtol", required_argument, NULL, 'r'},    {0},
  };
  const char *course = NULL; /* an option that only time courses have */
  opterr = 0;
  for (int c; (c = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
    switch (c) {
    case 'f':
      simulation->forcing = optarg;
      break;
    case 'p':
      simulation->parameters = optarg;
      break;
    case 't':
      if (add_setting(optarg, settings, error) != PRODA_OK)
        return PRODA_ERROR;
      break;
    case 'o':
      simulation->out = optarg;
      break;
    case ':':
      return proda_error_set(error, "simulate: %s needs a value", argv[optind - 1]);
    case '?':
      return cli_unknown_option("simulate", argv[optind - 1], error);
    default:
      if (c != 'y')
        course = c == 'e' ? "--every" : c == 's' ? "--from" : c == 'r' ? "--rtol" : "--constant";
      if (read_course_option(c, simulation, error) != PRODA_OK)
        return PRODA_ERROR;
    }
  }
  if (optind + 1 != argc || !simulation->forcing || !simulation->out)
    return proda_error_set(error, "simulate: expected MODEL --forcing F.nc --out O.nc; see `proda "
                                  "simulate --help`");
  if (course && simulation->years == 0)
    return proda_error_set(error, "simulate: %s is for time courses: --years N says how long",
                           course);
  simulation->model = argv[optind];
  simulation->settings = *settings;
  return PRODA_OK;
}

/* ---- telling ---- */

/* At most once a second; context: when it was told last. */
static void tell_progress(void *context, size_t done, size_t total)
{
  time_t *told = context, now = time(NULL);
  if (now == *told && done < total)
    return;
  *told = now;
  fprintf(stderr, "\r\033[Ksimulate: %zu of %zu years", done, total);
  if (done == total)
    fputs("\r\033[K", stderr);
  fflush(stderr);
}

static void tell(const struct proda_simulation *simulation, const struct proda_simulated *done)
{
  printf("%s: %zu sites x %zu parameter sets", simulation->out, done->n_sites, done->n_sets);
  if (done->n_times > 0)
    printf(" x %zu times", done->n_times);
  printf(":");
  for (int i = 0; i < PRODA_N_RUN_STATUS; i++)
    if (done->n_status[i])
      printf(" %zu %s", done->n_status[i], proda_run_status_names[i]);
  printf("\n");
  if (done->stopped.message[0])
    printf("the first of those that stopped: %s\n", done->stopped.message);
}

/* Done in a process of its own: what it simulates, whom it tells. */
struct errand {
  struct proda_simulation simulation;
  int quiet;
};

static int simulate(void *context, struct proda_guard *guard, struct proda_error *error)
{
  const struct errand *errand = context;
  struct proda_simulated done;
  proda_guard_call(guard, "model", errand->simulation.model, "it was simulated", 0);
  if (proda_simulate(&errand->simulation, &done, error) != PRODA_OK)
    return CLI_FAILED;
  if (!errand->quiet)
    tell(&errand->simulation, &done);
  return CLI_OK;
}

static int run(const struct cli *cli, int argc, char **argv, struct proda_error *error)
{
  time_t told = 0;
  struct errand errand = {
      .simulation = {.search_path = cli->search_path,
                     .command = cli->command_line,
                     .rtol = PRODA_COURSE_RTOL,
                     .progress = !cli->quiet && isatty(STDERR_FILENO) ? tell_progress : NULL,
                     .context = &told},
      .quiet = cli->quiet,
  };
  const struct proda_guarded work = {.run = simulate, .context = &errand, .stage = argv[0]};
  char *settings = NULL;
  int result = CLI_USAGE;
  if (read_arguments(argc, argv, &errand.simulation, &settings, error) == PRODA_OK)
    result = cli_guarded(&work, error);
  free(settings);
  return result;
}

const struct cli_command cli_simulate = {
    .name = "simulate",
    .summary = "steady states or time courses of a structure at the sites of a forcing file",
    .help = help,
    .has_options = 1,
    .run = run,
};
