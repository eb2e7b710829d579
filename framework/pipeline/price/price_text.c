#include <math.h>
#include <string.h>

#include "pipeline/price/price_private.h"
#include "progress/amount.h"

void proda_price_time(const struct proda_priced *priced, char *text, size_t size)
{
  char likely[PRODA_AMOUNT_SIZE], least[PRODA_AMOUNT_SIZE], most[PRODA_AMOUNT_SIZE];
  proda_amount_time(priced->likely, likely);
  proda_amount_time(priced->least, least);
  proda_amount_time(priced->most, most);
  if (priced->most < 1)
    snprintf(text, size, "below 1 s");
  else if (isinf(priced->most))
    snprintf(text, size, "%s or more", likely);
  else
    snprintf(text, size, "%s (%s to %s)", likely, least, most);
}

void proda_price_tell_stage(const struct proda_standing_row *row, const struct proda_priced *priced,
                            int width, FILE *out)
{
  char name[PRODA_LOCK_TEXT], time[128] = "", size[PRODA_AMOUNT_SIZE] = "";
  snprintf(name, sizeof name, "%s%s%s", row->stage, row->structure ? " " : "",
           row->structure ? row->structure : "");
  if (row->state == PRODA_STORE_CURRENT) {
    fprintf(out, "  %-*s  up to date, does not run\n", width, name);
    return;
  }
  proda_price_time(priced, time, sizeof time);
  if (priced->bytes > 0)
    proda_amount_bytes(priced->bytes, size);
  fprintf(out, "  %-*s  %-38s %8s  %s\n", width, name, time, size, priced->work);
}
