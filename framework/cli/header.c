#include <ctype.h>
#include <stdio.h>

#include "cli/cli.h"
#include "formula/source.h"

static void upper(const char *text)
{
  for (; *text; text++)
    putchar(toupper((unsigned char)*text));
}

static void print_header(const struct proda_manifest *manifest)
{
  printf("/* Made by `proda header` from %s.yaml: change that. */\n#ifndef PRODA_NAMES_",
         manifest->name);
  upper(manifest->name);
  printf("_H\n#define PRODA_NAMES_");
  upper(manifest->name);
  printf("_H\n\n");
  proda_emit_names(manifest, stdout);
  printf("\n#endif\n");
}

static int run(const struct cli *cli, int argc, char **argv, struct proda_error *error)
{
  struct proda_manifest *manifest = NULL;
  if (argc != 2) {
    proda_error_set(error,
                    "header: expected one argument, the manifest; see `proda header --help`");
    return CLI_USAGE;
  }
  if (proda_manifest_read_along(cli->search_path, argv[1], &manifest, error))
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
