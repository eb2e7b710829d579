#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formula/lower.h"

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
  proda_graph_parts(graph, value, part);
  for (size_t i = value + 1; i-- > 0 && !status;) {
    const struct proda_value *v = &graph->value[i];
    if (!part[i] || !(v->depends & PRODA_ON_POOLS))
      continue;
    if (v->op >= PRODA_OP_SUM && v->op <= PRODA_OP_CHANGE && v->index == PRODA_DIM_LAYER)
      status = proda_lower_refuse(l, l->formula->expression->offset,
                                  "a rate may depend on pools of its own layer only, not on sums "
                                  "or the like of them over layers");
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
    struct term term = {.value = l->program->transport[k], .dims = PRODA_DIM_LAYER};
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
    const struct demand quantity = {"a quantity", allowed | ALLOW_MISSING, m->quantity[i].unit,
                                    true};
    if (!m->quantity[i].value.expression)
      continue;
    if (lower_target(l, &m->quantity[i].value, &quantity, &term))
      return PRODA_ERROR;
    l->program->quantity[i] = term.value;
  }
  return PRODA_OK;
}

int proda_lower_targets(struct lowering *l)
{
  if (lower_definitions(l) || lower_modifiers(l) || lower_inputs(l) || lower_channels(l) ||
      lower_transport(l) || lower_steady(l) || lower_answers(l))
    return PRODA_ERROR;
  return l->graph->failed ? proda_graph_failure(l->graph, l->program->manifest->path, l->error)
                          : PRODA_OK;
}
