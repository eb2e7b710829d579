/* The plugin as the host sees it: learning, repeatability, stored arrays, refusals. */
#include "testing.h"

#include <cblas.h>

#include <proda/emulator.h>
#include <proda/random.h>

#include "plugins/mlp/mlp.names.h"

extern const struct proda_plugin proda_plugin;

enum { INPUTS = 3, OUTPUTS = 2, SAMPLES = 600 };

struct values {
  double hidden[4], scalar[N_SETTINGS];
  struct proda_setting setting[N_SETTINGS];
};

static const struct proda_emulator_ops *ops(void)
{
  return proda_plugin.ops;
}

/* mlp.yaml's defaults, with a small and quick network. */
static struct proda_setting *settings_make(struct values *values)
{
  *values = (struct values){.hidden = {32, 32}};
  double *s = values->scalar;
  s[SET_optimizer] = SET_optimizer_adam;
  s[SET_rho] = 0.95;
  s[SET_beta1] = 0.9;
  s[SET_beta2] = 0.999;
  s[SET_epsilon] = 1e-7;
  s[SET_batch] = 32;
  s[SET_epochs] = 12;
  s[SET_loss] = SET_loss_mse;
  for (size_t i = 0; i < N_SETTINGS; i++)
    values->setting[i] = (struct proda_setting){1, &s[i]};
  values->setting[SET_hidden] = (struct proda_setting){2, values->hidden};
  return values->setting;
}

struct data {
  double x[SAMPLES * INPUTS], y[SAMPLES * OUTPUTS];
  bool validation[SAMPLES];
  struct proda_samples samples;
};

/* y0 = (1 + sin(3 x0) x1) / 3 + 0.1, y1 = 0.2 + x2^2 / 2: smooth, inside (0,1). */
static void data_make(struct data *data)
{
  struct proda_random random;
  proda_random_start(&random, 5, 0, 0);
  proda_random_uniforms(&random, SAMPLES * INPUTS, data->x);
  for (size_t i = 0; i < SAMPLES; i++) {
    const double *x = data->x + i * INPUTS;
    data->y[i * OUTPUTS] = (1 + sin(3 * x[0]) * x[1]) / 3 + 0.1;
    data->y[i * OUTPUTS + 1] = 0.2 + x[2] * x[2] / 2;
    data->validation[i] = i % 5 == 0;
  }
  data->samples =
      (struct proda_samples){SAMPLES, INPUTS, OUTPUTS, data->x, data->y, data->validation};
}

static void *emulator_make(const struct proda_setting *settings)
{
  struct proda_error error;
  void *emulator = NULL;
  assert_ok(ops()->create(INPUTS, OUTPUTS, settings, &emulator, &error), error);
  return emulator;
}

static void *emulator_fitted(struct data *data, const struct proda_setting *settings, uint64_t seed)
{
  struct proda_error error;
  void *emulator = emulator_make(settings);
  data_make(data);
  assert_ok(ops()->fit(emulator, &data->samples, seed, NULL, &error), error);
  return emulator;
}

static void assert_same_arrays(const void *a, const void *b)
{
  for (size_t i = 0; i < ops()->n_arrays(a); i++) {
    struct proda_array one, two;
    ops()->array(a, i, &one);
    ops()->array(b, i, &two);
    assert_string_equal(one.name, two.name);
    assert_memory_equal(one.value, two.value, one.dim[0] * one.dim[1] * sizeof(double));
  }
}

static void test_recovers_a_function(void **state)
{
  (void)state;
  for (int precision = 0; precision < 2; precision++) {
    struct values values;
    struct data data;
    struct proda_error error;
    double p[SAMPLES * OUTPUTS], worst = 0;
    struct proda_setting *settings = settings_make(&values);
    values.scalar[SET_epochs] = 300;
    values.scalar[SET_precision] = precision;
    void *emulator = emulator_fitted(&data, settings, 1);
    assert_ok(ops()->predict(emulator, SAMPLES, data.x, p, &error), error);
    for (size_t i = 0; i < SAMPLES * OUTPUTS; i++)
      worst = fmax(worst, fabs(p[i] - data.y[i]));
    assert_true(worst < 0.06); /* targets span 0.5 */
    ops()->destroy(emulator);
  }
}

static void test_same_seed_same_bits(void **state)
{
  (void)state;
  struct values values;
  static struct data data;
  struct proda_setting *settings = settings_make(&values);
  values.scalar[SET_dropout] = 0.2;
  values.scalar[SET_loss] = SET_loss_product;
  values.hidden[0] = 300; /* wide enough for OpenBLAS to split over threads, if it were let */
  values.hidden[1] = 400;
  values.scalar[SET_batch] = 100;
  values.scalar[SET_epochs] = 2;
  openblas_set_num_threads(1);
  void *one = emulator_fitted(&data, settings, 7);
  openblas_set_num_threads(4);
  void *two = emulator_fitted(&data, settings, 7);
  assert_int_equal(openblas_get_num_threads(), 4);
  assert_same_arrays(one, two);
  void *other = emulator_fitted(&data, settings, 8);
  struct proda_array a, b;
  ops()->array(one, 0, &a);
  ops()->array(other, 0, &b);
  assert_memory_not_equal(a.value, b.value, a.dim[0] * a.dim[1] * sizeof(double));
  openblas_set_num_threads(1);
  ops()->destroy(one);
  ops()->destroy(two);
  ops()->destroy(other);
}

static void test_rows_are_independent(void **state)
{
  (void)state;
  struct values values;
  struct proda_error error;
  static struct data data;
  double all[SAMPLES * OUTPUTS], one[OUTPUTS];
  void *emulator = emulator_fitted(&data, settings_make(&values), 3);
  assert_ok(ops()->predict(emulator, SAMPLES, data.x, all, &error), error);
  for (size_t i = 0; i < SAMPLES; i++) {
    assert_ok(ops()->predict(emulator, 1, data.x + i * INPUTS, one, &error), error);
    assert_memory_equal(one, all + i * OUTPUTS, sizeof one);
  }
  ops()->destroy(emulator);
}

static void test_restore_predicts_the_same(void **state)
{
  (void)state;
  struct values values;
  struct proda_error error;
  static struct data data;
  struct proda_array array[6];
  double before[SAMPLES * OUTPUTS], after[SAMPLES * OUTPUTS];
  struct proda_setting *settings = settings_make(&values);
  void *emulator = emulator_fitted(&data, settings, 3), *restored = emulator_make(settings);
  assert_int_equal(ops()->n_arrays(emulator), 6);
  for (size_t i = 0; i < 6; i++)
    ops()->array(emulator, 5 - i, &array[i]); /* order does not matter */
  assert_ok(ops()->restore(restored, 6, array, &error), error);
  assert_ok(ops()->predict(emulator, SAMPLES, data.x, before, &error), error);
  assert_ok(ops()->predict(restored, SAMPLES, data.x, after, &error), error);
  assert_memory_equal(before, after, sizeof before);
  ops()->destroy(emulator);
  ops()->destroy(restored);
}

static void test_restore_refuses(void **state)
{
  (void)state;
  struct values values;
  struct proda_error error;
  static struct data data;
  struct proda_array array[6];
  struct proda_setting *settings = settings_make(&values);
  void *emulator = emulator_fitted(&data, settings, 3), *other = emulator_make(settings);
  for (size_t i = 0; i < 6; i++)
    ops()->array(emulator, i, &array[i]);
  assert_int_equal(ops()->restore(other, 5, array, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "b3 is missing"));
  array[2].dim[1]--;
  assert_int_equal(ops()->restore(other, 6, array, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "array W2"));
  assert_non_null(strstr(error.message, "32 x 31; expected rank 2 and 32 x 32"));
  array[2].dim[1]++;
  array[3].rank = 2;
  assert_int_equal(ops()->restore(other, 6, array, &error), PRODA_ERROR);
  assert_int_equal(ops()->predict(other, 1, data.x, data.y, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "before it was fitted"));
  ops()->destroy(emulator);
  ops()->destroy(other);
}

struct record {
  size_t epochs, stop_at;
  double best;
};

static bool record_epoch(void *context, size_t epoch, double training, double validation)
{
  struct record *record = context;
  (void)training;
  record->epochs = epoch + 1;
  record->best = fmin(record->best, validation);
  return record->epochs < record->stop_at;
}

/* A large step with much dropout does not settle: the best epoch is not the last. */
static void test_keeps_the_best_and_stops(void **state)
{
  (void)state;
  struct values values;
  struct proda_error error;
  static struct data data;
  double p[SAMPLES * OUTPUTS], square = 0;
  struct record record = {.best = INFINITY, .stop_at = SIZE_MAX};
  struct proda_fit_progress progress = {record_epoch, &record};
  struct proda_setting *settings = settings_make(&values);
  values.scalar[SET_dropout] = 0.5;
  values.scalar[SET_learning_rate] = 0.03;
  values.scalar[SET_epochs] = 2000;
  values.scalar[SET_patience] = 10;
  values.scalar[SET_precision] = SET_precision_double;
  void *emulator = emulator_make(settings);
  data_make(&data);
  assert_ok(ops()->fit(emulator, &data.samples, 1, &progress, &error), error);
  assert_in_range(record.epochs, 11, 1999);
  assert_ok(ops()->predict(emulator, SAMPLES, data.x, p, &error), error);
  size_t n = 0;
  for (size_t i = 0; i < SAMPLES; i++)
    for (size_t j = 0; data.validation[i] && j < OUTPUTS; j++, n++)
      square += pow(p[i * OUTPUTS + j] - data.y[i * OUTPUTS + j], 2);
  assert_close(square / (double)n, record.best, 1e-12, 0);

  record = (struct record){.best = INFINITY, .stop_at = 4};
  assert_ok(ops()->fit(emulator, &data.samples, 1, &progress, &error), error);
  assert_int_equal(record.epochs, 4);
  ops()->destroy(emulator);
}

static void expect_refusal(void *emulator, const struct data *data, const char *message)
{
  struct proda_error error = {{0}};
  assert_int_equal(ops()->fit(emulator, &data->samples, 1, NULL, &error), PRODA_ERROR);
  if (!strstr(error.message, message))
    fail_msg("'%s' lacks '%s'", error.message, message);
}

static void test_refuses_bad_samples(void **state)
{
  (void)state;
  struct values values;
  struct proda_error error;
  static struct data data;
  struct proda_setting *settings = settings_make(&values);
  values.scalar[SET_loss] = SET_loss_product;
  void *emulator = emulator_make(settings);
  data_make(&data);
  data.x[17 * INPUTS + 2] = NAN;
  expect_refusal(emulator, &data, "input is nan in row 17, column 2");
  assert_int_equal(ops()->predict(emulator, 1, data.x, data.y, &error), PRODA_ERROR);
  data_make(&data);
  data.y[3 * OUTPUTS + 1] = INFINITY;
  expect_refusal(emulator, &data, "output is inf in row 3, column 1");
  data.y[3 * OUTPUTS + 1] = 0;
  expect_refusal(emulator, &data, "output is 0 in row 3, column 1");
  data_make(&data);
  for (size_t i = 0; i < SAMPLES; i++)
    data.validation[i] = true;
  expect_refusal(emulator, &data, "0 of them to train on");
  data_make(&data);
  data.samples.n_inputs = 2;
  expect_refusal(emulator, &data, "the network has 3 and 2");
  ops()->destroy(emulator);
}

static void test_says_when_it_diverges(void **state)
{
  (void)state;
  struct values values;
  static struct data data;
  struct proda_setting *settings = settings_make(&values);
  values.scalar[SET_optimizer] = SET_optimizer_sgd;
  values.scalar[SET_learning_rate] = 1e30;
  void *emulator = emulator_make(settings);
  data_make(&data);
  expect_refusal(emulator, &data, "lower learning_rate");
  ops()->destroy(emulator);
}

static void test_create_refuses(void **state)
{
  (void)state;
  struct values values;
  struct proda_error error;
  void *emulator = NULL;
  struct proda_setting *settings = settings_make(&values);
  assert_int_equal(ops()->create(0, 2, settings, &emulator, &error), PRODA_ERROR);
  values.hidden[1] = 2.5;
  assert_int_equal(ops()->create(3, 2, settings, &emulator, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "hidden[1] is 2.5"));
  assert_null(emulator);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_recovers_a_function),  cmocka_unit_test(test_same_seed_same_bits),
      cmocka_unit_test(test_rows_are_independent), cmocka_unit_test(test_restore_predicts_the_same),
      cmocka_unit_test(test_restore_refuses),      cmocka_unit_test(test_keeps_the_best_and_stops),
      cmocka_unit_test(test_refuses_bad_samples),  cmocka_unit_test(test_says_when_it_diverges),
      cmocka_unit_test(test_create_refuses),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
