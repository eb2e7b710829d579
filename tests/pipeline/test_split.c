/* The split's shares, and that it depends on the site alone. */
#include "testing.h"

#include "pipeline/train/split.h"

static const struct proda_experiment_train by_site = {.validation = PRODA_VALIDATION_RANDOM,
                                                      .share = 0.1};
static const struct proda_experiment_train by_block = {
    .validation = PRODA_VALIDATION_BLOCKS, .share = 0.2, .block_degrees = 5};

/* Binomial: 20,000 sites at 0.1 have standard deviation 42; 5 of them is 1.06 %. */
static void test_shares(void **state)
{
  (void)state;
  size_t count[3] = {0};
  for (uint64_t id = 0; id < 20000; id++)
    count[proda_split_site(&by_site, 42, id, 0, 0)]++;
  assert_close((double)count[PRODA_PART_VALIDATION] / 20000, 0.1, 0, 0.0106);
  assert_close((double)count[PRODA_PART_HELD_OUT] / 20000, 0.1, 0, 0.0106);
}

static void test_seed_matters_place_does_not(void **state)
{
  (void)state;
  size_t differ = 0;
  for (uint64_t id = 0; id < 1000; id++) {
    enum proda_part part = proda_split_site(&by_site, 1, id, 10, 20);
    assert_int_equal(part, proda_split_site(&by_site, 1, id, -50, 170));
    differ += part != proda_split_site(&by_site, 2, id, 10, 20);
  }
  assert_true(differ > 200); /* 1 - (0.8^2 + 2 0.1^2) = 34 % in the mean */
}

/* All sites of a block go together, whatever their id; longitudes wrap; blocks differ. */
static void test_blocks(void **state)
{
  (void)state;
  size_t count[3] = {0};
  for (double latitude = -89; latitude < 90; latitude += 5)
    for (double longitude = -179; longitude < 180; longitude += 5) {
      enum proda_part part = proda_split_site(&by_block, 3, 1, latitude, longitude);
      count[part]++;
      assert_int_equal(part, proda_split_site(&by_block, 3, 99, latitude + 3.9, longitude + 3.9));
      assert_int_equal(part, proda_split_site(&by_block, 3, 5, latitude, longitude + 360));
    }
  /* 2592 blocks at 0.2: standard deviation 20 */
  assert_close((double)count[PRODA_PART_VALIDATION], 0.2 * 2592, 0, 100);
  assert_close((double)count[PRODA_PART_HELD_OUT], 0.2 * 2592, 0, 100);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_shares),
      cmocka_unit_test(test_seed_matters_place_does_not),
      cmocka_unit_test(test_blocks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
