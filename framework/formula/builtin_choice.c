#include <math.h>
#include <string.h>

#include "formula/builtin.h"
#include "yaml/yaml.h"

/** NaN in the unit of `like`. */
static struct term missing(struct lowering *l, const struct term *like)
{
  return (struct term){.value = proda_graph_number(l->graph, NAN), .unit = like->unit};
}

int proda_builtin_where(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  struct term condition, other;
  size_t least = l->allowed & ALLOW_MISSING ? 2 : 3;
  if (proda_lower_count(l, e, least, 3, "where(condition, x, y)") ||
      proda_lower_condition(l, e->argument[0], &condition) ||
      proda_lower_number(l, e->argument[1], out))
    return PRODA_ERROR;
  if (e->n_arguments == 2)
    other = missing(l, out);
  else if (proda_builtin_like(l, e, 2, out, &other))
    return PRODA_ERROR;
  out->value = proda_graph_select(l->graph, condition.value, out->value, other.value);
  out->dims |= condition.dims | other.dims;
  out->bare = out->bare && other.bare;
  return PRODA_OK;
}

static const struct proda_expression *labelled(const struct proda_expression *e, const char *label,
                                               size_t *i)
{
  for (*i = 1; *i < e->n_arguments; (*i)++)
    if (e->argument[*i]->label && strcmp(e->argument[*i]->label, label) == 0)
      return e->argument[*i];
  return NULL;
}

/** Every alternative is there once and none besides. */
static int check_labels(const struct lowering *l, const struct proda_expression *e,
                        const struct proda_setting_spec *spec)
{
  char hint[PRODA_HINT_SIZE];
  size_t where;
  for (size_t i = 1; i < e->n_arguments; i++) {
    const char *label = e->argument[i]->label;
    size_t k = 0;
    if (!label)
      return proda_lower_refuse(l, e->argument[i]->offset,
                                "expected an alternative, as in %s = ...", spec->choice[0]);
    while (k < spec->n_choices && strcmp(spec->choice[k], label) != 0)
      k++;
    if (k == spec->n_choices)
      return proda_lower_refuse(l, e->argument[i]->label_at, "'%s' has no choice '%.40s'%s",
                                spec->name, label,
                                proda_hint(label, spec->choice, spec->n_choices, hint));
    if (labelled(e, label, &where) != e->argument[i])
      return proda_lower_refuse(l, e->argument[i]->label_at, "the choice '%s' stands here twice",
                                label);
  }
  for (size_t k = 0; k < spec->n_choices; k++)
    if (!labelled(e, spec->choice[k], &where))
      return proda_lower_refuse(l, e->offset, "choose(%s, ...) lacks %s = ...", spec->name,
                                spec->choice[k]);
  return PRODA_OK;
}

/** All alternatives are checked, one is taken. */
int proda_builtin_choose(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  const char *face = "choose(setting, A = x, B = y, ...)";
  if (proda_lower_count(l, e, 2, PRODA_EXPRESSION_ARGUMENTS, face))
    return PRODA_ERROR;
  long setting = proda_lower_choice(l, e->argument[0]);
  if (setting < 0)
    return proda_lower_refuse(l, e->argument[0]->offset,
                              "expected a setting of type choice as the first argument of %s",
                              face);
  const struct proda_setting_spec *spec = &l->program->manifest->setting[setting];
  struct term first, next;
  unsigned dims = 0;
  if (check_labels(l, e, spec) || proda_lower_number(l, e->argument[1], &first))
    return PRODA_ERROR;
  for (size_t i = 1; i < e->n_arguments; i++) {
    if (proda_builtin_like(l, e, i, &first, &next))
      return PRODA_ERROR;
    dims |= next.dims;
    if (strcmp(e->argument[i]->label, spec->choice[(size_t)l->setting[setting]]) == 0)
      *out = next;
  }
  out->dims = dims;
  return PRODA_OK;
}

int proda_builtin_prescribed(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  const struct proda_manifest *m = l->program->manifest;
  struct term parameter;
  if (proda_lower_count(l, e, 1, 1, "prescribed(parameter)") ||
      proda_lower_number(l, e->argument[0], &parameter))
    return PRODA_ERROR;
  const struct proda_value *value = &l->graph->value[parameter.value];
  if (value->op != PRODA_OP_PARAMETER || m->parameter[value->index].n_prescribed_by == 0)
    return proda_lower_refuse(l, e->argument[0]->offset,
                              "expected a parameter that has 'prescribed_by'");
  *out = (struct term){.value = proda_graph_one(l->graph, PRODA_OP_PRESCRIBED, parameter.value),
                       .unit = proda_unit_one(),
                       .condition = true};
  return PRODA_OK;
}
