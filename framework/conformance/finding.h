/** @file finding.h
 * What a check of a plugin came to.
 */
#ifndef PRODA_CONFORMANCE_FINDING_H
#define PRODA_CONFORMANCE_FINDING_H

#include <stdbool.h>

#include <proda/status.h>

enum proda_mark { /**< the graver the later */
                  PRODA_MARK_SKIPPED,
                  PRODA_MARK_OK,
                  PRODA_MARK_WARNING,
                  PRODA_MARK_FAILED,
                  PRODA_N_MARKS,
};
/** "skipped", "ok", "warning", "FAILED". */
extern const char *const proda_mark_names[PRODA_N_MARKS];

/** Flat and of fixed size: it crosses from one process to another. */
struct proda_finding {
  enum proda_mark mark;
  char found[1024];   /**< ok: a remark or nothing; skipped: why; else what was found */
  char expected[512]; /**< instead; nothing where ok or skipped */
  char at[2048];      /**< site and parameters of it; may be empty */
  char printed[512];  /**< what the plugin wrote to standard output and error */
  char setting[96];   /**< "NAME = CHOICE" where it is not of the default settings */
  char calling[48];   /**< the plugin's function that was called last; empty where it returned */
};

/** Each writes its mark and texts. Those that end a check return what it returns. */
int proda_finding_fail(struct proda_finding *finding, const char *expected, const char *format, ...)
    __attribute__((format(printf, 3, 4))); /**< PRODA_ERROR */
int proda_finding_skip(struct proda_finding *finding, const char *format, ...)
    __attribute__((format(printf, 2, 3))); /**< PRODA_OK */
/** A graver mark stays. */
void proda_finding_warn(struct proda_finding *finding, const char *expected, const char *format,
                        ...) __attribute__((format(printf, 3, 4)));
void proda_finding_remark(struct proda_finding *finding, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int proda_finding_memory(struct proda_finding *finding); /**< fails: out of memory */

/** Whether two numbers are the same to the bit; any NaN is any other. */
bool proda_same_number(double a, double b);

#endif
