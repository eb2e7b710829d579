/* `proda simulate` as a program: what it tells of a time course, and what it refuses. */
#include "testing.h"

#include "program.h"

static void refused(const char *arguments, const char *expected)
{
  char command[8192];
  snprintf(command, sizeof command, "simulate clm5 --forcing %s --out %s %s",
           testing_path("data/forcing.nc"), scratch_path("refused.nc"), arguments);
  assert_int_equal(proda(command), 2);
  assert_has(errors, expected);
  assert_int_equal(scratch_count("refused"), 0);
}

static void wrong_calls(void **state)
{
  (void)state;
  refused("--years 0", "simulate: --years: expected a number above 0");
  refused("--years ten", "--years: expected a number above 0 and at most 1e+07, found 'ten'");
  refused("--years", "--years needs a value");
  refused("--years 1 --every week", "--every: expected year, month or day, found 'week'");
  refused("--years 1 --rtol 2", "--rtol: expected a number above 0 and at most 0.1, found '2'");
  refused("--every month", "--every is for time courses: --years N says how long");
  refused("--from x.nc", "--from is for time courses");
  refused("--constant", "--constant is for time courses");
  refused("--setting kinetics", "--setting: expected NAME=VALUE, found 'kinetics'");
  refused("--tolerance 1", "unknown option '--tolerance'");
}

static void a_course_is_told(void **state)
{
  (void)state;
  char command[8192];
  snprintf(command, sizeof command,
           "simulate clm5 --forcing %s --years 1 --every month --from steady --rtol 1e-4 --out %s",
           testing_path("data/forcing.nc"), scratch_path("course.nc"));
  assert_int_equal(proda(command), 0);
  assert_has(output, "course.nc: 16 sites x 1 parameter sets x 13 times: 16 solved");
  assert_string_equal(errors, "");
  snprintf(command, sizeof command, "simulate clm5 --forcing %s --years 0.5 --out %s",
           testing_path("data/forcing.nc"), scratch_path("half.nc"));
  assert_int_equal(proda(command), 1);
  assert_has(errors, "simulate: 0.5 years is no whole number of years");
}

/* And are told with their place where they are none. */
static void settings_reach_the_structure(void **state)
{
  (void)state;
  char command[8192];
  snprintf(command, sizeof command,
           "simulate millennial2 --forcing %s --setting kinetics=ODD --out %s",
           testing_path("data/forcing.nc"), scratch_path("odd.nc"));
  assert_int_equal(proda(command), 1);
  assert_has(errors, "--setting:1:11: ");
  assert_has(errors, "MM, ECA, LIN");
  assert_int_equal(scratch_count("odd"), 0);
}

static void what_stops_is_told(void **state)
{
  (void)state;
  char command[8192];
  snprintf(command, sizeof command, "simulate clm5 --forcing %s --years 1 --rtol 1e-18 --out %s",
           testing_path("data/forcing.nc"), scratch_path("stopped.nc"));
  assert_int_equal(proda(command), 0);
  assert_has(output, "16 stopped");
  assert_has(output, "site 0, set 0: at year 1, month 1: the tolerance is beyond");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(wrong_calls),
      cmocka_unit_test(a_course_is_told),
      cmocka_unit_test(settings_reach_the_structure),
      cmocka_unit_test(what_stops_is_told),
  };
  return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
