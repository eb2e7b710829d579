/** @file testing.h
 * What every test shares: CMocka's headers in their order, and one comparison of doubles.
 * (CMocka 1.1.5's assert_float_equal casts to float.)
 */
#ifndef PRODA_TESTING_H
#define PRODA_TESTING_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <proda/status.h>

/** |actual - expected| <= rtol |expected| + atol; equal infinities and NaN with NaN agree. */
#define assert_close(actual, expected, rtol, atol)                                                 \
  testing_close((actual), (expected), (rtol), (atol), #actual, __FILE__, __LINE__)

static inline __attribute__((unused)) void testing_close(double actual, double expected,
                                                         double rtol, double atol, const char *what,
                                                         const char *file, int line)
{
  if (isnan(actual) && isnan(expected))
    return;
  if (actual == expected)
    return;
  if (fabs(actual - expected) <= rtol * fabs(expected) + atol)
    return;
  print_error("%s: %.17g, expected %.17g (relative difference %.3g, allowed %.3g)\n", what, actual,
              expected, fabs(actual - expected) / fabs(expected), rtol);
  _fail(file, line);
}

/** The call must return PRODA_OK; otherwise its message is shown. */
#define assert_ok(call, error)                                                                     \
  do {                                                                                             \
    if ((call) != PRODA_OK) {                                                                      \
      print_error("%s: %s\n", #call, (error).message);                                             \
      _fail(__FILE__, __LINE__);                                                                   \
    }                                                                                              \
  } while (0)

/** A file of the source tree's tests, "data/forcing.nc"; static storage, good until the next call.
 */
static inline __attribute__((unused)) const char *testing_path(const char *name)
{
  static char path[4096];
  const char *top = getenv("srcdir");
  snprintf(path, sizeof path, "%s/tests/%s", top ? top : ".", name);
  return path;
}

/** A file of the shared data, "data/world/grid.nc", in $PRODA_SHARED or else in ../shared beside
 * the source tree. Where it is absent the test is skipped, or fails where CI is set. Static
 * storage, good until the next call. */
static inline __attribute__((unused)) const char *testing_shared_path(const char *name)
{
  static char path[4096];
  const char *shared = getenv("PRODA_SHARED"), *top = getenv("srcdir");
  if (shared)
    snprintf(path, sizeof path, "%s/%s", shared, name);
  else
    snprintf(path, sizeof path, "%s/../shared/%s", top ? top : ".", name);
  FILE *file = fopen(path, "rb");
  if (file) {
    fclose(file);
    return path;
  }
  if (getenv("CI"))
    fail_msg("%s is absent: set PRODA_SHARED", path);
  print_message("%s is absent: skipped; PRODA_SHARED says where shared data are\n", path);
  skip();
  return NULL;
}

#endif
