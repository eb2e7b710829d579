/* Century at the cases of golden's card, from the months of the year: its terms, its steady state,
 * and what follows from its being linear. Golden counts weeks, 52 a year; the structure years. */
#include "instance.h"

#include "balance.h"

enum { N_POOLS = 7, PROBES = 4, WEEKS = 52 };

static struct card_host host;

static int set_up(void **state)
{
  (void)state;
  card_open(&cards[CARD_CENTURY], &host);
  assert_int_equal(host.model->manifest->n_pools, N_POOLS);
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
  double found[N_POOLS] = {0};
  for (size_t k = 0; k < m->n_inputs; k++)
    found[m->input[k]] = s->terms.input[k][0];
  for (size_t p = 0; p < N_POOLS; p++)
    assert_close(found[p], share[i * N_POOLS + p] * input[i] * WEEKS, 1e-13, 0);
}

/* Golden's K and A[to][from], which has -1 on its diagonal. */
static void matrices_agree(const struct instance *s, size_t i, const double *k, const double *a)
{
  const struct proda_manifest *m = s->m;
  double found[N_POOLS][N_POOLS] = {{0}};
  for (size_t p = 0; p < N_POOLS; p++) {
    found[p][p] = -1;
    assert_int_equal(m->channel[p].donor, p);
    assert_close(s->terms.rate[p][0], k[i * N_POOLS + p] * WEEKS, 1e-13, 0);
  }
  for (size_t t = 0; t < m->n_transfers; t++)
    found[m->transfer[t].recipient][m->channel[m->transfer[t].channel].donor] =
        s->terms.fraction[t][0];
  for (size_t to = 0; to < N_POOLS; to++)
    for (size_t from = 0; from < N_POOLS; from++)
      assert_close(found[to][from], a[(i * N_POOLS + to) * N_POOLS + from], 1e-13, 0);
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
  double *xi = card_read(&host, "xi_month");
  size_t n_drivers = host.model->manifest->n_drivers;
  for (size_t i = 0; i < CARD_CASES; i++) {
    struct card_case year = warmer(i, 0);
    for (size_t month = 0; month < CARD_MONTHS; month++) {
      struct card_case c = year;
      struct instance s;
      for (size_t d = 0; d < n_drivers; d++) {
        c.driver[d] += year.season[d][month];
        memset(c.season[d], 0, sizeof c.season[d]);
      }
      instance_make(&host, &c, "{}", &s);
      assert_close(s.terms.modifier[0][0], xi[i * CARD_MONTHS + month], 1e-13, 0);
      instance_free(&s);
    }
  }
  free(xi);
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
      lost += s.terms.input[n][0] / WEEKS;
    for (size_t p = 0; p < N_POOLS; p++) {
      s.pools[p] = lane_splat(pools[k * N_POOLS + p]);
      largest = fmax(largest, fabs(change[k * N_POOLS + p]));
    }
    for (size_t p = 0; p < N_POOLS; p++) {
      double found = balance_of(s.m, &s.terms, s.pools, p, 0, 0).change / WEEKS;
      assert_close(found, change[k * N_POOLS + p], 1e-12, 1e-12 * largest);
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
    for (size_t p = 0; p < N_POOLS; p++)
      assert_close(proda_block_pools(block)[p][0], expected[i * N_POOLS + p], 1e-12, 0);
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
    for (size_t p = 0; p < N_POOLS; p++) {
      double x = proda_block_pools(before)[p][0];
      assert_close(proda_block_pools(fed)[p][0], 2.5 * x, 1e-12, 0);
      assert_close(proda_block_pools(warmed)[p][0], x * xi / xi_warm, 1e-12, 0);
    }
    proda_block_free(before);
    proda_block_free(warmed);
    proda_block_free(fed);
  }
}

/* Hotter than Tmax nothing decomposes, and the outcome says so. */
static void too_hot(void **state)
{
  (void)state;
  struct card_case c = warmer(0, 90);
  struct proda_block *block = solved(&c);
  assert_close(proda_block_terms(block)->modifier[0][0], 0, 0, 0);
  assert_int_equal(proda_block_status(block, 0), PRODA_SOLVE_NOT_FINITE);
  proda_block_free(block);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(terms_agree),
      cmocka_unit_test(months_agree),
      cmocka_unit_test(right_hand_sides_agree),
      cmocka_unit_test(states_agree),
      cmocka_unit_test(states_scale),
      cmocka_unit_test(too_hot),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
