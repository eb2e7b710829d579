#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "describe/describe.h"
#include "describe/outline.h"
#include "plugin/loader.h"

static void print_head(const struct proda_manifest *m, FILE *out)
{
  fprintf(out, "%s (%s): %s\n", m->name, proda_kind_name(m->kind), m->title);
  if (*m->doc)
    fprintf(out, "%s\n", m->doc);
  fprintf(out, "\nManifest: %s\n", m->path);
  for (size_t i = 0; i < m->n_fragments; i++)
    fprintf(out, "Includes: %s\n", m->fragment[i]);
  fprintf(out, "Digest: %s\n", m->digest);
  for (size_t i = 0; i < m->n_references; i++)
    fprintf(out, "%s %s\n", i ? "          " : "Reference:", m->reference[i]);
}

/** Length of the longest of `n` names. */
static int widest(const char *const *name, size_t n)
{
  int width = 0;
  for (size_t i = 0; i < n; i++)
    if ((int)strlen(name[i]) > width)
      width = (int)strlen(name[i]);
  return width;
}

static void print_formula(const char *name, int width, const char *text, FILE *out)
{
  fprintf(out, "  %-*s = ", width, name);
  proda_phrase_formula(text, out);
  fputc('\n', out);
}

static void print_formulas(const char *title, const struct proda_formula *formula, size_t n,
                           FILE *out)
{
  int width = 0;
  for (size_t i = 0; i < n; i++)
    if ((int)strlen(formula[i].name) > width)
      width = (int)strlen(formula[i].name);
  if (n > 0)
    fprintf(out, "\n%s:\n", title);
  for (size_t i = 0; i < n; i++)
    print_formula(formula[i].name, width, formula[i].text, out);
}

/* ---- the graph ---- */

static void print_pools(const struct outline *outline, FILE *out)
{
  const struct proda_manifest *m = outline->manifest;
  int width = widest(m->pool, m->n_pools);
  bool any = false;
  fprintf(out, "\nPools (%s) in %zu layer%s to %g m, rates per %s:\n", m->unit, m->grid.n_layers,
          m->grid.n_layers == 1 ? "" : "s", m->grid.interface[m->grid.n_layers - 1], m->time);
  for (size_t p = 0; p < m->n_pools; p++) {
    any = any || m->transported[p];
    fprintf(out, "  %-*s %s %s\n", width, m->pool[p], m->transported[p] ? "*" : " ",
            m->pool_doc[p]);
  }
  if (any)
    fprintf(out, "  %-*s   * moves between layers", width, "");
  if (any && m->n_bands == 1) {
    fputs(": ", out);
    proda_phrase_formula(m->band[0].text, out);
  }
  fputs(any && !m->transport_conserves ? "; does not conserve carbon" : "", out);
  fputs(any ? "\n" : "", out);
  if (m->n_bands == 3)
    print_formulas("Transport between layers", m->band, 3, out);
}

static void print_inputs(const struct proda_manifest *m, FILE *out)
{
  if (m->input_formula) {
    print_formulas("Plant input", m->input_formula, m->n_inputs, out);
    return;
  }
  fprintf(out, "\nPlant input, set by the plugin's code:");
  for (size_t i = 0; i < m->n_inputs; i++)
    fprintf(out, " %s", m->pool[m->input[i]]);
  fputc('\n', out);
}

/** "CWD -> CL (fl2cwd), CO2 (the rest)" */
static void print_flow(const struct outline *outline, size_t channel, size_t *transfer, FILE *out)
{
  const struct proda_manifest *m = outline->manifest;
  const struct proda_channel *c = &m->channel[channel];
  const char *separator = " -> ";
  bool some = false;
  fprintf(out, "  %s", m->pool[c->donor]);
  if (strcmp(c->name, m->pool[c->donor]) != 0)
    fprintf(out, " by %s", c->name);
  for (; *transfer < m->n_transfers && m->transfer[*transfer].channel == channel; ++*transfer) {
    const struct proda_transfer *t = &m->transfer[*transfer];
    fprintf(out, "%s%s (", separator, m->pool[t->recipient]);
    proda_phrase_formula(t->fraction_text, out);
    fputc(')', out);
    separator = ", ";
    some = true;
  }
  if (!outline->all[channel])
    fprintf(out, "%s%s (%s)", separator, c->loss, some ? "the rest" : "all");
  fputc('\n', out);
}

static void print_rate(const struct outline *outline, size_t channel, FILE *out)
{
  const struct proda_manifest *m = outline->manifest;
  const struct proda_channel *c = &m->channel[channel];
  fputs("      at ", out);
  proda_phrase_formula(proda_phrase_rate(c), out);
  if (m->modifier_formula || !m->has_formulas)
    fprintf(out, ", times %s", m->modifier[c->modifier]);
  if (c->half_saturation_text) {
    fputs(", half-saturated at ", out);
    proda_phrase_formula(c->half_saturation_text, out);
  }
  const char *separator = "; not linear: depends on ";
  for (size_t p = 0; p < m->n_pools; p++)
    if (proda_outline_controls(outline, channel, p)) {
      fprintf(out, "%s%s", separator, m->pool[p]);
      separator = ", ";
    }
  if (!c->linear && *separator == ';')
    fputs("; not linear", out);
  fputc('\n', out);
}

static void print_channels(const struct outline *outline, FILE *out)
{
  size_t transfer = 0;
  fputs("\nChannels:\n", out);
  for (size_t c = 0; c < outline->manifest->n_channels; c++) {
    print_flow(outline, c, &transfer, out);
    print_rate(outline, c, out);
  }
}

/* ---- matrices and the order of solution ---- */

/** What a pool receives of another: "f" linear, "n" not, "." nothing; "-1" on the diagonal. */
static const char *entry(const struct proda_manifest *m, size_t recipient, size_t donor)
{
  const char *text = recipient == donor ? "-1" : ".";
  for (size_t t = 0; t < m->n_transfers; t++) {
    const struct proda_channel *c = &m->channel[m->transfer[t].channel];
    if (m->transfer[t].recipient == recipient && c->donor == donor && strcmp(text, "n") != 0)
      text = c->linear ? "f" : "n";
  }
  return text;
}

static int column_width(const struct proda_manifest *m, size_t pool)
{
  int width = (int)strlen(m->pool[pool]);
  return width < 2 ? 2 : width;
}

static void print_matrices(const struct proda_manifest *m, FILE *out)
{
  int width = widest(m->pool, m->n_pools);
  fprintf(out, "\nMatrices of dX/dt = B I + A xi K X + V X; a column gives, a row receives:\n");
  fprintf(out, "  %-*s ", width, "A");
  for (size_t p = 0; p < m->n_pools; p++)
    fprintf(out, " %*s", column_width(m, p), m->pool[p]);
  fputs("    B  V\n", out);
  for (size_t row = 0; row < m->n_pools; row++) {
    fprintf(out, "  %-*s ", width, m->pool[row]);
    for (size_t p = 0; p < m->n_pools; p++)
      fprintf(out, " %*s", column_width(m, p), entry(m, row, p));
    fprintf(out, "    %c  %c\n", proda_outline_input(m, row) >= 0 ? '+' : '.',
            m->transported[row] ? '|' : '.');
  }
  fprintf(out, "  f fraction of a linear channel, n of one that is not; + plant input; | moves "
               "between layers\n");
}

static void print_plan(const struct outline *outline, FILE *out)
{
  const struct proda_manifest *m = outline->manifest;
  fputs("\nSteady state, solved in this order:\n", out);
  for (size_t i = 0; i < outline->plan->n_components; i++) {
    const struct proda_component *component = &outline->plan->component[i];
    fputs("  ", out);
    for (size_t k = 0; k < component->n_pools; k++)
      fprintf(out, "%s%s", k ? ", " : "", m->pool[component->pool[k]]);
    fputs(component->n_pools > 1 ? " together: " : ": ", out);
    proda_outline_method(outline, component, out);
    fputc('\n', out);
  }
}

static void print_refusals(const struct proda_manifest *m, FILE *out)
{
  if (m->n_refusals > 0)
    fputs("\nStates that it refuses:\n", out);
  for (size_t i = 0; i < m->n_refusals; i++) {
    fprintf(out, "  %s: where ", m->refusal[i].reason);
    proda_phrase_formula(m->refusal[i].when.text, out);
    fputc('\n', out);
  }
}

/* ---- what is observed ---- */

static void print_observables(const struct proda_manifest *m, FILE *out)
{
  fputs("\nObservables:\n", out);
  for (size_t i = 0; i < m->n_observables; i++) {
    const struct proda_observable *o = &m->observable[i];
    fprintf(out, "  %s = ", o->name);
    proda_phrase_sum(m, o, out);
    fprintf(out, " (%s)%s%s", o->unit, *o->doc ? ": " : "", o->doc);
    if (o->published_cost != PRODA_COST_NONE)
      fprintf(out, "; published cost: %s",
              o->published_cost == PRODA_COST_WEIGHTED ? "weighted" : "efficiency");
    fputc('\n', out);
  }
}

static void print_quantities(const struct proda_manifest *m, FILE *out)
{
  if (m->n_quantities > 0)
    fputs("\nQuantities of its own:\n", out);
  for (size_t i = 0; i < m->n_quantities; i++) {
    const struct proda_quantity *q = &m->quantity[i];
    fprintf(out, "  %-14s  %-5s  %s", q->name, q->unit, q->doc);
    if (q->value.expression) {
      fputs(": ", out);
      proda_phrase_formula(q->value.text, out);
    }
    fputc('\n', out);
  }
}

/* ---- parameters, drivers, settings ---- */

static void print_parameter(const struct proda_manifest *m, const struct proda_parameter *p,
                            int width, FILE *out)
{
  char *prior = NULL;
  size_t size;
  FILE *text = open_memstream(&prior, &size);
  if (text) {
    proda_phrase_prior(&p->prior, text);
    fclose(text);
  }
  fprintf(out, "    %-*s  %-10s  %-10g  %-18s  %s", width, p->name, p->unit, p->default_value,
          prior ? prior : "", p->doc);
  free(prior);
  if (strcmp(p->symbol, p->name) != 0)
    fprintf(out, " (%s)", p->symbol);
  for (size_t k = 0; k < p->n_prescribed_by; k++)
    fprintf(out, "%s%s", k ? ", " : "; default from ", m->driver[p->prescribed_by[k]].name);
  fputc('\n', out);
}

static void print_parameters(const struct proda_manifest *m, FILE *out)
{
  int width = 0;
  for (size_t i = 0; i < m->n_parameters; i++)
    if ((int)strlen(m->parameter[i].name) > width)
      width = (int)strlen(m->parameter[i].name);
  fputs("\nParameters by term (unit, default, prior):\n", out);
  for (int term = 0; term < PRODA_N_TERMS; term++) {
    bool first = true;
    for (size_t i = 0; i < m->n_parameters; i++) {
      if ((int)m->parameter[i].term != term)
        continue;
      if (first)
        fprintf(out, "  %s, %s\n", proda_term_names[term], proda_term_meanings[term]);
      first = false;
      print_parameter(m, &m->parameter[i], width, out);
    }
  }
  fprintf(out, "  Before calibration: %s (%s)\n", proda_phrase_ad_hoc(m->ad_hoc),
          proda_ad_hoc_names[m->ad_hoc]);
}

static void print_drivers(const struct proda_manifest *m, FILE *out)
{
  if (m->n_drivers > 0)
    fputs("\nDrivers:\n", out);
  for (size_t i = 0; i < m->n_drivers; i++) {
    const struct proda_driver *d = &m->driver[i];
    fprintf(out, "  %-18s  %-14s  %-12s  %s", d->name, d->unit, proda_phrase_dims(d), d->doc);
    if (isfinite(d->lower))
      fprintf(out, ", %g to %g", d->lower, d->upper);
    fputs(d->optional ? " (optional)\n" : "\n", out);
  }
}

static void print_settings(const struct proda_manifest *m, FILE *out)
{
  if (m->n_settings > 0)
    fputs("\nSettings:\n", out);
  for (size_t i = 0; i < m->n_settings; i++) {
    const struct proda_setting_spec *spec = &m->setting[i];
    fprintf(out, "  %s = ", spec->name);
    proda_phrase_default(spec, out);
    proda_phrase_range(spec, ", ", out);
    fprintf(out, "\n      %s\n", spec->doc);
  }
}

static void print_functions(const struct proda_manifest *m, FILE *out)
{
  if (m->n_functions > 0)
    fputs("\nFunctions in C of its own:\n", out);
  for (size_t i = 0; i < m->n_functions; i++) {
    const struct proda_function *f = &m->function[i];
    fprintf(out, "  %s(", f->name);
    for (size_t k = 0; k < f->n_arguments; k++)
      fprintf(out, "%s%s", k ? ", " : "", f->argument_unit[k]);
    fprintf(out, ") in %s\n", f->unit);
  }
}

static int print_model(const struct proda_manifest *m, FILE *out, struct proda_error *error)
{
  struct outline *outline = NULL;
  if (proda_outline_new(m, &outline, error))
    return PRODA_ERROR;
  print_pools(outline, out);
  print_inputs(m, out);
  print_channels(outline, out);
  print_formulas("Definitions", m->definition, m->n_definitions, out);
  print_formulas("Environmental modifiers", m->modifier_formula,
                 m->modifier_formula ? m->n_modifiers : 0, out);
  print_functions(m, out);
  print_matrices(m, out);
  print_plan(outline, out);
  print_formulas("Closed form of the steady state", m->steady, m->n_steady, out);
  print_refusals(m, out);
  print_observables(m, out);
  print_quantities(m, out);
  print_parameters(m, out);
  print_drivers(m, out);
  proda_outline_free(outline);
  return PRODA_OK;
}

int proda_describe_text(const struct proda_manifest *manifest, FILE *out, struct proda_error *error)
{
  print_head(manifest, out);
  if (manifest->kind == PRODA_MODEL && print_model(manifest, out, error))
    return PRODA_ERROR;
  print_settings(manifest, out);
  return PRODA_OK;
}
