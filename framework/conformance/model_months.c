#include <math.h>
#include <stdio.h>
#include <string.h>

#include "conformance/model_checks.h"

/* A site with the year of another, as often as its own months have room for. */
static void repeat(const struct proda_manifest *m, const struct proda_place *year, size_t n_months,
                   struct proda_place *place)
{
  for (size_t d = 0; d < m->n_drivers; d++)
    for (size_t k = 0; k < proda_driver_size(m, d, n_months); k++) {
      bool monthly = m->driver[d].dims & PRODA_DIM_MONTH;
      size_t row = monthly ? k / n_months : 0, month = k % n_months;
      place->driver[d][k] =
          year->driver[d][monthly ? row * PRODA_RIG_MONTHS + month % PRODA_RIG_MONTHS : k];
    }
}

static int fill(struct proda_rig *rig, size_t n_months, struct proda_bench *b,
                struct proda_finding *finding)
{
  struct proda_place place;
  struct proda_error error;
  if (proda_place_make(rig->manifest, PRODA_PLACE_ORDINARY, n_months, &rig->random, rig->room,
                       &place))
    return proda_finding_memory(finding);
  for (int i = 0; i < PRODA_LANES; i++) {
    if (n_months % PRODA_RIG_MONTHS == 0)
      repeat(rig->manifest, rig->at[i], n_months, &place);
    if (proda_bench_site(b, i, &place.forcing, &error) != PRODA_OK)
      return proda_finding_fail(finding, "forcing of any number of months (shape->n_months)",
                                "site refused %zu months: %s", n_months, error.message);
  }
  memcpy(b->parameter, rig->one.parameter, rig->manifest->n_parameters * sizeof(lane));
  proda_bench_terms(b);
  return PRODA_OK;
}

/* The same year over and over is that year; other months must lead to numbers at least. */
static int compare(struct proda_rig *rig, const struct proda_bench *b,
                   struct proda_finding *finding)
{
  char text[PRODA_ENTRY_TEXT];
  bool years = b->n_months % PRODA_RIG_MONTHS == 0;
  for (size_t k = 0; k < b->n_entries - b->carry_size; k++)
    for (int i = 0; i < PRODA_LANES; i++) {
      double one = (*proda_bench_entry(&rig->one, &rig->one.terms, k))[i];
      double x = (*proda_bench_entry(b, &b->terms, k))[i];
      if (!proda_bench_read(b, k) ||
          (years ? fabs(x - one) <= 1e-9 * fabs(one) + 1e-300 : isfinite(x) != 0))
        continue;
      proda_rig_at(rig, &rig->one, i, finding);
      return proda_finding_fail(
          finding, years ? "the same to rounding: the same year over and over" : "a number",
          "%s is %.12g with %d months of forcing, and %.12g with %zu",
          proda_bench_entry_name(b, k, text), one, PRODA_RIG_MONTHS, x, b->n_months);
    }
  return PRODA_OK;
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  static const size_t months[] = {24, 240, 1};
  if (proda_rig_fill(rig, &rig->one, 0, finding))
    return PRODA_ERROR;
  proda_bench_terms(&rig->one);
  for (size_t n = 0; n < sizeof months / sizeof *months; n++) {
    struct proda_bench b = {0};
    int status = proda_bench_make(rig->subject, rig->subject->settings->value, months[n], rig->room,
                                  finding, &b);
    if (status == PRODA_OK)
      status = fill(rig, months[n], &b, finding);
    if (status == PRODA_OK)
      status = compare(rig, &b, finding);
    proda_bench_clear(&b);
    if (status)
      return status;
  }
  return PRODA_OK;
}

const struct proda_check proda_model_months = {
    .name = "months",
    .asks = "forcing of one month, or of many years, is as good as that of one year",
    .matters = "forcing has 12 or 240 months, and time courses go month by month",
    .repair = "sums over months divided by 12 instead of shape->n_months; [layer][month] strides",
    .model = check,
};
