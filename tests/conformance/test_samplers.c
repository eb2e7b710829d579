/* What <proda/sampler.h> promises, asked of every sampler on the plugin path. */
#include "every.h"

static void test_every_sampler(void **state)
{
  (void)state;
  check_every(PRODA_SAMPLER, NULL);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_sampler),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
