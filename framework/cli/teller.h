/** @file teller.h
 * Tells on the terminal, or in a log, how a run goes.
 */
#ifndef PRODA_CLI_TELLER_H
#define PRODA_CLI_TELLER_H

#include <stdbool.h>

#include "pipeline/stage.h"
#include "progress/rate.h"

/** Where standard error is a terminal, one line there shows progress, redrawn up to four times a
 * second; where it is none, lines of the log do, seldom. Begun by teller_start. */
struct teller {
  bool quiet, terminal, line_open;
  char at[160]; /* the stage and structure that are told of */
  double drawn;
  struct proda_rate rate;
  struct proda_pace pace;
};

void teller_start(struct teller *teller, bool quiet);
/** Takes the line of progress away. */
void teller_end(struct teller *teller);

/** What the reporter of a run calls; `context` is the teller. */
void teller_line(void *context, const char *text);
void teller_progress(void *context, const struct proda_progress *progress);

#endif
