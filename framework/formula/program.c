#include "formula/program.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formula/lower.h"
#include "yaml/yaml.h"

enum { MAX_VARIANTS = 64 };

/* ---- variants ---- */

/** Calls `visit` for every formula; stops at the first nonzero result and returns it. */
static int each_formula(const struct proda_manifest *m,
                        int (*visit)(void *context, const struct proda_expression *e),
                        void *context)
{
  int stop = 0;
  for (size_t i = 0; i < m->n_definitions && !stop; i++)
    stop = visit(context, m->definition[i].expression);
  for (size_t i = 0; m->modifier_formula && i < m->n_modifiers && !stop; i++)
    stop = visit(context, m->modifier_formula[i].expression);
  for (size_t i = 0; i < m->n_inputs && !stop; i++)
    stop = visit(context, m->input_formula[i].expression);
  for (size_t i = 0; i < m->n_channels && !stop; i++)
    stop = visit(context, m->channel[i].rate);
  for (size_t i = 0; i < m->n_transfers && !stop; i++)
    stop = visit(context, m->transfer[i].fraction);
  for (size_t i = 0; i < m->n_bands && !stop; i++)
    stop = visit(context, m->band[i].expression);
  for (size_t i = 0; i < m->n_steady && !stop; i++)
    stop = visit(context, m->steady[i].expression);
  for (size_t i = 0; i < m->n_refusals && !stop; i++)
    stop = visit(context, m->refusal[i].when.expression);
  for (size_t i = 0; i < m->n_quantities && !stop; i++)
    if (m->quantity[i].value.expression)
      stop = visit(context, m->quantity[i].value.expression);
  return stop;
}

static int is_named(void *context, const struct proda_expression *name)
{
  return strcmp(context, name->name) == 0;
}

static int names(void *context, const struct proda_expression *e)
{
  return proda_expression_names(e, is_named, context);
}

/** Combinations that a setting multiplies by. */
static size_t alternatives(const struct proda_manifest *m, size_t setting)
{
  const struct proda_setting_spec *spec = &m->setting[setting];
  bool fixed = spec->type == PRODA_SETTING_CHOICE || spec->type == PRODA_SETTING_BOOLEAN;
  if (!fixed || !each_formula(m, names, (void *)spec->name))
    return 1;
  return spec->type == PRODA_SETTING_CHOICE ? spec->n_choices : 2;
}

int proda_program_variants(const struct proda_manifest *manifest, size_t *n,
                           struct proda_error *error)
{
  *n = 1;
  for (size_t i = 0; i < manifest->n_settings; i++) {
    *n *= alternatives(manifest, i);
    if (*n > MAX_VARIANTS)
      return proda_error_set(error,
                             "%s: its formulas depend on more than %d combinations of choices; "
                             "write several manifests that include what they share",
                             manifest->path, MAX_VARIANTS);
  }
  return PRODA_OK;
}

void proda_program_settings(const struct proda_manifest *manifest, size_t variant, double *setting)
{
  for (size_t i = 0; i < manifest->n_settings; i++) {
    const struct proda_setting_spec *spec = &manifest->setting[i];
    size_t n = alternatives(manifest, i);
    setting[i] = n > 1 ? (double)(variant % n) : spec->n_default > 0 ? spec->default_value[0] : NAN;
    variant /= n;
  }
}

/* ---- targets ---- */

/** What a formula must be. */
struct demand {
  const char *what;
  unsigned allowed;
  const char *unit;
  bool scalar;
};

static int refuse_axis(const struct lowering *l, const struct demand *demand, unsigned dims)
{
  if (dims & PRODA_DIM_MONTH)
    return proda_lower_refuse(l, l->formula->expression->offset,
                              "%s cannot vary by month; take its mean(month, ...) or "
                              "sum(month, ...)",
                              demand->what);
  if (demand->scalar && dims & PRODA_DIM_LAYER)
    return proda_lower_refuse(l, l->formula->expression->offset,
                              "%s is one number, but this varies by layer; take its sum(layer, "
                              "...) or mean(layer, ...)",
                              demand->what);
  return PRODA_OK;
}

static void begin(struct lowering *l, const struct proda_formula *formula, const char *what,
                  unsigned allowed)
{
  l->formula = formula;
  l->what = what;
  l->allowed = allowed;
}

/** The formula's value in the demanded unit. */
static int lower_target(struct lowering *l, const struct proda_formula *formula,
                        const struct demand *demand, struct term *term)
{
  struct proda_unit unit;
  char found[PRODA_UNIT_TEXT];
  begin(l, formula, demand->what, demand->allowed);
  if (proda_unit_parse(demand->unit, &unit, l->error) ||
      proda_lower_number(l, formula->expression, term) || refuse_axis(l, demand, term->dims))
    return PRODA_ERROR;
  if (term->bare && proda_value_is(l->graph, term->value, 0))
    term->unit = unit;
  if (!proda_unit_alike(&term->unit, &unit))
    return proda_lower_refuse(l, formula->expression->offset, "%s must be %s%s, found %s",
                              demand->what, strcmp(demand->unit, "1") == 0 ? "" : "in ",
                              strcmp(demand->unit, "1") == 0 ? "a number without unit"
                                                             : demand->unit,
                              proda_lower_unit_text(&term->unit, found));
  term->value = proda_lower_convert(l, term, &unit);
  term->unit = unit;
  return PRODA_OK;
}

static void bind(struct lowering *l, const struct proda_formula *formula, struct term term)
{
  struct proda_program *program = l->program;
  l->binding[l->n_bindings++] = (struct binding){formula->name, term};
  program->named[program->n_named++] = (struct proda_named_value){formula, term.value};
}

static int lower_definitions(struct lowering *l)
{
  const struct proda_manifest *m = l->program->manifest;
  for (size_t i = 0; i < m->n_definitions; i++) {
    struct term term;
    begin(l, &m->definition[i], "a definition", ALLOW_DRIVERS | ALLOW_PARAMETERS | ALLOW_POOLS);
    if (proda_lower_new_name(l, m->definition[i].name))
      return PRODA_ERROR;
    if (proda_manifest_pool(m, m->definition[i].name) >= 0)
      return proda_lower_refuse(l, 0, "'%s' is a pool; choose another name", m->definition[i].name);
    if (proda_lower(l, m->definition[i].expression, &term))
      return PRODA_ERROR;
    term.bare = false;
    bind(l, &m->definition[i], term);
  }
  return PRODA_OK;
}

static int lower_modifiers(struct lowering *l)
{
  const struct proda_manifest *m = l->program->manifest;
  const struct demand demand = {"a modifier", ALLOW_DRIVERS | ALLOW_PARAMETERS, "1", false};
  l->program->modifier[0] = proda_graph_number(l->graph, 1);
  for (size_t i = 0; m->modifier_formula && i < m->n_modifiers; i++) {
    struct term term;
    begin(l, &m->modifier_formula[i], demand.what, demand.allowed);
    if (proda_lower_new_name(l, m->modifier[i]) ||
        lower_target(l, &m->modifier_formula[i], &demand, &term))
      return PRODA_ERROR;
    l->program->modifier[i] = term.value;
    bind(l, &m->modifier_formula[i], term);
  }
  return PRODA_OK;
}

static int lower_inputs(struct lowering *l)
{
  const struct proda_manifest *m = l->program->manifest;
  char unit[2 * PRODA_UNIT_TEXT];
  snprintf(unit, sizeof unit, "%s %s-1", m->unit, m->time);
  const struct demand demand = {"an input", ALLOW_DRIVERS | ALLOW_PARAMETERS, unit, false};
  for (size_t i = 0; i < m->n_inputs; i++) {
    struct term term;
    if (lower_target(l, &m->input_formula[i], &demand, &term))
      return PRODA_ERROR;
    l->program->input[i] = term.value;
  }
  return PRODA_OK;
}

/** A layer's rate follows from the pools of the same layer: Newton and the time steps rely on it.
 */
static int check_local(const struct lowering *l, size_t value)
{
  const struct proda_graph *graph = l->graph;
  bool *part = calloc(value + 1, sizeof *part);
  int status = PRODA_OK;
  if (!part)
    return proda_error_set(l->error, "out of memory");
  part[value] = true;
  for (size_t i = value + 1; i-- > 0 && !status;) {
    const struct proda_value *v = &graph->value[i];
    if (!part[i] || !(v->depends & PRODA_ON_POOLS))
      continue;
    if (v->op >= PRODA_OP_SUM && v->op <= PRODA_OP_CHANGE && v->index == PRODA_DIM_LAYER)
      status = proda_lower_refuse(l, l->formula->expression->offset,
                                  "a rate may depend on pools of its own layer only, not on sums "
                                  "or the like of them over layers");
    for (size_t k = 0; k < v->n_arguments; k++)
      part[v->argument[k]] = true;
  }
  free(part);
  return status;
}

static int lower_channels(struct lowering *l)
{
  const struct proda_manifest *m = l->program->manifest;
  char per_time[16];
  snprintf(per_time, sizeof per_time, "%s-1", m->time);
  const struct demand rate = {"a rate", ALLOW_DRIVERS | ALLOW_PARAMETERS | ALLOW_POOLS, per_time,
                              false};
  const struct demand fraction = {"a fraction", ALLOW_DRIVERS | ALLOW_PARAMETERS, "1", false};
  struct term term;
  for (size_t i = 0; i < m->n_channels; i++) {
    const struct proda_channel *c = &m->channel[i];
    struct proda_formula formula = {c->name, c->rate, c->rate_text, c->rate_node};
    if (lower_target(l, &formula, &rate, &term) || check_local(l, term.value))
      return PRODA_ERROR;
    l->program->rate[i] = term.value;
  }
  for (size_t i = 0; i < m->n_transfers; i++) {
    const struct proda_transfer *t = &m->transfer[i];
    struct proda_formula formula = {t->name, t->fraction, t->fraction_text, t->fraction_node};
    if (lower_target(l, &formula, &fraction, &term))
      return PRODA_ERROR;
    l->program->fraction[i] = term.value;
  }
  return PRODA_OK;
}

/** The bands' names for formulas that come after. */
static int bind_bands(struct lowering *l, const char *unit)
{
  static const char *const name[] = {"transport_lower", "transport_diagonal", "transport_upper"};
  for (size_t k = 0; k < 3; k++) {
    struct term term = {.value = l->program->transport[k]};
    if (proda_unit_parse(unit, &term.unit, l->error))
      return PRODA_ERROR;
    l->binding[l->n_bindings++] = (struct binding){name[k], term};
  }
  return PRODA_OK;
}

static int lower_transport(struct lowering *l)
{
  const struct proda_manifest *m = l->program->manifest;
  char per_time[16];
  snprintf(per_time, sizeof per_time, "%s-1", m->time);
  const struct demand demand = {"a band of transport", ALLOW_DRIVERS | ALLOW_PARAMETERS, per_time,
                                false};
  l->program->has_transport = m->n_bands > 0;
  if (m->n_bands == 1) {
    begin(l, &m->band[0], "transport", ALLOW_DRIVERS | ALLOW_PARAMETERS);
    if (proda_lower_operator(l, m->band[0].expression, l->program->transport))
      return PRODA_ERROR;
    return bind_bands(l, per_time);
  }
  for (size_t k = 0; k < m->n_bands; k++) {
    struct term term;
    if (lower_target(l, &m->band[k], &demand, &term))
      return PRODA_ERROR;
    l->program->transport[k] = term.value;
  }
  return m->n_bands > 0 ? bind_bands(l, per_time) : PRODA_OK;
}

/** Pools' states, each of which later formulas of the closed form mean by the pool's name. */
static int lower_steady(struct lowering *l)
{
  const struct proda_manifest *m = l->program->manifest;
  const unsigned allowed =
      ALLOW_DRIVERS | ALLOW_PARAMETERS | ALLOW_POOLS | ALLOW_INFLOW | ALLOW_TERMS;
  const struct demand state = {"the state of a pool", allowed, m->unit, false};
  size_t n_bindings = l->n_bindings;
  for (size_t i = 0; i < m->n_steady; i++) {
    struct term term;
    bool pool = proda_manifest_pool(m, m->steady[i].name) >= 0;
    begin(l, &m->steady[i], "a closed form", allowed);
    if (!pool && proda_lower_new_name(l, m->steady[i].name))
      return PRODA_ERROR;
    if (pool ? lower_target(l, &m->steady[i], &state, &term)
             : proda_lower(l, m->steady[i].expression, &term))
      return PRODA_ERROR;
    term.bare = false;
    l->program->steady[i] = term.value;
    bind(l, &m->steady[i], term);
  }
  l->n_bindings = n_bindings;
  return PRODA_OK;
}

static int lower_answers(struct lowering *l)
{
  const struct proda_manifest *m = l->program->manifest;
  const unsigned allowed = ALLOW_DRIVERS | ALLOW_PARAMETERS | ALLOW_POOLS | ALLOW_TERMS;
  const struct demand condition = {"a refusal", allowed, "1", true};
  struct term term;
  for (size_t i = 0; i < m->n_refusals; i++) {
    begin(l, &m->refusal[i].when, condition.what, allowed);
    if (proda_lower_condition(l, m->refusal[i].when.expression, &term) ||
        refuse_axis(l, &condition, term.dims))
      return PRODA_ERROR;
    l->program->refusal[i] = term.value;
  }
  for (size_t i = 0; i < m->n_quantities; i++) {
    const struct demand quantity = {"a quantity", allowed, m->quantity[i].unit, true};
    if (!m->quantity[i].value.expression)
      continue;
    if (lower_target(l, &m->quantity[i].value, &quantity, &term))
      return PRODA_ERROR;
    l->program->quantity[i] = term.value;
  }
  return PRODA_OK;
}

static int lower_all(struct lowering *l)
{
  if (lower_definitions(l) || lower_modifiers(l) || lower_inputs(l) || lower_channels(l) ||
      lower_transport(l) || lower_steady(l) || lower_answers(l))
    return PRODA_ERROR;
  return l->graph->failed ? proda_error_set(l->error, "out of memory") : PRODA_OK;
}

static size_t *list(size_t n)
{
  return calloc(n + 1, sizeof(size_t));
}

static int allocate(struct proda_program *program)
{
  const struct proda_manifest *m = program->manifest;
  program->graph = proda_graph_new(&m->grid);
  program->named =
      calloc(m->n_definitions + m->n_modifiers + m->n_steady + 1, sizeof *program->named);
  program->modifier = list(m->n_modifiers);
  program->input = list(m->n_inputs);
  program->rate = list(m->n_channels);
  program->fraction = list(m->n_transfers);
  program->steady = list(m->n_steady);
  program->refusal = list(m->n_refusals);
  program->quantity = list(m->n_quantities);
  bool all = program->graph && program->named && program->modifier && program->input &&
             program->rate && program->fraction && program->steady && program->refusal &&
             program->quantity;
  return all ? PRODA_OK : PRODA_ERROR;
}

int proda_program_new(const struct proda_manifest *manifest, size_t variant,
                      struct proda_program **program, struct proda_error *error)
{
  struct proda_program *made = calloc(1, sizeof *made);
  double *setting = calloc(manifest->n_settings + 1, sizeof *setting);
  struct binding *binding = calloc(
      manifest->n_definitions + manifest->n_modifiers + manifest->n_steady + 4, sizeof *binding);
  int status = PRODA_ERROR;
  if (made)
    made->manifest = manifest;
  if (!made || !setting || !binding || allocate(made)) {
    proda_error_set(error, "%s: out of memory", manifest->path);
    goto out;
  }
  proda_program_settings(manifest, variant, setting);
  struct lowering l = {.program = made,
                       .graph = made->graph,
                       .setting = setting,
                       .error = error,
                       .binding = binding};
  status = lower_all(&l);
out:
  free(setting);
  free(binding);
  if (status)
    proda_program_free(made);
  else
    *program = made;
  return status;
}

void proda_program_free(struct proda_program *program)
{
  if (!program)
    return;
  proda_graph_free(program->graph);
  free(program->named);
  free(program->modifier);
  free(program->input);
  free(program->rate);
  free(program->fraction);
  free(program->steady);
  free(program->refusal);
  free(program->quantity);
  free(program);
}

/* ---- what default parameters say ---- */

static int check_rate(const struct proda_manifest *m, size_t channel, const double *value,
                      struct proda_error *error)
{
  for (size_t l = 0; l < m->grid.n_layers; l++)
    if (!isnan(value[l]) && !(value[l] > 0 && isfinite(value[l])))
      return proda_yaml_error(m->document, m->channel[channel].rate_node, error,
                              "a rate must be above 0; with default parameters it is %g", value[l]);
  return PRODA_OK;
}

static int check_fractions(const struct proda_manifest *m, const struct proda_program *program,
                           const double *value, struct proda_error *error)
{
  size_t L = m->grid.n_layers;
  for (size_t l = 0; l < L; l++) {
    double share = 0;
    for (size_t t = 0; t < m->n_transfers; t++) {
      double fraction = value[program->fraction[t] * L + l];
      const struct proda_transfer *transfer = &m->transfer[t];
      if (fraction < 0 || fraction > 1)
        return proda_yaml_error(m->document, transfer->fraction_node, error,
                                "a fraction must lie in 0..1; with default parameters it is %g",
                                fraction);
      share =
          t > 0 && m->transfer[t - 1].channel == transfer->channel ? share + fraction : fraction;
      if (share > 1 + 1e-9)
        return proda_yaml_error(m->document, transfer->fraction_node, error,
                                "with this the channel '%s' hands over %g of its flux with default "
                                "parameters; at most 1 is there",
                                m->channel[transfer->channel].name, share);
    }
  }
  return PRODA_OK;
}

static int check_defaults(const struct proda_program *program, size_t variant,
                          struct proda_error *error)
{
  const struct proda_manifest *m = program->manifest;
  size_t L = m->grid.n_layers;
  double *value = calloc(program->graph->n * L + 1, sizeof *value);
  double *parameter = calloc(m->n_parameters + 1, sizeof *parameter);
  double *setting = calloc(m->n_settings + 1, sizeof *setting);
  int status = PRODA_OK;
  if (!value || !parameter || !setting) {
    status = proda_error_set(error, "%s: out of memory", m->path);
    goto out;
  }
  for (size_t p = 0; p < m->n_parameters; p++)
    parameter[p] = m->parameter[p].default_value;
  proda_program_settings(m, variant, setting);
  proda_graph_evaluate(program->graph, parameter, setting, 12, value);
  for (size_t c = 0; c < m->n_channels && !status; c++)
    status = check_rate(m, c, value + program->rate[c] * L, error);
  if (!status)
    status = check_fractions(m, program, value, error);
out:
  free(value);
  free(parameter);
  free(setting);
  return status;
}

int proda_program_check(const struct proda_manifest *manifest, bool *nonlinear,
                        struct proda_error *error)
{
  size_t n;
  int status = proda_program_variants(manifest, &n, error);
  for (size_t v = 0; v < n && !status; v++) {
    struct proda_program *program = NULL;
    if (proda_program_new(manifest, v, &program, error))
      return PRODA_ERROR;
    for (size_t c = 0; c < manifest->n_channels; c++)
      nonlinear[c] =
          nonlinear[c] || program->graph->value[program->rate[c]].depends & PRODA_ON_POOLS;
    status = check_defaults(program, v, error);
    proda_program_free(program);
  }
  return status;
}
