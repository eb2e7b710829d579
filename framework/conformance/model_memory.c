#include "conformance/child.h"
#include "conformance/model_checks.h"

#include <stdlib.h>
#include <string.h>

/* Everything that a call is handed for reading stands on locked pages, everything ends at a page
 * that nobody may touch. */
struct fenced {
  struct proda_rig *rig;
  struct proda_room *room;
  struct proda_bench bench;
  struct proda_place place, sparse;
  lane *slope, *out;
};

static void lock_place(const struct fenced *f, const struct proda_place *place)
{
  for (size_t d = 0; d < f->bench.manifest->n_drivers; d++)
    if (place->driver[d])
      proda_room_lock(f->room, place->driver[d], true);
  proda_room_lock(f->room, place->driver, true);
}

static int make(struct fenced *f, struct proda_finding *finding)
{
  const struct proda_manifest *m = f->rig->manifest;
  struct proda_random *random = &f->rig->random;
  if (proda_bench_make(f->rig->subject, f->rig->subject->settings->value, PRODA_RIG_MONTHS, f->room,
                       finding, &f->bench))
    return PRODA_ERROR;
  const struct proda_nonlinear_ops *nonlinear = f->bench.nonlinear;
  size_t n_slopes = nonlinear && nonlinear->slopes ? nonlinear->n_slopes : 0;
  f->slope = proda_room_array(f->room, n_slopes * f->bench.n_layers * sizeof(lane), "slope");
  f->out = proda_room_array(f->room, m->n_quantities * sizeof(lane), "quantities");
  if (!f->slope || !f->out ||
      proda_place_make(m, PRODA_PLACE_ORDINARY, PRODA_RIG_MONTHS, random, f->room, &f->place) ||
      proda_place_make(m, PRODA_PLACE_SPARSE, PRODA_RIG_MONTHS, random, f->room, &f->sparse))
    return proda_finding_memory(finding);
  lock_place(f, &f->place);
  lock_place(f, &f->sparse);
  return PRODA_OK;
}

static void lock_terms(const struct fenced *f, bool rates_too, bool locked)
{
  const struct proda_terms *t = &f->bench.terms;
  const void *array[] = {t->input, t->modifier, t->fraction, t->transport, t->carry};
  for (size_t i = 0; i < sizeof array / sizeof *array; i++)
    proda_room_lock(f->room, array[i], locked);
  if (rates_too)
    proda_room_lock(f->room, t->rate, locked);
}

static void call_extensions(struct fenced *f)
{
  struct proda_bench *b = &f->bench;
  proda_rig_state(f->rig, b);
  lock_terms(f, false, true);
  proda_room_lock(f->room, b->pools, true);
  if (b->nonlinear)
    proda_bench_rates(b);
  proda_room_lock(f->room, b->terms.rate, true);
  if (b->nonlinear && b->nonlinear->slopes)
    proda_bench_slopes(b, f->slope);
  if (b->quantities)
    b->quantities->fill(b->model, b->site, b->parameter, &b->terms, b->pools, f->out);
  proda_room_lock(f->room, b->pools, false);
  lock_terms(f, true, false);
}

static int call(struct fenced *f, struct proda_finding *finding)
{
  struct proda_bench *b = &f->bench;
  struct proda_error error;
  for (int round = 0; round < 2; round++) {
    const struct proda_place *place = round ? &f->sparse : &f->place;
    proda_room_lock(f->room, b->site, false);
    proda_room_lock(f->room, b->parameter, true);
    for (int i = 0; i < PRODA_LANES; i++)
      if (proda_bench_site(b, i, &place->forcing, &error) != PRODA_OK)
        return proda_finding_fail(finding, "that site accepts it", "site refused %s: %s",
                                  proda_place_name(place), error.message);
    proda_room_lock(f->room, b->parameter, false);
    for (int i = 0; i < PRODA_LANES; i++)
      proda_rig_draw(f->rig, b, i);
    proda_room_lock(f->room, b->site, true);
    proda_room_lock(f->room, b->parameter, true);
    proda_bench_terms(b);
    call_extensions(f);
  }
  const char *damaged = proda_room_damaged(f->room);
  return damaged
             ? proda_finding_fail(finding, "writes to one's own entries only",
                                  "something was written before the first entry of '%s'", damaged)
             : PRODA_OK;
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  struct fenced f = {.rig = rig, .room = proda_room_new(true)};
  if (!f.room)
    return proda_finding_memory(finding);
  proda_child_watch(f.room);
  int status = make(&f, finding);
  if (status == PRODA_OK)
    status = call(&f, finding);
  proda_bench_clear(&f.bench);
  proda_room_free(f.room);
  return status;
}

const struct proda_check proda_model_memory = {
    .name = "memory",
    .asks = "calls stay inside their arrays and write only to what they are to fill",
    .matters = "a stray write changes numbers of other draws, or ends the whole run",
    .repair = "loops over layers, months, channels: their bounds, and the order of indices "
              "([row][layer], drivers [layer][month]); const arguments",
    .needed = true,
    .model = check,
};
