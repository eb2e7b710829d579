#include "pipeline/report/report_json.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char *name;
  size_t size;
  double top; /* greatest number of a value; the next one means missing */
} types[] = {
    [PRODA_JSON_U8] = {"u8", 1, 254},
    [PRODA_JSON_U16] = {"u16", 2, 65534},
    [PRODA_JSON_F32] = {"f32", 4, 0},
};

/* ---- texts ---- */

/** Length of the UTF-8 sequence at `text`, 0 where there is none (RFC 3629). */
static size_t sequence(const unsigned char *text)
{
  static const struct {
    unsigned char first, last, from, to; /* of the first byte, of the second */
    size_t length;
  } form[] = {
      {0x01, 0x7f, 0x00, 0xff, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
      {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
      {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
  };
  for (size_t i = 0; i < sizeof form / sizeof *form; i++) {
    if (text[0] < form[i].first || text[0] > form[i].last)
      continue;
    size_t have = 1;
    if (have < form[i].length && text[1] >= form[i].from && text[1] <= form[i].to)
      have++;
    while (have > 1 && have < form[i].length && (text[have] & 0xc0) == 0x80)
      have++;
    return have == form[i].length ? have : 0;
  }
  return 0;
}

json_t *proda_json_text(const char *text)
{
  static const char replacement[] = "\xef\xbf\xbd";
  if (!text)
    return json_null();
  size_t n = strlen(text), used = 0;
  char *clean = malloc(3 * n + 1);
  if (!clean)
    return NULL;
  for (size_t i = 0; i < n;) {
    size_t length = sequence((const unsigned char *)text + i);
    memcpy(clean + used, length ? text + i : replacement, length ? length : 3);
    used += length ? length : 3;
    i += length ? length : 1;
  }
  json_t *made = json_stringn(clean, used);
  free(clean);
  return made;
}

/* ---- numbers ---- */

json_t *proda_json_number(double value)
{
  if (!isfinite(value))
    return json_null();
  return value == nearbyint(value) && fabs(value) < 0x1p53 ? json_integer((json_int_t)value)
                                                           : json_real(value);
}

json_t *proda_json_array(const double *value, size_t n)
{
  json_t *array = json_array();
  for (size_t i = 0; array && i < n; i++)
    if (json_array_append_new(array, proda_json_number(value[i])) != 0) {
      json_decref(array);
      array = NULL;
    }
  return array;
}

json_t *proda_json_base64(const unsigned char *bytes, size_t n)
{
  static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  size_t length = (n + 2) / 3 * 4;
  char *text = malloc(length + 1), *out = text;
  if (!text)
    return NULL;
  for (size_t i = 0; i < n; i += 3, out += 4) {
    uint32_t group = (uint32_t)bytes[i] << 16;
    group |= i + 1 < n ? (uint32_t)bytes[i + 1] << 8 : 0;
    group |= i + 2 < n ? bytes[i + 2] : 0;
    for (int d = 0; d < 4; d++)
      out[d] = digit[group >> (18 - 6 * d) & 63];
    if (i + 2 >= n)
      out[3] = '=';
    if (i + 1 >= n)
      out[2] = '=';
  }
  json_t *made = json_stringn_nocheck(text, length);
  free(text);
  return made;
}

/** How numbers become whole ones. */
struct scale {
  enum proda_json_type type;
  double lower, upper;
  bool log;
};

static struct scale scale_of(const double *value, size_t n, enum proda_json_type type, bool log)
{
  struct scale scale = {type, INFINITY, -INFINITY, log};
  for (size_t i = 0; i < n; i++)
    if (isfinite(value[i])) {
      scale.lower = fmin(scale.lower, value[i]);
      scale.upper = fmax(scale.upper, value[i]);
    }
  if (!(scale.lower <= scale.upper))
    return (struct scale){type, 0, 1, false};
  scale.log = log && scale.lower > 0;
  if (scale.log) {
    scale.lower = log10(scale.lower);
    scale.upper = log10(scale.upper);
  }
  return scale;
}

static uint32_t encode_one(const struct scale *scale, double value)
{
  if (scale->type == PRODA_JSON_F32) {
    float single = (float)value;
    uint32_t bits;
    if (!isfinite(single))
      single = NAN;
    memcpy(&bits, &single, sizeof bits);
    return bits;
  }
  double top = types[scale->type].top, at = scale->log ? log10(value) : value;
  if (!isfinite(at))
    return (uint32_t)top + 1;
  double share =
      scale->upper > scale->lower ? (at - scale->lower) / (scale->upper - scale->lower) : 0;
  return (uint32_t)lround(top * fmin(1, fmax(0, share)));
}

static json_t *encode(const struct scale *scale, const double *value, size_t n)
{
  size_t size = types[scale->type].size;
  unsigned char *bytes = malloc(n * size + 1);
  if (!bytes)
    return NULL;
  for (size_t i = 0; i < n; i++) {
    uint32_t code = encode_one(scale, value[i]);
    for (size_t b = 0; b < size; b++)
      bytes[i * size + b] = (unsigned char)(code >> 8 * b);
  }
  json_t *made = proda_json_base64(bytes, n * size);
  free(bytes);
  return made;
}

json_t *proda_json_numbers(const double *value, size_t n, enum proda_json_type type, bool log)
{
  if (n <= PRODA_JSON_PLAIN)
    return proda_json_array(value, n);
  struct scale scale = scale_of(value, n, type, log);
  json_t *b64 = encode(&scale, value, n);
  if (!b64 || type == PRODA_JSON_F32)
    return b64 ? json_pack("{s:o, s:s}", "b64", b64, "type", types[type].name) : NULL;
  return json_pack("{s:o, s:s, s:f, s:f, s:b}", "b64", b64, "type", types[type].name, "min",
                   scale.lower, "max", scale.upper, "log", scale.log);
}

json_t *proda_json_shares(const double *share, size_t n)
{
  const struct scale scale = {PRODA_JSON_U16, 0, 1, false};
  json_t *b64 = encode(&scale, share, n);
  return b64 ? json_pack("{s:o, s:s}", "b64", b64, "type", types[PRODA_JSON_U16].name) : NULL;
}

/* ---- containers ---- */

static int checked(int code, struct proda_error *error)
{
  return code == 0 ? PRODA_OK : proda_error_set(error, "out of memory for the report's data");
}

int proda_json_put(json_t *object, const char *key, json_t *value, struct proda_error *error)
{
  return checked(json_object_set_new(object, key, value), error);
}

int proda_json_append(json_t *array, json_t *value, struct proda_error *error)
{
  return checked(json_array_append_new(array, value), error);
}

json_t *proda_json_object_in(json_t *object, const char *key, struct proda_error *error)
{
  json_t *made = json_object();
  return proda_json_put(object, key, made, error) == PRODA_OK ? made : NULL;
}

json_t *proda_json_array_in(json_t *object, const char *key, struct proda_error *error)
{
  json_t *made = json_array();
  return proda_json_put(object, key, made, error) == PRODA_OK ? made : NULL;
}
