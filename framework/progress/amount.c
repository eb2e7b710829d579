#include "progress/amount.h"

#include <math.h>
#include <stdio.h>

/* "4 min 10 s": `seconds` in whole units of `small`, of which `large` has `n`. */
static void print_two(double seconds, double small, int n, const char *large_name,
                      const char *small_name, char text[PRODA_AMOUNT_SIZE])
{
  double units = fmin(round(seconds / small), 1e12);
  snprintf(text, PRODA_AMOUNT_SIZE, "%.0f %s %.0f %s", floor(units / n), large_name, fmod(units, n),
           small_name);
}

void proda_amount_time(double seconds, char text[PRODA_AMOUNT_SIZE])
{
  if (!(seconds >= 0))
    snprintf(text, PRODA_AMOUNT_SIZE, "an unknown time");
  else if (seconds < 9.95)
    snprintf(text, PRODA_AMOUNT_SIZE, "%.1f s", seconds);
  else if (seconds < 99.5)
    snprintf(text, PRODA_AMOUNT_SIZE, "%.0f s", seconds);
  else if (seconds < 3570)
    print_two(seconds, 1, 60, "min", "s", text);
  else if (seconds < 2 * 86400)
    print_two(seconds, 60, 60, "h", "min", text);
  else
    print_two(seconds, 3600, 24, "d", "h", text);
}

void proda_amount_rate(double rate, char text[PRODA_AMOUNT_SIZE])
{
  if (rate >= 0.95)
    snprintf(text, PRODA_AMOUNT_SIZE, rate < 99.5 ? "%.2g a second" : "%.0f a second", rate);
  else if (rate * 60 >= 0.95)
    snprintf(text, PRODA_AMOUNT_SIZE, "%.2g a minute", rate * 60);
  else
    snprintf(text, PRODA_AMOUNT_SIZE, "%.2g an hour", rate * 3600);
}

void proda_amount_bytes(double bytes, char text[PRODA_AMOUNT_SIZE])
{
  static const char *const unit[] = {"bytes", "kB", "MB", "GB", "TB"};
  int k = 0;
  for (; bytes >= 999.5 && k < 4; k++)
    bytes /= 1000;
  snprintf(text, PRODA_AMOUNT_SIZE, k == 0 || bytes >= 99.95 ? "%.0f %s" : "%.1f %s", bytes,
           unit[k]);
}
