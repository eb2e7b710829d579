/** @file decode.h
 * Arrays of numbers as the report's JSON holds them, read back: written from the description in
 * pipeline/report/report_json.h, not from the encoder.
 */
#ifndef PRODA_TESTS_DECODE_H
#define PRODA_TESTS_DECODE_H

#include <jansson.h>

#include "testing.h"

static inline __attribute__((unused)) int decode_digit(char c)
{
  static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const char *found = c ? strchr(digit, c) : NULL;
  assert_non_null(found);
  return (int)(found - digit);
}

/** Bytes of a base64 text; free() them. */
static inline __attribute__((unused)) unsigned char *decode_base64(const char *text, size_t *n)
{
  size_t length = strlen(text);
  assert_int_equal(length % 4, 0);
  unsigned char *bytes = calloc(length + 1, 1);
  assert_non_null(bytes);
  *n = length / 4 * 3;
  for (size_t i = 0; i < length; i += 4) {
    uint32_t group = 0;
    for (size_t d = 0; d < 4; d++)
      group = group << 6 | (text[i + d] == '=' ? 0u : (uint32_t)decode_digit(text[i + d]));
    for (size_t b = 0; b < 3; b++)
      bytes[i / 4 * 3 + b] = (unsigned char)(group >> (16 - 8 * b));
  }
  for (size_t i = length; i > 0 && text[i - 1] == '='; i--)
    --*n;
  return bytes;
}

/** The whole number of a little-endian code. */
static inline __attribute__((unused)) uint32_t decode_code(const unsigned char *bytes, size_t size)
{
  uint32_t code = 0;
  for (size_t b = size; b-- > 0;)
    code = code << 8 | bytes[b];
  return code;
}

/** All numbers, NaN for missing; free() them. Without "min" and "max" u16 are shares. */
static inline __attribute__((unused)) double *decode_numbers(const json_t *json, size_t *n)
{
  double *value;
  if (json_is_array(json)) {
    *n = json_array_size(json);
    value = calloc(*n + 1, sizeof *value);
    assert_non_null(value);
    for (size_t i = 0; i < *n; i++) {
      const json_t *item = json_array_get(json, i);
      value[i] = json_is_null(item) ? NAN : json_number_value(item);
    }
    return value;
  }
  const char *type = json_string_value(json_object_get(json, "type"));
  assert_non_null(type);
  size_t size = strcmp(type, "u8") == 0 ? 1 : strcmp(type, "u16") == 0 ? 2 : 4, n_bytes;
  unsigned char *bytes = decode_base64(json_string_value(json_object_get(json, "b64")), &n_bytes);
  const json_t *max = json_object_get(json, "max");
  double low = max ? json_number_value(json_object_get(json, "min")) : 0;
  double high = max ? json_number_value(max) : 1, top = size == 1 ? 254 : 65534;
  *n = n_bytes / size;
  value = calloc(*n + 1, sizeof *value);
  assert_non_null(value);
  for (size_t i = 0; i < *n; i++) {
    uint32_t code = decode_code(bytes + i * size, size);
    float single;
    memcpy(&single, &code, sizeof single);
    double number = code == (uint32_t)top + 1 ? NAN : low + (high - low) * code / top;
    if (json_is_true(json_object_get(json, "log")))
      number = pow(10, number);
    value[i] = size == 4 ? single : number;
  }
  free(bytes);
  return value;
}

#endif
