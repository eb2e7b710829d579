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
  convert("tC ha-1", "gC m-2", 100, 0);
  convert("mgC cm-3", "gC m-3", 1000, 0);
  convert("kgC m-3", "gC m-3", 1000, 0);
  convert("%", "1", 0.01, 0);
  convert("cm", "m", 0.01, 0);
  convert("g kg-1", "1", 1e-3, 0);
  convert("gC m-2 yr-1", "gC m-2 month-1", 1.0 / 12.0, 0);
  convert("yr", "day", 365, 0);
  convert("years", "h", 8760, 0);
  convert("month", "day", 365.0 / 12, 0);
  convert("months", "s", 365.0 / 12 * 86400, 0);
  convert("week", "day", 7, 0);
}

static struct proda_unit unit_of(const char *text)
{
  struct proda_error error;
  struct proda_unit unit;
  assert_ok(proda_unit_parse(text, &unit, &error), error);
  return unit;
}

static void assert_printed(struct proda_unit unit, const char *expected)
{
  char text[PRODA_UNIT_TEXT];
  assert_string_equal(proda_unit_print(&unit, text), expected);
}

/* Scales and origins by definition: 1 gC = 1e-3 kg, 0 degC = 273.15 K. */
static void arithmetic(void **state)
{
  (void)state;
  struct proda_unit density = unit_of("gC m-3"), rate = unit_of("yr-1"), one = unit_of("1");
  struct proda_unit flux = proda_unit_product(&density, &rate, 1);
  assert_close(density.scale, 1e-3, 1e-15, 0);
  assert_close(flux.scale, 1e-3 / (365 * 86400.0), 1e-15, 0);
  assert_printed(flux, "gC m-3 yr-1");
  assert_printed(proda_unit_product(&flux, &density, -1), "yr-1");
  assert_printed(proda_unit_product(&one, &density, -0.5), "gC^-0.5 m^1.5");
  assert_printed(one, "1");
  assert_printed(unit_of("J mol-1 K-1"), "J mol-1 K-1");
  assert_printed(unit_of("m/s"), "m s-1");
  assert_printed(unit_of("1e-3 J"), "kg m2 s-2");
  assert_close(unit_of("degC").origin, 273.15, 1e-15, 0);
  assert_close(unit_of("degF").origin, 273.15 - 160.0 / 9, 1e-15, 0);
  assert_close(unit_of("degC-1").origin, 0, 0, 0);
  assert_close(unit_of("%").scale, 0.01, 0, 0);
  assert_close(unit_of("mgC cm-3").scale, 1, 1e-15, 0);
  struct proda_unit kilo = unit_of("kgC cm-3"), cycle = unit_of("rad");
  assert_true(proda_unit_alike(&density, &kilo));
  assert_false(proda_unit_alike(&density, &rate));
  assert_true(proda_unit_dimensionless(&one));
  assert_false(proda_unit_dimensionless(&cycle));
  struct proda_unit celsius = unit_of("degC");
  assert_true(proda_unit_temperature(&celsius));
  struct proda_error error;
  struct proda_unit none;
  assert_int_equal(proda_unit_parse("lg(re 1 mW)", &none, &error), PRODA_ERROR);
  assert_string_equal(error.message, "the unit 'lg(re 1 mW)' cannot be calculated with");
  assert_int_equal(proda_unit_parse("days since 2000-01-01", &none, &error), PRODA_ERROR);
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
      cmocka_unit_test(arithmetic),
      cmocka_unit_test(checks),
      cmocka_unit_test(refusals),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
