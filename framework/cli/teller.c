#include "cli/teller.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/clock.h"

/* Columns that a line may fill: in the last one a terminal would begin the next line. */
static size_t columns(void)
{
  struct winsize size;
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1)
    return size.ws_col - 1U;
  return 79;
}

void teller_start(struct teller *teller, bool quiet)
{
  *teller = (struct teller){.quiet = quiet, .terminal = isatty(STDERR_FILENO)};
}

void teller_end(struct teller *teller)
{
  if (teller->line_open)
    fputs("\r\033[K", stderr);
  teller->line_open = false;
}

void teller_line(void *context, const char *text)
{
  struct teller *teller = context;
  teller_end(teller);
  if (!teller->quiet) {
    printf("%s\n", text);
    fflush(stdout);
  }
}

/* Another stage, or structure, begins with a rate of its own. */
static void turn_to(struct teller *teller, const struct proda_progress *progress, double time)
{
  char at[sizeof teller->at];
  snprintf(at, sizeof at, "%s %s", progress->stage, progress->structure ? progress->structure : "");
  if (strcmp(at, teller->at) == 0)
    return;
  memcpy(teller->at, at, sizeof at);
  proda_rate_start(&teller->rate, time, progress->done);
  teller->pace = (struct proda_pace){time, progress->done};
  teller->drawn = 0;
}

static void draw(struct teller *teller, const struct proda_progress *progress, double time)
{
  char text[512];
  if (time - teller->drawn < 0.25 && progress->done != progress->total)
    return;
  teller->drawn = time;
  proda_progress_line(progress, proda_rate_at(&teller->rate, time, progress->done), columns(), text,
                      sizeof text);
  fprintf(stderr, "\r\033[K%s", text);
  fflush(stderr);
  teller->line_open = true;
}

static void log_line(struct teller *teller, const struct proda_progress *progress, double time)
{
  char text[512];
  if (progress->done == progress->total ||
      !proda_pace_due(&teller->pace, time, progress->done, progress->total))
    return;
  proda_progress_line(progress, proda_rate_at(&teller->rate, time, progress->done), sizeof text - 1,
                      text, sizeof text);
  teller_line(teller, text);
}

void teller_progress(void *context, const struct proda_progress *progress)
{
  struct teller *teller = context;
  if (teller->quiet)
    return;
  double time = proda_clock();
  turn_to(teller, progress, time);
  proda_rate_note(&teller->rate, time, progress->done);
  if (teller->terminal)
    draw(teller, progress, time);
  else
    log_line(teller, progress, time);
}
