/* Closed forms of golden's cards, computed here, against the states of their structures on random
 * draws: those of the manifest's closed form, and those of Newton's method without it. */
#include "cards.h"

#include <proda/random.h>

#include "plugin/prior.h"

static struct proda_error error;
static struct proda_random stream;

/* Random parameters within their priors at a golden site. */
static struct card_case draw(const struct card_host *h, size_t variant)
{
  const struct proda_manifest *m = h->model->manifest;
  struct card_case c = card_case(h, variant, proda_random_below(&stream, CARD_CASES));
  for (size_t p = 0; p < m->n_parameters; p++)
    c.parameter[p] = proda_prior_at(&m->parameter[p].prior, proda_random_uniform(&stream));
  return c;
}

/* golden/mend.md: the state, and whether there is one. */
static bool mend_state(const struct card_host *h, struct card_case *c, size_t kinetics,
                       double *pools)
{
#define AT(name) (*card_at(h, c, #name))
  double inverse = (1 / (AT(temperature) + 273.15) - 1 / 293.15) / 8.314;
  double v_p = AT(V_p) * exp(-AT(Ea_vp) * inverse), v_m = AT(V_m) * exp(-AT(Ea_vm) * inverse);
  double v_d = AT(V_d) * exp(-AT(Ea_vd) * inverse), m_r = AT(m_r) * exp(-AT(Ea_mr) * inverse);
  double half = exp(-AT(Ea_k) * inverse), k_d = AT(K_d) * half;
  double k_ads = AT(K_ads) * exp(-AT(Ea_ads) * inverse);
  double k_des = AT(K_des) * exp(-AT(Ea_des) * inverse);
  double e_c = AT(E_c) - AT(cue_slope) * (AT(temperature) - 20);
  double input = AT(npp) / (AT(bulk_density) * 0.3) / 8760;
  double b = input / ((1 / e_c - 1) * m_r);
  double d = kinetics == 0   ? k_d * m_r / v_d
             : kinetics == 1 ? m_r * (k_d + b) / (v_d + m_r)
                             : m_r * (k_d + b) / v_d;
  double ep = AT(p_ep) * m_r * b / AT(r_ep), em = AT(p_em) * m_r * b / AT(r_em);
  double f2 =
      input * (1 - AT(frac_input_dom)) + (1 - AT(g_d)) * (1 - AT(p_ep) - AT(p_em)) * m_r * b;
  double f3 = (1 - AT(f_d)) * f2;
  pools[0] = AT(K_p) * half * f2 / (v_p * ep - f2);
  pools[1] = AT(K_m) * half * f3 / (v_m * em - f3);
  pools[2] = AT(Q_max) * k_ads * d / (k_des + k_ads * d);
  pools[3] = b;
  pools[4] = d;
  pools[5] = ep;
  pools[6] = em;
  return v_p * ep > f2 && v_m * em > f3 && e_c > 0 && e_c < 1;
}

/* Where there is none, the closed form comes out below 0 and Newton's method finds nothing. */
static void mend_agrees(struct card_host *h, enum proda_solve_status absent)
{
  size_t n_without = 0;
  proda_random_start(&stream, 5, 1, 1);
  for (size_t v = 0; v < h->n_variants; v++)
    for (int round = 0; round < 40; round++) {
      struct card_case c[PRODA_LANES];
      struct proda_block *block = NULL;
      double expected[CARD_MAX_POOLS];
      assert_ok(proda_block_new(card_structure(h, v, 0, CARD_MONTHS), 0, &block, &error), error);
      for (int slot = 0; slot < PRODA_LANES; slot++) {
        c[slot] = draw(h, v);
        card_place(h, &c[slot], block, slot);
      }
      proda_block_solve(block);
      for (int slot = 0; slot < PRODA_LANES; slot++) {
        bool exists = mend_state(h, &c[slot], v, expected);
        assert_int_equal(proda_block_status(block, slot), exists ? PRODA_SOLVED : absent);
        n_without += !exists;
        for (size_t p = 0; p < h->model->manifest->n_pools && exists; p++)
          assert_close(proda_block_pools(block)[p][slot], expected[p], 1e-8, 0);
      }
      proda_block_free(block);
    }
  assert_in_range(n_without, 20, 200);
}

static void mend_by_its_closed_form(void **state)
{
  (void)state;
  struct card_host h, open;
  struct open_form form;
  card_open(&cards[CARD_MEND], &h);
  card_without_closed_form(&h, &form, &open);
  mend_agrees(&h, PRODA_SOLVE_NEGATIVE);
  mend_agrees(&open, PRODA_SOLVE_NO_STATE);
  card_free_structures(&open);
  card_close(&h);
}

/* golden/corpse.md: carbon of the unprotected pools together. */
static double corpse_substrate(const struct card_host *h, struct card_case *c, double *microbes)
{
  static const double gas = 8.314472;
  double kelvin = AT(temperature) + 273.15, theta = AT(water) / AT(porosity);
  double s = AT(substrate_diffusion_exp), g = AT(gas_diffusion_exp), best = s / (s + g);
  double wet = pow(theta / best, s) * pow((1 - theta) / (1 - best), g);
  double inverse = 1 / (gas * kelvin) - 1 / (gas * 293.15), input = AT(npp) / 1000;
  double fast = input * (1 - AT(frac_input_slow)), slow = input * AT(frac_input_slow);
  double necro =
      AT(et) * (AT(eup_fast) * fast + AT(eup_slow) * slow) / (1 - AT(et) * AT(eup_necro));
  double f = (fast / (AT(vmaxref_fast) * exp(-AT(Ea_fast) * inverse)) +
              slow / (AT(vmaxref_slow) * exp(-AT(Ea_slow) * inverse)) +
              necro / (AT(vmaxref_necro) * exp(-AT(Ea_necro) * inverse))) /
             wet;
  double a = AT(Tmic) * necro / AT(et), m = AT(minMicrobeC), b = m * f + AT(kC) * f - a;
  double share = (-b + sqrt(b * b + 4 * a * m * f)) / (2 * a);
  if (b > 0) /* the same root, without cancellation */
    share = 2 * m * f / (b + sqrt(b * b + 4 * a * m * f));
  *microbes = a + m * f / share;
  return f / share;
}
#undef AT

static void corpse_agrees(struct card_host *h)
{
  proda_random_start(&stream, 6, 1, 1);
  for (int round = 0; round < 100; round++) {
    struct card_case c[PRODA_LANES];
    struct proda_block *block = NULL;
    assert_ok(proda_block_new(card_structure(h, 0, 0, CARD_MONTHS), 0, &block, &error), error);
    for (int slot = 0; slot < PRODA_LANES; slot++) {
      c[slot] = draw(h, 0);
      if (slot == 1) /* no carbon enters a pool: it is empty */
        *card_at(h, &c[slot], "prot_slow") = 0;
      card_place(h, &c[slot], block, slot);
    }
    proda_block_solve(block);
    for (int slot = 0; slot < PRODA_LANES; slot++) {
      const lane *x = proda_block_pools(block);
      double microbes, substrate = corpse_substrate(h, &c[slot], &microbes);
      assert_int_equal(proda_block_status(block, slot), PRODA_SOLVED);
      assert_close(x[0][slot] + x[1][slot] + x[2][slot], substrate, 1e-8, 0);
      assert_close(x[6][slot], microbes, 1e-8, 0);
      assert_true(slot != 1 || x[4][slot] == 0);
    }
    proda_block_free(block);
  }
}

static void corpse_by_its_closed_form(void **state)
{
  (void)state;
  struct card_host h, open;
  struct open_form form;
  card_open(&cards[CARD_CORPSE], &h);
  card_without_closed_form(&h, &form, &open);
  corpse_agrees(&h);
  corpse_agrees(&open);
  card_free_structures(&open);
  card_close(&h);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(mend_by_its_closed_form),
      cmocka_unit_test(corpse_by_its_closed_form),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
