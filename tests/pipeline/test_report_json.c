/* Numbers and texts of the report's JSON, read back by a decoder of the description. Base64: the
 * test vectors of RFC 4648; UTF-8: examples of RFC 3629. */
#include "decode.h"
#include "pipeline/report/report_json.h"

enum { N = 300 };

static void test_base64(void **state)
{
  static const char *const vector[][2] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof vector / sizeof *vector; i++) {
    json_t *made = proda_json_base64((const unsigned char *)vector[i][0], strlen(vector[i][0]));
    assert_string_equal(json_string_value(made), vector[i][1]);
    json_decref(made);
  }
}

/** Encodes, decodes and compares with what a step of the code allows. */
static void check_round_trip(const double *value, size_t n, enum proda_json_type type, bool log,
                             double rtol, double atol)
{
  size_t found;
  json_t *json = proda_json_numbers(value, n, type, log);
  assert_non_null(json);
  double *back = decode_numbers(json, &found);
  assert_int_equal(found, n);
  for (size_t i = 0; i < n; i++)
    assert_close(back[i], isfinite(value[i]) ? value[i] : NAN, rtol, atol);
  free(back);
  json_decref(json);
}

static void test_numbers(void **state)
{
  double value[N];
  (void)state;
  for (int i = 0; i < N; i++)
    value[i] = -5 + 0.1 * i; /* -5 .. 24.9 */
  value[7] = NAN;
  value[8] = INFINITY;
  double width = 29.9;
  check_round_trip(value, N, PRODA_JSON_U8, false, 0, 0.501 * width / 254);
  check_round_trip(value, N, PRODA_JSON_U16, false, 0, 0.501 * width / 65534);
  check_round_trip(value, N, PRODA_JSON_F32, false, 6e-8, 0);
  /* Values of both signs have no logarithm: they are encoded as they are. */
  check_round_trip(value, N, PRODA_JSON_U16, true, 0, 0.501 * width / 65534);
  check_round_trip(value, PRODA_JSON_PLAIN, PRODA_JSON_U8, false, 0, 0);
  check_round_trip(value, 0, PRODA_JSON_U8, false, 0, 0);
}

static void test_logarithms(void **state)
{
  double value[N];
  (void)state;
  for (int i = 0; i < N; i++)
    value[i] = pow(10, -30 + 0.1 * i); /* 1e-30 .. 0.8: half a step is 29.9/65534/2 decades */
  value[3] = NAN;
  check_round_trip(value, N, PRODA_JSON_U16, true, 1.01 * log(10) * 29.9 / 65534 / 2, 0);
}

static void test_degenerate(void **state)
{
  double value[N], zero[N] = {0};
  (void)state;
  for (int i = 0; i < N; i++)
    value[i] = NAN;
  for (int type = PRODA_JSON_U8; type <= PRODA_JSON_F32; type++) {
    check_round_trip(value, N, (enum proda_json_type)type, true, 0, 0);
    check_round_trip(zero, N, (enum proda_json_type)type, true, 0, 0);
  }
  value[5] = 3.25; /* one value alone has no range */
  check_round_trip(value, N, PRODA_JSON_U8, true, 1e-14, 0);
  value[6] = 1e300; /* more than a float holds is missing there */
  size_t n;
  json_t *json = proda_json_numbers(value, N, PRODA_JSON_F32, false);
  double *back = decode_numbers(json, &n);
  assert_true(isnan(back[6]));
  assert_close(back[5], 3.25, 0, 0);
  free(back);
  json_decref(json);
}

static void test_shares(void **state)
{
  const double share[] = {0, 0.25, 1, -3, 7, NAN};
  const double expected[] = {0, 0.25, 1, 0, 1, NAN};
  size_t n;
  (void)state;
  json_t *json = proda_json_shares(share, 6);
  double *back = decode_numbers(json, &n);
  assert_int_equal(n, 6);
  for (size_t i = 0; i < n; i++)
    assert_close(back[i], expected[i], 0, 0.51 / 65534);
  free(back);
  json_decref(json);
}

static void test_plain(void **state)
{
  const double value[] = {1, -0.5, NAN, 0x1p60};
  (void)state;
  json_t *json = proda_json_array(value, 4);
  char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(7));
  assert_string_equal(text, "[1,-0.5,null,1.152922e18]");
  free(text);
  json_decref(json);
}

static void test_texts(void **state)
{
#define BAD "\xef\xbf\xbd"
  static const char *const pair[][2] = {
      {"plain \"quoted\" </script>", "plain \"quoted\" </script>"},
      {"K\xc3\xb6ppen \xe2\x80\x93 \xf0\x9f\x8c\x8d",
       "K\xc3\xb6ppen \xe2\x80\x93 \xf0\x9f\x8c\x8d"},
      {"K\xf6ppen", "K" BAD "ppen"},         /* Latin-1 */
      {"\xc0\x80", BAD BAD},                 /* a NUL in two bytes */
      {"\xed\xa0\x80", BAD BAD BAD},         /* a surrogate */
      {"\xf4\x90\x80\x80", BAD BAD BAD BAD}, /* beyond U+10FFFF */
      {"cut \xe2\x80", "cut " BAD BAD},
      {"\xff", BAD},
  };
  (void)state;
  for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
    json_t *made = proda_json_text(pair[i][0]);
    assert_non_null(made);
    assert_string_equal(json_string_value(made), pair[i][1]);
    json_decref(made);
  }
  assert_true(json_is_null(proda_json_text(NULL)));
}

static void test_containers(void **state)
{
  struct proda_error error = {""};
  json_t *object = json_object();
  (void)state;
  assert_ok(proda_json_put(object, "a", json_integer(1), &error), error);
  json_t *list = proda_json_array_in(object, "list", &error);
  assert_non_null(list);
  assert_ok(proda_json_append(list, json_true(), &error), error);
  assert_int_equal(json_array_size(json_object_get(object, "list")), 1);
  assert_int_equal(proda_json_put(object, "b", NULL, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "out of memory"));
  json_decref(object);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_base64),     cmocka_unit_test(test_numbers),
      cmocka_unit_test(test_logarithms), cmocka_unit_test(test_degenerate),
      cmocka_unit_test(test_shares),     cmocka_unit_test(test_plain),
      cmocka_unit_test(test_texts),      cmocka_unit_test(test_containers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
