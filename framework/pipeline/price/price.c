#include <config.h>

#include "pipeline/price/price.h"

#include <libgen.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "core/clock.h"
#include "farm/crew.h"
#include "pipeline/ahead.h"
#include "pipeline/ledger.h"
#include "pipeline/price/price_private.h"
#include "progress/amount.h"

/* Seconds that measurements may take for all structures, and most and least for one. */
static const double all_seconds = 14, most_seconds = 6, least_seconds = 1.5;

/* The experiment with its stores in the scratch directory. */
struct stage_set {
  struct proda_experiment experiment;
  char *output, *profiles, *grid;
};

static void stage_set_free(struct stage_set *set)
{
  free(set->output);
  free(set->profiles);
  free(set->grid);
}

/* A world of its own has to be made there, unless it is up to date where it belongs. */
static int move_to(const struct proda_experiment *experiment, const char *scratch, bool world,
                   struct stage_set *set, struct proda_error *error)
{
  set->experiment = *experiment;
  set->output = strdup(scratch);
  if (asprintf(&set->profiles, "%s/world/profiles.nc", scratch) < 0)
    set->profiles = NULL;
  if (asprintf(&set->grid, "%s/world/grid.nc", scratch) < 0)
    set->grid = NULL;
  if (!set->output || !set->profiles || !set->grid)
    return proda_error_set(error, "out of memory for a path");
  set->experiment.output = set->output;
  if (world) {
    set->experiment.profiles = set->profiles;
    set->experiment.grid = set->grid;
  }
  return PRODA_OK;
}

/* ---- the stages before ---- */

static double size_of(const char *path)
{
  struct stat file;
  return path && stat(path, &file) == 0 ? (double)file.st_size : 0;
}

static double size_of_world(const char *grid)
{
  static const char *const name[] = {"grid.nc", "profiles.nc", "truth.nc"};
  char *copy = strdup(grid), *path = NULL;
  double sum = 0;
  for (int i = 0; i < 3 && copy; i++)
    if (asprintf(&path, "%.*s/%s", (int)(strrchr(copy, '/') - copy), copy, name[i]) >= 0) {
      sum += size_of(path);
      free(path);
    }
  free(copy);
  return sum;
}

/* Runs a stage for real, in the scratch directory. */
static int try_stage(const struct proda_run *run,
                     int (*stage)(const struct proda_run *, struct proda_error *),
                     struct proda_priced *priced, struct proda_error *error)
{
  double begun = proda_clock();
  int status = stage(run, error);
  priced->likely = proda_clock() - begun;
  priced->least = 0.6 * priced->likely;
  priced->most = 2 * priced->likely + 0.1;
  snprintf(priced->work, sizeof priced->work, "tried in a scratch directory");
  return status;
}

/* What becomes of the input's profiles, as prepare.nc tells. */
static int tell_input(struct proda_pricing *pricing, FILE *out, struct proda_error *error)
{
  const struct proda_run *run = &pricing->run;
  struct proda_nc *file = NULL;
  struct proda_ledger *ledger = NULL;
  size_t count[PRODA_N_SITE_CODES];
  char text[512], *path = proda_store_path(run, NULL, "prepare");
  int status =
      path ? proda_nc_open(path, &file, error) : proda_error_set(error, "out of memory for a path");
  if (status == PRODA_OK)
    status = proda_ledger_read(file, &ledger, error);
  if (status == PRODA_OK) {
    proda_ledger_count(ledger, count);
    proda_counts_join(count, proda_site_code_names, PRODA_N_SITE_CODES, text, sizeof text);
    fprintf(out, "Input: %zu profiles: %s.\n", ledger->n, text);
    pricing->n_profiles = ledger->n;
    pricing->n_sites = count[PRODA_SITE_KEPT];
  }
  proda_ledger_free(ledger);
  proda_nc_close(file);
  free(path);
  return status;
}

/* ---- a structure, and all ---- */

/* The bill: a price for every row. */
struct bill {
  const struct proda_run *run;
  struct proda_standing_row *row;
  struct proda_priced *priced;
  size_t n;
};

static bool due(const struct proda_standing_row *row)
{
  return row->state != PRODA_STORE_CURRENT;
}

static const struct proda_experiment_structure *find(const struct proda_experiment *experiment,
                                                     const char *name)
{
  for (size_t i = 0; i < experiment->n_structures; i++)
    if (strcmp(experiment->structure[i].name, name) == 0)
      return &experiment->structure[i];
  return NULL;
}

/* What nobody measures: small beside the others, but for figures. */
static void guess(struct proda_priced *priced, double seconds, double busy, double bytes)
{
  priced->least = 0.3 * seconds;
  priced->likely = seconds * busy;
  priced->most = 3 * seconds * busy;
  priced->bytes = bytes;
  snprintf(priced->work, sizeof priced->work, "not measured");
}

/* Numbers as they were on one machine of 2026: what these stages take is small. */
static void guess_rest(const struct proda_pricing *pricing, const struct proda_standing_row *row,
                       struct proda_priced *priced)
{
  const struct proda_experiment *experiment = pricing->run.experiment;
  double n = (double)experiment->n_structures, n_sites = (double)pricing->n_sites;
  if (strcmp(row->stage, "report") == 0)
    guess(priced, (experiment->report.figures ? 4 : 0.5) * n, pricing->busy, 1.4e6 * n);
  else if (strcmp(row->stage, "compare") == 0)
    guess(priced, 0.1 + 1e-7 * (double)experiment->compare.resamples * n_sites * n, pricing->busy,
          1.5e5);
  else
    guess(priced, 0.02 + 5e-6 * n_sites, pricing->busy, 1e4 + 30 * (double)pricing->n_profiles);
}

static int price_row(const struct proda_pricing *pricing, const struct proda_standing_row *row,
                     struct proda_priced *priced, struct proda_error *error)
{
  const struct proda_experiment *experiment = pricing->run.experiment;
  const struct proda_experiment_structure *structure =
      row->structure ? find(experiment, row->structure) : NULL;
  if (structure && strcmp(row->stage, "calibrate") == 0)
    return proda_price_calibrate(pricing, structure, priced, error);
  if (structure && strcmp(row->stage, "train") == 0)
    return proda_price_train(pricing, structure, priced, error);
  if (structure && strcmp(row->stage, "map") == 0)
    return proda_price_map(pricing, structure, priced, error);
  guess_rest(pricing, row, priced);
  return PRODA_OK;
}

static int price_rows(struct bill *bill, struct proda_pricing *pricing, struct proda_error *error)
{
  int status = PRODA_OK;
  for (size_t i = 0; i < bill->n && status == PRODA_OK; i++) {
    const struct proda_standing_row *row = &bill->row[i];
    if (!due(row) || strcmp(row->stage, "world") == 0 || strcmp(row->stage, "prepare") == 0)
      continue;
    status = price_row(pricing, row, &bill->priced[i], error);
    pricing->busy = fmax(pricing->busy, bill->priced[i].busy);
    if (status != PRODA_OK)
      proda_error_prefix(error, "%s%s%s: ", row->stage, row->structure ? " " : "",
                         row->structure ? row->structure : "");
  }
  return status;
}

static void share_time(const struct bill *bill, struct proda_pricing *pricing)
{
  size_t n = 0;
  for (size_t i = 0; i < bill->n; i++)
    n += due(&bill->row[i]) && strcmp(bill->row[i].stage, "calibrate") == 0;
  pricing->seconds = fmax(least_seconds, fmin(most_seconds, all_seconds / (double)(n + (n == 0))));
}

/* ---- the text ---- */

/* Bytes that are free where the output is or will be; negative where nobody knows. */
static double free_bytes(const char *output)
{
  struct statvfs system;
  char *path = strdup(output);
  double bytes = -1;
  for (char *at = path; at && bytes < 0; at = dirname(at)) {
    if (statvfs(at, &system) == 0)
      bytes = (double)system.f_bavail * (double)system.f_frsize;
    else if (strcmp(at, ".") == 0 || strcmp(at, "/") == 0)
      break;
  }
  free(path);
  return bytes;
}

static void tell_total(const struct bill *bill, FILE *out)
{
  struct proda_priced total = {0};
  double free_there = free_bytes(bill->run->experiment->output), journal = 0;
  char time[128], size[PRODA_AMOUNT_SIZE], room[PRODA_AMOUNT_SIZE], besides[PRODA_AMOUNT_SIZE];
  for (size_t i = 0; i < bill->n; i++) {
    total.least += bill->priced[i].least;
    total.likely += bill->priced[i].likely;
    total.most += bill->priced[i].most;
    total.bytes += bill->priced[i].bytes;
    journal = fmax(journal, bill->priced[i].journal);
  }
  proda_price_time(&total, time, sizeof time);
  proda_amount_bytes(total.bytes, size);
  proda_amount_bytes(journal, besides);
  proda_amount_bytes(free_there, room);
  size_t n_workers = bill->run->workers.n * proda_launched().size;
  n_workers += n_workers == 0; /* --jobs 0: this process */
  fprintf(out, "In all %s with %zu worker%s; %s of stores and at most %s of journals on the way",
          time, n_workers, n_workers == 1 ? "" : "s", size, besides);
  if (free_there >= 0)
    fprintf(out, ", %s free there", room);
  fputs(".\n", out);
  if (free_there >= 0 && total.bytes + journal > free_there)
    fputs("That does not fit: make room, or name another directory as `output`.\n", out);
  fputs("Measured for seconds on this machine as busy as it is now; the range in brackets says how "
        "sure that is.\n",
        out);
}

static void tell(const struct bill *bill, FILE *out)
{
  size_t width = 0, n_due = 0;
  for (size_t i = 0; i < bill->n; i++) {
    const struct proda_standing_row *row = &bill->row[i];
    n_due += due(row);
    size_t own = strlen(row->stage) + (row->structure ? 1 + strlen(row->structure) : 0);
    width = own > width ? own : width;
  }
  for (size_t i = 0; i < bill->n; i++)
    proda_price_tell_stage(&bill->row[i], &bill->priced[i], width < 60 ? (int)width : 60, out);
  if (n_due > 0)
    tell_total(bill, out);
  else
    fputs("All is up to date: the run would do nothing.\n", out);
}

/* ---- all of it ---- */

/* Makes world and prepare.nc in the scratch directory where they are due, and prices them. */
static int make_ready(struct bill *bill, struct stage_set *set, const char *scratch,
                      struct proda_pricing *pricing, struct proda_error *error)
{
  const struct proda_experiment *experiment = bill->run->experiment;
  size_t prepare = experiment->synthetic ? 1 : 0;
  bool world = experiment->synthetic && due(&bill->row[0]);
  pricing->run = *bill->run;
  pricing->run.reporter = NULL;
  pricing->run.lock = NULL;
  if (!due(&bill->row[prepare]))
    return PRODA_OK;
  if (move_to(experiment, scratch, world, set, error) != PRODA_OK)
    return PRODA_ERROR;
  pricing->run.experiment = &set->experiment;
  if (world) {
    if (try_stage(&pricing->run, proda_stage_world, &bill->priced[0], error) != PRODA_OK)
      return PRODA_ERROR;
    bill->priced[0].bytes = size_of_world(set->grid);
  }
  if (try_stage(&pricing->run, proda_stage_prepare, &bill->priced[prepare], error) != PRODA_OK)
    return PRODA_ERROR;
  char *path = proda_store_path(&pricing->run, NULL, "prepare");
  bill->priced[prepare].bytes = size_of(path);
  free(path);
  return PRODA_OK;
}

int proda_price(const struct proda_run *run, const char *scratch, FILE *out,
                struct proda_error *error)
{
  struct bill bill = {.run = run};
  struct stage_set set = {.output = NULL};
  struct proda_pricing pricing = {.busy = 1};
  int status = proda_check_ahead(run, error);
  if (status == PRODA_OK)
    status = proda_standing_stages(run, &bill.row, &bill.n, error);
  if (status == PRODA_OK && !(bill.priced = calloc(bill.n + 1, sizeof *bill.priced)))
    status = proda_error_set(error, "out of memory for the bill");
  if (status == PRODA_OK)
    status = make_ready(&bill, &set, scratch, &pricing, error);
  if (status == PRODA_OK) {
    fprintf(out, "%s would write to %s; this wrote nothing there.\n", run->experiment->name,
            run->experiment->output);
    status = tell_input(&pricing, out, error);
  }
  share_time(&bill, &pricing);
  if (status == PRODA_OK)
    status = price_rows(&bill, &pricing, error);
  if (status == PRODA_OK)
    tell(&bill, out);
  free(bill.priced);
  proda_standing_free(bill.row, bill.n);
  stage_set_free(&set);
  return status;
}
