#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formula/emit.h"

/* ---- numbers and indices ---- */

void proda_emit_number(FILE *out, double number)
{
  char text[40];
  if (isnan(number)) {
    fputs("NAN", out);
    return;
  }
  if (isinf(number)) {
    fputs(number < 0 ? "-INFINITY" : "INFINITY", out);
    return;
  }
  if (number == floor(number) && fabs(number) < 1e6) {
    fprintf(out, "%.1f", number);
    return;
  }
  for (int digits = 1; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, number);
    if (strtod(text, NULL) == number)
      break;
  }
  fprintf(out, "%s%s", text, strpbrk(text, ".e") ? "" : ".0");
}

const char *proda_emit_index(unsigned dims)
{
  static const char *const text[] = {"0", "layer", "month", "layer * n_months + month"};
  return text[dims & 3u];
}

/* ---- values ---- */

/* How strongly operators bind. */
enum {
  BIND_CHOICE = 1,
  BIND_OR,
  BIND_AND,
  BIND_EQUAL,
  BIND_LESS,
  BIND_SUM,
  BIND_PRODUCT,
  BIND_SIGN,
  BIND_NAME,
};

bool proda_emit_is_uniform(const struct job *job, size_t value)
{
  return proda_value_level(proda_job_value(job, value)) <= PRODA_LEVEL_CREATE;
}

static void open(FILE *out, int own, int wanted)
{
  if (own < wanted)
    fputc('(', out);
}

static void close(FILE *out, int own, int wanted)
{
  if (own < wanted)
    fputc(')', out);
}

/** A stored condition is a number. */
static void print_stored(FILE *out, const struct proda_value *v, const char *name, unsigned dims,
                         int strength)
{
  if (v->condition)
    open(out, BIND_EQUAL, strength);
  fputs(name, out);
  if (dims)
    fprintf(out, "[%s]", proda_emit_index(dims));
  if (v->condition) {
    fputs(" != 0.0", out);
    close(out, BIND_EQUAL, strength);
  }
}

static void print_driver(struct job *job, FILE *out, const struct proda_value *v)
{
  const struct proda_driver *driver = &job->e->manifest->driver[v->index];
  const char *index = proda_emit_index(v->dims);
  if (driver->optional)
    fprintf(out, "(driver[DRIVER_%s] ? driver[DRIVER_%s][%s] : NAN)", driver->name, driver->name,
            index);
  else
    fprintf(out, "driver[DRIVER_%s][%s]", driver->name, index);
}

/** Loaded values that are not behind a local pointer; false for the others. */
static bool print_leaf(struct job *job, FILE *out, const struct proda_value *v, int strength)
{
  static const char *const row[] = {"LAYER_DZ", "LAYER_NODE", "LAYER_INTERFACE"};
  switch (v->op) {
  case PRODA_OP_NUMBER:
    if (v->number < 0)
      open(out, BIND_SIGN, strength);
    proda_emit_number(out, v->number);
    if (v->number < 0)
      close(out, BIND_SIGN, strength);
    return true;
  case PRODA_OP_GRID:
    if (v->index == PRODA_GRID_TOP)
      return false;
    fprintf(out, "%s[layer]", row[v->index]);
    return true;
  case PRODA_OP_MONTHS:
    if (job->lanes)
      return false;
    fputs("(double)n_months", out);
    return true;
  case PRODA_OP_DRIVER:
    if (job->lanes)
      return false;
    print_driver(job, out, v);
    return true;
  case PRODA_OP_MIXING:
    if (job->lanes)
      return false;
    fprintf(out, "mixing[%zu * N_LAYERS + layer]", v->index);
    return true;
  case PRODA_OP_BEFORE:
    fputs("carried", out);
    return true;
  default:
    return false;
  }
}

static void print_load(struct job *job, FILE *out, size_t value, int strength)
{
  struct emission *e = job->e;
  const struct proda_value *v = proda_job_value(job, value);
  bool kept = e->table.place[value] || e->create.place[value] || e->site.place[value];
  if (!(job->lanes && kept) && print_leaf(job, out, v, strength))
    return;
  if (v->op == PRODA_OP_SETTING && job->kind == JOB_CREATE) {
    fprintf(out, "settings[SET_%s].value[0]", e->manifest->setting[v->index].name);
    return;
  }
  print_stored(out, v, proda_emit_name(e, value), v->dims, strength);
}

void proda_emit_value(struct job *job, FILE *out, size_t value, int strength)
{
  struct emission *e = job->e;
  const struct proda_value *v = proda_job_value(job, value);
  if (job->source[value] == SOURCE_LOAD)
    print_load(job, out, value, strength);
  else if (job->form[value] == FORM_INLINE)
    proda_emit_operation(job, out, value, strength);
  else if (!proda_job_is_array(v) && proda_moment_sees(job->moment[value], job->now))
    fputs(proda_emit_name(e, value), out);
  else
    fprintf(out, "%s_all[%s]", proda_emit_name(e, value), proda_emit_index(v->dims));
}

void proda_emit_lane(struct job *job, FILE *out, size_t value, int strength)
{
  bool splat = job->lanes && proda_emit_is_uniform(job, value);
  if (!splat) {
    proda_emit_value(job, out, value, strength);
    return;
  }
  fputs("lane_splat(", out);
  proda_emit_value(job, out, value, 0);
  fputc(')', out);
}

static void print_call(struct job *job, FILE *out, const char *lanes, const char *doubles,
                       const struct proda_value *v)
{
  fprintf(out, "%s(", job->lanes ? lanes : doubles);
  for (size_t i = 0; i < v->n_arguments; i++) {
    fputs(i > 0 ? ", " : "", out);
    proda_emit_lane(job, out, v->argument[i], 0);
  }
  fputc(')', out);
}

static void print_infix(struct job *job, FILE *out, const char *sign, int own, int right,
                        const struct proda_value *v, int strength)
{
  open(out, own, strength);
  proda_emit_value(job, out, v->argument[0], own);
  fprintf(out, " %s ", sign);
  proda_emit_value(job, out, v->argument[1], right);
  close(out, own, strength);
}

/** A condition as a mask also where it is uniform. */
static void print_mask(struct job *job, FILE *out, size_t value)
{
  if (!job->lanes || !proda_emit_is_uniform(job, value)) {
    proda_emit_value(job, out, value, BIND_NAME);
    return;
  }
  fputs("(lane_splat(", out);
  proda_emit_value(job, out, value, 0);
  fputs(" ? 1.0 : 0.0) != 0.0)", out);
}

/** Masks are joined by & and |, truth values by && and ||. */
static void print_logic(struct job *job, FILE *out, const char *lanes, const char *doubles,
                        const struct proda_value *v)
{
  fputc('(', out);
  print_mask(job, out, v->argument[0]);
  fprintf(out, " %s ", job->lanes ? lanes : doubles);
  print_mask(job, out, v->argument[1]);
  fputc(')', out);
}

static void print_select(struct job *job, FILE *out, const struct proda_value *v, int strength)
{
  if (job->lanes && !proda_emit_is_uniform(job, v->argument[0])) {
    fputs("lane_select(", out);
    proda_emit_value(job, out, v->argument[0], 0);
    fputs(", ", out);
    proda_emit_lane(job, out, v->argument[1], 0);
    fputs(", ", out);
    proda_emit_lane(job, out, v->argument[2], 0);
    fputc(')', out);
    return;
  }
  open(out, BIND_CHOICE, strength);
  proda_emit_value(job, out, v->argument[0], BIND_OR);
  fputs(" ? ", out);
  proda_emit_lane(job, out, v->argument[1], BIND_OR);
  fputs(" : ", out);
  proda_emit_lane(job, out, v->argument[2], BIND_CHOICE);
  close(out, BIND_CHOICE, strength);
}

static void print_prefix(struct job *job, FILE *out, const char *sign, const struct proda_value *v,
                         int strength)
{
  open(out, BIND_SIGN, strength);
  fputs(sign, out);
  proda_emit_value(job, out, v->argument[0], BIND_NAME);
  close(out, BIND_SIGN, strength);
}

/** A function of the plugin's own takes lanes and gives one. */
static void print_function(struct job *job, FILE *out, const struct proda_value *v)
{
  const struct proda_function *f = &job->e->manifest->function[v->index];
  size_t derivative = (size_t)v->number;
  fprintf(out, "%s(", derivative ? f->derivative[derivative - 1] : f->name);
  for (size_t i = 0; i < v->n_arguments; i++) {
    bool splat = !job->lanes || proda_emit_is_uniform(job, v->argument[i]);
    fputs(i > 0 ? ", " : "", out);
    fputs(splat ? "lane_splat(" : "", out);
    proda_emit_value(job, out, v->argument[i], 0);
    fputs(splat ? ")" : "", out);
  }
  fputs(job->lanes ? ")" : ")[0]", out);
}

/* How an operation is written; what stands in no row (sums and the like) is a local variable. */
enum manner { NAME, PREFIX, CALL, INFIX, LOGIC, SELECT, FUNCTION };
static const struct notation {
  enum manner manner;
  const char *lanes, *doubles; /* of the two kinds of code; infix: the first */
  int binds, right;            /* infix: how strongly it binds, and its right side must */
} notation[] = {
    [PRODA_OP_NEGATE] = {PREFIX, "-", "-", 0, 0},
    [PRODA_OP_NOT] = {PREFIX, "~", "!", 0, 0},
    [PRODA_OP_EXP] = {CALL, "lane_exp", "exp", 0, 0},
    [PRODA_OP_LOG] = {CALL, "lane_log", "log", 0, 0},
    [PRODA_OP_SQRT] = {CALL, "lane_sqrt", "sqrt", 0, 0},
    [PRODA_OP_ABS] = {CALL, "lane_abs", "fabs", 0, 0},
    [PRODA_OP_PRESCRIBED] = {CALL, "lane_isnan", "isnan", 0, 0},
    [PRODA_OP_POWER] = {CALL, "pow", "pow", 0, 0},
    [PRODA_OP_MIN] = {CALL, "lane_min", "proda_min", 0, 0},
    [PRODA_OP_MAX] = {CALL, "lane_max", "proda_max", 0, 0},
    [PRODA_OP_ADD] = {INFIX, "+", NULL, BIND_SUM, BIND_PRODUCT},
    [PRODA_OP_SUBTRACT] = {INFIX, "-", NULL, BIND_SUM, BIND_PRODUCT},
    [PRODA_OP_MULTIPLY] = {INFIX, "*", NULL, BIND_PRODUCT, BIND_SIGN},
    [PRODA_OP_DIVIDE] = {INFIX, "/", NULL, BIND_PRODUCT, BIND_SIGN},
    [PRODA_OP_LESS] = {INFIX, "<", NULL, BIND_LESS, BIND_SUM},
    [PRODA_OP_LESS_EQUAL] = {INFIX, "<=", NULL, BIND_LESS, BIND_SUM},
    [PRODA_OP_EQUAL] = {INFIX, "==", NULL, BIND_EQUAL, BIND_LESS},
    [PRODA_OP_AND] = {LOGIC, "&", "&&", 0, 0},
    [PRODA_OP_OR] = {LOGIC, "|", "||", 0, 0},
    [PRODA_OP_SELECT] = {.manner = SELECT},
    [PRODA_OP_CALL] = {.manner = FUNCTION},
};

void proda_emit_operation(struct job *job, FILE *out, size_t value, int strength)
{
  const struct proda_value *v = proda_job_value(job, value);
  static const struct notation local = {.manner = NAME};
  const struct notation *n =
      (size_t)v->op < sizeof notation / sizeof *notation ? &notation[v->op] : &local;
  switch (n->manner) {
  case PREFIX:
    print_prefix(job, out, job->lanes ? n->lanes : n->doubles, v, strength);
    return;
  case CALL:
    print_call(job, out, n->lanes, n->doubles, v);
    return;
  case INFIX:
    print_infix(job, out, n->lanes, n->binds, n->right, v, strength);
    return;
  case LOGIC:
    print_logic(job, out, n->lanes, n->doubles, v);
    return;
  case SELECT:
    print_select(job, out, v, strength);
    return;
  case FUNCTION:
    print_function(job, out, v);
    return;
  case NAME:
    fputs(proda_emit_name(job->e, value), out);
    return;
  }
}
