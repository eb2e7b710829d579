#include <stdlib.h>
#include <string.h>

#include "formula/emit_variant.h"

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
  e->defined = calloc(n, sizeof(void *));
  e->hint = calloc(n, sizeof *e->hint);
  e->user = calloc(n, sizeof *e->user);
  bool all = e->name && e->row && e->defined && e->hint && e->user && store_new(&e->table, n) &&
             store_new(&e->create, n) && store_new(&e->site, n) && store_new(&e->carry, n);
  if (!all)
    return proda_variant_out_of_memory(v, error);
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

/** Of the state first, as they ask the draw for what they need; then of the draw, of the site and
 * of the instance. */
static void print_functions(struct variant *v)
{
  const struct proda_manifest *m = v->program->manifest;
  char mixing[1024] = "", *before = NULL;
  size_t size;
  bool nonlinear = false;
  proda_variant_find_rows(v);
  for (size_t c = 0; c < m->n_channels; c++)
    nonlinear = nonlinear || !m->channel[c].linear;
  if (nonlinear)
    proda_variant_print(v, JOB_LANES, true, true, proda_rows_of_rates, &rates);
  if (v->n_slopes > 0)
    proda_variant_print(v, JOB_LANES, true, true, proda_rows_of_slopes, &slopes);
  if (m->n_steady > 0)
    proda_variant_print(v, JOB_LANES, true, true, proda_rows_of_steady, &steady);
  if (m->n_refusals > 0)
    proda_variant_print(v, JOB_LANES, true, true, proda_rows_of_refusal, &judge);
  proda_variant_print(v, JOB_LANES, false, false, proda_rows_of_terms, &terms);
  if (m->n_quantities > 0)
    proda_variant_print(v, JOB_LANES, true, false, proda_rows_of_quantities, &quantities);
  if (v->has_tangent)
    proda_variant_print(v, JOB_LANES, true, false, proda_rows_of_tangents, &tangent);
  mixing_call(v, mixing, sizeof mixing);
  FILE *lines = open_memstream(&before, &size);
  if (!lines) {
    v->e.failed = true;
    return;
  }
  fputs(mixing, lines);
  proda_variant_months(v, lines);
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
  proda_variant_print(v, JOB_SITE, false, false, proda_rows_of_site, &site);
  free(before);
  proda_variant_print(v, JOB_CREATE, false, false, proda_rows_of_create, &create);
}

static int put_together(struct variant *v, struct variant_text *text, struct proda_error *error)
{
  size_t size;
  FILE *out = open_memstream(&text->functions, &size);
  if (!out)
    return proda_variant_out_of_memory(v, error);
  for (int k = 0; k < N_PARTS; k++)
    fputs(v->part[k] ? v->part[k] : "", out);
  proda_variant_extensions(v, out);
  text->has_rates = v->part[PART_RATES];
  text->has_quantities = v->part[PART_QUANTITIES];
  text->has_tangent = v->part[PART_TANGENT];
  return fclose(out) != 0 ? proda_variant_out_of_memory(v, error) : PRODA_OK;
}

int proda_emit_variant(const struct proda_manifest *manifest, size_t variant, const char *suffix,
                       struct variant_text *text, struct proda_error *error)
{
  struct variant v = {.e.manifest = manifest};
  *text = (struct variant_text){NULL, NULL, false, false, false};
  int status = proda_program_new(manifest, variant, &v.program, error);
  if (!status)
    status = proda_variant_derive(&v, error);
  if (!status)
    status = emission_new(&v, suffix, error);
  if (!status) {
    print_functions(&v);
    status = proda_variant_declare(&v, text, error);
  }
  if (!status)
    status = v.e.failed ? proda_variant_out_of_memory(&v, error) : put_together(&v, text, error);
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
