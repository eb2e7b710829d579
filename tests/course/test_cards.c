/* The step and cycle runs of golden's cards: 50 years after the temperature rises by 5 degrees, and
 * 50 years of months that differ, at the tolerance that the files state: 1e-6 of each pool and 1e-9
 * of their sum. */
#include "../structures/cards.h"

#include "courses.h"

enum { TIMES = 201, EVERY = 4 };

static const double card_rtol = 1e-6, card_atol = 1e-9;

/* A run of a case against its rows of golden: pools[TIMES][n], co2[TIMES]. */
struct expected {
  double *pools, *co2, *year;
};

static void expected_read(const struct card_host *h, const char *pools, const char *co2,
                          struct expected *e)
{
  *e = (struct expected){card_read(h, pools), card_read(h, co2), card_read(h, "year")};
}

static void expected_free(struct expected *e)
{
  free(e->pools);
  free(e->co2);
  free(e->year);
}

/* `stride` pools in golden, of which the structure has the first. */
static void follow(struct run *r, const struct expected *e, size_t row, size_t stride)
{
  size_t n = r->n;
  const double *pools = e->pools + row * TIMES * stride, *co2 = e->co2 + row * TIMES;
  double total = 0;
  run_start(r, 0, pools);
  for (size_t p = 0; p < n; p++)
    total += pools[p];
  double unit = r->stock / total; /* gC m-2 of one unit of a pool */
  for (size_t t = 1; t < TIMES; t++) {
    double sum = 0;
    run_to(r, 12 * e->year[t]);
    for (size_t p = 0; p < n; p++)
      sum += pools[t * stride + p];
    for (size_t p = 0; p < n; p++)
      assert_close(proda_course_pools(r->course)[p], pools[t * stride + p], card_rtol,
                   card_atol * sum);
    assert_close(proda_course_loss(r->course, 0) / unit, co2[t], card_rtol, card_atol * sum);
  }
  assert_true(run_imbalance(r) < 1e-12);
}

static void run_case(struct card_host *h, size_t v, size_t i, const struct expected *e,
                     bool constant)
{
  struct run r;
  struct proda_settings *settings = NULL;
  char text[CARD_SETTINGS];
  const struct proda_manifest *m = h->model->manifest;
  double value[16][CARD_MONTHS], parameter[96];
  const double *driver[16];
  card_forcing(h, i, !constant || h->card->by_month, constant ? 5 : 0, value);
  for (size_t d = 0; d < m->n_drivers; d++)
    driver[d] = value[d];
  card_parameters(h, v, i, parameter);
  card_settings_make(h, card_settings(h, v, i, text), &settings);
  run_make(&r, h->model, settings, driver, CARD_MONTHS, constant, parameter, PRODA_COURSE_RTOL);
  follow(&r, e, v * CARD_CASES + i, h->n_pools);
  run_free(&r);
  proda_settings_free(settings);
}

static void golden_runs(void **state)
{
  (void)state;
  for (int k = 0; k < N_EVERY_CARD; k++) {
    if (!cards[k].file)
      continue;
    struct card_host h;
    struct expected step, cycle;
    print_message("%s\n", cards[k].model);
    card_open(&cards[k], &h);
    expected_read(&h, "step_pools", "step_co2_cum", &step);
    expected_read(&h, "cycle_pools", "cycle_co2_cum", &cycle);
    for (size_t v = 0; v < h.n_variants; v++)
      for (size_t i = (EVERY - v % EVERY) % EVERY; i < CARD_CASES; i += EVERY) {
        run_case(&h, v, i, &step, true);
        run_case(&h, v, i, &cycle, false);
      }
    expected_free(&step);
    expected_free(&cycle);
    card_close(&h);
  }
}

/* A state is observed alike whether it was solved for or is the start of a course. */
static void states_are_observed_alike(void **state)
{
  (void)state;
  for (int k = 0; k < N_EVERY_CARD; k++) {
    if (!cards[k].file)
      continue;
    struct card_host h;
    struct run r;
    struct proda_settings *settings = NULL;
    double value[16][CARD_MONTHS], pools[CARD_MAX_POOLS], density;
    const double *driver[16];
    char text[256];
    lane solved;
    card_open(&cards[k], &h);
    struct card_case c = card_case(&h, 0, 2);
    struct proda_block *block = card_solve(&h, card_structure(&h, 0, 2, CARD_MONTHS), &c, 0);
    proda_block_observe(block, 0, &solved);
    card_year(&h, &c, value, driver);
    card_settings_make(&h, card_settings(&h, 0, 2, text), &settings);
    run_make(&r, h.model, settings, driver, CARD_MONTHS, true, c.parameter, PRODA_COURSE_RTOL);
    for (size_t p = 0; p < r.n; p++)
      pools[p] = proda_block_pools(block)[p][0];
    run_start(&r, 0, pools);
    proda_course_observe(r.course, 0, &density);
    assert_close(density, solved[0], 1e-14, 0);
    run_free(&r);
    proda_settings_free(settings);
    proda_block_free(block);
    card_close(&h);
  }
}

/* MEND from the paper's first enzymes, far below the others: pools stay above 0, nothing is lost,
 * and another tolerance agrees. */
static void stiff_start(void **state)
{
  (void)state;
  struct card_host h;
  card_open(&cards[CARD_MEND], &h);
  for (size_t v = 0; v < h.n_variants; v++) {
    struct card_case c = card_case(&h, v, 0);
    struct proda_settings *settings = NULL;
    double value[16][CARD_MONTHS], end[2][CARD_MAX_POOLS];
    const double *driver[16];
    char text[CARD_SETTINGS];
    card_year(&h, &c, value, driver);
    card_settings_make(&h, card_settings(&h, v, 0, text), &settings);
    for (int k = 0; k < 2; k++) {
      struct run r;
      double pools[CARD_MAX_POOLS] = {10, 5, 0.1, 2, 1, 1e-5, 1e-5};
      run_make(&r, h.model, settings, driver, CARD_MONTHS, true, c.parameter,
               PRODA_COURSE_RTOL * (k ? 100 : 1));
      run_start(&r, 0, pools);
      for (int month = 1; month <= 240; month++) {
        run_to(&r, month);
        for (size_t p = 0; p < r.n; p++)
          assert_true(proda_course_pools(r.course)[p] > 0);
        assert_true(run_imbalance(&r) < 1e-13);
      }
      memcpy(end[k], proda_course_pools(r.course), r.n * sizeof(double));
      run_free(&r);
    }
    for (size_t p = 0; p < h.model->manifest->n_pools; p++)
      assert_close(end[1][p], end[0][p], 1e-5, 0);
    proda_settings_free(settings);
  }
  card_close(&h);
}

/* Millennial where the efficiency of its microbes is below 0: they die out, and nothing else
 * breaks.
 */
static void microbes_die_out(void **state)
{
  (void)state;
  struct card_host h;
  card_open(&cards[CARD_MILLENNIAL2], &h);
  struct card_case c = card_case(&h, 0, 0);
  double value[16][CARD_MONTHS];
  const double *driver[16];
  struct proda_settings *settings = NULL;
  struct run r;
  char text[CARD_SETTINGS];
  *card_at(&h, &c, "cue_ref") = -0.05;
  *card_at(&h, &c, "cue_t") = 0;
  card_year(&h, &c, value, driver);
  card_settings_make(&h, card_settings(&h, 0, 0, text), &settings);
  run_make(&r, h.model, settings, driver, CARD_MONTHS, true, c.parameter, PRODA_COURSE_RTOL);
  run_start(&r, 0, (double[]){1000, 100, 500, 50, 2000});
  for (int year = 1; year <= 200; year++) {
    run_to(&r, 12 * year);
    assert_true(run_imbalance(&r) < 1e-12);
  }
  assert_true(proda_course_pools(r.course)[3] < 1e-3);
  run_free(&r);
  proda_settings_free(settings);
  card_close(&h);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(golden_runs),
      cmocka_unit_test(states_are_observed_alike),
      cmocka_unit_test(stiff_start),
      cmocka_unit_test(microbes_die_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
