#include <math.h>
#include <stdlib.h>

#include "core/clock.h"
#include "pipeline/ad_hoc.h"
#include "pipeline/map/map_store.h"
#include "pipeline/measures.h"
#include "pipeline/price/price_private.h"

/* The structure at some cells of the grid. */
struct trial {
  const struct proda_pricing *pricing;
  struct proda_loaded *model;
  struct proda_settings *settings;
  struct proda_forcing_file *forcing;
  struct proda_structure *structure;
  size_t n; /* cells */
};

enum { PORTION = 16 * PRODA_LANES };

static int load(struct trial *t, const struct proda_experiment_structure *chosen,
                struct proda_error *error)
{
  const struct proda_run *run = &t->pricing->run;
  const struct proda_experiment *experiment = run->experiment;
  if (proda_run_load(run, chosen->model, PRODA_MODEL, &t->model, error) != PRODA_OK ||
      proda_settings_make(t->model->manifest, experiment->document, chosen->settings, &t->settings,
                          error) != PRODA_OK ||
      proda_forcing_open(experiment->grid, t->model->manifest, &t->forcing, error) != PRODA_OK)
    return PRODA_ERROR;
  t->n = proda_forcing_n_sites(t->forcing);
  proda_run_calls(run, t->model, "it was created");
  int status = proda_structure_new(t->model, t->settings, proda_forcing_n_months(t->forcing),
                                   &t->structure, error);
  proda_run_returns(run);
  return status;
}

static int take(void *context, const struct proda_site_result *result, struct proda_error *error)
{
  const struct trial *t = context;
  (void)error;
  if (result->lane == 0)
    proda_guard_renew(t->pricing->run.guard);
  return PRODA_OK;
}

/* Seconds that one cell takes with one source of parameters: the defaults, at cells spread over the
 * grid, in portions until the time is over. */
static int time_cell(struct trial *t, double *each, struct proda_error *error)
{
  const struct proda_manifest *manifest = t->model->manifest;
  size_t n_parameters = manifest->n_parameters, n_run = 0;
  double cell[PORTION], begun = proda_clock(), end = begun + 0.15 * t->pricing->seconds;
  double *parameter = calloc(PORTION * n_parameters + 1, sizeof *parameter);
  struct proda_site_run run[PORTION];
  int status = parameter ? PRODA_OK : proda_error_set(error, "out of memory for parameters");
  do {
    for (size_t i = 0; i < PORTION && status == PRODA_OK; i++) {
      cell[i] = floor((double)t->n * fmod(0.618034 * (double)(n_run + i), 1));
      run[i] = (struct proda_site_run){(size_t)cell[i], parameter + i * n_parameters};
    }
    if (status == PRODA_OK)
      status = proda_ad_hoc_fill(manifest, t->forcing, NULL, PORTION, cell, parameter, error);
    if (status == PRODA_OK)
      status = proda_sites_run(t->structure, t->forcing, PRODA_WANT_CONDITION | PRODA_WANT_BALANCE,
                               PORTION, run, take, t, error);
    n_run += PORTION;
  } while (status == PRODA_OK && n_run < t->n && proda_clock() < end);
  *each = (proda_clock() - begun) / (double)n_run;
  free(parameter);
  return status;
}

/* Bytes of two files whatever the number of cells: they have some hundred variables. */
static const double headers = 1.2e5;

/* What map.nc holds of a cell, and the main of it once more, deflated, in map_grid.nc. */
static double size_cell(const struct proda_manifest *manifest)
{
  double n_pools = (double)(manifest->n_pools * manifest->grid.n_layers);
  double numbers =
      (double)(manifest->n_parameters + 3 +
               PRODA_MAP_N_SOURCES * (PRODA_MAP_N_DEPTHS + proda_measures_count(manifest)));
  return numbers * sizeof(double) + (n_pools + (double)manifest->grid.n_layers) * sizeof(float);
}

int proda_price_map(const struct proda_pricing *pricing,
                    const struct proda_experiment_structure *structure, struct proda_priced *priced,
                    struct proda_error *error)
{
  struct trial t = {.pricing = pricing};
  double each = 0;
  int status = load(&t, structure, error);
  proda_run_calls_in_steps(&pricing->run, t.model, "it ran at cells of the grid");
  if (status == PRODA_OK)
    status = time_cell(&t, &each, error);
  proda_run_returns(&pricing->run);
  if (status == PRODA_OK) {
    priced->likely = each * (double)t.n * PRODA_MAP_N_SOURCES;
    priced->least = priced->likely * 0.6;
    priced->most = priced->likely * 2; /* and the writing of it */
    priced->bytes = headers + (double)t.n * size_cell(t.model->manifest);
    snprintf(priced->work, sizeof priced->work, "%zu cells, each with %d sources of parameters",
             t.n, PRODA_MAP_N_SOURCES);
  }
  proda_structure_free(t.structure);
  proda_forcing_close(t.forcing);
  proda_settings_free(t.settings);
  proda_loaded_free(t.model);
  return status;
}
