/* Encoding by hand-made tables: expected rows follow from the rules that covariates.h states. */
#include "pipeline/train/covariates.h"
#include "scratch.h"
#include "stores.h"

enum { N = 6, COVARIATES = 3 };

/* temperature, precipitation, land (a class) at 6 sites; the last two do not train */
static const double table[N][COVARIATES] = {
    {10, 100, 3}, {20, 300, 7}, {14, NAN, 3}, {NAN, 200, 9}, {40, 100, 8}, {15, NAN, NAN},
};
static const bool training[N] = {true, true, true, true, false, false};
static const char *const names[COVARIATES] = {"temperature", "precipitation", "land"};
static const bool classes[COVARIATES] = {false, false, true};

static struct proda_covariates covariates(void)
{
  return (struct proda_covariates){N, COVARIATES, names, classes, &table[0][0]};
}

static struct proda_encoder *learn(const struct proda_experiment_train *rules)
{
  struct proda_covariates given = covariates();
  struct proda_encoder *encoder = NULL;
  struct proda_error error;
  assert_ok(proda_encoder_learn(&given, training, rules, &encoder, &error), error);
  return encoder;
}

/* What the encoder of these rules makes of the table. */
struct encoded {
  struct proda_encoder *encoder;
  struct proda_encoding summary;
  double input[N * 5];
  bool usable[N];
};

static struct encoded encode(struct proda_experiment_train rules, size_t width)
{
  struct proda_covariates given = covariates();
  struct encoded e = {.encoder = learn(&rules)};
  struct proda_error error;
  assert_int_equal(proda_encoder_width(e.encoder), width);
  assert_ok(proda_encoder_apply(e.encoder, &given, e.input, e.usable, &e.summary, &error), error);
  return e;
}

static void assert_row(const double *actual, const double *expected, size_t n)
{
  for (size_t i = 0; i < n; i++)
    assert_close(actual[i], expected[i], 1e-15, 0);
}

static void test_one_hot_and_median(void **state)
{
  (void)state;
  struct encoded e = encode((struct proda_experiment_train){.classes = PRODA_CLASS_ONE_HOT}, 5);
  /* medians of the training sites: temperature 14, precipitation 200; classes 3, 7, 9 */
  static const double expected[N][5] = {
      {0, 0, 1, 0, 0},     {1, 1, 0, 1, 0}, {0.4, 0.5, 1, 0, 0},
      {0.4, 0.5, 0, 0, 1}, {1, 0, 0, 0, 0}, {0.5, 0.5, 0, 0, 0},
  };
  for (size_t i = 0; i < N; i++) {
    assert_true(e.usable[i]);
    assert_row(e.input + i * 5, expected[i], 5);
  }
  assert_int_equal(e.summary.n_unusable, 0);
  assert_int_equal(e.summary.n_filled, 3);
  assert_int_equal(e.summary.n_cut, 1);
  assert_int_equal(e.summary.n_unseen, 1);
  proda_encoder_free(e.encoder);
}

static void test_class_as_number(void **state)
{
  (void)state;
  struct encoded e = encode((struct proda_experiment_train){.classes = PRODA_CLASS_NUMBER}, 3);
  assert_close(e.input[1 * 3 + 2], 4. / 6, 1e-15, 0);
  assert_close(e.input[5 * 3 + 2], 0, 0, 0); /* the most frequent class, 3, is the smallest */
  proda_encoder_free(e.encoder);
}

static void test_drop(void **state)
{
  (void)state;
  struct encoded e = encode((struct proda_experiment_train){.missing = PRODA_MISSING_DROP}, 5);
  static const bool expected[N] = {true, true, false, false, true, false};
  assert_memory_equal(e.usable, expected, sizeof expected);
  assert_int_equal(e.summary.n_unusable, 3);
  proda_encoder_free(e.encoder);
}

/* Other order and one more column at prediction; an absent one is named. */
static void test_finds_by_name(void **state)
{
  (void)state;
  static const char *const other[] = {"land", "elevation", "precipitation", "temperature"};
  static const double row[] = {7, 1234, 150, 15};
  static const double expected[] = {0.5, 0.25, 0, 1, 0};
  struct proda_experiment_train rules = {0};
  struct proda_encoder *encoder = learn(&rules);
  struct proda_covariates given = {1, 4, other, NULL, row};
  struct proda_encoding summary;
  struct proda_error error;
  double input[5];
  bool usable;
  assert_ok(proda_encoder_apply(encoder, &given, input, &usable, &summary, &error), error);
  assert_row(input, expected, 5);
  given.n = 3;
  assert_int_equal(proda_encoder_apply(encoder, &given, input, &usable, &summary, &error),
                   PRODA_ERROR);
  assert_non_null(strstr(error.message, "covariate temperature"));
  proda_encoder_free(encoder);
}

static void test_exclude(void **state)
{
  (void)state;
  const char *out[] = {"land"}, *wrong[] = {"lands"};
  struct proda_experiment_train rules = {.n_exclude = 1, .exclude = out};
  struct proda_covariates given = covariates();
  struct proda_error error;
  struct proda_encoder *encoder = learn(&rules);
  assert_int_equal(proda_encoder_width(encoder), 2);
  proda_encoder_free(encoder);
  rules.exclude = wrong;
  assert_int_equal(proda_encoder_learn(&given, training, &rules, &encoder, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "no covariate 'lands'; did you mean 'land'?"));
}

static void test_refuses_an_empty_covariate(void **state)
{
  (void)state;
  const bool last[N] = {false, false, false, false, false, true};
  struct proda_experiment_train rules = {0};
  struct proda_covariates given = covariates();
  struct proda_encoder *encoder = NULL;
  struct proda_error error;
  assert_int_equal(proda_encoder_learn(&given, last, &rules, &encoder, &error), PRODA_ERROR);
  assert_null(encoder);
  assert_non_null(strstr(error.message, "precipitation has no value"));
}

static void check_round_trip(const struct proda_experiment_train *rules)
{
  const char *path = scratch_path("encoder.nc");
  struct proda_error error;
  struct proda_nc *file = NULL;
  struct proda_encoder *encoder = learn(rules), *again = NULL;
  struct proda_covariates given = covariates();
  struct proda_encoding one, two;
  double before[N * 5], after[N * 5];
  bool usable[N], usable_again[N];
  assert_ok(proda_nc_create(path, &file, &error), error);
  assert_ok(proda_encoder_write(encoder, file, &error), error);
  assert_ok(proda_nc_commit(file, &error), error);
  assert_ok(proda_nc_open(path, &file, &error), error);
  assert_ok(proda_encoder_read(file, &again, &error), error);
  proda_nc_close(file);
  size_t width = proda_encoder_width(encoder);
  assert_int_equal(proda_encoder_width(again), width);
  assert_ok(proda_encoder_apply(encoder, &given, before, usable, &one, &error), error);
  assert_ok(proda_encoder_apply(again, &given, after, usable_again, &two, &error), error);
  assert_memory_equal(before, after, N * width * sizeof *before);
  assert_memory_equal(usable, usable_again, sizeof usable);
  assert_memory_equal(&one, &two, sizeof one);
  proda_encoder_free(encoder);
  proda_encoder_free(again);
}

static void test_round_trip(void **state)
{
  (void)state;
  check_round_trip(&(struct proda_experiment_train){0});
  check_round_trip(&(struct proda_experiment_train){.classes = PRODA_CLASS_NUMBER,
                                                    .missing = PRODA_MISSING_DROP});
}

/* Two classes of 2^63 entries each would be none in a sum of size_t. */
static void test_spoilt_store_is_refused(void **state)
{
  (void)state;
  static const double zero[2] = {0, 0}, one[2] = {1, 1};
  static const double bad[][2] = {{0x1p63, 0x1p63}, {NAN, 0}, {-1, 0}, {0.5, 0}};
  static const char *const name[] = {"a", "b"};
  const struct axis axis[] = {{"encoder_covariate", 2}};
  for (size_t i = 0; i < 2 * sizeof bad / sizeof *bad; i++) {
    bool kind = i % 2 == 0;
    const struct column column[] = {
        {"encoder_name", "encoder_covariate", NULL, name},
        {"encoder_kind", "encoder_covariate", kind ? bad[i / 2] : zero, NULL},
        {"encoder_minimum", "encoder_covariate", zero, NULL},
        {"encoder_maximum", "encoder_covariate", one, NULL},
        {"encoder_fill", "encoder_covariate", zero, NULL},
        {"encoder_n_classes", "encoder_covariate", kind ? zero : bad[i / 2], NULL}};
    struct proda_error error;
    struct proda_nc *file = NULL;
    struct proda_encoder *encoder = NULL;
    STORE_WRITE(scratch_path("bad.nc"), axis, column);
    assert_ok(proda_nc_open(scratch_path("bad.nc"), &file, &error), error);
    assert_int_equal(proda_encoder_read(file, &encoder, &error), PRODA_ERROR);
    proda_nc_close(file);
    assert_null(encoder);
    assert_non_null(strstr(error.message, "holds an impossible value; train again"));
    assert_non_null(strstr(error.message, kind ? "encoder_kind" : "encoder_n_classes"));
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_one_hot_and_median),
      cmocka_unit_test(test_class_as_number),
      cmocka_unit_test(test_drop),
      cmocka_unit_test(test_finds_by_name),
      cmocka_unit_test(test_exclude),
      cmocka_unit_test(test_refuses_an_empty_covariate),
      cmocka_unit_test(test_round_trip),
      cmocka_unit_test(test_spoilt_store_is_refused),
  };
  return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
