/** @file report_json.h
 * Numbers and texts as JSON. Short arrays are plain; long ones are
 *   {"b64": base64 of little-endian numbers, "type": "u8" | "u16" | "f32",
 *    "min": m, "max": M, "log": true | false}
 * where q of u8 and u16 stands for m + (M - m) q / top, top = 254 or 65534, and top + 1 for a
 * missing value; with log true m and M are log10 of the values, and so is what q stands for. f32
 * are the numbers themselves, NaN for missing, without m, M and log. In plain arrays a missing
 * value is null.
 */
#ifndef PRODA_PIPELINE_REPORT_JSON_H
#define PRODA_PIPELINE_REPORT_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include <proda/status.h>

enum proda_json_type { PRODA_JSON_U8, PRODA_JSON_U16, PRODA_JSON_F32 };
enum { PRODA_JSON_PLAIN = 64 }; /**< numbers that an array may have to be plain */

/* Each returns a new reference, NULL for lack of memory. */

/** A number, null where it is not finite. */
json_t *proda_json_number(double value);
/** A plain array. */
json_t *proda_json_array(const double *value, size_t n);
/** A text, of which bytes that are not UTF-8 become U+FFFD; null for NULL. */
json_t *proda_json_text(const char *text);

/** Numbers in one of the forms above; infinite ones are missing. `log` holds where all values are
 * above 0, else they are encoded as they are. */
json_t *proda_json_numbers(const double *value, size_t n, enum proda_json_type type, bool log);

/** u16 of shares 0..1, always as b64, without m, M and log; what lies beyond the ends becomes the
 * end. */
json_t *proda_json_shares(const double *share, size_t n);

/** Base64 (RFC 4648, padded) of bytes. */
json_t *proda_json_base64(const unsigned char *bytes, size_t n);

/** Sets object[key], taking `value` over; refused where that is NULL. */
int proda_json_put(json_t *object, const char *key, json_t *value, struct proda_error *error);
/** Appends to an array likewise. */
int proda_json_append(json_t *array, json_t *value, struct proda_error *error);

/** A new object, or array, as object[key]; borrowed, NULL where memory is lacking. */
json_t *proda_json_object_in(json_t *object, const char *key, struct proda_error *error);
json_t *proda_json_array_in(json_t *object, const char *key, struct proda_error *error);

#endif
