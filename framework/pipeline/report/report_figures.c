#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/file.h"
#include "pipeline/report/report.h"

enum { LARGEST_MESSAGE = 1 << 16 };
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

/** Starts a program with its output thrown away and its errors in a file. */
static int start(const char *const argv[], const char *errors, pid_t *process)
{
  posix_spawn_file_actions_t actions;
  int code = posix_spawn_file_actions_init(&actions);
  if (code != 0)
    return code;
  code = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (code == 0)
    code = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  if (code == 0)
    code = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors,
                                            O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (code == 0)
    code = posix_spawnp(process, argv[0], &actions, NULL, (char *const *)argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  return code;
}

/** What a program said, on one line and cut to what a message holds. */
static int told(const char *program, const char *what, const char *errors,
                struct proda_error *error)
{
  char *text = NULL;
  size_t size = 0;
  if (proda_file_read(errors, LARGEST_MESSAGE, &text, &size, NULL) != PRODA_OK)
    return proda_error_set(error, "%s %s", program, what);
  for (char *c = text; *c; c++)
    if (*c == '\n' || *c == '\r')
      *c = ' ';
  proda_error_set(error, "%s %s: %.700s", program, what, text);
  free(text);
  return PRODA_ERROR;
}

static int run_program(const char *const argv[], const char *errors, struct proda_error *error)
{
  pid_t process;
  int state = 0, code = start(argv, errors, &process);
  if (code != 0)
    return proda_error_set(error, "%s cannot be started: %s", argv[0], strerror(code));
  while (waitpid(process, &state, 0) < 0)
    if (errno != EINTR)
      return proda_error_set(error, "%s cannot be waited for: %s", argv[0], strerror(errno));
  if (WIFSIGNALED(state))
    return told(argv[0], strsignal(WTERMSIG(state)), errors, error);
  return WEXITSTATUS(state) == 0 ? PRODA_OK : told(argv[0], "failed", errors, error);
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
  int status = run_program(argv, context, error);
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
    return proda_error_set(error, "%s: cannot be written", w->data);
  const char *const argv[] = {"node", script, vega, w->data, w->directory, NULL};
  int status = run_program(argv, w->errors, error);
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
