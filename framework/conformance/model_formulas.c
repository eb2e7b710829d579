#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/model_checks.h"
#include "formula/program.h"

static const char expected[] = "what the manifest states, to rounding";

static int compare(struct proda_rig *rig, size_t k, int i, double stated,
                   struct proda_finding *finding)
{
  double found = (*proda_bench_entry(&rig->one, &rig->one.terms, k))[i];
  char text[PRODA_ENTRY_TEXT];
  if (isnan(stated) || fabs(found - stated) <= 1e-13 * fabs(stated))
    return PRODA_OK;
  proda_rig_at(rig, &rig->one, i, finding);
  return proda_finding_fail(finding, expected, "%s is %.17g, its formula %.17g",
                            proda_bench_entry_name(&rig->one, k, text), found, stated);
}

static size_t rate_entry(const struct proda_rig *rig, size_t channel)
{
  return (rig->manifest->n_inputs + channel) * rig->one.n_layers;
}

static size_t fraction_entry(const struct proda_rig *rig, size_t transfer)
{
  const struct proda_manifest *m = rig->manifest;
  return (m->n_inputs + m->n_channels + m->n_modifiers + transfer) * rig->one.n_layers;
}

/* ---- expressions over parameters, of a plugin that is written by hand ---- */

struct values {
  const struct proda_rig *rig;
  int lane;
  const char *unit_of_time; /* that the names looked up so far state */
};

static int value_of(void *context, const char *name, double *value)
{
  struct values *v = context;
  long p = proda_manifest_parameter(v->rig->manifest, name);
  if (p < 0)
    return -1;
  *value = v->rig->one.parameter[p][v->lane];
  const char *unit = v->rig->manifest->parameter[p].unit;
  if (strstr(unit, "yr") || strstr(unit, "day"))
    v->unit_of_time = strstr(unit, "yr") ? "yr" : "day";
  return 0;
}

/* Rates stand in the parameters' unit of time, terms in the manifest's. */
static double rate_of(struct values *v, const struct proda_expression *rate)
{
  const char *time = v->rig->manifest->time;
  v->unit_of_time = time;
  double value = proda_expression_evaluate(rate, value_of, v);
  if (strcmp(v->unit_of_time, time) == 0)
    return value;
  double times = proda_manifest_times_per_year(v->rig->manifest);
  return strcmp(v->unit_of_time, "yr") == 0 ? value / times : value * (365 / times);
}

static int expressions_hold(struct proda_rig *rig, int i, struct proda_finding *finding)
{
  const struct proda_manifest *m = rig->manifest;
  struct values v = {.rig = rig, .lane = i};
  for (size_t l = 0; l < rig->one.n_layers; l++) {
    for (size_t c = 0; c < m->n_channels; c++)
      if (m->channel[c].rate && m->channel[c].linear &&
          compare(rig, rate_entry(rig, c) + l, i, rate_of(&v, m->channel[c].rate), finding))
        return PRODA_ERROR;
    for (size_t t = 0; t < m->n_transfers; t++)
      if (compare(rig, fraction_entry(rig, t) + l, i,
                  proda_expression_evaluate(m->transfer[t].fraction, value_of, &v), finding))
        return PRODA_ERROR;
  }
  return PRODA_OK;
}

/* ---- the graph of formulas, where it follows from parameters alone ---- */

/* The variant nearest to the settings: others are not of its formulas. */
static int find_program(const struct proda_rig *rig, struct proda_program **program,
                        struct proda_error *error)
{
  const struct proda_manifest *m = rig->manifest;
  double setting[m->n_settings + 1];
  size_t n, most = 0, best = 0;
  if (proda_program_variants(m, &n, error))
    return PRODA_ERROR;
  for (size_t v = 0; v < n; v++) {
    size_t alike = 0;
    proda_program_settings(m, v, setting);
    for (size_t i = 0; i < m->n_settings; i++)
      alike += setting[i] == rig->subject->settings->value[i].value[0];
    if (alike > most) {
      most = alike;
      best = v;
    }
  }
  return proda_program_new(m, best, program, error);
}

static int values_hold(struct proda_rig *rig, const struct proda_program *program,
                       const double *value, int i, struct proda_finding *finding)
{
  const struct proda_manifest *m = rig->manifest;
  size_t L = rig->one.n_layers;
  for (size_t l = 0; l < L; l++) {
    for (size_t c = 0; c < m->n_channels; c++)
      if (m->channel[c].linear &&
          compare(rig, rate_entry(rig, c) + l, i, value[program->rate[c] * L + l], finding))
        return PRODA_ERROR;
    for (size_t t = 0; t < m->n_transfers; t++)
      if (compare(rig, fraction_entry(rig, t) + l, i, value[program->fraction[t] * L + l], finding))
        return PRODA_ERROR;
  }
  return PRODA_OK;
}

static int graph_holds(struct proda_rig *rig, const struct proda_program *program, double *value,
                       int i, struct proda_finding *finding)
{
  const struct proda_manifest *m = rig->manifest;
  double setting[m->n_settings + 1], parameter[m->n_parameters + 1];
  for (size_t k = 0; k < m->n_settings; k++)
    setting[k] =
        rig->subject->settings->value[k].size ? rig->subject->settings->value[k].value[0] : NAN;
  for (size_t p = 0; p < m->n_parameters; p++)
    parameter[p] = rig->one.parameter[p][i];
  proda_graph_evaluate(program->graph, parameter, setting, PRODA_RIG_MONTHS, value);
  return values_hold(rig, program, value, i, finding);
}

/* ---- both ---- */

static int look(struct proda_rig *rig, const struct proda_program *program, double *value,
                struct proda_finding *finding)
{
  for (int round = 0; round < PRODA_RIG_ROUNDS; round++) {
    if (proda_rig_fill(rig, &rig->one, round, finding))
      return PRODA_ERROR;
    proda_bench_terms(&rig->one);
    for (int i = 0; i < PRODA_LANES; i++)
      if (value ? graph_holds(rig, program, value, i, finding) : expressions_hold(rig, i, finding))
        return PRODA_ERROR;
  }
  return PRODA_OK;
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  struct proda_program *program = NULL;
  struct proda_error error = {""};
  double *value = NULL;
  int status = PRODA_OK;
  if (rig->manifest->has_formulas) {
    if (find_program(rig, &program, &error))
      return proda_finding_fail(finding, expected, "%s", error.message);
    value = calloc(program->graph->n * rig->one.n_layers, sizeof *value);
    if (!value)
      status = proda_finding_memory(finding);
  }
  if (status == PRODA_OK)
    status = look(rig, program, value, finding);
  free(value);
  proda_program_free(program);
  return status;
}

const struct proda_check proda_model_formulas = {
    .name = "formulas",
    .asks = "rates and fractions are those that the manifest states over parameters",
    .matters = "the manifest is what people read, and what components are computed and named from",
    .repair = "the C code of that channel, or the manifest; units of time (a year has 365 days)",
    .model = check,
};
