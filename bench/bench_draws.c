/* What a draw of each structure costs: its terms alone, terms and steady state, and what it
 * computes once per site. `bench_draws NAME...` takes others than CLM5 and COMPAS; each is also
 * told relative to the first. One thread; the best of several rounds, all structures in each. */
#include <math.h>

#include "structures.h"

enum { MOST = 8, SITES = 400 };

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
  struct proda_model_shape shape = {manifest->grid.n_layers,
                                    proda_forcing_n_months(s->setting.forcing)};
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
    struct proda_forcing forcing = {.driver = s->setting.driver +
                                              (size_t)i * s->setting.model->manifest->n_drivers};
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

int main(int argc, char **argv)
{
  static const char *const usual[] = {"clm5", "compas"};
  struct subject subject[MOST] = {0};
  int n = argc > 1 ? argc - 1 : 2;
  if (n > MOST)
    return 1;
  for (int k = 0; k < n; k++) {
    struct subject *s = &subject[k];
    s->setting = bench_open(argc > 1 ? argv[k + 1] : usual[k]);
    s->block = bench_block(&s->setting, 0);
    make_instance(s);
    s->best = (struct cost){INFINITY, INFINITY, INFINITY};
  }
  for (int round = 0; round < ROUNDS; round++) /* side by side: all see the same machine */
    for (int k = 0; k < n; k++)
      measure(&subject[k]);
  printf("%-18s  terms, us          draw, us           site, us\n", "");
  for (int k = 0; k < n; k++) {
    const struct cost *c = &subject[k].best, *first = &subject[0].best;
    printf("%-18s  %.4f (%5.2f)    %.4f (%5.2f)    %6.2f (%5.2f)\n",
           subject[k].setting.model->manifest->name, 1e6 * c->terms, c->terms / first->terms,
           1e6 * c->draw, c->draw / first->draw, 1e6 * c->site, c->site / first->site);
    subject[k].ops->destroy(subject[k].model);
    proda_block_free(subject[k].block);
    bench_close(&subject[k].setting);
    free(subject[k].site);
    free(subject[k].parameter);
  }
  return 0;
}
