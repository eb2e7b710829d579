/* periodic(month, ...) in carrying/: water and snow that months leave to the next, against the same
 * recursions run here for many years; months of a longer record; one that never repeats. */
#include "called.h"

#include "plugin/planting.h"

enum { MONTHS = 24, YEARS = 400 };
enum { WET, SNOWY }; /* modifiers */

static struct proda_error error;
static double rain[MONTHS], temperature[MONTHS], water[MONTHS], snow[MONTHS];
static const double *const record[] = {rain, temperature};

/* Two winters, of which one is colder, and what repeating them for ever leads to, in mm. */
static int set_up(void **state)
{
  (void)state;
  double mean = 0, w = 20, s = 0;
  for (int m = 0; m < MONTHS; m++) {
    rain[m] = 40 + 7 * (m % 5) + 0.3 * m;
    temperature[m] = 8 - (m < 12 ? 16 : 11) * cos(2 * 3.14159265358979 * m / 12);
    mean += rain[m] / MONTHS;
  }
  temperature[2] = -5; /* no snow yet */
  for (int k = 0; k < YEARS * MONTHS; k++) {
    int m = k % MONTHS;
    w = water[m] = fmax(0, 0.75 * w + rain[m]);
    s = snow[m] = temperature[m] < -5 ? s + rain[m] + 0.1 * (rain[m] - mean) : 0.5 * s;
  }
  return 0;
}

static void open_for(struct called *c, size_t n_months)
{
  const char *build = getenv("builddir");
  called_open(c, scratch_print("%s/tests/formula", build ? build : "."), "carrying", n_months);
}

static double mean_of(const double *value, size_t n)
{
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += value[i] / (double)n;
  return sum;
}

static void assert_modifiers(struct called *c, double wet, double snowy)
{
  called_fill(c);
  assert_close(c->terms.modifier[WET][0], wet / 100, 1e-14, 0);
  assert_close(c->terms.modifier[SNOWY][0], snowy / 100, 1e-14, 1e-16);
}

static void the_record_repeats(void **state)
{
  (void)state;
  struct called c;
  const struct proda_forcing forcing = {record, record, MONTHS, 0};
  open_for(&c, MONTHS);
  assert_ok(c.ops->site(c.model, &forcing, c.site, 0, &error), error);
  assert_modifiers(&c, mean_of(water, MONTHS), mean_of(snow, MONTHS));
  called_close(&c);
}

/* As a time course takes them: one or some of the record at a time. */
static void months_of_the_record(void **state)
{
  (void)state;
  for (size_t n = 1; n <= 12; n += 11) {
    struct called c;
    open_for(&c, n);
    for (size_t m = 0; m + n <= MONTHS; m++) {
      const double *const driver[] = {rain + m, temperature + m};
      const struct proda_forcing forcing = {driver, record, MONTHS, m};
      assert_ok(c.ops->site(c.model, &forcing, c.site, 0, &error), error);
      assert_modifiers(&c, mean_of(water + m, n), mean_of(snow + m, n));
    }
    called_close(&c);
  }
}

static void growth_for_ever(void **state)
{
  (void)state;
  struct called c;
  const struct proda_forcing forcing = {record, record, MONTHS, 0};
  const double leak = 0.25, growth = 1;
  const struct proda_setting setting[] = {{1, &leak}, {1, &growth}};
  const struct proda_model_shape shape = {1, MONTHS};
  void *model = NULL;
  open_for(&c, MONTHS);
  assert_ok(c.ops->create(&shape, setting, &model, &error), error);
  lane *site = called_lanes(c.ops->site_size(model));
  assert_int_equal(c.ops->site(model, &forcing, site, 0, &error), PRODA_REJECT);
  assert_non_null(strstr(error.message, "'forever'"));
  c.ops->destroy(model);
  free(site);
  called_close(&c);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_record_repeats),
      cmocka_unit_test(months_of_the_record),
      cmocka_unit_test(growth_for_ever),
  };
  return cmocka_run_group_tests(tests, set_up, NULL);
}
