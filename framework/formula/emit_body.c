#include "formula/emit.h"

/* ---- values and where they go ---- */

static void print_comment(struct job *job, FILE *out, size_t value, int indent)
{
  const struct proda_formula *formula = job->e->defined[value];
  if (formula)
    proda_line_print(job, out, indent, "/* %s = %s */", formula->name, formula->text);
}

static const char *neutral(const struct job *job, enum proda_op op)
{
  switch (op) {
  case PRODA_OP_LEAST:
    return job->lanes ? "lane_splat(INFINITY)" : "INFINITY";
  case PRODA_OP_GREATEST:
    return job->lanes ? "lane_splat(-INFINITY)" : "-INFINITY";
  case PRODA_OP_ANY:
    return job->lanes ? "lane_splat(0.0) != 0.0" : "0";
  case PRODA_OP_ALL:
    return job->lanes ? "lane_splat(0.0) == 0.0" : "1";
  default:
    return job->lanes ? "lane_splat(0.0)" : "0.0";
  }
}

static void print_kept(struct job *job, FILE *out, size_t value, int indent)
{
  if (job->form[value] == FORM_ARRAY)
    proda_line_print(job, out, indent, "%s_all[%s] = %s;", proda_emit_name(job->e, value),
                     proda_emit_index(proda_job_value(job, value)->dims),
                     proda_emit_name(job->e, value));
}

/** The value here less the one above, which the loop hands on. */
static void print_change(struct job *job, FILE *out, size_t value, int indent)
{
  struct line line;
  const char *name = proda_emit_name(job->e, value);
  FILE *stream = proda_line_begin(job, &line);
  if (stream) {
    fprintf(stream, "const %s %s_here = ", proda_emit_type(job, value), name);
    proda_emit_lane(job, stream, proda_job_value(job, value)->argument[0], 0);
    fputc(';', stream);
  }
  proda_line_end(job, &line, out, indent);
  proda_line_print(job, out, indent, "const %s %s = %s_here - %s_above;",
                   proda_emit_type(job, value), name, name, name);
  proda_line_print(job, out, indent, "%s_above = %s_here;", name, name);
}

/** Sums from the bottom upwards, in a loop of their own. */
static void print_below(struct job *job, FILE *out, size_t value, int indent)
{
  struct line line;
  const char *name = proda_emit_name(job->e, value);
  proda_line_print(job, out, indent, "%s %s_sum = %s;", proda_emit_type(job, value), name,
                   neutral(job, PRODA_OP_BELOW));
  proda_line_print(job, out, indent, "for (size_t layer = N_LAYERS; layer-- > 0;) {");
  proda_line_print(job, out, indent + 2, "%s_all[layer] = %s_sum;", name, name);
  FILE *stream = proda_line_begin(job, &line);
  if (stream) {
    fprintf(stream, "%s_sum += ", name);
    proda_emit_value(job, stream, proda_job_value(job, value)->argument[0], 0);
    fputc(';', stream);
  }
  proda_line_end(job, &line, out, indent + 2);
  proda_line_print(job, out, indent, "}");
}

static void print_variable(struct job *job, FILE *out, size_t value, int indent)
{
  const struct proda_value *v = proda_job_value(job, value);
  struct line line;
  print_comment(job, out, value, indent);
  if (v->op == PRODA_OP_BELOW) {
    print_below(job, out, value, indent);
    return;
  }
  if (v->op == PRODA_OP_CHANGE) {
    print_change(job, out, value, indent);
  } else {
    FILE *stream = proda_line_begin(job, &line);
    if (stream && v->op == PRODA_OP_CUMULATIVE) {
      fprintf(stream, "%s += ", proda_emit_name(job->e, value));
      proda_emit_value(job, stream, v->argument[0], 0);
    } else if (stream) {
      fprintf(stream, "const %s %s = ", proda_emit_type(job, value),
              proda_emit_name(job->e, value));
      proda_emit_operation(job, stream, value, 0);
    }
    if (stream)
      fputc(';', stream);
    proda_line_end(job, &line, out, indent);
  }
  print_kept(job, out, value, indent);
}

/** The value as it is stored: conditions as numbers. */
static void print_right(struct job *job, FILE *out, size_t value)
{
  if (!proda_job_value(job, value)->condition) {
    proda_emit_lane(job, out, value, 0);
    return;
  }
  bool select = job->lanes && !proda_emit_is_uniform(job, value);
  fputs(select ? "lane_select(" : "(", out);
  proda_emit_value(job, out, value, 0);
  fputs(select ? ", lane_splat(1.0), lane_splat(0.0))" : ") ? 1.0 : 0.0", out);
}

static void print_target(FILE *out, const struct root *root)
{
  const char *index = proda_emit_index(root->dims);
  fputs(root->array, out);
  if (root->indexed && root->dims)
    fprintf(out, "[%s%s%s]", root->offset, *root->offset ? " + " : "", index);
  else if (root->indexed)
    fprintf(out, "[%s]", root->offset);
  fprintf(out, "%s = ", root->suffix);
}

static void print_root(struct job *job, FILE *out, const struct root *root, int indent)
{
  bool fills = root->dims & ~proda_job_value(job, root->value)->dims;
  struct line line;
  FILE *stream = proda_line_begin(job, &line);
  if (stream && fills) {
    fprintf(stream, "lane_fill(%s + %s, N_LAYERS, ", root->array, root->offset);
    print_right(job, stream, root->value);
    fputs(");", stream);
  } else if (stream) {
    print_target(stream, root);
    print_right(job, stream, root->value);
    fputc(';', stream);
  }
  proda_line_end(job, &line, out, indent);
}

/* ---- reductions ---- */

static bool adds_in(const struct job *job, size_t value, struct moment m)
{
  if (job->source[value] != SOURCE_COMPUTE || !proda_job_is_reduction(proda_job_value(job, value)))
    return false;
  struct moment adding = proda_job_adding(job, value);
  return adding.layer == m.layer && adding.month == m.month;
}

static void print_adding(struct job *job, FILE *out, size_t value, int indent)
{
  const struct proda_value *v = proda_job_value(job, value);
  char name[300];
  struct line line;
  FILE *stream = proda_line_begin(job, &line);
  bool array = proda_job_is_array(v);
  snprintf(name, sizeof name, "%s%s", proda_emit_name(job->e, value), array ? "_all[month]" : "");
  if (!stream)
    return;
  switch (v->op) {
  case PRODA_OP_SUM:
    fprintf(stream, "%s += ", name);
    break;
  case PRODA_OP_ANY:
    fprintf(stream, "%s |= ", name);
    break;
  case PRODA_OP_ALL:
    fprintf(stream, "%s &= ", name);
    break;
  default:
    fprintf(stream, "%s = %s_%s(%s, ", name, job->lanes ? "lane" : "proda",
            v->op == PRODA_OP_LEAST ? "min" : "max", name);
  }
  if (v->op == PRODA_OP_LEAST || v->op == PRODA_OP_GREATEST) {
    proda_emit_lane(job, stream, v->argument[0], 0);
    fputc(')', stream);
  } else {
    proda_emit_value(job, stream, v->argument[0], 0);
  }
  fputc(';', stream);
  proda_line_end(job, &line, out, indent);
}

/** Variables that a loop over `axis` at `loop` adds up or hands on; before it. */
static void declare_running(struct job *job, FILE *out, unsigned axis, struct moment loop,
                            int indent)
{
  for (size_t i = 0; i < job->e->graph->n; i++) {
    const struct proda_value *v = proda_job_value(job, i);
    if (job->source[i] != SOURCE_COMPUTE || v->index != axis || v->op < PRODA_OP_SUM ||
        v->op > PRODA_OP_CHANGE || proda_job_is_array(v))
      continue;
    struct moment m = proda_job_is_reduction(v) ? proda_job_adding(job, i) : job->moment[i];
    bool here = m.layer == loop.layer && (axis == PRODA_DIM_LAYER || m.month == loop.month);
    if (!here)
      continue;
    const char *name = proda_emit_name(job->e, i);
    if (v->op != PRODA_OP_CHANGE) {
      proda_line_print(job, out, indent, "%s %s = %s;", proda_emit_type(job, i), name,
                       neutral(job, v->op));
      continue;
    }
    struct line line;
    FILE *stream = proda_line_begin(job, &line);
    if (stream) {
      fprintf(stream, "%s %s_above = ", proda_emit_type(job, i), name);
      proda_emit_lane(job, stream, v->argument[1], 0);
      fputc(';', stream);
    }
    proda_line_end(job, &line, out, indent);
  }
}

/* ---- loops ---- */

static bool is_at(struct moment a, struct moment b)
{
  return a.layer == b.layer && a.month == b.month;
}

/** Whether anything happens at a moment. */
static bool has_work(const struct job *job, struct moment m)
{
  for (size_t i = 0; i < job->e->graph->n; i++)
    if (adds_in(job, i, m) ||
        (job->source[i] == SOURCE_COMPUTE && job->form[i] != FORM_INLINE &&
         !proda_job_is_reduction(proda_job_value(job, i)) && is_at(job->moment[i], m)))
      return true;
  for (size_t i = 0; i < job->n_roots; i++)
    if (is_at(proda_job_writing(job, &job->root[i]), m))
      return true;
  return false;
}

static void print_moment(struct job *job, FILE *out, struct moment m, int indent)
{
  job->now = m;
  for (size_t i = 0; i < job->e->graph->n; i++) {
    bool here = job->source[i] == SOURCE_COMPUTE && is_at(job->moment[i], m);
    if (here && proda_job_is_reduction(proda_job_value(job, i)) &&
        !proda_job_is_array(proda_job_value(job, i)))
      print_kept(job, out, i, indent);
    else if (here && job->form[i] != FORM_INLINE &&
             !proda_job_is_reduction(proda_job_value(job, i)))
      print_variable(job, out, i, indent);
  }
  for (size_t i = 0; i < job->n_roots; i++)
    if (is_at(proda_job_writing(job, &job->root[i]), m))
      print_root(job, out, &job->root[i], indent);
  for (size_t i = 0; i < job->e->graph->n; i++)
    if (adds_in(job, i, m))
      print_adding(job, out, i, indent);
}

static struct moment last_moment(const struct job *job)
{
  struct moment last = {1, 1};
  for (size_t i = 0; i < job->e->graph->n; i++)
    if (job->source[i] == SOURCE_COMPUTE) {
      if (job->moment[i].layer >= last.layer) /* one more, to write what lies below */
        last.layer = job->moment[i].layer + 1;
      if (job->moment[i].month > last.month)
        last.month = job->moment[i].month;
    }
  return last;
}

/** What stands between loops, or in one, over layers, with its loops over months. */
static void print_months(struct job *job, FILE *out, int layer, int last, int indent)
{
  for (int month = 0; month <= last; month++) {
    struct moment m = {layer, month};
    if (!has_work(job, m))
      continue;
    if (month % 2 == 0) {
      print_moment(job, out, m, indent);
      continue;
    }
    job->now = (struct moment){layer, month - 1};
    declare_running(job, out, PRODA_DIM_MONTH, m, indent);
    proda_line_print(job, out, indent, "for (size_t month = 0; month < n_months; month++) {");
    print_moment(job, out, m, indent + 2);
    proda_line_print(job, out, indent, "}");
  }
}

static bool layer_has_work(const struct job *job, int layer, int last)
{
  for (int month = 0; month <= last; month++)
    if (has_work(job, (struct moment){layer, month}))
      return true;
  return false;
}

static void declare_arrays(struct job *job, FILE *out)
{
  static const char *const size[] = {"", "N_LAYERS", "n_months", "N_LAYERS * n_months"};
  for (size_t i = 0; i < job->e->graph->n; i++) {
    if (job->source[i] != SOURCE_COMPUTE || job->form[i] != FORM_ARRAY)
      continue;
    const struct proda_value *v = proda_job_value(job, i);
    const char *name = proda_emit_name(job->e, i);
    proda_line_print(job, out, 2, "%s %s_all[%s];", proda_emit_type(job, i), name,
                     size[v->dims & 3u]);
    if (proda_job_is_array(v) && v->op != PRODA_OP_BELOW) {
      proda_line_print(job, out, 2, "for (size_t month = 0; month < n_months; month++)");
      proda_line_print(job, out, 4, "%s_all[month] = %s;", name, neutral(job, v->op));
    }
  }
}

void proda_emit_body(struct job *job, FILE *out)
{
  struct moment last = last_moment(job);
  for (size_t i = 0; i < job->e->graph->n; i++)
    if (job->source[i] == SOURCE_LOAD)
      proda_emit_load(job, out, i);
  declare_arrays(job, out);
  for (int layer = 0; layer <= last.layer; layer++) {
    if (!layer_has_work(job, layer, last.month))
      continue;
    if (layer % 2 == 0) {
      print_months(job, out, layer, last.month, 2);
      continue;
    }
    job->now = (struct moment){layer - 1, 0};
    declare_running(job, out, PRODA_DIM_LAYER, (struct moment){layer, 0}, 2);
    proda_line_print(job, out, 2, "for (size_t layer = 0; layer < N_LAYERS; layer++) {");
    print_months(job, out, layer, last.month, 4);
    proda_line_print(job, out, 2, "}");
  }
}
