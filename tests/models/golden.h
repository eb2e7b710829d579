/** @file golden.h
 * A structure at the sites of golden/forcing.nc, with the parameters of its golden file: the
 * study's published functions run in GNU Octave, golden/README.md.
 */
#ifndef PRODA_TESTS_GOLDEN_H
#define PRODA_TESTS_GOLDEN_H

#include "testing.h"

#include "matrix/structure.h"
#include "store/forcing.h"

enum {
  GOLDEN_SITES = 16,
  GOLDEN_SETS = 5,
  GOLDEN_LAYERS = 20,
  GOLDEN_MONTHS = 12,
  GOLDEN_FROZEN = 8, /**< the site where nothing thaws: COMPAS underflows there (README 9.5) */
};

/** A structure in one of its golden variants, and golden's names of what belongs to it. */
struct golden_subject {
  const char *model, *file; /**< "compas", "data/compas.nc" */
  size_t n_variants, variant;
  double setting;     /**< of the first setting, where there are variants */
  const char *prefix; /**< of the variables' names: "" or "default_" */
  size_t n_sets;      /**< draws of a site; 1: the defaults */
};

struct golden {
  const struct golden_subject *subject;
  struct proda_loaded *model;
  struct proda_nc *file;
  struct proda_forcing_file *forcing;
  struct proda_structure *structure;
  struct proda_block *block; /**< lane i holds draw i modulo n_sets of the site solved last */
  double *par;               /**< in golden's order; NULL: the structure's own defaults */
};

static struct proda_error golden_error;

/** A variable of the golden file, under its subject's prefix; free() it. */
static inline __attribute__((unused)) double *golden_read(const struct golden *g, const char *name)
{
  double *value = NULL;
  char whole[64];
  snprintf(whole, sizeof whole, "%s%s", g->subject->prefix, name);
  assert_ok(proda_nc_read(g->file, whole, 0, &value, &golden_error), golden_error);
  return value;
}

/** Where the numbers of a site's draw stand among all (site, set, variant). */
static inline __attribute__((unused)) size_t golden_row(const struct golden *g, size_t site,
                                                        size_t set)
{
  return (site * g->subject->n_sets + set) * g->subject->n_variants + g->subject->variant;
}

static inline __attribute__((unused)) void golden_open(const struct proda_search_path *path,
                                                       const struct golden_subject *subject,
                                                       unsigned wants, struct golden *g)
{
  struct proda_setting value = {1, &subject->setting};
  const struct proda_settings settings = {1, &value};
  char par[64];
  *g = (struct golden){.subject = subject};
  assert_ok(proda_load(path, subject->model, PRODA_MODEL, &g->model, &golden_error), golden_error);
  assert_ok(proda_nc_open(testing_path(subject->file), &g->file, &golden_error), golden_error);
  assert_ok(proda_forcing_open(testing_path("data/forcing.nc"), g->model->manifest, &g->forcing,
                               &golden_error),
            golden_error);
  assert_ok(proda_structure_new(g->model, subject->n_variants > 1 ? &settings : NULL, GOLDEN_MONTHS,
                                &g->structure, &golden_error),
            golden_error);
  assert_ok(proda_block_new(g->structure, wants, &g->block, &golden_error), golden_error);
  snprintf(par, sizeof par, "%spar", subject->prefix);
  if (proda_nc_has(g->file, par))
    g->par = golden_read(g, "par");
}

static inline __attribute__((unused)) void golden_close(struct golden *g)
{
  free(g->par);
  proda_block_free(g->block);
  proda_structure_free(g->structure);
  proda_forcing_close(g->forcing);
  proda_nc_close(g->file);
  proda_loaded_free(g->model);
}

/* Golden's order of parameters is that of its param_name_paper. */
static inline __attribute__((unused)) void golden_reorder(const struct golden *g,
                                                          const double *golden_order,
                                                          double *parameter)
{
  char **name = NULL;
  size_t n = 0;
  assert_ok(proda_nc_read_strings(g->file, "param_name_paper", &n, &name, &golden_error),
            golden_error);
  assert_int_equal(n, g->model->manifest->n_parameters);
  for (size_t k = 0; k < n; k++) {
    long p = proda_manifest_parameter(g->model->manifest, name[k]);
    assert_true(p >= 0);
    parameter[p] = golden_order[k];
  }
  free(name);
}

/** Parameters of a draw in the manifest's order. */
static inline __attribute__((unused)) void golden_parameters(const struct golden *g, size_t site,
                                                             size_t set, double *parameter)
{
  const struct proda_manifest *manifest = g->model->manifest;
  const double *driver[manifest->n_drivers];
  struct proda_forcing forcing = {.driver = driver};
  proda_forcing_site(g->forcing, site, driver);
  if (!g->par)
    proda_default_parameters(manifest, &forcing, parameter);
  else
    golden_reorder(g,
                   g->par + (g->subject->n_sets == 1 ? 0 : site * g->subject->n_sets + set) *
                                manifest->n_parameters,
                   parameter);
}

/** Solves the draws of a site. */
static inline __attribute__((unused)) void golden_solve(const struct golden *g, size_t site)
{
  const double *driver[g->model->manifest->n_drivers];
  double parameter[g->model->manifest->n_parameters];
  struct proda_forcing forcing = {.driver = driver};
  proda_forcing_site(g->forcing, site, driver);
  for (size_t i = 0; i < PRODA_LANES; i++) {
    golden_parameters(g, site, i % g->subject->n_sets, parameter);
    assert_ok(proda_block_attach(g->block, (int)i, &forcing, &golden_error), golden_error);
    proda_block_set(g->block, (int)i, parameter);
  }
  proda_block_solve(g->block);
}

#endif
