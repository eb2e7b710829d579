#include "conformance/sampler_rig.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { D = PRODA_TARGET_SIZE };

static const struct proda_prior box[D] = {
    {PRODA_PRIOR_UNIFORM, 0, 1, NAN, NAN},
    {PRODA_PRIOR_UNIFORM, -5, 10, NAN, NAN},
    {PRODA_PRIOR_UNIFORM, 1e-6, 1e-3, NAN, NAN},
    {PRODA_PRIOR_UNIFORM, 100, 1000, NAN, NAN},
};
static const struct proda_prior mixed[D] = {
    {PRODA_PRIOR_UNIFORM, 0, 1, NAN, NAN},
    {PRODA_PRIOR_NORMAL, -INFINITY, INFINITY, 2, 3},
    {PRODA_PRIOR_NORMAL, 0, INFINITY, 1e-4, 1e-4},
    {PRODA_PRIOR_NORMAL, 100, 1000, 500, 200},
};
static const double width[D] = {1, 15, 1e-3, 900};

/* Centre and precision of the densities, in widths from the lower bound. */
static const double centre = 0.4, wide = 20, narrow = 100;

void proda_target_moments(const struct proda_sampling *sampling, size_t p, double *mean, double *sd)
{
  *mean = sampling->prior[p].lower + centre * width[p];
  *sd = width[p] / sqrt(2 * narrow);
}

static struct proda_evaluation evaluate(const struct proda_sampling *s, const double *x)
{
  struct proda_evaluation answer = {.status = PRODA_OK};
  double precision = s->kind == PRODA_TARGET_KNOWN ? narrow : wide;
  for (size_t p = 0; p < D; p++) {
    double lower = isinf(s->prior[p].lower) ? 0 : s->prior[p].lower;
    double z = (x[p] - lower) / width[p] - centre;
    answer.log_density -= precision * z * z;
  }
  if (s->kind != PRODA_TARGET_KNOWN && x[0] < 0.2 && x[3] < 300)
    answer.status = PRODA_REJECT;
  return answer;
}

static void calling(const struct proda_sampler_rig *rig, const char *what)
{
  snprintf(rig->finding->calling, sizeof rig->finding->calling, "%s", what);
}

int proda_sampling_make(struct proda_sampler_rig *rig, enum proda_target_kind kind,
                        struct proda_sampling *s)
{
  struct proda_error error = {""};
  *s = (struct proda_sampling){.kind = kind, .prior = kind == PRODA_TARGET_MIXED ? mixed : box};
  const struct proda_target target = {D, s->prior};
  calling(rig, "create");
  int status = rig->ops->create(&target, rig->subject->settings->value, &s->sampler, &error);
  calling(rig, "");
  if (status == PRODA_ERROR && kind == PRODA_TARGET_MIXED && *error.message) {
    s->sampler = NULL;
    return PRODA_OK;
  }
  if (status != PRODA_OK || !s->sampler)
    return proda_finding_fail(rig->finding,
                              "an instance, for every setting that the manifest allows",
                              "create refused a target of %d parameters: %s", D,
                              *error.message ? error.message : "it gave no reason");
  s->walker_size = rig->ops->walker_size(s->sampler);
  s->n_walkers = rig->ops->n_walkers(s->sampler);
  s->n_chains = rig->ops->n_chains(s->sampler);
  s->n_draws = rig->ops->n_draws(s->sampler);
  return PRODA_OK;
}

void proda_sampling_clear(const struct proda_sampler_rig *rig, struct proda_sampling *s)
{
  if (s->sampler)
    rig->ops->destroy(s->sampler);
  s->sampler = NULL;
}

int proda_sampler_each(struct proda_sampler_rig *rig,
                       int (*check)(struct proda_sampler_rig *rig,
                                    const struct proda_sampling *sampling))
{
  if (check(rig, &rig->box))
    return PRODA_ERROR;
  return rig->mixed.sampler ? check(rig, &rig->mixed) : PRODA_OK;
}

/* ---- walkers ---- */

int proda_journey_start(struct proda_sampler_rig *rig, const struct proda_sampling *s,
                        struct proda_walker_key key, struct proda_journey *j)
{
  *j = (struct proda_journey){.digest = proda_digest_new(),
                              .walker = proda_room_array(rig->room, s->walker_size, "walker")};
  if (!j->digest || !j->walker)
    return proda_finding_memory(rig->finding);
  memset(j->walker, 0x5a, s->walker_size);
  calling(rig, "start");
  rig->ops->start(s->sampler, &key, j->walker);
  calling(rig, "");
  return PRODA_OK;
}

static int inside(const struct proda_sampler_rig *rig, const struct proda_sampling *s,
                  const double *x, const char *what, size_t step)
{
  for (size_t p = 0; p < D; p++)
    if (!isfinite(x[p]) || x[p] < s->prior[p].lower || x[p] > s->prior[p].upper)
      return proda_finding_fail(
          rig->finding, "points inside the bounds of the target's priors",
          "%s of step %zu: parameter %zu is %.17g, its prior lies in [%g, %g]", what, step + 1,
          p + 1, x[p], s->prior[p].lower, s->prior[p].upper);
  return PRODA_OK;
}

static int keep(struct proda_sampler_rig *rig, const struct proda_sampling *s,
                struct proda_journey *j)
{
  rig->ops->current(s->sampler, j->walker, j->draw);
  proda_digest_bytes(j->digest, j->draw, sizeof j->draw);
  if (inside(rig, s, j->draw, "the draw to keep", j->steps))
    return PRODA_ERROR;
  for (size_t p = 0; p < D && j->outcome.accepted; p++)
    if (!proda_same_number(j->draw[p], j->point[p]))
      return proda_finding_fail(rig->finding, "the point that was accepted",
                                "step %zu: the draw to keep is not the accepted proposal",
                                j->steps + 1);
  return PRODA_OK;
}

static int look(struct proda_sampler_rig *rig, const struct proda_sampling *s,
                const struct proda_journey *j, const struct proda_evaluation *answer)
{
  const struct proda_outcome *outcome = &j->outcome;
  if (outcome->chain >= s->n_chains)
    return proda_finding_fail(rig->finding, "a chain below n_chains",
                              "step %zu moved chain %u of %zu", j->steps + 1,
                              (unsigned)outcome->chain, s->n_chains);
  if (outcome->accepted && answer->status != PRODA_OK && !outcome->done)
    return proda_finding_fail(rig->finding, "that such points are rejected",
                              "step %zu accepted a point without a valid answer (PRODA_REJECT)",
                              j->steps + 1);
  return PRODA_OK;
}

int proda_journey_step(struct proda_sampler_rig *rig, const struct proda_sampling *s,
                       struct proda_journey *j)
{
  if (j->done)
    return PRODA_OK;
  memset(&j->outcome, 0, sizeof j->outcome);
  calling(rig, "propose");
  rig->ops->propose(s->sampler, j->walker, j->point);
  calling(rig, "");
  if (inside(rig, s, j->point, "the proposal", j->steps))
    return PRODA_ERROR;
  struct proda_evaluation answer = evaluate(s, j->point);
  calling(rig, "accept");
  rig->ops->accept(s->sampler, j->walker, &answer, &j->outcome);
  calling(rig, "");
  if (look(rig, s, j, &answer))
    return PRODA_ERROR;
  const struct proda_outcome *o = &j->outcome;
  j->kept = (o->discard_chain ? 0 : j->kept) + o->keep;
  unsigned char what[] = {o->keep, o->accepted, o->discard_chain, o->done};
  proda_digest_bytes(j->digest, j->point, sizeof j->point);
  proda_digest_bytes(j->digest, what, sizeof what);
  if (o->keep && keep(rig, s, j))
    return PRODA_ERROR;
  j->done = o->done;
  j->failure = o->done ? o->failure : NULL;
  j->steps++;
  return PRODA_OK;
}

void proda_journey_end(struct proda_journey *j, char out[PRODA_DIGEST_SIZE])
{
  if (j->digest)
    proda_digest_finish(j->digest, out);
  j->digest = NULL;
}

int proda_journey_alone(struct proda_sampler_rig *rig, const struct proda_sampling *s,
                        struct proda_walker_key key, char out[PRODA_DIGEST_SIZE])
{
  struct proda_journey j;
  int status = proda_journey_start(rig, s, key, &j);
  for (size_t n = 0; n < PRODA_JOURNEY_STEPS && status == PRODA_OK; n++)
    status = proda_journey_step(rig, s, &j);
  proda_journey_end(&j, out);
  return status;
}

/* ---- the suite ---- */

static int run(const struct proda_check *check, const struct proda_subject *subject,
               struct proda_finding *finding)
{
  struct proda_sampler_rig rig = {.subject = subject,
                                  .ops = subject->loaded->plugin->ops,
                                  .room = proda_room_new(false),
                                  .finding = finding};
  if (!rig.room)
    return proda_finding_memory(finding);
  int status = proda_sampling_make(&rig, PRODA_TARGET_BOX, &rig.box);
  if (status == PRODA_OK)
    status = proda_sampling_make(&rig, PRODA_TARGET_MIXED, &rig.mixed);
  if (status == PRODA_OK)
    status = check->sampler(&rig, finding);
  proda_sampling_clear(&rig, &rig.box);
  proda_sampling_clear(&rig, &rig.mixed);
  proda_room_free(rig.room);
  return status;
}

static const struct proda_check *const checks[] = {
    &proda_sampler_create,     &proda_sampler_memory, &proda_sampler_steps, &proda_sampler_keys,
    &proda_sampler_checkpoint, &proda_sampler_order,  &proda_sampler_end,   &proda_sampler_target,
};

const struct proda_suite proda_sampler_suite = {
    .n = sizeof checks / sizeof(struct proda_check *),
    .check = checks,
    .run = run,
};
