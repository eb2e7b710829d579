/* Chains of sites side by side, at the golden sites with COMPAS, whose prior is valid in part only.
 * Expected of the prior: golden/README.md sections 3 and 9 (at the frozen site no draw is usable;
 * colder sites have less of it). What a site's chains do must not depend on its neighbours. */
#include "pipeline/calibrate/chains.h"
#include "pipeline/calibrate/prior_share.h"
#include "scratch.h"
#include "store/digest.h"
#include "store/forcing.h"
#include "stores.h"
#include "yaml/yaml.h"

enum { N_SITES = 16, N_OBS = 6, TRIES = 5 };
enum { RAINFOREST = 0, BOREAL = 5, TUNDRA_040 = 6, TUNDRA_095 = 7, FROZEN = 8, FLAWED = 12 };

/* What became of a site. */
struct end {
  bool seen, no_start;
  char failure[80];
  size_t n_steps, n_refused[PRODA_N_SOLVE_STATUS];
  char digest[PRODA_DIGEST_SIZE]; /* of its draws and densities */
};

struct fixture {
  struct proda_search_path *path;
  struct proda_loaded *model, *sampler;
  struct proda_settings *model_settings;
  struct proda_forcing_file *forcing;
  struct proda_structure *structure;
  struct proda_space *space;
  double *depth, *value; /* [N_SITES][N_OBS] */
  struct proda_observation *observation[N_SITES];
};

static struct proda_error error;

static void read_space(struct fixture *f)
{
  struct proda_experiment *experiment = NULL;
  assert_ok(experiment_read(scratch_path("e.yaml"),
                            "proda: 1\nkind: experiment\nname: e\noutput: /out\ndata: {synth: {}}\n"
                            "structures: [{model: compas}]\ncalibrate: {sampler: s}\n"
                            "train: {emulator: e}\n",
                            &experiment, &error),
            error);
  assert_ok(
      proda_space_new(experiment, experiment->structure, f->model->manifest, &f->space, &error),
      error);
  proda_experiment_free(experiment);
}

static int set_up(void **state)
{
  static const struct proda_experiment_observation how = {
      .at = PRODA_OBSERVE_NODE, .error = PRODA_ERROR_GAUSSIAN, .relative = 0.6};
  const char *forcing = testing_path("data/forcing.nc");
  struct fixture *f = calloc(1, sizeof *f);
  assert_non_null(f);
  assert_int_equal(scratch_setup(state), 0);
  assert_ok(proda_search_path_make(NULL, &f->path, &error), error);
  assert_ok(proda_load(f->path, "compas", PRODA_MODEL, &f->model, &error), error);
  assert_ok(proda_load(f->path, "adaptive_metropolis", PRODA_SAMPLER, &f->sampler, &error), error);
  assert_ok(proda_settings_make(f->model->manifest, NULL, NULL, &f->model_settings, &error), error);
  assert_ok(proda_forcing_open(forcing, f->model->manifest, &f->forcing, &error), error);
  assert_ok(proda_structure_new(f->model, f->model_settings, 12, &f->structure, &error), error);
  read_space(f);
  f->depth = store_read(forcing, "obs_depth", NULL);
  f->value = store_read(forcing, "obs_soc", NULL);
  const struct proda_observing observing = {.settings = &how, .grid = &f->model->manifest->grid};
  for (size_t s = 0; s < N_SITES; s++) {
    const double *depth = f->depth + s * N_OBS;
    struct proda_measured measured = {N_OBS, depth, depth, f->value + s * N_OBS};
    assert_ok(proda_observation_new(&observing, &measured, &f->observation[s], &error), error);
  }
  *state = f;
  return 0;
}

static int tear_down(void **state)
{
  struct fixture *f = *state;
  for (size_t s = 0; s < N_SITES; s++)
    proda_observation_free(f->observation[s]);
  free(f->depth);
  free(f->value);
  proda_space_free(f->space);
  proda_structure_free(f->structure);
  proda_forcing_close(f->forcing);
  proda_settings_free(f->model_settings);
  proda_loaded_free(f->sampler);
  proda_loaded_free(f->model);
  proda_search_path_free(f->path);
  free(f);
  return scratch_teardown(state);
}

/* Sites in an order, and what became of them. */
struct source {
  const struct fixture *f;
  const size_t *order;
  size_t n, next, flawed;
  const double *driver[N_SITES][16];
  struct end *end; /* [N_SITES] */
};

static int next_site(void *context, struct proda_chain_site *site, bool *given,
                     struct proda_error *e)
{
  struct source *source = context;
  (void)e;
  *given = source->next < source->n;
  if (!*given)
    return PRODA_OK;
  size_t s = source->order[source->next++];
  assert_true(source->f->model->manifest->n_drivers <= 16);
  proda_forcing_site(source->f->forcing, s, source->driver[s]);
  *site = (struct proda_chain_site){.index = s,
                                    .key = s,
                                    .forcing = {.driver = source->driver[s]},
                                    .observation = source->f->observation[s],
                                    .flaw = s == source->flawed ? "it is flawed" : NULL};
  return PRODA_OK;
}

static int finish_site(void *context, const struct proda_chains *chains, struct proda_error *e)
{
  struct source *source = context;
  struct end *end = &source->end[chains->site->index];
  struct proda_digest *digest = proda_digest_new();
  (void)e;
  assert_false(end->seen);
  *end = (struct end){.seen = true, .no_start = chains->end == PRODA_SITE_NO_VALID_START};
  snprintf(end->failure, sizeof end->failure, "%s", chains->failure ? chains->failure : "");
  memcpy(end->n_refused, chains->n_refused, sizeof end->n_refused);
  for (size_t c = 0; c < chains->n_chains; c++) {
    size_t at = c * chains->capacity, n = chains->n_draws[c];
    end->n_steps += chains->n_steps[c];
    proda_digest_bytes(digest, &chains->n_accepted[c], sizeof(size_t));
    proda_digest_bytes(digest, chains->draw + at * chains->n_free,
                       n * chains->n_free * sizeof(double));
    proda_digest_bytes(digest, chains->log_density + at, n * sizeof(double));
  }
  proda_digest_finish(digest, end->digest);
  return PRODA_OK;
}

/* Lanes in use, seen by the sampler between the functions of which it is called: a step proposes on
 * every lane in use, then accepts. */
static struct lanes {
  const struct proda_sampler_ops *ops;
  const struct source *source;
  size_t n_proposed, n_steps,
      n_idle; /* lanes of this step; steps with sites left, idle lanes then */
} lanes;

static void propose_and_count(const void *sampler, void *walker, double *x)
{
  lanes.n_proposed++;
  lanes.ops->propose(sampler, walker, x);
}

static void accept_and_count(const void *sampler, void *walker,
                             const struct proda_evaluation *evaluation,
                             struct proda_outcome *outcome)
{
  if (lanes.n_proposed > 0 && lanes.source->next < lanes.source->n) {
    lanes.n_steps++;
    lanes.n_idle += PRODA_LANES - lanes.n_proposed;
  }
  lanes.n_proposed = 0;
  lanes.ops->accept(sampler, walker, evaluation, outcome);
}

/* Runs n sites in an order with these settings of the sampler. */
static void run(const struct fixture *f, const char *settings, const size_t *order, size_t n,
                struct end *end)
{
  struct proda_yaml *document = NULL;
  struct proda_settings *value = NULL;
  const struct proda_sampler_ops *ops = f->sampler->plugin->ops;
  struct proda_prior prior[f->space->n_free];
  const struct proda_target target = {f->space->n_free, prior};
  struct source source = {.f = f, .order = order, .n = n, .flawed = FLAWED, .end = end};
  const struct proda_chain_source functions = {next_site, finish_site, &source};
  struct proda_sampler_ops counted = *ops;
  void *sampler = NULL;
  counted.propose = propose_and_count;
  counted.accept = accept_and_count;
  lanes = (struct lanes){.ops = ops, .source = &source};
  memset(end, 0, N_SITES * sizeof *end);
  for (size_t k = 0; k < f->space->n_free; k++)
    prior[k] = proda_space_coordinate(f->space, k);
  assert_ok(proda_yaml_parse("settings", settings, strlen(settings), &document, &error), error);
  assert_ok(proda_settings_make(f->sampler->manifest, document, proda_yaml_root(document), &value,
                                &error),
            error);
  assert_ok(ops->create(&target, value->value, &sampler, &error), error);
  const struct proda_chain_setup setup = {.structure = f->structure,
                                          .space = f->space,
                                          .ops = &counted,
                                          .sampler = sampler,
                                          .reject_near_singular = true,
                                          .needs_slopes = true,
                                          .seed = 5};
  assert_ok(proda_chains_run(&setup, &functions, &error), error);
  ops->destroy(sampler);
  proda_settings_free(value);
  proda_yaml_free(document);
}

static size_t refused(const struct end *end)
{
  size_t sum = 0;
  for (int status = 1; status < PRODA_N_SOLVE_STATUS; status++)
    sum += end->n_refused[status];
  return sum;
}

static void sites_end_in_their_ways(void **state)
{
  const size_t order[] = {RAINFOREST, FLAWED, FROZEN, BOREAL};
  struct end end[N_SITES];
  run(*state, "{test_run: 300, formal_run: 600, start_tries: 200}", order, 4, end);
  assert_true(end[FROZEN].no_start);
  assert_string_equal(end[FROZEN].failure, "no valid start after 200 draws");
  /* The search of one walker, and nothing after it. */
  assert_int_equal(end[FROZEN].n_steps, 200);
  assert_int_equal(refused(&end[FROZEN]), 200);
  assert_true(end[RAINFOREST].seen && !end[RAINFOREST].no_start && !end[RAINFOREST].failure[0]);
  assert_true(end[RAINFOREST].n_steps > 3 * 900 && refused(&end[RAINFOREST]) > 0);
  assert_int_equal(end[RAINFOREST].n_refused[PRODA_SOLVED], 0);
  assert_string_equal(end[FLAWED].failure, "it is flawed");
  assert_true(!end[FLAWED].no_start && end[FLAWED].n_steps == 0 && refused(&end[FLAWED]) == 0);
}

static void assert_same(const struct end *a, const struct end *b)
{
  assert_int_equal(a->no_start, b->no_start);
  assert_string_equal(a->failure, b->failure);
  assert_int_equal(a->n_steps, b->n_steps);
  assert_memory_equal(a->n_refused, b->n_refused, sizeof a->n_refused);
  assert_string_equal(a->digest, b->digest);
}

/* So few tries that some sites start with all their walkers, some with none, some with a part. */
static void neighbours_do_not_matter(void **state)
{
  static const char settings[] = "{chains: 5, test_run: 100, formal_run: 200, start_tries: 5}";
  size_t forward[N_SITES], backward[N_SITES], started = 0, stopped = 0;
  struct end together[N_SITES], turned[N_SITES], alone[N_SITES];
  for (size_t s = 0; s < N_SITES; s++) {
    forward[s] = s;
    backward[s] = N_SITES - 1 - s;
  }
  run(*state, settings, forward, N_SITES, together);
  run(*state, settings, backward, N_SITES, turned);
  for (size_t s = 0; s < N_SITES; s++) {
    run(*state, settings, &s, 1, alone);
    assert_same(&together[s], &alone[s]);
    assert_same(&together[s], &turned[s]);
    started += !alone[s].failure[0];
    stopped += alone[s].no_start;
    assert_true(!alone[s].no_start || alone[s].n_steps == TRIES);
  }
  assert_true(started >= 3 && stopped >= 3);
}

/* A walker that is done, whether at its end or because its site found no start, leaves its lane to
 * the next one, of the same site or of another, before the next step: as long as there are sites,
 * every step uses all lanes. */
static void no_lane_is_idle(void **state)
{
  static const char settings[] = "{chains: 3, test_run: 100, formal_run: 200, start_tries: 5}";
  size_t order[N_SITES];
  struct end end[N_SITES];
  for (size_t s = 0; s < N_SITES; s++)
    order[s] = s;
  run(*state, settings, order, N_SITES, end);
  assert_in_range(lanes.n_steps, 300, 100000);
  assert_int_equal(lanes.n_idle, 0);
}

static void paper_starts_at_one_point(void **state)
{
  const size_t order[] = {RAINFOREST, FROZEN};
  struct end end[N_SITES];
  run(*state, "{mode: paper, test_run: 300, formal_run: 600, paper_adapt_after: 200}", order, 2,
      end);
  assert_true(end[FROZEN].no_start);
  assert_string_equal(end[FROZEN].failure, "the point where chains start has no valid answer");
  assert_int_equal(end[FROZEN].n_steps, 1);
  assert_false(end[RAINFOREST].no_start);
}

static double share_at(const struct fixture *f, size_t site, uint64_t seed)
{
  struct proda_block *block = NULL;
  const double *driver[16];
  struct proda_forcing forcing = {.driver = driver};
  assert_ok(proda_block_new(f->structure, 0, &block, &error), error);
  proda_forcing_site(f->forcing, site, driver);
  for (int i = 0; i < PRODA_LANES; i++)
    assert_ok(proda_block_attach(block, i, &forcing, &error), error);
  double share = proda_prior_valid_share(f->space, block, seed, site);
  assert_close(proda_prior_valid_share(f->space, block, seed, site), share, 0, 0);
  proda_block_free(block);
  return share;
}

static void prior_shrinks_with_cold(void **state)
{
  const struct fixture *f = *state;
  double share[N_SITES];
  for (size_t s = 0; s < N_SITES; s++) {
    share[s] = share_at(f, s, 1);
    /* another seed's draws: apart by no more than two shares of 256 draws are */
    double other = share_at(f, s, 2);
    assert_close(other, share[s], 0, 5 * sqrt(2 * 0.25 / PRODA_PRIOR_DRAWS));
  }
  assert_close(share[FROZEN], 0, 0, 0);
  for (size_t s = 0; s < N_SITES; s++) /* 2 to 48 % in another sample */
    assert_true(s == FROZEN ||
                (share[s] > 0 && share[s] < 0.48 + 4 * 0.5 / sqrt(PRODA_PRIOR_DRAWS)));
  assert_true(share[TUNDRA_040] < share[BOREAL] && share[TUNDRA_095] < share[BOREAL]);
  assert_true(share[BOREAL] < share[RAINFOREST]);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sites_end_in_their_ways), cmocka_unit_test(neighbours_do_not_matter),
      cmocka_unit_test(no_lane_is_idle),         cmocka_unit_test(paper_starts_at_one_point),
      cmocka_unit_test(prior_shrinks_with_cold),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
