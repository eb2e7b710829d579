/* What <proda/emulator.h> promises, asked of every emulator on the plugin path. */
#include "every.h"

static void test_every_emulator(void **state)
{
  (void)state;
  check_every(PRODA_EMULATOR, NULL);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_emulator),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
