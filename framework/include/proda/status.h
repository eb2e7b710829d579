/** @file status.h
 * What a call returns, and the one message that explains a failure.
 *
 * Every fallible call of proda returns one of three outcomes. The message of an
 * error is made once, where its cause is known, and rises unchanged to the
 * program, which alone prints it.
 */
#ifndef PRODA_STATUS_H
#define PRODA_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

enum proda_status {
  PRODA_OK = 0,     /**< done; outputs are valid */
  PRODA_REJECT = 1, /**< no valid answer for this draw: reject it and go on */
  PRODA_ERROR = -1, /**< stop; the error argument holds the message */
};

enum { PRODA_MESSAGE_SIZE = 1024 };

/** Owned by the caller; written only by the call that returns PRODA_ERROR. */
struct proda_error {
  char message[PRODA_MESSAGE_SIZE]; /**< NUL-terminated, no trailing newline */
};

/** Writes the message and returns PRODA_ERROR, so that
 * `return proda_error_set(error, ...)` states cause and outcome in one line.
 * `error` may be NULL. A message longer than the buffer is cut. */
int proda_error_set(struct proda_error *error, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3), cold))
#endif
    ;

/** Puts context in front of the message that `error` already holds
 * ("experiment.yaml: calibrate: " + message); returns PRODA_ERROR. */
int proda_error_prefix(struct proda_error *error, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3), cold))
#endif
    ;

#if defined(__clang_analyzer__) || defined(__cppcheck__)
/* An analyser does not see into the library: tells it what these calls return. */
#define proda_error_set(...) ((proda_error_set)(__VA_ARGS__), (int)PRODA_ERROR)
#define proda_error_prefix(...) ((proda_error_prefix)(__VA_ARGS__), (int)PRODA_ERROR)
#endif

#ifdef __cplusplus
}
#endif
#endif
