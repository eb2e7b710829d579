#include "pipeline/simulate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/measures.h"
#include "pipeline/sites.h"
#include "pipeline/subject.h"

const char *const proda_run_status_names[PRODA_N_RUN_STATUS] = {
    PRODA_SITE_STATUS_NAMES,
    [PRODA_RUN_STOPPED] = "stopped",
    [PRODA_RUN_NO_START] = "no_start",
};

struct work {
  const struct proda_subject *subject;
  const struct proda_manifest *manifest;
  struct proda_structure *structure;
  size_t n_sites, n_sets;
  struct proda_site_run *run;
  size_t n_measures;
  lane *density, *measure; /* [layer], [measure] */
  /* Results, in the order of the runs. */
  double *pools, *status, *near_singular, *balance;
  double *measures;                    /* [measure][run] */
  double *observed, *stock, *stock_1m; /* [observable][run][layer], [observable][run] */
  struct proda_simulated *simulated;
};

static int allocate_results(struct work *w, struct proda_error *error)
{
  size_t runs = w->n_sites * w->n_sets, L = w->manifest->grid.n_layers;
  size_t n_observables = w->manifest->n_observables;
  w->run = malloc((runs + 1) * sizeof *w->run);
  w->n_measures = proda_measures_count(w->manifest);
  w->density = aligned_alloc(sizeof(lane), (L + w->n_measures) * sizeof(lane));
  w->pools = malloc((runs * w->manifest->n_pools * L + 1) * sizeof *w->pools);
  w->status = malloc(((3 + w->n_measures) * runs + 1) * sizeof *w->status);
  w->observed = malloc((n_observables * runs * (L + 2) + 1) * sizeof *w->observed);
  if (!w->run || !w->density || !w->pools || !w->status || !w->observed)
    return proda_error_set(error, "out of memory for %zu states", runs);
  w->near_singular = w->status + runs;
  w->balance = w->near_singular + runs;
  w->measures = w->balance + runs;
  w->measure = w->density + L;
  w->stock = w->observed + n_observables * runs * L;
  w->stock_1m = w->stock + n_observables * runs;
  for (size_t r = 0; r < runs; r++)
    w->run[r] = (struct proda_site_run){
        .cell = r / w->n_sets,
        .parameter = w->subject->parameter + r * w->manifest->n_parameters,
    };
  return PRODA_OK;
}

static int take(void *context, const struct proda_site_result *result, struct proda_error *error)
{
  (void)error;
  struct work *w = context;
  size_t r = result->run, runs = w->n_sites * w->n_sets, L = w->manifest->grid.n_layers;
  size_t n = w->manifest->n_pools * L;
  bool usable = result->status != PRODA_SITE_UNUSABLE;
  const lane *pools = proda_block_pools(result->block);
  for (size_t k = 0; k < n; k++)
    w->pools[r * n + k] = usable ? pools[k][result->lane] : NAN;
  for (size_t o = 0; o < w->manifest->n_observables; o++) {
    double *density = w->observed + (o * runs + r) * L;
    proda_block_observe(result->block, o, w->density);
    for (size_t l = 0; l < L; l++)
      density[l] = usable ? w->density[l][result->lane] : NAN;
    w->stock[o * runs + r] = proda_grid_stock(&w->manifest->grid, density, 1, INFINITY);
    w->stock_1m[o * runs + r] = proda_grid_stock(&w->manifest->grid, density, 1, 1.0);
  }
  w->status[r] = result->status;
  w->near_singular[r] = usable && proda_block_near_singular(result->block, result->lane);
  w->balance[r] = usable ? proda_block_balance(result->block, result->lane) : NAN;
  if (result->lane == 0)
    proda_measures_compute(result->block, 0, w->measure);
  for (size_t k = 0; k < w->n_measures; k++)
    w->measures[k * runs + r] = usable ? w->measure[k][result->lane] : NAN;
  w->simulated->n_status[result->status]++;
  return PRODA_OK;
}

/* ---- the store ---- */

static int write_observable(struct proda_nc *file, const struct work *w, size_t o,
                            struct proda_error *error)
{
  const struct proda_observable *observable = &w->manifest->observable[o];
  size_t runs = w->n_sites * w->n_sets, L = w->manifest->grid.n_layers;
  const struct {
    const char *suffix, *dims, *units, *what;
    const double *value;
  } part[] = {
      {"density", "site set layer", "gC m-3", "by layer", w->observed + o * runs * L},
      {"stock", "site set", "gC m-2", "of the whole column", w->stock + o * runs},
      {"stock_1m", "site set", "gC m-2", "of the first metre", w->stock_1m + o * runs},
  };
  for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
    char name[128], long_name[256];
    snprintf(name, sizeof name, "%s_%s", observable->name, part[i].suffix);
    snprintf(long_name, sizeof long_name, "%s %s", observable->doc, part[i].what);
    if (proda_nc_def(file, name, PRODA_NC_DOUBLE, part[i].dims, part[i].units, long_name, error) ||
        proda_nc_write(file, name, part[i].value, error))
      return PRODA_ERROR;
  }
  return PRODA_OK;
}

static int write_measures(struct proda_nc *file, const struct work *w, struct proda_error *error)
{
  for (size_t k = 0; k < w->n_measures; k++) {
    struct proda_measure measure = proda_measure_at(w->manifest, k);
    if (proda_nc_def(file, measure.name, PRODA_NC_DOUBLE, "site set", measure.unit,
                     measure.long_name, error) ||
        proda_nc_write(file, measure.name, w->measures + k * w->n_sites * w->n_sets, error))
      return PRODA_ERROR;
  }
  return PRODA_OK;
}

static int write_states(struct proda_nc *file, const struct work *w, struct proda_error *error)
{
  if (proda_nc_def(file, "pools", PRODA_NC_DOUBLE, "site set pool layer", w->manifest->unit,
                   "carbon pools at steady state", error) ||
      proda_nc_write(file, "pools", w->pools, error) ||
      proda_nc_def(file, "status", PRODA_NC_BYTE, "site set", "1", "what became of the run",
                   error) ||
      proda_nc_put_flags(file, "status", proda_site_status_names, PRODA_N_SITE_STATUS, error) ||
      proda_nc_write(file, "status", w->status, error) ||
      proda_nc_def(file, "near_singular", PRODA_NC_BYTE, "site set", "1",
                   "1 where the reciprocal condition number is below 2^-52", error) ||
      proda_nc_write(file, "near_singular", w->near_singular, error) ||
      proda_nc_def(file, "mass_balance", PRODA_NC_DOUBLE, "site set", "1",
                   "respiration over carbon input", error) ||
      proda_nc_write(file, "mass_balance", w->balance, error))
    return PRODA_ERROR;
  for (size_t o = 0; o < w->manifest->n_observables; o++)
    if (write_observable(file, w, o, error) != PRODA_OK)
      return PRODA_ERROR;
  return write_measures(file, w, error);
}

static int write_store(const struct work *w, struct proda_error *error)
{
  struct proda_nc *file = NULL;
  if (proda_subject_store(w->subject, &file, error) != PRODA_OK)
    return PRODA_ERROR;
  if (write_states(file, w, error) != PRODA_OK) {
    proda_nc_abandon(file);
    return PRODA_ERROR;
  }
  return proda_nc_commit(file, error);
}

static int solve_and_write(struct work *w, struct proda_error *error)
{
  const struct proda_subject *s = w->subject;
  const unsigned wants =
      PRODA_WANT_CONDITION | PRODA_WANT_BALANCE | PRODA_WANT_STABILITY | PRODA_WANT_SEVERAL;
  if (proda_structure_new(s->model, s->settings, s->n_months, &w->structure, error) ||
      allocate_results(w, error) ||
      proda_sites_run(w->structure, s->forcing, wants, w->n_sites * w->n_sets, w->run, take, w,
                      error))
    return PRODA_ERROR;
  return write_store(w, error);
}

static int simulate_states(const struct proda_subject *subject, struct proda_simulated *simulated,
                           struct proda_error *error)
{
  struct work w = {
      .subject = subject,
      .manifest = subject->manifest,
      .n_sites = subject->n_sites,
      .n_sets = subject->n_sets,
      .simulated = simulated,
  };
  int status = solve_and_write(&w, error);
  free(w.run);
  free(w.density);
  free(w.pools);
  free(w.status);
  free(w.observed);
  proda_structure_free(w.structure);
  return status;
}

int proda_simulate(const struct proda_simulation *simulation, struct proda_simulated *simulated,
                   struct proda_error *error)
{
  struct proda_subject subject;
  memset(simulated, 0, sizeof *simulated);
  int status = proda_subject_open(simulation, &subject, error);
  simulated->n_sites = subject.n_sites;
  simulated->n_sets = subject.n_sets;
  if (status == PRODA_OK)
    status = simulation->years > 0 ? proda_simulate_courses(&subject, simulated, error)
                                   : simulate_states(&subject, simulated, error);
  proda_subject_close(&subject);
  return status;
}
