#include "conformance/model_checks.h"

#include <stdio.h>
#include <string.h>

/* An instance as different as the manifest allows: other choices of settings, another number of
 * months. */
static int make_other(struct proda_rig *rig, struct proda_finding *finding,
                      struct proda_bench *other)
{
  const struct proda_manifest *m = rig->manifest;
  struct proda_setting setting[m->n_settings + 1];
  double value[m->n_settings + 1];
  for (size_t i = 0; i < m->n_settings; i++) {
    const struct proda_setting_spec *spec = &m->setting[i];
    setting[i] = rig->subject->settings->value[i];
    if (setting[i].size != 1)
      continue;
    value[i] = setting[i].value[0];
    if (spec->n_choices > 1)
      value[i] = value[i] > 0 ? 0 : 1;
    else if (spec->type == PRODA_SETTING_BOOLEAN)
      value[i] = 1 - value[i];
    else if (spec->type == PRODA_SETTING_NUMBER && isfinite(spec->minimum + spec->maximum))
      value[i] = 0.5 * (spec->minimum + spec->maximum);
    setting[i].value = &value[i];
  }
  return proda_bench_make(rig->subject, setting, 2 * PRODA_RIG_MONTHS, rig->room, finding, other);
}

static int use_other(struct proda_rig *rig, struct proda_bench *other)
{
  struct proda_place place;
  struct proda_error error;
  if (proda_place_make(rig->manifest, PRODA_PLACE_ORDINARY, other->n_months, &rig->random,
                       rig->room, &place))
    return proda_finding_memory(other->finding);
  for (int i = 0; i < PRODA_LANES; i++) {
    (void)proda_bench_site(other, i, &place.forcing, &error);
    proda_rig_draw(rig, other, i);
  }
  proda_bench_terms(other);
  proda_rig_state(rig, other);
  if (other->nonlinear)
    proda_bench_rates(other);
  return PRODA_OK;
}

/* The sites of the first instance once more, while the other lives. */
static int once_more(struct proda_rig *rig, struct proda_finding *finding)
{
  struct proda_error error;
  for (int i = 0; i < PRODA_LANES; i++)
    if (proda_bench_site(&rig->one, i, &rig->at[i]->forcing, &error) != PRODA_OK)
      return proda_finding_fail(finding, "the same answer as before the other instance was made",
                                "site refuses: %s", error.message);
  proda_bench_terms(&rig->one);
  for (int i = 0; i < PRODA_LANES; i++)
    if (proda_bench_same(&rig->two, i, &rig->one, i,
                         "the same bits: two instances do not know of each other",
                         "after another instance, with other settings and months, was used")) {
      proda_rig_at(rig, &rig->one, i, finding);
      return PRODA_ERROR;
    }
  return PRODA_OK;
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  struct proda_bench other = {0};
  if (proda_rig_fill(rig, &rig->one, 0, finding))
    return PRODA_ERROR;
  for (int i = 0; i < PRODA_LANES; i++)
    proda_bench_copy_lane(&rig->one, i, &rig->two, i);
  proda_bench_terms(&rig->two);
  int status = make_other(rig, finding, &other);
  if (status == PRODA_OK)
    status = use_other(rig, &other);
  if (status == PRODA_OK)
    status = once_more(rig, finding);
  proda_bench_clear(&other);
  return status;
}

const struct proda_check proda_model_instances = {
    .name = "instances",
    .asks = "two instances with other settings and months of forcing do not disturb each other",
    .matters = "a run holds several instances of one structure at once",
    .repair = "static or global variables: what create learns belongs into the instance",
    .model = check,
};
