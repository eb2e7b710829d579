/* Which parameters a structure's calibration moves, and within what. Expected values are those of
 * the manifest and of the overrides in the texts below. */
#include "pipeline/experiment/space.h"
#include "scratch.h"
#include "stores.h"

static struct proda_error error;
static struct proda_search_path *search_path;
static struct proda_manifest *manifest;

static int set_up(void **state)
{
  if (scratch_setup(state) != 0)
    return -1;
  assert_ok(proda_search_path_make(NULL, &search_path, &error), error);
  assert_ok(proda_find_manifest(search_path, "clm5", PRODA_MODEL, &manifest, &error), error);
  return 0;
}

static int tear_down(void **state)
{
  proda_manifest_free(manifest);
  proda_search_path_free(search_path);
  return scratch_teardown(state);
}

/* The space of an experiment whose structure has these overrides. */
static int make(const char *overrides, struct proda_space **space)
{
  struct proda_experiment *experiment = NULL;
  char text[2048];
  snprintf(text, sizeof text,
           "proda: 1\nkind: experiment\nname: e\noutput: /out\ndata: {synth: {}}\n"
           "structures: [{model: clm5, parameters: {%s}}]\n"
           "calibrate: {sampler: s}\ntrain: {emulator: e}\n",
           overrides);
  assert_ok(experiment_read(scratch_path("e.yaml"), text, &experiment, &error), error);
  int status = proda_space_new(experiment, experiment->structure, manifest, space, &error);
  proda_experiment_free(experiment);
  return status;
}

static size_t parameter(const char *name)
{
  long p = proda_manifest_parameter(manifest, name);
  assert_true(p >= 0);
  return (size_t)p;
}

static void manifest_alone(void **state)
{
  (void)state;
  struct proda_space *space = NULL;
  assert_ok(make("", &space), error);
  assert_int_equal(space->n_parameters, manifest->n_parameters);
  assert_int_equal(space->n_free, manifest->n_parameters);
  assert_int_equal(space->n_normal, 0);
  for (size_t p = 0; p < space->n_parameters; p++) {
    assert_int_equal(space->free[p], p);
    assert_true(isnan(space->fixed[p]));
    assert_close(space->prior[p].lower, manifest->parameter[p].prior.lower, 0, 0);
    assert_close(space->prior[p].upper, manifest->parameter[p].prior.upper, 0, 0);
  }
  double point[manifest->n_parameters];
  memset(point, 0, sizeof point);
  assert_close(proda_space_log_prior(space, point), 0, 0, 0); /* uniform: a constant */
  proda_space_free(space);
}

static void overrides_apply(void **state)
{
  (void)state;
  struct proda_space *space = NULL;
  assert_ok(make("q10: {prior: [1.5, 2]}, w-scaling: {normal: [1, 0.5], prior: [0, 5]}, "
                 "fs1l1: {fixed: 0.4}",
                 &space),
            error);
  size_t q10 = parameter("q10"), w = parameter("w_scaling"), fixed = parameter("fs1l1");
  assert_int_equal(space->n_free, manifest->n_parameters - 1);
  assert_close(space->fixed[fixed], 0.4, 0, 0);
  assert_int_equal(space->prior[q10].kind, PRODA_PRIOR_UNIFORM);
  assert_close(space->prior[q10].lower, 1.5, 0, 0);
  assert_close(space->prior[q10].upper, 2, 0, 0);
  assert_int_equal(space->prior[w].kind, PRODA_PRIOR_NORMAL);
  assert_close(space->prior[w].upper, 5, 0, 0);

  /* A point has the free ones in their order; expanding puts the fixed ones between them. */
  double point[manifest->n_parameters], whole[manifest->n_parameters];
  for (size_t i = 0; i < space->n_free; i++)
    point[i] = (double)space->free[i];
  proda_space_expand(space, point, whole);
  for (size_t p = 0; p < manifest->n_parameters; p++)
    assert_close(whole[p], p == fixed ? 0.4 : (double)p, 0, 0);

  /* log N(2; 1, 0.5) without its constant is -((2 - 1) / 0.5)^2 / 2 = -2. */
  assert_int_equal(space->n_normal, 1);
  point[space->normal[0]] = 2;
  assert_close(proda_space_log_prior(space, point), -2, 1e-15, 0);

  assert_close(proda_space_scale(space, q10, 1.6), 0.2, 1e-14, 0);
  assert_close(proda_space_unscale(space, q10, 0.2), 1.6, 1e-14, 0);
  assert_close(proda_space_scale(space, w, 1.75), 0.75, 1e-14, 0); /* 1.5 of 6 sd above 1/2 */
  assert_close(proda_space_unscale(space, w, 0.75), 1.75, 1e-14, 0);
  assert_close(proda_space_unscale(space, w, 5), 5, 0, 0); /* 14.5, cut at the bound */
  proda_space_free(space);
}

static void faults_are_told(void **state)
{
  (void)state;
  struct proda_space *space = NULL;
  assert_int_equal(make("q11: {fixed: 1}", &space), PRODA_ERROR);
  assert_null(space);
  assert_non_null(strstr(error.message, "e.yaml:6:"));
  assert_non_null(strstr(error.message, "clm5 has no parameter \"q11\""));
  char all[1500] = "";
  for (size_t p = 0, at = 0; p < manifest->n_parameters; p++)
    at += (size_t)snprintf(all + at, sizeof all - at, "%s: {fixed: 1}, ",
                           manifest->parameter[p].name);
  assert_int_equal(make(all, &space), PRODA_ERROR);
  assert_null(space);
  assert_non_null(strstr(error.message, "nothing to calibrate"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(manifest_alone),
      cmocka_unit_test(overrides_apply),
      cmocka_unit_test(faults_are_told),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
