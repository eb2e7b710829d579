/* What Newton's method makes of structures whose states are known: `bistable` has three, of which
 * one is not stable; `column` mixes its nonlinear pools through twenty layers. And the slopes of
 * all structures of this folder against differences of their rates. */
#include "instance.h"

#include <proda/random.h>

#include "balance.h"
#include "plugin/prior.h"

static struct proda_error error;
static struct proda_random stream;

static const struct proda_structure *open_plain(int card, struct card_host *h)
{
  card_open(&cards[card], h);
  return card_structure(h, 0, 0, CARD_MONTHS);
}

/* ---- three states ---- */

static void three_states(void **state)
{
  (void)state;
  struct card_host h;
  const struct proda_structure *structure = open_plain(CARD_BISTABLE, &h);
  struct card_case c = {{6}, {1, 1}, {{0}}};
  struct proda_block *several = card_solve(&h, structure, &c, PRODA_WANT_SEVERAL);
  struct proda_block *one = card_solve(&h, structure, &c, PRODA_WANT_STABILITY);
  double x = proda_block_pools(one)[0][0];
  assert_int_equal(proda_block_status(several, 0), PRODA_SOLVE_SEVERAL);
  assert_close(proda_block_pools(several)[0][0], x, 0, 0); /* the first stays */
  assert_close(x, round(x), 1e-12, 0);
  assert_in_range((int)round(x), 1, 3);
  /* d/dx of -x (1 + 10 / (1 + x^2)) at 1, 2, 3 */
  static const double growth[] = {-1, 0.2, -0.2};
  assert_close(proda_block_growth(one, 0), growth[(int)round(x) - 1], 1e-9, 0);
  assert_int_equal(proda_block_status(one, 0),
                   (int)round(x) == 2 ? PRODA_SOLVE_UNSTABLE : PRODA_SOLVED);
  proda_block_free(several);
  proda_block_free(one);
  card_close(&h);
}

/* With more or less input one state is left, to which all starts lead. */
static void one_state(void **state)
{
  (void)state;
  struct card_host h;
  const struct proda_structure *structure = open_plain(CARD_BISTABLE, &h);
  static const double input[] = {0.01, 1, 4, 8, 100, 1e6};
  for (size_t k = 0; k < sizeof input / sizeof *input; k++) {
    struct card_case c = {{input[k]}, {1, 1}, {{0}}};
    struct proda_block *block =
        card_solve(&h, structure, &c, PRODA_WANT_SEVERAL | PRODA_WANT_STABILITY);
    double x = proda_block_pools(block)[0][0];
    assert_int_equal(proda_block_status(block, 0), PRODA_SOLVED);
    assert_close(x * (1 + 10 / (1 + x * x)), input[k], 1e-12, 0);
    proda_block_free(block);
  }
  card_close(&h);
}

/* The same in other units: nothing has a scale of its own. */
static void units_do_not_matter(void **state)
{
  (void)state;
  struct card_host h;
  const struct proda_structure *structure = open_plain(CARD_BISTABLE, &h);
  for (double unit = 1e-30; unit < 1e31; unit *= 1e10) {
    struct card_case c = {{8 * unit * 1e-5}, {1e-5, unit}, {{0}}};
    struct proda_block *block = card_solve(&h, structure, &c, PRODA_WANT_SEVERAL);
    double x = proda_block_pools(block)[0][0] / unit;
    assert_int_equal(proda_block_status(block, 0), PRODA_SOLVED);
    assert_close(x * (1 + 10 / (1 + x * x)), 8, 1e-12, 0);
    proda_block_free(block);
  }
  card_close(&h);
}

/* No input: an empty pool is the state. */
static void nothing_enters(void **state)
{
  (void)state;
  struct card_host h;
  const struct proda_structure *structure = open_plain(CARD_BISTABLE, &h);
  struct card_case c = {{0}, {1, 1}, {{0}}};
  struct proda_block *block = card_solve(&h, structure, &c, PRODA_WANT_STABILITY);
  assert_int_equal(proda_block_status(block, 0), PRODA_SOLVED);
  assert_close(proda_block_pools(block)[0][0], 0, 0, 0);
  assert_close(proda_block_growth(block, 0), -11, 1e-12, 0);
  proda_block_free(block);
  card_close(&h);
}

/* ---- a mixed column ---- */

static struct card_case draw(const struct card_host *h, double input)
{
  const struct proda_manifest *m = h->model->manifest;
  struct card_case c = {{input}, {0}, {{0}}};
  for (size_t p = 0; p < m->n_parameters; p++)
    c.parameter[p] = proda_prior_at(&m->parameter[p].prior, proda_random_uniform(&stream));
  return c;
}

static void mixed_columns(void **state)
{
  (void)state;
  struct card_host h;
  const struct proda_structure *structure = open_plain(CARD_COLUMN, &h);
  const struct proda_manifest *m = h.model->manifest;
  struct proda_block *block = NULL;
  size_t n_without = 0, n_missed = 0;
  proda_random_start(&stream, 7, 1, 1);
  assert_ok(proda_block_new(structure, PRODA_WANT_BALANCE, &block, &error), error);
  for (int round = 0; round < 40; round++) {
    struct card_case c[PRODA_LANES];
    for (int slot = 0; slot < PRODA_LANES; slot++) {
      c[slot] = draw(&h, 0.5 + proda_random_uniform(&stream));
      card_place(&h, &c[slot], block, slot);
    }
    proda_block_solve(block);
    for (int slot = 0; slot < PRODA_LANES; slot++) {
      /* Whatever they eat, microbes grow at most by efficiency v_uptake. */
      bool exists = *card_at(&h, &c[slot], "efficiency") * *card_at(&h, &c[slot], "v_uptake") >
                    *card_at(&h, &c[slot], "k_death");
      n_without += !exists;
      if (!exists) {
        assert_int_equal(proda_block_status(block, slot), PRODA_SOLVE_NO_STATE);
        continue;
      }
      if (proda_block_status(block, slot) == PRODA_SOLVE_NO_STATE) {
        n_missed++;
        continue;
      }
      assert_int_equal(proda_block_status(block, slot), PRODA_SOLVED);
      assert_close(proda_block_balance(block, slot), 1, 1e-9, 0);
      for (size_t p = 0; p < m->n_pools; p++)
        for (size_t l = 0; l < m->grid.n_layers; l++) {
          struct proda_change b =
              proda_change_of(m, proda_block_terms(block), proda_block_pools(block), p, l, slot);
          assert_true(fabs(b.change) <= 1e-11 * b.gross);
          assert_true(proda_block_pools(block)[p * m->grid.n_layers + l][slot] > 0);
        }
    }
  }
  assert_in_range(n_without, 1, 100);
  assert_true(n_missed <= 1); /* of 320 */
  proda_block_free(block);
  card_close(&h);
}

/* ---- slopes ---- */

static lane rate_at(const struct instance *s, size_t channel, size_t l)
{
  instance_rates(s);
  return s->terms.rate[channel * s->m->grid.n_layers + l];
}

/* Fourth-order central difference of the rate by the pool's logarithm, to 1e-7 of rate and slope.
 */
static void slopes_of(struct instance *s, const struct proda_slope *of, const lane *slope, size_t l)
{
  static const double h = 1e-3, weight[] = {1, -8, 8, -1}, place[] = {-2, -1, 1, 2};
  lane *pool = &s->pools[of->pool * s->m->grid.n_layers + l], kept = *pool;
  lane difference = lane_splat(0), rate = rate_at(s, of->channel, l);
  for (int k = 0; k < 4; k++) {
    *pool = kept * exp(place[k] * h);
    difference += weight[k] * rate_at(s, of->channel, l);
  }
  *pool = kept;
  for (int i = 0; i < PRODA_LANES; i++)
    assert_close(slope[l][i] * kept[i], difference[i] / (12 * h), 1e-7, 1e-9 * fabs(rate[i]));
}

static void slopes_are_derivatives(void **state)
{
  (void)state;
  proda_random_start(&stream, 8, 1, 1);
  for (int k = 0; k < N_ALL_CARDS; k++) {
    struct card_host h;
    card_open(&cards[k], &h);
    size_t L = h.model->manifest->grid.n_layers;
    for (size_t v = 0; v < h.n_variants; v++)
      for (size_t i = 0; i < (cards[k].file ? 3 : 1); i++) {
        struct instance s;
        char text[CARD_SETTINGS];
        struct card_case c = cards[k].file ? card_case(&h, v, i) : draw(&h, 1);
        instance_make(&h, &c, card_settings(&h, v, i, text), &s);
        for (size_t p = 0; p < h.model->manifest->n_pools * L; p++)
          for (int slot = 0; slot < PRODA_LANES; slot++)
            s.pools[p][slot] = pow(10, 4 * proda_random_uniform(&stream) - 2);
        instance_slopes(&s);
        for (size_t n = 0; n < s.n_slopes; n++)
          for (size_t l = 0; l < L; l++)
            slopes_of(&s, &s.nonlinear->slope_of[n], s.slope + n * L, l);
        instance_free(&s);
      }
    card_close(&h);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(three_states),        cmocka_unit_test(one_state),
      cmocka_unit_test(units_do_not_matter), cmocka_unit_test(nothing_enters),
      cmocka_unit_test(mixed_columns),       cmocka_unit_test(slopes_are_derivatives),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
