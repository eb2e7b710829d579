/* Fuzz target: no stores, whatever they hold and however they differ from one another, may crash,
 * leak or hang the stages that read them. Parts: prepare.nc, grid.nc, a/calibrate.nc, a/screen.nc,
 * a/train.nc, a/map.nc, compare.nc. */
#include <math.h>
#include <stdlib.h>

#include "fuzz/recipe.h"
#include "fuzz/tiny.h"
#include "pipeline/ad_hoc.h"
#include "pipeline/compare/compared_classes.h"
#include "pipeline/compare/compared_maps.h"
#include "pipeline/compare/compared_sites.h"
#include "pipeline/report/report.h"
#include "pipeline/train/predictor.h"
#include "store/provenance.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int status, bool made, const struct proda_error *error)
{
  if ((status == PRODA_OK) != made || (status != PRODA_OK && !*error->message))
    __builtin_trap(); /* a refusal has a message, a success its result */
}

static struct proda_nc *open_store(const char *name)
{
  struct proda_error error = {""};
  struct proda_nc *file = NULL;
  int status = proda_nc_open(parts_path(name), &file, &error);
  check(status, file != NULL, &error);
  return file;
}

/* ---- what compare reads ---- */

static void check_sites(const struct proda_compared_sites *sites)
{
  const struct proda_prepared *prepared = sites->prepared;
  for (size_t s = 0; s < prepared->n_sites; s++)
    if (prepared->first[s] > prepared->first[s + 1] || sites->structure[0].state[s] < 0 ||
        sites->structure[0].state[s] >= PRODA_N_SITE_CODES)
      __builtin_trap();
}

static void use_classes(const struct proda_run *run, const struct proda_prepared *prepared,
                        size_t n_cells)
{
  struct proda_compared_classes *classes = NULL;
  struct proda_error error = {""};
  int status = proda_compared_classes_read(run, prepared, n_cells, &classes, &error);
  check(status, classes != NULL, &error);
  for (size_t i = 0; classes && i < classes->n_variables * prepared->n_sites; i++)
    if (classes->site[i] >= (long)classes->n)
      __builtin_trap();
  proda_compared_classes_free(classes);
}

static void use_compared(const struct proda_run *run)
{
  struct proda_compared_sites *sites = NULL;
  struct proda_compared_maps *maps = NULL;
  struct proda_error error = {""};
  int status = proda_compared_sites_read(run, &sites, &error);
  check(status, sites != NULL, &error);
  if (sites)
    check_sites(sites);
  status = proda_compared_maps_read(run, &maps, &error);
  check(status, maps != NULL, &error);
  if (sites && maps)
    use_classes(run, sites->prepared, maps->n_cells);
  proda_compared_sites_free(sites);
  proda_compared_maps_free(maps);
}

/* ---- what map and train read ---- */

static void apply(const struct proda_predictor *predictor, const struct proda_prepared *prepared)
{
  size_t n = prepared->n_sites;
  struct proda_error error = {""};
  struct proda_encoding summary;
  double *parameter = calloc(2 * n + 1, sizeof *parameter);
  bool *usable = calloc(n + 1, sizeof *usable);
  const struct proda_covariates covariates = {
      .n_sites = n,
      .n = prepared->n_covariates,
      .name = (const char *const *)prepared->covariate_name,
      .value = prepared->covariate,
  };
  if (parameter && usable &&
      proda_predictor_apply(predictor, &covariates, parameter, usable, &summary, &error) &&
      !*error.message)
    __builtin_trap();
  free(parameter);
  free(usable);
}

static void use_predictor(const struct proda_run *run, const struct proda_space *space,
                          const struct proda_prepared *prepared)
{
  struct proda_predictor_setup setup = {
      .run = run,
      .emulator = tiny_emulator(),
      .structure = tiny_model(),
      .space = space,
      .name = "a",
  };
  struct proda_predictor *predictor = NULL;
  struct proda_error error = {""};
  struct proda_nc *train = open_store("a/train.nc");
  if (train) {
    int status = proda_predictor_read(&setup, train, &predictor, &error);
    check(status, predictor != NULL, &error);
  }
  if (predictor && prepared)
    apply(predictor, prepared);
  proda_predictor_free(predictor);
  proda_nc_close(train);
}

static void use_prepared(const struct proda_run *run, const struct proda_space *space)
{
  struct proda_prepared *prepared = NULL;
  struct proda_error error = {""};
  double mean[2];
  int status = proda_prepared_read(parts_path("prepare.nc"), &prepared, &error);
  check(status, prepared != NULL, &error);
  use_predictor(run, space, prepared);
  proda_prepared_free(prepared);
  *error.message = '\0';
  if (proda_ad_hoc_mean_read(parts_path("a/calibrate.nc"), parts_path("a/screen.nc"), tiny_model(),
                             mean, &error) &&
      !*error.message)
    __builtin_trap();
}

/* ---- what the report reads ---- */

static void gather(const struct proda_reported *reported)
{
  static int (*const part[])(const struct proda_reported *, json_t *, struct proda_error *) = {
      proda_report_structures, proda_report_sites, proda_report_detail, proda_report_maps,
      proda_report_compare};
  json_t *root = json_object();
  for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
    struct proda_error error = {""};
    if (part[i](reported, root, &error) != PRODA_OK && !*error.message)
      __builtin_trap();
  }
  json_decref(root);
}

static void use_report(const struct proda_run *run, struct proda_space *space)
{
  struct proda_reported_structure structure = {
      .chosen = run->experiment->structure,
      .manifest = tiny_model(),
      .space = space,
      .calibrate = open_store("a/calibrate.nc"),
      .screen = open_store("a/screen.nc"),
      .train = open_store("a/train.nc"),
      .map = open_store("a/map.nc"),
  };
  struct proda_reported reported = {
      .run = run,
      .n = 1,
      .structure = &structure,
      .prepare = open_store("prepare.nc"),
      .compare = open_store("compare.nc"),
      .spacing = {NAN, NAN},
  };
  if (structure.calibrate && structure.screen && structure.train && structure.map &&
      reported.prepare && reported.compare &&
      proda_nc_dim(reported.prepare, "site", &reported.n_sites, NULL) == PRODA_OK &&
      proda_nc_dim(reported.prepare, "obs", &reported.n_obs, NULL) == PRODA_OK &&
      proda_nc_dim(structure.map, "site", &reported.n_cells, NULL) == PRODA_OK)
    gather(&reported);
  proda_nc_close(structure.calibrate);
  proda_nc_close(structure.screen);
  proda_nc_close(structure.train);
  proda_nc_close(structure.map);
  proda_nc_close(reported.prepare);
  proda_nc_close(reported.compare);
}

/* ---- the input ---- */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  const struct parts parts = parts_cut(data, size, "prepare.nc");
  const struct proda_run run = {.experiment = tiny_experiment(parts_directory()),
                                .command = "fuzz"};
  struct proda_space *space = NULL;
  struct proda_error error = {""};
  if (proda_space_new(run.experiment, run.experiment->structure, tiny_model(), &space, &error))
    __builtin_trap();
  recipe_write_all(&parts);
  proda_store_look(parts_path("prepare.nc"), "made of", "fuzz", &error);
  use_prepared(&run, space);
  use_compared(&run);
  use_report(&run, space);
  proda_space_free(space);
  parts_clear();
  return 0;
}
