#include <config.h>

#include "pipeline/standing/standing.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "pipeline/standing/standing_private.h"
#include "progress/amount.h"

/* ---- the run ---- */

static void print_ago(FILE *out, time_t since)
{
  char when[32], ago[PRODA_AMOUNT_SIZE];
  double seconds = difftime(time(NULL), since);
  proda_lock_time(since, when);
  fputs(when, out);
  if (seconds >= 10)
    proda_amount_time(seconds, ago);
  else
    snprintf(ago, sizeof ago, "%.0f s", seconds); /* as exact as the time is noted */
  if (seconds >= 0)
    fprintf(out, ", %s ago", ago);
}

static void tell_end(const struct proda_lock_facts *facts, FILE *out)
{
  if (facts->end[0])
    fprintf(out, ", ended (%s)", facts->end);
  else
    fputs(", was killed", out);
  if (facts->stage[0] && strcmp(facts->end, "done") != 0)
    fprintf(out, " in %s", facts->stage);
  if (facts->end[0]) {
    fputs(" at ", out);
    print_ago(out, facts->ended);
  }
}

static void tell_run(const struct proda_lock_facts *facts, FILE *out)
{
  if (facts->process == 0) {
    fputs(facts->held ? "A run has just begun.\n" : "No run is at work.\n", out);
    return;
  }
  if (!facts->held)
    fputs("No run is at work. ", out);
  fprintf(out, "%s: `%s`, process %ld on %s", facts->held ? "A run is at work" : "The last one",
          facts->command, facts->process, facts->host);
  if (facts->held) {
    fputs(", since ", out);
    print_ago(out, facts->since);
    if (facts->stage[0])
      fprintf(out, "; now %s, since ", facts->stage);
    if (facts->stage[0])
      print_ago(out, facts->stage_since);
  } else
    tell_end(facts, out);
  fputs(".\n", out);
}

/* ---- the stores ---- */

static const char *const state_text[] = {
    [PRODA_STORE_CURRENT] = "up to date",
    [PRODA_STORE_ABSENT] = "not there yet",
    [PRODA_STORE_STALE] = "stale",
    [PRODA_STORE_OTHER_VERSION] = "of another version",
    [PRODA_STORE_FOREIGN] = "of another experiment",
    [PRODA_STORE_DAMAGED] = "damaged",
    [PRODA_STANDING_WAITS] = "there, but a stage before it is not up to date",
    [PRODA_STANDING_THERE] = "there",
    [PRODA_STANDING_UNKNOWN] = "cannot be told",
};

static void tell_row(const struct proda_standing_row *row, int width, FILE *out)
{
  char name[PRODA_LOCK_TEXT], size[PRODA_AMOUNT_SIZE] = "";
  struct stat file;
  snprintf(name, sizeof name, "%s%s%s", row->stage, row->structure ? " " : "",
           row->structure ? row->structure : "");
  if (row->state != PRODA_STORE_ABSENT && stat(row->path, &file) == 0)
    proda_amount_bytes((double)file.st_size, size);
  fprintf(out, "  %-*s %10s  %s", width, name, size, state_text[row->state]);
  if (row->why.message[0] && row->state != PRODA_STORE_CURRENT && row->state != PRODA_STORE_ABSENT)
    fprintf(out, ": %s", row->why.message);
  fputc('\n', out);
}

static int width_of(const struct proda_standing_row *row, size_t n)
{
  size_t width = 0;
  for (size_t i = 0; i < n; i++) {
    size_t own = strlen(row[i].stage) + (row[i].structure ? 1 + strlen(row[i].structure) : 0);
    width = own > width ? own : width;
  }
  return width < 60 ? (int)width : 60;
}

static bool is_settled(const struct proda_standing_row *row)
{
  return row->state == PRODA_STORE_CURRENT || row->state == PRODA_STANDING_THERE;
}

static bool in_work(const struct proda_standing_row *row)
{
  return row->structure && strcmp(row->stage, "calibrate") == 0 &&
         row->state != PRODA_STORE_CURRENT;
}

static int tell_stores(const struct proda_run *run, const char *output,
                       const struct proda_standing_row *row, size_t n,
                       const struct proda_lock_facts *facts, FILE *out, struct proda_error *error)
{
  int width = width_of(row, n), status = PRODA_OK;
  for (size_t i = 0; i < n && status == PRODA_OK; i++) {
    tell_row(&row[i], width, out);
    if (in_work(&row[i]))
      status = proda_standing_tell_calibration(run, output, row[i].structure, facts, out, error);
  }
  return status;
}

/* ---- how to go on ---- */

static void tell_how_to_go_on(const struct proda_standing_row *row, size_t n,
                              const struct proda_lock_facts *facts, const char *place, FILE *out)
{
  size_t left = 0, first = n;
  for (size_t i = 0; i < n; i++)
    if (!is_settled(&row[i])) {
      left++;
      first = first < n ? first : i;
    }
  if (left == 0)
    fprintf(out, "All %zu stages are up to date: `proda run` would do nothing.\n", n);
  else if (facts->held)
    fprintf(out,
            "%zu of %zu stages remain; the run at work goes on with them as far as its "
            "command says.\n",
            left, n);
  else if (row[first].state == PRODA_STORE_FOREIGN)
    fputs("The output directory holds another experiment: give this one an `output` of its own.\n",
          out);
  else
    fprintf(out, "%zu of %zu stages remain, from %s%s%s on: `proda run %s` does them.\n", left, n,
            row[first].stage, row[first].structure ? " " : "",
            row[first].structure ? row[first].structure : "", place);
}

int proda_standing_of_experiment(const struct proda_run *run, const char *place, FILE *out,
                                 struct proda_error *error)
{
  const struct proda_experiment *experiment = run->experiment;
  struct proda_lock_facts facts;
  struct proda_standing_row *row = NULL;
  size_t n = 0;
  int status = proda_lock_look(experiment->output, &facts, error);
  if (status == PRODA_OK)
    status = proda_standing_stages(run, &row, &n, error);
  if (status == PRODA_OK) {
    fprintf(out, "%s, output in %s\n", experiment->name, experiment->output);
    tell_run(&facts, out);
    status = tell_stores(run, experiment->output, row, n, &facts, out, error);
  }
  if (status == PRODA_OK)
    tell_how_to_go_on(row, n, &facts, place, out);
  proda_standing_free(row, n);
  return status;
}

int proda_standing_of_directory(const char *directory, FILE *out, struct proda_error *error)
{
  struct proda_lock_facts facts;
  struct proda_standing_row *row = NULL;
  size_t n = 0, there = 0;
  int status = proda_lock_look(directory, &facts, error);
  if (status == PRODA_OK)
    status = proda_standing_files(directory, &row, &n, error);
  for (size_t i = 0; i < n; i++)
    there += row[i].state != PRODA_STORE_ABSENT || row[i].structure != NULL;
  if (status == PRODA_OK && there == 0 && facts.process == 0 && !facts.held)
    status = proda_error_set(error,
                             "%s: is no output of proda: it has no prepare.nc, no stores of "
                             "structures and no trace of a run",
                             directory);
  if (status == PRODA_OK) {
    fprintf(out, "Output in %s\n", directory);
    tell_run(&facts, out);
    status = tell_stores(NULL, directory, row, n, &facts, out, error);
  }
  if (status == PRODA_OK)
    fputs("Whether stores are up to date only the experiment can tell: `proda status "
          "EXPERIMENT.yaml`.\n",
          out);
  proda_standing_free(row, n);
  return status;
}
