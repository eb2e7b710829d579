#include <stdlib.h>
#include <string.h>

#include "formula/lower.h"

static const char face[] = "periodic(month, s, start, what the month leaves)";

/** The name of what is carried over, as a term in the unit of its start. */
static int bind_carried(struct lowering *l, const struct proda_expression *e, struct term *start,
                        struct binding *carried)
{
  if (proda_lower_axis(e->argument[0]) != PRODA_DIM_MONTH)
    return proda_lower_refuse(l, e->argument[0]->offset,
                              "expected 'month' as the first argument "
                              "of %s",
                              face);
  if (e->argument[1]->kind != PRODA_EXPRESSION_NAME)
    return proda_lower_refuse(l, e->argument[1]->offset,
                              "expected a name for what is carried over, in %s", face);
  if (proda_manifest_pool(l->program->manifest, e->argument[1]->name) >= 0)
    return proda_lower_refuse(l, e->argument[1]->offset, "'%.40s' is a pool; choose another name",
                              e->argument[1]->name);
  if (proda_lower_new_name(l, e->argument[1]->name) || proda_lower_number(l, e->argument[2], start))
    return PRODA_ERROR;
  if (l->graph->value[start->value].op != PRODA_OP_NUMBER)
    return proda_lower_refuse(l, e->argument[2]->offset,
                              "expected a number with its unit, as in 0 [mm], as the start");
  carried->name = e->argument[1]->name;
  carried->term = (struct term){
      .value = proda_graph_before(l->graph), .unit = start->unit, .dims = PRODA_DIM_MONTH};
  return PRODA_OK;
}

/** Whether a value depends on what is carried over: sums and the like of it, or layers, cannot. */
static const char *fault_of_carried(const struct proda_graph *graph, size_t before, size_t step,
                                    bool *carries)
{
  memset(carries, 0, (step + 1) * sizeof *carries);
  for (size_t i = before; i <= step; i++) {
    const struct proda_value *v = &graph->value[i];
    carries[i] = i == before;
    for (size_t k = 0; k < v->n_arguments; k++)
      carries[i] = carries[i] || carries[v->argument[k]];
    if (carries[i] &&
        ((v->op >= PRODA_OP_SUM && v->op <= PRODA_OP_CHANGE) || v->dims & PRODA_DIM_LAYER))
      return "what is carried over cannot go into sums or the like, nor be joined with layers";
  }
  return step >= before && carries[step] ? NULL : "this does not depend on the month before";
}

/** Why the step cannot be carried over; NULL where it can. `marks`: [step + 1]. */
static const char *fault_of(const struct proda_graph *graph, size_t before, size_t step,
                            bool *marks)
{
  const struct proda_value *value = &graph->value[step];
  if (value->depends & (PRODA_ON_PARAMETERS | PRODA_ON_POOLS))
    return "what carries over from month to month may depend on drivers and settings only";
  if (value->dims & PRODA_DIM_LAYER)
    return "what carries over from month to month is one number, but this varies by layer";
  proda_graph_parts(graph, step, marks);
  for (size_t i = 0; i <= step; i++)
    if (marks[i] && graph->value[i].op == PRODA_OP_PERIODIC)
      return "a periodic() cannot be made of another";
  return fault_of_carried(graph, before, step, marks);
}

static int check_step(const struct lowering *l, const struct proda_expression *e, size_t before,
                      size_t step)
{
  bool *marks = calloc(step + 1, sizeof *marks);
  if (!marks)
    return proda_error_set(l->error, "out of memory");
  const char *fault = fault_of(l->graph, before, step, marks);
  free(marks);
  return fault ? proda_lower_refuse(l, e->argument[3]->offset, "%s", fault) : PRODA_OK;
}

int proda_lower_periodic(struct lowering *l, const struct proda_expression *e, struct term *out)
{
  struct binding carried;
  struct term step;
  char expected[PRODA_UNIT_TEXT], found[PRODA_UNIT_TEXT];
  if (proda_lower_count(l, e, 4, 4, face))
    return PRODA_ERROR;
  if (l->argument)
    return proda_lower_refuse(l, e->offset, "a periodic() cannot be made of another");
  if (bind_carried(l, e, out, &carried))
    return PRODA_ERROR;
  struct lowering inner = *l;
  inner.argument = &carried;
  inner.n_arguments = 1;
  if (proda_lower_number(&inner, e->argument[3], &step))
    return PRODA_ERROR;
  if (!proda_unit_alike(&step.unit, &out->unit))
    return proda_lower_refuse(l, e->argument[3]->offset, "expected %s as the start is, found %s",
                              proda_lower_unit_text(&out->unit, expected),
                              proda_lower_unit_text(&step.unit, found));
  size_t value = proda_lower_convert(l, &step, &out->unit);
  if (l->graph->failed)
    return proda_graph_failure(l->graph, l->program->manifest->path, l->error);
  if (check_step(l, e, carried.term.value, value))
    return PRODA_ERROR;
  out->value =
      proda_graph_periodic(l->graph, carried.term.value, l->graph->value[out->value].number, value);
  out->bare = false;
  out->dims = PRODA_DIM_MONTH;
  return PRODA_OK;
}
