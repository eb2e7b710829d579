#include <math.h>
#include <stdio.h>
#include <string.h>

#include "conformance/model_checks.h"

/* What has changed something so far, under some setting. */
struct search {
  struct proda_rig *rig;
  struct proda_finding *finding;
  bool *parameter, *driver, *channel; /* that a rate which is not linear changes with pools */
  lane *state, *quantity[2], *inflow;
  struct proda_bench bench[2];
};

/* Everything that an instance computes from its lanes. */
static void compute(struct search *s, int k)
{
  struct proda_bench *b = &s->bench[k];
  memcpy(b->pools, s->state, b->n_state * sizeof(lane));
  proda_bench_terms(b);
  if (b->nonlinear)
    proda_bench_rates(b);
  if (b->quantities)
    b->quantities->fill(b->model, b->site, b->parameter, &b->terms, b->pools, s->quantity[k]);
  if (b->nonlinear && b->nonlinear->steady)
    b->nonlinear->steady(b->model, b->site, b->parameter, &b->terms, s->inflow, b->pools);
}

static bool lanes_differ(const lane *a, const lane *b, size_t n)
{
  return n > 0 && memcmp(a, b, n * sizeof *a) != 0;
}

static bool differ(const struct search *s)
{
  const struct proda_bench *a = &s->bench[0], *b = &s->bench[1];
  for (size_t k = 0; k < a->n_entries; k++)
    if (lanes_differ(proda_bench_entry(a, &a->terms, k), proda_bench_entry(b, &b->terms, k), 1))
      return true;
  return lanes_differ(a->pools, b->pools, a->n_state) ||
         lanes_differ(s->quantity[0], s->quantity[1], a->manifest->n_quantities);
}

static void try_parameters(struct search *s)
{
  struct proda_bench *b = &s->bench[1];
  lane kept[1];
  for (size_t p = 0; p < b->manifest->n_parameters; p++) {
    kept[0] = b->parameter[p];
    for (int i = 0; i < PRODA_LANES && !s->parameter[p]; i++)
      proda_rig_draw(s->rig, &s->bench[0], i); /* all of them; only p is taken */
    if (s->parameter[p])
      continue;
    lane drawn = s->bench[0].parameter[p];
    memcpy(s->bench[0].parameter, b->parameter, b->manifest->n_parameters * sizeof(lane));
    b->parameter[p] = drawn;
    compute(s, 0);
    compute(s, 1);
    s->parameter[p] = differ(s);
    b->parameter[p] = kept[0];
  }
}

/* Half of the lanes ask for what drivers prescribe. */
static void prescribe(struct search *s)
{
  const struct proda_manifest *m = s->rig->manifest;
  for (size_t p = 0; p < m->n_parameters; p++)
    for (int i = 0; i < PRODA_LANES / 2 && m->parameter[p].n_prescribed_by > 0; i++)
      s->bench[0].parameter[p][i] = NAN;
  memcpy(s->bench[1].parameter, s->bench[0].parameter, m->n_parameters * sizeof(lane));
}

static void try_drivers(struct search *s)
{
  const struct proda_manifest *m = s->rig->manifest;
  struct proda_error error;
  const double *driver[m->n_drivers + 1];
  prescribe(s);
  for (size_t d = 0; d < m->n_drivers; d++) {
    for (int i = 0; i < PRODA_LANES && !s->driver[d]; i++) {
      const struct proda_place *here = &s->rig->place[(i + 4) % PRODA_RIG_PLACES];
      struct proda_forcing forcing = here->forcing;
      memcpy(driver, here->driver, m->n_drivers * sizeof *driver);
      driver[d] = s->rig->place[i].driver[d];
      forcing.driver = forcing.record = driver;
      (void)proda_bench_site(&s->bench[0], i, &here->forcing, &error);
      (void)proda_bench_site(&s->bench[1], i, &forcing, &error);
    }
    if (s->driver[d])
      continue;
    compute(s, 0);
    compute(s, 1);
    s->driver[d] = differ(s);
  }
}

/* The rates of the same draw at two states. */
static void try_pools(struct search *s)
{
  const struct proda_manifest *m = s->rig->manifest;
  size_t L = s->bench[0].n_layers;
  if (!s->bench[0].nonlinear)
    return;
  for (int k = 0; k < 2; k++) {
    memcpy(s->bench[k].parameter, s->bench[0].parameter, m->n_parameters * sizeof(lane));
    proda_bench_terms(&s->bench[k]);
    proda_rig_state(s->rig, &s->bench[k]);
    proda_bench_rates(&s->bench[k]);
  }
  for (size_t c = 0; c < m->n_channels; c++)
    if (lanes_differ(&s->bench[0].terms.rate[c * L], &s->bench[1].terms.rate[c * L], L))
      s->channel[c] = true;
}

static int try_settings(void *context, const struct proda_setting_spec *spec, size_t choice)
{
  struct search *s = context;
  struct proda_rig *rig = s->rig;
  int status = PRODA_OK;
  (void)spec;
  (void)choice;
  memset(s->bench, 0, sizeof s->bench);
  for (size_t k = 0; k < 2 && status == PRODA_OK; k++)
    status = proda_bench_make(rig->subject, rig->subject->settings->value, PRODA_RIG_MONTHS,
                              rig->room, s->finding, &s->bench[k]);
  for (int round = 0; round < PRODA_RIG_ROUNDS && status == PRODA_OK; round++) {
    status = proda_rig_fill(rig, &s->bench[0], round, s->finding);
    for (int i = 0; i < PRODA_LANES; i++)
      proda_bench_copy_lane(&s->bench[0], i, &s->bench[1], i);
    proda_rig_state(rig, &s->bench[0]);
    memcpy(s->state, s->bench[0].pools, s->bench[0].n_state * sizeof(lane));
    if (status == PRODA_OK)
      try_parameters(s);
    if (status == PRODA_OK)
      try_pools(s);
    if (status == PRODA_OK)
      try_drivers(s);
  }
  proda_bench_clear(&s->bench[0]);
  proda_bench_clear(&s->bench[1]);
  return status;
}

static int search(struct search *s)
{
  struct proda_rig *rig = s->rig;
  const struct proda_manifest *m = rig->manifest;
  s->state = proda_room_array(rig->room, rig->one.n_state * sizeof(lane), "pools");
  s->inflow = proda_room_array(rig->room, rig->one.n_state * sizeof(lane), "inflow");
  for (size_t k = 0; k < 2; k++)
    s->quantity[k] = proda_room_array(rig->room, m->n_quantities * sizeof(lane), "quantities");
  if (!s->state || !s->inflow || !s->quantity[0] || !s->quantity[1])
    return proda_finding_memory(s->finding);
  lane_fill(s->inflow, rig->one.n_state, lane_splat(1));
  return proda_each_choice(rig->subject, try_settings, s);
}

/* Names of what is not marked. */
static size_t list(const bool *mark, size_t n,
                   const char *(*name)(const struct proda_manifest *m, size_t i),
                   const struct proda_manifest *m, char *text, size_t size)
{
  size_t missing = 0, length = 0;
  *text = '\0';
  for (size_t i = 0; i < n; i++)
    if (!mark[i] && length < size) {
      length +=
          (size_t)snprintf(text + length, size - length, "%s%s", missing ? ", " : "", name(m, i));
      missing++;
    }
  return missing;
}

static const char *parameter_name(const struct proda_manifest *m, size_t i)
{
  return m->parameter[i].name;
}

static const char *driver_name(const struct proda_manifest *m, size_t i)
{
  return m->driver[i].name;
}

static const char *channel_name(const struct proda_manifest *m, size_t i)
{
  return m->channel[i].name;
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  const struct proda_manifest *m = rig->manifest;
  bool parameter[m->n_parameters + 1], driver[m->n_drivers + 1];
  bool channel[m->n_channels + 1];
  char parameters[300], drivers[300], channels[300];
  struct search s = {
      .rig = rig, .finding = finding, .parameter = parameter, .driver = driver, .channel = channel};
  memset(parameter, 0, sizeof parameter);
  memset(driver, 0, sizeof driver);
  for (size_t c = 0; c < m->n_channels; c++)
    channel[c] = m->channel[c].linear;
  for (size_t o = 0; o < m->n_observables; o++) /* carbon that nothing moves */
    for (size_t p = 0; p < m->n_parameters; p++)
      parameter[p] = parameter[p] || m->observable[o].inert[p] != 0;
  if (search(&s))
    return PRODA_ERROR;
  size_t n = list(parameter, m->n_parameters, parameter_name, m, parameters, sizeof parameters) +
             list(driver, m->n_drivers, driver_name, m, drivers, sizeof drivers) +
             list(channel, m->n_channels, channel_name, m, channels, sizeof channels);
  if (n > 0)
    proda_finding_warn(finding, "a change, under some setting, somewhere within priors and ranges",
                       "without effect:%s%s%s%s%s%s", *parameters ? " parameters " : "", parameters,
                       *drivers ? " drivers " : "", drivers,
                       *channels ? " pools on the rates of channels " : "", channels);
  return PRODA_OK;
}

const struct proda_check proda_model_unused = {
    .name = "unused",
    .asks =
        "every parameter and driver changes something, and so do pools rates that are not linear",
    .matters =
        "a parameter without effect is calibrated all the same, and its posterior is its prior",
    .repair = "a name that the code does not use, or one that is used twice; a mistake in copying "
              "P_* and DRIVER_*; or take it out of the manifest",
    .once = true,
    .model = check,
};
