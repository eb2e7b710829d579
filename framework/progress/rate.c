#include "progress/rate.h"

enum { APART = 1 };
static const double minute = 60, half_hour = 1800, while_unknown = 300;

void proda_rate_start(struct proda_rate *rate, double time, size_t done)
{
  rate->n = rate->next = 0;
  rate->mark[rate->next++] = (struct proda_rate_mark){time, (double)done};
  rate->n++;
}

void proda_rate_note(struct proda_rate *rate, double time, size_t done)
{
  const struct proda_rate_mark *last =
      &rate->mark[(rate->next + PRODA_RATE_MARKS - 1) % PRODA_RATE_MARKS];
  if (rate->n > 0 && (time - last->time < APART || (double)done <= last->done))
    return;
  rate->next %= PRODA_RATE_MARKS;
  rate->mark[rate->next++] = (struct proda_rate_mark){time, (double)done};
  rate->n += rate->n < PRODA_RATE_MARKS;
}

double proda_rate_at(const struct proda_rate *rate, double time, size_t done)
{
  if (rate->n == 0)
    return 0;
  const struct proda_rate_mark *first =
      &rate->mark[rate->n < PRODA_RATE_MARKS ? 0 : rate->next % PRODA_RATE_MARKS];
  double seconds = time - first->time, units = (double)done - first->done;
  return seconds > 0 && units > 0 ? units / seconds : 0;
}

bool proda_pace_due(struct proda_pace *pace, double time, size_t done, size_t total)
{
  double waited = time - pace->time;
  bool tenth = 10 * (done - pace->done) >= total;
  bool due =
      total == 0 ? waited >= while_unknown : (tenth && waited >= minute) || waited >= half_hour;
  if (due)
    *pace = (struct proda_pace){time, done};
  return due;
}
