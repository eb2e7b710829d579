#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "matrix/structure.h"

static int is_manifest_file(const char *argument)
{
  size_t length = strlen(argument);
  return length > 5 && strcmp(argument + length - 5, ".yaml") == 0;
}

static void print_fine(const struct proda_manifest *manifest, const char *object_path)
{
  printf("%s: manifest is fine: %s '%s'", manifest->path, proda_kind_name(manifest->kind),
         manifest->name);
  if (manifest->kind == PRODA_MODEL)
    printf(", %zu pools x %zu layers, %zu channels, %zu parameters", manifest->n_pools,
           manifest->grid.n_layers, manifest->n_channels, manifest->n_parameters);
  printf(", %zu settings\n", manifest->n_settings);
  if (object_path)
    printf("%s: object is fine: interface version %u, digest %s\n", object_path, PRODA_ABI_VERSION,
           manifest->digest);
}

static int check_manifest(const struct cli *cli, const char *path, struct proda_error *error)
{
  struct proda_manifest *manifest = NULL;
  if (proda_manifest_read_along(cli->search_path, path, &manifest, error))
    return PRODA_ERROR;
  print_fine(manifest, NULL);
  proda_manifest_free(manifest);
  return PRODA_OK;
}

/* That the plugin offers what its manifest asks of it: an instance is made. */
static int check_structure(const struct proda_loaded *loaded, struct proda_error *error)
{
  enum { MONTHS = 12 };
  struct proda_settings *settings = NULL;
  struct proda_structure *structure = NULL;
  if (loaded->manifest->kind != PRODA_MODEL)
    return PRODA_OK;
  int status = proda_settings_make(loaded->manifest, NULL, NULL, &settings, error);
  if (status == PRODA_OK)
    status = proda_structure_new(loaded, settings, MONTHS, &structure, error);
  proda_structure_free(structure);
  proda_settings_free(settings);
  return status;
}

static int check_plugin(const struct cli *cli, const char *name, struct proda_error *error)
{
  struct proda_loaded *loaded = NULL;
  if (proda_load(cli->search_path, name, 0, &loaded, error))
    return PRODA_ERROR;
  int status = check_structure(loaded, error);
  if (status == PRODA_OK)
    print_fine(loaded->manifest, loaded->object_path);
  proda_loaded_free(loaded);
  return status;
}

static int run(const struct cli *cli, int argc, char **argv, struct proda_error *error)
{
  int result = CLI_OK;
  if (argc < 2)
    return cli_usage(argv[0], "manifests or names of plugins", error);
  for (int i = 1; i < argc; i++) {
    struct proda_error problem = {""};
    int status = is_manifest_file(argv[i]) ? check_manifest(cli, argv[i], &problem)
                                           : check_plugin(cli, argv[i], &problem);
    if (status) {
      fprintf(stderr, "proda: %s\n", problem.message);
      result = CLI_FAILED;
    }
  }
  return result;
}

const struct cli_command cli_check = {
    .name = "check",
    .summary = "check manifests and plugins",
    .help = "Usage: proda check MANIFEST.yaml|NAME...\n"
            "\n"
            "Checks a manifest file without loading code, or, given the name or folder of a\n"
            "plugin, its manifest and its shared object: that it loads, was built for this\n"
            "version of the plugin interface and from this very manifest, and that a structure\n"
            "offers the extensions that its manifest asks for.\n"
            "Says what is wrong with file, line and column; exit status 1 where something is.\n",
    .run = run,
};
