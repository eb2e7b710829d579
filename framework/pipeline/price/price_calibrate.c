#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/clock.h"
#include "farm/crew.h"
#include "pipeline/calibrate/calibration.h"
#include "pipeline/price/price_private.h"
#include "progress/amount.h"
#include "store/journal.h"

/* What workers measure, and send. */
enum { EVALUATIONS, SECONDS, PROCESSOR, N_FINISHED, STEPS, N_SUMS };

struct measurement {
  struct proda_calibration *c;
  size_t n_workers, cursor; /* in the host: parts handed out */
  double seconds, sum[N_SUMS];
  double rate, free_rate;        /* evaluations a second of all workers; did nothing else run */
  char loss[PRODA_MESSAGE_SIZE]; /* why a worker died; "" where none did */
  /* in a worker */
  size_t part, n_sites; /* sites begun */
  double begun, processor_begun, own[N_SUMS];
};

/* ---- in a worker ---- */

static size_t common_divisor(size_t a, size_t b)
{
  while (b > 0) {
    size_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/* The k-th of n sites, spread over all of them; each comes once. */
static size_t spread(size_t k, size_t n)
{
  size_t stride = (size_t)(0.618 * (double)n) + 1;
  while (common_divisor(stride, n) != 1)
    stride++;
  return k * stride % n;
}

static int next_site(void *context, struct proda_chain_site *site, bool *given,
                     struct proda_error *error)
{
  struct measurement *m = context;
  size_t n = m->c->prepared->n_sites, k = m->part + m->n_sites++ * m->n_workers;
  *given = k < n;
  return *given ? proda_calibration_site(m->c, spread(k, n), site, error) : PRODA_OK;
}

static int finish_site(void *context, const struct proda_chains *chains, struct proda_error *error)
{
  struct measurement *m = context;
  size_t size;
  m->own[N_FINISHED]++;
  for (size_t k = 0; k < chains->n_chains; k++)
    m->own[STEPS] += (double)chains->n_steps[k];
  return proda_calibration_summarise(m->c, chains, &size, error);
}

static double processor_seconds(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool step(void *context, size_t n)
{
  struct measurement *m = context;
  m->own[EVALUATIONS] += (double)n;
  m->own[SECONDS] = proda_clock() - m->begun;
  m->own[PROCESSOR] = processor_seconds() - m->processor_begun;
  return m->own[SECONDS] < m->seconds;
}

static int measure(void *context, struct proda_worker *worker, struct proda_error *error)
{
  struct measurement *m = context;
  const struct proda_chain_source source = {next_site, finish_site, m};
  bool given;
  if (proda_worker_next(worker, &m->part, &given, error) != PRODA_OK || !given)
    return given ? PRODA_ERROR : PRODA_OK;
  struct proda_chain_setup setup = m->c->setup;
  setup.step = step;
  setup.context = m;
  m->begun = proda_clock();
  m->processor_begun = processor_seconds();
  if (proda_chains_run(&setup, &source, error) != PRODA_OK)
    return PRODA_ERROR;
  return proda_worker_deliver(worker, m->part, NULL, m->own, N_SUMS, error);
}

/* ---- in the host ---- */

static int next_part(void *context, enum proda_farm_supply *supply, size_t *part,
                     struct proda_error *error)
{
  struct measurement *m = context;
  (void)error;
  *supply = m->cursor < m->n_workers ? PRODA_FARM_UNIT : PRODA_FARM_NONE;
  *part = m->cursor++;
  return PRODA_OK;
}

static int take_part(void *context, size_t part, const char *text, const double *value, size_t n,
                     struct proda_error *error)
{
  struct measurement *m = context;
  (void)part;
  (void)text;
  (void)error;
  for (size_t i = 0; i < n && i < N_SUMS; i++)
    m->sum[i] += value[i];
  if (n == N_SUMS && value[PROCESSOR] > 0) {
    m->rate += value[EVALUATIONS] / value[SECONDS];
    m->free_rate += value[EVALUATIONS] / value[PROCESSOR];
  }
  return PRODA_OK;
}

static int lose_part(void *context, size_t part, enum proda_farm_loss loss, const char *reason,
                     struct proda_error *error)
{
  struct measurement *m = context;
  (void)part;
  (void)loss;
  (void)error;
  snprintf(m->loss, sizeof m->loss, "%s", reason);
  return PRODA_OK;
}

static int run_measurement(struct measurement *m, struct proda_error *error)
{
  const struct proda_run *run = m->c->run;
  const struct proda_farm_work work = {
      .n_largest = N_SUMS,
      .next = next_part,
      .take = take_part,
      .lose = lose_part,
      .work = measure,
      .context = m,
  };
  size_t processors = proda_farm_processors();
  m->n_workers = run->workers.n < processors ? run->workers.n : processors;
  const struct proda_farm_options options = {.n_workers = m->n_workers,
                                             .megabytes = run->workers.megabytes};
  enum proda_farm_end end;
  m->n_workers += m->n_workers == 0;
  int status = proda_farm_run(&work, &options, &end, error);
  m->rate *= (double)proda_launched().size; /* other ranks are taken to be as fast */
  m->free_rate *= (double)proda_launched().size;
  if (status == PRODA_OK && !(m->rate > 0))
    status = proda_error_set(error, "nothing could be measured: %s",
                             m->loss[0] ? m->loss : "no site took a step");
  return status;
}

/* ---- how many evaluations a site takes ---- */

/* A density that every point has, in place of the structure's. */
static struct proda_evaluation easy_density(const struct proda_space *space, const double *point)
{
  double sum = 0;
  for (size_t k = 0; k < space->n_free; k++) {
    struct proda_prior prior = proda_space_coordinate(space, k);
    bool bounded = isfinite(prior.lower) && isfinite(prior.upper);
    double mean = bounded ? (prior.lower + prior.upper) / 2 : prior.mean;
    double sd = bounded ? (prior.upper - prior.lower) / 10 : prior.sd;
    sum += (point[k] - mean) * (point[k] - mean) / (sd * sd);
  }
  return (struct proda_evaluation){PRODA_OK, -sum / 2};
}

/* Evaluations of a site whose density is easy, from a walker that is run to its end; 0 where that
 * takes more than a second. */
static int count_evaluations(const struct proda_calibration *c, double *n,
                             struct proda_error *error)
{
  const struct proda_sampler_ops *ops = c->setup.ops;
  const struct proda_walker_key key = {.seed = c->setup.seed};
  void *walker = aligned_alloc(64, (ops->walker_size(c->sampler) + 63) / 64 * 64);
  double *point = calloc(c->space->n_free + 1, sizeof *point), end = proda_clock() + 1;
  struct proda_outcome outcome = {0};
  int status = walker && point ? PRODA_OK : proda_error_set(error, "out of memory for a walker");
  *n = 0;
  if (status == PRODA_OK)
    ops->start(c->sampler, &key, walker);
  while (status == PRODA_OK && !outcome.done && (fmod(*n, 1024) != 0 || proda_clock() < end)) {
    outcome = (struct proda_outcome){0};
    ops->propose(c->sampler, walker, point);
    const struct proda_evaluation evaluation = easy_density(c->space, point);
    ops->accept(c->sampler, walker, &evaluation, &outcome);
    *n += 1;
  }
  *n = outcome.done ? *n * (double)ops->n_walkers(c->sampler) : 0;
  free(walker);
  free(point);
  return status;
}

/* ---- the price ---- */

/* What is left of a store's numbers when they are deflated: draws repeat where proposals are
 * rejected. */
static const double deflated = 0.8;

/* Bytes of a site in the store, before that, and in the journal. */
static void size_site(const struct proda_calibration *c, double *store, double *journal)
{
  const struct proda_prepared *p = c->prepared;
  double n_obs = (double)p->n_obs / (double)p->n_sites;
  *store = *journal = 0;
  for (int f = 0; f < PRODA_N_FIELDS; f++) {
    enum proda_posterior_field field = (enum proda_posterior_field)f;
    double none = (double)proda_posterior_field_size(&c->shape, field, 0);
    double one = (double)proda_posterior_field_size(&c->shape, field, 1);
    double n = none + n_obs * (one - none);
    *store += n * (proda_posterior_fields[f].single ? sizeof(float) : sizeof(double));
    *journal += n * sizeof(double);
  }
}

static int count_site(void *context, uint64_t index, const char *text, const double *value,
                      size_t n, uint64_t place, struct proda_error *error)
{
  (void)index;
  (void)text;
  (void)value;
  (void)n;
  (void)place;
  (void)error;
  ++*(size_t *)context;
  return PRODA_OK;
}

/* Sites that an earlier run has left in a journal. */
static size_t count_done(const struct proda_calibration *c)
{
  size_t n = 0;
  bool there = false;
  char *path = proda_journal_find(c->journal_path, c->inputs);
  if (!path || proda_journal_look(path, 0, count_site, &n, &there, NULL) != PRODA_OK)
    n = 0;
  free(path);
  return n < c->prepared->n_sites ? n : c->prepared->n_sites;
}

static void set_price(const struct measurement *m, double each, bool counted,
                      struct proda_priced *priced)
{
  const struct proda_calibration *c = m->c;
  double store, journal, sites = (double)(c->prepared->n_sites - count_done(c));
  double seconds = sites * each / m->rate;
  char rate[PRODA_AMOUNT_SIZE];
  size_site(c, &store, &journal);
  proda_amount_rate(m->rate, rate);
  priced->likely = seconds;
  priced->busy = m->free_rate / m->rate;
  priced->least = sites * each / m->free_rate * (counted ? 0.8 : 0.5);
  priced->most = seconds * (counted ? 1.5 : 2);
  priced->bytes = (double)c->prepared->n_sites * store * deflated;
  priced->journal = (double)c->prepared->n_sites * journal;
  snprintf(priced->work, sizeof priced->work, "%.0f sites of %.0f draws, %s%s%.70s", sites, each,
           rate, m->loss[0] ? "; a worker died: " : "", m->loss);
}

static int price(struct proda_calibration *c, double seconds, struct proda_priced *priced,
                 struct proda_error *error)
{
  struct measurement m = {.c = c, .seconds = seconds};
  if (proda_calibration_set_up(c, error) != PRODA_OK || run_measurement(&m, error) != PRODA_OK)
    return PRODA_ERROR;
  bool counted = m.sum[N_FINISHED] > 0;
  double each = counted ? m.sum[STEPS] / m.sum[N_FINISHED] : 0;
  if (!counted && count_evaluations(c, &each, error) != PRODA_OK)
    return PRODA_ERROR;
  if (!(each > 0))
    return proda_error_set(error, "no site came to its end, nor did the sampler alone");
  set_price(&m, each, counted, priced);
  return PRODA_OK;
}

int proda_price_calibrate(const struct proda_pricing *pricing,
                          const struct proda_experiment_structure *structure,
                          struct proda_priced *priced, struct proda_error *error)
{
  struct proda_calibration c;
  int status = proda_calibration_open(&pricing->run, structure, &c, error);
  if (status == PRODA_OK)
    status = price(&c, pricing->seconds * 0.6, priced, error);
  proda_calibration_close(&c);
  return status;
}
