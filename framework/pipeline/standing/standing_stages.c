#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/pipeline.h"
#include "pipeline/standing/standing_private.h"
#include "pipeline/why/why.h"

/* Rows so far, and whether all that the next depends on is up to date. */
struct survey {
  struct proda_run run;
  const char *output;
  enum proda_store_state found;
  struct proda_standing_row *row;
  size_t n, room;
};

typedef int stage_function(const struct proda_run *run, struct proda_error *error);

/* The file of a stage that tells by its digest whether all of the stage is there. */
static int name_file(const char *stage, char **file)
{
  if (strcmp(stage, "world") == 0)
    return asprintf(file, "world/truth.nc");
  return asprintf(file, strcmp(stage, "report") == 0 ? "%s.html" : "%s.nc", stage);
}

static struct proda_standing_row *add_row(struct survey *survey, const char *stage,
                                          const char *structure)
{
  if (survey->n == survey->room) {
    size_t room = 2 * survey->room + 16;
    struct proda_standing_row *grown = realloc(survey->row, room * sizeof *grown);
    if (!grown)
      return NULL;
    survey->row = grown;
    survey->room = room;
  }
  struct proda_standing_row *row = &survey->row[survey->n];
  char *file = NULL;
  *row = (struct proda_standing_row){.stage = stage};
  if (name_file(stage, &file) < 0)
    return NULL;
  row->structure = structure ? strdup(structure) : NULL;
  if (asprintf(&row->path, "%s/%s%s%s", survey->output, structure ? structure : "",
               structure ? "/" : "", file) < 0)
    row->path = NULL;
  free(file);
  survey->n++;
  return row->path && (row->structure || !structure) ? row : NULL;
}

void proda_standing_free(struct proda_standing_row *rows, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    free(rows[i].structure);
    free(rows[i].path);
  }
  free(rows);
}

static bool is_store(const char *path)
{
  size_t length = strlen(path);
  return length > 3 && strcmp(path + length - 3, ".nc") == 0;
}

static bool is_absent(const char *path)
{
  return access(path, F_OK) != 0 && errno == ENOENT;
}

/* A store of which only the file can be told. */
static void look_at_file(struct proda_standing_row *row, int there)
{
  struct proda_nc *file = NULL;
  row->state = there;
  if (is_absent(row->path))
    row->state = PRODA_STORE_ABSENT;
  else if (is_store(row->path) && proda_nc_open(row->path, &file, &row->why) != PRODA_OK)
    row->state = PRODA_STORE_DAMAGED;
  proda_nc_close(file);
}

/* Asks a stage about its store; `*ready` says that what it depends on is up to date, and then
 * whether it is. */
static void ask(struct survey *survey, struct proda_standing_row *row, stage_function *stage,
                const struct proda_structure_stage *structure_stage,
                const struct proda_experiment_structure *structure, bool *ready)
{
  if (!*ready) {
    look_at_file(row, PRODA_STANDING_WAITS);
    return;
  }
  survey->found = (enum proda_store_state)PRODA_STANDING_UNKNOWN;
  int status = stage ? stage(&survey->run, &row->why)
                     : structure_stage->run(&survey->run, structure, &row->why);
  row->state = status == PRODA_OK ? PRODA_STORE_CURRENT : (int)survey->found;
  if (row->state == PRODA_STORE_STALE && is_absent(row->path))
    row->state = PRODA_STORE_ABSENT;
  *ready = row->state == PRODA_STORE_CURRENT;
}

static bool ask_structure(struct survey *survey, const struct proda_experiment_structure *structure,
                          bool *ready)
{
  for (size_t i = 0; i < PRODA_N_STRUCTURE_STAGES; i++) {
    const struct proda_structure_stage *stage = &proda_structure_stages[i];
    struct proda_standing_row *row = add_row(survey, stage->name, structure->name);
    if (!row)
      return false;
    ask(survey, row, NULL, stage, structure, ready);
  }
  return true;
}

static bool ask_all(struct survey *survey, const char *name, stage_function *stage, bool *ready)
{
  struct proda_standing_row *row = add_row(survey, name, NULL);
  if (row)
    ask(survey, row, stage, NULL, NULL, ready);
  return row != NULL;
}

static bool ask_experiment(struct survey *survey)
{
  const struct proda_experiment *experiment = survey->run.experiment;
  bool ready = true, all = true;
  if (experiment->synthetic && !ask_all(survey, "world", proda_stage_world, &ready))
    return false;
  if (!ask_all(survey, "prepare", proda_stage_prepare, &ready))
    return false;
  for (size_t i = 0; i < experiment->n_structures; i++) {
    bool own = ready;
    if (!ask_structure(survey, &experiment->structure[i], &own))
      return false;
    all = all && own;
  }
  return ask_all(survey, "compare", proda_stage_compare, &all) &&
         ask_all(survey, "report", proda_stage_report, &all);
}

int proda_standing_stages(const struct proda_run *run, struct proda_standing_row **rows, size_t *n,
                          struct proda_error *error)
{
  struct survey survey = {.run = *run, .output = run->experiment->output};
  survey.run.reporter = NULL;
  survey.run.found = &survey.found;
  bool complete = ask_experiment(&survey);
  *rows = survey.row;
  *n = survey.n;
  return complete ? PRODA_OK : proda_error_set(error, "out of memory for the stages");
}

static bool list_files(struct survey *survey, char *const *name, size_t n_names)
{
  bool complete = add_row(survey, "world", NULL) && add_row(survey, "prepare", NULL);
  for (size_t s = 0; s < n_names; s++)
    for (size_t i = 0; i < PRODA_N_STRUCTURE_STAGES; i++)
      complete = complete && add_row(survey, proda_structure_stages[i].name, name[s]);
  complete = complete && add_row(survey, "compare", NULL) && add_row(survey, "report", NULL);
  for (size_t i = 0; i < survey->n && complete; i++)
    look_at_file(&survey->row[i], PRODA_STANDING_THERE);
  return complete;
}

int proda_standing_files(const char *directory, struct proda_standing_row **rows, size_t *n,
                         struct proda_error *error)
{
  struct survey survey = {.output = directory};
  char **name = NULL;
  size_t n_names = 0;
  if (proda_why_structures(directory, &name, &n_names, error) != PRODA_OK)
    return PRODA_ERROR;
  bool complete = list_files(&survey, name, n_names);
  free(name);
  *rows = survey.row;
  *n = survey.n;
  return complete ? PRODA_OK : proda_error_set(error, "out of memory for the stores");
}
