/* Units. Factors are those of their definitions. */
#include "testing.h"

#include "plugin/unit.h"

static void convert(const char *from, const char *to, double factor, double offset)
{
  struct proda_error error;
  double a = NAN, b = NAN;
  assert_ok(proda_unit_convert(from, to, &a, &b, &error), error);
  assert_close(a, factor, 1e-14, 0);
  assert_close(b, offset, 1e-14, 0);
}

static void refuse(const char *from, const char *to, const char *message)
{
  struct proda_error error = {""};
  double a, b;
  assert_int_equal(proda_unit_convert(from, to, &a, &b, &error), PRODA_ERROR);
  assert_string_equal(error.message, message);
}

static void conversions(void **state)
{
  (void)state;
  convert("K", "K", 1, 0);
  convert("degC", "K", 1, 273.15);
  convert("K", "degC", 1, -273.15);
  convert("degF", "degC", 5.0 / 9.0, -160.0 / 9.0);
  convert("kg m-2", "gC m-2", 1000, 0);
  convert("PgC", "gC", 1e15, 0);
  convert("kgC m-3", "gC m-3", 1000, 0);
  convert("%", "1", 0.01, 0);
  convert("cm", "m", 0.01, 0);
  convert("g kg-1", "1", 1e-3, 0);
  convert("gC m-2 yr-1", "gC m-2 month-1", 1.0 / 12.0, 0);
}

static void checks(void **state)
{
  (void)state;
  struct proda_error error;
  static const char *const good[] = {"1",  "K",     "m2 yr-1", "gC m-2 month-1", "degC", "%",
                                     "yr", "month", "day",     "gC m-3"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    assert_ok(proda_unit_check(good[i], &error), error);
  assert_int_equal(proda_unit_check("furlongs per fortnite", &error), PRODA_ERROR);
  assert_string_equal(error.message,
                      "'furlongs per fortnite' is not a unit that udunits2 knows (examples: m2 "
                      "yr-1, K, gC m-3, \"1\" where there is none)");
  assert_int_equal(proda_unit_check("", &error), PRODA_ERROR);
  assert_string_equal(error.message, "the unit is empty; write \"1\" where there is none");
}

static void refusals(void **state)
{
  (void)state;
  refuse("m", "kg", "unit 'm' cannot be converted to 'kg'");
  refuse("lg(re 1 mW)", "W", "unit 'lg(re 1 mW)' cannot be converted to 'W'");
  refuse("m", "yy%%",
         "'yy%%' is not a unit that udunits2 knows (examples: m2 yr-1, K, gC m-3, "
         "\"1\" where there is none)");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(conversions),
      cmocka_unit_test(checks),
      cmocka_unit_test(refusals),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
