#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "farm/ranks.h"

/* How often a rank looks for messages: where its workers wait for them, where they are busy, and
 * where there is no job. */
enum { PROMPT_MILLISECONDS = 1, BUSY_MILLISECONDS = 20, IDLE_MILLISECONDS = 10 };

struct assistant {
  struct proda_crew *crew;
  const struct proda_farm_work *work;
  const struct proda_farm_options *options;
  size_t *stock; /* [depth]: units from rank 0 that no worker has yet, n_stock of them */
  size_t n_stock, n_asked, depth;
  bool none; /* rank 0 has no further unit */
};

static int listen_to_captain(struct assistant *assistant, struct proda_error *error)
{
  const struct proda_line_header *header;
  size_t from;
  while (!assistant->crew->dismissed) {
    if (proda_crew_receive(assistant->crew, &from, &header, error))
      return PRODA_ERROR;
    if (!header)
      return PRODA_OK;
    assistant->n_asked -= header->kind == PRODA_LINE_NEXT || header->kind == PRODA_LINE_NONE;
    if (header->kind == PRODA_LINE_NEXT && !assistant->none)
      assistant->stock[assistant->n_stock++] = header->unit;
    assistant->none |= header->kind == PRODA_LINE_NONE || header->kind == PRODA_LINE_STOP;
    if (header->kind == PRODA_LINE_STOP)
      assistant->n_stock = 0;
    assistant->crew->dismissed = header->kind == PRODA_LINE_DISMISS;
  }
  return proda_error_set(error, "dismissed");
}

/* Asks ahead, so that no worker waits for messages to go and come. */
static int ask(struct assistant *assistant, struct proda_error *error)
{
  while (!assistant->none && assistant->n_stock + assistant->n_asked < assistant->depth) {
    if (proda_crew_tell(assistant->crew, 0, PRODA_LINE_NEXT, 0, NULL, error))
      return PRODA_ERROR;
    assistant->n_asked++;
  }
  return PRODA_OK;
}

static int next_of_captain(void *context, enum proda_farm_supply *supply, size_t *unit,
                           struct proda_error *error)
{
  struct assistant *assistant = context;
  if (listen_to_captain(assistant, error))
    return PRODA_ERROR;
  *supply = assistant->none ? PRODA_FARM_NONE : PRODA_FARM_LATER;
  if (assistant->n_stock > 0) {
    *supply = PRODA_FARM_UNIT;
    *unit = assistant->stock[0];
    assistant->n_stock--;
    memmove(assistant->stock, assistant->stock + 1, assistant->n_stock * sizeof *assistant->stock);
  }
  return ask(assistant, error);
}

static int attend_captain(void *context, int *milliseconds, struct proda_error *error)
{
  struct assistant *assistant = context;
  const volatile sig_atomic_t *stop = assistant->options->stop;
  bool waits = assistant->n_stock == 0;
  assistant->none |= stop && *stop; /* nothing further is begun, nor waited for */
  *milliseconds = assistant->none ? 0 : waits ? PROMPT_MILLISECONDS : BUSY_MILLISECONDS;
  return listen_to_captain(assistant, error);
}

static int send_result(void *context, size_t unit, const char *text, const double *value, size_t n,
                       struct proda_error *error)
{
  const struct assistant *assistant = context;
  struct proda_line_header header = {
      .kind = PRODA_LINE_RESULT, .unit = unit, .n = n, .has_text = text != NULL};
  snprintf(header.text, sizeof header.text, "%s", text ? text : "");
  return proda_crew_send(assistant->crew, 0, &header, value, error);
}

static int send_loss(void *context, size_t unit, enum proda_farm_loss loss, const char *reason,
                     struct proda_error *error)
{
  const struct assistant *assistant = context;
  struct proda_line_header header = {.kind = PRODA_LINE_LOST, .unit = unit, .n = 1, .has_text = 1};
  const double value = loss;
  snprintf(header.text, sizeof header.text, "%s", reason);
  return proda_crew_send(assistant->crew, 0, &header, &value, error);
}

static int work_mine(void *context, struct proda_worker *worker, struct proda_error *error)
{
  const struct proda_farm_work *work = ((struct assistant *)context)->work;
  return work->work(work->context, worker, error);
}

int proda_ranks_assist(struct proda_crew *crew, const struct proda_farm_work *work,
                       const struct proda_farm_options *options, struct proda_error *error)
{
  struct assistant assistant = {
      .crew = crew, .work = work, .options = options, .depth = 1 + options->n_workers / 8};
  const struct proda_farm_work mine = {
      .n_largest = work->n_largest,
      .next = next_of_captain,
      .attend = attend_captain,
      .take = send_result,
      .lose = send_loss,
      .work = work_mine,
      .context = &assistant,
  };
  enum proda_farm_end end;
  assistant.stock = calloc(assistant.depth, sizeof *assistant.stock);
  int status = assistant.stock ? proda_farm_run(&mine, options, &end, error)
                               : proda_error_set(error, "out of memory for units");
  free(assistant.stock);
  if (status == PRODA_OK)
    status = proda_crew_tell(crew, 0, PRODA_LINE_END, end == PRODA_FARM_STOPPED, NULL, error);
  return status;
}

/* An error of this rank, which rank 0 will print. */
static int complain(struct proda_crew *crew, const struct proda_error *trouble,
                    struct proda_error *error)
{
  char text[PRODA_MESSAGE_SIZE + sizeof crew->name + 2];
  snprintf(text, sizeof text, "%s: %s", crew->name, trouble->message);
  return proda_crew_tell(crew, 0, PRODA_LINE_ERROR, 0, text, error);
}

int proda_ranks_serve(struct proda_crew *crew, const struct proda_error *trouble,
                      int (*assist)(void *context, const struct proda_job *job,
                                    struct proda_error *error),
                      void *context, struct proda_error *error)
{
  const struct proda_line_header *header;
  size_t from;
  if (trouble && complain(crew, trouble, error))
    return PRODA_ERROR;
  while (!crew->dismissed) {
    if (proda_crew_receive(crew, &from, &header, error))
      return PRODA_ERROR;
    if (!header) {
      proda_crew_rest(IDLE_MILLISECONDS);
    } else if (header->kind == PRODA_LINE_DISMISS) {
      crew->dismissed = true;
    } else if (header->kind == PRODA_LINE_JOB && !trouble) {
      char inputs[PRODA_MESSAGE_SIZE];
      struct proda_error failure = {""};
      memcpy(inputs, header->text, sizeof inputs);
      const struct proda_job job = {header->unit, inputs};
      if (assist(context, &job, &failure) && !crew->dismissed && complain(crew, &failure, error))
        return PRODA_ERROR;
    }
  }
  return proda_crew_tell(crew, 0, PRODA_LINE_BYE, 0, NULL, error);
}
