#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static void print_head(const struct proda_manifest *m)
{
  printf("%s (%s): %s\n", m->name, proda_kind_name(m->kind), m->title);
  if (*m->doc)
    printf("%s\n", m->doc);
  printf("\nManifest: %s\nDigest: %s\n", m->path, m->digest);
  for (size_t i = 0; i < m->n_references; i++)
    printf("%s %s\n", i ? "          " : "Reference:", m->reference[i]);
}

static void print_value(const struct proda_setting_spec *spec, double value)
{
  if (spec->type == PRODA_SETTING_CHOICE)
    printf("%s", spec->choice[(size_t)value]);
  else if (spec->type == PRODA_SETTING_BOOLEAN)
    printf("%s", value != 0.0 ? "true" : "false");
  else
    printf("%.15g", value);
}

static void print_range(const struct proda_setting_spec *spec)
{
  if (isfinite(spec->minimum) && isfinite(spec->maximum))
    printf(", %g to %g", spec->minimum, spec->maximum);
  else if (isfinite(spec->minimum))
    printf(", at least %g", spec->minimum);
  else if (isfinite(spec->maximum))
    printf(", at most %g", spec->maximum);
  for (size_t i = 0; i < spec->n_choices; i++)
    printf("%s%s", i ? " | " : ", ", spec->choice[i]);
}

static void print_setting(const struct proda_setting_spec *spec)
{
  bool list = spec->type == PRODA_SETTING_LIST;
  printf("  %s = %s", spec->name, list ? "[" : "");
  for (size_t i = 0; i < spec->n_default; i++) {
    printf("%s", i ? ", " : "");
    print_value(spec, spec->default_value[i]);
  }
  printf("%s%s%s", list ? "]" : "", strcmp(spec->unit, "1") != 0 ? " " : "",
         strcmp(spec->unit, "1") != 0 ? spec->unit : "");
  print_range(spec);
  printf("\n      %s\n", spec->doc);
}

static void print_drivers(const struct proda_manifest *m)
{
  static const char *const dims[] = {"one value", "layer", "month", "layer, month"};
  printf("\nDrivers:\n");
  for (size_t i = 0; i < m->n_drivers; i++) {
    const struct proda_driver *d = &m->driver[i];
    printf("  %-18s  %-14s  %-12s  %s%s\n", d->name, d->unit, dims[d->dims], d->doc,
           d->optional ? " (optional)" : "");
  }
}

static void print_prior(const struct proda_prior *prior)
{
  char text[96];
  if (prior->kind == PRODA_PRIOR_UNIFORM)
    snprintf(text, sizeof text, "[%g, %g]", prior->lower, prior->upper);
  else if (prior->kind == PRODA_PRIOR_LOG_UNIFORM)
    snprintf(text, sizeof text, "[%g, %g] on a log scale", prior->lower, prior->upper);
  else if (isfinite(prior->lower) || isfinite(prior->upper))
    snprintf(text, sizeof text, "normal(%g, %g) in [%g, %g]", prior->mean, prior->sd, prior->lower,
             prior->upper);
  else
    snprintf(text, sizeof text, "normal(%g, %g)", prior->mean, prior->sd);
  printf("  %-18s", text);
}

static void print_parameters(const struct proda_manifest *m)
{
  static const char *const term[] = {"I", "B", "A", "K", "xi", "V"};
  printf("\nParameters (term, unit, default, prior):\n");
  for (size_t i = 0; i < m->n_parameters; i++) {
    const struct proda_parameter *p = &m->parameter[i];
    printf("  %-10s  %-2s  %-8s  %-10g", p->name, term[p->term], p->unit, p->default_value);
    print_prior(&p->prior);
    printf("  %s", p->doc);
    if (strcmp(p->symbol, p->name) != 0)
      printf(" (%s)", p->symbol);
    for (size_t k = 0; k < p->n_prescribed_by; k++)
      printf("%s%s", k ? ", " : "; default from ", m->driver[p->prescribed_by[k]].name);
    printf("\n");
  }
}

static void print_graph(const struct proda_manifest *m)
{
  size_t transfer = 0;
  printf("\nPools (%zu layers to %g m):", m->grid.n_layers,
         m->grid.interface[m->grid.n_layers - 1]);
  for (size_t i = 0; i < m->n_pools; i++)
    printf(" %s%s", m->pool[i], m->transported[i] ? "*" : "");
  printf("   (* moves between layers)\nInputs:");
  for (size_t i = 0; i < m->n_inputs; i++)
    printf(" %s", m->pool[m->input[i]]);
  printf("\n\nChannels (what nobody gets is respired):\n");
  for (size_t i = 0; i < m->n_channels; i++) {
    const struct proda_channel *c = &m->channel[i];
    printf("  %-6s", m->pool[c->donor]);
    if (strcmp(c->name, m->pool[c->donor]) != 0)
      printf(" by %s", c->name);
    printf(" at %s (%s)%s", m->modifier[c->modifier],
           c->rate_text ? c->rate_text : "set by the plugin", c->linear ? "" : ", not linear,");
    if (c->half_saturation_text)
      printf(" half-saturated at %s,", c->half_saturation_text);
    printf(" ->");
    const char *separator = " ";
    for (; transfer < m->n_transfers && m->transfer[transfer].channel == i; transfer++) {
      const struct proda_transfer *t = &m->transfer[transfer];
      printf("%s%s (%s)", separator, m->pool[t->recipient], t->fraction_text);
      separator = ", ";
    }
    printf("\n");
  }
}

static void print_observables(const struct proda_manifest *m)
{
  printf("\nObservables:\n");
  for (size_t i = 0; i < m->n_observables; i++) {
    bool first = true;
    printf("  %s =", m->observable[i].name);
    for (size_t pool = 0; pool < m->n_pools; pool++) {
      double weight = m->observable[i].weight[pool];
      if (weight == 0.0)
        continue;
      printf(first ? " " : " + ");
      if (weight != 1.0)
        printf("%g ", weight);
      printf("%s", m->pool[pool]);
      first = false;
    }
    printf(" (%s)%s%s", m->observable[i].unit, *m->observable[i].doc ? ": " : "",
           m->observable[i].doc);
    if (m->observable[i].published_cost != PRODA_COST_NONE)
      printf("; published cost: %s",
             m->observable[i].published_cost == PRODA_COST_WEIGHTED ? "weighted" : "efficiency");
    printf("\n");
  }
}

static void print_quantities(const struct proda_manifest *m)
{
  if (m->n_quantities > 0)
    printf("\nQuantities of its own:\n");
  for (size_t i = 0; i < m->n_quantities; i++)
    printf("  %-14s  %-5s  %s\n", m->quantity[i].name, m->quantity[i].unit, m->quantity[i].doc);
}

static void print_ad_hoc(const struct proda_manifest *m)
{
  static const char *const meaning[PRODA_N_AD_HOC] = {"the defaults",
                                                      "mean of the estimates of retained sites"};
  printf("\nAd hoc parameters: %s (%s)\n", proda_ad_hoc_names[m->ad_hoc], meaning[m->ad_hoc]);
}

static void print_manifest(const struct proda_manifest *m)
{
  print_head(m);
  if (m->kind == PRODA_MODEL) {
    print_graph(m);
    print_observables(m);
    print_quantities(m);
    print_parameters(m);
    print_ad_hoc(m);
    print_drivers(m);
  }
  if (m->n_settings)
    printf("\nSettings:\n");
  for (size_t i = 0; i < m->n_settings; i++)
    print_setting(&m->setting[i]);
}

static int run(const struct cli *cli, int argc, char **argv, struct proda_error *error)
{
  struct proda_manifest *manifest = NULL;
  if (argc != 2)
    return cli_usage(argv[0], "one argument, a plugin's name or manifest", error);
  if (proda_find_manifest(cli->search_path, argv[1], 0, &manifest, error))
    return CLI_FAILED;
  print_manifest(manifest);
  proda_manifest_free(manifest);
  return CLI_OK;
}

const struct cli_command cli_describe = {
    .name = "describe",
    .summary = "say what a plugin states of itself",
    .help = "Usage: proda describe NAME|MANIFEST.yaml\n"
            "\n"
            "Prints a plugin's manifest: for a structure its pools, channels, observables,\n"
            "parameters and drivers, for every plugin its settings. No code is loaded.\n",
    .run = run,
};
