#include <stdlib.h>
#include <string.h>

#include "formula/emit.h"

enum { DESCRIBED_DEPTH = 8 };

/** What generated functions use themselves, and what C and its mathematics have. */
static bool is_taken(const char *name)
{
  static const char *const word[] = {
      "auto",      "break",   "case",      "char",     "const",    "continue", "default",
      "do",        "double",  "else",      "enum",     "extern",   "float",    "for",
      "goto",      "if",      "inline",    "int",      "long",     "register", "restrict",
      "return",    "short",   "signed",    "sizeof",   "static",   "struct",   "switch",
      "typedef",   "union",   "unsigned",  "void",     "volatile", "while",    "asm",
      "typeof",    "lane",    "lane_mask", "self",     "model",    "site",     "at",
      "parameter", "terms",   "pools",     "inflow",   "layer",    "month",    "n_months",
      "driver",    "forcing", "error",     "made",     "shape",    "settings", "direction",
      "slope",     "out",     "refused",   "tangent",  "kept",     "i",        "mixing",
      "exp",       "log",     "pow",       "sqrt",     "fabs",     "mix",      "gamma",
      "j0",        "j1",      "jn",        "y0",       "y1",       "yn",       "signgam",
      "linux",     "unix",    "NAN",       "INFINITY", "N_LAYERS", "NULL",     "size_t",
      "main",      "carried", "record",    "malloc",   "free",     "time",     "index",
      "div",       "abs",     "NULL",      "bool",     "true",     "false",
  };
  for (size_t i = 0; i < sizeof word / sizeof *word; i++)
    if (strcmp(word[i], name) == 0)
      return true;
  return false;
}

static bool is_used(const struct emission *e, const char *name)
{
  for (size_t v = 0; v < e->graph->n; v++)
    if (e->name[v] && strcmp(e->name[v], name) == 0)
      return true;
  for (size_t i = 0; i < e->manifest->n_functions; i++)
    if (strcmp(e->manifest->function[i].name, name) == 0)
      return true;
  return false;
}

/** A number behind those of base_2, base_3, ... that are used; where a formula's own name looks
 * like one of them it may be used too. */
static size_t next_number(const struct emission *e, const char *base)
{
  size_t length = strlen(base), last = 1;
  for (size_t v = 0; v < e->graph->n; v++)
    if (e->name[v] && strncmp(e->name[v], base, length) == 0 && e->name[v][length] == '_') {
      size_t number = strtoul(e->name[v] + length + 1, NULL, 10);
      last = number > last && number <= e->graph->n ? number : last;
    }
  return last + 1;
}

/** What an operation on something suggests; NULL where it says nothing. */
static const char *prefix_of(enum proda_op op)
{
  static const struct {
    enum proda_op op;
    const char *prefix;
  } prefix[] = {{PRODA_OP_LOG, "log"},
                {PRODA_OP_SQRT, "root"},
                {PRODA_OP_SUM, "sum"},
                {PRODA_OP_CUMULATIVE, "down_to"},
                {PRODA_OP_LEAST, "least"},
                {PRODA_OP_GREATEST, "greatest"},
                {PRODA_OP_CHANGE, "change"},
                {PRODA_OP_BELOW, "below"},
                {PRODA_OP_PRESCRIBED, "prescribed"},
                {PRODA_OP_NEGATE, "minus"}};
  for (size_t i = 0; i < sizeof prefix / sizeof *prefix; i++)
    if (prefix[i].op == op)
      return prefix[i].prefix;
  return NULL;
}

/** What the value is called, or what its operation suggests; "" where neither says. */
static void suggest(struct emission *e, size_t value, char *name, size_t size)
{
  static const char *const row[] = {"dz", "node", "interface", "top"};
  const struct proda_manifest *m = e->manifest;
  const struct proda_value *v = &e->graph->value[value];
  const char *leaf = v->op == PRODA_OP_DRIVER      ? m->driver[v->index].name
                     : v->op == PRODA_OP_PARAMETER ? m->parameter[v->index].name
                     : v->op == PRODA_OP_POOL      ? m->pool[v->index]
                     : v->op == PRODA_OP_SETTING   ? m->setting[v->index].name
                     : v->op == PRODA_OP_MONTHS    ? "months"
                     : v->op == PRODA_OP_BEFORE    ? "carried"
                                                   : NULL;
  *name = '\0';
  if (!leaf && e->defined[value])
    leaf = e->defined[value]->name;
  if (leaf)
    snprintf(name, size, "%s", leaf);
  else if (v->op == PRODA_OP_DIRECTION)
    snprintf(name, size, "d_%s", m->parameter[v->index].name);
  else if (v->op == PRODA_OP_INFLOW)
    snprintf(name, size, "inflow_%s", m->pool[v->index]);
  else if (v->op == PRODA_OP_MIXING)
    snprintf(name, size, "mixing_%zu", v->index);
  else if (v->op == PRODA_OP_GRID)
    snprintf(name, size, "%s", row[v->index]);
  if (*name || v->n_arguments == 0)
    return;
  char inner[200];
  const struct proda_value *a = &e->graph->value[v->argument[0]];
  bool inverse = v->op == PRODA_OP_DIVIDE && a->op == PRODA_OP_NUMBER && a->number == 1;
  const char *prefix = inverse ? "per" : prefix_of(v->op);
  if (!prefix)
    return;
  suggest(e, v->argument[inverse ? 1 : 0], inner, sizeof inner);
  if (*inner && strlen(inner) <= 40)
    snprintf(name, size, "%s_%s", prefix, inner);
}

/** What it is a term of, or "for_xi": what it is part of. */
static void name_after_user(struct emission *e, size_t value, char *name, size_t size)
{
  const char *user = e->hint[value];
  const char *prefix = user ? "" : "for_";
  for (size_t v = e->user[value]; !user && v; v = e->user[v])
    user = e->hint[v];
  snprintf(name, size, "%s%s", prefix, user ? user : "it");
}

const char *proda_emit_name(struct emission *e, size_t value)
{
  char name[256], base[224];
  if (e->name[value])
    return e->name[value];
  suggest(e, value, base, sizeof base);
  if (!*base)
    name_after_user(e, value, base, sizeof base);
  snprintf(name, sizeof name, "%s%s", base, is_taken(base) ? "_" : "");
  for (size_t k = 0; is_used(e, name); k++) {
    k = k ? k : next_number(e, base);
    snprintf(name, sizeof name, "%s_%zu", base, k);
  }
  e->name[value] = strdup(name);
  if (!e->name[value]) {
    e->failed = true;
    return "";
  }
  return e->name[value];
}

/* ---- descriptions ---- */

static const char *sign_of(enum proda_op op)
{
  static const char *const sign[] = {
      [PRODA_OP_ADD] = "+",         [PRODA_OP_SUBTRACT] = "-", [PRODA_OP_MULTIPLY] = "*",
      [PRODA_OP_DIVIDE] = "/",      [PRODA_OP_POWER] = "^",    [PRODA_OP_LESS] = "<",
      [PRODA_OP_LESS_EQUAL] = "<=", [PRODA_OP_EQUAL] = "==",   [PRODA_OP_AND] = "and",
      [PRODA_OP_OR] = "or"};
  return op >= PRODA_OP_ADD && op <= PRODA_OP_OR && sign[op] ? sign[op] : NULL;
}

static const char *function_of(const struct emission *e, const struct proda_value *v)
{
  static const char *const name[] = {[PRODA_OP_NEGATE] = "-",
                                     [PRODA_OP_NOT] = "not ",
                                     [PRODA_OP_EXP] = "exp",
                                     [PRODA_OP_LOG] = "log",
                                     [PRODA_OP_SQRT] = "sqrt",
                                     [PRODA_OP_ABS] = "abs",
                                     [PRODA_OP_PRESCRIBED] = "prescribed",
                                     [PRODA_OP_MIN] = "min",
                                     [PRODA_OP_MAX] = "max",
                                     [PRODA_OP_SELECT] = "where",
                                     [PRODA_OP_SUM] = "sum",
                                     [PRODA_OP_LEAST] = "min",
                                     [PRODA_OP_GREATEST] = "max",
                                     [PRODA_OP_ANY] = "any",
                                     [PRODA_OP_ALL] = "all",
                                     [PRODA_OP_CUMULATIVE] = "cumulative",
                                     [PRODA_OP_BELOW] = "below",
                                     [PRODA_OP_CHANGE] = "change",
                                     [PRODA_OP_PERIODIC] = "periodic"};
  return v->op == PRODA_OP_CALL ? e->manifest->function[v->index].name : name[v->op];
}

/** A shared part is told wherever it is used: so deep, and no deeper. */
static void describe(struct emission *e, FILE *out, size_t value, bool top, int depth)
{
  const struct proda_value *v = &e->graph->value[value];
  bool over = v->op >= PRODA_OP_SUM && v->op <= PRODA_OP_CHANGE;
  const char *sign = sign_of(v->op);
  if (v->op == PRODA_OP_NUMBER) {
    proda_emit_number(out, v->number);
  } else if (v->op < PRODA_OP_NEGATE || (e->defined[value] && !top)) {
    char name[240];
    suggest(e, value, name, sizeof name);
    fputs(name, out);
  } else if (depth == 0) {
    fputs("...", out);
  } else if (sign) {
    fputs(top ? "" : "(", out);
    describe(e, out, v->argument[0], false, depth - 1);
    fprintf(out, " %s ", sign);
    describe(e, out, v->argument[1], false, depth - 1);
    fputs(top ? "" : ")", out);
  } else {
    fprintf(out, "%s(%s", function_of(e, v),
            !over                         ? ""
            : v->index == PRODA_DIM_LAYER ? "layer, "
                                          : "month, ");
    for (size_t i = 0; i < v->n_arguments; i++) {
      fputs(i > 0 ? ", " : "", out);
      describe(e, out, v->argument[i], true, depth - 1);
    }
    fputc(')', out);
  }
}

void proda_emit_description(struct emission *e, FILE *out, size_t value, bool top)
{
  describe(e, out, value, top, DESCRIBED_DEPTH);
}
