/* What a draw of each structure costs: its terms alone, terms and steady state, and what it
 * computes once per site; also relative to the first. All that are on the search path, or those
 * that are named. One thread; the best of several rounds, all structures in each. */
#include <math.h>

#include "structures.h"

enum { MOST = 16, SITES = 400 };

struct cost {
  double terms, draw, site;
};

struct subject {
  struct bench_setting setting;
  struct proda_block *block;
  const struct proda_model_ops *ops;
  void *model;
  lane *site, *parameter;
  struct cost best;
};

static lane *lanes(size_t n)
{
  lane *made = aligned_alloc(sizeof(lane), (n + 1) * sizeof(lane));
  if (!made)
    exit(1);
  for (size_t i = 0; i <= n; i++)
    made[i] = lane_splat(0.0);
  return made;
}

/* An instance beside the block's, since blocks do not hand out what they call it with. */
static void make_instance(struct subject *s)
{
  const struct proda_manifest *manifest = s->setting.model->manifest;
  struct proda_model_shape shape = {manifest->grid.n_layers, s->setting.n_months};
  s->ops = s->setting.model->plugin->ops;
  bench_demand(s->ops->create(&shape, s->setting.settings->value, &s->model, &bench_error));
  s->site = lanes(s->ops->site_size(s->model));
  s->parameter = lanes(manifest->n_parameters);
  for (size_t p = 0; p < manifest->n_parameters; p++)
    s->parameter[p] = lane_splat(proda_prior_at(&manifest->parameter[p].prior, 0.5));
}

static double time_site(struct subject *s)
{
  double start = bench_seconds();
  for (int k = 0; k < SITES; k++) {
    int i = k % PRODA_LANES;
    const double **driver = s->setting.driver + (size_t)i * s->setting.model->manifest->n_drivers;
    struct proda_forcing forcing = {driver, driver, s->setting.n_months, 0};
    bench_demand(s->ops->site(s->model, &forcing, s->site, i, &bench_error));
  }
  return (bench_seconds() - start) / SITES;
}

static double time_terms(struct subject *s)
{
  const struct proda_terms *terms = proda_block_terms(s->block);
  double start = bench_seconds();
  for (int k = 0; k < DRAWS / PRODA_LANES; k++)
    s->ops->terms(s->model, s->site, s->parameter, terms);
  return (bench_seconds() - start) / DRAWS;
}

static void measure(struct subject *s)
{
  s->best.site = bench_least(s->best.site, time_site(s));
  s->best.terms = bench_least(s->best.terms, time_terms(s));
  s->best.draw = bench_least(s->best.draw, bench_draw(s->block));
}

static void add(struct subject *subject, size_t *n, const char *name)
{
  struct subject *s = &subject[*n];
  if (*n == MOST)
    return;
  s->setting = bench_open(name);
  s->block = bench_block(&s->setting, 0);
  make_instance(s);
  s->best = (struct cost){INFINITY, INFINITY, INFINITY};
  *n += 1;
}

static void add_all(struct subject *subject, size_t *n)
{
  struct proda_search_path *path = NULL;
  struct proda_found *found = NULL;
  size_t n_found = 0;
  bench_demand(proda_search_path_make(NULL, &path, &bench_error));
  bench_demand(proda_find_all(path, &found, &n_found, &bench_error));
  for (size_t i = 0; i < n_found; i++)
    if (found[i].manifest && found[i].manifest->kind == PRODA_MODEL && !found[i].shadowed)
      add(subject, n, found[i].name);
  proda_found_free(found, n_found);
  proda_search_path_free(path);
}

static int count_solved(const struct subject *s)
{
  int n = 0;
  for (int i = 0; i < PRODA_LANES; i++)
    n += proda_block_status(s->block, i) == PRODA_SOLVED;
  return n;
}

int main(int argc, char **argv)
{
  struct subject subject[MOST] = {0};
  size_t n = 0;
  for (int k = 1; k < argc; k++)
    add(subject, &n, argv[k]);
  if (argc == 1)
    add_all(subject, &n);
  for (int round = 0; round < ROUNDS; round++) /* side by side: all see the same machine */
    for (size_t k = 0; k < n; k++)
      measure(&subject[k]);
  printf("%-18s  terms, us          draw, us           site, us           lanes solved\n", "");
  for (size_t k = 0; k < n; k++) {
    const struct cost *c = &subject[k].best, *first = &subject[0].best;
    printf("%-18s  %.4f (%5.2f)    %.4f (%5.2f)    %6.2f (%5.2f)    %d of %d\n",
           subject[k].setting.model->manifest->name, 1e6 * c->terms, c->terms / first->terms,
           1e6 * c->draw, c->draw / first->draw, 1e6 * c->site, c->site / first->site,
           count_solved(&subject[k]), PRODA_LANES);
    subject[k].ops->destroy(subject[k].model);
    proda_block_free(subject[k].block);
    bench_close(&subject[k].setting);
    free(subject[k].site);
    free(subject[k].parameter);
  }
  return 0;
}
