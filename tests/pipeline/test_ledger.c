/* The ledger's codes, which keep their numbers and names for good, and its store: each reason once,
 * at the size of a study (72,000 profiles). */
#include "pipeline/ledger.h"
#include "scratch.h"

static struct proda_error error;

/* As version 0.1.0 gave them. Longer lists go on behind; nothing here ever changes. */
static const char *const given[] = {
    "kept",           "not_selected",  "no_position",      "few_layers",
    "shallow",        "no_forcing",    "unusable_forcing", "not_comparable",
    "no_valid_start", "failed",        "crashed",          "time_limit",
    "memory_limit",   "not_converged", "not_explained",    "nse_undefined",
};

static void codes_are_for_good(void **state)
{
  (void)state;
  size_t n = sizeof given / sizeof *given;
  assert_true(n <= PRODA_N_SITE_CODES);
  for (size_t i = 0; i < n; i++)
    assert_string_equal(proda_site_code_names[i], given[i]);
}

/* doc/ledger.md has a row for each, as the program says it. */
static void codes_are_documented(void **state)
{
  (void)state;
  static char page[65536];
  const char *source = getenv("srcdir");
  char path[4096], row[1024];
  snprintf(path, sizeof path, "%s/doc/ledger.md", source ? source : ".");
  FILE *file = fopen(path, "r");
  assert_non_null(file);
  page[fread(page, 1, sizeof page - 1, file)] = '\0';
  fclose(file);
  for (int i = 0; i < PRODA_N_SITE_CODES; i++) {
    const struct proda_site_code_text *text = &proda_site_code_texts[i];
    snprintf(row, sizeof row, "| %d | `%s` | %s | %s | %s |", i, proda_site_code_names[i],
             text->stage, text->text, text->advice);
    if (!strstr(page, row))
      fail_msg("doc/ledger.md lacks: %s", row);
  }
}

static void counts_are_joined(void **state)
{
  (void)state;
  static const size_t count[PRODA_N_SITE_CODES] = {12, [PRODA_SITE_CRASHED] = 3}, none[2] = {0};
  char text[64], cut[8];
  proda_counts_join(count, proda_site_code_names, PRODA_N_SITE_CODES, text, sizeof text);
  assert_string_equal(text, "12 kept, 3 crashed");
  proda_counts_join(count, proda_site_code_names, PRODA_N_SITE_CODES, cut, sizeof cut);
  assert_string_equal(cut, "12 kept");
  proda_counts_join(none, proda_site_code_names, 2, text, sizeof text);
  assert_string_equal(text, "");
}

enum { MANY = 72000, KINDS = 500 };

static void reasons_stand_once(void **state)
{
  (void)state;
  struct proda_ledger *ledger = NULL, *read = NULL;
  struct proda_nc *file = NULL;
  size_t n_reasons, count[PRODA_N_SITE_CODES], sum = 0;
  char text[64];
  assert_ok(proda_ledger_new(MANY, &ledger, &error), error);
  for (size_t p = 0; p < MANY; p++) {
    ledger->id[p] = 1e6 + (double)p;
    snprintf(text, sizeof text, "NSE -%zu", p * 7919 % KINDS);
    if (p % 3 == 0)
      assert_ok(proda_ledger_enter(ledger, p, PRODA_SITE_NOT_EXPLAINED, text, &error), error);
    else if (p % 3 == 1)
      assert_ok(proda_ledger_enter(ledger, p, PRODA_SITE_NSE_UNDEFINED, "", &error), error);
  }
  assert_ok(proda_nc_create(scratch_path("ledger.nc"), &file, &error), error);
  assert_ok(proda_ledger_write(ledger, file, &error), error);
  assert_ok(proda_nc_commit(file, &error), error);
  assert_ok(proda_nc_open(scratch_path("ledger.nc"), &file, &error), error);
  assert_ok(proda_nc_dim(file, "reason", &n_reasons, &error), error);
  assert_int_equal(n_reasons, KINDS + 1);
  assert_ok(proda_ledger_read(file, &read, &error), error);
  proda_nc_close(file);
  assert_int_equal(read->n, MANY);
  for (size_t p = 0; p < MANY; p++) {
    assert_true(read->id[p] == ledger->id[p] && read->code[p] == ledger->code[p]);
    assert_string_equal(read->reason[p], ledger->reason[p]);
  }
  proda_ledger_count(read, count);
  for (size_t k = 0; k < PRODA_N_SITE_CODES; k++)
    sum += count[k];
  assert_int_equal(sum, MANY);
  assert_int_equal(count[PRODA_SITE_KEPT], MANY / 3);
  proda_ledger_free(ledger);
  proda_ledger_free(read);
}

static void write_odd(double code, double reason, const char *const *names)
{
  static const char *const text[] = {"", "why"};
  const struct proda_nc_entry column[] = {
      {"profile_id", PRODA_NC_INT64, "profile", NULL, NULL},
      {"profile_state", PRODA_NC_BYTE, "profile", NULL, NULL},
      {"profile_reason", PRODA_NC_INT, "profile", NULL, NULL},
      {"reason", PRODA_NC_STRING, "reason", NULL, NULL},
  };
  const double id[2] = {1, 2}, codes[2] = {0, code}, reasons[2] = {0, reason};
  struct proda_nc *file = NULL;
  assert_ok(proda_nc_create(scratch_path("odd.nc"), &file, &error), error);
  assert_ok(proda_nc_def_dim(file, "profile", 2, &error), error);
  assert_ok(proda_nc_def_dim(file, "reason", 2, &error), error);
  assert_ok(proda_nc_def_all(file, column, 4, &error), error);
  assert_ok(proda_nc_put_flags(file, "profile_state", names, 3, &error), error);
  assert_ok(proda_nc_write(file, "profile_id", id, &error), error);
  assert_ok(proda_nc_write(file, "profile_state", codes, &error), error);
  assert_ok(proda_nc_write(file, "profile_reason", reasons, &error), error);
  assert_ok(proda_nc_write_strings(file, "reason", text, &error), error);
  assert_ok(proda_nc_commit(file, &error), error);
}

static int read_odd(void)
{
  struct proda_nc *file = NULL;
  struct proda_ledger *ledger = NULL;
  assert_ok(proda_nc_open(scratch_path("odd.nc"), &file, &error), error);
  int status = proda_ledger_read(file, &ledger, &error);
  proda_nc_close(file);
  proda_ledger_free(ledger);
  return status;
}

static void odd_ledgers_are_refused(void **state)
{
  (void)state;
  static const char *const other[] = {"kept", "no_posterior", "shallow"};
  write_odd(2, 1, proda_site_code_names); /* a shorter list, as an earlier version has it */
  assert_ok(read_odd(), error);
  write_odd(99, 1, proda_site_code_names);
  assert_int_equal(read_odd(), PRODA_ERROR);
  assert_non_null(strstr(error.message, "'profile_state': value 1 is 99, expected one of"));
  write_odd(2, 2, proda_site_code_names);
  assert_int_equal(read_odd(), PRODA_ERROR);
  assert_non_null(strstr(error.message, "'profile_reason': value 1 is 2, there are 2"));
  write_odd(2, 1, other);
  assert_int_equal(read_odd(), PRODA_ERROR);
  assert_non_null(strstr(error.message, "flags are not the codes of this version"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(codes_are_for_good),      cmocka_unit_test(codes_are_documented),
      cmocka_unit_test(counts_are_joined),       cmocka_unit_test(reasons_stand_once),
      cmocka_unit_test(odd_ledgers_are_refused),
  };
  return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
