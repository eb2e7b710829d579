#include "pipeline/pipeline.h"

#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "pipeline/ahead.h"
#include "pipeline/compare/compared_classes.h"
#include "pipeline/report/report_files.h"
#include "pipeline/synth/recovery.h"

const struct proda_structure_stage proda_structure_stages[PRODA_N_STRUCTURE_STAGES] = {
    {"calibrate", proda_stage_calibrate},
    {"screen", proda_stage_screen},
    {"train", proda_stage_train},
    {"map", proda_stage_map},
};

static int run_structure(const struct proda_run *run,
                         const struct proda_experiment_structure *structure,
                         struct proda_error *error)
{
  for (size_t i = 0; i < PRODA_N_STRUCTURE_STAGES; i++) {
    double start = proda_clock();
    int status = proda_structure_stages[i].run(run, structure, error);
    if (status != PRODA_OK)
      return proda_error_prefix(error, "%s %s: ", proda_structure_stages[i].name, structure->name);
    proda_report(run, "%s %s: %.1f s", proda_structure_stages[i].name, structure->name,
                 proda_clock() - start);
  }
  return PRODA_OK;
}

/* On the embedded world the truth is known: says how much of it the map found. */
static int report_recovery(const struct proda_run *run,
                           const struct proda_experiment_structure *structure,
                           struct proda_error *error)
{
  struct proda_skill skill[PRODA_N_RECOVERED];
  char *map = proda_store_path(run, structure->name, "map");
  char *truth = proda_store_path(run, "world", "truth");
  int status = map && truth ? proda_recovery(map, truth, skill, error)
                            : proda_error_set(error, "out of memory for a path");
  if (status == PRODA_OK)
    proda_report(
        run,
        "%s against the truth, carbon of the first metre on %zu cells: R2 %.3f, RMSE %.2f, "
        "bias %.2f kgC m-2 (default parameters: R2 %.3f; one median: R2 %.3f)",
        structure->name, skill[PRODA_RECOVERED_PREDICTED].n, skill[PRODA_RECOVERED_PREDICTED].nse,
        skill[PRODA_RECOVERED_PREDICTED].rmse, skill[PRODA_RECOVERED_PREDICTED].bias,
        skill[PRODA_RECOVERED_DEFAULT].nse, skill[PRODA_RECOVERED_MEDIAN].nse);
  free(map);
  free(truth);
  return status;
}

/* A page needs the files that are installed for it; without them a run has its stores all the same.
 */
static int run_report(const struct proda_run *run, bool *made, struct proda_error *error)
{
  double start = proda_clock();
  struct proda_report_files files;
  struct proda_error missing;
  *made = proda_report_files_find(&files, &missing) == PRODA_OK;
  if (!*made) {
    proda_report(run, "report: left out: %s", missing.message);
    return PRODA_OK;
  }
  proda_report_files_free(&files);
  if (proda_stage_report(run, error) != PRODA_OK)
    return proda_error_prefix(error, "report: ");
  proda_report(run, "report: %.1f s", proda_clock() - start);
  return PRODA_OK;
}

int proda_pipeline_run(const struct proda_run *run, struct proda_error *error)
{
  double start = proda_clock();
  int status = proda_check_ahead(run, error);
  if (status == PRODA_OK)
    status = proda_stage_prepare(run, error);
  if (status == PRODA_OK)
    status = proda_compared_labels_check(run, error);
  if (status != PRODA_OK)
    return status;
  proda_report(run, "prepare: %.1f s", proda_clock() - start);
  for (size_t i = 0; i < run->experiment->n_structures; i++)
    if (run_structure(run, &run->experiment->structure[i], error) != PRODA_OK ||
        (run->experiment->synthetic &&
         report_recovery(run, &run->experiment->structure[i], error) != PRODA_OK))
      return PRODA_ERROR;
  double maps = proda_clock();
  if (proda_stage_compare(run, error) != PRODA_OK)
    return proda_error_prefix(error, "compare: ");
  proda_report(run, "compare: %.1f s", proda_clock() - maps);
  bool made;
  if (run_report(run, &made, error) != PRODA_OK)
    return PRODA_ERROR;
  const char *output = run->experiment->output;
  if (made)
    proda_report(run, "done in %.1f s; stores are in %s; report: %s/report.html",
                 proda_clock() - start, output, output);
  else
    proda_report(run, "done in %.1f s; stores are in %s", proda_clock() - start, output);
  return PRODA_OK;
}

/* ---- what a stage alone starts from ---- */

/* Adds what to do to what was found. */
static int advise(const char *maker, struct proda_error *error)
{
  char found[PRODA_MESSAGE_SIZE];
  memcpy(found, error->message, sizeof found);
  return proda_error_set(error, "%s; `proda %s` makes it, or `proda run` all that is missing",
                         found, maker);
}

static int check_structure(const struct proda_run *run, const char *before,
                           const struct proda_experiment_structure *structure,
                           struct proda_error *error)
{
  for (size_t i = 0;
       i < PRODA_N_STRUCTURE_STAGES && strcmp(proda_structure_stages[i].name, before) != 0; i++)
    if (proda_structure_stages[i].run(run, structure, error) != PRODA_OK)
      return advise(proda_structure_stages[i].name, error);
  return PRODA_OK;
}

int proda_pipeline_check(const struct proda_run *run, const char *before,
                         const struct proda_experiment_structure *structure,
                         struct proda_error *error)
{
  enum proda_store_state found;
  struct proda_run looking = *run;
  const struct proda_experiment *experiment = run->experiment;
  looking.reporter = NULL;
  looking.found = &found;
  if (proda_stage_prepare(&looking, error) != PRODA_OK)
    return advise("prepare", error);
  if (structure)
    return check_structure(&looking, before, structure, error);
  for (size_t i = 0; i < experiment->n_structures; i++)
    if (check_structure(&looking, before, &experiment->structure[i], error) != PRODA_OK)
      return PRODA_ERROR;
  if (strcmp(before, "report") == 0 && proda_stage_compare(&looking, error) != PRODA_OK)
    return advise("compare", error);
  return PRODA_OK;
}
