#include <stdio.h>
#include <string.h>

#include "formula/lower.h"

/** A diffusivity in m2 per the manifest's unit of time. */
static int diffusivity(struct lowering *l, const struct proda_expression *e, size_t *value)
{
  struct proda_unit unit;
  struct term term;
  char text[64], found[PRODA_UNIT_TEXT];
  snprintf(text, sizeof text, "m2 %s-1", l->program->manifest->time);
  if (proda_unit_parse(text, &unit, l->error) || proda_lower_number(l, e, &term))
    return PRODA_ERROR;
  if (!proda_unit_alike(&term.unit, &unit))
    return proda_lower_refuse(l, e->offset, "expected a diffusivity, as in m2 yr-1, found %s",
                              proda_lower_unit_text(&term.unit, found));
  if (term.dims)
    return proda_lower_refuse(l, e->offset, "expected one diffusivity for all layers and months");
  *value = proda_lower_convert(l, &term, &unit);
  return PRODA_OK;
}

/** A driver by month, as it is. */
static int monthly_driver(struct lowering *l, const struct proda_expression *e, const char *unit,
                          size_t *value)
{
  const struct proda_manifest *m = l->program->manifest;
  long i = e->kind == PRODA_EXPRESSION_NAME ? proda_manifest_driver(m, e->name) : -1;
  if (i < 0 || m->driver[i].dims != PRODA_DIM_MONTH || strcmp(m->driver[i].unit, unit) != 0)
    return proda_lower_refuse(l, e->offset, "expected a driver by month, in the unit '%s'", unit);
  *value = proda_graph_leaf(l->graph, PRODA_OP_DRIVER, (size_t)i, PRODA_DIM_MONTH);
  return PRODA_OK;
}

/** Lower or upper band: coefficients of both diffusivities and what depends on neither
 * (proda/soil.h). */
static size_t band(struct lowering *l, const size_t driver[3], size_t first, size_t organisms,
                   size_t frost)
{
  struct proda_graph *graph = l->graph;
  double days = 365 / proda_manifest_times_per_year(l->program->manifest);
  size_t share[3];
  for (size_t k = 0; k < 3; k++)
    share[k] = proda_graph_mixing(graph, first + k, driver);
  size_t cold = proda_graph_two(graph, PRODA_OP_MULTIPLY, share[1], frost);
  size_t warm = proda_graph_two(graph, PRODA_OP_MULTIPLY, share[0], organisms);
  size_t floor =
      proda_graph_two(graph, PRODA_OP_MULTIPLY, share[2], proda_graph_number(graph, days));
  return proda_graph_two(graph, PRODA_OP_ADD, warm,
                         proda_graph_two(graph, PRODA_OP_ADD, cold, floor));
}

/** Koven et al. 2013, as proda/soil.h says. */
static int clm5_mixing(struct lowering *l, const struct proda_expression *e, size_t value[3])
{
  size_t organisms = 0, frost = 0, driver[3] = {0};
  if (e->n_arguments != 5)
    return proda_lower_refuse(l, e->offset,
                              "expected clm5_mixing(bioturbation, cryoturbation, active layer, "
                              "active layer of last year, bedrock), found %zu argument%s",
                              e->n_arguments, e->n_arguments == 1 ? "" : "s");
  if (diffusivity(l, e->argument[0], &organisms) || diffusivity(l, e->argument[1], &frost) ||
      monthly_driver(l, e->argument[2], "m", &driver[0]) ||
      monthly_driver(l, e->argument[3], "m", &driver[1]) ||
      monthly_driver(l, e->argument[4], "1", &driver[2]))
    return PRODA_ERROR;
  value[0] = band(l, driver, 0, organisms, frost);
  value[2] = band(l, driver, 3, organisms, frost);
  value[1] = proda_graph_one(l->graph, PRODA_OP_NEGATE,
                             proda_graph_two(l->graph, PRODA_OP_ADD, value[0], value[2]));
  return PRODA_OK;
}

int proda_lower_operator(struct lowering *l, const struct proda_expression *e, size_t value[3])
{
  if (e->kind == PRODA_EXPRESSION_CALL && strcmp(e->name, "clm5_mixing") == 0)
    return clm5_mixing(l, e, value);
  return proda_lower_refuse(l, e->offset,
                            "expected clm5_mixing(...), found something else; write "
                            "'lower', 'diagonal' and 'upper' for a scheme of your own");
}
