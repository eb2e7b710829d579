/* Stores put together in memory, read back from the file. */
#include "scratch.h"
#include "testing.h"

#include "store/ncdraft.h"

static struct proda_error error;

static const struct proda_nc_entry number = {"number", PRODA_NC_DOUBLE, "row column", "kg",
                                             "a number"};
static const struct proda_nc_entry count = {"count", PRODA_NC_BYTE, "column", NULL, "a count"};
static const struct proda_nc_entry word = {"word", PRODA_NC_STRING, "row", NULL, "a word"};

static struct proda_draft *make(void)
{
  struct proda_draft *draft = proda_draft_new();
  assert_non_null(draft);
  assert_ok(proda_draft_dim(draft, "row", 2, &error), error);
  assert_ok(proda_draft_dim(draft, "column", 3, &error), error);
  return draft;
}

static void written_as_drafted(void **state)
{
  (void)state;
  char text[] = "first", *copy[2] = {text, text};
  char flag[] = "good", *flags[2] = {flag, text};
  struct proda_draft *draft = make();
  struct proda_nc *file = NULL;
  double *value = NULL, *counts = NULL;
  assert_ok(proda_draft_numbers(draft, &number, &value, &error), error);
  assert_ok(proda_draft_numbers(draft, &count, &counts, &error), error);
  assert_ok(proda_draft_texts(draft, &word, (const char *const *)copy, &error), error);
  assert_ok(proda_draft_flags(draft, "count", (const char *const *)flags, 2, &error), error);
  memset(text, 'x', strlen(text)); // texts were copied
  memset(flag, 'y', strlen(flag));
  assert_true(isnan(value[5]) && counts[2] == 0);
  assert_ptr_equal(proda_draft_find(draft, "number"), value);
  assert_null(proda_draft_find(draft, "nothing"));
  assert_int_equal(proda_draft_length(draft, "column"), 3);
  assert_int_equal(proda_draft_length(draft, "col"), 0);
  value[4] = 7;
  counts[1] = 1;
  const char *path = scratch_path("draft.nc");
  assert_ok(proda_nc_create(path, &file, &error), error);
  assert_ok(proda_draft_write(draft, file, &error), error);
  assert_ok(proda_nc_commit(file, &error), error);
  proda_draft_free(draft);

  size_t n = 0;
  char **words = NULL, **meaning = NULL;
  assert_ok(proda_nc_open(path, &file, &error), error);
  assert_ok(proda_nc_read(file, "number", 6, &value, &error), error);
  assert_ok(proda_nc_read(file, "count", 3, &counts, &error), error);
  assert_ok(proda_nc_read_strings(file, "word", &n, &words, &error), error);
  assert_true(value[4] == 7 && isnan(value[0]) && counts[1] == 1 && counts[0] == 0);
  assert_string_equal(words[1], "first");
  assert_true(proda_nc_is_along(file, "count", "column"));
  assert_false(proda_nc_is_along(file, "count", "row"));
  assert_false(proda_nc_is_along(file, "number", "row"));
  assert_false(proda_nc_is_along(file, "word", "row"));
  assert_ok(proda_nc_read_flags(file, "count", &n, &meaning, &error), error);
  assert_int_equal(n, 2);
  assert_string_equal(meaning[0], "good");
  assert_string_equal(meaning[1], "first");
  free(meaning);
  assert_int_equal(proda_nc_read_flags(file, "number", &n, &meaning, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "'number': has no flag_meanings"));
  proda_nc_close(file);
  free(value);
  free(counts);
  free(words);
}

static void refuses_what_is_not_there(void **state)
{
  (void)state;
  static const struct proda_nc_entry astray = {"astray", PRODA_NC_DOUBLE, "row nowhere", "1", ""};
  static const char *const flags[] = {"a"};
  struct proda_draft *draft = make();
  double *value = NULL;
  assert_int_equal(proda_draft_numbers(draft, &astray, &value, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "'astray': there is no dimension 'nowhere'"));
  assert_int_equal(proda_draft_flags(draft, "count", flags, 1, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "'count'"));
  proda_draft_free(draft);
  proda_draft_free(NULL);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(written_as_drafted),
      cmocka_unit_test(refuses_what_is_not_there),
  };
  return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
