#include <config.h>

#include "pipeline/report/report_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/installed.h"

static bool ends_in(const char *name, const char *ending)
{
  size_t length = strlen(name), n = strlen(ending);
  return length >= n && strcmp(name + length - n, ending) == 0;
}

static bool is_file(const char *path)
{
  struct stat status;
  return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static int visible(const struct dirent *entry)
{
  return entry->d_name[0] != '.';
}

int proda_report_each_file(const char *directory, const char *ending, proda_report_file_action *act,
                           void *context, size_t *n, struct proda_error *error)
{
  struct dirent **entry = NULL;
  int count = scandir(directory, &entry, visible, alphasort), status = PRODA_OK;
  if (count < 0)
    return proda_error_set(error, "%s: cannot be read: %s", directory, strerror(errno));
  for (int i = 0; i < count; i++) {
    char *path = NULL;
    if (status == PRODA_OK && ends_in(entry[i]->d_name, ending)) {
      if (asprintf(&path, "%s/%s", directory, entry[i]->d_name) < 0) {
        path = NULL;
        status = proda_error_set(error, "out of memory for a path");
      } else if (is_file(path)) {
        status = act ? act(context, path, entry[i]->d_name, error) : PRODA_OK;
        *n += status == PRODA_OK;
      }
    }
    free(path);
    free(entry[i]);
  }
  free(entry);
  return status;
}

/* ---- what pages are made of ---- */

static struct proda_report_file *find(const struct proda_report_files *files, const char *name)
{
  for (size_t i = 0; i < files->n; i++)
    if (strcmp(files->file[i].name, name) == 0)
      return &files->file[i];
  return NULL;
}

static int add_file(void *context, const char *path, const char *name, struct proda_error *error)
{
  struct proda_report_files *files = context;
  if (find(files, name))
    return PRODA_OK;
  struct proda_report_file *larger = realloc(files->file, (files->n + 1) * sizeof *larger);
  if (!larger)
    return proda_error_set(error, "out of memory for %zu files", files->n);
  files->file = larger;
  larger[files->n] = (struct proda_report_file){strdup(name), strdup(path)};
  if (!larger[files->n].name || !larger[files->n].path) {
    free(larger[files->n].name);
    free(larger[files->n].path);
    return proda_error_set(error, "out of memory for a path");
  }
  files->n++;
  return PRODA_OK;
}

/** Adds the files of a colon-separated list of directories; those that are not there are passed
 * over, as on the path of plugins. */
static int add_directories(struct proda_report_files *files, const char *list,
                           struct proda_error *error)
{
  int status = PRODA_OK;
  for (size_t length; status == PRODA_OK && list && *list; list += length + (list[length] == ':')) {
    size_t n = 0;
    length = strcspn(list, ":");
    char *directory = strndup(list, length);
    struct stat state;
    if (!directory)
      status = proda_error_set(error, "out of memory for a path");
    else if (length > 0 && stat(directory, &state) == 0)
      status = proda_report_each_file(directory, "", add_file, files, &n, error);
    free(directory);
  }
  return status;
}

static int by_name(const void *a, const void *b)
{
  return strcmp(((const struct proda_report_file *)a)->name,
                ((const struct proda_report_file *)b)->name);
}

static int check(const struct proda_report_files *files, const char *installed,
                 struct proda_error *error)
{
  const char *given = getenv("PRODA_REPORT_PATH");
  if (!find(files, "page.html"))
    return proda_error_set(error,
                           "the report's page.html is in none of: %s%s%s; is proda installed "
                           "whole? PRODA_REPORT_PATH names further directories",
                           given ? given : "", given && *given ? ", " : "", installed);
  if (!find(files, "vega.js"))
    return proda_error_set(error,
                           "the report's vega.js is not beside %s: proda was built without Vega; "
                           "install libjs-vega, then configure, make and install again",
                           find(files, "page.html")->path);
  return PRODA_OK;
}

int proda_report_files_find(struct proda_report_files *files, struct proda_error *error)
{
  char place[PRODA_INSTALLED_SIZE];
  const char *installed = proda_installed_path(PRODA_REPORT_DIR, place);
  *files = (struct proda_report_files){0, NULL};
  if (add_directories(files, getenv("PRODA_REPORT_PATH"), error) ||
      add_directories(files, installed, error) || check(files, installed, error)) {
    proda_report_files_free(files);
    return PRODA_ERROR;
  }
  qsort(files->file, files->n, sizeof *files->file, by_name);
  return PRODA_OK;
}

void proda_report_files_free(struct proda_report_files *files)
{
  for (size_t i = 0; i < files->n; i++) {
    free(files->file[i].name);
    free(files->file[i].path);
  }
  free(files->file);
  *files = (struct proda_report_files){0, NULL};
}

const char *proda_report_file(const struct proda_report_files *files, const char *name,
                              struct proda_error *error)
{
  const struct proda_report_file *found = find(files, name);
  if (!found)
    proda_error_set(error, "%s is not among the files that the report is made of", name);
  return found ? found->path : NULL;
}

int proda_report_files_digest(const struct proda_report_files *files, struct proda_digest *digest,
                              struct proda_error *error)
{
  int status = PRODA_OK;
  for (size_t i = 0; i < files->n && status == PRODA_OK; i++) {
    proda_digest_text(digest, files->file[i].name);
    status = proda_digest_file(digest, files->file[i].path, error);
  }
  return status;
}
