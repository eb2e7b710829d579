#include <stdlib.h>

#include "farm/ranks.h"

/* Others wait for rank 0; it waits for others not longer than PATIENCE. */
enum { PROMPT_MILLISECONDS = 1, PATIENCE_MILLISECONDS = 60000 };

static int tell_others(struct proda_crew *crew, enum proda_line_kind kind,
                       struct proda_error *error)
{
  for (size_t r = 1; r < crew->size; r++)
    if (proda_crew_tell(crew, r, kind, 0, NULL, error))
      return PRODA_ERROR;
  return PRODA_OK;
}

/* What rank 0 knows of another one. */
struct mate {
  size_t n_wanted; /* units that it asked for */
  size_t n_out;    /* units that it has */
  bool ended;
};

struct captain {
  struct proda_crew *crew;
  const struct proda_farm_work *work;
  const struct proda_farm_options *options;
  struct mate *mate; /* [size]; the first is not used */
  bool stopped;      /* by a signal that another rank had */
  bool told;         /* the others know that it stops */
};

static bool stopping(const struct captain *captain)
{
  return captain->stopped || (captain->options->stop && *captain->options->stop);
}

static int next_of_all(void *context, enum proda_farm_supply *supply, size_t *unit,
                       struct proda_error *error)
{
  const struct captain *captain = context;
  *supply = PRODA_FARM_NONE;
  return stopping(captain) ? PRODA_OK
                           : captain->work->next(captain->work->context, supply, unit, error);
}

static int give(struct captain *captain, size_t r, struct proda_error *error)
{
  struct mate *mate = &captain->mate[r];
  while (mate->n_wanted > 0) {
    enum proda_farm_supply supply;
    size_t unit = 0;
    if (next_of_all(captain, &supply, &unit, error))
      return PRODA_ERROR;
    if (supply == PRODA_FARM_LATER)
      return PRODA_OK;
    bool given = supply == PRODA_FARM_UNIT;
    if (proda_crew_tell(captain->crew, r, given ? PRODA_LINE_NEXT : PRODA_LINE_NONE, unit, NULL,
                        error))
      return PRODA_ERROR;
    mate->n_wanted--;
    mate->n_out += given;
  }
  return PRODA_OK;
}

static int end_of(struct captain *captain, size_t r, bool stopped, struct proda_error *error)
{
  struct mate *mate = &captain->mate[r];
  mate->ended = true;
  captain->stopped |= stopped;
  if (mate->n_out > 0 && !stopping(captain))
    return proda_error_set(error, "rank %zu ended without having done %zu of its sites", r,
                           mate->n_out);
  return PRODA_OK;
}

static int hear(struct captain *captain, size_t r, const struct proda_line_header *header,
                struct proda_error *error)
{
  const struct proda_farm_work *work = captain->work;
  const double *value = (const double *)(header + 1);
  struct mate *mate = &captain->mate[r];
  switch (header->kind) {
  case PRODA_LINE_NEXT:
    mate->n_wanted++;
    return PRODA_OK;
  case PRODA_LINE_RESULT:
    mate->n_out--;
    if (header->n > work->n_largest)
      return proda_error_set(error, "rank %zu sent a result of %zu values, at most %zu expected", r,
                             (size_t)header->n, work->n_largest);
    return work->take(work->context, header->unit, header->has_text ? header->text : NULL, value,
                      header->n, error);
  case PRODA_LINE_LOST:
    mate->n_out--;
    return work->lose(work->context, header->unit, (enum proda_farm_loss)value[0], header->text,
                      error);
  case PRODA_LINE_END:
    return end_of(captain, r, header->unit, error);
  case PRODA_LINE_ERROR:
    return proda_error_set(error, "%s", header->text);
  default:
    return proda_error_set(error, "rank %zu sent a message of unknown kind", r);
  }
}

/* Takes what the others sent, and gives what they ask for. */
static int attend_mates(void *context, int *milliseconds, struct proda_error *error)
{
  struct captain *captain = context;
  const struct proda_line_header *header;
  size_t from;
  *milliseconds = 0;
  if (captain->work->attend && captain->work->attend(captain->work->context, milliseconds, error))
    return PRODA_ERROR;
  do {
    if (proda_crew_receive(captain->crew, &from, &header, error) ||
        (header && hear(captain, from, header, error)))
      return PRODA_ERROR;
  } while (header);
  if (stopping(captain) && !captain->told) {
    captain->told = true;
    if (tell_others(captain->crew, PRODA_LINE_STOP, error))
      return PRODA_ERROR;
  }
  for (size_t r = 1; r < captain->crew->size; r++) {
    if (give(captain, r, error))
      return PRODA_ERROR;
    if (!captain->mate[r].ended)
      *milliseconds = PROMPT_MILLISECONDS;
  }
  return PRODA_OK;
}

static int take_own(void *context, size_t unit, const char *text, const double *value, size_t n,
                    struct proda_error *error)
{
  const struct proda_farm_work *work = ((struct captain *)context)->work;
  return work->take(work->context, unit, text, value, n, error);
}

static int lose_own(void *context, size_t unit, enum proda_farm_loss loss, const char *reason,
                    struct proda_error *error)
{
  const struct proda_farm_work *work = ((struct captain *)context)->work;
  return work->lose(work->context, unit, loss, reason, error);
}

static int work_own(void *context, struct proda_worker *worker, struct proda_error *error)
{
  const struct proda_farm_work *work = ((struct captain *)context)->work;
  return work->work(work->context, worker, error);
}

int proda_ranks_run(struct proda_crew *crew, const struct proda_job *job,
                    const struct proda_farm_work *work, const struct proda_farm_options *options,
                    enum proda_farm_end *end, struct proda_error *error)
{
  if (!crew)
    return proda_farm_run(work, options, end, error);
  struct captain captain = {.crew = crew, .work = work, .options = options};
  const struct proda_farm_work of_all = {
      .n_largest = work->n_largest,
      .next = next_of_all,
      .attend = attend_mates,
      .take = take_own,
      .lose = lose_own,
      .work = work_own,
      .context = &captain,
  };
  captain.mate = calloc(crew->size, sizeof *captain.mate);
  int status =
      captain.mate ? PRODA_OK : proda_error_set(error, "out of memory for %zu ranks", crew->size);
  for (size_t r = 1; r < crew->size && status == PRODA_OK; r++)
    status = proda_crew_tell(crew, r, PRODA_LINE_JOB, job->number, job->inputs, error);
  if (status == PRODA_OK)
    status = proda_farm_run(&of_all, options, end, error);
  if (captain.stopped)
    *end = PRODA_FARM_STOPPED;
  free(captain.mate);
  return status;
}

int proda_ranks_dismiss(struct proda_crew *crew, struct proda_error *error)
{
  if (!crew)
    return PRODA_OK;
  int status = PRODA_OK, waited = 0;
  struct proda_error trouble;
  if (tell_others(crew, PRODA_LINE_DISMISS, &trouble))
    proda_crew_abort(crew);
  for (size_t n = 1, from; n < crew->size;) {
    const struct proda_line_header *header;
    if (proda_crew_receive(crew, &from, &header, &trouble) || waited > PATIENCE_MILLISECONDS)
      proda_crew_abort(crew);
    if (!header) {
      proda_crew_rest(PROMPT_MILLISECONDS);
      waited += PROMPT_MILLISECONDS;
    } else if (header->kind == PRODA_LINE_BYE) {
      n++;
    } else if (header->kind == PRODA_LINE_ERROR) {
      status = proda_error_set(error, "%s", header->text);
    }
  }
  return status;
}
