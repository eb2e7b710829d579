#include <config.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/inputs.h"
#include "pipeline/report/report.h"
#include "plugin/search.h"

/** Everything that the stage holds. */
struct reporting {
  struct proda_reported reported;
  struct proda_report_files files;
  char *page, *figures; /* paths */
  const char *missing;  /* program that figures lack, NULL where none */
  char inputs[PRODA_DIGEST_SIZE];
};

/* ---- inputs ---- */

static int digest_store(struct proda_digest *digest, const struct proda_run *run,
                        const char *structure, const char *name, struct proda_error *error)
{
  char *path = proda_store_path(run, structure, name);
  int status = path ? proda_inputs_store(digest, path, error)
                    : proda_error_set(error, "out of memory for a path");
  free(path);
  return status;
}

static int digest_stores(struct proda_digest *digest, const struct proda_run *run,
                         struct proda_error *error)
{
  static const char *const name[] = {"calibrate", "screen", "train", "map"};
  const struct proda_experiment *experiment = run->experiment;
  if (digest_store(digest, run, NULL, "prepare", error) ||
      (experiment->synthetic && digest_store(digest, run, "world", "truth", error)))
    return PRODA_ERROR;
  for (size_t i = 0; i < experiment->n_structures; i++)
    for (size_t k = 0; k < sizeof name / sizeof *name; k++)
      if (digest_store(digest, run, experiment->structure[i].name, name[k], error))
        return PRODA_ERROR;
  return digest_store(digest, run, NULL, "compare", error);
}

/* They are code: node runs them for the figures, and the reader's browser in the page. */
static int check_trust(const struct reporting *r, struct proda_error *error)
{
  for (size_t i = 0; i < r->files.n; i++)
    if (proda_search_trust(r->reported.run->search_path, r->files.file[i].path, error))
      return PRODA_ERROR;
  return PRODA_OK;
}

static int digest_inputs(struct reporting *r, struct proda_error *error)
{
  const struct proda_run *run = r->reported.run;
  struct proda_digest *digest = proda_inputs_new("report 1");
  if (!digest)
    return proda_error_set(error, "out of memory for a digest");
  proda_digest_text(digest, r->missing ? r->missing : "");
  int status = digest_stores(digest, run, error);
  if (status == PRODA_OK)
    status = proda_digest_file(digest, proda_yaml_name(run->experiment->document), error);
  if (status == PRODA_OK)
    status = proda_report_files_digest(&r->files, digest, error);
  proda_digest_finish(digest, status == PRODA_OK ? r->inputs : NULL);
  return status;
}

static bool wants_figures(const struct reporting *r)
{
  return r->reported.run->experiment->report.figures && !r->missing;
}

/** Whether page and figures are there and what would be made today. */
static bool current(const struct reporting *r)
{
  size_t n = 0;
  if (wants_figures(r))
    proda_report_each_file(r->figures, ".svg", NULL, NULL, &n, NULL);
  return proda_report_page_current(r->page, r->inputs) && (n > 0 || !wants_figures(r));
}

/* ---- stores ---- */

static int open_store(const struct proda_run *run, const char *structure, const char *name,
                      struct proda_nc **file, struct proda_error *error)
{
  char *path = proda_store_path(run, structure, name);
  int status =
      path ? proda_nc_open(path, file, error) : proda_error_set(error, "out of memory for a path");
  free(path);
  return status;
}

/** A map must have as many cells as the others, a calibration as many sites and the manifest's
 * parameters. */
static int check_structure(const struct proda_reported *reported,
                           const struct proda_reported_structure *structure,
                           struct proda_error *error)
{
  const struct {
    const struct proda_nc *file;
    const char *dimension;
    size_t expected;
  } check[] = {
      {structure->calibrate, "site", reported->n_sites},
      {structure->calibrate, "obs", reported->n_obs},
      {structure->calibrate, "parameter", structure->manifest->n_parameters},
      {structure->screen, "site", reported->n_sites},
      {structure->map, "site", reported->n_cells},
  };
  for (size_t i = 0; i < sizeof check / sizeof *check; i++) {
    size_t found;
    if (proda_nc_dim(check[i].file, check[i].dimension, &found, error))
      return PRODA_ERROR;
    if (found != check[i].expected)
      return proda_error_set(error,
                             "%s: has %zu of dimension '%s', %zu were expected: the stores do not "
                             "belong together; `proda run` makes them anew",
                             proda_nc_path(check[i].file), found, check[i].dimension,
                             check[i].expected);
  }
  return PRODA_OK;
}

static int open_structure(struct proda_reported *reported, size_t i, struct proda_error *error)
{
  const struct proda_run *run = reported->run;
  struct proda_reported_structure *structure = &reported->structure[i];
  structure->chosen = &run->experiment->structure[i];
  const char *name = structure->chosen->name;
  if (proda_find_manifest(run->search_path, structure->chosen->model, PRODA_MODEL,
                          &structure->manifest, error) ||
      proda_space_new(run->experiment, structure->chosen, structure->manifest, &structure->space,
                      error) ||
      open_store(run, name, "calibrate", &structure->calibrate, error) ||
      open_store(run, name, "screen", &structure->screen, error) ||
      open_store(run, name, "train", &structure->train, error) ||
      open_store(run, name, "map", &structure->map, error) ||
      (i == 0 && proda_nc_dim(structure->map, "site", &reported->n_cells, error)))
    return PRODA_ERROR;
  return check_structure(reported, structure, error);
}

static double step(const struct proda_nc *grid, const char *axis)
{
  size_t n = 0;
  double *value = NULL;
  bool read = proda_nc_dim(grid, axis, &n, NULL) == PRODA_OK && n > 1 &&
              proda_nc_read(grid, axis, n, &value, NULL) == PRODA_OK;
  double found = read ? value[1] - value[0] : NAN;
  free(value);
  return found;
}

/** The grid's spacing stands in the first structure's fields, which `map` writes where cells lie on
 * a regular grid. */
static void find_spacing(struct proda_reported *reported)
{
  struct proda_nc *grid = NULL;
  reported->spacing[0] = reported->spacing[1] = NAN;
  if (open_store(reported->run, reported->structure[0].chosen->name, "map_grid", &grid, NULL))
    return;
  reported->spacing[0] = step(grid, "lat");
  reported->spacing[1] = step(grid, "lon");
  proda_nc_close(grid);
}

static int open_stores(struct proda_reported *reported, struct proda_error *error)
{
  const struct proda_run *run = reported->run;
  reported->structure = calloc(run->experiment->n_structures, sizeof *reported->structure);
  if (!reported->structure)
    return proda_error_set(error, "out of memory");
  reported->n = run->experiment->n_structures;
  if (open_store(run, NULL, "prepare", &reported->prepare, error) ||
      open_store(run, NULL, "compare", &reported->compare, error) ||
      (run->experiment->synthetic && open_store(run, "world", "truth", &reported->truth, error)) ||
      proda_nc_dim(reported->prepare, "site", &reported->n_sites, error) ||
      proda_nc_dim(reported->prepare, "obs", &reported->n_obs, error))
    return PRODA_ERROR;
  for (size_t i = 0; i < reported->n; i++)
    if (open_structure(reported, i, error))
      return PRODA_ERROR;
  find_spacing(reported);
  return PRODA_OK;
}

static void close_stores(struct proda_reported *reported)
{
  for (size_t i = 0; i < reported->n; i++) {
    struct proda_reported_structure *structure = &reported->structure[i];
    proda_manifest_free(structure->manifest);
    proda_space_free(structure->space);
    proda_nc_close(structure->calibrate);
    proda_nc_close(structure->screen);
    proda_nc_close(structure->train);
    proda_nc_close(structure->map);
  }
  free(reported->structure);
  proda_nc_close(reported->prepare);
  proda_nc_close(reported->compare);
  proda_nc_close(reported->truth);
}

/* ---- the page ---- */

static int gather(const struct proda_reported *reported, json_t *root, struct proda_error *error)
{
  static int (*const part[])(const struct proda_reported *, json_t *, struct proda_error *) = {
      proda_report_experiment, proda_report_structures, proda_report_sites,
      proda_report_detail,     proda_report_maps,       proda_report_compare,
  };
  if (!root)
    return proda_error_set(error, "out of memory for the report's data");
  for (size_t i = 0; i < sizeof part / sizeof *part; i++)
    if (part[i](reported, root, error))
      return PRODA_ERROR;
  return PRODA_OK;
}

static int make_figures(const struct reporting *r, const json_t *root, struct proda_error *error)
{
  const struct proda_run *run = r->reported.run;
  size_t n = 0;
  if (run->experiment->report.figures && r->missing)
    proda_report(run,
                 "report: no files of the figures: %s is not on the path; on Debian install "
                 "nodejs and librsvg2-bin",
                 r->missing);
  if (!wants_figures(r))
    return PRODA_OK;
  int status = proda_report_figures(&r->files, root, r->figures, &n, error);
  if (status == PRODA_OK)
    proda_report(run, "report: %zu figures as SVG and PNG in %s", n, r->figures);
  return status;
}

static int make(struct reporting *r, struct proda_error *error)
{
  const struct proda_experiment *experiment = r->reported.run->experiment;
  json_t *root = json_object();
  int status = open_stores(&r->reported, error);
  if (status == PRODA_OK)
    status = gather(&r->reported, root, error);
  // The figures first: the page tells by its digest that both are there.
  if (status == PRODA_OK)
    status = make_figures(r, root, error);
  if (status == PRODA_OK)
    status = proda_report_page(&r->files, experiment->name, root, r->inputs, r->page, error);
  json_decref(root);
  return status;
}

static int report(struct reporting *r, struct proda_error *error)
{
  if (!r->page || !r->figures)
    return proda_error_set(error, "out of memory for a path");
  r->missing = proda_report_missing_program();
  if (proda_report_files_find(&r->files, error) || check_trust(r, error) || digest_inputs(r, error))
    return PRODA_ERROR;
  enum proda_store_state *found = r->reported.run->found;
  bool is_current = current(r);
  if (found)
    *found = is_current ? PRODA_STORE_CURRENT : PRODA_STORE_STALE;
  if (found && !is_current)
    return proda_error_set(error, "%s: is not there or not made from today's stores", r->page);
  if (is_current)
    proda_report(r->reported.run, "report: up to date");
  else if (make(r, error))
    return PRODA_ERROR;
  proda_report(r->reported.run, "report: %s", r->page);
  return PRODA_OK;
}

int proda_stage_report(const struct proda_run *run, struct proda_error *error)
{
  struct reporting r = {
      .reported = {.run = run},
      .page = proda_output_path(run, NULL, "report", "html"),
  };
  if (asprintf(&r.figures, "%s/figures", run->experiment->output) < 0)
    r.figures = NULL;
  proda_stage_begin(run, "report", NULL);
  int status = report(&r, error);
  close_stores(&r.reported);
  proda_report_files_free(&r.files);
  free(r.page);
  free(r.figures);
  return status;
}
