#include <stdio.h>

#include "formula/source.h"

static const char *parameter(const struct proda_manifest *m, size_t i)
{
  return m->parameter[i].name;
}

static const char *pool(const struct proda_manifest *m, size_t i)
{
  return m->pool[i];
}

static const char *channel(const struct proda_manifest *m, size_t i)
{
  return m->channel[i].name;
}

static const char *transfer(const struct proda_manifest *m, size_t i)
{
  return m->transfer[i].name;
}

static const char *modifier(const struct proda_manifest *m, size_t i)
{
  return m->modifier[i];
}

static const char *input(const struct proda_manifest *m, size_t i)
{
  return m->pool[m->input[i]];
}

static const char *driver(const struct proda_manifest *m, size_t i)
{
  return m->driver[i].name;
}

static const char *quantity(const struct proda_manifest *m, size_t i)
{
  return m->quantity[i].name;
}

static const char *setting(const struct proda_manifest *m, size_t i)
{
  return m->setting[i].name;
}

/** enum { PREFIX_a, PREFIX_b, N_COUNT }; */
static void print_enum(FILE *out, const struct proda_manifest *manifest, const char *prefix,
                       const char *count, size_t n,
                       const char *(*name)(const struct proda_manifest *, size_t))
{
  fprintf(out, "\nenum {\n");
  for (size_t i = 0; i < n; i++)
    fprintf(out, "  %s_%s,\n", prefix, name(manifest, i));
  fprintf(out, "  N_%s,\n};\n", count);
}

static void print_choices(FILE *out, const struct proda_setting_spec *spec)
{
  if (spec->n_choices == 0)
    return;
  fprintf(out, "\nenum { /* choices of %s */\n", spec->name);
  for (size_t i = 0; i < spec->n_choices; i++)
    fprintf(out, "  SET_%s_%s,\n", spec->name, spec->choice[i]);
  fprintf(out, "};\n");
}

static void print_depths(FILE *out, const char *name, const double *depth, size_t n)
{
  fprintf(out, "\nstatic const double %s[N_LAYERS] __attribute__((unused)) = {\n", name);
  for (size_t i = 0; i < n; i++)
    fprintf(out, "  %.17g,\n", depth[i]);
  fprintf(out, "};\n");
}

static void print_model(const struct proda_manifest *m, FILE *out)
{
  print_enum(out, m, "P", "PARAMETERS", m->n_parameters, parameter);
  print_enum(out, m, "POOL", "POOLS", m->n_pools, pool);
  print_enum(out, m, "CH", "CHANNELS", m->n_channels, channel);
  print_enum(out, m, "TO", "TRANSFERS", m->n_transfers, transfer);
  print_enum(out, m, "MOD", "MODIFIERS", m->n_modifiers, modifier);
  print_enum(out, m, "IN", "INPUTS", m->n_inputs, input);
  print_enum(out, m, "DRIVER", "DRIVERS", m->n_drivers, driver);
  print_enum(out, m, "QUANTITY", "QUANTITIES", m->n_quantities, quantity);
  fprintf(out, "\nenum { N_LAYERS = %zu };\n", m->grid.n_layers);
  print_depths(out, "LAYER_DZ", m->grid.dz, m->grid.n_layers);
  print_depths(out, "LAYER_NODE", m->grid.node, m->grid.n_layers);
  print_depths(out, "LAYER_INTERFACE", m->grid.interface, m->grid.n_layers);
}

/** What NAME.c defines, so that a definition of another form does not compile. */
static void print_functions(const struct proda_manifest *m, FILE *out)
{
  if (m->n_functions > 0)
    fprintf(out, "\n#include <proda/lane.h>\n\n");
  for (size_t i = 0; i < m->n_functions; i++) {
    const struct proda_function *f = &m->function[i];
    for (size_t k = 0; k <= (f->derivative ? f->n_arguments : 0); k++) {
      if (k > 0 && !f->derivative[k - 1])
        continue;
      fprintf(out, "lane %s(", k == 0 ? f->name : f->derivative[k - 1]);
      for (size_t a = 0; a < f->n_arguments; a++)
        fprintf(out, "%slane", a > 0 ? ", " : "");
      fprintf(out, ");\n");
    }
  }
}

void proda_emit_names(const struct proda_manifest *manifest, FILE *out)
{
  fprintf(out, "#define MANIFEST_NAME \"%s\"\n#define MANIFEST_DIGEST \"%s\"\n", manifest->name,
          manifest->digest);
  print_enum(out, manifest, "SET", "SETTINGS", manifest->n_settings, setting);
  for (size_t i = 0; i < manifest->n_settings; i++)
    print_choices(out, &manifest->setting[i]);
  if (manifest->kind == PRODA_MODEL)
    print_model(manifest, out);
  print_functions(manifest, out);
}
