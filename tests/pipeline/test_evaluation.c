/* Skill of hand-made profiles; expected numbers worked out by hand. */
#include "testing.h"

#include "pipeline/train/evaluation.h"

enum { SITES = 3, OBS = 8 };

static const size_t first[SITES + 1] = {0, 3, 5, 8};
static const double obs[OBS] = {1, 2, 3, 5, 5, 7, 7, 7};

static struct proda_prepared prepared(void)
{
  return (struct proda_prepared){
      .n_sites = SITES, .n_obs = OBS, .first = (size_t *)first, .obs_value = (double *)obs};
}

static void test_by_hand(void **state)
{
  (void)state;
  /* site 0 counts, site 1 has no answer from its own posterior, site 2 is not of the group */
  static const double modelled[PRODA_N_SOURCES][OBS] = {
      [PRODA_SOURCE_PREDICTED] = {1, 2, 3, 5, 5, 0, 0, 0},
      [PRODA_SOURCE_DEFAULT] = {2, 2, 2, 5, 5, 0, 0, 0},
      [PRODA_SOURCE_MEDIAN] = {2, 3, 4, 5, 5, 0, 0, 0},
      [PRODA_SOURCE_OWN] = {0, 2, 3, 5, NAN, 0, 0, 0},
  };
  const bool member[SITES] = {true, true, false};
  struct proda_prepared p = prepared();
  struct proda_group_skill skill;
  struct proda_error error;
  assert_ok(proda_evaluation_skill(&p, &modelled[0][0], member, &skill, &error), error);
  assert_int_equal(skill.n_sites, 1);
  assert_int_equal(skill.n_lost, 1);
  assert_int_equal(skill.linear[PRODA_SOURCE_OWN].n, 3);
  assert_close(skill.linear[PRODA_SOURCE_PREDICTED].nse, 1, 1e-15, 0);
  assert_close(skill.linear[PRODA_SOURCE_DEFAULT].nse, 0, 0, 1e-15);
  assert_close(skill.linear[PRODA_SOURCE_DEFAULT].rmse, sqrt(2. / 3), 1e-15, 0);
  assert_close(skill.linear[PRODA_SOURCE_MEDIAN].nse, -0.5, 1e-15, 0);
  assert_close(skill.linear[PRODA_SOURCE_MEDIAN].r2, 1, 1e-15, 0);
  assert_close(skill.linear[PRODA_SOURCE_MEDIAN].bias, 1, 1e-15, 0);
  assert_close(skill.linear[PRODA_SOURCE_OWN].nse, 0.5, 1e-15, 0);
  /* the layer where one's model is 0 has no logarithm and leaves all */
  assert_int_equal(skill.log[PRODA_SOURCE_PREDICTED].n, 2);
  assert_close(skill.log[PRODA_SOURCE_MEDIAN].bias, (log(3. / 2) + log(4. / 3)) / 2, 1e-14, 0);
}

static void test_empty_group(void **state)
{
  (void)state;
  static const double modelled[PRODA_N_SOURCES][OBS];
  const bool member[SITES] = {false};
  struct proda_prepared p = prepared();
  struct proda_group_skill skill;
  struct proda_error error;
  assert_ok(proda_evaluation_skill(&p, &modelled[0][0], member, &skill, &error), error);
  assert_int_equal(skill.n_sites, 0);
  assert_int_equal(skill.linear[PRODA_SOURCE_OWN].n, 0);
  assert_true(isnan(skill.linear[PRODA_SOURCE_OWN].nse));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_by_hand),
      cmocka_unit_test(test_empty_group),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
