#include "progress/line.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "progress/amount.h"

/* What a line may have beside its first part, the least important first. */
enum part { REASONS, NOTE, RATE, LEFT, FAILED, UNITS, N_PARTS };

struct text {
  char *at;
  size_t size, used; /* used: of the whole text, though it be cut */
};

static __attribute__((format(printf, 2, 3))) void add(struct text *text, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  size_t from = text->used < text->size ? text->used : text->size;
  int n = vsnprintf(text->at + from, text->size - from, format, arguments);
  va_end(arguments);
  text->used += n > 0 ? (size_t)n : 0;
}

static void add_failures(struct text *text, const struct proda_progress *progress, bool reasons)
{
  size_t all = 0;
  const char *between = ": ";
  for (size_t k = 0; k < progress->n_reasons; k++)
    all += progress->failed[k];
  if (all == 0)
    return;
  add(text, "; %zu failed", all);
  for (size_t k = 0; k < progress->n_reasons && reasons; k++)
    if (progress->failed[k] > 0) {
      add(text, "%s%zu %s", between, progress->failed[k], progress->reason[k]);
      between = ", ";
    }
}

static void add_rate(struct text *text, double rate)
{
  char amount[PRODA_AMOUNT_SIZE];
  proda_amount_rate(rate, amount);
  add(text, ", %s", amount);
}

static void add_left(struct text *text, const struct proda_progress *progress, double rate)
{
  char amount[PRODA_AMOUNT_SIZE];
  if (progress->total <= progress->done)
    return;
  proda_amount_time((double)(progress->total - progress->done) / rate, amount);
  add(text, ", %s left", amount);
}

/* The line without the parts before `first`; its whole length. */
static size_t compose(const struct proda_progress *progress, double rate, int first, char *at,
                      size_t size)
{
  struct text text = {at, size, 0};
  add(&text, "%s%s%s: %zu", progress->stage, progress->structure ? " " : "",
      progress->structure ? progress->structure : "", progress->done);
  if (progress->total > 0)
    add(&text, " of %zu", progress->total);
  if (first <= UNITS)
    add(&text, " %s", progress->units);
  if (first <= RATE && rate > 0)
    add_rate(&text, rate);
  if (first <= LEFT && rate > 0)
    add_left(&text, progress, rate);
  if (first <= NOTE && progress->note)
    add(&text, ", %s", progress->note);
  if (first <= FAILED)
    add_failures(&text, progress, first <= REASONS);
  return text.used;
}

/* Shortens to at most `width` bytes, between characters of UTF-8. */
static void cut(char *text, size_t width)
{
  while (width > 0 && ((unsigned char)text[width] & 0xC0U) == 0x80U)
    width--;
  text[width] = '\0';
}

void proda_progress_line(const struct proda_progress *progress, double rate, size_t width,
                         char *text, size_t size)
{
  size_t most = width < size ? width : size - 1, length = 0;
  for (int first = 0; first <= N_PARTS; first++)
    if ((length = compose(progress, rate, first, text, size)) <= most)
      return;
  if (length > most)
    cut(text, most);
}
