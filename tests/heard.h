/** @file heard.h
 * A reporter that keeps what stages say, line by line; heard[0] = '\0' forgets it.
 */
#ifndef PRODA_TESTS_HEARD_H
#define PRODA_TESTS_HEARD_H

#include "pipeline/stage.h"
#include "testing.h"

static char heard[16384];

static inline __attribute__((unused)) void heard_line(void *context, const char *text)
{
  (void)context;
  size_t used = strlen(heard);
  snprintf(heard + used, sizeof heard - used, "%s\n", text);
}

static const struct proda_reporter heard_reporter = {.line = heard_line};

#endif
