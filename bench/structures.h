/** @file structures.h
 * Structures as benches take them: eight sites in the lanes, the middle of the prior everywhere.
 * Sites are those of the golden forcing; of a structure with other drivers, constants within the
 * ranges that its manifest states.
 */
#ifndef PRODA_BENCH_STRUCTURES_H
#define PRODA_BENCH_STRUCTURES_H

#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "matrix/structure.h"
#include "plugin/prior.h"
#include "store/forcing.h"

enum { ROUNDS = 9, DRAWS = 20000 };

struct bench_setting {
  struct proda_search_path *path;
  struct proda_loaded *model;
  struct proda_settings *settings;
  struct proda_forcing_file *forcing; /* NULL: constants */
  size_t n_months;
  double *constant; /* [PRODA_LANES][n_drivers][n_layers n_months], where there is no forcing */
  struct proda_structure *structure;
  const double **driver; /* [PRODA_LANES][n_drivers]: as many sites */
};

static struct proda_error bench_error;

static inline __attribute__((unused)) void bench_demand(int status)
{
  if (status == PRODA_OK)
    return;
  fprintf(stderr, "bench: %s\n", bench_error.message);
  exit(1);
}

/* Lane i stands where 0.3 to 0.7 of each range is passed. */
static inline __attribute__((unused)) void bench_constants(struct bench_setting *s)
{
  const struct proda_manifest *manifest = s->model->manifest;
  s->n_months = 12;
  size_t size = manifest->grid.n_layers * s->n_months;
  s->constant = malloc(PRODA_LANES * manifest->n_drivers * size * sizeof *s->constant);
  if (!s->constant)
    exit(1);
  for (size_t k = 0; k < PRODA_LANES * manifest->n_drivers; k++) {
    const struct proda_driver *driver = &manifest->driver[k % manifest->n_drivers];
    double place = 0.3 + 0.4 * (double)(k / manifest->n_drivers) / (PRODA_LANES - 1);
    for (size_t j = 0; j < size; j++)
      s->constant[k * size + j] = driver->lower + place * (driver->upper - driver->lower);
  }
}

/* The drivers of lane i. */
static inline __attribute__((unused)) const double **bench_site(const struct bench_setting *s,
                                                                size_t i)
{
  const struct proda_manifest *manifest = s->model->manifest;
  size_t size = manifest->grid.n_layers * s->n_months;
  const double **driver = s->driver + i * manifest->n_drivers;
  if (s->forcing)
    proda_forcing_site(s->forcing, i, driver);
  for (size_t d = 0; !s->forcing && d < manifest->n_drivers; d++)
    driver[d] = s->constant + (i * manifest->n_drivers + d) * size;
  return driver;
}

static inline __attribute__((unused)) struct bench_setting bench_open(const char *model)
{
  struct bench_setting s = {0};
  const char *top = getenv("srcdir");
  char forcing[4096];
  snprintf(forcing, sizeof forcing, "%s/tests/data/forcing.nc", top ? top : ".");
  bench_demand(proda_search_path_make(NULL, &s.path, &bench_error));
  bench_demand(proda_load(s.path, model, PRODA_MODEL, &s.model, &bench_error));
  bench_demand(proda_settings_make(s.model->manifest, NULL, NULL, &s.settings, &bench_error));
  if (proda_forcing_open(forcing, s.model->manifest, &s.forcing, &bench_error) == PRODA_OK)
    s.n_months = proda_forcing_n_months(s.forcing);
  else
    bench_constants(&s);
  bench_demand(proda_structure_new(s.model, s.settings, s.n_months, &s.structure, &bench_error));
  s.driver = calloc(PRODA_LANES * s.model->manifest->n_drivers, sizeof *s.driver);
  if (!s.driver)
    exit(1);
  return s;
}

static inline __attribute__((unused)) void bench_close(struct bench_setting *s)
{
  free(s->constant);
  free(s->driver);
  proda_structure_free(s->structure);
  proda_forcing_close(s->forcing);
  proda_settings_free(s->settings);
  proda_loaded_free(s->model);
  proda_search_path_free(s->path);
}

/* A block whose lanes stand at different sites, with the middle of the prior. */
static inline __attribute__((unused)) struct proda_block *bench_block(const struct bench_setting *s,
                                                                      unsigned wants)
{
  const struct proda_manifest *manifest = s->model->manifest;
  struct proda_block *block = NULL;
  bench_demand(proda_block_new(s->structure, wants, &block, &bench_error));
  for (int i = 0; i < PRODA_LANES; i++) {
    double parameter[manifest->n_parameters];
    struct proda_forcing forcing = {.driver = bench_site(s, (size_t)i)};
    bench_demand(proda_block_attach(block, i, &forcing, &bench_error));
    for (size_t p = 0; p < manifest->n_parameters; p++)
      parameter[p] = proda_prior_at(&manifest->parameter[p].prior, 0.5);
    proda_block_set(block, i, parameter);
  }
  return block;
}

static inline __attribute__((unused)) double bench_draw(struct proda_block *block)
{
  double start = bench_seconds();
  for (int k = 0; k < DRAWS / PRODA_LANES; k++)
    proda_block_solve(block);
  return (bench_seconds() - start) / DRAWS;
}

#endif
