#include <config.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/calibrate/calibration.h"
#include "pipeline/ledger.h"
#include "pipeline/standing/standing_private.h"
#include "progress/amount.h"
#include "store/journal.h"

/* What a journal has. */
struct tally {
  size_t n_sites; /* 0: nobody knows */
  bool *seen;     /* [n_sites] */
  size_t count, by_code[PRODA_N_SITE_CODES];
};

static int count_record(void *context, uint64_t index, const char *text, const double *value,
                        size_t n, uint64_t place, struct proda_error *error)
{
  struct tally *tally = context;
  (void)text;
  (void)place;
  (void)error;
  if (n < 1 || !(value[0] >= 0 && value[0] < PRODA_N_SITE_CODES))
    return PRODA_OK;
  if (tally->seen && (index >= tally->n_sites || tally->seen[index]))
    return PRODA_OK;
  if (tally->seen)
    tally->seen[index] = true;
  tally->count++;
  tally->by_code[(size_t)value[0]]++;
  return PRODA_OK;
}

/* Sites to calibrate; 0 where prepare.nc cannot be read. */
static size_t count_sites(const char *output)
{
  struct proda_nc *file = NULL;
  size_t n = 0;
  char *path = NULL;
  if (asprintf(&path, "%s/prepare.nc", output) < 0)
    return 0;
  if (proda_nc_open(path, &file, NULL) == PRODA_OK &&
      proda_nc_dim(file, "site", &n, NULL) != PRODA_OK)
    n = 0;
  proda_nc_close(file);
  free(path);
  return n;
}

/* Where a run is at this calibration now: sites a second since it began there; else 0. */
static double rate_of(const struct tally *tally, const char *structure,
                      const struct proda_lock_facts *facts)
{
  char stage[PRODA_LOCK_TEXT];
  snprintf(stage, sizeof stage, "calibrate %s", structure);
  double seconds = difftime(time(NULL), facts->stage_since);
  if (!facts->held || strcmp(stage, facts->stage) != 0 || !(seconds > 0) ||
      tally->count <= facts->stage_first)
    return 0;
  return (double)(tally->count - facts->stage_first) / seconds;
}

static void tell(const struct tally *tally, const char *structure,
                 const struct proda_lock_facts *facts, FILE *out)
{
  char line[512];
  const struct proda_progress progress = {
      .stage = "calibrate",
      .structure = structure,
      .units = "sites",
      .done = tally->count,
      .total = tally->n_sites,
      .n_reasons = PRODA_N_SITE_CODES - 1,
      .reason = proda_site_code_names + 1,
      .failed = tally->by_code + 1,
  };
  proda_progress_line(&progress, rate_of(tally, structure, facts), sizeof line - 1, line,
                      sizeof line);
  fprintf(out, "    %s%s\n", line,
          tally->n_sites == 0 ? " (of how many only prepare.nc could tell)" : "");
}

/* The journal of what the experiment says now, also where it was set aside; NULL where there is
 * none. */
static char *find_own(const struct proda_run *run, const char *structure, const char *path)
{
  struct proda_error ignored;
  const struct proda_experiment *experiment = run->experiment;
  char *own = NULL;
  for (size_t i = 0; i < experiment->n_structures && !own; i++) {
    struct proda_calibration c;
    if (strcmp(experiment->structure[i].name, structure) != 0)
      continue;
    if (proda_calibration_open(run, &experiment->structure[i], &c, &ignored) == PRODA_OK)
      own = proda_journal_find(path, c.inputs);
    else
      own = strdup(path); /* without prepare.nc nobody knows whose it is */
    proda_calibration_close(&c);
  }
  return own;
}

int proda_standing_tell_calibration(const struct proda_run *run, const char *output,
                                    const char *structure, const struct proda_lock_facts *facts,
                                    FILE *out, struct proda_error *error)
{
  struct tally tally = {.n_sites = count_sites(output)};
  char *path = NULL;
  bool there = false;
  int status = asprintf(&path, "%s/%s/calibrate.journal", output, structure) < 0
                   ? proda_error_set(error, "out of memory for a path")
                   : PRODA_OK;
  if (status != PRODA_OK)
    return status;
  tally.seen = tally.n_sites > 0 ? calloc(tally.n_sites, sizeof *tally.seen) : NULL;
  char *own = run ? find_own(run, structure, path) : strdup(path);
  bool other = !own && access(path, F_OK) == 0;
  struct proda_error why;
  if (own && proda_journal_look(own, 1, count_record, &tally, &there, &why) != PRODA_OK)
    fprintf(out, "    %s\n", why.message);
  else if (there)
    tell(&tally, structure, facts, out);
  else if (other)
    fprintf(out,
            "    calibrate %s: a journal of other inputs, settings or plugins is there; it is set "
            "aside when this begins\n",
            structure);
  free(own);
  free(tally.seen);
  free(path);
  return PRODA_OK;
}
