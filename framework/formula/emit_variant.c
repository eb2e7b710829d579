#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formula/emit.h"
#include "yaml/yaml.h"

/** The slopes of the rates that depend on pools. */
struct slope {
  size_t channel, pool, value;
};

/** Functions in the order in which they are read; they are made in another. */
enum part {
  PART_CREATE,
  PART_MONTHS,
  PART_SITE,
  PART_TERMS,
  PART_RATES,
  PART_SLOPES,
  PART_STEADY,
  PART_JUDGE,
  PART_QUANTITIES,
  PART_TANGENT,
  N_PARTS,
};

/** A variant being written: its program with everything that is derived from it. */
struct variant {
  struct proda_program *program;
  struct emission e;
  size_t zero, refusal; /**< 0; whether any refusal holds */
  size_t n_slopes;
  struct slope *slope;
  size_t *tangent; /**< of modifiers, inputs, rates, fractions, bands, in this order */
  bool has_tangent;
  size_t recursion; /**< that is being written */
  char *part[N_PARTS];
};

/** What a function is, beside the values that it computes. */
struct function {
  enum part part;
  const char *comment;
  const char *signature;      /**< with %s for the suffix */
  const char *const *words;   /**< names of its arguments */
  const char *before, *after; /**< lines around the values; NULL for none */
  const char *months;         /**< how many there are; NULL: as many as the model has */
  const char *driver;         /**< where drivers are; NULL: it has none */
};

/* ---- derivatives ---- */

static int out_of_memory(const struct variant *v, struct proda_error *error)
{
  return proda_error_set(error, "%s: out of memory", v->e.manifest->path);
}

static int derive_slopes(struct variant *v, struct proda_error *error)
{
  const struct proda_manifest *m = v->program->manifest;
  v->slope = calloc(m->n_channels * m->n_pools + 1, sizeof *v->slope);
  if (!v->slope)
    return out_of_memory(v, error);
  for (size_t c = 0; c < m->n_channels; c++)
    for (size_t p = 0; p < m->n_pools && !m->channel[c].linear; p++) {
      size_t value = proda_graph_slope(v->program->graph, v->program->rate[c], p);
      if (!proda_value_is(v->program->graph, value, 0))
        v->slope[v->n_slopes++] = (struct slope){c, p, value};
    }
  return PRODA_OK;
}

static void derive_row(struct variant *v, size_t n, const size_t *value, size_t *at)
{
  for (size_t i = 0; i < n; i++)
    v->tangent[(*at)++] = proda_graph_tangent(v->program->graph, value[i]);
}

static int derive_tangents(struct variant *v, struct proda_error *error)
{
  const struct proda_program *p = v->program;
  const struct proda_manifest *m = p->manifest;
  size_t n = m->n_modifiers + m->n_inputs + m->n_channels + m->n_transfers + 3, at = 0;
  v->tangent = calloc(n, sizeof *v->tangent);
  if (!v->tangent)
    return out_of_memory(v, error);
  derive_row(v, m->n_modifiers, p->modifier, &at);
  derive_row(v, m->n_inputs, p->input, &at);
  derive_row(v, m->n_channels, p->rate, &at);
  derive_row(v, m->n_transfers, p->fraction, &at);
  derive_row(v, p->has_transport ? 3 : 0, p->transport, &at);
  return PRODA_OK;
}

/** Per value, a function among what it is made of whose derivative the plugin does not offer. */
static const char **find_lacking(const struct variant *v)
{
  const struct proda_graph *graph = v->program->graph;
  const struct proda_function *function = v->program->manifest->function;
  const char **lacking = calloc(graph->n, sizeof *lacking);
  for (size_t i = 0; lacking && i < graph->n; i++) {
    const struct proda_value *x = &graph->value[i];
    if (x->op == PRODA_OP_CALL && x->number > 0 && !function[x->index].derivative)
      lacking[i] = function[x->index].name;
    for (size_t k = 0; k < x->n_arguments && !lacking[i]; k++)
      lacking[i] = lacking[x->argument[k]];
  }
  return lacking;
}

/** Newton's method needs the slopes; beside a closed form they may be missing. */
static int check_slopes(struct variant *v, const char *const *lacking, struct proda_error *error)
{
  const struct proda_manifest *m = v->program->manifest;
  for (size_t k = 0; k < v->n_slopes; k++) {
    const char *function = lacking[v->slope[k].value];
    if (!function)
      continue;
    if (m->n_steady == 0)
      return proda_yaml_error(m->document, m->channel[v->slope[k].channel].rate_node, error,
                              "this rate calls '%s' of the pool '%s', so that Newton's method "
                              "needs its derivative: name the functions that give it, "
                              "'derivatives' of '%s', or state the closed form of the state, "
                              "'steady'",
                              function, m->pool[v->slope[k].pool], function);
    v->n_slopes = 0;
  }
  return PRODA_OK;
}

static int check_derivatives(struct variant *v, struct proda_error *error)
{
  const struct proda_manifest *m = v->program->manifest;
  size_t n = m->n_modifiers + m->n_inputs + m->n_channels + m->n_transfers +
             (v->program->has_transport ? 3 : 0);
  const char **lacking = find_lacking(v);
  int status = lacking ? check_slopes(v, lacking, error) : out_of_memory(v, error);
  v->has_tangent = true;
  for (size_t i = 0; lacking && i < n; i++)
    v->has_tangent = v->has_tangent && !lacking[v->tangent[i]];
  free(lacking);
  return status;
}

static int derive(struct variant *v, struct proda_error *error)
{
  struct proda_program *p = v->program;
  v->zero = v->refusal = proda_graph_number(p->graph, 0);
  for (size_t i = 0; i < p->manifest->n_refusals; i++)
    v->refusal = proda_graph_two(p->graph, PRODA_OP_OR, v->refusal, p->refusal[i]);
  if (derive_slopes(v, error) || derive_tangents(v, error))
    return PRODA_ERROR;
  return p->graph->failed ? out_of_memory(v, error) : check_derivatives(v, error);
}

/* ---- memory ---- */

static bool store_new(struct store *store, size_t n)
{
  store->value = calloc(n, sizeof *store->value);
  store->place = calloc(n, sizeof *store->place);
  return store->value && store->place;
}

static void store_free(struct store *store)
{
  free(store->value);
  free(store->place);
}

static void hint(struct emission *e, size_t value, const char *name)
{
  if (!e->hint[value])
    e->hint[value] = name;
}

/** What values are called: definitions first, then what they are a term of. */
static void find_names(struct variant *v)
{
  struct emission *e = &v->e;
  const struct proda_program *p = v->program;
  const struct proda_manifest *m = e->manifest;
  for (size_t i = p->n_named; i-- > 0;)
    e->defined[p->named[i].value] = p->named[i].formula;
  for (size_t i = 0; i < e->graph->n; i++) {
    const struct proda_value *x = &e->graph->value[i];
    if (x->op < PRODA_OP_NEGATE)
      e->defined[i] = NULL;
    else if (e->defined[i])
      hint(e, i, e->defined[i]->name);
    for (size_t k = 0; k < x->n_arguments; k++)
      if (!e->user[x->argument[k]])
        e->user[x->argument[k]] = i;
  }
  for (size_t i = 0; i < m->n_inputs; i++)
    hint(e, p->input[i], m->pool[m->input[i]]);
  for (size_t i = 0; i < m->n_channels; i++)
    hint(e, p->rate[i], m->channel[i].name);
  for (size_t i = 0; i < m->n_transfers; i++)
    hint(e, p->fraction[i], m->transfer[i].name);
  hint(e, p->transport[0], "lower");
  hint(e, p->transport[1], "diagonal");
  hint(e, p->transport[2], "upper");
  for (size_t i = 0; i < m->n_quantities; i++)
    hint(e, p->quantity[i], m->quantity[i].name);
}

static int emission_new(struct variant *v, const char *suffix, struct proda_error *error)
{
  struct emission *e = &v->e;
  size_t n = v->program->graph->n;
  e->program = v->program;
  e->graph = v->program->graph;
  snprintf(e->suffix, sizeof e->suffix, "%s", suffix);
  snprintf(e->created, sizeof e->created, "self->created%s.", suffix);
  e->name = calloc(n, sizeof *e->name);
  e->row = calloc(n, sizeof *e->row);
  e->defined = calloc(n, sizeof *e->defined);
  e->hint = calloc(n, sizeof *e->hint);
  e->user = calloc(n, sizeof *e->user);
  bool all = e->name && e->row && e->defined && e->hint && e->user && store_new(&e->table, n) &&
             store_new(&e->create, n) && store_new(&e->site, n) && store_new(&e->carry, n);
  if (!all)
    return out_of_memory(v, error);
  find_names(v);
  return PRODA_OK;
}

static void emission_free(struct emission *e)
{
  for (size_t i = 0; e->graph && i < e->graph->n; i++) {
    free(e->name ? e->name[i] : NULL);
    free(e->row ? e->row[i] : NULL);
  }
  free(e->name);
  free(e->row);
  free(e->defined);
  free(e->hint);
  free(e->user);
  store_free(&e->table);
  store_free(&e->create);
  store_free(&e->site);
  store_free(&e->carry);
}

/* ---- functions ---- */

/** Whether a text has the word. */
static bool mentions(const char *text, const char *word)
{
  size_t length = strlen(word);
  for (const char *at = text; (at = strstr(at, word)); at += length) {
    bool start = at == text || !(isalnum((unsigned char)at[-1]) || at[-1] == '_');
    if (start && !isalnum((unsigned char)at[length]) && at[length] != '_')
      return true;
  }
  return false;
}

/** What the body needs before it, and what it does not use. */
static void print_preamble(const struct variant *v, FILE *out, const char *body,
                           const struct function *f)
{
  const char *suffix = v->e.suffix;
  bool months = mentions(body, "n_months"), at = mentions(body, "at"),
       kept = mentions(body, "kept"), driver = f->driver && mentions(body, "driver");
  bool self = mentions(body, "made")
                  ? false
                  : (months && !f->months) || at || kept || mentions(body, "self");
  if (self)
    fprintf(out, "  const struct model *self = model;\n");
  for (const char *const *word = f->words; *word; word++) {
    bool before =
        (self && strcmp(*word, "model") == 0) || (driver && strcmp(*word, "forcing") == 0);
    if (!before && !mentions(body, *word))
      fprintf(out, "  (void)%s;\n", *word);
  }
  if (driver)
    fprintf(out, "  const double *const *driver = %s;\n", f->driver);
  if (months)
    fprintf(out, "  const size_t n_months = %s;\n",
            f->months ? f->months
            : self    ? "self->n_months"
                      : "made->n_months");
  if (at)
    fprintf(out, "  const struct site_layout%s at = site_layout%s(self->n_months);\n", suffix,
            suffix);
  if (kept)
    fprintf(out, "  const struct carry_layout%s kept = carry_layout%s(self->n_months);\n", suffix,
            suffix);
}

static char *body_of(struct job *job, const struct function *f)
{
  char *body = NULL;
  size_t size;
  FILE *stream = open_memstream(&body, &size);
  if (!stream)
    return NULL;
  fputs(f->before ? f->before : "", stream);
  proda_emit_body(job, stream);
  fputs(f->after ? f->after : "", stream);
  return fclose(stream) == 0 ? body : NULL;
}

static void print_function(struct variant *v, struct job *job, const struct function *f)
{
  size_t size;
  proda_job_collect(job);
  if (v->e.failed)
    return;
  proda_job_schedule(job);
  char *body = body_of(job, f);
  FILE *out = body ? open_memstream(&v->part[f->part], &size) : NULL;
  if (!out) {
    v->e.failed = true;
    free(body);
    return;
  }
  fprintf(out, "\n/* %s */\n", f->comment);
  fprintf(out, f->signature, v->e.suffix); // NOLINT(clang-diagnostic-format-nonliteral)
  fprintf(out, "\n{\n");
  print_preamble(v, out, body, f);
  fprintf(out, "%s}\n", body);
  free(body);
  if (fclose(out) != 0)
    v->e.failed = true;
}

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
static void find_rows(struct variant *v)
{
  struct job job;
  if (proda_job_start(&job, &v->e, JOB_LANES))
    add_rows(v, &job, "terms", false);
  proda_job_end(&job);
}

static void add_rates(struct variant *v, struct job *job)
{
  const struct proda_manifest *m = v->program->manifest;
  for (size_t c = 0; c < m->n_channels; c++)
    if (!m->channel[c].linear)
      row(v, job, v->program->rate[c], "terms->rate", "CH_", m->channel[c].name, false);
}

static void add_slopes(struct variant *v, struct job *job)
{
  char place[24];
  for (size_t k = 0; k < v->n_slopes; k++) {
    snprintf(place, sizeof place, "%zu", k);
    row(v, job, v->slope[k].value, "slope", "", place, false);
  }
}

static void add_steady(struct variant *v, struct job *job)
{
  const struct proda_manifest *m = v->program->manifest;
  for (size_t i = 0; i < m->n_steady; i++)
    if (proda_manifest_pool(m, m->steady[i].name) >= 0)
      row(v, job, v->program->steady[i], "pools", "POOL_", m->steady[i].name, false);
}

static void add_refusal(struct variant *v, struct job *job)
{
  proda_job_root(job, v->refusal, 0, "const lane refuses", NULL, "");
}

static void add_quantities(struct variant *v, struct job *job)
{
  const struct proda_manifest *m = v->program->manifest;
  char place[100];
  for (size_t i = 0; i < m->n_quantities; i++) {
    snprintf(place, sizeof place, "QUANTITY_%s", m->quantity[i].name);
    proda_job_root(job, v->program->quantity[i], 0, "out", place, "");
  }
}

static void add_tangents(struct variant *v, struct job *job)
{
  add_rows(v, job, "tangent", true);
}

/** What earlier functions of a state want of the draw is a root of its terms. */
static void add_terms(struct variant *v, struct job *job)
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

static void add_site(struct variant *v, struct job *job)
{
  struct emission *e = &v->e;
  char offset[300];
  for (size_t k = 0; k < e->site.n; k++) {
    size_t value = e->site.value[k];
    snprintf(offset, sizeof offset, "at.%s", proda_emit_name(e, value));
    proda_job_root(job, value, e->graph->value[value].dims, "site", offset, "[i]");
  }
}

static void add_create(struct variant *v, struct job *job)
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

/* ---- functions ---- */

/** Coefficients of mixing are made by one call, of three drivers. */
static void mixing_call(const struct variant *v, char *text, size_t size)
{
  const struct proda_manifest *m = v->program->manifest;
  const struct proda_graph *graph = v->e.graph;
  for (size_t i = 0; i < v->e.site.n; i++) {
    const struct proda_value *x = &graph->value[v->e.site.value[i]];
    if (x->op != PRODA_OP_MIXING)
      continue;
    const char *driver[3];
    for (int k = 0; k < 3; k++)
      driver[k] = m->driver[graph->value[x->argument[k]].index].name;
    snprintf(text, size,
             "  double mixing[PRODA_MIXING_SIZE(N_LAYERS)];\n"
             "  const struct proda_mixing forcing_of_mixing = {\n"
             "      N_LAYERS, LAYER_DZ, LAYER_NODE, LAYER_INTERFACE, n_months,\n"
             "      driver[DRIVER_%s], driver[DRIVER_%s], driver[DRIVER_%s]};\n"
             "  proda_mixing_site(&forcing_of_mixing, mixing);\n",
             driver[0], driver[1], driver[2]);
    return;
  }
}

static void print_job(struct variant *v, enum job_kind kind, bool of_state, bool makes_carry,
                      void (*add)(struct variant *, struct job *), const struct function *f)
{
  struct job job;
  if (proda_job_start(&job, &v->e, kind)) {
    job.of_state = of_state;
    job.makes_carry = makes_carry;
    add(v, &job);
    print_function(v, &job, f);
  }
  proda_job_end(&job);
}

static const struct function rates = {
    .part = PART_RATES,
    .comment = "Rates of the channels that are not linear, at a state.",
    .signature = "static void rates%s(const void *model, const lane *site, const lane *parameter,\n"
                 "                  const struct proda_terms *terms, const lane *pools)",
    .words = (const char *const[]){"model", "site", "parameter", "terms", "pools", NULL},
};

static const struct function slopes = {
    .part = PART_SLOPES,
    .comment = "Derivatives of those rates with respect to pools, as slope_of lists them.",
    .signature =
        "static void slopes%s(const void *model, const lane *site, const lane *parameter,\n"
        "                   const struct proda_terms *terms, const lane *pools,\n"
        "                   lane *slope)",
    .words = (const char *const[]){"model", "site", "parameter", "terms", "pools", "slope", NULL},
};

static const struct function steady = {
    .part = PART_STEADY,
    .comment = "Closed form of the steady state.",
    .signature =
        "static void steady%s(const void *model, const lane *site, const lane *parameter,\n"
        "                   const struct proda_terms *terms, const lane *inflow,\n"
        "                   lane *pools)",
    .words = (const char *const[]){"model", "site", "parameter", "terms", "inflow", "pools", NULL},
};

static const struct function judge = {
    .part = PART_JUDGE,
    .comment = "States that the structure does not accept.",
    .signature = "static void judge%s(const void *model, const lane *site, const lane *parameter,\n"
                 "                  const struct proda_terms *terms, const lane *pools,\n"
                 "                  int *refused)",
    .words = (const char *const[]){"model", "site", "parameter", "terms", "pools", NULL},
    .after = "  for (int i = 0; i < PRODA_LANES; i++)\n    refused[i] = refuses[i] != 0;\n",
};

static const struct function quantities = {
    .part = PART_QUANTITIES,
    .comment = "Quantities of a solved state.",
    .signature = "static void quantities%s(const void *model, const lane *site,\n"
                 "                       const lane *parameter, const struct proda_terms *terms,\n"
                 "                       const lane *pools, lane *out)",
    .words = (const char *const[]){"model", "site", "parameter", "terms", "pools", NULL},
};

static const struct function tangent = {
    .part = PART_TANGENT,
    .comment = "How the terms change along a direction of parameters.",
    .signature =
        "static void tangent_of_terms%s(const void *model, const lane *site,\n"
        "                             const lane *parameter, const struct proda_terms *terms,\n"
        "                             const lane *pools, const lane *direction,\n"
        "                             const struct proda_terms *tangent)",
    .words =
        (const char *const[]){"model", "site", "parameter", "terms", "pools", "direction", NULL},
};

static const struct function terms = {
    .part = PART_TERMS,
    .comment = "The terms of a draw.",
    .signature = "static void terms%s(const void *model, const lane *site, const lane *parameter,\n"
                 "                  const struct proda_terms *terms)",
    .words = (const char *const[]){"model", "site", "parameter", NULL},
};

static const struct function create = {
    .part = PART_CREATE,
    .comment = "What follows from the settings.",
    .signature = "static void prepare%s(struct model *made, const struct proda_setting *settings)",
    .words = (const char *const[]){"made", "settings", NULL},
};

/* ---- from month to month ---- */

static void add_step(struct variant *v, struct job *job)
{
  size_t step = v->e.graph->value[v->recursion].argument[0];
  job->carries = true;
  proda_job_root(job, step, 0, "carried", NULL, "");
  proda_job_root(job, step, PRODA_DIM_MONTH, "record", "", "");
}

/** `first` before `*text`; frees both. */
static void join(struct variant *v, char *first, char **text)
{
  size_t size = strlen(first) + (*text ? strlen(*text) : 0) + 1;
  char *joined = malloc(size);
  if (joined)
    snprintf(joined, size, "%s%s", first, *text ? *text : "");
  else
    v->e.failed = true;
  free(first);
  free(*text);
  *text = joined;
}

/** The function that goes once through the months; added to those before. */
static void print_recursion(struct variant *v, const char *name)
{
  char comment[300], signature[400];
  char *before = v->part[PART_MONTHS];
  snprintf(comment, sizeof comment, "%s, from month to month: what it is after the last.", name);
  snprintf(signature, sizeof signature,
           "static double months_of_%s%%s(const void *model, const struct proda_forcing *forcing,\n"
           "                      double carried, double *record)",
           name);
  const struct function months = {
      .part = PART_MONTHS,
      .comment = comment,
      .signature = signature,
      .words = (const char *const[]){"model", NULL},
      .driver = "forcing->record",
      .after = "  return carried;\n",
      .months = "forcing->n_record",
  };
  v->part[PART_MONTHS] = NULL;
  print_job(v, JOB_SITE, false, false, add_step, &months);
  if (before)
    join(v, before, &v->part[PART_MONTHS]);
}

/** Recursions that the site's values are made of: their functions, and, to `out`, their calls. */
static void print_recursions(struct variant *v, FILE *out)
{
  const struct proda_graph *graph = v->e.graph;
  bool *part = calloc(graph->n, sizeof *part);
  if (!part) {
    v->e.failed = true;
    return;
  }
  for (size_t k = 0; k < v->e.site.n; k++)
    proda_graph_parts(graph, v->e.site.value[k], part);
  for (size_t i = 0; i < graph->n; i++) {
    if (!part[i] || graph->value[i].op != PRODA_OP_PERIODIC)
      continue;
    const char *name = proda_emit_name(&v->e, i);
    v->recursion = i;
    print_recursion(v, name);
    fprintf(out,
            "  double record_of_%s[forcing->n_record];\n"
            "  if (proda_months_repeat(months_of_%s%s, model, forcing, ",
            name, name, v->e.suffix);
    proda_emit_number(out, graph->value[i].number);
    fprintf(
        out,
        ", record_of_%s))\n"
        "    return proda_error_set(error, \"'%s' comes out different in every repetition of the "
        "\"\n                                  \"forcing's months\"),\n           PRODA_REJECT;\n"
        "  const double *%s = record_of_%s + forcing->month;\n",
        name, name, name, name);
  }
  free(part);
}

/** Of the state first, as they ask the draw for what they need; then of the draw, of the site and
 * of the instance. */
static void print_functions(struct variant *v)
{
  const struct proda_manifest *m = v->program->manifest;
  char mixing[1024] = "", *before = NULL;
  size_t size;
  bool nonlinear = false;
  find_rows(v);
  for (size_t c = 0; c < m->n_channels; c++)
    nonlinear = nonlinear || !m->channel[c].linear;
  if (nonlinear)
    print_job(v, JOB_LANES, true, true, add_rates, &rates);
  if (v->n_slopes > 0)
    print_job(v, JOB_LANES, true, true, add_slopes, &slopes);
  if (m->n_steady > 0)
    print_job(v, JOB_LANES, true, true, add_steady, &steady);
  if (m->n_refusals > 0)
    print_job(v, JOB_LANES, true, true, add_refusal, &judge);
  print_job(v, JOB_LANES, false, false, add_terms, &terms);
  if (m->n_quantities > 0)
    print_job(v, JOB_LANES, true, false, add_quantities, &quantities);
  if (v->has_tangent)
    print_job(v, JOB_LANES, true, false, add_tangents, &tangent);
  mixing_call(v, mixing, sizeof mixing);
  FILE *lines = open_memstream(&before, &size);
  if (!lines) {
    v->e.failed = true;
    return;
  }
  fputs(mixing, lines);
  print_recursions(v, lines);
  if (fclose(lines) != 0)
    v->e.failed = true;
  const struct function site = {
      .part = PART_SITE,
      .comment = "What a site prepares.",
      .signature = "static int site%s(const void *model, const struct proda_forcing *forcing,\n"
                   "                lane *site, int i, struct proda_error *error)",
      .words = (const char *const[]){"model", "forcing", "site", "i", "error", NULL},
      .driver = "forcing->driver",
      .before = before,
      .after = "  return PRODA_OK;\n",
  };
  print_job(v, JOB_SITE, false, false, add_site, &site);
  free(before);
  print_job(v, JOB_CREATE, false, false, add_create, &create);
}

/* ---- declarations ---- */

static int print_tables(struct variant *v, FILE *out, struct proda_error *error)
{
  struct emission *e = &v->e;
  size_t L = e->manifest->grid.n_layers;
  double *number = calloc(e->graph->n * L, sizeof *number);
  if (!number)
    return out_of_memory(v, error);
  proda_graph_evaluate(e->graph, NULL, NULL, NAN, number);
  for (size_t k = 0; k < e->table.n; k++) {
    size_t value = e->table.value[k];
    fprintf(out, "\nstatic const double TABLE%s_%s[N_LAYERS] = {", e->suffix,
            proda_emit_name(e, value));
    for (size_t l = 0; l < L; l++) {
      fputs(l % 4 == 0 ? "\n    " : " ", out);
      proda_emit_number(out, number[value * L + l]);
      fputc(',', out);
    }
    fprintf(out, "\n};\n");
  }
  free(number);
  return PRODA_OK;
}

static void print_created(struct variant *v, FILE *out)
{
  struct emission *e = &v->e;
  fprintf(out, "\nstruct created%s {\n", e->suffix);
  for (size_t k = 0; k < e->create.n; k++) {
    size_t value = e->create.value[k];
    fprintf(out, "  double %s%s;\n", proda_emit_name(e, value),
            e->graph->value[value].dims ? "[N_LAYERS]" : "");
  }
  fprintf(out, "%s};\n", e->create.n == 0 ? "  char nothing;\n" : "");
}

/** A struct of offsets and the function that fills it. */
static void print_layout(struct variant *v, FILE *out, const char *name, const char *comment,
                         const struct store *store)
{
  static const char *const shape[] = {"", "[layer] ", "[month] ", "[layer][month] "};
  static const char *const size[] = {"1", "N_LAYERS", "n_months", "N_LAYERS * n_months"};
  struct emission *e = &v->e;
  fprintf(out, "\n/* %s */\nstruct %s%s {\n", comment, name, e->suffix);
  for (size_t k = 0; k < store->n; k++) {
    fprintf(out, "  size_t %s; /* %s", proda_emit_name(e, store->value[k]),
            shape[e->graph->value[store->value[k]].dims & 3u]);
    proda_emit_description(e, out, store->value[k], true);
    fprintf(out, " */\n");
  }
  fprintf(out,
          "  size_t size;\n};\n\nstatic struct %s%s %s%s(size_t n_months)\n{\n"
          "  struct %s%s at;\n  size_t size = 0;\n  (void)n_months;\n",
          name, e->suffix, name, e->suffix, name, e->suffix);
  for (size_t k = 0; k < store->n; k++)
    fprintf(out, "  at.%s = size;\n  size += %s;\n", proda_emit_name(e, store->value[k]),
            size[e->graph->value[store->value[k]].dims & 3u]);
  fprintf(out, "  at.size = size;\n  return at;\n}\n");
}

static int print_declarations(struct variant *v, struct variant_text *text,
                              struct proda_error *error)
{
  size_t size;
  FILE *out = open_memstream(&text->declarations, &size);
  if (!out)
    return out_of_memory(v, error);
  int status = print_tables(v, out, error);
  print_created(v, out);
  print_layout(v, out, "site_layout", "Where a site's numbers stand, in lanes.", &v->e.site);
  print_layout(v, out, "carry_layout", "What a draw leaves for functions of a state, in lanes.",
               &v->e.carry);
  return fclose(out) != 0 ? out_of_memory(v, error) : status;
}

/** The tables of functions that the extensions are. */
static void print_extensions(const struct variant *v, FILE *out)
{
  const struct proda_manifest *m = v->program->manifest;
  const char *s = v->e.suffix;
  if (v->n_slopes > 0) {
    fprintf(out, "\nstatic const struct proda_slope slope_of%s[] = {\n", s);
    for (size_t k = 0; k < v->n_slopes; k++)
      fprintf(out, "    {CH_%s, POOL_%s},\n", m->channel[v->slope[k].channel].name,
              m->pool[v->slope[k].pool]);
    fprintf(out, "};\n");
  }
  if (v->part[PART_RATES])
    fprintf(out,
            "\nstatic const struct proda_nonlinear_ops nonlinear_ops%s = {\n"
            "    .size = sizeof nonlinear_ops%s,\n    .rates = rates%s,\n%s%s%s%s%s%s",
            s, s, s, m->n_steady ? "    .steady = steady" : "", m->n_steady ? s : "",
            m->n_steady ? ",\n" : "", m->n_refusals ? "    .judge = judge" : "",
            m->n_refusals ? s : "", m->n_refusals ? ",\n" : "");
  if (v->part[PART_RATES] && v->n_slopes > 0)
    fprintf(out, "    .n_slopes = %zu,\n    .slope_of = slope_of%s,\n    .slopes = slopes%s,\n",
            v->n_slopes, s, s);
  if (v->part[PART_RATES])
    fprintf(out, "};\n");
  if (v->part[PART_QUANTITIES])
    fprintf(out,
            "\nstatic const struct proda_quantities_ops quantities_ops%s = {\n"
            "    .size = sizeof quantities_ops%s,\n    .fill = quantities%s,\n};\n",
            s, s, s);
  if (v->part[PART_TANGENT])
    fprintf(out,
            "\nstatic const struct proda_tangent_ops tangent_ops%s = {\n"
            "    .size = sizeof tangent_ops%s,\n    .fill = tangent_of_terms%s,\n};\n",
            s, s, s);
}

static int put_together(struct variant *v, struct variant_text *text, struct proda_error *error)
{
  size_t size;
  FILE *out = open_memstream(&text->functions, &size);
  if (!out)
    return out_of_memory(v, error);
  for (int k = 0; k < N_PARTS; k++)
    fputs(v->part[k] ? v->part[k] : "", out);
  print_extensions(v, out);
  text->has_rates = v->part[PART_RATES];
  text->has_quantities = v->part[PART_QUANTITIES];
  text->has_tangent = v->part[PART_TANGENT];
  return fclose(out) != 0 ? out_of_memory(v, error) : PRODA_OK;
}

int proda_emit_variant(const struct proda_manifest *manifest, size_t variant, const char *suffix,
                       struct variant_text *text, struct proda_error *error)
{
  struct variant v = {.e.manifest = manifest};
  *text = (struct variant_text){NULL, NULL, false, false, false};
  int status = proda_program_new(manifest, variant, &v.program, error);
  if (!status)
    status = derive(&v, error);
  if (!status)
    status = emission_new(&v, suffix, error);
  if (!status) {
    print_functions(&v);
    status = print_declarations(&v, text, error);
  }
  if (!status)
    status = v.e.failed ? out_of_memory(&v, error) : put_together(&v, text, error);
  for (int k = 0; k < N_PARTS; k++)
    free(v.part[k]);
  emission_free(&v.e);
  proda_program_free(v.program);
  free(v.slope);
  free(v.tangent);
  return status;
}

void proda_variant_text_free(struct variant_text *text)
{
  free(text->declarations);
  free(text->functions);
}
