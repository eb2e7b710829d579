/* Experiments: what is read, what is assumed, and what is refused where. Expected values are those
 * of the texts below, of experiment.h (defaults) and of the study's pedotransfer function (Tao et
 * al.). */
#include "scratch.h"

#include "stores.h"

static int read_text(const char *text, struct proda_experiment **experiment,
                     struct proda_error *error)
{
  return experiment_read(scratch_path("e.yaml"), text, experiment, error);
}

#define HEAD "proda: 1\nkind: experiment\nname: e\noutput: /out\n"
#define DATA "data: {synth: {profiles: 50}}\n"
#define STRUCTURES "structures: [{model: clm5}]\n"
#define CALIBRATE "calibrate: {sampler: walk}\n"
#define TRAIN "train: {emulator: net}\n"

#define TEN "0123456789"

static void truth_may_follow_another_structure(void **state)
{
  (void)state;
  struct proda_experiment *e = NULL;
  struct proda_error error;
  assert_ok(
      read_text(HEAD "data: {synth: {truth: compas}}\n" STRUCTURES CALIBRATE TRAIN, &e, &error),
      error);
  assert_string_equal(e->synth.truth, "compas");
  assert_string_equal(e->structure[0].model, "clm5");
  proda_experiment_free(e);
}

static void defaults_are_those_of_the_header(void **state)
{
  (void)state;
  struct proda_experiment *e = NULL;
  struct proda_error error;
  assert_ok(read_text(HEAD DATA STRUCTURES CALIBRATE TRAIN, &e, &error), error);
  assert_string_equal(e->name, "e");
  assert_int_equal(e->seed, 1);
  assert_true(e->synthetic);
  assert_string_equal(e->synth.truth, "clm5");
  assert_int_equal(e->synth.profiles, 50);
  assert_close(e->synth.resolution, 5, 0, 0);
  assert_close(e->synth.noise, 0.1, 0, 0);
  assert_string_equal(e->profiles, "/out/world/profiles.nc");
  assert_string_equal(e->grid, "/out/world/grid.nc");
  assert_int_equal(e->n_structures, 1);
  assert_string_equal(e->structure[0].name, "clm5");
  assert_null(e->structure[0].settings);
  assert_int_equal(e->prepare.every, 1);
  assert_int_equal(e->prepare.min_layers, 3);
  assert_close(e->prepare.min_depth, 0.5, 0, 0);
  assert_int_equal(e->prepare.bulk_density, PRODA_BULK_DENSITY_FIT);
  assert_close(e->prepare.a, 0.32, 0, 0);
  assert_close(e->prepare.b, 1.30, 0, 0);
  assert_close(e->prepare.c, 0.0089, 0, 0);
  assert_string_equal(e->calibrate.observation.observable, "soc");
  assert_int_equal(e->calibrate.observation.at, PRODA_OBSERVE_NODE);
  assert_int_equal(e->calibrate.observation.error, PRODA_ERROR_GAUSSIAN);
  assert_close(e->calibrate.observation.relative, 0.6, 0, 0);
  assert_true(e->calibrate.reject_near_singular);
  assert_int_equal(e->calibrate.keep, 100);
  assert_int_equal(e->calibrate.estimate, PRODA_ESTIMATE_MEAN);
  assert_close(e->screen.max_rhat, 1.05, 0, 0);
  assert_close(e->screen.min_nse, 0, 0, 0);
  assert_close(e->train.share, 0.1, 0, 0);
  assert_close(e->train.block_degrees, 5, 0, 0);
  proda_experiment_free(e);
}

static void everything_is_read(void **state)
{
  (void)state;
  struct proda_experiment *e = NULL;
  struct proda_error error;
  assert_ok(read_text(HEAD
                      "seed: 42\ndoc: all keys\n"
                      "data: {profiles: /a/p.nc, grid: /a/g.nc}\n"
                      "structures:\n"
                      "  - model: clm5\n"
                      "    name: clm5-narrow\n"
                      "    settings: {depth: 3}\n"
                      "    ad_hoc: site_mean\n"
                      "    parameters:\n"
                      "      q10: {prior: [1.5, 2]}\n"
                      "      cryo: {normal: [1, 0.5], prior: [0, 3]}\n"
                      "      b: {fixed: 0.9}\n"
                      "      tau: {prior: {log_uniform: [0.01, 10]}}\n"
                      "  - {model: clm5}\n"
                      "prepare: {every: 20, min_layers: 4, min_depth: 1, bulk_density: {a: 0.3, b: "
                      "1, c: 0.01}}\n"
                      "calibrate:\n"
                      "  sampler: walk\n"
                      "  settings: {chains: 3}\n"
                      "  observation: {observable: doc, at: layer, error: lognormal, sd: 0.3}\n"
                      "  reject_near_singular: false\n"
                      "  keep: 7\n"
                      "  point_estimate: best_chain\n"
                      "screen: {max_rhat: 1.2, min_nse: -1}\n"
                      "train: {emulator: net, settings: {}, validation: blocks, share: 0.2, "
                      "block_degrees: 10,\n"
                      "        classes: number, missing: drop, exclude: [slope, aspect]}\n",
                      &e, &error),
            error);
  assert_int_equal(e->seed, 42);
  assert_false(e->synthetic);
  assert_string_equal(e->profiles, "/a/p.nc");
  assert_string_equal(e->grid, "/a/g.nc");
  const struct proda_experiment_structure *s = &e->structure[0];
  assert_string_equal(s->name, "clm5-narrow");
  assert_string_equal(e->structure[1].name, "clm5");
  assert_non_null(s->settings);
  assert_int_equal(s->n_overrides, 4);
  assert_true(s->override[3].has_prior);
  assert_int_equal(s->override[3].prior.kind, PRODA_PRIOR_LOG_UNIFORM);
  assert_close(s->override[3].prior.lower, 0.01, 0, 0);
  assert_close(s->override[3].prior.upper, 10, 0, 0);
  assert_true(s->has_ad_hoc && s->ad_hoc == PRODA_AD_HOC_SITE_MEAN);
  assert_false(e->structure[1].has_ad_hoc);
  assert_string_equal(s->override[0].name, "q10");
  assert_true(s->override[0].has_prior && !s->override[0].has_normal && !s->override[0].has_fixed);
  assert_int_equal(s->override[0].prior.kind, PRODA_PRIOR_UNIFORM);
  assert_close(s->override[0].prior.lower, 1.5, 0, 0);
  assert_close(s->override[0].prior.upper, 2, 0, 0);
  assert_true(s->override[1].has_normal && s->override[1].has_prior);
  assert_close(s->override[1].mean, 1, 0, 0);
  assert_close(s->override[1].sd, 0.5, 0, 0);
  assert_true(s->override[2].has_fixed);
  assert_close(s->override[2].fixed, 0.9, 0, 0);
  assert_int_equal(e->prepare.every, 20);
  assert_int_equal(e->prepare.bulk_density, PRODA_BULK_DENSITY_GIVEN);
  assert_close(e->prepare.c, 0.01, 0, 0);
  assert_int_equal(e->calibrate.observation.at, PRODA_OBSERVE_LAYER);
  assert_int_equal(e->calibrate.observation.error, PRODA_ERROR_LOGNORMAL);
  assert_close(e->calibrate.observation.sd, 0.3, 0, 0);
  assert_false(e->calibrate.reject_near_singular);
  assert_int_equal(e->calibrate.estimate, PRODA_ESTIMATE_BEST_CHAIN);
  assert_close(e->screen.min_nse, -1, 0, 0);
  assert_int_equal(e->train.validation, PRODA_VALIDATION_BLOCKS);
  assert_int_equal(e->train.classes, PRODA_CLASS_NUMBER);
  assert_int_equal(e->train.missing, PRODA_MISSING_DROP);
  assert_int_equal(e->train.n_exclude, 2);
  assert_string_equal(e->train.exclude[1], "aspect");
  proda_experiment_free(e);
}

static void path_is(const char *profiles, const char *expected)
{
  struct proda_experiment *e = NULL;
  struct proda_error error;
  char text[1024];
  snprintf(text, sizeof text,
           HEAD "data: {profiles: \"%s\", grid: /g}\n" STRUCTURES CALIBRATE TRAIN, profiles);
  assert_ok(read_text(text, &e, &error), error);
  assert_string_equal(e->profiles, expected);
  proda_experiment_free(e);
}

static void paths_take_variables_and_a_start(void **state)
{
  (void)state;
  setenv("PRODA_TEST_DATA", "there", 1);
  setenv("PRODA_TEST_EMPTY", "", 1);
  unsetenv("PRODA_TEST_NONE");
  path_is("/x/p.nc", "/x/p.nc");
  path_is("p.nc", scratch_path("p.nc")); /* beside the experiment */
  path_is("${PRODA_TEST_NONE:-../shared}/p.nc", scratch_path("../shared/p.nc"));
  path_is("${PRODA_TEST_EMPTY:-d}/p.nc", scratch_path("d/p.nc"));
  path_is("${PRODA_TEST_NONE:-/a}/p.nc", "/a/p.nc");
  path_is("${PRODA_TEST_DATA:-../shared}/p.nc", "there/p.nc"); /* of the working directory */
  path_is("${PRODA_TEST_DATA}/${PRODA_TEST_DATA}.nc", "there/there.nc");
  path_is("in/${PRODA_TEST_DATA}.nc", scratch_path("in/there.nc"));
  path_is("cost$5.nc", scratch_path("cost$5.nc"));
}

static void refuse(const char *text, const char *message)
{
  struct proda_experiment *e = NULL;
  struct proda_error error = {""};
  assert_int_equal(read_text(text, &e, &error), PRODA_ERROR);
  const char *at = strstr(error.message, "e.yaml:");
  if (!at || strcmp(at + 7, message) != 0)
    print_error("expected '%s' in: %s\n", message, error.message);
  assert_non_null(at);
  assert_string_equal(at + 7, message);
}

static void bad_experiments_are_refused(void **state)
{
  (void)state;
  refuse("name: e\n", "1:1: this is not an experiment: it lacks the key 'proda: 1'");
  refuse("proda: 2\n", "1:8: written in form 2 of experiments; this proda reads form 1");
  refuse("proda: 1\nkind: model\n", "2:7: unknown kind of file 'model'; expected experiment");
  refuse("proda: 1\nkind: experiment\n", "1:1: an experiment lacks the key 'name'");
  refuse(HEAD DATA STRUCTURES CALIBRATE TRAIN "trian: 1\n",
         "9:1: an experiment has no key 'trian'; did you mean 'train'?");
  refuse(HEAD "data: {profiles: a}\n" STRUCTURES CALIBRATE TRAIN, "5:7: data lacks the key 'grid'");
  refuse(HEAD "data: {profiles: a, synth: {}}\n" STRUCTURES CALIBRATE TRAIN,
         "5:7: data are either 'synth' or 'profiles' and 'grid', not both");
  unsetenv("PRODA_TEST_NONE");
  refuse(HEAD "data: {grid: a, profiles: \"${PRODA_TEST_NONE}/p.nc\"}\n" STRUCTURES CALIBRATE TRAIN,
         "5:27: the environment has no PRODA_TEST_NONE; set it, or write "
         "${PRODA_TEST_NONE:-default}");
  refuse(HEAD "data: {grid: a, profiles: \"${X\"}\n" STRUCTURES CALIBRATE TRAIN,
         "5:27: expected ${NAME} or ${NAME:-default} in '${X'");
  refuse(HEAD "data: {grid: a, profiles: \"${PRODA_TEST_NONE:-}\"}\n" STRUCTURES CALIBRATE TRAIN,
         "5:27: expected a path, found '${PRODA_TEST_NONE:-}', which comes to nothing");
  refuse(HEAD DATA "structures: []\n" CALIBRATE TRAIN, "6:13: expected at least one structure");
  refuse(HEAD DATA "structures: [{model: a}, {model: a}]\n" CALIBRATE TRAIN,
         "6:26: a structure 'a' is there already; give this one a name of its own");
  refuse(HEAD DATA "structures: [{model: a, name: ../a}]\n" CALIBRATE TRAIN,
         "6:31: '../a' cannot name a structure: expected letters, digits, _, - and . (not first), "
         "at most 60");
  refuse(HEAD DATA "structures: [{model: a, name: ..}]\n" CALIBRATE TRAIN,
         "6:31: '..' cannot name a structure: expected letters, digits, _, - and . (not first), at "
         "most 60");
  refuse(HEAD DATA "structures: [{model: a, name: -a b}]\n" CALIBRATE TRAIN,
         "6:31: '-a b' cannot name a structure: expected letters, digits, _, - and . (not first), "
         "at most 60");
  refuse(HEAD DATA "structures: [{model: a, name: " TEN TEN TEN TEN TEN TEN "1}]\n" CALIBRATE TRAIN,
         "6:31: '" TEN TEN TEN TEN
         "' cannot name a structure: expected letters, digits, _, - and . (not first), at most 60");
  refuse(HEAD DATA "structures: [{model: a, parameters: {q: {prior: [2, 1]}}}]\n" CALIBRATE TRAIN,
         "6:49: the minimum of a prior, 2, must lie below its maximum, 1");
  refuse(
      HEAD DATA
      "structures: [{model: a, parameters: {q: {prior: {log_uniform: [0, 1]}}}}]\n" CALIBRATE TRAIN,
      "6:63: a log-uniform prior must be bounded on both sides and lie above 0");
  refuse(HEAD DATA "structures: [{model: a, parameters: {q: {normal: [1, 1], prior: {log_uniform: "
                   "[1, 2]}}}}]\n" CALIBRATE TRAIN,
         "6:65: a 'normal' prior is bounded by 'prior: [minimum, maximum]'");
  refuse(HEAD DATA "structures: [{model: a, parameters: {q: {normal: [2, 0]}}}]\n" CALIBRATE TRAIN,
         "6:50: expected [mean, standard deviation], the second above 0, found [2, 0]");
  refuse(HEAD DATA
         "structures: [{model: a, parameters: {q: {fixed: 1, prior: [1, 2]}}}]\n" CALIBRATE TRAIN,
         "6:41: expected a new 'prior', a 'normal' with or without a prior to bound it, or a "
         "'fixed' value");
  refuse(HEAD DATA STRUCTURES "prepare: {every: 0}\n" CALIBRATE TRAIN,
         "7:18: expected a whole number from 1 to 1000000, found 0");
  refuse(HEAD DATA STRUCTURES "prepare: {bulk_density: fti}\n" CALIBRATE TRAIN,
         "7:25: unknown bulk_density 'fti'; did you mean 'fit'?");
  refuse(HEAD DATA STRUCTURES "calibrate: {sampler: w, observation: {error: gauss}}\n" TRAIN,
         "7:46: unknown error 'gauss'; expected one of: gaussian, lognormal, published");
  refuse(HEAD DATA STRUCTURES "calibrate: {sampler: w, observation: {sd: 1}}\n" TRAIN,
         "7:43: 'sd' belongs to 'error: lognormal' and has no meaning here");
  refuse(HEAD DATA STRUCTURES
         "calibrate: {sampler: w, observation: {error: published, relative: 0.3}}\n" TRAIN,
         "7:67: 'relative' belongs to 'error: gaussian' and has no meaning here");
  refuse(HEAD DATA STRUCTURES "calibrate: {sampler: w, observation: {relative: 0}}\n" TRAIN,
         "7:38: one of 'relative' and 'absolute' must be above 0");
  refuse(HEAD DATA STRUCTURES "calibrate: {sampler: w, settings: 3}\n" TRAIN,
         "7:35: expected settings as a mapping (key: value), found '3'");
  refuse(HEAD DATA STRUCTURES CALIBRATE "screen: {max_rhat: 0.9}\n" TRAIN,
         "8:20: 'max_rhat' must be at least 1, found 0.9");
  refuse(HEAD DATA STRUCTURES CALIBRATE "train: {emulator: n, share: 0.7}\n",
         "8:29: 'share' must be at most 0.4, found 0.7");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(truth_may_follow_another_structure),
      cmocka_unit_test(defaults_are_those_of_the_header),
      cmocka_unit_test(everything_is_read),
      cmocka_unit_test(paths_take_variables_and_a_start),
      cmocka_unit_test(bad_experiments_are_refused),
  };
  return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
