/* What <proda/sampler.h> promises, asked of every sampler on the plugin path, at its default
 * settings and at every choice of each setting that offers some. */
#include "every.h"

#include <proda/sampler.h>

#include "store/digest.h"

enum { D = 4, STEPS = 4000, POISON = 0x5a };

static struct proda_error error;

static const struct proda_prior box[D] = {
    {PRODA_PRIOR_UNIFORM, 0, 1, NAN, NAN},
    {PRODA_PRIOR_UNIFORM, -5, 10, NAN, NAN},
    {PRODA_PRIOR_UNIFORM, 1e-6, 1e-3, NAN, NAN},
    {PRODA_PRIOR_UNIFORM, 100, 1000, NAN, NAN},
};
static const struct proda_prior mixed[D] = {
    {PRODA_PRIOR_UNIFORM, 0, 1, NAN, NAN},
    {PRODA_PRIOR_NORMAL, -INFINITY, INFINITY, 2, 3},
    {PRODA_PRIOR_NORMAL, 0, INFINITY, 1e-4, 1e-4},
    {PRODA_PRIOR_NORMAL, 100, 1000, 500, 200},
};

/* A sampler, its target, and what a walker's steps amount to. */
struct subject {
  const struct proda_sampler_ops *ops;
  void *sampler;
  const struct proda_prior *prior;
  size_t size, n_chains, n_draws;
};

struct journey {
  struct proda_digest *digest; /* of every proposal and outcome */
  size_t kept, steps;
  bool done;
};

/* A Gaussian that has no valid answer in a corner. */
static struct proda_evaluation evaluate(const struct subject *s, const double *x)
{
  struct proda_evaluation answer = {.status = PRODA_OK};
  double width[D] = {1, 15, 1e-3, 900};
  for (size_t p = 0; p < D; p++) {
    double z = (x[p] - s->prior[p].lower) / width[p];
    if (isinf(s->prior[p].lower))
      z = x[p] / width[p];
    answer.log_density -= 20 * (z - 0.4) * (z - 0.4);
  }
  if (x[0] < 0.2 && x[3] < 300)
    answer.status = PRODA_REJECT;
  return answer;
}

static void assert_inside(const struct subject *s, const double *x)
{
  for (size_t p = 0; p < D; p++)
    assert_true(isfinite(x[p]) && x[p] >= s->prior[p].lower && x[p] <= s->prior[p].upper);
}

static void start(const struct subject *s, struct proda_walker_key key, void *walker,
                  struct journey *j)
{
  *j = (struct journey){.digest = proda_digest_new()};
  assert_non_null(j->digest);
  memset(walker, POISON, s->size);
  s->ops->start(s->sampler, &key, walker);
}

static void step(const struct subject *s, void *walker, struct journey *j)
{
  double x[D], current[D];
  struct proda_outcome outcome;
  if (j->done)
    return;
  memset(&outcome, 0, sizeof outcome);
  s->ops->propose(s->sampler, walker, x);
  assert_inside(s, x);
  struct proda_evaluation answer = evaluate(s, x);
  s->ops->accept(s->sampler, walker, &answer, &outcome);
  assert_true(outcome.chain < s->n_chains);
  assert_true(!outcome.accepted || answer.status == PRODA_OK || outcome.done);
  j->kept = (outcome.discard_chain ? 0 : j->kept) + outcome.keep;
  if (outcome.keep) {
    s->ops->current(s->sampler, walker, current);
    assert_inside(s, current);
    if (outcome.accepted)
      assert_memory_equal(current, x, sizeof x);
    proda_digest_bytes(j->digest, current, sizeof current);
  }
  j->done = outcome.done;
  j->steps++;
  unsigned char what[] = {outcome.keep, outcome.accepted, outcome.discard_chain, outcome.done};
  proda_digest_bytes(j->digest, x, sizeof x);
  proda_digest_bytes(j->digest, what, sizeof what);
}

static void *walker_new(const struct subject *s)
{
  void *walker = aligned_alloc(64, s->size);
  assert_non_null(walker);
  return walker;
}

/* A walker alone, without a break. */
static void go(const struct subject *s, struct proda_walker_key key, char out[PRODA_DIGEST_SIZE])
{
  struct journey j;
  void *walker = walker_new(s);
  start(s, key, walker, &j);
  for (size_t n = 0; n < STEPS; n++)
    step(s, walker, &j);
  proda_digest_finish(j.digest, out);
  free(walker);
}

static void keys_decide(const struct subject *s)
{
  char first[PRODA_DIGEST_SIZE], again[PRODA_DIGEST_SIZE], other[PRODA_DIGEST_SIZE];
  go(s, (struct proda_walker_key){1, 2, 0}, first);
  go(s, (struct proda_walker_key){1, 2, 0}, again);
  assert_string_equal(first, again);
  go(s, (struct proda_walker_key){2, 2, 0}, other);
  assert_string_not_equal(first, other);
  go(s, (struct proda_walker_key){1, 3, 0}, other);
  assert_string_not_equal(first, other);
  if (s->ops->n_walkers(s->sampler) > 1) {
    go(s, (struct proda_walker_key){1, 2, 1}, other);
    assert_string_not_equal(first, other);
  }
}

/* The state is moved by memcpy after every step, to an address with the least alignment, and the
 * old one destroyed. */
static void state_may_be_moved(const struct subject *s)
{
  char expected[PRODA_DIGEST_SIZE], moved[PRODA_DIGEST_SIZE];
  struct journey j;
  char *memory = aligned_alloc(64, 2 * s->size + 64), *walker = memory;
  assert_non_null(memory);
  go(s, (struct proda_walker_key){5, 6, 0}, expected);
  start(s, (struct proda_walker_key){5, 6, 0}, walker, &j);
  for (size_t n = 0; n < STEPS; n++) {
    char *next = walker == memory ? memory + s->size + 16 : memory;
    step(s, walker, &j);
    memcpy(next, walker, s->size);
    memset(walker, POISON, s->size);
    walker = next;
  }
  proda_digest_finish(j.digest, moved);
  assert_string_equal(moved, expected);
  free(memory);
}

/* Walkers that take turns go where they would go alone. */
static void order_does_not_matter(const struct subject *s)
{
  enum { N = 3 };
  struct journey j[N];
  void *walker[N];
  for (uint32_t i = 0; i < N; i++) {
    walker[i] = walker_new(s);
    start(s, (struct proda_walker_key){7, i, 0}, walker[i], &j[i]);
  }
  for (size_t n = 0; n < STEPS; n++)
    for (size_t i = 0; i < N; i++)
      step(s, walker[(i + n) % N], &j[(i + n) % N]);
  for (uint32_t i = 0; i < N; i++) {
    char alone[PRODA_DIGEST_SIZE], among[PRODA_DIGEST_SIZE];
    proda_digest_finish(j[i].digest, among);
    go(s, (struct proda_walker_key){7, i, 0}, alone);
    assert_string_equal(among, alone);
    free(walker[i]);
  }
}

/* To the end: no more draws than promised, and what is dropped of them was there. */
static void ends_within_its_word(const struct subject *s)
{
  struct journey j;
  void *walker = walker_new(s);
  size_t most = 100 * (s->n_draws + 1000) * s->n_chains;
  start(s, (struct proda_walker_key){9, 9, 0}, walker, &j);
  while (!j.done && j.steps < most)
    step(s, walker, &j);
  assert_true(j.done);
  assert_true(j.kept > 0 && j.kept <= s->n_draws * s->n_chains);
  assert_true(s->ops->discard(s->sampler, s->n_draws) < s->n_draws);
  assert_int_equal(s->ops->discard(s->sampler, 0), 0);
  proda_digest_finish(j.digest, NULL);
  free(walker);
}

/* A sampler may refuse the mixed priors, with a message. */
static void check_target(const struct proda_sampler_ops *ops, const struct proda_settings *settings,
                         const struct proda_prior *prior)
{
  const struct proda_target target = {D, prior};
  struct subject s = {.ops = ops, .prior = prior};
  error.message[0] = '\0';
  int status = ops->create(&target, settings->value, &s.sampler, &error);
  if (status == PRODA_ERROR && prior == mixed) {
    assert_true(error.message[0] != '\0');
    return;
  }
  assert_ok(status, error);
  s.size = ops->walker_size(s.sampler);
  s.n_chains = ops->n_chains(s.sampler);
  s.n_draws = ops->n_draws(s.sampler);
  assert_true(s.size > 0 && s.size % 64 == 0 && s.n_draws > 0);
  assert_true(s.n_chains > 0 && ops->n_walkers(s.sampler) > 0);
  assert_null(ops->extension(s.sampler, "no such extension"));
  keys_decide(&s);
  state_may_be_moved(&s);
  order_does_not_matter(&s);
  ends_within_its_word(&s);
  ops->destroy(s.sampler);
}

static void check_sampler(const struct proda_loaded *loaded, const struct proda_settings *settings)
{
  const struct proda_sampler_ops *ops = loaded->plugin->ops;
  assert_true(ops->size >= sizeof *ops);
  check_target(ops, settings, box);
  check_target(ops, settings, mixed);
  for (size_t i = 0; i < loaded->manifest->n_settings; i++) {
    const struct proda_setting_spec *spec = &loaded->manifest->setting[i];
    struct proda_setting saved = settings->value[i];
    for (size_t c = 0; c < spec->n_choices; c++) {
      double choice = (double)c;
      print_message("  %s: %s\n", spec->name, spec->choice[c]);
      settings->value[i] = (struct proda_setting){1, &choice};
      check_target(ops, settings, box);
      check_target(ops, settings, mixed);
    }
    settings->value[i] = saved;
  }
}

static void test_every_sampler(void **state)
{
  (void)state;
  check_every(PRODA_SAMPLER, check_sampler);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_sampler),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
