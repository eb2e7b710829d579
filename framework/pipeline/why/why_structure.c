#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/why/why_private.h"
#include "store/journal.h"

/* The stores of a structure as far as they are there, and what they say of the site. */
struct told {
  const struct proda_why *why;
  const char *structure;
  struct proda_nc *calibrate, *screen, *train;
  double front[PRODA_WHY_N_FRONT];
  enum proda_site_code code;
  char *reason;
  double max_rhat, min_nse;
  bool journal;      /* there is one: a calibration is at work or was stopped */
  bool *in_journal;  /* [n_sites] */
  size_t n_finished; /* sites in it */
  bool finished;     /* this one among them */
};

/* A store that need not be there yet. Its site must be the one that is asked for. */
static int open_store(const struct told *told, const char *stage, struct proda_nc **file,
                      struct proda_error *error)
{
  const struct proda_why *why = told->why;
  char *path = proda_store_path(why->run, told->structure, stage);
  size_t n;
  double id;
  int status = PRODA_OK;
  if (!path)
    return proda_error_set(error, "out of memory for a path");
  if (access(path, F_OK) == 0 || errno != ENOENT)
    status = proda_nc_open(path, file, error);
  free(path);
  if (status != PRODA_OK || !*file)
    return status;
  if (proda_nc_dim(*file, "site", &n, error))
    return PRODA_ERROR;
  if (n == why->n_sites && proda_nc_read_rows(*file, "site_id", why->site, 1, 1, &id, error))
    return PRODA_ERROR;
  if (n != why->n_sites || id != why->ledger->id[why->profile])
    return proda_error_set(error, "%s: its sites are not those of %s; `proda run` makes it anew",
                           proda_nc_path(*file), proda_nc_path(why->prepare));
  return PRODA_OK;
}

static int take_record(void *context, uint64_t index, const char *text, const double *value,
                       size_t n, uint64_t place, struct proda_error *error)
{
  struct told *told = context;
  (void)place;
  if (index >= told->why->n_sites)
    return PRODA_OK;
  told->n_finished += !told->in_journal[index];
  told->in_journal[index] = true;
  if (told->calibrate || told->finished || index != told->why->site || n != PRODA_WHY_N_FRONT ||
      !(value[PRODA_FIELD_STATE] >= 0 && value[PRODA_FIELD_STATE] < PRODA_N_SITE_CODES))
    return PRODA_OK;
  told->finished = true;
  memcpy(told->front, value, sizeof told->front);
  told->code = (enum proda_site_code)value[PRODA_FIELD_STATE];
  told->reason = strdup(text);
  return told->reason ? PRODA_OK : proda_error_set(error, "out of memory for a reason");
}

static int look_at_journal(struct told *told, struct proda_error *error)
{
  char *path = proda_output_path(told->why->run, told->structure, "calibrate", "journal");
  told->in_journal = calloc(told->why->n_sites + 1, sizeof *told->in_journal);
  if (!path || !told->in_journal) {
    free(path);
    return proda_error_set(error, "out of memory for the journal of %s", told->structure);
  }
  int status =
      proda_journal_look(path, PRODA_WHY_N_FRONT, take_record, told, &told->journal, error);
  free(path);
  return status;
}

static int read_calibrated(struct told *told, struct proda_error *error)
{
  char **failure = NULL;
  size_t n = 0, site = told->why->site;
  for (int f = 0; f < PRODA_WHY_N_FRONT; f++)
    if (proda_nc_read_rows(told->calibrate, proda_posterior_fields[f].name, site, 1, 1,
                           &told->front[f], error))
      return PRODA_ERROR;
  double state = told->front[PRODA_FIELD_STATE];
  if (!(state >= 0 && state < PRODA_N_SITE_CODES))
    return proda_error_set(error, "%s: variable 'state': value %zu is %g, expected one of %d codes",
                           proda_nc_path(told->calibrate), site, state, PRODA_N_SITE_CODES);
  told->code = (enum proda_site_code)state;
  if (proda_nc_read_strings(told->calibrate, "failure", &n, &failure, error))
    return PRODA_ERROR;
  told->reason = strdup(site < n ? failure[site] : "");
  free(failure);
  return told->reason ? PRODA_OK : proda_error_set(error, "out of memory for a reason");
}

static int read_screened(struct told *told, struct proda_error *error)
{
  struct proda_ledger *ledger = NULL;
  proda_nc_number(told->screen, NULL, "max_rhat", &told->max_rhat);
  proda_nc_number(told->screen, NULL, "min_nse", &told->min_nse);
  if (proda_ledger_read(told->screen, &ledger, error))
    return PRODA_ERROR;
  int status = PRODA_OK;
  size_t p = told->why->profile;
  if (p >= ledger->n || ledger->id[p] != told->why->ledger->id[p])
    status = proda_error_set(error, "%s: its profiles are not those of %s; run screen again",
                             proda_nc_path(told->screen), proda_nc_path(told->why->prepare));
  else {
    free(told->reason);
    told->code = (enum proda_site_code)ledger->code[p];
    told->reason = strdup(ledger->reason[p]);
    if (!told->reason)
      status = proda_error_set(error, "out of memory for a reason");
  }
  proda_ledger_free(ledger);
  return status;
}

/* ---- telling ---- */

static void tell_end(const struct told *told)
{
  FILE *out = told->why->out;
  const struct proda_site_code_text *text = &proda_site_code_texts[told->code];
  if (told->code == PRODA_SITE_KEPT && !told->screen)
    fprintf(out, "\n%s: calibrated; screen has not run\n", told->structure);
  else
    fprintf(out, "\n%s: %s: %s\n", told->structure, proda_site_code_names[told->code], text->text);
  if (told->reason[0])
    fprintf(out, "  reason: %s\n", told->reason);
  if (text->advice[0])
    fprintf(out, "  what can be done: %s\n", text->advice);
}

/* How far the journal is, and whether somebody writes it. */
static int tell_journal(const struct told *told, struct proda_error *error)
{
  FILE *out = told->why->out;
  struct proda_lock_facts lock = {0};
  char stage[PRODA_LOCK_TEXT], at_work[128] = "was stopped";
  if (proda_lock_look(told->why->question->output, &lock, error) != PRODA_OK)
    return PRODA_ERROR;
  snprintf(stage, sizeof stage, "calibrate %s", told->structure);
  if (lock.held && strcmp(lock.stage, stage) == 0)
    snprintf(at_work, sizeof at_work, "is at work (process %ld on %s)", lock.process, lock.host);
  fprintf(out, "  %s calibration %s with %zu of %zu sites done; %s\n",
          told->calibrate ? "a new" : "the", at_work, told->n_finished, told->why->n_sites,
          told->calibrate ? "this is of the one before" : "chains and fit are told once all are");
  return PRODA_OK;
}

static int tell_training(const struct told *told, struct proda_error *error)
{
  static const char *const part[] = {"teaches the emulator", "judges the emulator while it learns",
                                     "is held out from the emulator, to test it"};
  size_t site = told->why->site;
  double own, status;
  if (!told->train) {
    if (told->screen && told->code == PRODA_SITE_KEPT)
      fprintf(told->why->out, "  emulator: train has not run\n");
    return PRODA_OK;
  }
  if (proda_nc_read_rows(told->train, "part", site, 1, 1, &own, error) ||
      proda_nc_read_rows(told->train, "status", site, 1, 1, &status, error))
    return PRODA_ERROR;
  if (status == 0 && own >= 0 && own <= 2)
    fprintf(told->why->out, "  emulator: the site %s\n", part[(size_t)own]);
  else if (status == 2)
    fprintf(told->why->out, "  emulator: the site is left out: it lacks a covariate\n");
  return PRODA_OK;
}

static int read_all(struct told *told, struct proda_error *error)
{
  if (open_store(told, "calibrate", &told->calibrate, error) || look_at_journal(told, error))
    return PRODA_ERROR;
  if (!told->calibrate)
    return PRODA_OK;
  if (read_calibrated(told, error) || open_store(told, "screen", &told->screen, error) ||
      (told->screen && read_screened(told, error)))
    return PRODA_ERROR;
  return open_store(told, "train", &told->train, error);
}

static int tell(const struct told *told, struct proda_error *error)
{
  if (!told->calibrate && !told->finished) {
    fprintf(told->why->out, "\n%s: %s\n", told->structure,
            told->journal ? "not calibrated yet" : "calibrate has not run");
    return told->journal ? tell_journal(told, error) : PRODA_OK;
  }
  tell_end(told);
  if (told->journal && tell_journal(told, error) != PRODA_OK)
    return PRODA_ERROR;
  proda_why_tell_draws(told->why, told->front);
  if (told->calibrate && told->front[PRODA_FIELD_STATE] == PRODA_SITE_KEPT &&
      proda_why_tell_course(told->why, told->calibrate, told->max_rhat, told->min_nse, error))
    return PRODA_ERROR;
  return tell_training(told, error);
}

int proda_why_tell_structure(const struct proda_why *why, const char *structure,
                             struct proda_error *error)
{
  struct told told = {.why = why, .structure = structure, .max_rhat = NAN, .min_nse = NAN};
  int status = read_all(&told, error);
  if (status == PRODA_OK)
    status = tell(&told, error);
  proda_nc_close(told.calibrate);
  proda_nc_close(told.screen);
  proda_nc_close(told.train);
  free(told.reason);
  free(told.in_journal);
  return status;
}
