#include "pipeline/stage.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

void proda_progress(const struct proda_run *run, const char *stage, size_t done, size_t failed,
                    size_t total, const char *note)
{
  if (run->reporter && run->reporter->progress)
    run->reporter->progress(run->reporter->context, stage, done, failed, total, note);
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
      status = proda_error_set(error, "cannot make the directory %s: %s", copy, strerror(errno));
    *slash = '/';
  }
  free(copy);
  return status;
}
