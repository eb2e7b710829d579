#include <math.h>
#include <string.h>

#include "conformance/difference.h"
#include "conformance/model_checks.h"

/* Terms on both sides of a draw, for every step: value[step][side][entry]. */
struct survey {
  lane scale;
  struct proda_rig *rig;
  struct proda_terms tangent;
  lane *value, *direction, *parameter;
  size_t n; /* entries without carry */
};

static void fill(struct proda_bench *b)
{
  proda_bench_terms(b);
  if (b->nonlinear)
    proda_bench_rates(b);
}

static void sound(struct survey *s, size_t p)
{
  struct proda_bench *b = &s->rig->one;
  for (int k = 0; k < PRODA_DIFFERENCE_STEPS; k++)
    for (int side = 0; side < 2; side++) {
      b->parameter[p] = s->parameter[p] + (side ? 1 : -1) * proda_difference_step(1, k) * s->scale;
      fill(b);
      for (size_t e = 0; e < s->n; e++)
        s->value[(size_t)(2 * k + side) * s->n + e] = *proda_bench_entry(b, &b->terms, e);
    }
  b->parameter[p] = s->parameter[p];
  fill(b);
}

static int compare(const struct survey *s, size_t p, size_t e, int i, struct proda_finding *finding)
{
  const struct proda_bench *b = &s->rig->one;
  double f[PRODA_DIFFERENCE_STEPS][2], error;
  char text[PRODA_ENTRY_TEXT];
  for (int k = 0; k < PRODA_DIFFERENCE_STEPS; k++)
    for (int side = 0; side < 2; side++)
      f[k][side] = s->value[(size_t)(2 * k + side) * s->n + e][i];
  double difference = proda_difference(f, s->scale[i], &error);
  double tangent = (*proda_bench_entry(b, &s->tangent, e))[i];
  if (proda_difference_agrees(tangent, difference, error))
    return PRODA_OK;
  proda_rig_at(s->rig, b, i, finding);
  return proda_finding_fail(finding, "the derivative of what terms and rates fill",
                            "tangent of %s along parameter %s is %.9g; differences give %.9g "
                            "+- %.2g",
                            proda_bench_entry_name(b, e, text), b->manifest->parameter[p].name,
                            tangent, difference, error);
}

static bool compared(const struct proda_bench *b, size_t e)
{
  size_t L = b->n_layers, first = b->manifest->n_inputs * L;
  bool rate = e >= first && e < first + b->manifest->n_channels * L;
  return rate || proda_bench_read(b, e);
}

static int look(struct survey *s, size_t p, struct proda_finding *finding)
{
  struct proda_bench *b = &s->rig->one;
  const struct proda_prior *prior = &b->manifest->parameter[p].prior;
  for (int i = 0; i < PRODA_LANES; i++) {
    double x = s->parameter[p][i], room = fmin(x - prior->lower, prior->upper - x);
    s->scale[i] = isfinite(room) && room > 0 ? room : fabs(x) + 1e-6;
  }
  memset(s->direction, 0, b->manifest->n_parameters * sizeof(lane));
  s->direction[p] = lane_splat(1);
  sound(s, p);
  proda_bench_tangent(b, s->direction, &s->tangent);
  for (size_t e = 0; e < s->n; e++)
    for (int i = 0; i < PRODA_LANES && compared(b, e); i++)
      if (compare(s, p, e, i, finding))
        return PRODA_ERROR;
  return PRODA_OK;
}

static int make(struct survey *s, struct proda_finding *finding)
{
  struct proda_rig *rig = s->rig;
  size_t n_parameters = rig->manifest->n_parameters;
  s->n = rig->one.n_entries - rig->one.carry_size;
  s->value = proda_room_array(rig->room, 2 * PRODA_DIFFERENCE_STEPS * s->n * sizeof(lane), "terms");
  s->direction = proda_room_array(rig->room, n_parameters * sizeof(lane), "direction");
  s->parameter = proda_room_array(rig->room, n_parameters * sizeof(lane), "parameter");
  if (!s->value || !s->direction || !s->parameter ||
      proda_bench_terms_make(&rig->one, rig->room, &s->tangent))
    return proda_finding_memory(finding);
  return PRODA_OK;
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  struct survey s = {.rig = rig};
  if (!rig->one.tangent)
    return proda_finding_skip(finding, "the plugin offers no extension \"tangent\"");
  if (make(&s, finding))
    return PRODA_ERROR;
  for (int round = 0; round < 3; round++) {
    if (proda_rig_fill(rig, &rig->one, round, finding))
      return PRODA_ERROR;
    for (int i = 0; i < PRODA_LANES; i++)
      proda_rig_draw(rig, &rig->one, i); /* defaults may lie at an end of their prior */
    proda_rig_state(rig, &rig->one);
    memcpy(s.parameter, rig->one.parameter, rig->manifest->n_parameters * sizeof(lane));
    for (size_t p = 0; p < rig->manifest->n_parameters; p++)
      if (look(&s, p, finding))
        return PRODA_ERROR;
  }
  return PRODA_OK;
}

const struct proda_check proda_model_tangent = {
    .name = "tangent",
    .asks = "tangents are the derivatives of the terms by the parameters",
    .matters = "gradients of the cost would point elsewhere",
    .repair = "the derivative of that term by that parameter: chain and quotient rule",
    .model = check,
};
