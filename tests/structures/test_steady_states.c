/* Steady states of structures that are not linear: Millennial V2, MIMICS, CORPSE and MEND at the
 * cases of golden's cards, by Newton's method and, where they have one, by their closed form; the
 * properties and outcomes that the cards name. */
#include "cards.h"

#include "balance.h"

static struct proda_error error;

/* ---- golden's cases ---- */

/* |dX/dt| of the state over the input. */
static double residual(const struct card_host *h, const struct proda_block *block, int slot)
{
  const struct proda_manifest *m = h->model->manifest;
  const struct proda_terms *t = proda_block_terms(block);
  double input = 0, largest = 0;
  for (size_t k = 0; k < m->n_inputs; k++)
    input += t->input[k][slot];
  for (size_t p = 0; p < m->n_pools; p++) {
    struct proda_change b = proda_change_of(m, t, proda_block_pools(block), p, 0, slot);
    largest = fmax(largest, fabs(b.change));
  }
  return largest / input;
}

/* What golden's fluxes per pool unit are per area: gC m-2 is, mgC cm-3 in 0.3 m, kgC m-2, mgC g-1
 * in 0.3 m of that bulk density (kg m-3). */
static double per_area(const struct card_host *h, struct card_case *c)
{
  const char *unit = h->model->manifest->unit;
  return strcmp(unit, "gC m-2") == 0     ? 1
         : strcmp(unit, "mgC cm-3") == 0 ? 300
         : strcmp(unit, "kgC m-2") == 0  ? 1000
                                         : 0.3 * *card_at(h, c, "bulk_density");
}

/* Of the carbon that enters as much leaves as CO2 as golden says, and else as is named. */
static void losses_agree(struct card_host *h, const struct proda_block *block, struct card_case *c,
                         const double *co2, const double *leaching)
{
  const struct proda_manifest *m = h->model->manifest;
  struct proda_budget budget;
  lane loss[m->n_losses];
  double sum = 0;
  proda_block_budget(block, &budget, loss);
  assert_string_equal(m->loss[0].name, "CO2");
  assert_close(loss[0][0], *co2 * per_area(h, c), 1e-10, 0);
  assert_int_equal(m->n_losses, leaching ? 2 : 1);
  if (leaching) {
    assert_string_equal(m->loss[1].name, "leaching");
    assert_close(loss[1][0], *leaching * per_area(h, c), 1e-10, 0);
  }
  for (size_t k = 0; k < m->n_losses; k++)
    sum += loss[k][0];
  assert_close(sum, budget.input[0], 1e-12, 0);
  assert_close(budget.change[0], 0, 0, 1e-12 * budget.input[0]);
  assert_close(budget.transport[0], 0, 0, 0);
  assert_budget_closes(block, 0);
}

static void states_agree(struct card_host *h)
{
  double *expected = card_read(h, "ss_pools"), *growth = card_read(h, "ss_eig_max_real");
  double *co2 = card_read(h, "ss_co2"), *leaching = NULL;
  if (proda_nc_has(h->file, "ss_leach"))
    leaching = card_read(h, "ss_leach");
  size_t n = h->model->manifest->n_pools;
  for (size_t v = 0; v < h->n_variants; v++)
    for (size_t i = 0; i < CARD_CASES; i++) {
      size_t row = v * CARD_CASES + i;
      struct card_case c = card_case(h, v, i);
      struct proda_block *block =
          card_solve(h, card_structure(h, v, i, CARD_MONTHS), &c,
                     PRODA_WANT_BALANCE | PRODA_WANT_STABILITY | PRODA_WANT_SEVERAL);
      assert_int_equal(proda_block_status(block, 0), PRODA_SOLVED);
      for (size_t p = 0; p < n; p++)
        assert_close(proda_block_pools(block)[p][0], expected[row * n + p], 1e-10, 0);
      assert_close(proda_block_balance(block, 0), 1, 1e-13, 0);
      assert_close(proda_block_growth(block, 0), growth[row], 1e-6, 0);
      assert_true(residual(h, block, 0) < 1e-12);
      losses_agree(h, block, &c, &co2[row], leaching ? &leaching[row] : NULL);
      proda_block_free(block);
    }
  free(expected);
  free(growth);
  free(co2);
  free(leaching);
}

static void golden_states(void **state)
{
  (void)state;
  for (int k = 0; k < N_CARDS; k++) {
    struct card_host h, open;
    struct open_form form;
    print_message("%s\n", cards[k].model);
    card_open(&cards[k], &h);
    states_agree(&h);
    card_without_closed_form(&h, &form, &open);
    if (h.model->manifest->n_steady > 0)
      states_agree(&open);
    card_free_structures(&open);
    card_close(&h);
  }
}

/* Eight cases side by side, a hopeless one among them, give the bits of each alone. */
static void lanes_are_independent(void **state)
{
  (void)state;
  for (int k = 0; k < N_CARDS; k++) {
    struct card_host h;
    struct proda_block *together = NULL;
    card_open(&cards[k], &h);
    const struct proda_structure *structure = card_structure(&h, 0, 0, CARD_MONTHS);
    assert_ok(proda_block_new(structure, PRODA_WANT_SEVERAL, &together, &error), error);
    struct card_case c[PRODA_LANES];
    for (int slot = 0; slot < PRODA_LANES; slot++) {
      c[slot] = card_case(&h, 0, (size_t)slot * 3);
      if (slot == 2)
        for (size_t p = 0; p < h.model->manifest->n_parameters; p++)
          c[slot].parameter[p] = NAN;
      card_place(&h, &c[slot], together, slot);
    }
    proda_block_solve(together);
    for (int slot = 0; slot < PRODA_LANES; slot++) {
      struct proda_block *alone = card_solve(&h, structure, &c[slot], PRODA_WANT_SEVERAL);
      assert_int_equal(proda_block_status(together, slot), proda_block_status(alone, 5));
      for (size_t p = 0; p < h.model->manifest->n_pools; p++) {
        double x = proda_block_pools(together)[p][slot], y = proda_block_pools(alone)[p][5];
        assert_true(slot == 2 ? isnan(x) || x == 0 : x == y);
      }
      proda_block_free(alone);
    }
    proda_block_free(together);
    card_close(&h);
  }
}

/* ---- properties ---- */

/* Pools of a case before and after its input changes by a factor: each ratio. */
static void ratios(struct card_host *h, size_t variant, size_t i, double factor, double *ratio)
{
  const struct proda_structure *structure = card_structure(h, variant, i, CARD_MONTHS);
  struct card_case c = card_case(h, variant, i);
  struct proda_block *before = card_solve(h, structure, &c, 0);
  *card_at(h, &c, "npp") *= factor;
  struct proda_block *after = card_solve(h, structure, &c, 0);
  assert_int_equal(proda_block_status(after, 0), PRODA_SOLVED);
  for (size_t p = 0; p < h->model->manifest->n_pools; p++)
    ratio[p] = proda_block_pools(after)[p][0] / proda_block_pools(before)[p][0];
  proda_block_free(before);
  proda_block_free(after);
}

/* Which pools follow the input, p, and which do not see it, 0: their names, by a space. */
static void follow_input(int card, size_t variant, size_t set, const char *proportional,
                         const char *constant)
{
  struct card_host h;
  double ratio[CARD_MAX_POOLS];
  card_open(&cards[card], &h);
  for (size_t i = set; i < CARD_CASES; i += 3) {
    ratios(&h, variant, i, 3.7, ratio);
    for (size_t p = 0; p < h.model->manifest->n_pools; p++) {
      const char *name = h.model->manifest->pool[p];
      char word[64];
      snprintf(word, sizeof word, " %s ", name);
      if (strstr(proportional, word) && !isnan(ratio[p]))
        assert_close(ratio[p], 3.7, 1e-11, 0);
      if (strstr(constant, word))
        assert_close(ratio[p], 1, 1e-11, 0);
    }
  }
  card_close(&h);
}

static void pools_and_input(void **state)
{
  (void)state;
  for (size_t set = 0; set < 3; set++) {
    follow_input(CARD_CORPSE, 0, set,
                 " uFastC uSlowC uNecroC pFastC pSlowC pNecroC livingMicrobeC ", "");
    follow_input(CARD_MEND, 0, set, " B EP EM ", " P M D Q ");
    follow_input(CARD_MEND, 1, set, " B EP EM ", " P M ");
    follow_input(CARD_MEND, 2, set, " B EP EM ", " P M ");
    follow_input(CARD_MIMICS, 1, set, " MICr MICk SOMp ", " LITm LITs SOMc SOMa ");
  }
}

/* ---- outcomes that the card of MIMICS names ---- */

struct factors {
  double v_slope, k_slope, turnover, efficiency, desorption, protection;
};

static struct card_case mimics_case(const struct card_host *h, size_t variant, size_t i,
                                    const struct factors *f)
{
  struct card_case c = card_case(h, variant, i);
  *card_at(h, &c, "Vslope") *= f->v_slope;
  *card_at(h, &c, "Kslope_MULT") *= f->k_slope;
  *card_at(h, &c, "tau_MULT") *= f->turnover;
  *card_at(h, &c, "CUE_MULT") *= f->efficiency;
  *card_at(h, &c, "desorb") *= f->desorption;
  *card_at(h, &c, "fPHYS_MULT") *= f->protection;
  return c;
}

static void unstable_states(void **state)
{
  (void)state;
  /* Eigenvalues by numpy, from an evaluation of the card of its own. */
  static const struct {
    size_t variant, i;
    struct factors factors;
    double growth;
  } unstable[] = {
      {1, 15, {0.7, 1.95, 2.6, 0.7, 0.07, 1}, 1.26158473e-07},
      {0, 21, {0.7, 1.8, 1.8, 1.05, 0.03, 1}, 1.65430829e-08},
  };
  struct card_host h;
  card_open(&cards[CARD_MIMICS], &h);
  for (size_t k = 0; k < 2; k++) {
    size_t v = unstable[k].variant, i = unstable[k].i;
    struct card_case c = mimics_case(&h, v, i, &unstable[k].factors);
    const struct proda_structure *structure = card_structure(&h, v, i, CARD_MONTHS);
    struct proda_block *block = card_solve(&h, structure, &c, PRODA_WANT_STABILITY);
    struct proda_block *unasked = card_solve(&h, structure, &c, 0);
    assert_int_equal(proda_block_status(block, 0), PRODA_SOLVE_UNSTABLE);
    assert_close(proda_block_growth(block, 0), unstable[k].growth, 1e-5, 0);
    assert_int_equal(proda_block_status(unasked, 0), PRODA_SOLVED);
    for (size_t p = 0; p < CARD_MAX_POOLS; p++)
      assert_close(proda_block_pools(block)[p][0], proda_block_pools(unasked)[p][0], 0, 0);
    proda_block_free(block);
    proda_block_free(unasked);
  }
  card_close(&h);
}

/* Where one strategy hardly gains from what it eats it dies out: the state without it is golden's,
 * which does not know what it would gain. */
static void one_strategy_dies_out(void **state)
{
  (void)state;
  static const char *const boundary[] = {"bnd_r_only_pools", "bnd_K_only_pools"};
  struct card_host h;
  card_open(&cards[CARD_MIMICS], &h);
  for (int lives = 0; lives < 2; lives++) {
    double *expected = card_read(&h, boundary[lives]), gain[2] = {lives == 0, lives == 1};
    for (size_t v = 0; v < h.n_variants; v++)
      for (size_t i = 0; i < CARD_CASES; i++) {
        struct proda_settings *settings = NULL;
        struct proda_structure *structure = NULL;
        struct card_case c = card_case(&h, v, i);
        char text[CARD_SETTINGS];
        if (card_par(&h, v, i, "tauMethod", 0) > 0)
          continue; /* few microbes hardly die */
        snprintf(text, sizeof text,
                 "{kinetics: %s, CUE_r_m: %.17g, CUE_r_s: %.17g, CUE_K_m: %.17g, CUE_K_s: %.17g}",
                 h.card->kinetics[v], fmax(gain[0], 0.01) * card_par(&h, v, i, "CUE_1", NAN),
                 fmax(gain[0], 0.01) * card_par(&h, v, i, "CUE_2", NAN),
                 fmax(gain[1], 0.01) * card_par(&h, v, i, "CUE_3", NAN),
                 fmax(gain[1], 0.01) * card_par(&h, v, i, "CUE_4", NAN));
        card_settings_make(&h, text, &settings);
        assert_ok(proda_structure_new(h.model, settings, CARD_MONTHS, &structure, &error), error);
        struct proda_block *block = card_solve(&h, structure, &c, PRODA_WANT_SEVERAL);
        assert_int_equal(proda_block_status(block, 0), PRODA_SOLVE_EXTINCT);
        for (size_t p = 0; p < h.n_pools; p++)
          assert_close(proda_block_pools(block)[p][0],
                       expected[(v * CARD_CASES + i) * h.n_pools + p], 1e-10, 0);
        proda_block_free(block);
        proda_structure_free(structure);
        proda_settings_free(settings);
      }
    free(expected);
  }
  card_close(&h);
}

/* The card's example: microbes die out and litter grows without bound. */
static void no_state(void **state)
{
  (void)state;
  static const struct factors dry = {0.5, 1.8, 2.5, 0.8, 0.05, 0.7};
  struct card_host h;
  struct proda_settings *settings = NULL;
  struct proda_structure *structure = NULL;
  card_open(&cards[CARD_MIMICS], &h);
  card_settings_make(&h, "{kinetics: forward, moisture: scalar}", &settings);
  assert_ok(proda_structure_new(h.model, settings, CARD_MONTHS, &structure, &error), error);
  struct card_case c = mimics_case(&h, 1, 21, &dry); /* site 8, set 1 */
  struct proda_block *block = card_solve(&h, structure, &c, 0);
  assert_int_equal(proda_block_status(block, 0), PRODA_SOLVE_NO_STATE);
  assert_true(isnan(proda_block_pools(block)[0][0]));
  proda_block_free(block);
  proda_structure_free(structure);
  proda_settings_free(settings);
  card_close(&h);
}

/* Millennial's efficiency falls below 0 in the heat: no state has microbes. */
static void no_efficiency(void **state)
{
  (void)state;
  struct card_host h;
  card_open(&cards[CARD_MILLENNIAL2], &h);
  for (size_t v = 0; v < h.n_variants; v++) {
    struct card_case c = card_case(&h, v, 0);
    *card_at(&h, &c, "temperature") = 35;
    struct proda_block *block = card_solve(&h, card_structure(&h, v, 0, CARD_MONTHS), &c, 0);
    assert_int_equal(proda_block_status(block, 0), PRODA_SOLVE_NO_STATE);
    proda_block_free(block);
  }
  card_close(&h);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(golden_states),
      cmocka_unit_test(lanes_are_independent),
      cmocka_unit_test(pools_and_input),
      cmocka_unit_test(unstable_states),
      cmocka_unit_test(no_state),
      cmocka_unit_test(no_efficiency),
      cmocka_unit_test(one_strategy_dies_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
