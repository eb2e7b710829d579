#include <math.h>
#include <string.h>

#include "describe/describe.h"
#include "describe/outline.h"

/** A formula as code within a table. */
static void print_code(const char *text, FILE *out)
{
  fputc('`', out);
  proda_phrase_formula(text, out);
  fputc('`', out);
}

/** Text within a table. */
static void print_cell(const char *text, FILE *out)
{
  for (; *text; text++) {
    if (*text == '|')
      fputc('\\', out);
    fputc(*text == '\n' ? ' ' : *text, out);
  }
}

static void print_head(const struct proda_manifest *m, FILE *out)
{
  fprintf(out, "# %s\n\n%s.", m->name, m->title);
  if (*m->doc)
    fprintf(out, " %s", m->doc);
  fputc('\n', out);
  for (size_t i = 0; i < m->n_references; i++)
    fprintf(out, "%s %s", i ? "," : "\nSource:", m->reference[i]);
  fputs(m->n_references ? ".\n" : "", out);
}

static void print_formulas(const char *title, const struct proda_formula *formula, size_t n,
                           FILE *out)
{
  if (n > 0)
    fprintf(out, "\n## %s\n\n| name | formula |\n| --- | --- |\n", title);
  for (size_t i = 0; i < n; i++) {
    fprintf(out, "| `%s` | ", formula[i].name);
    print_code(formula[i].text, out);
    fputs(" |\n", out);
  }
}

static void print_pools(const struct proda_manifest *m, FILE *out)
{
  fprintf(out,
          "\n## Pools\n\nDensities in %s in %zu layer%s to %g m; rates are per %s.\n\n"
          "| pool | meaning | plant input | moves between layers |\n| --- | --- | --- | --- |\n",
          m->unit, m->grid.n_layers, m->grid.n_layers == 1 ? "" : "s",
          m->grid.interface[m->grid.n_layers - 1], m->time);
  for (size_t p = 0; p < m->n_pools; p++) {
    long input = proda_outline_input(m, p);
    fprintf(out, "| `%s` | ", m->pool[p]);
    print_cell(m->pool_doc[p], out);
    fputs(" | ", out);
    if (input >= 0 && m->input_formula)
      print_code(m->input_formula[input].text, out);
    else
      fputs(input >= 0 ? "yes" : "", out);
    fprintf(out, " | %s |\n", m->transported[p] ? "yes" : "");
  }
  if (m->n_bands == 1) {
    fputs("\nTransport: ", out);
    print_code(m->band[0].text, out);
    fputs(".\n", out);
  }
}

static void print_recipients(const struct outline *outline, size_t channel, size_t *transfer,
                             FILE *out)
{
  const struct proda_manifest *m = outline->manifest;
  const char *separator = "";
  for (; *transfer < m->n_transfers && m->transfer[*transfer].channel == channel; ++*transfer) {
    const struct proda_transfer *t = &m->transfer[*transfer];
    fprintf(out, "%s%s: ", separator, m->pool[t->recipient]);
    print_code(t->fraction_text, out);
    separator = ", ";
  }
  if (!outline->all[channel])
    fprintf(out, "%s%s: %s", separator, m->channel[channel].loss, *separator ? "the rest" : "all");
}

static void print_channels(const struct outline *outline, FILE *out)
{
  const struct proda_manifest *m = outline->manifest;
  size_t transfer = 0;
  fputs("\n## Channels\n\nA channel takes rate × modifier × its donor out of the donor.\n\n"
        "| channel | donor | rate | modifier | gives |\n| --- | --- | --- | --- | --- |\n",
        out);
  for (size_t c = 0; c < m->n_channels; c++) {
    const struct proda_channel *channel = &m->channel[c];
    fprintf(out, "| `%s` | `%s` | ", channel->name, m->pool[channel->donor]);
    if (channel->rate_text)
      print_code(channel->rate_text, out);
    else
      fputs(proda_phrase_rate(channel), out);
    fprintf(out, " | %s | ",
            m->modifier_formula || !m->has_formulas ? m->modifier[channel->modifier] : "");
    print_recipients(outline, c, &transfer, out);
    fputs(" |\n", out);
  }
}

static void print_plan(const struct outline *outline, FILE *out)
{
  const struct proda_manifest *m = outline->manifest;
  fputs("\n## Steady state\n\nIn this order:\n\n", out);
  for (size_t i = 0; i < outline->plan->n_components; i++) {
    const struct proda_component *component = &outline->plan->component[i];
    fputs("* ", out);
    for (size_t k = 0; k < component->n_pools; k++)
      fprintf(out, "%s%s", k ? ", " : "", m->pool[component->pool[k]]);
    fputs(": ", out);
    proda_outline_method(outline, component, out);
    fputc('\n', out);
  }
  for (size_t i = 0; i < m->n_steady; i++) {
    fprintf(out, i ? "| `%s` | " : "\n| name | closed form |\n| --- | --- |\n| `%s` | ",
            m->steady[i].name);
    print_code(m->steady[i].text, out);
    fputs(" |\n", out);
  }
  for (size_t i = 0; i < m->n_refusals; i++) {
    fputs("\nRefused where ", out);
    print_code(m->refusal[i].when.text, out);
    fprintf(out, ": %s.\n", m->refusal[i].reason);
  }
}

static void print_observables(const struct proda_manifest *m, FILE *out)
{
  fputs("\n## Observed\n\n| name | sum | unit | meaning |\n| --- | --- | --- | --- |\n", out);
  for (size_t i = 0; i < m->n_observables; i++) {
    fprintf(out, "| `%s` | ", m->observable[i].name);
    proda_phrase_sum(m, &m->observable[i], out);
    fprintf(out, " | %s | ", m->observable[i].unit);
    print_cell(m->observable[i].doc, out);
    fputs(" |\n", out);
  }
  for (size_t i = 0; i < m->n_quantities; i++) {
    const struct proda_quantity *q = &m->quantity[i];
    fprintf(out, "| `%s` | ", q->name);
    if (q->value.expression)
      print_code(q->value.text, out);
    fprintf(out, " | %s | ", q->unit);
    print_cell(q->doc, out);
    fputs(" |\n", out);
  }
}

static void print_parameters(const struct proda_manifest *m, FILE *out)
{
  fputs("\n## Parameters\n\n| term | parameter | unit | default | prior | meaning |\n"
        "| --- | --- | --- | --- | --- | --- |\n",
        out);
  for (int term = 0; term < PRODA_N_TERMS; term++)
    for (size_t i = 0; i < m->n_parameters; i++) {
      const struct proda_parameter *p = &m->parameter[i];
      if ((int)p->term != term)
        continue;
      fprintf(out, "| %s | `%s` | %s | %g | ", proda_term_names[term], p->name, p->unit,
              p->default_value);
      proda_phrase_prior(&p->prior, out);
      fputs(" | ", out);
      print_cell(p->doc, out);
      fputs(" |\n", out);
    }
}

static void print_drivers(const struct proda_manifest *m, FILE *out)
{
  if (m->n_drivers > 0)
    fputs("\n## Drivers\n\n| driver | unit | by | meaning |\n| --- | --- | --- | --- |\n", out);
  for (size_t i = 0; i < m->n_drivers; i++) {
    const struct proda_driver *d = &m->driver[i];
    fprintf(out, "| `%s` | %s | %s | ", d->name, d->unit, proda_phrase_dims(d));
    print_cell(d->doc, out);
    if (isfinite(d->lower))
      fprintf(out, ", %g to %g", d->lower, d->upper);
    fputs(d->optional ? " (optional) |\n" : " |\n", out);
  }
}

static void print_settings(const struct proda_manifest *m, FILE *out)
{
  if (m->n_settings > 0)
    fputs("\n## Settings\n\n| setting | default | allowed | meaning |\n| --- | --- | --- | --- |\n",
          out);
  for (size_t i = 0; i < m->n_settings; i++) {
    const struct proda_setting_spec *spec = &m->setting[i];
    fprintf(out, "| `%s` | ", spec->name);
    proda_phrase_default(spec, out);
    fputs(" | ", out);
    proda_phrase_range(spec, "", out);
    fputs(" | ", out);
    print_cell(spec->doc, out);
    fputs(" |\n", out);
  }
}

static int print_model(const struct proda_manifest *m, FILE *out, struct proda_error *error)
{
  struct outline *outline = NULL;
  if (proda_outline_new(m, &outline, error))
    return PRODA_ERROR;
  print_pools(m, out);
  print_channels(outline, out);
  print_formulas("Definitions", m->definition, m->n_definitions, out);
  print_formulas("Modifiers", m->modifier_formula, m->modifier_formula ? m->n_modifiers : 0, out);
  print_formulas("Transport", m->band, m->n_bands == 3 ? 3 : 0, out);
  print_plan(outline, out);
  print_observables(m, out);
  print_parameters(m, out);
  print_drivers(m, out);
  proda_outline_free(outline);
  return PRODA_OK;
}

int proda_describe_markdown(const struct proda_manifest *manifest, FILE *out,
                            struct proda_error *error)
{
  print_head(manifest, out);
  if (manifest->kind == PRODA_MODEL && print_model(manifest, out, error))
    return PRODA_ERROR;
  print_settings(manifest, out);
  return PRODA_OK;
}
