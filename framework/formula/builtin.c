#include <stdio.h>
#include <string.h>

#include "formula/builtin.h"
#include "yaml/yaml.h"

/* ---- built-ins that are formulas themselves ---- */

enum { MAX_MACRO_ARGUMENTS = 4 };

static const struct macro {
  const char *name, *face;
  size_t n;
  const char *argument[MAX_MACRO_ARGUMENTS];
  const char *text;
} macros[] = {
    {"q10", "q10(q, T, Tref)", 3, {"q", "T", "Tref"}, "q ^ ((T - Tref) / 10 [K])"},
    {"arrhenius",
     "arrhenius(Ea, T, Tref)",
     3,
     {"Ea", "T", "Tref"},
     "exp(Ea / 8.314462618 [J mol-1 K-1] * (1 / Tref - 1 / T))"},
    /* Parton et al. 1987, as SoilR states it. */
    {"century_temperature",
     "century_temperature(T, Tmax, Topt)",
     3,
     {"T", "Tmax", "Topt"},
     "((Tmax - T) / (Tmax - Topt)) ^ 0.2 * "
     "exp(0.2 / 2.63 * (1 - ((Tmax - T) / (Tmax - Topt)) ^ 2.63))"},
    /* Andren and Paustian 1987, as CLM5 has it: 0 at the dry potential, 1 at the wet one. */
    {"water_potential_scalar",
     "water_potential_scalar(psi, dry, wet)",
     3,
     {"psi", "dry", "wet"},
     "max(0, min(1, log(dry / psi) / log(dry / wet)))"},
    /* Jackson et al. 1996, per layer, sum 1; depths in cm there. */
    {"root_profile",
     "root_profile(beta)",
     1,
     {"beta"},
     "change(layer, -(beta ^ (interface / 1 [cm])), -1) / (1 - beta ^ (bottom / 1 [cm]))"},
    /* Its inverse, of any profile: mean over layers of (what lies below)^(1 / depth in cm), layers
     * with nothing below left out. */
    {"profile_beta",
     "profile_beta(x, depth)",
     2,
     {"x", "depth"},
     "sum(layer, where(below(layer, x) > 0, (below(layer, x) / sum(layer, x)) ^ (1 [cm] / depth), "
     "0)) / sum(layer, where(below(layer, x) > 0, 1, 0))"},
};

int proda_lower_count(struct lowering *l, const struct proda_expression *e, size_t least,
                      size_t most, const char *face)
{
  for (size_t i = 0; i < e->n_arguments; i++)
    if (e->argument[i]->label && strcmp(e->name, "choose") != 0)
      return proda_lower_refuse(l, e->argument[i]->label_at, "%s has no argument '%.40s ='", face,
                                e->argument[i]->label);
  if (e->n_arguments >= least && e->n_arguments <= most)
    return PRODA_OK;
  return proda_lower_refuse(l, e->offset, "expected %s, found %zu argument%s", face, e->n_arguments,
                            e->n_arguments == 1 ? "" : "s");
}

static int lower_body(struct lowering *l, const char *text, struct term *out)
{
  struct proda_expression *body = NULL;
  size_t offset;
  if (proda_expression_parse(text, &body, &offset, l->error))
    return PRODA_ERROR;
  int status = proda_lower(l, body, out);
  proda_expression_free(body);
  return status;
}

static int expand(struct lowering *l, const struct macro *macro, const struct proda_expression *e,
                  struct term *out)
{
  struct binding argument[MAX_MACRO_ARGUMENTS];
  if (proda_lower_count(l, e, macro->n, macro->n, macro->face))
    return PRODA_ERROR;
  for (size_t i = 0; i < macro->n; i++) {
    argument[i].name = macro->argument[i];
    if (proda_lower_number(l, e->argument[i], &argument[i].term))
      return PRODA_ERROR;
  }
  struct lowering inner = *l;
  inner.macro = macro->face;
  inner.macro_offset = e->offset;
  inner.argument = argument;
  inner.n_arguments = macro->n;
  return lower_body(&inner, macro->text, out);
}

/* ---- built-in functions ---- */

static int plain_function(struct lowering *l, const struct proda_expression *e, enum proda_op op,
                          const char *face, struct term *out)
{
  if (proda_lower_count(l, e, 1, 1, face) || proda_lower_plain(l, e->argument[0], face, out))
    return PRODA_ERROR;
  out->value = proda_graph_one(l->graph, op, out->value);
  return PRODA_OK;
}

static int lower_exp(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  return plain_function(l, e, PRODA_OP_EXP, "exp(x)", out);
}

static int lower_log(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  return plain_function(l, e, PRODA_OP_LOG, "log(x)", out);
}

static int lower_sqrt(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  const struct proda_unit one = proda_unit_one();
  if (proda_lower_count(l, e, 1, 1, "sqrt(x)") || proda_lower_number(l, e->argument[0], out))
    return PRODA_ERROR;
  out->value = proda_graph_one(l->graph, PRODA_OP_SQRT, out->value);
  out->unit = proda_unit_product(&one, &out->unit, 0.5);
  return PRODA_OK;
}

static int lower_abs(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  if (proda_lower_count(l, e, 1, 1, "abs(x)") || proda_lower_number(l, e->argument[0], out))
    return PRODA_ERROR;
  out->value = proda_graph_one(l->graph, PRODA_OP_ABS, out->value);
  return PRODA_OK;
}

/** Argument i in the unit of `first`. */
int proda_builtin_like(struct lowering *l, const struct proda_expression *e, size_t i,
                       struct term *first, struct term *out)
{
  char expected[PRODA_UNIT_TEXT], found[PRODA_UNIT_TEXT];
  if (proda_lower_number(l, e->argument[i], out))
    return PRODA_ERROR;
  if (proda_lower_unify(l, first, out))
    return PRODA_OK;
  return proda_lower_refuse(
      l, e->argument[i]->offset, "expected %s as in the argument before, found %s",
      proda_lower_unit_text(&first->unit, expected), proda_lower_unit_text(&out->unit, found));
}

/** The pool that is the only argument. */
static int pool_argument(struct lowering *l, const struct proda_expression *e, const char *face,
                         size_t *pool)
{
  const struct proda_manifest *m = l->program->manifest;
  if (proda_lower_count(l, e, 1, 1, face))
    return PRODA_ERROR;
  const struct proda_expression *x = e->argument[0];
  long found = x->kind == PRODA_EXPRESSION_NAME ? proda_manifest_pool(m, x->name) : -1;
  if (found < 0)
    return proda_lower_refuse(l, x->offset, "expected a pool as the argument of %s", face);
  *pool = (size_t)found;
  return PRODA_OK;
}

/** A value in the unit of pools per time. */
static int flux_of(struct lowering *l, const struct proda_expression *e, size_t value,
                   struct term *out)
{
  const struct proda_manifest *m = l->program->manifest;
  char unit[2 * PRODA_UNIT_TEXT];
  snprintf(unit, sizeof unit, "%s %s-1", m->unit, m->time);
  return proda_lower_leaf(l, e->offset, value, unit, out);
}

static int lower_inflow(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  size_t pool = 0;
  if (!(l->allowed & ALLOW_INFLOW))
    return proda_lower_refuse(l, e->offset, "inflow(pool) is known in 'steady' only");
  if (pool_argument(l, e, "inflow(pool)", &pool))
    return PRODA_ERROR;
  return flux_of(l, e, proda_graph_leaf(l->graph, PRODA_OP_INFLOW, pool, PRODA_DIM_LAYER), out);
}

/** What plants bring to a pool, as `inputs` states it; 0 where it states nothing. */
static int lower_input(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  const struct proda_manifest *m = l->program->manifest;
  size_t pool = 0, value = proda_graph_number(l->graph, 0);
  if (!(l->allowed & ALLOW_TERMS))
    return proda_lower_refuse(l, e->offset,
                              "input(pool) is known in 'steady', 'refuse' and 'quantities' only");
  if (pool_argument(l, e, "input(pool)", &pool))
    return PRODA_ERROR;
  for (size_t i = 0; i < m->n_inputs; i++)
    if (m->input[i] == pool)
      value = l->program->input[i];
  return flux_of(l, e, value, out);
}

static int refuse_operator(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  (void)out;
  return proda_lower_refuse(l, e->offset,
                            "%s() gives the bands of transport: it stands alone, as "
                            "transport: {operator: ...}",
                            e->name);
}

static const struct function {
  const char *name;
  int (*lower)(struct lowering *l, const struct proda_expression *e, struct term *out);
} functions[] = {
    {"exp", lower_exp},
    {"log", lower_log},
    {"sqrt", lower_sqrt},
    {"abs", lower_abs},
    {"min", proda_builtin_min},
    {"max", proda_builtin_max},
    {"sum", proda_builtin_sum},
    {"mean", proda_builtin_mean},
    {"any", proda_builtin_any},
    {"all", proda_builtin_all},
    {"where", proda_builtin_where},
    {"choose", proda_builtin_choose},
    {"cumulative", proda_builtin_cumulative},
    {"below", proda_builtin_below},
    {"change", proda_builtin_change},
    {"prescribed", proda_builtin_prescribed},
    {"inflow", lower_inflow},
    {"periodic", proda_lower_periodic},
    {"input", lower_input},
    {"clm5_mixing", refuse_operator},
};

enum {
  N_MACROS = sizeof macros / sizeof *macros,
  N_FUNCTIONS = sizeof functions / sizeof *functions,
  MAX_FUNCTIONS = 200,
};

/* ---- functions of the plugin's own, in C ---- */

static int call(struct lowering *l, const struct proda_function *f, size_t index,
                const struct proda_expression *e, struct term *out)
{
  size_t argument[PRODA_VALUE_ARGUMENTS];
  unsigned dims = 0;
  char expected[PRODA_UNIT_TEXT], found[PRODA_UNIT_TEXT];
  if (proda_lower_count(l, e, f->n_arguments, f->n_arguments, f->name))
    return PRODA_ERROR;
  for (size_t i = 0; i < f->n_arguments; i++) {
    struct term term;
    struct proda_unit unit;
    if (proda_unit_parse(f->argument_unit[i], &unit, l->error) ||
        proda_lower_number(l, e->argument[i], &term))
      return PRODA_ERROR;
    if (!proda_unit_alike(&term.unit, &unit))
      return proda_lower_refuse(l, e->argument[i]->offset, "%s() needs %s here, found %s", f->name,
                                proda_lower_unit_text(&unit, expected),
                                proda_lower_unit_text(&term.unit, found));
    argument[i] = proda_lower_convert(l, &term, &unit);
    dims |= term.dims;
  }
  size_t value = proda_graph_call(l->graph, index, 0, f->n_arguments, argument);
  if (proda_lower_leaf(l, e->offset, value, f->unit, out))
    return PRODA_ERROR;
  out->dims = dims;
  return PRODA_OK;
}

static int refuse_function(const struct lowering *l, const struct proda_expression *e)
{
  const struct proda_manifest *m = l->program->manifest;
  const char *name[MAX_FUNCTIONS];
  char hint[PRODA_HINT_SIZE];
  size_t n = 0;
  for (size_t i = 0; i < N_FUNCTIONS; i++)
    name[n++] = functions[i].name;
  for (size_t i = 0; i < N_MACROS; i++)
    name[n++] = macros[i].name;
  for (size_t i = 0; i < m->n_functions && n < MAX_FUNCTIONS; i++)
    name[n++] = m->function[i].name;
  return proda_lower_refuse(l, e->offset, "no function '%.40s'%s", e->name,
                            proda_hint(e->name, name, n, hint));
}

int proda_lower_call(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  const struct proda_manifest *m = l->program->manifest;
  for (size_t i = 0; i < N_FUNCTIONS; i++)
    if (strcmp(functions[i].name, e->name) == 0)
      return functions[i].lower(l, e, out);
  for (size_t i = 0; i < N_MACROS; i++)
    if (strcmp(macros[i].name, e->name) == 0)
      return expand(l, &macros[i], e, out);
  for (size_t i = 0; i < m->n_functions; i++)
    if (strcmp(m->function[i].name, e->name) == 0)
      return call(l, &m->function[i], i, e, out);
  return refuse_function(l, e);
}
