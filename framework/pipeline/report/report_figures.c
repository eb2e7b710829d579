#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.h"
#include "core/process.h"
#include "core/unwritable.h"
#include "pipeline/report/report.h"

static const char *const endings[] = {".svg", ".png"};
static const char data_name[] = "data.json", error_name[] = "errors.txt";

/* ---- programs ---- */

/** Whether a program of this name stands in a directory of $PATH. */
static bool on_path(const char *program)
{
  const char *path = getenv("PATH");
  for (; path && *path; path += strcspn(path, ":"), path += *path == ':') {
    char *full = NULL;
    if (asprintf(&full, "%.*s/%s", (int)strcspn(path, ":"), path, program) < 0)
      return false;
    bool there = access(full, X_OK) == 0;
    free(full);
    if (there)
      return true;
  }
  return false;
}

const char *proda_report_missing_program(void)
{
  static const char *const needed[] = {"node", "rsvg-convert"};
  for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
    if (!on_path(needed[i]))
      return needed[i];
  return NULL;
}

/* ---- files ---- */

static int remove_one(void *context, const char *path, const char *name, struct proda_error *error)
{
  (void)context;
  (void)name;
  return unlink(path) == 0
             ? PRODA_OK
             : proda_error_set(error, "%s: cannot be removed: %s", path, strerror(errno));
}

static int move_one(void *context, const char *path, const char *name, struct proda_error *error)
{
  char *target = NULL;
  if (asprintf(&target, "%s/%s", (const char *)context, name) < 0)
    return proda_error_set(error, "out of memory for a path");
  int status = rename(path, target) == 0
                   ? PRODA_OK
                   : proda_error_set(error, "%s: cannot be replaced: %s", target, strerror(errno));
  free(target);
  return status;
}

static int convert_one(void *context, const char *path, const char *name, struct proda_error *error)
{
  char *png = strdup(path);
  (void)name;
  if (!png)
    return proda_error_set(error, "out of memory for a path");
  memcpy(png + strlen(png) - 4, endings[1], 4);
  const char *const argv[] = {"rsvg-convert", "--zoom", "2", "--output", png, path, NULL};
  int status = proda_process_run(argv, context, error);
  free(png);
  return status;
}

/* ---- all figures ---- */

/** Where figures are made before they replace the old ones. */
struct workshop {
  char *directory, *data, *errors;
};

static int empty(const char *directory, struct proda_error *error)
{
  size_t n = 0;
  for (size_t e = 0; e < sizeof endings / sizeof *endings; e++)
    if (proda_report_each_file(directory, endings[e], remove_one, NULL, &n, error))
      return PRODA_ERROR;
  return PRODA_OK;
}

static int open_workshop(const char *figures, struct workshop *w, struct proda_error *error)
{
  if (asprintf(&w->directory, "%s.tmp", figures) < 0)
    w->directory = NULL;
  if (!w->directory || asprintf(&w->data, "%s/%s", w->directory, data_name) < 0)
    w->data = NULL;
  if (!w->data || asprintf(&w->errors, "%s/%s", w->directory, error_name) < 0)
    w->errors = NULL;
  if (!w->errors)
    return proda_error_set(error, "out of memory for a path");
  if (mkdir(w->directory, 0777) != 0 && errno != EEXIST)
    return proda_error_set(error, "cannot make the directory %s: %s", w->directory,
                           strerror(errno));
  return empty(w->directory, error); // a killed run may have left some
}

static void close_workshop(struct workshop *w)
{
  if (w->errors) {
    empty(w->directory, NULL);
    unlink(w->data);
    unlink(w->errors);
    rmdir(w->directory);
  }
  free(w->directory);
  free(w->data);
  free(w->errors);
}

static int draw(const struct proda_report_files *files, const json_t *data,
                const struct workshop *w, size_t *n, struct proda_error *error)
{
  const char *script = proda_report_file(files, "render.js", error);
  const char *vega = script ? proda_report_file(files, "vega.js", error) : NULL;
  if (!vega)
    return PRODA_ERROR;
  if (json_dump_file(data, w->data, JSON_COMPACT | JSON_REAL_PRECISION(7)) != 0)
    return proda_unwritable(w->data, "cannot be written", errno, 0, error);
  const char *const argv[] = {"node", script, vega, w->data, w->directory, NULL};
  int status = proda_process_run(argv, w->errors, error);
  if (status == PRODA_OK)
    status = proda_report_each_file(w->directory, endings[0], convert_one, w->errors, n, error);
  return status;
}

static int replace(const struct workshop *w, const char *figures, struct proda_error *error)
{
  size_t n = 0;
  if (mkdir(figures, 0777) != 0 && errno != EEXIST)
    return proda_error_set(error, "cannot make the directory %s: %s", figures, strerror(errno));
  if (empty(figures, error))
    return PRODA_ERROR;
  for (size_t e = 0; e < sizeof endings / sizeof *endings; e++)
    if (proda_report_each_file(w->directory, endings[e], move_one, (void *)figures, &n, error))
      return PRODA_ERROR;
  return PRODA_OK;
}

int proda_report_figures(const struct proda_report_files *files, const json_t *data,
                         const char *figures, size_t *n, struct proda_error *error)
{
  struct workshop w = {NULL, NULL, NULL};
  *n = 0;
  int status = open_workshop(figures, &w, error);
  if (status == PRODA_OK)
    status = draw(files, data, &w, n, error);
  if (status == PRODA_OK)
    status = replace(&w, figures, error);
  close_workshop(&w);
  return status;
}
