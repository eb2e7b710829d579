#define _GNU_SOURCE
#include "pipeline/why/why.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/why/why_private.h"

const char *proda_why_number(double value, char text[PRODA_WHY_NUMBER])
{
  if (isnan(value))
    snprintf(text, PRODA_WHY_NUMBER, "-");
  else
    snprintf(text, PRODA_WHY_NUMBER, fabs(value) >= 1000 && fabs(value) < 1e7 ? "%.0f" : "%.4g",
             value);
  return text;
}

void proda_why_put_name(FILE *out, const char *name)
{
  for (; *name; name++)
    fputc(*name == '_' ? ' ' : *name, out);
}

/* ---- the answer ---- */

static int open_prepare(struct proda_why *why, struct proda_error *error)
{
  char *path = proda_store_path(why->run, NULL, "prepare");
  if (!path)
    return proda_error_set(error, "out of memory for a path");
  int status = PRODA_OK;
  if (access(path, F_OK) != 0 && errno == ENOENT)
    status = proda_error_set(error,
                             "%s: is not there: prepare has not run to its end, so that nothing is "
                             "known of any profile",
                             path);
  else
    status = proda_nc_open(path, &why->prepare, error);
  free(path);
  return status == PRODA_OK ? proda_ledger_read(why->prepare, &why->ledger, error) : status;
}

static void tell_drop(const struct proda_why *why)
{
  size_t code = (size_t)why->ledger->code[why->profile];
  const char *reason = why->ledger->reason[why->profile];
  fprintf(why->out, "\nall structures: %s: %s\n", proda_site_code_names[code],
          proda_site_code_texts[code].text);
  if (reason[0])
    fprintf(why->out, "  reason: %s\n", reason);
  fprintf(why->out, "  what can be done: %s\n", proda_site_code_texts[code].advice);
}

static int answer(struct proda_why *why, struct proda_error *error)
{
  const struct proda_why_question *question = why->question;
  if (open_prepare(why, error) || proda_why_find(why, error) || proda_why_tell_input(why, error))
    return PRODA_ERROR;
  if (why->ledger->code[why->profile] != PRODA_SITE_KEPT) {
    tell_drop(why);
    return PRODA_OK;
  }
  if (question->n_structures == 0)
    fprintf(why->out, "\ncalibrate has not run for any structure\n");
  for (size_t i = 0; i < question->n_structures; i++)
    if (proda_why_tell_structure(why, question->structure[i], error))
      return PRODA_ERROR;
  return PRODA_OK;
}

int proda_why(const struct proda_why_question *question, FILE *out, struct proda_error *error)
{
  const struct proda_experiment place = {.output = (char *)question->output};
  const struct proda_run run = {.experiment = &place};
  struct proda_why why = {.question = question, .run = &run, .out = out};
  int status = answer(&why, error);
  proda_nc_close(why.prepare);
  proda_ledger_free(why.ledger);
  free(why.top);
  return status;
}

/* ---- structures of a directory ---- */

static bool has_file(const char *directory, const char *structure, const char *name)
{
  char *path = NULL;
  bool found =
      asprintf(&path, "%s/%s/%s", directory, structure, name) >= 0 && access(path, F_OK) == 0;
  free(path);
  return found;
}

static int compare(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Copies `n` names, [n] of size NAME_MAX + 1, into one block. */
static char **pack(const char (*name)[NAME_MAX + 1], size_t n)
{
  size_t size = (n + 1) * sizeof(char *);
  char **block = malloc(size + n * sizeof *name + 1);
  for (size_t i = 0; block && i < n; i++) {
    block[i] = (char *)block + size + i * sizeof *name;
    memcpy(block[i], name[i], sizeof *name);
  }
  if (block)
    qsort(block, n, sizeof *block, compare);
  return block;
}

int proda_why_structures(const char *directory, char ***name, size_t *n, struct proda_error *error)
{
  DIR *folder = opendir(directory);
  if (!folder)
    return proda_error_set(error, "%s: cannot be opened: %s", directory, strerror(errno));
  char(*found)[NAME_MAX + 1] = NULL;
  int status = PRODA_OK;
  *n = 0;
  for (const struct dirent *entry; status == PRODA_OK && (entry = readdir(folder));) {
    if (entry->d_name[0] == '.' || !(has_file(directory, entry->d_name, "calibrate.nc") ||
                                     has_file(directory, entry->d_name, "calibrate.journal")))
      continue;
    char(*grown)[NAME_MAX + 1] = realloc(found, (*n + 1) * sizeof *grown);
    if (grown) {
      found = grown;
      snprintf(found[(*n)++], sizeof *found, "%s", entry->d_name);
    } else
      status = proda_error_set(error, "out of memory for the structures of %s", directory);
  }
  closedir(folder);
  if (status == PRODA_OK && !(*name = pack((const char(*)[NAME_MAX + 1]) found, *n)))
    status = proda_error_set(error, "out of memory for the structures of %s", directory);
  free(found);
  return status;
}
