#include <stdlib.h>
#include <string.h>

#include "formula/emit.h"

bool proda_job_start(struct job *job, struct emission *e, enum job_kind kind)
{
  size_t n = e->graph->n;
  *job = (struct job){.e = e, .kind = kind, .lanes = kind == JOB_LANES};
  job->source = calloc(n, sizeof *job->source);
  job->moment = calloc(n, sizeof *job->moment);
  job->form = calloc(n, sizeof *job->form);
  job->uses = calloc(n, sizeof *job->uses);
  if (!job->source || !job->moment || !job->form || !job->uses)
    e->failed = true;
  return !e->failed;
}

void proda_job_end(struct job *job)
{
  free(job->root);
  free(job->source);
  free(job->moment);
  free(job->form);
  free(job->uses);
}

void proda_job_root(struct job *job, size_t value, unsigned dims, const char *array,
                    const char *offset, const char *suffix)
{
  if (job->n_roots == job->capacity) {
    size_t capacity = job->capacity ? 2 * job->capacity : 32;
    struct root *larger = realloc(job->root, capacity * sizeof *larger);
    if (!larger) {
      job->e->failed = true;
      return;
    }
    job->root = larger;
    job->capacity = capacity;
  }
  struct root *root = &job->root[job->n_roots++];
  *root = (struct root){.value = value, .dims = dims, .suffix = suffix, .indexed = offset != NULL};
  snprintf(root->array, sizeof root->array, "%s", array);
  snprintf(root->offset, sizeof root->offset, "%s", offset ? offset : "");
}

/* ---- what is loaded ---- */

static void keep(struct emission *e, struct store *store, size_t value)
{
  if (e->failed || store->place[value])
    return;
  store->value[store->n++] = value;
  store->place[value] = store->n;
}

static bool is_leaf(const struct proda_value *v)
{
  return v->op < PRODA_OP_NEGATE || v->op == PRODA_OP_PERIODIC;
}

/** Whether the job finds the value somewhere; what must leave it there is told. */
static bool is_loaded(struct job *job, size_t value)
{
  struct emission *e = job->e;
  const struct proda_value *v = proda_job_value(job, value);
  enum proda_level level = proda_value_level(v);
  bool row = v->op == PRODA_OP_GRID && v->index != PRODA_GRID_TOP;
  if (v->op == PRODA_OP_NUMBER || row || (v->op == PRODA_OP_MONTHS && !job->lanes))
    return true;
  if (level == PRODA_LEVEL_CONSTANT) {
    keep(e, &e->table, value);
    return true;
  }
  if (level == PRODA_LEVEL_CREATE && job->kind != JOB_CREATE) {
    keep(e, &e->create, value);
    return true;
  }
  if (job->lanes && level == PRODA_LEVEL_SITE) {
    keep(e, &e->site, value);
    return true;
  }
  if (is_leaf(v))
    return true;
  if (!job->of_state || level != PRODA_LEVEL_DRAW)
    return false;
  if (!e->row[value] && job->makes_carry)
    keep(e, &e->carry, value);
  return e->row[value] || e->carry.place[value];
}

static void collect(struct job *job, size_t value)
{
  job->uses[value]++;
  if (job->source[value] != SOURCE_NONE)
    return;
  job->source[value] = is_loaded(job, value) ? SOURCE_LOAD : SOURCE_COMPUTE;
  const struct proda_value *v = proda_job_value(job, value);
  if (job->source[value] == SOURCE_COMPUTE)
    for (size_t i = 0; i < v->n_arguments; i++)
      collect(job, v->argument[i]);
}

void proda_job_collect(struct job *job)
{
  for (size_t i = 0; i < job->n_roots; i++)
    collect(job, job->root[i].value);
}

/* ---- when it is computed ---- */

bool proda_job_is_reduction(const struct proda_value *v)
{
  return v->op >= PRODA_OP_SUM && v->op <= PRODA_OP_ALL;
}

static int later(int a, int b)
{
  return a > b ? a : b;
}

/** The earliest loop of an axis, for what is loaded. */
static int first(unsigned dims, unsigned axis)
{
  return dims & axis ? 1 : 0;
}

/** Time along an axis of a value whose argument has time `argument`. */
static int after(const struct proda_value *v, const struct proda_value *a, int argument,
                 unsigned axis)
{
  bool reduces = proda_job_is_reduction(v) && v->index == axis;
  if (reduces)
    return argument + 1;
  if (v->dims & axis && !(a->dims & axis))
    return argument + 1;
  return argument;
}

/** From when on it is seen: what lies below is made between loops, and seen in the next. */
static struct moment argument_moment(const struct job *job, size_t argument)
{
  const struct proda_value *v = proda_job_value(job, argument);
  struct moment m = job->moment[argument];
  if (job->source[argument] != SOURCE_COMPUTE)
    return (struct moment){first(v->dims, PRODA_DIM_LAYER), first(v->dims, PRODA_DIM_MONTH)};
  return v->op == PRODA_OP_BELOW ? (struct moment){m.layer + 1, 0} : m;
}

static void set_moment(struct job *job, size_t value)
{
  const struct proda_value *v = proda_job_value(job, value);
  struct moment m = {first(v->dims, PRODA_DIM_LAYER), first(v->dims, PRODA_DIM_MONTH)};
  for (size_t i = 0; i < v->n_arguments; i++) {
    size_t a = v->argument[i];
    if (job->source[a] == SOURCE_LOAD && !proda_job_is_reduction(v))
      continue;
    m.layer = later(
        m.layer, after(v, proda_job_value(job, a), argument_moment(job, a).layer, PRODA_DIM_LAYER));
  }
  for (size_t i = 0; i < v->n_arguments; i++) {
    size_t a = v->argument[i];
    struct moment before = argument_moment(job, a);
    if (proda_job_is_array(proda_job_value(job, a)))
      before.month = first(proda_job_value(job, a)->dims, PRODA_DIM_MONTH); /* as what is loaded */
    bool over_layers = proda_job_is_reduction(v) && v->index == PRODA_DIM_LAYER;
    bool here = job->source[a] == SOURCE_LOAD ? proda_job_is_reduction(v) : before.layer == m.layer;
    if (here && !over_layers)
      m.month = later(m.month, after(v, proda_job_value(job, a), before.month, PRODA_DIM_MONTH));
  }
  if (proda_job_is_reduction(v) && v->index == PRODA_DIM_LAYER)
    m.month = 0;
  /* A loop of its own, backwards, between the others. */
  if (v->op == PRODA_OP_BELOW)
    m = (struct moment){m.layer + m.layer % 2, 0};
  else if (v->dims & PRODA_DIM_LAYER)
    m.layer += 1 - m.layer % 2;
  job->moment[value] = m;
}

struct moment proda_job_adding(const struct job *job, size_t value)
{
  const struct proda_value *v = proda_job_value(job, value);
  struct moment m = job->moment[value], argument = argument_moment(job, v->argument[0]);
  if (v->index == PRODA_DIM_LAYER)
    return (struct moment){m.layer - 1, argument.month};
  return (struct moment){m.layer, m.month - 1};
}

struct moment proda_job_writing(const struct job *job, const struct root *root)
{
  const struct proda_value *v = proda_job_value(job, root->value);
  struct moment m = argument_moment(job, root->value);
  if (job->source[root->value] != SOURCE_COMPUTE || !proda_job_is_array(v))
    return m;
  /* Its array is whole before the loops over what it varies along. */
  m.month = first(v->dims, PRODA_DIM_MONTH);
  return m;
}

/* ---- what form it has ---- */

static bool same(struct moment a, struct moment b)
{
  return a.layer == b.layer && a.month == b.month;
}

bool proda_moment_sees(struct moment made, struct moment used)
{
  if (made.month % 2)
    return same(made, used);
  return made.layer % 2 == 0 || made.layer == used.layer;
}

static void note_use(struct job *job, size_t value, struct moment where)
{
  if (job->source[value] != SOURCE_COMPUTE)
    return;
  enum form *form = &job->form[value];
  if (!proda_moment_sees(job->moment[value], where))
    *form = FORM_ARRAY;
  else if (!same(job->moment[value], where) && *form == FORM_INLINE)
    *form = FORM_VARIABLE;
}

bool proda_job_is_array(const struct proda_value *v)
{
  return v->op == PRODA_OP_BELOW ||
         (proda_job_is_reduction(v) && v->index == PRODA_DIM_LAYER && v->dims & PRODA_DIM_MONTH);
}

static void set_form(struct job *job, size_t value)
{
  const struct proda_value *v = proda_job_value(job, value);
  if (v->op >= PRODA_OP_SUM && v->op <= PRODA_OP_CHANGE)
    job->form[value] = FORM_VARIABLE;
  if (proda_job_is_array(v))
    job->form[value] = FORM_ARRAY;
  if (job->form[value] == FORM_INLINE && (job->uses[value] > 1 || job->e->defined[value]))
    job->form[value] = FORM_VARIABLE;
}

/** What depends on the month before goes from month to month together with the root that says what
 * this one leaves. */
static void keep_together(struct job *job, size_t root)
{
  bool *carries = calloc(root + 1, sizeof *carries);
  if (!carries) {
    job->e->failed = true;
    return;
  }
  for (size_t v = 0; v <= root; v++) {
    const struct proda_value *value = proda_job_value(job, v);
    carries[v] = value->op == PRODA_OP_BEFORE;
    for (size_t i = 0; i < value->n_arguments && value->op != PRODA_OP_PERIODIC; i++)
      carries[v] = carries[v] || carries[value->argument[i]];
    if (carries[v] && job->source[v] == SOURCE_COMPUTE)
      job->moment[v] = job->moment[root];
  }
  free(carries);
}

void proda_job_schedule(struct job *job)
{
  size_t n = job->e->graph->n;
  for (size_t v = 0; v < n; v++)
    if (job->source[v] == SOURCE_COMPUTE)
      set_moment(job, v);
  if (job->carries)
    keep_together(job, job->root[0].value);
  for (size_t v = 0; v < n; v++)
    if (job->source[v] == SOURCE_COMPUTE)
      set_form(job, v);
  for (size_t v = 0; v < n; v++) {
    const struct proda_value *value = proda_job_value(job, v);
    if (job->source[v] != SOURCE_COMPUTE)
      continue;
    struct moment where = proda_job_is_reduction(value) ? proda_job_adding(job, v) : job->moment[v];
    for (size_t i = 0; i < value->n_arguments; i++) {
      /* What stands above the first layer is needed before the loop. */
      struct moment at_argument = where;
      if (value->op == PRODA_OP_CHANGE && i == 1)
        at_argument = (struct moment){where.layer - 1, 0};
      note_use(job, value->argument[i], at_argument);
    }
  }
}
