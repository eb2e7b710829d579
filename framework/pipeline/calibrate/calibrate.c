#include <stdlib.h>
#include <string.h>

#include "core/unwritable.h"
#include "farm/ranks.h"
#include "pipeline/calibrate/calibration.h"
#include "store/journal.h"
#include "store/provenance.h"

/* Says how many measured layers lie below the structure, which says nothing of them. */
static void report_unseen(const struct proda_calibration *c)
{
  const struct proda_prepared *p = c->prepared;
  const struct proda_grid *grid = &c->model->manifest->grid;
  size_t n = 0;
  for (size_t i = 0; i < p->n_obs; i++)
    n += !proda_observation_sees(grid, p->obs_top[i], p->obs_bottom[i]);
  if (n > 0)
    proda_report(c->run,
                 "calibrate %s: %zu of %zu measured layers lie below the structure's %g m and are "
                 "left out",
                 c->chosen->name, n, p->n_obs, grid->interface[grid->n_layers - 1]);
}

static int take_journal_record(void *context, uint64_t index, const char *text, const double *value,
                               size_t n, uint64_t place, struct proda_error *error)
{
  struct proda_calibration *c = context;
  return proda_calibrated_put(&c->result, index, text, value, n, place, error);
}

/* The next site that is not done. */
static int next_missing(void *context, enum proda_farm_supply *supply, size_t *s,
                        struct proda_error *error)
{
  struct proda_calibration *c = context;
  (void)error;
  while (c->cursor < c->prepared->n_sites && proda_calibrated_has(&c->result, c->cursor))
    c->cursor++;
  *supply = c->cursor < c->prepared->n_sites ? PRODA_FARM_UNIT : PRODA_FARM_NONE;
  *s = c->cursor++;
  return PRODA_OK;
}

static void tell_progress(const struct proda_calibration *c)
{
  const struct proda_progress progress = {
      .stage = "calibrate",
      .structure = c->chosen->name,
      .units = "sites",
      .done = c->result.count,
      .total = c->prepared->n_sites,
      .n_reasons = PRODA_N_SITE_CODES - 1, /* what is behind the first is not well */
      .reason = proda_site_code_names + 1,
      .failed = c->result.n_state + 1,
  };
  proda_progress(c->run, &progress);
}

static int take_site(void *context, size_t s, const char *failure, const double *record, size_t n,
                     struct proda_error *error)
{
  struct proda_calibration *c = context;
  uint64_t place;
  if (proda_journal_append(c->journal, s, failure, record, n, &place, error) != PRODA_OK ||
      proda_calibrated_put(&c->result, s, failure, record, n, place, error) != PRODA_OK)
    return PRODA_ERROR;
  tell_progress(c);
  return PRODA_OK;
}

static int lose_site(void *context, size_t s, enum proda_farm_loss loss, const char *reason,
                     struct proda_error *error)
{
  static const enum proda_site_code code[] = {
      [PRODA_FARM_CRASHED] = PRODA_SITE_CRASHED,
      [PRODA_FARM_OVERTIME] = PRODA_SITE_TIME_LIMIT,
      [PRODA_FARM_OVERSIZE] = PRODA_SITE_MEMORY_LIMIT,
  };
  struct proda_calibration *c = context;
  size_t n_obs = c->prepared->first[s + 1] - c->prepared->first[s];
  proda_posterior_blank(&c->shape, n_obs, code[loss], c->record);
  return take_site(c, s, reason, c->record,
                   proda_posterior_offset(&c->shape, PRODA_N_FIELDS, n_obs), error);
}

/* The time left runs while sites are in work, and what is finished becomes durable. */
static int attend(void *context, int *milliseconds, struct proda_error *error)
{
  const struct proda_calibration *c = context;
  *milliseconds = 0;
  tell_progress(c);
  return proda_journal_tend(c->journal, error);
}

/* Samples what is missing. Being asked to stop is an error that says how to go on. */
static int sample_all(struct proda_calibration *c, struct proda_error *error)
{
  const struct proda_run *run = c->run;
  const struct proda_farm_work work = {
      .n_largest = c->record_size,
      .next = next_missing,
      .attend = attend,
      .take = take_site,
      .lose = lose_site,
      .work = proda_calibration_work,
      .context = c,
  };
  const struct proda_farm_options options = proda_calibration_farm(run);
  const struct proda_job job = {(size_t)(c->chosen - c->experiment->structure), c->inputs};
  enum proda_farm_end end;
  if (run->stop)
    run->stop->attended = 1;
  int status = proda_ranks_run(run->crew, &job, &work, &options, &end, error);
  if (run->stop && !run->stop->asked)
    run->stop->attended = 0; /* else what is finished goes into the store before the end */
  if (status == PRODA_OK && end == PRODA_FARM_STOPPED && c->result.count < c->prepared->n_sites)
    return proda_error_set(error,
                           "stopped with %zu of %zu sites done, which are kept; the same command "
                           "goes on from there",
                           c->result.count, c->prepared->n_sites);
  return status;
}

/* The journal of what is missing and the store of all, as long as neither is deflated. A warning
 * only: others may make room or take it meanwhile. */
static void warn_of_room(const struct proda_calibration *c)
{
  size_t n = c->prepared->n_sites;
  double site = (double)c->record_size * sizeof(double);
  double needed = site * (double)(2 * n - c->result.count);
  double left = proda_unwritable_room(c->journal_path);
  if (left >= 0 && left < needed)
    proda_report(
        c->run,
        "calibrate %s: journal and store may need %.0f MB, and only %.0f MB are free in %s; "
        "where that runs out, what is finished is kept",
        c->chosen->name, needed / 1e6, left / 1e6, c->experiment->output);
}

static int sample(struct proda_calibration *c, struct proda_error *error)
{
  int status = proda_make_parents(c->journal_path, error);
  if (status == PRODA_OK)
    status =
        proda_journal_open(c->journal_path, c->inputs, take_journal_record, c, &c->journal, error);
  if (status != PRODA_OK)
    return status;
  if (*proda_journal_note(c->journal))
    proda_report(c->run, "calibrate %s: %s", c->chosen->name, proda_journal_note(c->journal));
  size_t already = c->result.count;
  if (already > 0)
    proda_report(c->run, "calibrate %s: going on with %zu of %zu sites already done",
                 c->chosen->name, already, c->prepared->n_sites);
  proda_lock_note_done(c->run->lock, already);
  tell_progress(c);
  warn_of_room(c);
  status = sample_all(c, error);
  if (status == PRODA_OK)
    status = proda_calibrated_write(&c->result, c->journal, c->store, c->run, c->inputs, error);
  if (status == PRODA_OK) {
    proda_journal_remove(c->journal);
    c->journal = NULL;
  }
  return status;
}

int proda_stage_calibrate(const struct proda_run *run,
                          const struct proda_experiment_structure *structure,
                          struct proda_error *error)
{
  struct proda_calibration c;
  int status = proda_calibration_open(run, structure, &c, error);
  bool due = false;
  if (status == PRODA_OK)
    status = proda_stage_due(run, "calibrate", structure->name, c.store, c.inputs, &due, error);
  if (!due)
    goto out;
  if (status == PRODA_OK)
    status = proda_calibration_set_up(&c, error);
  if (status == PRODA_OK)
    report_unseen(&c);
  if (status == PRODA_OK)
    status = sample(&c, error);
out:
  proda_calibration_close(&c);
  return status == PRODA_OK ? proda_run_asked(run, error) : status;
}
