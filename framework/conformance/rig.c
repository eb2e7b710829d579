#include "conformance/model_checks.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plugin/prior.h"

bool proda_rig_stated(const struct proda_rig *rig)
{
  for (size_t d = 0; d < rig->manifest->n_drivers; d++)
    if (!proda_driver_stated(&rig->manifest->driver[d]))
      return false;
  return true;
}

void proda_rig_draw(struct proda_rig *rig, struct proda_bench *bench, int i)
{
  for (size_t p = 0; p < rig->manifest->n_parameters; p++)
    bench->parameter[p][i] =
        proda_prior_at(&rig->manifest->parameter[p].prior, proda_random_uniform(&rig->random));
}

static void take_defaults(const struct proda_rig *rig, struct proda_bench *bench, int i)
{
  for (size_t p = 0; p < rig->manifest->n_parameters; p++)
    bench->parameter[p][i] = rig->manifest->parameter[p].default_value;
}

static int go_to(struct proda_rig *rig, struct proda_bench *bench, int i, size_t place,
                 struct proda_finding *finding)
{
  struct proda_error error;
  rig->at[i] = &rig->place[place];
  int status = proda_bench_site(bench, i, &rig->at[i]->forcing, &error);
  if (status == PRODA_REJECT && place >= PRODA_RIG_ORDINARY)
    return go_to(rig, bench, i, (size_t)i, finding);
  if (status == PRODA_OK)
    return PRODA_OK;
  return proda_finding_fail(
      finding,
      "that site accepts drivers within their ranges (state `range: [least, greatest]` of drivers "
      "in the manifest, where 0.25 to 1.75 of the unit is no site)",
      "site refused %s: %s", proda_place_name(rig->at[i]),
      *error.message ? error.message : "it gave no reason");
}

int proda_rig_fill(struct proda_rig *rig, struct proda_bench *bench, int round,
                   struct proda_finding *finding)
{
  for (int i = 0; i < PRODA_LANES; i++) {
    size_t place = round % 2 ? (size_t)(3 * i + round) % PRODA_RIG_PLACES : (size_t)i;
    if (go_to(rig, bench, i, place, finding))
      return PRODA_ERROR;
    proda_rig_draw(rig, bench, i);
  }
  if (round == 0)
    take_defaults(rig, bench, 0);
  return PRODA_OK;
}

void proda_rig_state(struct proda_rig *rig, struct proda_bench *bench)
{
  for (size_t k = 0; k < bench->n_state; k++)
    for (int i = 0; i < PRODA_LANES; i++)
      bench->pools[k][i] = pow(10, 6 * proda_random_uniform(&rig->random) - 2);
}

void proda_rig_at(const struct proda_rig *rig, const struct proda_bench *bench, int i,
                  struct proda_finding *finding)
{
  const struct proda_manifest *m = rig->manifest;
  size_t size = sizeof finding->at;
  int length = snprintf(finding->at, size, "%s", proda_place_name(rig->at[i]));
  for (size_t p = 0; p < m->n_parameters && length > 0 && (size_t)length < size; p++)
    length += snprintf(finding->at + length, size - (size_t)length, "%s %s = %.6g", p ? "," : ";",
                       m->parameter[p].name, bench->parameter[p][i]);
}

static int make_places(struct proda_rig *rig)
{
  for (int i = 0; i < PRODA_RIG_PLACES; i++) {
    enum proda_place_kind kind =
        i < PRODA_RIG_ORDINARY
            ? PRODA_PLACE_ORDINARY
            : (enum proda_place_kind)(PRODA_PLACE_LOWEST + i - PRODA_RIG_ORDINARY);
    if (proda_place_make(rig->manifest, kind, PRODA_RIG_MONTHS, &rig->random, rig->room,
                         &rig->place[i]))
      return PRODA_ERROR;
  }
  return proda_place_make(rig->manifest, PRODA_PLACE_SPARSE, PRODA_RIG_MONTHS, &rig->random,
                          rig->room, &rig->sparse);
}

static int run(const struct proda_check *check, const struct proda_subject *subject,
               struct proda_finding *finding)
{
  struct proda_rig rig = {.subject = subject, .manifest = subject->loaded->manifest};
  const struct proda_setting *settings = subject->settings->value;
  proda_random_start(&rig.random, 17, 0, 0);
  rig.room = proda_room_new(false);
  if (!rig.room)
    return proda_finding_memory(finding);
  int status = make_places(&rig) ? proda_finding_memory(finding) : PRODA_OK;
  if (status == PRODA_OK)
    status = proda_bench_make(subject, settings, PRODA_RIG_MONTHS, rig.room, finding, &rig.one);
  if (status == PRODA_OK)
    status = proda_bench_make(subject, settings, PRODA_RIG_MONTHS, rig.room, finding, &rig.two);
  if (status == PRODA_OK)
    status = check->model(&rig, finding);
  proda_bench_clear(&rig.one);
  proda_bench_clear(&rig.two);
  proda_room_free(rig.room);
  return status;
}

/* In the order of their running: first what later ones rely on. */
static const struct proda_check *const checks[] = {
    &proda_model_create,    &proda_model_memory,      &proda_model_life,
    &proda_model_instances, &proda_model_site,        &proda_model_borrowed,
    &proda_model_outputs,   &proda_model_determinism, &proda_model_lanes,
    &proda_model_finite,    &proda_model_ranges,      &proda_model_fractions,
    &proda_model_transport, &proda_model_formulas,    &proda_model_prescribed,
    &proda_model_optional,  &proda_model_months,      &proda_model_linear,
    &proda_model_slopes,    &proda_model_tangent,     &proda_model_pools,
    &proda_model_steady,    &proda_model_closed,      &proda_model_balance,
    &proda_model_measures,  &proda_model_unused,      &proda_model_speed,
};

const struct proda_suite proda_model_suite = {
    .n = sizeof checks / sizeof(struct proda_check *),
    .check = checks,
    .run = run,
};
