#include "conformance/model_checks.h"

#include <string.h>

static int make_and_drop(struct proda_rig *rig, struct proda_finding *finding)
{
  struct proda_bench first = {0}, second = {0};
  const struct proda_setting *settings = rig->subject->settings->value;
  int status =
      proda_bench_make(rig->subject, settings, PRODA_RIG_MONTHS, rig->room, finding, &first);
  if (status == PRODA_OK)
    status =
        proda_bench_make(rig->subject, settings, PRODA_RIG_MONTHS, rig->room, finding, &second);
  proda_bench_clear(&first);
  proda_bench_clear(&second);
  return status;
}

static int same(const struct proda_rig *rig, int i, const char *expected, const char *when)
{
  int status = proda_bench_same(&rig->one, i, &rig->two, i, expected, when);
  if (status)
    proda_rig_at(rig, &rig->one, i, rig->one.finding);
  return status;
}

/* What lanes that were never attached come to does not matter, but that they come to an end. */
static void terms_of_nowhere(struct proda_rig *rig)
{
  proda_bench_spoil_inputs(&rig->two, 0);
  proda_bench_terms(&rig->two);
  proda_bench_spoil_inputs(&rig->two, 0xff);
  proda_bench_terms(&rig->two);
}

static int site_again(struct proda_rig *rig, struct proda_finding *finding)
{
  struct proda_error error;
  for (int i = 0; i < PRODA_LANES; i++) {
    const struct proda_place *other = &rig->place[(i + 1) % PRODA_RIG_ORDINARY];
    const struct proda_place *order[] = {other, rig->at[i], rig->at[i]};
    for (size_t k = 0; k < 3; k++)
      if (proda_bench_site(&rig->two, i, &order[k]->forcing, &error) != PRODA_OK)
        return proda_finding_fail(finding, "the same answer as before",
                                  "site refuses at a later call: %s", error.message);
  }
  memcpy(rig->two.parameter, rig->one.parameter, rig->manifest->n_parameters * sizeof(lane));
  proda_bench_terms(&rig->two);
  proda_bench_terms(&rig->two);
  for (int i = 0; i < PRODA_LANES; i++)
    if (same(rig, i, "the same bits: a lane may move from site to site and back",
             "where lanes had been at another site before"))
      return PRODA_ERROR;
  return PRODA_OK;
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  if (proda_rig_fill(rig, &rig->one, 0, finding))
    return PRODA_ERROR;
  proda_bench_terms(&rig->one);
  terms_of_nowhere(rig);
  if (make_and_drop(rig, finding) || site_again(rig, finding))
    return PRODA_ERROR;
  proda_bench_spoil_terms(&rig->two, 0xff);
  proda_bench_clear(&rig->two); /* the other lives on */
  proda_bench_terms(&rig->one);
  return proda_bench_make(rig->subject, rig->subject->settings->value, PRODA_RIG_MONTHS, rig->room,
                          finding, &rig->two);
}

const struct proda_check proda_model_life = {
    .name = "life-cycle",
    .asks = "calls come in odd orders: terms before site, site twice, instances that never run",
    .matters =
        "the host moves lanes between sites, makes instances to look at them, and drops them",
    .repair = "what create allocates and destroy frees; what site leaves from an earlier site",
    .model = check,
};
