/* How much a manifest's formulas may be: more is refused with the limit, in little time. */
#include "manifests.h"

static void refuse(const struct manifest_parts *parts, const char *message)
{
  struct proda_manifest *manifest = NULL;
  struct proda_error error = {""};
  assert_int_equal(manifest_parse_parts(parts, &manifest, &error), PRODA_ERROR);
  assert_null(manifest);
  if (!strstr(error.message, message))
    fail_msg("expected '%s' in: %s", message, error.message);
}

static void long_formulas(void **state)
{
  (void)state;
  static char rate[8000];
  memset(rate, '1', sizeof rate - 1);
  refuse(&(struct manifest_parts){.rate = rate}, "an expression may have at most 4000 characters");
}

static void deep_formulas(void **state)
{
  (void)state;
  static char rate[2001];
  memset(rate, '(', sizeof rate - 1);
  refuse(&(struct manifest_parts){.rate = rate}, "nested deeper than 64 levels");
  memset(rate, '-', sizeof rate - 1);
  refuse(&(struct manifest_parts){.rate = rate}, "nested deeper than 64 levels");
}

static void many_formulas(void **state)
{
  (void)state;
  static char define[32000];
  int used = 0;
  for (int i = 0; i < 1001; i++)
    used += snprintf(define + used, sizeof define - (size_t)used, "  d%d: q\n", i);
  refuse(&(struct manifest_parts){.define = define}, "define has 1001 formulas, at most 1000");
}

/* Fourteen formulas of 480 different powers, a number, a power and a sum each. */
static void many_operations(void **state)
{
  (void)state;
  static char define[60000];
  int used = 0;
  for (int i = 0; i < 14; i++) {
    used += snprintf(define + used, sizeof define - (size_t)used, "  d%d: 0", i);
    for (int k = 0; k < 480; k++)
      used += snprintf(define + used, sizeof define - (size_t)used, "+q^.%04d", 480 * i + k);
    used += snprintf(define + used, sizeof define - (size_t)used, "\n");
  }
  refuse(&(struct manifest_parts){.define = define},
         "parts.yaml: the formulas and their derivatives come to more than 20000 operations");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(long_formulas),
      cmocka_unit_test(deep_formulas),
      cmocka_unit_test(many_formulas),
      cmocka_unit_test(many_operations),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
