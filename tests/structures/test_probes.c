/* What the structures of golden's cards say of a state and of a site: the right-hand side at
 * golden's probes, and the coefficients that the cards name, found from the terms. */
#include "instance.h"

#include "balance.h"

static struct proda_error error;

enum { PROBES = 4 };

/* ---- the right-hand side ---- */

/* CO2 of a channel whose other loss is not named. */
static double respired(const struct instance *s, size_t channel)
{
  double share = strcmp(s->m->channel[channel].loss, "CO2") == 0;
  for (size_t k = 0; share > 0 && k < s->m->n_transfers; k++)
    share -= s->m->transfer[k].channel == channel ? s->terms.fraction[k][0] : 0;
  return share * s->terms.rate[channel][0] * s->terms.modifier[s->m->channel[channel].modifier][0] *
         s->pools[s->m->channel[channel].donor][0];
}

/* dX/dt at the pools; returns the CO2 that leaves. */
static double right_hand_side(const struct instance *s, double *change)
{
  double co2 = 0;
  instance_rates(s);
  for (size_t c = 0; c < s->m->n_channels; c++)
    co2 += respired(s, c);
  for (size_t p = 0; p < s->m->n_pools; p++)
    change[p] = proda_change_of(s->m, &s->terms, s->pools, p, 0, 0).change;
  return co2;
}

static void probes_of(struct card_host *h)
{
  double *pools = card_read(h, "probe_pools"), *change = card_read(h, "probe_dxdt");
  double *co2 = card_read(h, "probe_co2");
  size_t n = h->model->manifest->n_pools;
  for (size_t v = 0; v < h->n_variants; v++)
    for (size_t i = 0; i < CARD_CASES; i++) {
      struct instance s;
      char text[CARD_SETTINGS];
      struct card_case c = card_case(h, v, i);
      instance_make(h, &c, card_settings(h, v, i, text), &s);
      for (size_t k = 0; k < PROBES; k++) {
        size_t row = (v * CARD_CASES + i) * PROBES + k;
        double found[CARD_MAX_POOLS], largest = 0;
        for (size_t p = 0; p < n; p++) {
          s.pools[p] = lane_splat(pools[row * n + p]);
          largest = fmax(largest, fabs(change[row * n + p]));
        }
        assert_close(right_hand_side(&s, found), co2[row], 1e-12, 1e-12 * largest);
        for (size_t p = 0; p < n; p++)
          assert_close(found[p], change[row * n + p], 1e-12, 1e-12 * largest);
      }
      instance_free(&s);
    }
  free(pools);
  free(change);
  free(co2);
}

static void right_hand_sides(void **state)
{
  (void)state;
  for (int k = 0; k < N_CARDS; k++) {
    struct card_host h;
    card_open(&cards[k], &h);
    print_message("%s\n", cards[k].model);
    probes_of(&h);
    card_close(&h);
  }
}

/* ---- coefficients ---- */

/* Golden's coefficients of a case by name, at the mean of the year or 5 K above. */
struct coefficients {
  const struct card_host *h;
  char **name;
  size_t n;
  double *control, *warm;
};

static void coefficients_open(const struct card_host *h, struct coefficients *c)
{
  c->h = h;
  assert_ok(proda_nc_read_strings(h->file, "coef_name", &c->n, &c->name, &error), error);
  c->control = card_read(h, "coef_control");
  c->warm = card_read(h, "coef_warm");
}

static void coefficients_close(struct coefficients *c)
{
  free(c->name);
  free(c->control);
  free(c->warm);
}

/* A case being looked at. */
struct look {
  const struct coefficients *c;
  size_t variant, i;
  bool warm;
  struct card_case at;
  struct instance s;
};

static void agrees(const struct look *k, const char *name, double found)
{
  const struct coefficients *c = k->c;
  const double *value = k->warm ? c->warm : c->control;
  size_t n = 0;
  while (n < c->n && strcmp(c->name[n], name) != 0)
    n++;
  assert_true(n < c->n);
  double expected = value[(k->variant * CARD_CASES + k->i) * c->n + n];
  if (!(fabs(found - expected) <= 1e-12 * fabs(expected)))
    print_message("%s, variant %zu, case %zu\n", name, k->variant, k->i);
  assert_close(found, expected, 1e-12, 0);
}

static double term_of(const lane *row, long index)
{
  assert_true(index >= 0);
  return row[index][0];
}

static double parameter_of(const struct look *k, const char *name)
{
  return term_of(k->s.parameter, proda_manifest_parameter(k->s.m, name));
}

static double modifier_of(const struct look *k, const char *name)
{
  const struct proda_manifest *m = k->s.m;
  size_t n = 0;
  while (n < m->n_modifiers && strcmp(m->modifier[n], name) != 0)
    n++;
  return term_of(k->s.terms.modifier, n < m->n_modifiers ? (long)n : -1);
}

static double input_of(const struct look *k, const char *pool)
{
  const struct proda_manifest *m = k->s.m;
  size_t n = 0;
  while (n < m->n_inputs && strcmp(m->pool[m->input[n]], pool) != 0)
    n++;
  return term_of(k->s.terms.input, n < m->n_inputs ? (long)n : -1);
}

static double fraction_of(const struct look *k, const char *transfer)
{
  const struct proda_manifest *m = k->s.m;
  size_t n = 0;
  while (n < m->n_transfers && strcmp(m->transfer[n].name, transfer) != 0)
    n++;
  return term_of(k->s.terms.fraction, n < m->n_transfers ? (long)n : -1);
}

/* The rate of a channel where all pools hold `pools`. */
static double rate_of(const struct look *k, const char *channel, double pools)
{
  const struct proda_manifest *m = k->s.m;
  size_t n = 0;
  for (size_t p = 0; p < m->n_pools; p++)
    k->s.pools[p] = lane_splat(pools);
  instance_rates(&k->s);
  while (n < m->n_channels && strcmp(m->channel[n].name, channel) != 0)
    n++;
  return term_of(k->s.terms.rate, n < m->n_channels ? (long)n : -1);
}

static void each_case(const struct card *card, void (*look_at)(const struct look *))
{
  struct card_host h;
  struct coefficients c;
  card_open(card, &h);
  coefficients_open(&h, &c);
  for (size_t v = 0; v < h.n_variants; v++)
    for (size_t i = 0; i < CARD_CASES; i++)
      for (int warm = 0; warm < 2; warm++) {
        char text[CARD_SETTINGS];
        struct look k = {&c, v, i, warm, card_case(&h, v, i), {0}};
        *card_at(&h, &k.at, "temperature") += warm ? 5 : 0;
        instance_make(&h, &k.at, card_settings(&h, v, i, text), &k.s);
        look_at(&k);
        instance_free(&k.s);
      }
  coefficients_close(&c);
  card_close(&h);
}

/* With all pools at x a rate is V x / (K + x): V where x is large, K from where it is not. */
static void mimics_coefficients(const struct look *k)
{
  static const char *const pathway[] = {"r_LITm", "r_LITs", "r_SOMa", "K_LITm", "K_LITs", "K_SOMa"};
  double metabolic = input_of(k, "LITm") + input_of(k, "SOMp");
  double structural = input_of(k, "LITs") + input_of(k, "SOMc");
  char name[16];
  agrees(k, "I_1", metabolic);
  agrees(k, "I_2", structural);
  agrees(k, "fMET", metabolic / (metabolic + structural));
  for (int j = 0; j < 6; j++) {
    double most = rate_of(k, pathway[j], 1e30), x = 1e-2;
    snprintf(name, sizeof name, "VMAX_%d", j + 1);
    agrees(k, name, most);
    snprintf(name, sizeof name, "KM_%d", j + 1);
    agrees(k, name, most * x / rate_of(k, pathway[j], x) - x);
  }
  agrees(k, "beta", 1 + log10(rate_of(k, "MICr", 10) / rate_of(k, "MICr", 1)));
  agrees(k, "tau_1", rate_of(k, "MICr", 1));
  agrees(k, "tau_2", rate_of(k, "MICk", 1));
  agrees(k, "fPHYS_1", fraction_of(k, "MICr_SOMp"));
  agrees(k, "fPHYS_2", fraction_of(k, "MICk_SOMp"));
  agrees(k, "fCHEM_1", fraction_of(k, "MICr_SOMc"));
  agrees(k, "fCHEM_2", fraction_of(k, "MICk_SOMc"));
  agrees(k, "fAVAI_1", fraction_of(k, "MICr_SOMa"));
  agrees(k, "fAVAI_2", fraction_of(k, "MICk_SOMa"));
  agrees(k, "desorb", rate_of(k, "SOMp", 1));
}

/* A modifier is vmax_t / vmaxref_t fW; fW alone where activation energies are 0. */
static void corpse_coefficients(const struct look *k)
{
  static const char *const kind[] = {"fast", "slow", "necro"};
  struct look even = *k;
  char name[32], text[CARD_SETTINGS];
  for (int t = 0; t < 3; t++) {
    snprintf(name, sizeof name, "Ea_%s", kind[t]);
    *card_at(k->c->h, &even.at, name) = 0;
  }
  instance_make(k->c->h, &even.at, card_settings(k->c->h, k->variant, k->i, text), &even.s);
  double wet = even.s.terms.modifier[0][0];
  agrees(k, "fW", wet);
  for (int t = 0; t < 3; t++) {
    snprintf(name, sizeof name, "vmaxref_%s", kind[t]);
    snprintf(text, sizeof text, "vmax_%d", t + 1);
    agrees(k, text, *card_at(k->c->h, &even.at, name) * k->s.terms.modifier[t][0] / wet);
  }
  agrees(k, "claymod", rate_of(k, "protect_fast", 1) / *card_at(k->c->h, &even.at, "prot_fast"));
  instance_free(&even.s);
}

static void coefficients_of_corpse(void **state)
{
  (void)state;
  each_case(&cards[CARD_CORPSE], corpse_coefficients);
}

static void coefficients_of_mimics(void **state)
{
  (void)state;
  each_case(&cards[CARD_MIMICS], mimics_coefficients);
}

/* With all pools at x, V is a rate where x is large, K from where it is not. */
static void saturates(const struct look *k, const char *channel, const char *v, const char *half)
{
  double most = rate_of(k, channel, 1e30), x = 1;
  agrees(k, v, most);
  agrees(k, half, most * x / rate_of(k, channel, x) - x);
}

static void mend_coefficients(const struct look *k)
{
  static const double pools_in_half[] = {1, 1, 2}; /* of MM, RMM, ECA */
  double efficiency = fraction_of(k, "uptake_B"), n = pools_in_half[k->variant], x = 1;
  double most = n * rate_of(k, "uptake", 1e30), death = rate_of(k, "death", 1);
  saturates(k, "decomposition_of_P", "V_p", "K_p");
  saturates(k, "decomposition_of_M", "V_m", "K_m");
  agrees(k, "E_c", efficiency);
  agrees(k, "m_r", death);
  agrees(k, "V_d", most * efficiency - death);
  agrees(k, "K_d", most * x / rate_of(k, "uptake", x) - n * x);
  agrees(k, "K_ads", rate_of(k, "adsorption", 0));
  agrees(k, "K_des", rate_of(k, "desorption", 1) * parameter_of(k, "Q_max"));
}

static void coefficients_of_mend(void **state)
{
  (void)state;
  each_case(&cards[CARD_MEND], mend_coefficients);
}

/* Modifiers hold Arrhenius' factors relative to 25 degC; the rates are those there. */
static void millennial2_coefficients(const struct look *k)
{
  struct card_case at = k->at;
  double wet = modifier_of(k, "wet"), half = parameter_of(k, "kaff_pl"), x = 1e30;
  double polymer = modifier_of(k, "depolymerising") * rate_of(k, "depolymerisation", x);
  double taken = modifier_of(k, "consuming") * rate_of(k, "uptake", x);
  double vmax_lb = parameter_of(k, "alpha_lb") *
                   exp(-parameter_of(k, "eact_lb") /
                       (8.31446 * (*card_at(k->c->h, &at, "temperature") + 273.15)));
  static const double at_large[] = {1, 2, 0}; /* the pools in the half-saturation of MM, ECA, LIN */
  double pools = at_large[k->variant];
  agrees(k, "scalar_wd", wet);
  agrees(k, "vmax_pl", polymer / wet * (pools > 0 ? pools : half / x));
  agrees(k, "scalar_wb", taken / vmax_lb * (pools > 0 ? pools : parameter_of(k, "kaff_lb") / x));
  agrees(k, "vmax_lb", vmax_lb);
  agrees(k, "cue", fraction_of(k, "uptake_MIC"));
  agrees(k, "kaff_lm", rate_of(k, "adsorption", 0));
  agrees(k, "qmax", parameter_of(k, "kaff_des") / rate_of(k, "desorption", 1));
}

static void coefficients_of_millennial2(void **state)
{
  (void)state;
  each_case(&cards[CARD_MILLENNIAL2], millennial2_coefficients);
}

/* golden has fWmethod 0 only; here 1 by its equation, and its floor where it is dry. */
static void moisture_of_mimics(void **state)
{
  (void)state;
  static const double water[] = {0.02, 0.1, 0.25, 0.4};
  struct card_host h;
  card_open(&cards[CARD_MIMICS], &h);
  for (size_t k = 0; k < sizeof water / sizeof *water; k++) {
    struct look dry = {.s = {0}}, plain = {.s = {0}};
    struct card_case at = card_case(&h, 0, 0);
    double theta = (*card_at(&h, &at, "water") = water[k]) / *card_at(&h, &at, "porosity");
    double scalar = fmax(0.05, pow(theta, 3) * pow(1 - theta, 2.5) / 0.022600567942709);
    instance_make(&h, &at, "{moisture: scalar}", &dry.s);
    instance_make(&h, &at, "{}", &plain.s);
    assert_close(rate_of(&dry, "K_LITs", 1), scalar * rate_of(&plain, "K_LITs", 1), 1e-13, 0);
    assert_close(rate_of(&dry, "MICk", 1), rate_of(&plain, "MICk", 1), 0, 0);
    instance_free(&dry.s);
    instance_free(&plain.s);
  }
  card_close(&h);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(right_hand_sides),     cmocka_unit_test(coefficients_of_mimics),
      cmocka_unit_test(coefficients_of_mend), cmocka_unit_test(coefficients_of_millennial2),
      cmocka_unit_test(moisture_of_mimics),   cmocka_unit_test(coefficients_of_corpse),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
