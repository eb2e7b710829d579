#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "course/course.h"
#include "pipeline/start.h"
#include "pipeline/subject.h"

const char *const proda_every_names[PRODA_N_EVERY] = {"year", "month", "day"};
static const size_t per_year[PRODA_N_EVERY] = {1, 12, 365};

static const double days_per_month = 365.0 / 12;
enum { MONTHS_PER_YEAR = 12, NAME = 128, TEXT = 256, PARTS = 3 };

/* A variable of the store over the runs and times of a site. */
struct output {
  char name[NAME], long_name[TEXT];
  const char *dims, *units, *cell_methods;
  size_t n;      /* values at a time */
  double *value; /* [set][time][n] */
};

/* What is summed: plants' input, transport's imbalance, then the manifest's losses. */
enum { INPUT, TRANSPORT, FIRST_LOSS };

struct courses {
  const struct proda_subject *subject;
  const struct proda_manifest *manifest;
  struct proda_structure *structure;
  struct proda_months *months;
  struct proda_course *course;
  struct proda_start start;
  size_t n_times, n_outputs, n_sums;
  double *time;          /* [n_times], months since the first January */
  struct output *output; /* pools, observables in three parts, the stock, then sums and fluxes */
  const char **sum_name; /* [n_sums]: variables of output */
  const double **driver;
  struct proda_simulated *simulated;
  size_t n_done, year; /* for progress: runs, years of the one that runs */
};

/* ---- times ---- */

static int make_times(struct courses *c, struct proda_error *error)
{
  const struct proda_simulation *s = c->subject->simulation;
  double n = s->years * (double)per_year[s->every];
  if (!(n >= 1 && n < 1e9) || fabs(n - round(n)) > 1e-9 * n)
    return proda_error_set(error, "simulate: %g years is no whole number of %ss", s->years,
                           proda_every_names[s->every]);
  c->n_times = (size_t)round(n) + 1;
  c->time = malloc(c->n_times * sizeof *c->time);
  if (!c->time)
    return proda_error_set(error, "out of memory for %zu times", c->n_times);
  for (size_t t = 0; t < c->n_times; t++)
    c->time[t] = c->start.month + (double)(MONTHS_PER_YEAR * t) / (double)per_year[s->every];
  return PRODA_OK;
}

/* ---- outputs ---- */

static struct output *add(struct courses *c, const char *dims, const char *units,
                          const char *cell_methods, size_t n)
{
  struct output *output = &c->output[c->n_outputs++];
  *output = (struct output){
      .dims = dims,
      .units = units,
      .cell_methods = cell_methods,
      .n = n,
  };
  return output;
}

static void add_observable(struct courses *c, const struct proda_observable *observable)
{
  static const char *const suffix[PARTS] = {"density", "stock", "stock_1m"};
  static const char *const what[PARTS] = {"by layer", "of the whole column", "of the first metre"};
  for (int k = 0; k < PARTS; k++) {
    struct output *output =
        add(c, k == 0 ? "site set time layer" : "site set time", k == 0 ? "gC m-3" : "gC m-2",
            "time: point", k == 0 ? c->manifest->grid.n_layers : 1);
    snprintf(output->name, NAME, "%s_%s", observable->name, suffix[k]);
    snprintf(output->long_name, TEXT, "%s %s", observable->doc, what[k]);
  }
}

/* A sum since the start, and the flux that it grows by. */
static void add_sum(struct courses *c, const char *name, const char *long_name)
{
  struct output *sum = add(c, "site set time", "gC m-2", "time: point", 1);
  snprintf(sum->name, NAME, "%s_sum", name);
  snprintf(sum->long_name, TEXT, "%s since the start", long_name);
  c->sum_name[c->n_sums++] = sum->name;
  struct output *flux = add(c, "site set time", "gC m-2 yr-1", "time: mean", 1);
  snprintf(flux->name, NAME, "%s", name);
  snprintf(flux->long_name, TEXT, "%s", long_name);
}

static int list_outputs(struct courses *c, struct proda_error *error)
{
  const struct proda_manifest *m = c->manifest;
  size_t n_sums = FIRST_LOSS + m->n_losses;
  size_t n = 2 + PARTS * m->n_observables + 2 * n_sums;
  c->output = calloc(n, sizeof *c->output);
  c->sum_name = calloc(n_sums, sizeof(char *));
  if (!c->output || !c->sum_name)
    return proda_error_set(error, "out of memory for a store");
  struct output *pools =
      add(c, "site set time pool layer", m->unit, "time: point", m->n_pools * m->grid.n_layers);
  snprintf(pools->name, NAME, "pools");
  snprintf(pools->long_name, TEXT, "carbon pools");
  for (size_t o = 0; o < m->n_observables; o++)
    add_observable(c, &m->observable[o]);
  struct output *stock = add(c, "site set time", "gC m-2", "time: point", 1);
  snprintf(stock->name, NAME, "carbon_stock");
  snprintf(stock->long_name, TEXT, "carbon in all pools of the column");
  add_sum(c, "carbon_input", "plant carbon input");
  add_sum(c, "transport_imbalance", "carbon that vertical transport takes and loses");
  for (size_t k = 0; k < m->n_losses; k++)
    add_sum(c, m->loss[k].measure, m->loss[k].long_name);
  return PRODA_OK;
}

static int allocate_outputs(struct courses *c, struct proda_error *error)
{
  size_t rows = c->subject->n_sets * c->n_times;
  for (size_t k = 0; k < c->n_outputs; k++) {
    c->output[k].value = malloc((rows * c->output[k].n + 1) * sizeof(double));
    if (!c->output[k].value)
      return proda_error_set(error, "out of memory for the %zu times of a site", c->n_times);
  }
  return PRODA_OK;
}

static void fill_missing(struct courses *c)
{
  for (size_t k = 0; k < c->n_outputs; k++)
    for (size_t i = 0; i < c->subject->n_sets * c->n_times * c->output[k].n; i++)
      c->output[k].value[i] = NAN;
}

/* ---- the store's frame ---- */

static int define_time(struct proda_nc *file, struct proda_error *error)
{
  static const char since[] = "days since 0001-01-01 00:00:00";
  static const struct {
    const char *name, *value;
  } attribute[] = {
      {"standard_name", "time"}, {"axis", "T"}, {"calendar", "365_day"}, {"bounds", "time_bounds"}};
  if (proda_nc_def(file, "time", PRODA_NC_DOUBLE, "time", since, "time of the state", error))
    return PRODA_ERROR;
  for (size_t i = 0; i < sizeof attribute / sizeof *attribute; i++)
    if (proda_nc_put_text(file, "time", attribute[i].name, attribute[i].value, error))
      return PRODA_ERROR;
  return proda_nc_def(file, "time_bounds", PRODA_NC_DOUBLE, "time bound", since,
                      "time that fluxes are means over", error);
}

static int write_time(struct proda_nc *file, const struct courses *c, struct proda_error *error)
{
  double *day = malloc(3 * c->n_times * sizeof *day), *bound = day + c->n_times;
  int status = day ? PRODA_OK : proda_error_set(error, "out of memory for %zu times", c->n_times);
  for (size_t t = 0; status == PRODA_OK && t < c->n_times; t++) {
    day[t] = days_per_month * c->time[t];
    bound[2 * t] = day[t > 0 ? t - 1 : 0];
    bound[2 * t + 1] = day[t];
  }
  if (status == PRODA_OK)
    status = proda_nc_write(file, "time", day, error);
  if (status == PRODA_OK)
    status = proda_nc_write(file, "time_bounds", bound, error);
  free(day);
  return status;
}

static int define_store(struct proda_nc *file, const struct courses *c, struct proda_error *error)
{
  if (proda_nc_def_dim(file, "time", c->n_times, error) ||
      proda_nc_def_dim(file, "bound", 2, error) || define_time(file, error) ||
      proda_nc_def(file, "status", PRODA_NC_BYTE, "site set", "1", "what became of the run",
                   error) ||
      proda_nc_put_flags(file, "status", proda_run_status_names, PRODA_N_RUN_STATUS, error))
    return PRODA_ERROR;
  for (size_t k = 0; k < c->n_outputs; k++) {
    const struct output *o = &c->output[k];
    if (proda_nc_def(file, o->name, PRODA_NC_DOUBLE, o->dims, o->units, o->long_name, error) ||
        proda_nc_put_text(file, o->name, "cell_methods", o->cell_methods, error))
      return PRODA_ERROR;
  }
  return write_time(file, c, error);
}

/* ---- a run ---- */

static double sum_of(const struct courses *c, size_t k)
{
  return k == INPUT       ? proda_course_input(c->course)
         : k == TRANSPORT ? proda_course_transport(c->course)
                          : proda_course_loss(c->course, k - FIRST_LOSS);
}

static double *at(struct output **output, size_t row)
{
  struct output *o = (*output)++;
  return o->value + row * o->n;
}

/* Keeps the state at time t of a run. */
static void keep(struct courses *c, size_t run, size_t t)
{
  const struct proda_manifest *m = c->manifest;
  size_t row = run % c->subject->n_sets * c->n_times + t;
  struct output *output = c->output;
  double *pools = at(&output, row);
  memcpy(pools, proda_course_pools(c->course), c->output->n * sizeof *pools);
  for (size_t o = 0; o < m->n_observables; o++) {
    double *density = at(&output, row);
    proda_course_observe(c->course, o, density);
    *at(&output, row) = proda_grid_stock(&m->grid, density, 1, INFINITY);
    *at(&output, row) = proda_grid_stock(&m->grid, density, 1, 1.0);
  }
  *at(&output, row) = proda_course_stock(c->course);
  for (size_t k = 0; k < c->n_sums; k++) {
    double *sum = at(&output, row), *flux = at(&output, row);
    *sum = c->start.sum[run * c->n_sums + k] + sum_of(c, k);
    if (t > 0)
      *flux = (sum[0] - sum[-1]) * MONTHS_PER_YEAR / (c->time[t] - c->time[t - 1]);
  }
}

/* Every whole year of a run is told once. */
static void tell(struct courses *c, double month)
{
  const struct proda_simulation *s = c->subject->simulation;
  size_t total = (size_t)ceil(s->years), runs = c->subject->n_sites * c->subject->n_sets;
  size_t year = (size_t)((month - c->start.month) / MONTHS_PER_YEAR);
  if (s->progress && year > c->year)
    s->progress(s->context, c->n_done * total + year, runs * total);
  c->year = year;
}

static int go_through(struct courses *c, size_t run, struct proda_error *error)
{
  size_t n = c->manifest->n_pools * c->manifest->grid.n_layers;
  c->year = 0;
  int status = proda_course_start(c->course, c->time[0], c->start.pools + run * n, error);
  for (size_t t = 0; t < c->n_times && status == PRODA_OK; t++) {
    status = proda_course_advance(c->course, c->time[t], error);
    if (status == PRODA_OK)
      keep(c, run, t);
    tell(c, c->time[t]);
  }
  return status;
}

/* PRODA_REJECT ends this run alone; its reason is kept where it is the first. */
static int forgive(struct courses *c, size_t run, int status, int as, struct proda_error *error)
{
  if (status != PRODA_REJECT)
    return status;
  c->start.status[run] = as;
  if (c->simulated->stopped.message[0] == '\0') {
    proda_error_prefix(error, "site %zu, set %zu: ", run / c->subject->n_sets,
                       run % c->subject->n_sets);
    c->simulated->stopped = *error;
  }
  return PRODA_OK;
}

static int do_run(struct courses *c, size_t run, struct proda_error *error)
{
  const struct proda_subject *s = c->subject;
  struct proda_forcing forcing = {c->driver, c->driver, s->n_months, 0};
  if (!proda_forcing_usable(s->forcing, run / s->n_sets))
    c->start.status[run] = PRODA_SITE_UNUSABLE;
  if (c->start.status[run] != PRODA_SOLVED)
    return PRODA_OK;
  proda_forcing_site(s->forcing, run / s->n_sets, c->driver);
  int status = proda_months_attach(c->months, &forcing,
                                   s->parameter + run * c->manifest->n_parameters, error);
  if (status != PRODA_OK)
    return forgive(c, run, status, PRODA_SITE_UNUSABLE, error);
  return forgive(c, run, go_through(c, run, error), PRODA_RUN_STOPPED, error);
}

static int do_site(struct courses *c, size_t site, struct proda_nc *file, struct proda_error *error)
{
  fill_missing(c);
  for (size_t set = 0; set < c->subject->n_sets; set++) {
    size_t run = site * c->subject->n_sets + set;
    if (do_run(c, run, error) != PRODA_OK)
      return PRODA_ERROR;
    c->simulated->n_status[(size_t)c->start.status[run]]++;
    c->n_done++;
  }
  for (size_t k = 0; k < c->n_outputs; k++)
    if (proda_nc_write_rows(file, c->output[k].name, site, 1, c->output[k].value, error))
      return PRODA_ERROR;
  return PRODA_OK;
}

static int do_sites(struct courses *c, struct proda_error *error)
{
  struct proda_nc *file = NULL;
  int status = proda_subject_store(c->subject, &file, error);
  if (status != PRODA_OK)
    return status;
  status = define_store(file, c, error);
  for (size_t site = 0; site < c->subject->n_sites && status == PRODA_OK; site++)
    status = do_site(c, site, file, error);
  if (status == PRODA_OK)
    status = proda_nc_write(file, "status", c->start.status, error);
  if (status == PRODA_OK)
    return proda_nc_commit(file, error);
  proda_nc_abandon(file);
  return status;
}

/* The model for one month, or for the record as a whole; and what integrates it. */
static int make_course(struct courses *c, struct proda_error *error)
{
  const struct proda_subject *s = c->subject;
  size_t whole = s->simulation->constant ? s->n_months : 1;
  c->driver = calloc(c->manifest->n_drivers + 1, sizeof(double *));
  if (!c->driver)
    return proda_error_set(error, "out of memory for a site");
  int status = proda_structure_new(s->model, s->settings, whole, &c->structure, error);
  if (status == PRODA_OK)
    status = proda_months_new(c->structure, s->n_months / whole, &c->months, error);
  if (status == PRODA_OK)
    status = proda_course_new(c->structure, c->months, s->simulation->rtol, &c->course, error);
  return status;
}

int proda_simulate_courses(const struct proda_subject *subject, struct proda_simulated *simulated,
                           struct proda_error *error)
{
  struct courses c = {
      .subject = subject,
      .manifest = subject->manifest,
      .simulated = simulated,
  };
  int status = list_outputs(&c, error);
  if (status == PRODA_OK)
    status = make_course(&c, error);
  if (status == PRODA_OK)
    status = proda_start_make(subject, c.n_sums, c.sum_name, &c.start, error);
  if (status == PRODA_OK)
    status = make_times(&c, error);
  if (status == PRODA_OK)
    status = allocate_outputs(&c, error);
  if (status == PRODA_OK)
    status = do_sites(&c, error);
  simulated->n_times = c.n_times;
  for (size_t k = 0; k < c.n_outputs; k++)
    free(c.output[k].value);
  free(c.output);
  free(c.sum_name);
  free(c.time);
  free(c.driver);
  proda_start_free(&c.start);
  proda_course_free(c.course);
  proda_months_free(c.months);
  proda_structure_free(c.structure);
  return status;
}
