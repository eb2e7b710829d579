#include <string.h>

#include "formula/lower.h"
#include "yaml/yaml.h"

static const char *const axis_name[] = {"layer", "month"};
static const char *const grid_name[] = {"dz", "node", "interface", "top"};
enum { N_AXES = 2, N_GRID_NAMES = sizeof grid_name / sizeof *grid_name, MAX_NAMES = 4000 };

unsigned proda_lower_axis(const struct proda_expression *e)
{
  static const unsigned axis[] = {PRODA_DIM_LAYER, PRODA_DIM_MONTH};
  for (int i = 0; e->kind == PRODA_EXPRESSION_NAME && i < N_AXES; i++)
    if (strcmp(e->name, axis_name[i]) == 0)
      return axis[i];
  return 0;
}

long proda_lower_choice(const struct lowering *l, const struct proda_expression *e)
{
  const struct proda_manifest *manifest = l->program->manifest;
  long setting = e->kind == PRODA_EXPRESSION_NAME ? proda_manifest_setting(manifest, e->name) : -1;
  return setting >= 0 && manifest->setting[setting].type == PRODA_SETTING_CHOICE ? setting : -1;
}

int proda_lower_leaf(struct lowering *l, size_t offset, size_t value, const char *unit,
                     struct term *out)
{
  struct proda_error problem;
  *out = (struct term){.value = value, .dims = l->graph->value[value].dims};
  if (proda_unit_parse(unit, &out->unit, &problem))
    return proda_lower_refuse(l, offset, "%s", problem.message);
  if (out->unit.origin == 0)
    return PRODA_OK;
  /* Degrees of a scale with an origin of its own: in K from here on. */
  size_t scaled = proda_graph_two(l->graph, PRODA_OP_MULTIPLY, value,
                                  proda_graph_number(l->graph, out->unit.scale));
  out->value = proda_graph_two(l->graph, PRODA_OP_ADD, scaled,
                               proda_graph_number(l->graph, out->unit.origin));
  return proda_unit_parse("K", &out->unit, l->error);
}

/** Refuses what the formula may not use; PRODA_OK with `*out` unset where it may. */
static int check_allowed(const struct lowering *l, const struct proda_expression *e,
                         unsigned depends, const char *is)
{
  static const struct {
    unsigned depends, allowed;
    const char *text;
  } rule[] = {{PRODA_ON_POOLS, ALLOW_POOLS, "the state of pools"},
              {PRODA_ON_PARAMETERS, ALLOW_PARAMETERS, "parameters"},
              {PRODA_ON_DRIVERS, ALLOW_DRIVERS, "drivers"}};
  for (size_t i = 0; i < sizeof rule / sizeof *rule; i++)
    if ((depends & rule[i].depends) && !(l->allowed & rule[i].allowed))
      return proda_lower_refuse(l, e->offset, "%s cannot depend on %s, but '%.40s' %s", l->what,
                                rule[i].text, e->name, is);
  return PRODA_OK;
}

static int driver_of(struct lowering *l, const struct proda_expression *e, size_t i,
                     struct term *out)
{
  const struct proda_driver *driver = &l->program->manifest->driver[i];
  if (check_allowed(l, e, PRODA_ON_DRIVERS, "is a driver"))
    return PRODA_ERROR;
  size_t value = proda_graph_leaf(l->graph, PRODA_OP_DRIVER, i, driver->dims);
  return proda_lower_leaf(l, e->offset, value, driver->unit, out);
}

static int parameter_of(struct lowering *l, const struct proda_expression *e, size_t i,
                        struct term *out)
{
  if (check_allowed(l, e, PRODA_ON_PARAMETERS, "is a parameter"))
    return PRODA_ERROR;
  size_t value = proda_graph_leaf(l->graph, PRODA_OP_PARAMETER, i, 0);
  return proda_lower_leaf(l, e->offset, value, l->program->manifest->parameter[i].unit, out);
}

static int pool_of(struct lowering *l, const struct proda_expression *e, size_t i, struct term *out)
{
  if (check_allowed(l, e, PRODA_ON_POOLS, "is a pool"))
    return PRODA_ERROR;
  size_t value = proda_graph_leaf(l->graph, PRODA_OP_POOL, i, PRODA_DIM_LAYER);
  return proda_lower_leaf(l, e->offset, value, l->program->manifest->unit, out);
}

static int grid_of(struct lowering *l, const struct proda_expression *e, size_t row,
                   struct term *out)
{
  size_t value = proda_graph_leaf(l->graph, PRODA_OP_GRID, row, PRODA_DIM_LAYER);
  return proda_lower_leaf(l, e->offset, value, "m", out);
}

static int setting_of(struct lowering *l, const struct proda_expression *e, size_t i,
                      struct term *out)
{
  const struct proda_setting_spec *spec = &l->program->manifest->setting[i];
  switch (spec->type) {
  case PRODA_SETTING_CHOICE:
    return proda_lower_refuse(l, e->offset,
                              "'%s' is a choice: write %s == %s, or choose(%s, %s = ..., ...)",
                              spec->name, spec->name, spec->choice[0], spec->name, spec->choice[0]);
  case PRODA_SETTING_LIST:
    return proda_lower_refuse(l, e->offset, "'%s' is a list; formulas know single values",
                              spec->name);
  case PRODA_SETTING_BOOLEAN:
    *out = (struct term){.value = proda_graph_number(l->graph, l->setting[i]),
                         .unit = proda_unit_one(),
                         .condition = true};
    return PRODA_OK;
  default:
    return proda_lower_leaf(l, e->offset, proda_graph_leaf(l->graph, PRODA_OP_SETTING, i, 0),
                            spec->unit, out);
  }
}

/** The latest of a name, so that steady's pools hide the states of the same name. */
static const struct binding *find(const struct binding *binding, size_t n, const char *name)
{
  while (n > 0)
    if (strcmp(binding[--n].name, name) == 0)
      return &binding[n];
  return NULL;
}

static long grid_row(const char *name)
{
  for (size_t i = 0; i < N_GRID_NAMES; i++)
    if (strcmp(grid_name[i], name) == 0)
      return (long)i;
  return -1;
}

/** Every name that a formula may mention. */
static size_t list_names(const struct lowering *l, const char **name)
{
  const struct proda_manifest *m = l->program->manifest;
  size_t n = 0;
  for (size_t i = 0; i < l->n_bindings && n < MAX_NAMES; i++)
    name[n++] = l->binding[i].name;
  for (size_t i = 0; i < m->n_parameters && n < MAX_NAMES; i++)
    name[n++] = m->parameter[i].name;
  for (size_t i = 0; i < m->n_drivers && n < MAX_NAMES; i++)
    name[n++] = m->driver[i].name;
  for (size_t i = 0; (l->allowed & ALLOW_POOLS) && i < m->n_pools && n < MAX_NAMES; i++)
    name[n++] = m->pool[i];
  for (size_t i = 0; i < m->n_settings && n < MAX_NAMES; i++)
    name[n++] = m->setting[i].name;
  for (size_t i = 0; i < N_GRID_NAMES && n < MAX_NAMES; i++)
    name[n++] = grid_name[i];
  return n;
}

static int refuse_unknown(const struct lowering *l, const struct proda_expression *e)
{
  const struct proda_manifest *m = l->program->manifest;
  const char *name[MAX_NAMES];
  if (proda_lower_axis(e))
    return proda_lower_refuse(l, e->offset,
                              "'%s' is an axis, not a value: sum(%s, x), mean(%s, x), ...", e->name,
                              e->name, e->name);
  for (size_t i = 0; i < m->n_definitions; i++)
    if (strcmp(m->definition[i].name, e->name) == 0)
      return proda_lower_refuse(l, e->offset, "'%s' is not known before its definition in line %zu",
                                e->name, m->definition[i].node->line);
  size_t n = list_names(l, name);
  const char *near = proda_nearest(e->name, name, n);
  return proda_lower_refuse(l, e->offset, "unknown name '%.40s'%s%s%s", e->name,
                            near ? "; did you mean '" : "", near ? near : "",
                            near ? "'?"
                                 : "; known are parameters, drivers, pools, definitions, settings, "
                                   "dz, node, interface, top and bottom of the grid");
}

int proda_lower_name(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  const struct proda_manifest *m = l->program->manifest;
  const struct binding *bound = find(l->argument, l->n_arguments, e->name);
  long i;
  if (bound) {
    *out = bound->term;
    return PRODA_OK;
  }
  bound = find(l->binding, l->n_bindings, e->name);
  if (bound) {
    *out = bound->term;
    return check_allowed(l, e, l->graph->value[out->value].depends, "does");
  }
  if ((i = grid_row(e->name)) >= 0)
    return grid_of(l, e, (size_t)i, out);
  if (strcmp(e->name, "bottom") == 0)
    return proda_lower_leaf(l, e->offset,
                            proda_graph_number(l->graph, m->grid.interface[m->grid.n_layers - 1]),
                            "m", out);
  for (size_t p = 0; p < m->n_parameters; p++)
    if (strcmp(m->parameter[p].name, e->name) == 0)
      return parameter_of(l, e, p, out);
  if ((i = proda_manifest_driver(m, e->name)) >= 0)
    return driver_of(l, e, (size_t)i, out);
  if ((i = proda_manifest_pool(m, e->name)) >= 0)
    return pool_of(l, e, (size_t)i, out);
  if ((i = proda_manifest_setting(m, e->name)) >= 0)
    return setting_of(l, e, (size_t)i, out);
  return refuse_unknown(l, e);
}

int proda_lower_new_name(struct lowering *l, const char *name)
{
  const struct proda_manifest *m = l->program->manifest;
  const struct proda_expression e = {.kind = PRODA_EXPRESSION_NAME, .name = name};
  const char *is = NULL;
  if (proda_lower_axis(&e))
    is = "an axis";
  else if (grid_row(name) >= 0 || strcmp(name, "bottom") == 0)
    is = "a depth of the grid";
  else if (proda_manifest_parameter(m, name) >= 0)
    is = "a parameter";
  else if (proda_manifest_driver(m, name) >= 0)
    is = "a driver";
  else if (proda_manifest_setting(m, name) >= 0)
    is = "a setting";
  else if (find(l->binding, l->n_bindings, name))
    is = "defined already";
  return is ? proda_yaml_error(m->document, l->formula->node, l->error,
                               "'%s' is %s; choose another name", name, is)
            : PRODA_OK;
}
