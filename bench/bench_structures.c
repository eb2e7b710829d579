/* CLM5 on lanes against LAPACK on the same systems, COMPAS beside CLM5, and an iteration of the
 * sampler against the bare draw. One thread; the best of several rounds; ratios within one run. */
#include <math.h>
#include <string.h>

#include <cblas.h>
#include <lapacke.h>

#include "pipeline/calibrate/chains.h"
#include "plugin/prior.h"
#include "structures.h"
#include "yaml/yaml.h"

enum { COPIES = 32 };

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
static double time_dgesv(const struct bench_setting *s, const struct proda_block *block)
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
  const struct bench_setting *setting;
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
      .forcing = {.driver = source->driver + i * n},
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

static void make_chains(const struct bench_setting *s, struct chains *c)
{
  static const double top[N_BENCH_OBS] = {0, 0.1, 0.2, 0.4, 0.7, 1.0};
  static const double bottom[N_BENCH_OBS] = {0.1, 0.2, 0.4, 0.7, 1.0, 1.5};
  static const double value[N_BENCH_OBS] = {30000, 22000, 15000, 9000, 6000, 4000};
  static const char lengths[] = "{test_run: 4000, formal_run: 10000}";
  const struct proda_manifest *manifest = s->model->manifest;
  struct proda_yaml *document = NULL;
  bench_demand(proda_load(s->path, "adaptive_metropolis", PRODA_SAMPLER, &c->loaded, &bench_error));
  bench_demand(proda_yaml_parse("lengths", lengths, strlen(lengths), &document, &bench_error));
  bench_demand(proda_settings_make(c->loaded->manifest, document, proda_yaml_root(document),
                                   &c->settings, &bench_error));
  proda_yaml_free(document);
  make_space(manifest, &c->space);
  const struct proda_sampler_ops *ops = c->loaded->plugin->ops;
  struct proda_target target = {c->space.n_free, c->space.prior};
  struct proda_experiment_observation how = {
      .at = PRODA_OBSERVE_NODE, .error = PRODA_ERROR_GAUSSIAN, .relative = 0.6};
  struct proda_observing observing = {.settings = &how, .grid = &manifest->grid};
  struct proda_measured measured = {N_BENCH_OBS, top, bottom, value};
  c->source = (struct source){.setting = s};
  bench_demand(ops->create(&target, c->settings->value, &c->sampler, &bench_error));
  bench_demand(proda_observation_new(&observing, &measured, &c->source.observation, &bench_error));
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
  bench_demand(proda_chains_run(&c->setup, &functions, &bench_error));
  return (bench_seconds() - start) / c->source.n_steps;
}

int main(void)
{
  openblas_set_num_threads(1);
  struct bench_setting s = bench_open("clm5"), compas = bench_open("compas");
  struct proda_block *compas_bare = bench_block(&compas, 0);
  struct proda_block *bare = bench_block(&s, 0);
  struct proda_block *judged = bench_block(&s, PRODA_WANT_CONDITION);
  struct chains chains;
  make_chains(&s, &chains);
  double draw = INFINITY, draw_judged = INFINITY, iteration = INFINITY, iteration_judged = INFINITY;
  for (int round = 0; round < ROUNDS;
       round++) { /* side by side, so that all see the same machine */
    draw = bench_least(draw, bench_draw(bare));
    iteration = bench_least(iteration, time_iteration(&chains, false));
    draw_judged = bench_least(draw_judged, bench_draw(judged));
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
  double compas_draw = bench_draw(compas_bare);
  printf(
      "COMPAS draw                                  %8.3f us   %.2f times CLM5's (wanted: at most "
      "1)\n",
      1e6 * compas_draw, compas_draw / draw);
  free_chains(&chains);
  proda_block_free(bare);
  proda_block_free(judged);
  proda_block_free(compas_bare);
  bench_close(&s);
  bench_close(&compas);
  return 0;
}
