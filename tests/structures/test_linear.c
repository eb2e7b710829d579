/* The linear structures at the cases of golden's cards, from the months of the year: their terms,
 * steady states, and what follows from their being linear. */
#include "instance.h"

#include "balance.h"

enum { PROBES = 4, MOST_POOLS = 7 };

/* A card being looked at, and golden's unit of time: Century counts weeks, 52 a year. */
struct subject {
  int card;
  double per_year;
};
static const struct subject century = {CARD_CENTURY, 52}, rothc = {CARD_ROTHC, 1};

static struct card_host host;
static const struct subject *subject;

static int set_up(void **state)
{
  subject = *state;
  card_open(&cards[subject->card], &host);
  return 0;
}

static int tear_down(void **state)
{
  (void)state;
  card_close(&host);
  return 0;
}

/* A case, as many degrees warmer. */
static struct card_case warmer(size_t i, double degrees)
{
  struct card_case c = card_case(&host, 0, i);
  *card_at(&host, &c, "temperature") += degrees;
  return c;
}

/* ---- terms ---- */

/* Golden's B: shares of the input. */
static void inputs_agree(const struct instance *s, size_t i, const double *share,
                         const double *input)
{
  const struct proda_manifest *m = s->m;
  double found[MOST_POOLS] = {0};
  for (size_t k = 0; k < m->n_inputs; k++)
    found[m->input[k]] = s->terms.input[k][0];
  for (size_t p = 0; p < m->n_pools; p++)
    assert_close(found[p], share[i * host.n_pools + p] * input[i] * subject->per_year, 1e-13, 0);
}

/* Golden's A[to][from], with -1 on its diagonal but for what comes back at once, times K. */
static void matrices_agree(const struct instance *s, size_t i, const double *k, const double *a)
{
  const struct proda_manifest *m = s->m;
  size_t n = host.n_pools;
  double found[MOST_POOLS][MOST_POOLS] = {{0}};
  for (size_t c = 0; c < m->n_channels; c++)
    found[m->channel[c].donor][m->channel[c].donor] -= s->terms.rate[c][0];
  for (size_t t = 0; t < m->n_transfers; t++) {
    size_t c = m->transfer[t].channel;
    found[m->transfer[t].recipient][m->channel[c].donor] +=
        s->terms.fraction[t][0] * s->terms.rate[c][0];
  }
  for (size_t to = 0; to < m->n_pools; to++)
    for (size_t from = 0; from < m->n_pools; from++)
      assert_close(found[to][from],
                   a[(i * n + to) * n + from] * k[i * n + from] * subject->per_year, 1e-13, 0);
}

static void terms_agree(void **state)
{
  (void)state;
  double *share = card_read(&host, "B"), *input = card_read(&host, "input_rate");
  double *k = card_read(&host, "K"), *a = card_read(&host, "A");
  double *xi = card_read(&host, "xi_mean"), *xi_warm = card_read(&host, "xi_mean_warm");
  for (size_t i = 0; i < CARD_CASES; i++)
    for (int warm = 0; warm < 2; warm++) {
      struct card_case c = warmer(i, warm ? 5 : 0);
      struct instance s;
      instance_make(&host, &c, "{}", &s);
      inputs_agree(&s, i, share, input);
      matrices_agree(&s, i, k, a);
      assert_close(s.terms.modifier[0][0], warm ? xi_warm[i] : xi[i], 1e-13, 0);
      instance_free(&s);
    }
  free(share);
  free(input);
  free(k);
  free(a);
  free(xi);
  free(xi_warm);
}

/* The months one by one, as a time course takes them. */
static void months_agree(void **state)
{
  (void)state;
  double *xi = card_read(&host, "xi_month"), *xi_warm = card_read(&host, "xi_month_warm");
  for (size_t k = 0; k < CARD_CASES * CARD_MONTHS; k++)
    for (int warm = 0; warm < 2; warm++) {
      struct card_case c = warmer(k / CARD_MONTHS, warm ? 5 : 0);
      struct instance s;
      instance_make_month(&host, &c, k % CARD_MONTHS, &s);
      assert_close(s.terms.modifier[0][0], warm ? xi_warm[k] : xi[k], 1e-13, 0);
      instance_free(&s);
    }
  free(xi);
  free(xi_warm);
}

static void right_hand_sides_agree(void **state)
{
  (void)state;
  double *pools = card_read(&host, "probe_pools"), *change = card_read(&host, "probe_dxdt");
  double *co2 = card_read(&host, "probe_co2");
  for (size_t k = 0; k < CARD_CASES * PROBES; k++) {
    struct card_case c = warmer(k / PROBES, 0);
    struct instance s;
    double lost = 0, largest = 0;
    instance_make(&host, &c, "{}", &s);
    for (size_t n = 0; n < s.m->n_inputs; n++)
      lost += s.terms.input[n][0] / subject->per_year;
    for (size_t p = 0; p < host.model->manifest->n_pools; p++) {
      s.pools[p] = lane_splat(pools[k * host.n_pools + p]);
      largest = fmax(largest, fabs(change[k * host.n_pools + p]));
    }
    for (size_t p = 0; p < host.model->manifest->n_pools; p++) {
      double found = proda_change_of(s.m, &s.terms, s.pools, p, 0, 0).change / subject->per_year;
      assert_close(found, change[k * host.n_pools + p], 1e-12, 1e-12 * largest);
      lost -= found;
    }
    assert_close(lost, co2[k], 1e-12, 1e-12 * largest);
    instance_free(&s);
  }
  free(pools);
  free(change);
  free(co2);
}

/* ---- the steady state ---- */

static struct proda_block *solved(const struct card_case *c)
{
  return card_solve(&host, card_structure(&host, 0, 0, CARD_MONTHS), c, PRODA_WANT_BALANCE);
}

static void states_agree(void **state)
{
  (void)state;
  double *expected = card_read(&host, "ss_pools");
  for (size_t i = 0; i < CARD_CASES; i++) {
    struct card_case c = warmer(i, 0);
    struct proda_block *block = solved(&c);
    assert_int_equal(proda_block_status(block, 0), PRODA_SOLVED);
    for (size_t p = 0; p < host.model->manifest->n_pools; p++)
      assert_close(proda_block_pools(block)[p][0], expected[i * host.n_pools + p], 1e-12, 0);
    assert_close(proda_block_balance(block, 0), 1, 1e-13, 0);
    proda_block_free(block);
  }
  free(expected);
}

/* X = -(xi A K)^-1 B I: pools follow the input, and the inverse of xi. */
static void states_scale(void **state)
{
  (void)state;
  for (size_t i = 0; i < CARD_CASES; i++) {
    struct card_case c = warmer(i, 0), warm = warmer(i, 5), rich = c;
    *card_at(&host, &rich, "npp") *= 2.5;
    struct proda_block *before = solved(&c), *warmed = solved(&warm), *fed = solved(&rich);
    double xi = proda_block_terms(before)->modifier[0][0];
    double xi_warm = proda_block_terms(warmed)->modifier[0][0];
    double share = proda_block_terms(fed)->input[0][0] / proda_block_terms(before)->input[0][0];
    assert_close(share, 2.5, 1e-13, 0);
    for (size_t p = 0; p < host.model->manifest->n_pools; p++) {
      double x = proda_block_pools(before)[p][0];
      assert_close(proda_block_pools(fed)[p][0], 2.5 * x, 1e-12, 0);
      assert_close(proda_block_pools(warmed)[p][0], x * xi / xi_warm, 1e-12, 0);
    }
    proda_block_free(before);
    proda_block_free(warmed);
    proda_block_free(fed);
  }
}

/* Hotter than Century's Tmax and colder than RothC's -5 degC nothing decomposes, and the outcome
 * says so. */
static void no_climate(void **state)
{
  (void)state;
  struct card_case c = warmer(0, subject == &century ? 90 : -90);
  struct proda_block *block = solved(&c);
  assert_close(proda_block_terms(block)->modifier[0][0], 0, 0, 0);
  assert_int_equal(proda_block_status(block, 0), PRODA_SOLVE_NOT_FINITE);
  proda_block_free(block);
}

/* Inert carbon is observed beside the pools. */
static void inert_carbon(void **state)
{
  (void)state;
  double *expected = card_read(&host, "ss_pools");
  for (size_t i = 0; i < CARD_CASES; i++) {
    struct card_case c = warmer(i, 0);
    struct proda_block *block = solved(&c);
    double sum = 0;
    lane observed;
    for (size_t p = 0; p < host.n_pools; p++)
      sum += expected[i * host.n_pools + p];
    proda_block_observe(block, 0, &observed);
    assert_close(observed[0], sum * 100 / 0.23, 1e-12, 0); /* tC ha-1 of 23 cm in gC m-3 */
    proda_block_free(block);
  }
  free(expected);
}

#define OF(test, card)                                                                             \
  {                                                                                                \
#test " of " #card, test, set_up, tear_down, (void *)&(card)                                   \
  }

int main(void)
{
  const struct CMUnitTest tests[] = {
      OF(terms_agree, century),
      OF(terms_agree, rothc),
      OF(months_agree, century),
      OF(months_agree, rothc),
      OF(states_agree, century),
      OF(states_agree, rothc),
      OF(states_scale, century),
      OF(states_scale, rothc),
      OF(no_climate, century),
      OF(no_climate, rothc),
      OF(right_hand_sides_agree, century),
      OF(inert_carbon, rothc),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
