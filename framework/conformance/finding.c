#include "conformance/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/bits.h"

const char *const proda_mark_names[PRODA_N_MARKS] = {
    [PRODA_MARK_SKIPPED] = "skipped",
    [PRODA_MARK_OK] = "ok",
    [PRODA_MARK_WARNING] = "warning",
    [PRODA_MARK_FAILED] = "FAILED",
};

static void write_down(struct proda_finding *finding, enum proda_mark mark, const char *expected,
                       const char *format, va_list arguments)
{
  finding->mark = mark;
  snprintf(finding->expected, sizeof finding->expected, "%s", expected);
  /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): every caller has started it */
  vsnprintf(finding->found, sizeof finding->found, format, arguments);
}

int proda_finding_fail(struct proda_finding *finding, const char *expected, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  write_down(finding, PRODA_MARK_FAILED, expected, format, arguments);
  va_end(arguments);
  return PRODA_ERROR;
}

int proda_finding_skip(struct proda_finding *finding, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  write_down(finding, PRODA_MARK_SKIPPED, "", format, arguments);
  va_end(arguments);
  return PRODA_OK;
}

void proda_finding_warn(struct proda_finding *finding, const char *expected, const char *format,
                        ...)
{
  va_list arguments;
  if (finding->mark >= PRODA_MARK_WARNING)
    return;
  va_start(arguments, format);
  write_down(finding, PRODA_MARK_WARNING, expected, format, arguments);
  va_end(arguments);
}

void proda_finding_remark(struct proda_finding *finding, const char *format, ...)
{
  va_list arguments;
  if (finding->mark > PRODA_MARK_OK)
    return;
  va_start(arguments, format);
  write_down(finding, PRODA_MARK_OK, "", format, arguments);
  va_end(arguments);
}

int proda_finding_memory(struct proda_finding *finding)
{
  return proda_finding_fail(finding, "memory for the check", "out of memory");
}

bool proda_same_number(double a, double b)
{
  return proda_same_bits(a, b) || (a != a && b != b);
}
