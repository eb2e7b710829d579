/** @file structures.h
 * Structures on the golden forcing, as benches take them: eight sites in the lanes, the middle of
 * the prior everywhere.
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
  struct proda_forcing_file *forcing;
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

static inline __attribute__((unused)) struct bench_setting bench_open(const char *model)
{
  struct bench_setting s = {0};
  const char *top = getenv("srcdir");
  char forcing[4096];
  snprintf(forcing, sizeof forcing, "%s/tests/data/forcing.nc", top ? top : ".");
  bench_demand(proda_search_path_make(NULL, &s.path, &bench_error));
  bench_demand(proda_load(s.path, model, PRODA_MODEL, &s.model, &bench_error));
  bench_demand(proda_settings_make(s.model->manifest, NULL, NULL, &s.settings, &bench_error));
  bench_demand(proda_forcing_open(forcing, s.model->manifest, &s.forcing, &bench_error));
  bench_demand(proda_structure_new(s.model, s.settings, proda_forcing_n_months(s.forcing),
                                   &s.structure, &bench_error));
  s.driver = calloc(PRODA_LANES * s.model->manifest->n_drivers, sizeof *s.driver);
  if (!s.driver)
    exit(1);
  return s;
}

static inline __attribute__((unused)) void bench_close(struct bench_setting *s)
{
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
    const double **driver = s->driver + (size_t)i * manifest->n_drivers;
    double parameter[manifest->n_parameters];
    proda_forcing_site(s->forcing, (size_t)i, driver);
    struct proda_forcing forcing = {.driver = driver};
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
