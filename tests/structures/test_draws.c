/* Random draws from the priors, at golden sites, of every structure that is not linear, by Newton's
 * method, a closed form put aside: each ends in a named outcome, a state that is found is one, and
 * one is found wherever golden's cards say that there is one. PRODA_DRAWS=100000 draws as many of
 * each structure and kinetics; the outcomes are printed. */
#include "cards.h"

#include <time.h>

#include <proda/random.h>

#include "balance.h"
#include "open_form.h"
#include "pipeline/sites.h"
#include "plugin/prior.h"

static struct proda_error error;
static struct proda_random stream;

/* A structure and what became of its draws. */
struct trial {
  struct card_host h;
  bool scaled; /* golden's parameters by common factors, not draws from the priors */
  const struct proda_structure *structure;
  size_t variant, n_draws;
  size_t n[PRODA_N_SOLVE_STATUS], n_missed, n_unforeseen;
  double seconds;
};

/* Within the multiplier ranges of golden/mimics.md. */
static struct card_case scaled_mimics(const struct trial *t, struct card_case c)
{
  static const struct {
    double least, most;
    const char *name;
  } factor[] = {
      {0.5, 2, "Vslope"},     {0.8, 1.3, "Vint"},   {0.5, 2, "Kslope_MULT"}, {0.5, 2, "Kint"},
      {0.5, 1.3, "CUE_MULT"}, {0.3, 3, "tau_MULT"}, {0.4, 1, "fPHYS_MULT"},  {0.001, 1, "desorb"},
  };
  for (size_t f = 0; f < sizeof factor / sizeof *factor; f++)
    *card_at(&t->h, &c, factor[f].name) *=
        factor[f].least * pow(factor[f].most / factor[f].least, proda_random_uniform(&stream));
  return c;
}

static struct card_case draw(const struct trial *t, size_t k)
{
  const struct proda_manifest *m = t->h.model->manifest;
  struct card_case c = {{0.5 + proda_random_uniform(&stream)}, {0}, {{0}}};
  if (t->h.card->file)
    c = card_case(&t->h, t->variant, k % CARD_CASES);
  if (t->scaled)
    return scaled_mimics(t, c);
  for (size_t p = 0; p < m->n_parameters; p++)
    c.parameter[p] = proda_prior_at(&m->parameter[p].prior, proda_random_uniform(&stream));
  return c;
}

/* ---- whether the cards say that there is a state ---- */

#define AT(name) (*card_at(h, c, #name))

/* Any efficiency above 0 will do. */
static bool millennial2_exists(const struct card_host *h, struct card_case *c)
{
  return AT(cue_ref) - AT(cue_t) * (AT(temperature) - 15) > 0;
}

static bool always(const struct card_host *h, struct card_case *c)
{
  (void)h;
  (void)c;
  return true;
}

static bool mend_exists(const struct card_host *h, struct card_case *c)
{
  double inverse = (1 / (AT(temperature) + 273.15) - 1 / 293.15) / 8.314;
  double e_c = AT(E_c) - AT(cue_slope) * (AT(temperature) - 20);
  double grown = e_c / (1 - e_c); /* per input, as all below */
  double f2 = 1 - AT(frac_input_dom) + (1 - AT(g_d)) * (1 - AT(p_ep) - AT(p_em)) * grown;
  double most_p = AT(V_p) * exp(-AT(Ea_vp) * inverse) * AT(p_ep) / AT(r_ep) * grown;
  double most_m = AT(V_m) * exp(-AT(Ea_vm) * inverse) * AT(p_em) / AT(r_em) * grown;
  return e_c > 0 && e_c < 1 && most_p > f2 && most_m > (1 - AT(f_d)) * f2;
}

/* Whatever they eat, microbes grow at most by efficiency v_uptake. */
static bool column_exists(const struct card_host *h, struct card_case *c)
{
  return AT(efficiency) * AT(v_uptake) > AT(k_death);
}
#undef AT

/* ---- draws ---- */

static void is_a_state(const struct proda_manifest *m, const struct proda_block *block, int i)
{
  size_t L = m->grid.n_layers;
  struct proda_budget budget;
  lane loss[m->n_losses];
  proda_block_budget(block, &budget, loss);
  assert_true(fabs(budget.change[i]) <= 1e-10 * budget.input[i]);
  assert_budget_closes(block, i);
  for (size_t k = 0; k < m->n_pools * L; k++) {
    struct proda_change b =
        proda_change_of(m, proda_block_terms(block), proda_block_pools(block), k / L, k % L, i);
    assert_true(fabs(b.change) <= 1e-10 * b.gross || b.gross < 1e-100); /* a pool that is empty */
    assert_true(proda_block_pools(block)[k][i] >= 0);
  }
}

static void complain(const struct trial *t, const struct card_case *c, size_t k)
{
  const struct proda_manifest *m = t->h.model->manifest;
  if (!getenv("PRODA_DRAWS"))
    return;
  print_message("  missed at case %zu:", k % CARD_CASES);
  for (size_t p = 0; p < m->n_parameters; p++)
    print_message(" %s=%.4g", m->parameter[p].name, c->parameter[p]);
  print_message("\n");
}

static void solve_eight(struct trial *t, struct proda_block *block, size_t first,
                        bool (*exists)(const struct card_host *, struct card_case *))
{
  struct card_case c[PRODA_LANES];
  struct timespec start, end;
  for (int i = 0; i < PRODA_LANES; i++) {
    c[i] = draw(t, first + (size_t)i);
    card_place(&t->h, &c[i], block, i);
  }
  clock_gettime(CLOCK_MONOTONIC, &start);
  proda_block_solve(block);
  clock_gettime(CLOCK_MONOTONIC, &end);
  t->seconds += (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
  for (int i = 0; i < PRODA_LANES; i++) {
    enum proda_solve_status status = proda_block_status(block, i);
    bool missed = status == PRODA_SOLVE_NO_STATE && exists(&t->h, &c[i]);
    t->n[status]++;
    t->n_missed += missed;
    if (missed)
      complain(t, &c[i], first + (size_t)i);
    if (status != PRODA_SOLVE_NO_STATE)
      is_a_state(t->h.model->manifest, block, i);
    t->n_unforeseen += status != PRODA_SOLVE_NO_STATE && !exists(&t->h, &c[i]);
  }
}

/* `scaled` is as in struct trial. */
static void run(int card, size_t variant, size_t n_draws, unsigned wants, bool scaled,
                bool (*exists)(const struct card_host *, struct card_case *), struct trial *t)
{
  const char *wanted = getenv("PRODA_DRAWS");
  struct card_host whole;
  struct open_form form;
  struct proda_block *block = NULL;
  *t = (struct trial){.variant = variant,
                      .scaled = scaled,
                      .n_draws = wanted ? strtoul(wanted, NULL, 10) : n_draws};
  card_open(&cards[card], &whole);
  open_form_make(whole.model, &form);
  t->h = whole;
  t->h.model = &form.loaded;
  t->structure = card_structure(&t->h, variant, 0, CARD_MONTHS);
  proda_random_start(&stream, 9, (unsigned)card, variant);
  assert_ok(proda_block_new(t->structure, wants, &block, &error), error);
  for (size_t k = 0; k < t->n_draws; k += PRODA_LANES)
    solve_eight(t, block, k, exists);
  print_message("%s %s: %zu draws, %.1f us a draw:", whole.card->model,
                whole.card->kinetics ? whole.card->kinetics[variant] : "", t->n_draws,
                1e6 * t->seconds / (double)t->n_draws);
  for (int s = 0; s < PRODA_N_SOLVE_STATUS; s++)
    if (t->n[s])
      print_message(" %zu %s,", t->n[s], proda_site_status_names[s]);
  print_message(" %zu missed, %zu unforeseen\n", t->n_missed, t->n_unforeseen);
  proda_block_free(block);
  proda_structure_free(t->h.made[0].structure);
  card_close(&whole);
}

static void millennial2(void **state)
{
  (void)state;
  struct trial t;
  for (size_t v = 0; v < 3; v++) {
    run(CARD_MILLENNIAL2, v, 2000, 0, false, millennial2_exists, &t);
    assert_int_equal(t.n_missed + t.n_unforeseen, 0);
  }
}

static void mend(void **state)
{
  (void)state;
  struct trial t;
  for (size_t v = 0; v < 3; v++) {
    run(CARD_MEND, v, 2000, 0, false, mend_exists, &t);
    assert_int_equal(t.n_missed + t.n_unforeseen, 0);
  }
}

static void corpse(void **state)
{
  (void)state;
  struct trial t;
  run(CARD_CORPSE, 0, 2000, 0, false, always, &t);
  assert_int_equal(t.n_missed, 0);
}

static const unsigned all = PRODA_WANT_SEVERAL | PRODA_WANT_STABILITY;

/* Factors act on both strategies alike, so that both live. Where microbes
 * saturate (reverse) there is always a state; where substrates do (forward), structural litter may
 * accumulate for ever under r microbes that keep K microbes away, or die faster than they grow. */
static void mimics(void **state)
{
  (void)state;
  struct trial t;
  run(CARD_MIMICS, 0, 2000, all, false, always, &t);
  assert_int_equal(t.n_missed, 0);
  run(CARD_MIMICS, 1, 2000, all, false, always, &t);
  assert_true(t.n_missed <= t.n_draws / 500);
}

/* The card's scan: 2 % (reverse) and 3 % (forward) of 250 sets were unstable, none had two states
 * in which both strategies live. How it drew within its ranges it does not say. */
static void mimics_in_step(void **state)
{
  (void)state;
  struct trial t;
  for (size_t v = 0; v < 2; v++) {
    run(CARD_MIMICS, v, 2000, all, true, always, &t);
    assert_true(t.n_missed <= v * t.n_draws / 200);
    assert_int_equal(t.n[PRODA_SOLVE_SEVERAL], 0);
    assert_in_range(t.n[PRODA_SOLVE_UNSTABLE], t.n_draws / 100, t.n_draws / 10);
  }
}

static void column(void **state)
{
  (void)state;
  struct trial t;
  run(CARD_COLUMN, 0, 320, 0, false, column_exists, &t);
  assert_int_equal(t.n_missed + t.n_unforeseen, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(millennial2), cmocka_unit_test(mend),           cmocka_unit_test(corpse),
      cmocka_unit_test(mimics),      cmocka_unit_test(mimics_in_step), cmocka_unit_test(column),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
