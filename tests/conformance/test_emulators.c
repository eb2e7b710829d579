/* What <proda/emulator.h> promises, asked of every emulator on the plugin path at its default
 * settings. */
#include "every.h"

#include <proda/emulator.h>
#include <proda/random.h>

enum { INPUTS = 4, OUTPUTS = 3, SAMPLES = 90, EPOCHS = 2, MAX_ARRAYS = 64 };

struct data {
  double input[SAMPLES * INPUTS], output[SAMPLES * OUTPUTS];
  bool validation[SAMPLES];
  struct proda_samples samples;
};

static void data_make(struct data *data)
{
  struct proda_random random;
  proda_random_start(&random, 3, 0, 0);
  proda_random_uniforms(&random, SAMPLES * INPUTS, data->input);
  proda_random_uniforms(&random, SAMPLES * OUTPUTS, data->output);
  for (size_t i = 0; i < SAMPLES; i++)
    data->validation[i] = i % 6 == 0;
  data->samples =
      (struct proda_samples){SAMPLES, INPUTS, OUTPUTS, data->input, data->output, data->validation};
}

static bool enough(void *context, size_t epoch, double training, double validation)
{
  size_t *epochs = context;
  (void)training;
  (void)validation;
  assert_int_equal(epoch, *epochs);
  return ++*epochs < EPOCHS;
}

static void *fitted(const struct proda_emulator_ops *ops, const struct proda_settings *settings,
                    const struct data *data)
{
  struct proda_error error;
  size_t epochs = 0;
  struct proda_fit_progress progress = {enough, &epochs};
  void *emulator = NULL;
  assert_ok(ops->create(INPUTS, OUTPUTS, settings->value, &emulator, &error), error);
  assert_ok(ops->fit(emulator, &data->samples, 9, &progress, &error), error);
  assert_in_range(epochs, 1, EPOCHS);
  return emulator;
}

static void check_rows(const struct proda_emulator_ops *ops, const void *emulator,
                       const struct data *data, const double *all)
{
  struct proda_error error;
  double tail[SAMPLES * OUTPUTS];
  for (size_t i = 0; i < SAMPLES; i += 7) {
    size_t n = SAMPLES - i;
    assert_ok(ops->predict(emulator, n, data->input + i * INPUTS, tail, &error), error);
    assert_memory_equal(tail, all + i * OUTPUTS, n * OUTPUTS * sizeof *tail);
  }
}

static size_t take_arrays(const struct proda_emulator_ops *ops, const void *emulator,
                          struct proda_array *array)
{
  size_t n = ops->n_arrays(emulator);
  assert_in_range(n, 1, MAX_ARRAYS);
  for (size_t i = 0; i < n; i++) {
    ops->array(emulator, i, &array[i]);
    assert_in_range(array[i].rank, 0, 4);
    for (size_t d = array[i].rank; d < 4; d++)
      assert_int_equal(array[i].dim[d], 1);
    for (size_t j = 0; j < i; j++)
      assert_string_not_equal(array[i].name, array[j].name);
  }
  return n;
}

static void check_emulator(const struct proda_loaded *loaded, const struct proda_settings *settings)
{
  const struct proda_emulator_ops *ops = loaded->plugin->ops;
  static struct data data;
  struct proda_array array[MAX_ARRAYS];
  struct proda_error error = {{0}};
  double one[SAMPLES * OUTPUTS], two[SAMPLES * OUTPUTS];
  void *restored = NULL;
  assert_true(ops->size >= sizeof *ops);
  data_make(&data);
  void *first = fitted(ops, settings, &data), *second = fitted(ops, settings, &data);
  assert_ok(ops->predict(first, SAMPLES, data.input, one, &error), error);
  assert_ok(ops->predict(second, SAMPLES, data.input, two, &error), error);
  assert_memory_equal(one, two, sizeof one);
  check_rows(ops, first, &data, one);

  assert_ok(ops->create(INPUTS, OUTPUTS, settings->value, &restored, &error), error);
  size_t n = take_arrays(ops, first, array);
  assert_int_equal(ops->restore(restored, n - 1, array + 1, &error), PRODA_ERROR);
  assert_true(error.message[0] != '\0');
  assert_ok(ops->restore(restored, n, array, &error), error);
  assert_ok(ops->predict(restored, SAMPLES, data.input, two, &error), error);
  assert_memory_equal(one, two, sizeof one);

  assert_null(ops->extension(first, "no such extension"));
  ops->destroy(first);
  ops->destroy(second);
  ops->destroy(restored);
  ops->destroy(NULL);
}

static void test_every_emulator(void **state)
{
  (void)state;
  check_every(PRODA_EMULATOR, check_emulator);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_emulator),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
