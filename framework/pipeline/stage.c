#include <config.h>

#include "pipeline/stage.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/unwritable.h"
#include "store/replace.h"

void proda_report(const struct proda_run *run, const char *format, ...)
{
  if (!run->reporter || !run->reporter->line)
    return;
  char text[PRODA_MESSAGE_SIZE];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  run->reporter->line(run->reporter->context, text);
}

void proda_stage_begin(const struct proda_run *run, const char *stage, const char *structure)
{
  char text[PRODA_LOCK_TEXT];
  proda_guard_stage(run->guard, stage, structure);
  snprintf(text, sizeof text, "%s%s%s", stage, structure ? " " : "", structure ? structure : "");
  proda_lock_note(run->lock, text);
}

void proda_progress(const struct proda_run *run, const struct proda_progress *progress)
{
  if (run->reporter && run->reporter->progress)
    run->reporter->progress(run->reporter->context, progress);
}

const char *proda_run_name(const struct proda_run *run)
{
  return run->experiment ? run->experiment->name : NULL;
}

int proda_stage_due(const struct proda_run *run, const char *stage, const char *structure,
                    const char *store, const char *inputs, bool *due, struct proda_error *error)
{
  const char *space = structure ? " " : "", *name = structure ? structure : "";
  struct proda_error why = {""};
  enum proda_store_state state = proda_store_look(store, inputs, proda_run_name(run), &why);
  *due = state != PRODA_STORE_CURRENT && state != PRODA_STORE_FOREIGN && !run->found;
  if (run->found) {
    *run->found = state;
    return state == PRODA_STORE_CURRENT ? PRODA_OK : proda_error_set(error, "%s", why.message);
  }
  if (state == PRODA_STORE_FOREIGN)
    return proda_error_set(error,
                           "%s, this one is '%s': give it an `output` of its own, or move what is "
                           "there away",
                           why.message, proda_run_name(run));
  if (state == PRODA_STORE_CURRENT)
    proda_report(run, "%s%s%s: up to date", stage, space, name);
  else if (state != PRODA_STORE_ABSENT)
    proda_report(run, "%s%s%s: is made anew: %s", stage, space, name, why.message);
  return PRODA_OK;
}

/* Seconds that a call in one piece may take where sites may take more. */
enum { CALL_SECONDS = 60 };

static double call_limit(const struct proda_run *run)
{
  return run->workers.seconds < CALL_SECONDS ? run->workers.seconds : CALL_SECONDS;
}

int proda_run_load(const struct proda_run *run, const char *name, enum proda_kind kind,
                   struct proda_loaded **loaded, struct proda_error *error)
{
  proda_guard_call(run->guard, proda_kind_name(kind), name, "it was loaded", call_limit(run));
  int status = proda_load(run->search_path, name, kind, loaded, error);
  proda_guard_return(run->guard);
  return status;
}

void proda_run_calls(const struct proda_run *run, const struct proda_loaded *loaded,
                     const char *doing)
{
  proda_guard_call(run->guard, proda_kind_name(loaded->manifest->kind), loaded->manifest->name,
                   doing, call_limit(run));
}

void proda_run_calls_in_steps(const struct proda_run *run, const struct proda_loaded *loaded,
                              const char *doing)
{
  proda_guard_call(run->guard, proda_kind_name(loaded->manifest->kind), loaded->manifest->name,
                   doing, run->workers.seconds);
}

void proda_run_returns(const struct proda_run *run)
{
  proda_guard_return(run->guard);
}

int proda_run_asked(const struct proda_run *run, struct proda_error *error)
{
  if (!run->stop || !run->stop->asked)
    return PRODA_OK;
  return proda_error_set(error, "stopped; what was finished is kept, and the same command goes on "
                                "from there");
}

char *proda_store_path(const struct proda_run *run, const char *structure, const char *stage)
{
  return proda_output_path(run, structure, stage, "nc");
}

char *proda_output_path(const struct proda_run *run, const char *structure, const char *name,
                        const char *extension)
{
  const char *output = run->experiment->output;
  size_t size =
      strlen(output) + (structure ? strlen(structure) : 0) + strlen(name) + strlen(extension) + 4;
  char *path = malloc(size);
  if (path && structure)
    snprintf(path, size, "%s/%s/%s.%s", output, structure, name, extension);
  else if (path)
    snprintf(path, size, "%s/%s.%s", output, name, extension);
  return path;
}

static void clear_below(const char *output, const char *name)
{
  char *path = NULL;
  if (asprintf(&path, "%s/%s", output, name) < 0)
    return;
  proda_replace_clear(path);
  free(path);
}

void proda_run_clear(const struct proda_run *run)
{
  const struct proda_experiment *experiment = run->experiment;
  clear_below(experiment->output, "");
  clear_below(experiment->output, "world");
  clear_below(experiment->output, "figures");
  for (size_t i = 0; i < experiment->n_structures; i++)
    clear_below(experiment->output, experiment->structure[i].name);
}

int proda_make_parents(const char *path, struct proda_error *error)
{
  char *copy = strdup(path);
  if (!copy)
    return proda_error_set(error, "out of memory for a path");
  int status = PRODA_OK;
  for (char *slash = strchr(copy + 1, '/'); slash && status == PRODA_OK;
       slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    if (mkdir(copy, 0777) != 0 && errno != EEXIST)
      status = proda_unwritable(copy, "the directory cannot be made", errno, 0, error);
    *slash = '/';
  }
  free(copy);
  return status;
}
