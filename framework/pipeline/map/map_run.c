#include <math.h>
#include <stdlib.h>

#include "pipeline/map/mapping.h"
#include "pipeline/measures.h"

static const double depth[PRODA_MAP_N_DEPTHS] = {0.3, 1.0, INFINITY};

double *proda_mapping_stocks(const struct proda_mapping *mapping, enum proda_map_source source,
                             int d)
{
  return mapping->stock + ((size_t)source * PRODA_MAP_N_DEPTHS + (size_t)d) * mapping->n;
}

double *proda_mapping_measures(const struct proda_mapping *mapping, enum proda_map_source source,
                               size_t measure)
{
  return mapping->measure + ((size_t)source * mapping->n_measures + measure) * mapping->n;
}

/* The runs of one source, and what is computed once for all lanes of a block. */
struct taker {
  struct proda_mapping *m;
  enum proda_map_source source;
  struct proda_site_run *run;
  size_t *cell;            /* of each run */
  lane *density, *measure; /* [n_layers], [n_measures] */
};

static void keep_pools(struct taker *taker, const struct proda_site_result *result, size_t cell)
{
  struct proda_mapping *m = taker->m;
  const struct proda_manifest *manifest = m->model->manifest;
  size_t n_layers = manifest->grid.n_layers, n = manifest->n_pools * n_layers;
  const lane *pools = proda_block_pools(result->block);
  for (size_t i = 0; i < n; i++)
    m->pools[cell * n + i] = pools[i][result->lane];
  for (size_t l = 0; l < n_layers; l++)
    m->density[cell * n_layers + l] = taker->density[l][result->lane];
}

static void tell_progress(const struct taker *taker, size_t n_done)
{
  const struct proda_mapping *m = taker->m;
  const struct proda_progress progress = {
      .stage = "map",
      .structure = m->chosen->name,
      .units = "cells",
      .done = (size_t)taker->source * m->n + n_done,
      .total = (size_t)PRODA_MAP_N_SOURCES * m->n,
  };
  proda_progress(m->run, &progress);
}

static int take(void *context, const struct proda_site_result *result, struct proda_error *error)
{
  struct taker *taker = context;
  struct proda_mapping *m = taker->m;
  size_t cell = taker->cell[result->run];
  (void)error;
  if (result->lane == 0) {
    proda_guard_renew(m->run->guard);
    tell_progress(taker, result->run);
    proda_block_observe(result->block, m->observable, taker->density);
    proda_measures_compute(result->block, m->observable, taker->measure);
  }
  m->status[(size_t)taker->source * m->n + cell] = result->status;
  if (result->status != PRODA_SOLVED && result->status != PRODA_SOLVE_NEAR_SINGULAR)
    return PRODA_OK;
  const double *density = (const double *)taker->density + result->lane;
  for (int d = 0; d < PRODA_MAP_N_DEPTHS; d++)
    proda_mapping_stocks(m, taker->source, d)[cell] =
        proda_grid_stock(&m->model->manifest->grid, density, PRODA_LANES, depth[d]) / 1000;
  for (size_t k = 0; k < m->n_measures; k++)
    proda_mapping_measures(m, taker->source, k)[cell] = taker->measure[k][result->lane];
  if (taker->source == PRODA_MAP_PREDICTED)
    keep_pools(taker, result, cell);
  return PRODA_OK;
}

/** Runs the structure at every cell that has parameters from this source. */
static int run_source(struct taker *taker, struct proda_error *error)
{
  struct proda_mapping *m = taker->m;
  size_t n_parameters = m->model->manifest->n_parameters, n = 0;
  for (size_t s = 0; s < m->n; s++) {
    m->status[(size_t)taker->source * m->n + s] = PRODA_MAP_NO_COVARIATES;
    if (taker->source == PRODA_MAP_PREDICTED && !m->usable[s])
      continue;
    taker->cell[n] = s;
    taker->run[n++] =
        (struct proda_site_run){s, proda_mapping_parameters(m, taker->source) + s * n_parameters};
  }
  proda_run_calls_in_steps(m->run, m->model, "it ran at the cells of the grid");
  int status = proda_sites_run(m->structure, m->forcing, PRODA_WANT_CONDITION | PRODA_WANT_BALANCE,
                               n, taker->run, take, taker, error);
  proda_run_returns(m->run);
  tell_progress(taker, m->n);
  return status;
}

static void fill_nan(double *value, size_t n)
{
  for (size_t i = 0; i < n; i++)
    value[i] = NAN;
}

int proda_mapping_run(struct proda_mapping *mapping, struct proda_error *error)
{
  const struct proda_manifest *manifest = mapping->model->manifest;
  size_t n_layers = manifest->grid.n_layers;
  fill_nan(mapping->stock, (size_t)PRODA_MAP_N_SOURCES * PRODA_MAP_N_DEPTHS * mapping->n);
  fill_nan(mapping->measure, PRODA_MAP_N_SOURCES * mapping->n_measures * mapping->n);
  fill_nan(mapping->pools, mapping->n * manifest->n_pools * n_layers);
  fill_nan(mapping->density, mapping->n * n_layers);
  struct taker taker = {
      .m = mapping,
      .run = calloc(mapping->n + 1, sizeof *taker.run),
      .cell = calloc(mapping->n + 1, sizeof *taker.cell),
      .density = aligned_alloc(sizeof(lane), (n_layers + mapping->n_measures) * sizeof(lane)),
  };
  int status = PRODA_OK;
  if (!taker.run || !taker.cell || !taker.density)
    status = proda_error_set(error, "out of memory for %zu cells", mapping->n);
  else
    taker.measure = taker.density + n_layers;
  for (int s = 0; s < PRODA_MAP_N_SOURCES && status == PRODA_OK; s++) {
    taker.source = (enum proda_map_source)s;
    status = run_source(&taker, error);
  }
  free(taker.run);
  free(taker.cell);
  free(taker.density);
  return status;
}
