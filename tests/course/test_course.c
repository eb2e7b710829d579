/* Time courses against exact solutions: two pools in a row under a forcing that changes by month;
 * CLM5, COMPAS and a mixed column from and towards their steady states. What comes in, what leaves
 * and what stays must agree to rounding, at any tolerance. */
#include "courses.h"

#include "store/forcing.h"

enum { MONTHS = 12, YEARS = 7 };

static struct proda_error error;

/* ---- two pools in a row ---- */

static const char row_manifest[] =
    "proda: 1\nkind: model\nname: row\ntitle: Two pools\ntime: yr\n"
    "grid: {dz: [0.5], node: [0.25], interface: [0.5]}\n"
    "drivers:\n"
    "  input: {unit: gC m-3 yr-1, dims: [month], doc: carbon input}\n"
    "  warmth: {unit: \"1\", dims: [month], doc: factor on rates}\n"
    "parameters:\n"
    "  k: {term: K, unit: yr-1, default: 2, prior: [1, 3], doc: rate}\n"
    "pools: {fast: first, slow: second}\n"
    "modifiers: [warm]\ninputs: [fast]\n"
    "channels:\n"
    "  - {from: fast, to: {slow: 0.25}}\n"
    "  - {from: slow, loss: leaching}\n"
    "observe:\n  soc: {sum: fast + slow, unit: gC m-3, doc: all}\n";

static const double slow_rate = 0.3, handed = 0.25;

static int row_create(const struct proda_model_shape *shape, const struct proda_setting *settings,
                      void **model, struct proda_error *e)
{
  (void)settings, (void)e;
  static int instance;
  assert_int_equal(shape->n_months, 1);
  *model = &instance;
  return PRODA_OK;
}

static void row_destroy(void *model)
{
  (void)model;
}

static size_t row_site_size(const void *model)
{
  (void)model;
  return 2;
}

/* Sees the record behind its month. */
static int row_site(const void *model, const struct proda_forcing *forcing, lane *site, int i,
                    struct proda_error *e)
{
  (void)model, (void)e;
  for (int d = 0; d < 2; d++) {
    assert_true(forcing->month < forcing->n_record);
    assert_memory_equal(forcing->driver[d], &forcing->record[d][forcing->month], sizeof(double));
    site[d][i] = forcing->driver[d][0];
  }
  return PRODA_OK;
}

static void row_terms(const void *model, const lane *site, const lane *parameter,
                      const struct proda_terms *terms)
{
  (void)model;
  terms->input[0] = site[0];
  terms->modifier[0] = site[1];
  terms->rate[0] = parameter[0];
  terms->rate[1] = lane_splat(slow_rate);
  terms->fraction[0] = lane_splat(handed);
  for (int band = 0; band < 3; band++)
    terms->transport[band] = lane_splat(0);
}

static const struct proda_model_ops row_ops = {
    .size = sizeof row_ops,
    .create = row_create,
    .destroy = row_destroy,
    .site_size = row_site_size,
    .site = row_site,
    .terms = row_terms,
};
static const struct proda_plugin row_plugin = {.name = "row", .ops = &row_ops};

/* A month of dx/dt = I - a x, dy/dt = h a x - b y, with the integrals of a x and b y. */
static void row_month(double input, double a, double b, double *x, double *y, double *lost)
{
  double t = 1.0 / 12, x0 = *x, y0 = *y, xs = input / a, ys = handed * input / b;
  double c = handed * a * (x0 - xs) / (b - a);
  *x = xs + (x0 - xs) * exp(-a * t);
  *y = ys + c * exp(-a * t) + (y0 - ys - c) * exp(-b * t);
  double left = input * t - (*x - x0);
  lost[0] += (1 - handed) * left;
  lost[1] += handed * left - (*y - y0);
}

/* Pools and sums at the end of every month, to the tolerance; and what is conserved, far below. */
static void exponentials(void **state)
{
  (void)state;
  struct proda_loaded model = {.plugin = &row_plugin};
  assert_ok(
      proda_manifest_parse("row", row_manifest, strlen(row_manifest), &model.manifest, &error),
      error);
  double input[MONTHS], warmth[MONTHS], k = 2;
  for (int m = 0; m < MONTHS; m++) {
    input[m] = 100 + 90 * sin(m);
    warmth[m] = 1.1 + cos(m);
  }
  const double *driver[] = {input, warmth};
  static const double rtol[] = {1e-4, 1e-6, 1e-8, 1e-10};
  for (int i = 0; i < 4; i++) {
    struct run r;
    run_make(&r, &model, NULL, driver, MONTHS, false, &k, rtol[i]);
    double x = 3, y = 70, lost[2] = {0, 0};
    run_start(&r, 0, (double[]){x, y});
    assert_string_equal(r.manifest->loss[0].name, "CO2");
    assert_string_equal(r.manifest->loss[1].name, "leaching");
    for (int m = 0; m < YEARS * MONTHS; m++) {
      row_month(input[m % MONTHS], k * warmth[m % MONTHS], slow_rate * warmth[m % MONTHS], &x, &y,
                lost);
      run_to(&r, m + 0.3);
      run_to(&r, m + 1);
      assert_close(proda_course_pools(r.course)[0], x, 20 * rtol[i], 0);
      assert_close(proda_course_pools(r.course)[1], y, 20 * rtol[i], 0);
      for (size_t l = 0; l < 2; l++)
        assert_close(proda_course_loss(r.course, l), 0.5 * lost[l], 20 * rtol[i], 0);
      assert_true(run_imbalance(&r) < 1e-14);
    }
    run_free(&r);
  }
  proda_manifest_free(model.manifest);
}

/* What stops a course is told with its time. */
static void failures_name_their_time(void **state)
{
  (void)state;
  struct proda_loaded model = {.plugin = &row_plugin};
  assert_ok(
      proda_manifest_parse("row", row_manifest, strlen(row_manifest), &model.manifest, &error),
      error);
  double input[3 * MONTHS], warmth[3 * MONTHS], k = 2;
  for (int m = 0; m < 3 * MONTHS; m++)
    input[m] = warmth[m] = 1;
  warmth[28] = NAN;
  struct run r;
  run_make(&r, &model, NULL, (const double *[]){input, warmth}, 3 * MONTHS, false, &k, 1e-8);
  run_start(&r, 0, (double[]){1, 1});
  assert_int_equal(proda_course_advance(r.course, 40, &error), PRODA_REJECT);
  assert_non_null(strstr(error.message, "at year 3, month 5: pools or rates are not finite"));
  run_free(&r);
  proda_manifest_free(model.manifest);
}

/* ---- structures with layers ---- */

struct subject {
  struct proda_search_path *path;
  struct proda_loaded *model;
  struct proda_settings *settings;
  struct proda_forcing_file *forcing;
  const double *driver[32];
  double parameter[64];
};

static void subject_open(struct subject *s, const char *model, size_t site)
{
  assert_ok(proda_search_path_make(NULL, &s->path, &error), error);
  assert_ok(proda_load(s->path, model, PRODA_MODEL, &s->model, &error), error);
  assert_ok(
      proda_forcing_open(testing_path("data/forcing.nc"), s->model->manifest, &s->forcing, &error),
      error);
  assert_ok(proda_settings_make(s->model->manifest, NULL, NULL, &s->settings, &error), error);
  struct proda_forcing forcing = {.driver = s->driver};
  proda_forcing_site(s->forcing, site, s->driver);
  proda_default_parameters(s->model->manifest, &forcing, s->parameter);
}

static void subject_close(struct subject *s)
{
  proda_forcing_close(s->forcing);
  proda_settings_free(s->settings);
  proda_loaded_free(s->model);
  proda_search_path_free(s->path);
}

/* A steady state under constant forcing stays where it is. */
static void steady_states_stay(void **state)
{
  (void)state;
  static const char *const name[] = {"clm5", "compas"};
  for (int k = 0; k < 2; k++) {
    struct subject s;
    struct run r;
    double pools[8 * 20];
    subject_open(&s, name[k], 0);
    run_steady(s.model, s.settings, s.driver, MONTHS, s.parameter, pools);
    run_make(&r, s.model, s.settings, s.driver, MONTHS, true, s.parameter, PRODA_COURSE_RTOL);
    run_start(&r, 0, pools);
    run_to(&r, 12000);
    double total = proda_course_stock(r.course);
    assert_close(total, r.stock, 1e-9, 0);
    for (size_t i = 0; i < r.n; i++)
      assert_close(proda_course_pools(r.course)[i], pools[i], 1e-8, 1e-12 * total);
    assert_true(run_imbalance(&r) < 1e-12);
    run_free(&r);
    subject_close(&s);
  }
}

/* CLM5 from nothing arrives at its steady state, however long that takes. */
static void nothing_becomes_steady(void **state)
{
  (void)state;
  struct subject s;
  struct run r;
  double pools[8 * 20];
  subject_open(&s, "clm5", 0);
  run_steady(s.model, s.settings, s.driver, MONTHS, s.parameter, pools);
  run_make(&r, s.model, s.settings, s.driver, MONTHS, true, s.parameter, PRODA_COURSE_RTOL);
  run_start(&r, 0, NULL);
  run_to(&r, 12e9);
  for (size_t i = 0; i < r.n; i++)
    assert_close(proda_course_pools(r.course)[i], pools[i], 1e-6, 0);
  run_free(&r);
  subject_close(&s);
}

/* Every site of golden's forcing by month, shallow bedrock too, where transport loses carbon. */
static void carbon_is_conserved(void **state)
{
  (void)state;
  static const char *const name[] = {"clm5", "compas"};
  static const double rtol[] = {1e-2, PRODA_COURSE_RTOL};
  for (int k = 0; k < 4; k++) {
    struct subject s;
    subject_open(&s, name[k / 2], 0);
    for (size_t site = 0; site < proda_forcing_n_sites(s.forcing); site += 3) {
      struct run r;
      proda_forcing_site(s.forcing, site, s.driver);
      run_make(&r, s.model, s.settings, s.driver, MONTHS, false, s.parameter, rtol[k % 2]);
      double pools[r.n];
      for (size_t i = 0; i < r.n; i++)
        pools[i] = 10;
      run_start(&r, 0, pools);
      for (int m = 0; m < 2 * MONTHS; m++) {
        run_to(&r, m + 0.7);
        assert_true(run_imbalance(&r) < 1e-13);
      }
      run_free(&r);
    }
    subject_close(&s);
  }
}

/* Stopped at the end of a month and started anew from what was told, it does not differ. */
static void a_cut_course_is_the_same(void **state)
{
  (void)state;
  struct subject s;
  struct run whole, cut;
  double pools[8 * 20];
  subject_open(&s, "clm5", 3);
  run_steady(s.model, s.settings, s.driver, MONTHS, s.parameter, pools);
  run_make(&whole, s.model, s.settings, s.driver, MONTHS, false, s.parameter, PRODA_COURSE_RTOL);
  run_make(&cut, s.model, s.settings, s.driver, MONTHS, false, s.parameter, PRODA_COURSE_RTOL);
  run_start(&whole, 0, pools);
  run_to(&whole, 31);
  memcpy(pools, proda_course_pools(whole.course), cut.n * sizeof(double));
  run_start(&cut, 31, pools);
  run_to(&whole, 60);
  run_to(&cut, 60);
  for (size_t i = 0; i < cut.n; i++)
    assert_close(proda_course_pools(cut.course)[i], proda_course_pools(whole.course)[i], 1e-7,
                 1e-20 * whole.stock);
  run_free(&whole);
  run_free(&cut);
  subject_close(&s);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(exponentials),        cmocka_unit_test(failures_name_their_time),
      cmocka_unit_test(steady_states_stay),  cmocka_unit_test(nothing_becomes_steady),
      cmocka_unit_test(carbon_is_conserved), cmocka_unit_test(a_cut_course_is_the_same),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
