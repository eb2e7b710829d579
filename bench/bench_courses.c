/* Years of time courses that a second goes through, under forcing by month: at each of eight sites
 * from the steady state. CLM5 and COMPAS at sites of the golden forcing, the others at constants of
 * their ranges with a season. All that are named, or those of the table in doc/bench.md. One
 * thread; the best of several rounds. */
#include <math.h>

#include "course/course.h"
#include "structures.h"

enum { COURSE_ROUNDS = 3, YEARS = 10, MONTHS = 12 };

struct speed {
  double seconds, steps; /* of a year */
};

/* A tenth of the range by which months differ, where the site is one of constants. */
static void add_season(struct bench_setting *s)
{
  const struct proda_manifest *manifest = s->model->manifest;
  size_t size = manifest->grid.n_layers * s->n_months;
  for (size_t k = 0; s->constant && k < PRODA_LANES * manifest->n_drivers * size; k++) {
    const struct proda_driver *driver = &manifest->driver[k / size % manifest->n_drivers];
    double range = driver->dims & PRODA_DIM_MONTH ? driver->upper - driver->lower : 0;
    s->constant[k] -= 0.1 * range * cos(2 * M_PI * (double)(k % MONTHS) / MONTHS);
  }
}

static struct speed run(const struct bench_setting *s, double rtol)
{
  const struct proda_manifest *manifest = s->model->manifest;
  size_t n = manifest->n_pools * manifest->grid.n_layers;
  struct proda_structure *structure = NULL;
  struct proda_months *months = NULL;
  struct proda_course *course = NULL;
  struct proda_block *block = bench_block(s, 0);
  double parameter[manifest->n_parameters], pools[n], start = 0;
  for (size_t p = 0; p < manifest->n_parameters; p++)
    parameter[p] = proda_prior_at(&manifest->parameter[p].prior, 0.5);
  proda_block_solve(block);
  bench_demand(proda_structure_new(s->model, s->settings, 1, &structure, &bench_error));
  bench_demand(proda_months_new(structure, s->n_months, &months, &bench_error));
  bench_demand(proda_course_new(structure, months, rtol, &course, &bench_error));
  start = bench_seconds();
  for (int i = 0; i < PRODA_LANES; i++) {
    struct proda_forcing forcing = {.driver = bench_site(s, (size_t)i)};
    for (size_t k = 0; k < n; k++)
      pools[k] = proda_block_pools(block)[k][i];
    bench_demand(proda_months_attach(months, &forcing, parameter, &bench_error));
    bench_demand(proda_course_start(course, 0, pools, &bench_error));
    bench_demand(proda_course_advance(course, YEARS * MONTHS, &bench_error));
  }
  struct speed speed = {(bench_seconds() - start) / (PRODA_LANES * YEARS),
                        (double)proda_course_steps(course) / (PRODA_LANES * YEARS)};
  proda_course_free(course);
  proda_months_free(months);
  proda_structure_free(structure);
  proda_block_free(block);
  return speed;
}

static void measure(const char *model)
{
  static const double rtol[] = {PRODA_COURSE_RTOL, 1e-6};
  struct bench_setting s = bench_open(model);
  add_season(&s);
  for (int k = 0; k < 2; k++) {
    struct speed best = {INFINITY, 0};
    for (int round = 0; round < COURSE_ROUNDS; round++) {
      struct speed speed = run(&s, rtol[k]);
      best.steps = speed.steps;
      best.seconds = bench_least(best.seconds, speed.seconds);
    }
    printf("%-14s rtol %-7g %8.0f years/s  %6.0f steps a year  %.2f us a step\n", model, rtol[k],
           1 / best.seconds, best.steps, 1e6 * best.seconds / best.steps);
  }
  bench_close(&s);
}

int main(int argc, char **argv)
{
  static const char *const usual[] = {"clm5", "compas", "millennial2", "mimics"};
  for (int k = 0; k < (argc > 1 ? argc - 1 : 4); k++)
    measure(argc > 1 ? argv[k + 1] : usual[k]);
  return 0;
}
