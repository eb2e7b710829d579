/* What Newton's method costs: every structure on the search path that is not linear, its closed
 * form put aside, at eight sites with draws from its priors. One thread; the best of several
 * rounds. A draw without a state holds up those beside it: also without blocks that have one. */
#include <math.h>

#include <proda/random.h>

#include "open_form.h"
#include "structures.h"

enum { BLOCKS = 64, REPEATS = 4 };

static void draw_parameters(const struct proda_manifest *manifest, struct proda_random *random,
                            struct proda_block *block)
{
  for (int i = 0; i < PRODA_LANES; i++) {
    double parameter[manifest->n_parameters];
    for (size_t p = 0; p < manifest->n_parameters; p++)
      parameter[p] = proda_prior_at(&manifest->parameter[p].prior, proda_random_uniform(random));
    proda_block_set(block, i, parameter);
  }
}

static int count_solved(const struct proda_block *block)
{
  int n = 0;
  for (int i = 0; i < PRODA_LANES; i++)
    n += proda_block_status(block, i) == PRODA_SOLVED;
  return n;
}

static void measure(struct bench_setting *s)
{
  const struct proda_manifest *manifest = s->model->manifest;
  struct proda_block *block = bench_block(s, 0);
  double all = 0, whole = 0;
  int n_solved = 0, n_whole = 0;
  struct proda_random random;
  proda_random_start(&random, 1, 0, 0);
  for (int b = 0; b < BLOCKS; b++) {
    double best = INFINITY;
    draw_parameters(manifest, &random, block);
    for (int round = 0; round < ROUNDS; round++) {
      double start = bench_seconds();
      for (int k = 0; k < REPEATS; k++)
        proda_block_solve(block);
      best = bench_least(best, (bench_seconds() - start) / (REPEATS * PRODA_LANES));
    }
    int solved = count_solved(block);
    n_solved += solved;
    all += best / BLOCKS;
    if (solved == PRODA_LANES) {
      whole += best;
      n_whole++;
    }
  }
  printf("%-14s %2zu pools x %2zu layers   draw %8.2f us   in blocks that have states %8.2f us   "
         "%.1f %% of draws have one\n",
         manifest->name, manifest->n_pools, manifest->grid.n_layers, 1e6 * all,
         n_whole ? 1e6 * whole / n_whole : NAN, 100.0 * n_solved / (BLOCKS * PRODA_LANES));
  proda_block_free(block);
}

static bool is_open(const struct proda_loaded *loaded)
{
  const struct proda_manifest *manifest = loaded->manifest;
  for (size_t c = 0; c < manifest->n_channels; c++)
    if (!manifest->channel[c].linear)
      return true;
  return false;
}

static void bench(const char *name)
{
  struct bench_setting s = bench_open(name);
  struct open_form form;
  if (is_open(s.model)) {
    open_form_make(s.model, &form);
    proda_structure_free(s.structure);
    bench_demand(
        proda_structure_new(&form.loaded, s.settings, s.n_months, &s.structure, &bench_error));
    measure(&s);
  }
  bench_close(&s);
}

int main(void)
{
  struct proda_search_path *path = NULL;
  struct proda_found *found = NULL;
  size_t n_found = 0;
  bench_demand(proda_search_path_make(NULL, &path, &bench_error));
  bench_demand(proda_find_all(path, &found, &n_found, &bench_error));
  for (size_t i = 0; i < n_found; i++)
    if (found[i].manifest && found[i].manifest->kind == PRODA_MODEL && !found[i].shadowed)
      bench(found[i].name);
  proda_found_free(found, n_found);
  proda_search_path_free(path);
  return 0;
}
