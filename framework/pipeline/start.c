#include "pipeline/start.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/sites.h"

static const double days_per_month = 365.0 / 12;

/* ---- steady states ---- */

struct steady {
  struct proda_start *start;
  size_t n; /* numbers of a state */
};

static int take(void *context, const struct proda_site_result *result, struct proda_error *error)
{
  (void)error;
  const struct steady *steady = context;
  const lane *pools = proda_block_pools(result->block);
  for (size_t k = 0; k < steady->n; k++)
    steady->start->pools[result->run * steady->n + k] = pools[k][result->lane];
  steady->start->status[result->run] = result->status;
  return PRODA_OK;
}

static int solve(const struct proda_subject *s, size_t n, struct proda_start *start,
                 struct proda_error *error)
{
  size_t runs = s->n_sites * s->n_sets;
  struct proda_structure *structure = NULL;
  struct steady steady = {start, n};
  struct proda_site_run *run = malloc((runs + 1) * sizeof *run);
  int status = run ? proda_structure_new(s->model, s->settings, s->n_months, &structure, error)
                   : proda_error_set(error, "out of memory for %zu runs", runs);
  for (size_t r = 0; r < runs && status == PRODA_OK; r++)
    run[r] = (struct proda_site_run){
        .cell = r / s->n_sets,
        .parameter = s->parameter + r * s->manifest->n_parameters,
    };
  if (status == PRODA_OK)
    status = proda_sites_run(structure, s->forcing, 0, runs, run, take, &steady, error);
  proda_structure_free(structure);
  free(run);
  return status;
}

/* ---- an earlier store ---- */

/* The store, and how it lays out what is read. */
struct earlier {
  const struct proda_subject *subject;
  struct proda_nc *file;
  size_t n_sets, n_times, n_pools; /* n_times: 1 where the store is of steady states */
  size_t pool[64];                 /* of each of the structure's pools, its place in the store */
  double factor;                   /* to the structure's unit */
};
enum { MOST_POOLS = 64 };

static int check_shape(struct earlier *e, struct proda_error *error)
{
  const struct proda_subject *s = e->subject;
  const char *path = proda_nc_path(e->file);
  struct proda_nc_shape shape;
  if (proda_nc_shape(e->file, "pools", &shape, error) != PRODA_OK)
    return PRODA_ERROR;
  static const char *const axis[] = {"site", "set", "time", "pool", "layer"};
  bool course = shape.rank == 5, ordered = course || shape.rank == 4;
  for (size_t i = 0; i < shape.rank && ordered; i++)
    ordered = strcmp(shape.name[i], axis[i + (!course && i >= 2)]) == 0 && shape.length[i] > 0;
  if (!ordered)
    return proda_error_set(error,
                           "%s: variable 'pools': the dimensions (site, set, time, pool, layer) of "
                           "`proda simulate` were expected, time optional, none of them empty",
                           path);
  e->n_sets = shape.length[1];
  e->n_times = course ? shape.length[2] : 1;
  e->n_pools = shape.length[shape.rank - 2];
  if (shape.length[0] != s->n_sites || (e->n_sets != s->n_sets && e->n_sets != 1))
    return proda_error_set(error, "%s: has %zu sites and %zu sets, this simulation %zu and %zu",
                           path, shape.length[0], e->n_sets, s->n_sites, s->n_sets);
  if (shape.length[shape.rank - 1] != s->manifest->grid.n_layers)
    return proda_error_set(error, "%s: has %zu layers, %s has %zu", path,
                           shape.length[shape.rank - 1], s->manifest->name,
                           s->manifest->grid.n_layers);
  return PRODA_OK;
}

/* A variable of the store must hold the same numbers as `expected`, where both are there. */
static int check_same(const struct earlier *e, const char *variable, const double *expected,
                      size_t n, struct proda_error *error)
{
  double *value = NULL;
  int status = PRODA_OK;
  if (!expected || !proda_nc_has(e->file, variable))
    return PRODA_OK;
  if (proda_nc_read(e->file, variable, n, &value, error) != PRODA_OK)
    return PRODA_ERROR;
  for (size_t i = 0; i < n && status == PRODA_OK; i++)
    if (!(fabs(value[i] - expected[i]) <= 1e-6))
      status = proda_error_set(error, "%s: %s[%zu] is %g, here %g: not the same", //
                               proda_nc_path(e->file), variable, i, value[i], expected[i]);
  free(value);
  return status;
}

static int match_pools(struct earlier *e, struct proda_error *error)
{
  const struct proda_manifest *m = e->subject->manifest;
  char **name = NULL;
  size_t n = 0;
  int status = proda_nc_read_strings(e->file, "pool_name", &n, &name, error);
  if (status == PRODA_OK && (n != e->n_pools || m->n_pools > MOST_POOLS))
    status = proda_error_set(error, "%s: pool_name has %zu names, pools has %zu",
                             proda_nc_path(e->file), n, e->n_pools);
  for (size_t p = 0; p < m->n_pools && status == PRODA_OK; p++) {
    e->pool[p] = 0;
    while (e->pool[p] < n && strcmp(name[e->pool[p]], m->pool[p]) != 0)
      e->pool[p]++;
    if (e->pool[p] == n)
      status = proda_error_set(error, "%s: has no pool \"%s\", which %s starts from",
                               proda_nc_path(e->file), m->pool[p], m->name);
  }
  free(name);
  return status;
}

static int check_store(struct earlier *e, struct proda_error *error)
{
  const struct proda_subject *s = e->subject;
  const struct proda_grid *grid = &s->manifest->grid;
  double offset;
  if (check_shape(e, error) || check_same(e, "z_node", grid->node, grid->n_layers, error) ||
      check_same(e, "dz", grid->dz, grid->n_layers, error) ||
      check_same(e, "latitude", proda_forcing_latitude(s->forcing), s->n_sites, error) ||
      check_same(e, "longitude", proda_forcing_longitude(s->forcing), s->n_sites, error) ||
      match_pools(e, error))
    return PRODA_ERROR;
  return proda_nc_unit(e->file, "pools", s->manifest->unit, &e->factor, &offset, error);
}

/* The last time of a run, in the structure's order; PRODA_RUN_NO_START where that holds no state.
 */
static void place(const struct earlier *e, const double *site, size_t set, double *pools,
                  double *status)
{
  const struct proda_manifest *m = e->subject->manifest;
  size_t L = m->grid.n_layers, n = e->n_pools * L;
  const double *last = site + ((e->n_sets == 1 ? 0 : set) * e->n_times + e->n_times - 1) * n;
  *status = PRODA_SOLVED;
  for (size_t p = 0; p < m->n_pools; p++)
    for (size_t l = 0; l < L; l++) {
      double x = e->factor * last[e->pool[p] * L + l];
      pools[p * L + l] = x;
      if (!(x >= 0 && x < INFINITY))
        *status = PRODA_RUN_NO_START;
    }
}

static int read_pools(const struct earlier *e, size_t n, struct proda_start *start,
                      struct proda_error *error)
{
  const struct proda_subject *s = e->subject;
  size_t L = s->manifest->grid.n_layers;
  size_t width = e->n_sets * e->n_times * e->n_pools * L;
  double *site = malloc((width + 1) * sizeof *site);
  int status = site ? PRODA_OK : proda_error_set(error, "out of memory for earlier states");
  for (size_t i = 0; i < s->n_sites && status == PRODA_OK; i++) {
    status = proda_nc_read_rows(e->file, "pools", i, 1, width, site, error);
    for (size_t set = 0; set < s->n_sets && status == PRODA_OK; set++) {
      size_t run = i * s->n_sets + set;
      place(e, site, set, start->pools + run * n, &start->status[run]);
    }
  }
  free(site);
  return status;
}

static int read_sums(const struct earlier *e, size_t n_sums, const char *const *sum_name,
                     struct proda_start *start, struct proda_error *error)
{
  const struct proda_subject *s = e->subject;
  for (size_t k = 0; k < n_sums; k++) {
    double *value = NULL;
    if (!proda_nc_has(e->file, sum_name[k]))
      continue;
    if (proda_nc_read(e->file, sum_name[k], s->n_sites * e->n_sets * e->n_times, &value, error))
      return PRODA_ERROR;
    for (size_t run = 0; run < s->n_sites * s->n_sets; run++) {
      size_t row = run / s->n_sets * e->n_sets + (e->n_sets == 1 ? 0 : run % s->n_sets);
      double sum = value[row * e->n_times + e->n_times - 1];
      start->sum[run * n_sums + k] = sum;
      if (!isfinite(sum)) // runs that failed before have no sum
        start->status[run] = PRODA_RUN_NO_START;
    }
    free(value);
  }
  return PRODA_OK;
}

static int read_time(const struct earlier *e, struct proda_start *start, struct proda_error *error)
{
  double *time = NULL;
  if (!proda_nc_has(e->file, "time"))
    return PRODA_OK;
  if (proda_nc_read(e->file, "time", e->n_times, &time, error) != PRODA_OK)
    return PRODA_ERROR;
  double month = time[e->n_times - 1] / days_per_month;
  free(time);
  if (!(month >= 0 && month < 1e12))
    return proda_error_set(error, "%s: time[%zu] is %g, expected days since the start",
                           proda_nc_path(e->file), e->n_times - 1, month * days_per_month);
  /* The edge of a month is one, however its days were rounded. */
  start->month = fabs(month - round(month)) < 1e-6 ? round(month) : month;
  return PRODA_OK;
}

static int read_store(const struct proda_subject *subject, size_t n, size_t n_sums,
                      const char *const *sum_name, struct proda_start *start,
                      struct proda_error *error)
{
  struct earlier e = {.subject = subject};
  int status = proda_nc_open(subject->simulation->from, &e.file, error);
  if (status == PRODA_OK)
    status = check_store(&e, error);
  if (status == PRODA_OK)
    status = read_pools(&e, n, start, error);
  if (status == PRODA_OK)
    status = read_sums(&e, n_sums, sum_name, start, error);
  if (status == PRODA_OK)
    status = read_time(&e, start, error);
  proda_nc_close(e.file);
  return status;
}

int proda_start_make(const struct proda_subject *subject, size_t n_sums,
                     const char *const *sum_name, struct proda_start *start,
                     struct proda_error *error)
{
  size_t runs = subject->n_sites * subject->n_sets;
  size_t n = subject->manifest->n_pools * subject->manifest->grid.n_layers;
  *start = (struct proda_start){
      .pools = calloc(runs * n + 1, sizeof *start->pools),
      .status = calloc(runs + 1, sizeof *start->status),
      .sum = calloc(runs * n_sums + 1, sizeof *start->sum),
  };
  if (!start->pools || !start->status || !start->sum)
    return proda_error_set(error, "out of memory for %zu starts", runs);
  return subject->simulation->from ? read_store(subject, n, n_sums, sum_name, start, error)
                                   : solve(subject, n, start, error);
}

void proda_start_free(struct proda_start *start)
{
  free(start->pools);
  free(start->status);
  free(start->sum);
}
