/* Plan and steady state against a dense solve by LAPACK, on random structures: any graph, any
 * mixture of transported pools. The dense system is assembled here, straight from dX/dt = 0. */
#include "testing.h"

#include <lapacke.h>

#include <proda/random.h>

#include "matrix/budget.h"
#include "matrix/plan.h"

enum { L = 9, MAX_POOLS = 7, MAX_LINKS = 20 };

struct structure {
  struct proda_manifest manifest;
  const char *pool[MAX_POOLS];
  size_t input[MAX_POOLS];
  bool transported[MAX_POOLS];
  struct proda_channel channel[MAX_POOLS];
  struct proda_transfer transfer[MAX_LINKS];
};

static struct proda_error error;

/* Every pool has one channel; every channel up to three recipients, circles and itself included. */
static void draw_structure(struct proda_random *random, struct structure *s)
{
  static const char *const name[MAX_POOLS] = {"P0", "P1", "P2", "P3", "P4", "P5", "P6"};
  memset(s, 0, sizeof *s);
  size_t n = 1 + proda_random_below(random, MAX_POOLS), n_transfers = 0;
  bool mixed = proda_random_below(random, 2) == 0;
  for (size_t p = 0; p < n; p++) {
    s->pool[p] = name[p];
    s->input[p] = p;
    s->transported[p] = !mixed || proda_random_below(random, 2);
    s->channel[p] = (struct proda_channel){.name = name[p], .donor = p, .linear = true};
    size_t recipients = proda_random_below(random, 3);
    for (size_t k = 0; k < recipients; k++)
      s->transfer[n_transfers++] = (struct proda_transfer){
          .channel = p, .recipient = proda_random_below(random, (uint32_t)n)};
  }
  s->manifest = (struct proda_manifest){
      .name = "random",
      .grid = {.n_layers = L},
      .n_pools = n,
      .n_modifiers = 1,
      .n_inputs = n,
      .n_channels = n,
      .n_transfers = n_transfers,
      .n_losses = 1,
      .pool = s->pool,
      .input = s->input,
      .channel = s->channel,
      .transfer = s->transfer,
      .transported = s->transported,
  };
}

static void fill(struct proda_random *random, lane *x, size_t n, double from, double to)
{
  for (size_t k = 0; k < n; k++)
    for (int i = 0; i < PRODA_LANES; i++)
      x[k][i] = from + (to - from) * proda_random_uniform(random);
}

static lane *lanes(size_t n)
{
  lane *x = aligned_alloc(sizeof(lane), (n + 1) * sizeof(lane));
  assert_non_null(x);
  memset(x, 0, (n + 1) * sizeof(lane));
  return x;
}

/* Terms whose transport conserves carbon on layers of thickness one. */
static struct proda_terms draw_terms(struct proda_random *random, const struct structure *s)
{
  size_t n = s->manifest.n_pools;
  struct proda_terms t = {
      .input = lanes(n * L),
      .rate = lanes(n * L),
      .modifier = lanes(L),
      .fraction = lanes(s->manifest.n_transfers * L),
      .transport = lanes(3 * L),
  };
  fill(random, t.input, n * L, 0, 2);
  fill(random, t.rate, n * L, 0.01, 1);
  fill(random, t.modifier, L, 0.1, 1);
  fill(random, t.fraction, s->manifest.n_transfers * L, 0, 0.49); /* two recipients at most */
  fill(random, t.transport, L, -1, 0);
  for (size_t l = 0; l + 1 < L; l++)
    t.transport[2 * L + l] = t.transport[l + 1];
  for (size_t l = 0; l < L; l++)
    t.transport[L + l] = -((l > 0 ? t.transport[l] : lane_splat(0)) +
                           (l + 1 < L ? t.transport[2 * L + l] : lane_splat(0)));
  return t;
}

static void free_terms(struct proda_terms *t)
{
  free(t->input);
  free(t->rate);
  free(t->modifier);
  free(t->fraction);
  free(t->transport);
}

/* Row-major matrix of lane i: 0 = input - M x. */
static void assemble(const struct structure *s, const struct proda_terms *t, int i, double *m)
{
  size_t n = s->manifest.n_pools * L;
  memset(m, 0, n * n * sizeof *m);
  for (size_t p = 0; p < s->manifest.n_pools; p++)
    for (size_t l = 0; l < L; l++) {
      size_t row = p * L + l;
      m[row * n + row] += t->rate[row][i] * t->modifier[l][i];
      if (!s->transported[p])
        continue;
      m[row * n + row] += t->transport[L + l][i];
      if (l > 0)
        m[row * n + row - 1] += t->transport[l][i];
      if (l + 1 < L)
        m[row * n + row + 1] += t->transport[2 * L + l][i];
    }
  for (size_t k = 0; k < s->manifest.n_transfers; k++)
    for (size_t l = 0; l < L; l++) {
      size_t donor = s->transfer[k].channel * L + l, recipient = s->transfer[k].recipient * L + l;
      m[recipient * n + donor] -= t->fraction[k * L + l][i] * t->rate[donor][i] * t->modifier[l][i];
    }
}

static void check_lane(const struct structure *s, const struct proda_terms *t,
                       const struct proda_steady *steady, const lane *rcond, int i)
{
  size_t n = s->manifest.n_pools * L;
  double *m = malloc(n * n * sizeof *m), x[MAX_POOLS * L], norm, expected_rcond;
  lapack_int pivot[MAX_POOLS * L];
  assert_non_null(m);
  assemble(s, t, i, m);
  for (size_t k = 0; k < n; k++)
    x[k] = t->input[k][i];
  norm = LAPACKE_dlange(LAPACK_ROW_MAJOR, '1', (int)n, (int)n, m, (int)n);
  assert_int_equal(LAPACKE_dgesv(LAPACK_ROW_MAJOR, (int)n, 1, m, (int)n, pivot, x, 1), 0);
  LAPACKE_dgecon(LAPACK_ROW_MAJOR, '1', (int)n, m, (int)n, norm, &expected_rcond);
  for (size_t k = 0; k < n; k++)
    assert_close(steady->pools[k][i], x[k], 1e-11, 0);
  /* LAPACK estimates the norm of the inverse, from below. */
  assert_true((*rcond)[i] <= expected_rcond * (1 + 1e-9));
  assert_true((*rcond)[i] >= expected_rcond * 0.3);
  free(m);
}

static void random_structures_agree_with_lapack(void **state)
{
  (void)state;
  struct proda_random random;
  proda_random_start(&random, 1, 2, 3);
  for (int round = 0; round < 200; round++) {
    struct structure s;
    struct proda_plan *plan = NULL;
    struct proda_steady steady;
    struct proda_budget budget;
    lane rcond, out, area[L];
    for (size_t l = 0; l < L; l++)
      area[l] = lane_splat(1.0);
    draw_structure(&random, &s);
    assert_ok(proda_plan_new(&s.manifest, 0, NULL, &plan, &error), error);
    struct proda_terms terms = draw_terms(&random, &s);
    lane *memory = lanes(proda_steady_size(plan));
    proda_steady_bind(plan, memory, &steady);
    proda_steady_solve(plan, &terms, NULL, &steady);
    proda_steady_rcond(plan, &terms, &steady, &rcond);
    proda_budget_compute(plan, area, &terms, &steady, &budget, &out);
    assert_false(lane_any(proda_budget_open(&budget)));
    for (int i = 0; i < PRODA_LANES; i++) {
      check_lane(&s, &terms, &steady, &rcond, i);
      /* What comes in leaves: conservation, to rounding. */
      assert_close(out[i], budget.input[i], 1e-11, 0);
      assert_close(budget.transport[i], 0, 0, 1e-13 * budget.gross[i]);
    }
    free(memory);
    free_terms(&terms);
    proda_plan_free(plan);
  }
}

/* CWD -> litter -> two pools in a circle: order and grouping as drawn by hand. */
static void components_follow_the_graph(void **state)
{
  (void)state;
  const char *pool[] = {"slow", "litter", "fast", "wood"};
  size_t input[] = {3};
  bool transported[] = {true, true, true, false};
  struct proda_channel channel[] = {{.donor = 0}, {.donor = 1}, {.donor = 2}, {.donor = 3}};
  struct proda_transfer transfer[] = {{.channel = 0, .recipient = 2},
                                      {.channel = 1, .recipient = 2},
                                      {.channel = 2, .recipient = 0},
                                      {.channel = 3, .recipient = 1}};
  struct proda_manifest manifest = {.name = "four",
                                    .grid = {.n_layers = 3},
                                    .n_pools = 4,
                                    .n_inputs = 1,
                                    .n_channels = 4,
                                    .n_transfers = 4,
                                    .n_modifiers = 1,
                                    .pool = pool,
                                    .input = input,
                                    .channel = channel,
                                    .transfer = transfer,
                                    .transported = transported};
  struct proda_plan *plan = NULL;
  assert_ok(proda_plan_new(&manifest, 0, NULL, &plan, &error), error);
  assert_int_equal(plan->n_components, 3);
  assert_int_equal(plan->component[0].pool[0], 3);
  assert_int_equal(plan->component[0].n_transported, 0);
  assert_int_equal(plan->component[1].pool[0], 1);
  assert_int_equal(plan->component[2].n_pools, 2);
  assert_int_equal(plan->component[2].pool[0], 0);
  assert_int_equal(plan->component[2].pool[1], 2);
  assert_int_equal(plan->component[2].n_transported, 2);
  proda_plan_free(plan);
}

/* Food hands carbon to grazers, who hand none back; but they set the rate. */
static void rates_feed_too(void **state)
{
  (void)state;
  const char *pool[] = {"food", "grazers", "dung"};
  bool transported[] = {false, false, false};
  struct proda_channel channel[] = {
      {.donor = 0}, {.donor = 1, .linear = true}, {.donor = 2, .linear = true}};
  struct proda_transfer transfer[] = {{.channel = 0, .recipient = 1},
                                      {.channel = 1, .recipient = 2}};
  struct proda_slope slope[] = {{0, 1}, {0, 0}};
  struct proda_manifest manifest = {.name = "graze",
                                    .grid = {.n_layers = 3},
                                    .n_pools = 3,
                                    .n_channels = 3,
                                    .n_transfers = 2,
                                    .n_modifiers = 1,
                                    .pool = pool,
                                    .channel = channel,
                                    .transfer = transfer,
                                    .transported = transported};
  struct proda_plan *plan = NULL;
  assert_ok(proda_plan_new(&manifest, 0, NULL, &plan, &error), error);
  assert_int_equal(plan->n_components, 3);
  proda_plan_free(plan);
  assert_ok(proda_plan_new(&manifest, 2, slope, &plan, &error), error);
  assert_int_equal(plan->n_components, 2);
  assert_int_equal(plan->component[0].n_pools, 2);
  assert_false(plan->component[0].linear);
  assert_true(plan->component[1].linear);
  assert_int_equal(plan->n_largest, 2);
  proda_plan_free(plan);
  slope[1].channel = 1;
  assert_int_equal(proda_plan_new(&manifest, 2, slope, &plan, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "slope 1"));
}

static void large_circles_are_refused(void **state)
{
  (void)state;
  enum { N = PRODA_MAX_COMPONENT + 1 };
  const char *pool[N];
  bool transported[N] = {false};
  struct proda_channel channel[N];
  struct proda_transfer transfer[N];
  for (size_t p = 0; p < N; p++) {
    pool[p] = "pool";
    channel[p] = (struct proda_channel){.donor = p};
    transfer[p] = (struct proda_transfer){.channel = p, .recipient = (p + 1) % N};
  }
  struct proda_manifest manifest = {.name = "ring",
                                    .grid = {.n_layers = 2},
                                    .n_pools = N,
                                    .n_channels = N,
                                    .n_transfers = N,
                                    .n_modifiers = 1,
                                    .pool = pool,
                                    .channel = channel,
                                    .transfer = transfer,
                                    .transported = transported};
  struct proda_plan *plan = NULL;
  assert_int_equal(proda_plan_new(&manifest, 0, NULL, &plan, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "ring: 9 pools feed each other"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(random_structures_agree_with_lapack),
      cmocka_unit_test(components_follow_the_graph),
      cmocka_unit_test(rates_feed_too),
      cmocka_unit_test(large_circles_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
