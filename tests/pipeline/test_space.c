/* Which parameters a structure's calibration moves, and within what. Expected values are those of
 * the manifest and of the overrides in the texts below. */
#include "pipeline/experiment/space.h"
#include "plugin/prior.h"
#include "scratch.h"
#include "stores.h"

static struct proda_error error;
static struct proda_search_path *search_path;
static struct proda_manifest *manifest, *compas;

static int set_up(void **state)
{
  if (scratch_setup(state) != 0)
    return -1;
  assert_ok(proda_search_path_make(NULL, &search_path, &error), error);
  assert_ok(proda_find_manifest(search_path, "clm5", PRODA_MODEL, &manifest, &error), error);
  assert_ok(proda_find_manifest(search_path, "compas", PRODA_MODEL, &compas, &error), error);
  return 0;
}

static int tear_down(void **state)
{
  proda_manifest_free(manifest);
  proda_manifest_free(compas);
  proda_search_path_free(search_path);
  return scratch_teardown(state);
}

/* The space of an experiment whose structure has these overrides. */
static int make_of(const struct proda_manifest *structure, const char *overrides,
                   struct proda_space **space)
{
  struct proda_experiment *experiment = NULL;
  char text[2048];
  snprintf(text, sizeof text,
           "proda: 1\nkind: experiment\nname: e\noutput: /out\ndata: {synth: {}}\n"
           "structures: [{model: any, parameters: {%s}}]\n"
           "calibrate: {sampler: s}\ntrain: {emulator: e}\n",
           overrides);
  assert_ok(experiment_read(scratch_path("e.yaml"), text, &experiment, &error), error);
  int status = proda_space_new(experiment, experiment->structure, structure, space, &error);
  proda_experiment_free(experiment);
  return status;
}

static int make(const char *overrides, struct proda_space **space)
{
  return make_of(manifest, overrides, space);
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

/* golden/README.md section 3: par = kp (max - min) + min, with logarithms where param_scale says
 * so; expected values are those of golden/compas.nc. */
static void golden_parameters_are_found(void **state)
{
  (void)state;
  enum { N_ROWS = 16 * 5 };
  struct proda_space *space = NULL;
  struct proda_nc *file = NULL;
  char **name = NULL, **scale = NULL;
  double *kp = NULL, *par = NULL;
  size_t n = 0, n_log = 0;
  assert_ok(make_of(compas, "", &space), error);
  assert_ok(proda_nc_open(testing_path("data/compas.nc"), &file, &error), error);
  assert_ok(proda_nc_read_strings(file, "param_name_paper", &n, &name, &error), error);
  assert_ok(proda_nc_read_strings(file, "param_scale", &n, &scale, &error), error);
  assert_ok(proda_nc_read(file, "kp", N_ROWS * n, &kp, &error), error);
  assert_ok(proda_nc_read(file, "par", N_ROWS * n, &par, &error), error);
  assert_int_equal(n, space->n_parameters);
  for (size_t k = 0; k < n; k++) {
    size_t p = (size_t)proda_manifest_parameter(compas, name[k]);
    struct proda_prior prior = proda_space_coordinate(space, p); /* all are free */
    assert_int_equal(proda_space_is_log(space, p), strcmp(scale[k], "log10") == 0);
    assert_int_equal(prior.kind, PRODA_PRIOR_UNIFORM);
    n_log += proda_space_is_log(space, p);
    for (size_t row = 0; row < N_ROWS; row++) {
      double share = kp[row * n + k], expected = par[row * n + k];
      assert_close(proda_space_unscale(space, p, share), expected, 1e-13, 0);
      assert_close(proda_space_scale(space, p, expected), share, 1e-12, 1e-14);
      double point = prior.lower + share * (prior.upper - prior.lower);
      assert_close(proda_space_physical(space, p, point), expected, 1e-13, 0);
    }
  }
  assert_int_equal(n_log, 1);
  proda_nc_close(file);
  free(name);
  free(scale);
  free(kp);
  free(par);
  proda_space_free(space);
}

static void logarithms_stay_within(void **state)
{
  (void)state;
  struct proda_space *space = NULL;
  assert_ok(make("q10: {prior: {log_uniform: [0.3, 3]}}, cryo: {fixed: 1}", &space), error);
  size_t q10 = parameter("q10");
  double point[manifest->n_parameters], whole[manifest->n_parameters];
  for (size_t k = 0; k < space->n_free; k++)
    point[k] = proda_space_coordinate(space, k).upper;
  proda_space_expand(space, point, whole);
  assert_close(whole[q10], 3, 0, 0);
  assert_close(whole[parameter("cryo")], 1, 0, 0);
  assert_close(proda_space_unscale(space, q10, 0.5), sqrt(0.9), 1e-15, 0);
  assert_close(proda_space_physical(space, q10, 0), 1, 0, 0);
  assert_close(proda_space_log_prior(space, point), 0, 0, 0);
  proda_space_free(space);
}

/* Means of draws: the middle of each prior's own scale. The mean of n uniform numbers has standard
 * error width / sqrt(12 n); N(0, 1) cut to (1, inf) has mean phi(1)/(1 - Phi(1)) = 1.5251 and
 * variance 0.1991 (Johnson, Kotz & Balakrishnan 1994, 13.10). */
static void draws_follow_the_prior(void **state)
{
  (void)state;
  enum { N = 20000 };
  struct proda_space *space = NULL;
  struct proda_random random;
  assert_ok(make("q10: {prior: {log_uniform: [0.01, 100]}}, w-scaling: {normal: [0, 1], prior: [1, "
                 "1e9]}, cryo: {normal: [0, 1], prior: [-1e9, -1]}, fs1l1: {fixed: 0.4}",
                 &space),
            error);
  double point[space->n_free], mean[space->n_free];
  memset(mean, 0, sizeof mean);
  proda_random_start(&random, 1, 2, 3);
  for (int i = 0; i < N; i++) {
    proda_space_draw(space, &random, point);
    for (size_t k = 0; k < space->n_free; k++) {
      struct proda_prior prior = proda_space_coordinate(space, k);
      assert_true(point[k] > prior.lower && point[k] < prior.upper);
      mean[k] += point[k] / N;
    }
  }
  for (size_t k = 0; k < space->n_free; k++) {
    struct proda_prior prior = proda_space_coordinate(space, k);
    double side = prior.upper < 0 ? -1 : 1;
    if (prior.kind == PRODA_PRIOR_NORMAL)
      assert_close(mean[k], side * 1.52513527616, 0, 4 * sqrt(0.19908 / N));
    else
      assert_close(mean[k], proda_prior_at(&prior, 0.5), 0,
                   4 * (prior.upper - prior.lower) / sqrt(12.0 * N));
  }
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
      cmocka_unit_test(golden_parameters_are_found),
      cmocka_unit_test(logarithms_stay_within),
      cmocka_unit_test(draws_follow_the_prior),
      cmocka_unit_test(faults_are_told),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
