#include <stdio.h>

#include "cli/cli.h"
#include "formula/source.h"

static int run(const struct cli *cli, int argc, char **argv, struct proda_error *error)
{
  struct proda_manifest *manifest = NULL;
  if (argc != 2)
    return cli_usage(argv[0], "one argument, the manifest", error);
  if (proda_manifest_read_along(cli->search_path, argv[1], &manifest, error))
    return CLI_FAILED;
  int status = proda_emit_model(manifest, stdout, error);
  proda_manifest_free(manifest);
  return status ? CLI_FAILED : CLI_OK;
}

const struct cli_command cli_source = {
    .name = "source",
    .summary = "print the C source that a manifest's formulas become",
    .help = "Usage: proda source MANIFEST.yaml >NAME.formulas.c\n"
            "\n"
            "Prints the whole C source of a structure whose manifest states formulas, as it is\n"
            "compiled into the plugin. It reads: names are those of the manifest, and every\n"
            "definition stands there with its formula.\n",
    .run = run,
};
