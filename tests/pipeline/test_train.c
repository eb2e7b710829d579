/* Training on a made-up world of 400 profiles at the sites of tests/data/forcing.nc, where two of
 * CLM5's parameters are known functions of the covariates and the measured SOC is what the
 * structure says of them. So the site's own parameters must give R2 = 1, and predicted ones nearly
 * so. */
#include "heard.h"
#include "scratch.h"
#include "stores.h"

#include <proda/random.h>

#include "pipeline/stage.h"
#include "pipeline/train/evaluation.h"
#include "pipeline/train/predictor.h"

enum { SITES = 400, LAYERS = 4, COVARIATES = 3, PARAMETERS = 21, CELLS = 12 };

static const double top[LAYERS] = {0, 0.1, 0.3, 0.6}, bottom[LAYERS] = {0.1, 0.3, 0.6, 1.2};

struct world {
  double id[SITES], latitude[SITES], longitude[SITES], cell[SITES], row_size[SITES];
  double obs_top[SITES * LAYERS], obs_bottom[SITES * LAYERS], soc[SITES * LAYERS];
  double covariate[SITES * COVARIATES], estimate[SITES * PARAMETERS];
  double state[SITES], kept[SITES];
};

struct fixture {
  struct world world;
  struct proda_experiment *experiment;
  struct proda_search_path *search_path;
  struct proda_loaded *model, *emulator;
  struct proda_space *space;
  struct proda_run run;
};

/* Truth: other parameters in the middle of their priors. */
static void make_truth(struct fixture *f)
{
  const struct proda_manifest *manifest = f->model->manifest;
  long q10 = proda_manifest_parameter(manifest, "q10");
  long passive = proda_manifest_parameter(manifest, "tau4s3");
  struct world *w = &f->world;
  for (size_t s = 0; s < SITES; s++) {
    double *row = w->estimate + s * PARAMETERS;
    const double *x = w->covariate + s * COVARIATES;
    for (size_t p = 0; p < PARAMETERS; p++)
      row[p] = proda_space_unscale(f->space, p, 0.5);
    row[q10] = proda_space_unscale(f->space, (size_t)q10, 0.2 + 0.5 * (x[0] + 10) / 40);
    row[passive] = proda_space_unscale(f->space, (size_t)passive,
                                       0.2 + 0.3 * x[1] * x[1] + (x[2] == 7 ? 0.3 : 0));
  }
}

static void make_world(struct fixture *f)
{
  struct proda_random random;
  struct world *w = &f->world;
  double u[3];
  proda_random_start(&random, 11, 0, 0);
  for (size_t s = 0; s < SITES; s++) {
    proda_random_uniforms(&random, 3, u);
    w->id[s] = (double)(1000 + s);
    w->latitude[s] = -60 + 120 * u[0];
    w->longitude[s] = -180 + 360 * u[1];
    w->cell[s] = (double)(s % CELLS);
    w->row_size[s] = LAYERS;
    w->kept[s] = s % 10 != 3;
    w->covariate[s * COVARIATES] = -10 + 40 * u[2];
    w->covariate[s * COVARIATES + 1] = u[1];
    w->covariate[s * COVARIATES + 2] = s % 3 == 0 ? 7 : 2;
    memcpy(w->obs_top + s * LAYERS, top, sizeof top);
    memcpy(w->obs_bottom + s * LAYERS, bottom, sizeof bottom);
    for (size_t i = 0; i < LAYERS; i++)
      w->soc[s * LAYERS + i] = 1;
  }
}

/* What the structure says of the truth becomes the measurement. */
static void measure(struct fixture *f)
{
  struct proda_error error;
  struct world *w = &f->world;
  size_t first[SITES + 1];
  bool valid[SITES];
  struct proda_forcing_file *forcing = NULL;
  struct proda_structure *structure = NULL;
  struct proda_settings *settings = NULL;
  for (size_t s = 0; s <= SITES; s++)
    first[s] = s * LAYERS;
  memset(valid, 1, sizeof valid);
  struct proda_prepared prepared = {.n_sites = SITES,
                                    .n_obs = SITES * LAYERS,
                                    .cell = w->cell,
                                    .first = first,
                                    .obs_top = w->obs_top,
                                    .obs_bottom = w->obs_bottom,
                                    .obs_value = w->soc};
  assert_ok(proda_forcing_open(f->experiment->grid, f->model->manifest, &forcing, &error), error);
  assert_ok(
      proda_settings_make(f->model->manifest, f->experiment->document, NULL, &settings, &error),
      error);
  assert_ok(
      proda_structure_new(f->model, settings, proda_forcing_n_months(forcing), &structure, &error),
      error);
  const struct proda_evaluation_setup setup = {structure, forcing, &prepared,
                                               &f->experiment->calibrate.observation, NULL};
  double *modelled = calloc(SITES * LAYERS, sizeof *modelled);
  assert_non_null(modelled);
  assert_ok(proda_evaluation_run(&setup, w->estimate, valid, modelled, &error), error);
  memcpy(w->soc, modelled, sizeof w->soc);
  free(modelled);
  proda_structure_free(structure);
  proda_settings_free(settings);
  proda_forcing_close(forcing);
}

static const struct axis axes[] = {
    {"site", SITES}, {"obs", SITES *LAYERS}, {"covariate", COVARIATES}, {"parameter", PARAMETERS}};

static void write_prepare(const struct fixture *f)
{
  static const char *const name[] = {"temperature", "moisture", "land"};
  static const double is_class[] = {0, 0, 1};
  const struct world *w = &f->world;
  const struct column column[] = {
      {"site_id", "site", w->id, NULL},
      {"latitude", "site", w->latitude, NULL},
      {"longitude", "site", w->longitude, NULL},
      {"cell", "site", w->cell, NULL},
      {"row_size", "site", w->row_size, NULL},
      {"obs_top", "obs", w->obs_top, NULL},
      {"obs_bottom", "obs", w->obs_bottom, NULL},
      {"soc", "obs", w->soc, NULL},
      {"covariate_value", "site covariate", w->covariate, NULL},
      {"covariate_is_class", "covariate", is_class, NULL},
      {"covariate_name", "covariate", NULL, name},
  };
  STORE_WRITE(scratch_path("out/prepare.nc"), axes, column);
}

static void write_stores(const struct fixture *f, double first_id)
{
  struct world w = f->world;
  const struct column calibrated[] = {{"site_id", "site", w.id, NULL},
                                      {"estimate", "site parameter", w.estimate, NULL},
                                      {"state", "site", w.state, NULL}};
  const struct column screened[] = {{"site_id", "site", w.id, NULL},
                                    {"kept", "site", w.kept, NULL}};
  w.id[0] = first_id;
  write_prepare(f);
  STORE_WRITE(scratch_path("out/clm5/calibrate.nc"), axes, calibrated);
  STORE_WRITE(scratch_path("out/clm5/screen.nc"), axes, screened);
}

static int setup(void **state)
{
  static struct fixture f;
  struct proda_error error;
  if (scratch_setup(state) != 0)
    return -1;
  f = (struct fixture){0};
  *state = &f;
  FILE *stream = fopen(scratch_path("e.yaml"), "w");
  assert_non_null(stream);
  char here[4096];
  assert_non_null(getcwd(here, sizeof here));
  const char *forcing = testing_path("data/forcing.nc");
  fprintf(stream,
          "proda: 1\nkind: experiment\nname: e\noutput: %s\nseed: 5\n"
          "data: {profiles: none.nc, grid: %s%s%s}\n"
          "structures: [{model: clm5}]\ncalibrate: {sampler: none}\n"
          "train: {emulator: mlp, share: 0.15, settings: {hidden: [32, 32], dropout: 0, "
          "optimizer: adam, learning_rate: 0.003, loss: mse, epochs: 200}}\n",
          scratch_path("out"), forcing[0] == '/' ? "" : here, forcing[0] == '/' ? "" : "/",
          forcing);
  fclose(stream);
  assert_ok(proda_experiment_read(scratch_path("e.yaml"), &f.experiment, &error), error);
  assert_ok(proda_search_path_make(NULL, &f.search_path, &error), error);
  assert_ok(proda_load(f.search_path, "clm5", PRODA_MODEL, &f.model, &error), error);
  assert_ok(proda_load(f.search_path, "mlp", PRODA_EMULATOR, &f.emulator, &error), error);
  assert_ok(
      proda_space_new(f.experiment, f.experiment->structure, f.model->manifest, &f.space, &error),
      error);
  f.run = (struct proda_run){.experiment = f.experiment,
                             .search_path = f.search_path,
                             .reporter = &heard_reporter,
                             .command = "test"};
  make_world(&f);
  make_truth(&f);
  measure(&f);
  return 0;
}

static int teardown(void **state)
{
  struct fixture *f = *state;
  proda_space_free(f->space);
  proda_loaded_free(f->model);
  proda_loaded_free(f->emulator);
  proda_search_path_free(f->search_path);
  proda_experiment_free(f->experiment);
  return scratch_teardown(state);
}

static void train(struct fixture *f)
{
  struct proda_error error;
  heard[0] = '\0';
  assert_ok(proda_stage_train(&f->run, f->experiment->structure, &error), error);
}

static double *read_variable(const char *name, size_t n)
{
  struct proda_error error;
  struct proda_nc *file = NULL;
  double *value = NULL;
  assert_ok(proda_nc_open(scratch_path("out/clm5/train.nc"), &file, &error), error);
  assert_ok(proda_nc_read(file, name, n, &value, &error), error);
  proda_nc_close(file);
  return value;
}

static void test_skill_recovers_the_truth(void **state)
{
  struct fixture *f = *state;
  write_stores(f, 1000);
  train(f);
  double *nse = read_variable("nse_log", PRODA_N_GROUPS * PRODA_N_SOURCES);
  double *sites = read_variable("skill_n_sites", PRODA_N_GROUPS);
  const double *held_out = nse + PRODA_GROUP_HELD_OUT * PRODA_N_SOURCES;
  assert_close(held_out[PRODA_SOURCE_OWN], 1, 1e-12, 0);
  assert_true(held_out[PRODA_SOURCE_PREDICTED] > 0.98);
  assert_true(held_out[PRODA_SOURCE_PREDICTED] > held_out[PRODA_SOURCE_MEDIAN]);
  assert_true(held_out[PRODA_SOURCE_MEDIAN] > held_out[PRODA_SOURCE_DEFAULT]);
  /* 360 kept sites, shares 0.15 each: standard deviation 6.8 */
  assert_in_range(sites[PRODA_GROUP_HELD_OUT], 25, 85);
  assert_true(sites[PRODA_GROUP_HELD_OUT_ALL] > sites[PRODA_GROUP_HELD_OUT]);
  assert_close(sites[PRODA_GROUP_TRAINING] + sites[PRODA_GROUP_VALIDATION] +
                   sites[PRODA_GROUP_HELD_OUT],
               360, 0, 0);
  free(nse);
  free(sites);
}

static void test_up_to_date(void **state)
{
  struct fixture *f = *state;
  train(f);
  assert_string_equal(heard, "train clm5: up to date\n");
}

/* A predictor made of the store gives the stored predictions, to the bit; sites one by one too. */
static void test_restored_predictor(void **state)
{
  struct fixture *f = *state;
  static const char *const name[] = {"temperature", "moisture", "land"};
  struct proda_predictor_setup setup = {&f->run,  f->emulator, f->model->manifest,
                                        f->space, "clm5",      0};
  struct proda_predictor *predictor = NULL;
  struct proda_covariates covariates = {SITES, COVARIATES, name, NULL, f->world.covariate};
  struct proda_encoding summary;
  struct proda_error error;
  struct proda_nc *file = NULL;
  double *stored = read_variable("predicted", SITES * PARAMETERS), again[PARAMETERS];
  static double all[SITES * PARAMETERS];
  bool usable[SITES];
  assert_ok(proda_nc_open(scratch_path("out/clm5/train.nc"), &file, &error), error);
  assert_ok(proda_predictor_read(&setup, file, &predictor, &error), error);
  proda_nc_close(file);
  assert_ok(proda_predictor_apply(predictor, &covariates, all, usable, &summary, &error), error);
  assert_memory_equal(all, stored, sizeof all);
  covariates.n_sites = 1;
  for (size_t s = 0; s < SITES; s += 37) {
    covariates.value = f->world.covariate + s * COVARIATES;
    assert_ok(proda_predictor_apply(predictor, &covariates, again, usable, &summary, &error),
              error);
    assert_memory_equal(again, stored + s * PARAMETERS, sizeof again);
  }
  proda_predictor_free(predictor);
  free(stored);
}

/* Predictions stay among the training sites' estimates. */
static void test_predictions_stay_in_range(void **state)
{
  struct fixture *f = *state;
  long q10 = proda_manifest_parameter(f->model->manifest, "q10");
  double *lower = read_variable("emulator_output_lower", PARAMETERS);
  double *upper = read_variable("emulator_output_upper", PARAMETERS);
  double *predicted = read_variable("predicted", SITES * PARAMETERS);
  assert_in_range((long)(100 * lower[q10]), 20, 23); /* the truth spans 0.2 to 0.7 */
  assert_in_range((long)(100 * upper[q10]), 67, 70);
  for (size_t s = 0; s < SITES; s++) {
    double scaled =
        proda_space_scale(f->space, (size_t)q10, predicted[s * PARAMETERS + (size_t)q10]);
    assert_true(scaled >= lower[q10] - 1e-12 && scaled <= upper[q10] + 1e-12);
  }
  free(lower);
  free(upper);
  free(predicted);
}

static void test_same_seed_same_store(void **state)
{
  struct fixture *f = *state;
  double *one = read_variable("predicted", SITES * PARAMETERS);
  assert_int_equal(remove(scratch_path("out/clm5/train.nc")), 0);
  train(f);
  double *two = read_variable("predicted", SITES * PARAMETERS);
  assert_memory_equal(one, two, SITES * PARAMETERS * sizeof *one);
  free(one);
  free(two);
}

static void expect_failure(struct fixture *f, const char *message)
{
  struct proda_error error = {{0}};
  assert_int_equal(proda_stage_train(&f->run, f->experiment->structure, &error), PRODA_ERROR);
  if (!strstr(error.message, message))
    fail_msg("'%s' lacks '%s'", error.message, message);
}

static void test_refuses(void **state)
{
  struct fixture *f = *state;
  write_stores(f, 999);
  expect_failure(f, "site_id differs");
  double cell = f->world.cell[7];
  f->world.cell[7] = 16; /* the forcing has 16 */
  write_stores(f, 1000);
  expect_failure(f, "cell[7] is 16, but ");
  f->world.cell[7] = cell;
  memset(f->world.kept, 0, sizeof f->world.kept);
  write_stores(f, 1000);
  expect_failure(f, "none of 400 sites is left to train on");
  assert_int_equal(remove(scratch_path("out/clm5/screen.nc")), 0);
  expect_failure(f, "screen.nc");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_skill_recovers_the_truth),
      cmocka_unit_test(test_up_to_date),
      cmocka_unit_test(test_restored_predictor),
      cmocka_unit_test(test_predictions_stay_in_range),
      cmocka_unit_test(test_same_seed_same_store),
      cmocka_unit_test(test_refuses),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
