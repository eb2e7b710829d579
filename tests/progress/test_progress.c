/* How far a stage is: rates of late, when a log says so, and lines of any width. Expected values
 * are worked out by hand. */
#include "progress/amount.h"
#include "progress/line.h"
#include "progress/rate.h"
#include "testing.h"

static void test_rate_is_that_of_late(void **state)
{
  (void)state;
  struct proda_rate rate;
  proda_rate_start(&rate, 1000, 50);
  assert_true(proda_rate_at(&rate, 1000, 50) == 0);
  /* ten a second for ten minutes, then one a second for two: the last minute counts */
  double time = 1000;
  size_t done = 50;
  for (int i = 0; i < 600; i++)
    proda_rate_note(&rate, time += 1, done += 10);
  assert_close(proda_rate_at(&rate, time, done), 10, 1e-12, 0);
  for (int i = 0; i < 120; i++)
    proda_rate_note(&rate, time += 1, done += 1);
  assert_close(proda_rate_at(&rate, time, done), 1, 1e-12, 0);
  /* while nothing is done it falls: 63 of 63 s, then of 126 s */
  assert_close(proda_rate_at(&rate, time + 63, done), 0.5, 1e-12, 0);
}

/* A site in ten minutes: the last 63 count, not the last minute. */
static void test_rate_of_slow_units(void **state)
{
  (void)state;
  struct proda_rate rate;
  proda_rate_start(&rate, 0, 0);
  for (size_t done = 1; done <= 200; done++)
    proda_rate_note(&rate, 600 * (double)done, done);
  assert_close(proda_rate_at(&rate, 600 * 200.0, 200), 1 / 600.0, 1e-12, 0);
}

static void test_lines_of_a_log_are_rare(void **state)
{
  (void)state;
  struct proda_pace pace = {.time = 0, .done = 0};
  /* a run of 50 s: none; of 100 s in tenths of 10 s: one, after a minute */
  size_t n = 0;
  for (size_t done = 1; done < 100; done++)
    n += proda_pace_due(&pace, 0.5 * (double)done, done, 100);
  assert_int_equal(n, 0);
  pace = (struct proda_pace){0};
  for (size_t done = 1; done < 100; done++)
    n += proda_pace_due(&pace, (double)done, done, 100);
  assert_int_equal(n, 1);
  /* of 3 hours: nine, each a tenth */
  pace = (struct proda_pace){0};
  n = 0;
  for (size_t done = 1; done < 1000; done++)
    n += proda_pace_due(&pace, 10.8 * (double)done, done, 1000);
  assert_int_equal(n, 9);
  /* of 100 hours: every half hour all the same */
  pace = (struct proda_pace){0};
  n = 0;
  for (size_t done = 1; done < 1000; done++)
    n += proda_pace_due(&pace, 360 * (double)done, done, 1000);
  assert_int_equal(n, 199);
}

static void test_amounts(void **state)
{
  (void)state;
  static const struct {
    double value;
    const char *time;
  } time[] = {
      {0.04, "0.0 s"},       {35.2, "35 s"},        {99.4, "99 s"},
      {250, "4 min 10 s"},   {3569, "59 min 29 s"}, {3599.6, "1 h 0 min"},
      {12000, "3 h 20 min"}, {1054800, "12 d 5 h"}, {NAN, "an unknown time"},
  };
  char text[PRODA_AMOUNT_SIZE];
  for (size_t i = 0; i < sizeof time / sizeof *time; i++) {
    proda_amount_time(time[i].value, text);
    assert_string_equal(text, time[i].time);
  }
  proda_amount_rate(7.94, text);
  assert_string_equal(text, "7.9 a second");
  proda_amount_rate(0.053, text);
  assert_string_equal(text, "3.2 a minute");
  proda_amount_rate(5 / 3600.0, text);
  assert_string_equal(text, "5 an hour");
  proda_amount_bytes(512, text);
  assert_string_equal(text, "512 bytes");
  proda_amount_bytes(11398301, text);
  assert_string_equal(text, "11.4 MB");
  proda_amount_bytes(999960, text);
  assert_string_equal(text, "1.0 MB");
}

static void test_line_leaves_out_what_matters_least(void **state)
{
  (void)state;
  static const char *const reason[] = {"no_valid_start", "failed", "crashed"};
  static const size_t failed[] = {8, 0, 3};
  const struct proda_progress progress = {.stage = "calibrate",
                                          .structure = "clm5",
                                          .units = "sites",
                                          .done = 120,
                                          .total = 400,
                                          .n_reasons = 3,
                                          .reason = reason,
                                          .failed = failed};
  static const struct {
    size_t width;
    const char *line;
  } expected[] = {
      {200, "calibrate clm5: 120 of 400 sites, 8 a second, 35 s left; 11 failed: 8 no_valid_start, "
            "3 crashed"},
      {80, "calibrate clm5: 120 of 400 sites, 8 a second, 35 s left; 11 failed"},
      {65, "calibrate clm5: 120 of 400 sites, 35 s left; 11 failed"},
      {50, "calibrate clm5: 120 of 400 sites; 11 failed"},
      {40, "calibrate clm5: 120 of 400 sites"},
      {30, "calibrate clm5: 120 of 400"},
      {12, "calibrate cl"},
      {0, ""},
  };
  char text[256];
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
    proda_progress_line(&progress, 8, expected[i].width, text, sizeof text);
    assert_string_equal(text, expected[i].line);
  }
  char narrow[20];
  proda_progress_line(&progress, 8, 200, narrow, sizeof narrow);
  assert_string_equal(narrow, "calibrate clm5: 120");
}

static void test_line_of_other_stages(void **state)
{
  (void)state;
  char text[256];
  const struct proda_progress train = {
      .stage = "train", .structure = "h\xc3\xa9", .units = "epochs", .done = 7, .note = "loss 0.1"};
  proda_progress_line(&train, 0, 100, text, sizeof text);
  assert_string_equal(text, "train h\xc3\xa9: 7 epochs, loss 0.1");
  proda_progress_line(&train, 0, 8, text, sizeof text); /* not within a character */
  assert_string_equal(text, "train h");
  const struct proda_progress prepare = {
      .stage = "prepare", .units = "profiles", .done = 5, .total = 5};
  proda_progress_line(&prepare, 3, 100, text, sizeof text);
  assert_string_equal(text, "prepare: 5 of 5 profiles, 3 a second");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_rate_is_that_of_late),
      cmocka_unit_test(test_rate_of_slow_units),
      cmocka_unit_test(test_lines_of_a_log_are_rare),
      cmocka_unit_test(test_amounts),
      cmocka_unit_test(test_line_leaves_out_what_matters_least),
      cmocka_unit_test(test_line_of_other_stages),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
