#include <string.h>

#include "formula/emit.h"

const char *proda_emit_type(const struct job *job, size_t value)
{
  const struct proda_value *v = proda_job_value(job, value);
  if (job->lanes && !proda_emit_is_uniform(job, value))
    return v->condition ? "lane_mask" : "lane";
  return v->condition ? "int" : "double";
}

/** One number by name, or a row or field by a pointer. */
static void point(struct job *job, FILE *out, size_t value, const char *type, const char *array,
                  const char *offset)
{
  const char *name = proda_emit_name(job->e, value);
  if (proda_job_value(job, value)->dims)
    proda_line_print(job, out, 2, "const %s *%s = %s%s%s;", type, name, array, *offset ? " + " : "",
                     offset);
  else if (*offset)
    proda_line_print(job, out, 2, "const %s %s = %s[%s];", type, name, array, offset);
  else
    proda_line_print(job, out, 2, "const %s %s = %s;", type, name, array);
}

static void point_at_leaf(struct job *job, FILE *out, size_t value)
{
  const struct proda_manifest *m = job->e->manifest;
  const struct proda_value *v = proda_job_value(job, value);
  char offset[160];
  if (v->op == PRODA_OP_PARAMETER || v->op == PRODA_OP_DIRECTION) {
    snprintf(offset, sizeof offset, "P_%s", m->parameter[v->index].name);
    point(job, out, value, "lane", v->op == PRODA_OP_PARAMETER ? "parameter" : "direction", offset);
  } else if (v->op == PRODA_OP_POOL || v->op == PRODA_OP_INFLOW) {
    snprintf(offset, sizeof offset, "POOL_%s * N_LAYERS", m->pool[v->index]);
    point(job, out, value, "lane", v->op == PRODA_OP_POOL ? "pools" : "inflow", offset);
  }
}

/** "terms->rate + CH_x * N_LAYERS" in its two parts. */
static void point_at_row(struct job *job, FILE *out, size_t value)
{
  char array[160];
  snprintf(array, sizeof array, "%s", job->e->row[value]);
  char *plus = strstr(array, " + ");
  *plus = '\0';
  point(job, out, value, "lane", array, plus + 3);
}

void proda_emit_load(struct job *job, FILE *out, size_t value)
{
  struct emission *e = job->e;
  char place[256];
  const char *name = proda_emit_name(e, value);
  if (e->table.place[value]) {
    snprintf(place, sizeof place, "TABLE%s_%s", e->suffix, name);
    point(job, out, value, "double", place, "");
  } else if (e->create.place[value] && job->kind != JOB_CREATE) {
    snprintf(place, sizeof place, "%s%s", e->created, name);
    point(job, out, value, "double", place, "");
  } else if (e->site.place[value] && job->lanes) {
    snprintf(place, sizeof place, "at.%s", name);
    point(job, out, value, "lane", "site", place);
  } else if (e->row[value] && job->of_state) {
    point_at_row(job, out, value);
  } else if (e->carry.place[value] && job->of_state) {
    snprintf(place, sizeof place, "kept.%s", name);
    point(job, out, value, "lane", "terms->carry", place);
  } else {
    point_at_leaf(job, out, value);
  }
}
