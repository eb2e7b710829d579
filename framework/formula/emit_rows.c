#include <stdlib.h>
#include <string.h>

#include "formula/emit_variant.h"

/** A row of the terms as a root; and where functions of a state find it. */
static void row(struct variant *v, struct job *job, size_t value, const char *array,
                const char *prefix, const char *name, bool find)
{
  struct emission *e = &v->e;
  char offset[160], text[260];
  snprintf(offset, sizeof offset, "%s%s * N_LAYERS", prefix, name);
  proda_job_root(job, value, PRODA_DIM_LAYER, array, offset, "");
  const struct proda_value *x = &e->graph->value[value];
  if (!find || e->row[value] || proda_value_level(x) != PRODA_LEVEL_DRAW || x->op < PRODA_OP_NEGATE)
    return;
  snprintf(text, sizeof text, "%s + %s", array, offset);
  e->row[value] = strdup(text);
  if (!e->row[value])
    e->failed = true;
}

/** All rows of the terms that do not depend on pools; or their tangents. */
static void add_rows(struct variant *v, struct job *job, const char *terms, bool tangents)
{
  static const char *const band[] = {"0", "1", "2"};
  const struct proda_program *p = v->program;
  const struct proda_manifest *m = p->manifest;
  const size_t *tangent = v->tangent;
  char array[64];
  snprintf(array, sizeof array, "%s->modifier", terms);
  for (size_t i = 0; i < m->n_modifiers; i++)
    row(v, job, tangents ? *tangent++ : p->modifier[i], array, "MOD_", m->modifier[i], !tangents);
  snprintf(array, sizeof array, "%s->input", terms);
  for (size_t i = 0; i < m->n_inputs; i++)
    row(v, job, tangents ? *tangent++ : p->input[i], array, "IN_", m->pool[m->input[i]], !tangents);
  snprintf(array, sizeof array, "%s->rate", terms);
  for (size_t i = 0; i < m->n_channels; i++) {
    size_t value = tangents ? *tangent++ : p->rate[i];
    if (tangents || m->channel[i].linear)
      row(v, job, value, array, "CH_", m->channel[i].name, !tangents);
  }
  snprintf(array, sizeof array, "%s->fraction", terms);
  for (size_t i = 0; i < m->n_transfers; i++)
    row(v, job, tangents ? *tangent++ : p->fraction[i], array, "TO_", m->transfer[i].name,
        !tangents);
  snprintf(array, sizeof array, "%s->transport", terms);
  for (size_t k = 0; k < 3; k++)
    row(v, job,
        !p->has_transport ? v->zero
        : tangents        ? *tangent++
                          : p->transport[k],
        array, "", band[k], !tangents);
}

/** Where functions of a state find what the draw's terms have. */
void proda_variant_find_rows(struct variant *v)
{
  struct job job;
  if (proda_job_start(&job, &v->e, JOB_LANES))
    add_rows(v, &job, "terms", false);
  proda_job_end(&job);
}

void proda_rows_of_rates(struct variant *v, struct job *job)
{
  const struct proda_manifest *m = v->program->manifest;
  for (size_t c = 0; c < m->n_channels; c++)
    if (!m->channel[c].linear)
      row(v, job, v->program->rate[c], "terms->rate", "CH_", m->channel[c].name, false);
}

void proda_rows_of_slopes(struct variant *v, struct job *job)
{
  char place[24];
  for (size_t k = 0; k < v->n_slopes; k++) {
    snprintf(place, sizeof place, "%zu", k);
    row(v, job, v->slope[k].value, "slope", "", place, false);
  }
}

void proda_rows_of_steady(struct variant *v, struct job *job)
{
  const struct proda_manifest *m = v->program->manifest;
  for (size_t i = 0; i < m->n_steady; i++)
    if (proda_manifest_pool(m, m->steady[i].name) >= 0)
      row(v, job, v->program->steady[i], "pools", "POOL_", m->steady[i].name, false);
}

void proda_rows_of_refusal(struct variant *v, struct job *job)
{
  proda_job_root(job, v->refusal, 0, "const lane refuses", NULL, "");
}

void proda_rows_of_quantities(struct variant *v, struct job *job)
{
  const struct proda_manifest *m = v->program->manifest;
  char place[100];
  for (size_t i = 0; i < m->n_quantities; i++) {
    snprintf(place, sizeof place, "QUANTITY_%s", m->quantity[i].name);
    proda_job_root(job, v->program->quantity[i], 0, "out", place, "");
  }
}

void proda_rows_of_tangents(struct variant *v, struct job *job)
{
  add_rows(v, job, "tangent", true);
}

/** What earlier functions of a state want of the draw is a root of its terms. */
void proda_rows_of_terms(struct variant *v, struct job *job)
{
  struct emission *e = &v->e;
  char offset[300];
  add_rows(v, job, "terms", false);
  for (size_t i = 0; i < e->carry.n; i++) {
    size_t value = e->carry.value[i];
    snprintf(offset, sizeof offset, "kept.%s", proda_emit_name(e, value));
    proda_job_root(job, value, e->graph->value[value].dims, "terms->carry", offset, "");
  }
}

void proda_rows_of_site(struct variant *v, struct job *job)
{
  struct emission *e = &v->e;
  char offset[300];
  for (size_t k = 0; k < e->site.n; k++) {
    size_t value = e->site.value[k];
    snprintf(offset, sizeof offset, "at.%s", proda_emit_name(e, value));
    proda_job_root(job, value, e->graph->value[value].dims, "site", offset, "[i]");
  }
}

void proda_rows_of_create(struct variant *v, struct job *job)
{
  struct emission *e = &v->e;
  char array[160];
  for (size_t k = 0; k < e->create.n; k++) {
    size_t value = e->create.value[k];
    snprintf(array, sizeof array, "made->created%s.%s", e->suffix, proda_emit_name(e, value));
    proda_job_root(job, value, e->graph->value[value].dims, array,
                   e->graph->value[value].dims ? "" : NULL, "");
  }
}
