#include "conformance/model_checks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char expected[] = "the same bits: arguments are borrowed for the time of the call";

/* Instance two is made from settings and sites that are spoilt after each call. */
static int make_from_spoilt_settings(struct proda_rig *rig, struct proda_finding *finding)
{
  const struct proda_manifest *m = rig->manifest;
  struct proda_setting *setting =
      proda_room_array(rig->room, (m->n_settings + 1) * sizeof *setting, "settings");
  if (!setting)
    return proda_finding_memory(finding);
  for (size_t i = 0; i < m->n_settings; i++) {
    const struct proda_setting *given = &rig->subject->settings->value[i];
    double *value = proda_room_array(rig->room, (given->size + 1) * sizeof *value, "settings");
    if (!value)
      return proda_finding_memory(finding);
    memcpy(value, given->value, given->size * sizeof *value);
    setting[i] = (struct proda_setting){given->size, value};
  }
  proda_bench_clear(&rig->two);
  if (proda_bench_make(rig->subject, setting, PRODA_RIG_MONTHS, rig->room, finding, &rig->two))
    return PRODA_ERROR;
  for (size_t i = 0; i < m->n_settings; i++)
    memset((void *)setting[i].value, 0xff, setting[i].size * sizeof(double));
  return PRODA_OK;
}

static int go_to_spoilt_site(struct proda_rig *rig, int i, struct proda_finding *finding)
{
  const struct proda_manifest *m = rig->manifest;
  struct proda_error error;
  double **driver = proda_room_array(rig->room, (m->n_drivers + 1) * sizeof *driver, "driver");
  if (!driver)
    return proda_finding_memory(finding);
  for (size_t d = 0; d < m->n_drivers; d++) {
    size_t size = proda_driver_size(m, d, PRODA_RIG_MONTHS) * sizeof(double);
    driver[d] = proda_room_array(rig->room, size, m->driver[d].name);
    if (!driver[d])
      return proda_finding_memory(finding);
    if (rig->at[i]->driver[d])
      memcpy(driver[d], rig->at[i]->driver[d], size);
  }
  struct proda_forcing forcing = rig->at[i]->forcing;
  forcing.driver = forcing.record = (const double *const *)driver;
  if (proda_bench_site(&rig->two, i, &forcing, &error) != PRODA_OK)
    return proda_finding_fail(finding, "the same answer at the same forcing", "site refuses: %s",
                              error.message);
  for (size_t d = 0; d < m->n_drivers; d++)
    memset(driver[d], 0xff, proda_driver_size(m, d, PRODA_RIG_MONTHS) * sizeof(double));
  return PRODA_OK;
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  if (proda_rig_fill(rig, &rig->one, 0, finding) || make_from_spoilt_settings(rig, finding))
    return PRODA_ERROR;
  for (int i = 0; i < PRODA_LANES; i++)
    if (go_to_spoilt_site(rig, i, finding))
      return PRODA_ERROR;
  memcpy(rig->two.parameter, rig->one.parameter, rig->manifest->n_parameters * sizeof(lane));
  proda_bench_terms(&rig->one);
  proda_bench_terms(&rig->two);
  for (int i = 0; i < PRODA_LANES; i++)
    if (proda_bench_same(&rig->one, i, &rig->two, i, expected,
                         "where settings and forcing were overwritten after create and site")) {
      proda_rig_at(rig, &rig->one, i, finding);
      return PRODA_ERROR;
    }
  return PRODA_OK;
}

const struct proda_check proda_model_borrowed = {
    .name = "borrowed",
    .asks = "no pointer to settings or forcing is kept after create and site",
    .matters = "the host's memory is gone, or holds another site, when terms runs",
    .repair = "copy values: into the instance in create, into site[k][i] in site",
    .model = check,
};
