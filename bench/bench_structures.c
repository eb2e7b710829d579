/* CLM5 on lanes against LAPACK on the same systems, COMPAS beside CLM5, and an iteration of the
 * sampler against the bare draw. One thread; the best of several rounds; ratios within one run. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>
#include <lapacke.h>

#include "bench.h"
#include "matrix/structure.h"
#include "pipeline/calibrate/chains.h"
#include "plugin/prior.h"
#include "store/forcing.h"
#include "yaml/yaml.h"

enum { ROUNDS = 9, DRAWS = 20000, COPIES = 32 };

struct setting {
  struct proda_search_path *path;
  struct proda_loaded *model;
  struct proda_settings *settings;
  struct proda_forcing_file *forcing;
  struct proda_structure *structure;
  const double **driver; /* [PRODA_LANES][n_drivers]: as many sites */
};

static struct proda_error error;

static void demand(int status)
{
  if (status == PRODA_OK)
    return;
  fprintf(stderr, "bench_structures: %s\n", error.message);
  exit(1);
}

static struct setting set_up(const char *model)
{
  struct setting s = {0};
  const char *top = getenv("srcdir");
  char forcing[4096];
  snprintf(forcing, sizeof forcing, "%s/tests/data/forcing.nc", top ? top : ".");
  demand(proda_search_path_make(NULL, &s.path, &error));
  demand(proda_load(s.path, model, PRODA_MODEL, &s.model, &error));
  demand(proda_settings_make(s.model->manifest, NULL, NULL, &s.settings, &error));
  demand(proda_forcing_open(forcing, s.model->manifest, &s.forcing, &error));
  demand(proda_structure_new(s.model, s.settings, proda_forcing_n_months(s.forcing), &s.structure,
                             &error));
  s.driver = calloc(PRODA_LANES * s.model->manifest->n_drivers, sizeof *s.driver);
  if (!s.driver)
    exit(1);
  return s;
}

static void tear_down(struct setting *s)
{
  free(s->driver);
  proda_structure_free(s->structure);
  proda_forcing_close(s->forcing);
  proda_settings_free(s->settings);
  proda_loaded_free(s->model);
  proda_search_path_free(s->path);
}

/* A block whose lanes stand at different sites, with the middle of the prior. */
static struct proda_block *make_block(const struct setting *s, unsigned wants)
{
  const struct proda_manifest *manifest = s->model->manifest;
  struct proda_block *block = NULL;
  demand(proda_block_new(s->structure, wants, &block, &error));
  for (int i = 0; i < PRODA_LANES; i++) {
    const double **driver = s->driver + (size_t)i * manifest->n_drivers;
    double parameter[manifest->n_parameters];
    proda_forcing_site(s->forcing, (size_t)i, driver);
    struct proda_forcing forcing = {.driver = driver};
    demand(proda_block_attach(block, i, &forcing, &error));
    for (size_t p = 0; p < manifest->n_parameters; p++)
      parameter[p] = proda_prior_at(&manifest->parameter[p].prior, 0.5);
    proda_block_set(block, i, parameter);
  }
  return block;
}

static double time_draw(struct proda_block *block)
{
  double start = bench_seconds();
  for (int k = 0; k < DRAWS / PRODA_LANES; k++)
    proda_block_solve(block);
  return (bench_seconds() - start) / DRAWS;
}

/* The dense system of lane 0, column-major: 0 = input - M x. */
static void assemble(const struct proda_manifest *manifest, const struct proda_terms *t, double *m,
                     double *input)
{
  size_t L = manifest->grid.n_layers, n = manifest->n_pools * L;
  memset(m, 0, n * n * sizeof *m);
  memset(input, 0, n * sizeof *input);
  for (size_t c = 0; c < manifest->n_channels; c++)
    for (size_t l = 0; l < L; l++) {
      size_t donor = manifest->channel[c].donor * L + l;
      double flux = t->rate[c * L + l][0] * t->modifier[manifest->channel[c].modifier * L + l][0];
      m[donor * n + donor] += flux;
      for (size_t k = 0; k < manifest->n_transfers; k++)
        if (manifest->transfer[k].channel == c)
          m[donor * n + manifest->transfer[k].recipient * L + l] -=
              t->fraction[k * L + l][0] * flux;
    }
  for (size_t p = 0; p < manifest->n_pools; p++)
    for (size_t l = 0; l < L && manifest->transported[p]; l++) {
      size_t row = p * L + l;
      m[row * n + row] += t->transport[L + l][0];
      if (l > 0)
        m[(row - 1) * n + row] += t->transport[l][0];
      if (l + 1 < L)
        m[(row + 1) * n + row] += t->transport[2 * L + l][0];
    }
  for (size_t i = 0; i < manifest->n_inputs; i++)
    for (size_t l = 0; l < L; l++)
      input[manifest->input[i] * L + l] = t->input[i * L + l][0];
}

/* Solve only: the system is assembled and copied outside of the clock. */
static double time_dgesv(const struct setting *s, const struct proda_block *block)
{
  size_t n = s->model->manifest->n_pools * s->model->manifest->grid.n_layers;
  double *m = malloc((COPIES + 1) * n * n * sizeof *m), *x = malloc((COPIES + 1) * n * sizeof *x);
  lapack_int *pivot = malloc(n * sizeof *pivot);
  if (!m || !x || !pivot)
    exit(1);
  assemble(s->model->manifest, proda_block_terms(block), m, x);
  double best = 1e300;
  for (int round = 0; round < ROUNDS; round++) {
    for (int k = 1; k <= COPIES; k++) {
      memcpy(m + (size_t)k * n * n, m, n * n * sizeof *m);
      memcpy(x + (size_t)k * n, x, n * sizeof *x);
    }
    double start = bench_seconds();
    for (int k = 1; k <= COPIES; k++)
      LAPACKE_dgesv(LAPACK_COL_MAJOR, (int)n, 1, m + (size_t)k * n * n, (int)n, pivot,
                    x + (size_t)k * n, (int)n);
    best = bench_least(best, (bench_seconds() - start) / COPIES);
  }
  free(m);
  free(x);
  free(pivot);
  return best;
}

/* ---- an iteration of the sampler ---- */

enum { N_BENCH_SITES = 8, N_BENCH_OBS = 6 };

struct source {
  const struct setting *setting;
  struct proda_observation *observation;
  const double **driver;
  size_t next;
  double n_steps;
};

static int next_site(void *context, struct proda_chain_site *site, bool *given,
                     struct proda_error *e)
{
  (void)e;
  struct source *source = context;
  *given = source->next < N_BENCH_SITES;
  if (!*given)
    return PRODA_OK;
  size_t i = source->next++, n = source->setting->model->manifest->n_drivers;
  proda_forcing_site(source->setting->forcing, i % PRODA_LANES, source->driver + i * n);
  *site = (struct proda_chain_site){
      .index = i,
      .key = i,
      .forcing = {source->driver + i * n},
      .observation = source->observation,
  };
  return PRODA_OK;
}

static int finish_site(void *context, const struct proda_chains *chains, struct proda_error *e)
{
  (void)e;
  struct source *source = context;
  for (size_t c = 0; c < chains->n_chains; c++)
    source->n_steps += (double)chains->n_steps[c];
  return PRODA_OK;
}

/* All that an iteration needs, made once. */
struct chains {
  struct proda_loaded *loaded;
  struct proda_settings *settings;
  struct proda_space space;
  void *sampler;
  struct source source;
  struct proda_chain_setup setup;
};

static void make_space(const struct proda_manifest *manifest, struct proda_space *space)
{
  size_t n = manifest->n_parameters;
  *space = (struct proda_space){.n_parameters = n,
                                .n_free = n,
                                .free = calloc(n, sizeof *space->free),
                                .prior = calloc(n, sizeof *space->prior),
                                .fixed = calloc(n, sizeof *space->fixed)};
  if (!space->free || !space->prior || !space->fixed)
    exit(1);
  for (size_t p = 0; p < n; p++) {
    space->prior[p] = manifest->parameter[p].prior;
    space->free[p] = p;
    space->fixed[p] = NAN;
  }
}

static void make_chains(const struct setting *s, struct chains *c)
{
  static const double top[N_BENCH_OBS] = {0, 0.1, 0.2, 0.4, 0.7, 1.0};
  static const double bottom[N_BENCH_OBS] = {0.1, 0.2, 0.4, 0.7, 1.0, 1.5};
  static const double value[N_BENCH_OBS] = {30000, 22000, 15000, 9000, 6000, 4000};
  static const char lengths[] = "{test_run: 4000, formal_run: 10000}";
  const struct proda_manifest *manifest = s->model->manifest;
  struct proda_yaml *document = NULL;
  demand(proda_load(s->path, "adaptive_metropolis", PRODA_SAMPLER, &c->loaded, &error));
  demand(proda_yaml_parse("lengths", lengths, strlen(lengths), &document, &error));
  demand(proda_settings_make(c->loaded->manifest, document, proda_yaml_root(document), &c->settings,
                             &error));
  proda_yaml_free(document);
  make_space(manifest, &c->space);
  const struct proda_sampler_ops *ops = c->loaded->plugin->ops;
  struct proda_target target = {c->space.n_free, c->space.prior};
  struct proda_experiment_observation how = {
      .at = PRODA_OBSERVE_NODE, .error = PRODA_ERROR_GAUSSIAN, .relative = 0.6};
  struct proda_observing observing = {.settings = &how, .grid = &manifest->grid};
  struct proda_measured measured = {N_BENCH_OBS, top, bottom, value};
  c->source = (struct source){.setting = s};
  demand(ops->create(&target, c->settings->value, &c->sampler, &error));
  demand(proda_observation_new(&observing, &measured, &c->source.observation, &error));
  c->source.driver = calloc(N_BENCH_SITES * manifest->n_drivers, sizeof *c->source.driver);
  c->setup = (struct proda_chain_setup){
      .structure = s->structure,
      .space = &c->space,
      .ops = ops,
      .sampler = c->sampler,
      .needs_slopes = true,
      .seed = 1,
  };
}

static void free_chains(struct chains *c)
{
  free(c->source.driver);
  proda_observation_free(c->source.observation);
  c->setup.ops->destroy(c->sampler);
  free(c->space.free);
  free(c->space.prior);
  free(c->space.fixed);
  proda_settings_free(c->settings);
  proda_loaded_free(c->loaded);
}

static double time_iteration(struct chains *c, bool reject_near_singular)
{
  struct proda_chain_source functions = {next_site, finish_site, &c->source};
  c->setup.reject_near_singular = reject_near_singular;
  c->source.next = 0;
  c->source.n_steps = 0;
  double start = bench_seconds();
  demand(proda_chains_run(&c->setup, &functions, &error));
  return (bench_seconds() - start) / c->source.n_steps;
}

int main(void)
{
  openblas_set_num_threads(1);
  struct setting s = set_up("clm5"), compas = set_up("compas");
  struct proda_block *compas_bare = make_block(&compas, 0);
  struct proda_block *bare = make_block(&s, 0);
  struct proda_block *judged = make_block(&s, PRODA_WANT_CONDITION);
  struct chains chains;
  make_chains(&s, &chains);
  double draw = INFINITY, draw_judged = INFINITY, iteration = INFINITY, iteration_judged = INFINITY;
  for (int round = 0; round < ROUNDS;
       round++) { /* side by side, so that all see the same machine */
    draw = bench_least(draw, time_draw(bare));
    iteration = bench_least(iteration, time_iteration(&chains, false));
    draw_judged = bench_least(draw_judged, time_draw(judged));
    iteration_judged = bench_least(iteration_judged, time_iteration(&chains, true));
  }
  double dense = time_dgesv(&s, bare);
  printf("CLM5 draw, coefficients and solve            %8.3f us\n", 1e6 * draw);
  printf("LAPACKE_dgesv of one such system             %8.3f us   %.0f times the draw (wanted: at "
         "least 150)\n",
         1e6 * dense, dense / draw);
  printf("iteration of adaptive_metropolis, exact      %8.3f us   %.2f times the draw (wanted: at "
         "most 2)\n",
         1e6 * iteration, iteration / draw);
  printf("CLM5 draw with condition number              %8.3f us\n", 1e6 * draw_judged);
  printf("iteration that rejects near-singular draws   %8.3f us   %.2f times that draw, %.2f "
         "times the bare one\n",
         1e6 * iteration_judged, iteration_judged / draw_judged, iteration_judged / draw);
  double compas_draw = time_draw(compas_bare);
  printf(
      "COMPAS draw                                  %8.3f us   %.2f times CLM5's (wanted: at most "
      "1)\n",
      1e6 * compas_draw, compas_draw / draw);
  free_chains(&chains);
  proda_block_free(bare);
  proda_block_free(judged);
  proda_block_free(compas_bare);
  tear_down(&s);
  tear_down(&compas);
  return 0;
}
