#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static void upper(const char *text)
{
  for (; *text; text++)
    putchar(toupper((unsigned char)*text));
}

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
static void print_enum(const struct proda_manifest *manifest, const char *prefix, const char *count,
                       size_t n, const char *(*name)(const struct proda_manifest *, size_t))
{
  printf("\nenum {\n");
  for (size_t i = 0; i < n; i++)
    printf("  %s_%s,\n", prefix, name(manifest, i));
  printf("  N_%s,\n};\n", count);
}

static void print_choices(const struct proda_setting_spec *spec)
{
  if (spec->n_choices == 0)
    return;
  printf("\nenum { /* choices of %s */\n", spec->name);
  for (size_t i = 0; i < spec->n_choices; i++)
    printf("  SET_%s_%s,\n", spec->name, spec->choice[i]);
  printf("};\n");
}

static void print_depths(const char *name, const double *depth, size_t n)
{
  printf("\nstatic const double %s[N_LAYERS] __attribute__((unused)) = {\n", name);
  for (size_t i = 0; i < n; i++)
    printf("  %.17g,\n", depth[i]);
  printf("};\n");
}

static void print_model(const struct proda_manifest *m)
{
  print_enum(m, "P", "PARAMETERS", m->n_parameters, parameter);
  print_enum(m, "POOL", "POOLS", m->n_pools, pool);
  print_enum(m, "CH", "CHANNELS", m->n_channels, channel);
  print_enum(m, "TO", "TRANSFERS", m->n_transfers, transfer);
  print_enum(m, "MOD", "MODIFIERS", m->n_modifiers, modifier);
  print_enum(m, "IN", "INPUTS", m->n_inputs, input);
  print_enum(m, "DRIVER", "DRIVERS", m->n_drivers, driver);
  print_enum(m, "QUANTITY", "QUANTITIES", m->n_quantities, quantity);
  printf("\nenum { N_LAYERS = %zu };\n", m->grid.n_layers);
  print_depths("LAYER_DZ", m->grid.dz, m->grid.n_layers);
  print_depths("LAYER_NODE", m->grid.node, m->grid.n_layers);
  print_depths("LAYER_INTERFACE", m->grid.interface, m->grid.n_layers);
}

static void print_header(const struct proda_manifest *manifest)
{
  printf("/* Made by `proda header` from %s.yaml: change that. */\n#ifndef PRODA_NAMES_",
         manifest->name);
  upper(manifest->name);
  printf("_H\n#define PRODA_NAMES_");
  upper(manifest->name);
  printf("_H\n\n#define MANIFEST_NAME \"%s\"\n#define MANIFEST_DIGEST \"%s\"\n", manifest->name,
         manifest->digest);
  print_enum(manifest, "SET", "SETTINGS", manifest->n_settings, setting);
  for (size_t i = 0; i < manifest->n_settings; i++)
    print_choices(&manifest->setting[i]);
  if (manifest->kind == PRODA_MODEL)
    print_model(manifest);
  printf("\n#endif\n");
}

static int run(const struct cli *cli, int argc, char **argv, struct proda_error *error)
{
  (void)cli;
  struct proda_manifest *manifest = NULL;
  if (argc != 2) {
    proda_error_set(error,
                    "header: expected one argument, the manifest; see `proda header --help`");
    return CLI_USAGE;
  }
  if (proda_manifest_read(argv[1], &manifest, error))
    return CLI_FAILED;
  print_header(manifest);
  proda_manifest_free(manifest);
  return CLI_OK;
}

const struct cli_command cli_header = {
    .name = "header",
    .summary = "print the C header of a manifest's names and digest",
    .help =
        "Usage: proda header MANIFEST.yaml >NAME.names.h\n"
        "\n"
        "Prints what a plugin's C code needs of its manifest, so that it never counts by hand:\n"
        "MANIFEST_NAME, MANIFEST_DIGEST, the indices P_*, POOL_*, CH_*, TO_*, MOD_*, IN_*,\n"
        "DRIVER_*, QUANTITY_*, SET_* with their counts N_*, and the grid LAYER_DZ, LAYER_NODE,\n"
        "LAYER_INTERFACE (m).\n",
    .run = run,
};
