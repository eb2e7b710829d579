#include "pipeline/calibrate/chains.h"

#include <stdlib.h>
#include <string.h>

/* Evaluations, and of those the ones without a density. */
struct tally {
  size_t steps, refused[PRODA_N_SOLVE_STATUS], no_density;
};

/* A site in work. */
struct job {
  struct proda_chain_site site;
  double *draw, *log_density;
  size_t *n_draws, *n_steps, *n_accepted;
  size_t n_dealt, n_done; /* walkers on lanes so far, and finished */
  struct tally tally;     /* of walkers that are finished */
  enum proda_site_code end;
  const char *failure;
  struct proda_error reason; /* what the structure says of forcing that it cannot use */
  size_t failed_walker, failed_chain;
  bool busy;
};

/* A lane: the walker that it carries. */
struct slot {
  struct job *job; /* NULL: idle */
  size_t walker;
  void *state;
  struct tally tally;
  double log_prior; /* of the proposal */
};

struct engine {
  const struct proda_chain_setup *setup;
  const struct proda_chain_source *source;
  const struct proda_grid *grid;
  struct proda_block *block;
  size_t n_walkers, n_chains, n_free, capacity;
  struct job job[PRODA_LANES]; /* a lane brings at most one new job */
  struct job *dealing;         /* has walkers not yet on a lane */
  struct slot slot[PRODA_LANES];
  lane *density, *slope; /* [L] */
  double *modelled;      /* [modelled_size] */
  size_t modelled_size;
  double *point;     /* [n_free] */
  double *parameter; /* [n_parameters] */
};

static bool job_allocate(struct engine *e, struct job *job)
{
  size_t draws = e->n_chains * e->capacity;
  job->draw = malloc(draws * e->n_free * sizeof *job->draw);
  job->log_density = malloc(draws * sizeof *job->log_density);
  job->n_draws = calloc(3 * e->n_chains, sizeof *job->n_draws);
  if (!job->draw || !job->log_density || !job->n_draws)
    return false;
  job->n_steps = job->n_draws + e->n_chains;
  job->n_accepted = job->n_steps + e->n_chains;
  return true;
}

static void engine_free(struct engine *e)
{
  for (int i = 0; i < PRODA_LANES; i++) {
    free(e->job[i].draw);
    free(e->job[i].log_density);
    free(e->job[i].n_draws);
    free(e->slot[i].state);
  }
  proda_block_free(e->block);
  free(e->density);
  free(e->modelled);
  free(e->point);
}

unsigned proda_chains_want(const struct proda_chain_setup *setup)
{
  return setup->reject_near_singular ? PRODA_WANT_CONDITION : 0;
}

static int engine_init(struct engine *e, const struct proda_chain_setup *setup,
                       const struct proda_chain_source *source, struct proda_error *error)
{
  const struct proda_manifest *manifest = proda_structure_manifest(setup->structure);
  size_t L = manifest->grid.n_layers;
  *e = (struct engine){
      .setup = setup,
      .source = source,
      .grid = &manifest->grid,
      .n_walkers = setup->ops->n_walkers(setup->sampler),
      .n_chains = setup->ops->n_chains(setup->sampler),
      .n_free = setup->space->n_free,
      .capacity = setup->ops->n_draws(setup->sampler),
  };
  if (proda_block_new(setup->structure, proda_chains_want(setup), &e->block, error) != PRODA_OK)
    return PRODA_ERROR;
  size_t state_size = (setup->ops->walker_size(setup->sampler) + 63) / 64 * 64;
  e->density = aligned_alloc(sizeof(lane), 2 * L * sizeof(lane));
  e->slope = e->density ? e->density + L : NULL;
  e->point = calloc(e->n_free + manifest->n_parameters, sizeof *e->point);
  e->parameter = e->point ? e->point + e->n_free : NULL;
  bool complete = e->density && e->point;
  for (int i = 0; i < PRODA_LANES && complete; i++) {
    e->slot[i].state = aligned_alloc(64, state_size);
    complete = e->slot[i].state && job_allocate(e, &e->job[i]);
  }
  return complete ? PRODA_OK
                  : proda_error_set(error, "out of memory for %zu chains of %zu draws", e->n_chains,
                                    e->capacity);
}

static int finish(struct engine *e, struct job *job, struct proda_error *error)
{
  if (job->end == PRODA_SITE_NO_VALID_START) { /* how far its other walkers came says nothing */
    memset(job->n_draws, 0, 3 * e->n_chains * sizeof *job->n_draws);
    job->n_steps[job->failed_chain] = job->tally.steps;
  }
  struct proda_chains chains = {
      .site = &job->site,
      .n_chains = e->n_chains,
      .n_free = e->n_free,
      .capacity = e->capacity,
      .draw = job->draw,
      .log_density = job->log_density,
      .n_draws = job->n_draws,
      .n_steps = job->n_steps,
      .n_accepted = job->n_accepted,
      .n_no_density = job->tally.no_density,
      .end = job->end,
      .failure = job->failure,
  };
  memcpy(chains.n_refused, job->tally.refused, sizeof chains.n_refused);
  job->busy = false;
  return e->source->finish(e->source->context, &chains, error);
}

/* Takes the next site of the source, where there is one, into a free job. */
static int open_job(struct engine *e, struct proda_error *error)
{
  struct proda_chain_site site;
  bool given = false;
  if (e->source->next(e->source->context, &site, &given, error) != PRODA_OK)
    return PRODA_ERROR;
  if (!given)
    return PRODA_OK;
  struct job *job = e->job;
  while (job->busy)
    job++;
  memset(job->n_draws, 0, 3 * e->n_chains * sizeof *job->n_draws);
  job->site = site;
  job->n_dealt = job->n_done = 0;
  job->tally = (struct tally){0};
  job->end = PRODA_SITE_KEPT;
  job->failure = NULL;
  job->busy = true;
  e->dealing = job;
  return PRODA_OK;
}

static int reserve_modelled(struct engine *e, size_t n, struct proda_error *error)
{
  if (n <= e->modelled_size)
    return PRODA_OK;
  double *grown = realloc(e->modelled, n * sizeof *grown);
  if (!grown)
    return proda_error_set(error, "out of memory for %zu observations", n);
  e->modelled = grown;
  e->modelled_size = n;
  return PRODA_OK;
}

/* Puts the next walker on lane i, or leaves it idle where there is none. */
static int deal(struct engine *e, int i, struct proda_error *error)
{
  struct slot *slot = &e->slot[i];
  slot->job = NULL;
  for (;;) {
    if (!e->dealing && open_job(e, error) != PRODA_OK)
      return PRODA_ERROR;
    if (!e->dealing)
      return PRODA_OK;
    struct job *job = e->dealing;
    proda_error_set(&job->reason, "the structure cannot use the site's forcing");
    int status = proda_block_attach(e->block, i, &job->site.forcing, &job->reason);
    if (status == PRODA_ERROR) {
      *error = job->reason;
      return status;
    }
    if (status == PRODA_REJECT || job->site.flaw) {
      job->end = status == PRODA_REJECT ? PRODA_SITE_UNUSABLE_FORCING : PRODA_SITE_NOT_COMPARABLE;
      job->failure = status == PRODA_REJECT ? job->reason.message : job->site.flaw;
      e->dealing = NULL;
      if (finish(e, job, error) != PRODA_OK)
        return PRODA_ERROR;
      continue;
    }
    if (reserve_modelled(e, proda_observation_size(job->site.observation), error) != PRODA_OK)
      return PRODA_ERROR;
    slot->job = job;
    slot->tally = (struct tally){0};
    slot->walker = job->n_dealt++;
    if (job->n_dealt == e->n_walkers)
      e->dealing = NULL;
    struct proda_walker_key key = {
        .seed = e->setup->seed,
        .site = job->site.key,
        .walker = (uint32_t)slot->walker,
    };
    e->setup->ops->start(e->setup->sampler, &key, slot->state);
    return PRODA_OK;
  }
}

static void propose(struct engine *e)
{
  const struct proda_chain_setup *setup = e->setup;
  for (int i = 0; i < PRODA_LANES; i++) {
    if (!e->slot[i].job)
      continue;
    setup->ops->propose(setup->sampler, e->slot[i].state, e->point);
    e->slot[i].log_prior = proda_space_log_prior(setup->space, e->point);
    proda_space_expand(setup->space, e->point, e->parameter);
    proda_block_set(e->block, i, e->parameter);
  }
}

/* The log density of lane i's proposal. */
static struct proda_evaluation evaluate(struct engine *e, int i)
{
  static const struct proda_evaluation reject = {.status = PRODA_REJECT};
  struct slot *slot = &e->slot[i];
  const struct proda_observation *observation = slot->job->site.observation;
  enum proda_solve_status status = proda_block_status(e->block, i);
  if (status != PRODA_SOLVED) {
    slot->tally.refused[status]++;
    return reject;
  }
  proda_observation_model(observation, e->density, e->slope, i, e->modelled);
  double log_likelihood = proda_observation_log_likelihood(observation, e->modelled, NULL);
  if (!isfinite(log_likelihood)) {
    slot->tally.no_density++;
    return reject;
  }
  return (struct proda_evaluation){
      .status = PRODA_OK,
      .log_density = log_likelihood + slot->log_prior,
  };
}

static void tally_add(struct tally *sum, const struct tally *more)
{
  sum->steps += more->steps;
  for (int status = 0; status < PRODA_N_SOLVE_STATUS; status++)
    sum->refused[status] += more->refused[status];
  sum->no_density += more->no_density;
}

/* Of several failures the first walker's stays, whichever came first; that there is no start comes
 * before all others, and leaves the counts of that walker alone. */
static void book_failure(const struct slot *slot, const struct proda_outcome *outcome)
{
  struct job *job = slot->job;
  bool no_start = job->end == PRODA_SITE_NO_VALID_START;
  if (job->failure && (no_start > outcome->no_start ||
                       (no_start == outcome->no_start && job->failed_walker < slot->walker)))
    return;
  job->failure = outcome->failure;
  job->failed_walker = slot->walker;
  job->end = outcome->no_start ? PRODA_SITE_NO_VALID_START : PRODA_SITE_FAILED;
  job->failed_chain = outcome->chain;
  if (outcome->no_start)
    job->tally = slot->tally;
}

/* Books what a step meant for its chain. */
static void record(struct engine *e, struct slot *slot, const struct proda_outcome *outcome)
{
  struct job *job = slot->job;
  size_t c = outcome->chain;
  slot->tally.steps++;
  job->n_steps[c]++;
  job->n_accepted[c] += outcome->accepted;
  if (outcome->discard_chain)
    job->n_draws[c] = 0;
  if (outcome->keep && job->n_draws[c] < e->capacity) {
    size_t at = c * e->capacity + job->n_draws[c]++;
    job->log_density[at] =
        e->setup->ops->current(e->setup->sampler, slot->state, job->draw + at * e->n_free);
  }
  if (outcome->done) {
    job->n_done++;
    if (job->end != PRODA_SITE_NO_VALID_START)
      tally_add(&job->tally, &slot->tally);
    if (outcome->failure)
      book_failure(slot, outcome);
  }
}

/* Finishes the jobs that came to their end in this step, and deals their lanes anew. The ends of
 * all lanes are known before: which of several walkers of a site failed first is then not a matter
 * of the lanes that they had. */
static int close_jobs(struct engine *e, bool *idle, struct proda_error *error)
{
  for (struct job *job = e->job; job < e->job + PRODA_LANES; job++) {
    if (!job->busy || (job->n_done < e->n_walkers && job->end != PRODA_SITE_NO_VALID_START))
      continue;
    for (int i = 0; i < PRODA_LANES; i++)
      idle[i] |= e->slot[i].job == job;
    if (e->dealing == job)
      e->dealing = NULL;
    if (finish(e, job, error) != PRODA_OK)
      return PRODA_ERROR;
  }
  for (int i = 0; i < PRODA_LANES; i++)
    if (idle[i] && deal(e, i, error) != PRODA_OK)
      return PRODA_ERROR;
  return PRODA_OK;
}

static int accept(struct engine *e, struct proda_error *error)
{
  const struct proda_chain_setup *setup = e->setup;
  bool idle[PRODA_LANES] = {false}, any = false;
  for (int i = 0; i < PRODA_LANES; i++) {
    struct slot *slot = &e->slot[i];
    if (!slot->job)
      continue;
    struct proda_evaluation evaluation = evaluate(e, i);
    struct proda_outcome outcome = {0};
    setup->ops->accept(setup->sampler, slot->state, &evaluation, &outcome);
    record(e, slot, &outcome);
    idle[i] = outcome.done;
    any |= outcome.done;
  }
  return any ? close_jobs(e, idle, error) : PRODA_OK;
}

static size_t count_active(const struct engine *e)
{
  size_t n = 0;
  for (int i = 0; i < PRODA_LANES; i++)
    n += e->slot[i].job != NULL;
  return n;
}

static int run(struct engine *e, struct proda_error *error)
{
  for (int i = 0; i < PRODA_LANES; i++)
    if (deal(e, i, error) != PRODA_OK)
      return PRODA_ERROR;
  const struct proda_chain_setup *setup = e->setup;
  for (size_t n; (n = count_active(e)) > 0;) {
    propose(e);
    proda_block_solve(e->block);
    proda_block_observe(e->block, e->setup->observable, e->density);
    if (setup->needs_slopes)
      proda_observation_slopes(e->grid, e->density, e->slope);
    if (accept(e, error) != PRODA_OK)
      return PRODA_ERROR;
    if (setup->step && !setup->step(setup->context, n))
      break;
  }
  return PRODA_OK;
}

int proda_chains_run(const struct proda_chain_setup *setup, const struct proda_chain_source *source,
                     struct proda_error *error)
{
  struct engine e;
  int status = engine_init(&e, setup, source, error);
  if (status == PRODA_OK)
    status = run(&e, error);
  engine_free(&e);
  return status;
}
