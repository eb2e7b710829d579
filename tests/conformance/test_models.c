/* What <proda/model.h> promises, asked of every structure on the plugin path. */
#include "every.h"

static void test_every_model(void **state)
{
  (void)state;
  check_every(PRODA_MODEL, NULL);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_model),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
