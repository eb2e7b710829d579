#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static const char *state_of(const struct proda_found *found)
{
  if (*found->problem.message)
    return "refused";
  if (found->shadowed)
    return "shadowed";
  return found->object_path ? "ready" : "no object";
}

static void print_found(const struct proda_found *found, int width)
{
  const struct proda_manifest *manifest = found->manifest;
  printf("%-*s  %-8s  %-9s  %-17s  %s\n", width, found->name,
         manifest ? proda_kind_name(manifest->kind) : "?", state_of(found), found->origin,
         found->manifest_path);
  bool good = manifest && !*found->problem.message;
  printf("%-*s  %s\n", width, "", good ? manifest->title : found->problem.message);
}

static void print_all(const struct cli *cli, const struct proda_found *found, size_t n)
{
  int width = (int)strlen("NAME");
  for (size_t i = 0; i < n; i++)
    if ((int)strlen(found[i].name) > width)
      width = (int)strlen(found[i].name);
  printf("%-*s  %-8s  %-9s  %-17s  %s\n", width, "NAME", "KIND", "STATE", "ORIGIN", "MANIFEST");
  for (size_t i = 0; i < n; i++)
    print_found(&found[i], width);
  if (n == 0)
    printf("No plugins were found. These directories were searched:\n");
  for (size_t i = 0; n == 0 && i < cli->search_path->n; i++)
    printf("  %s (%s)\n", cli->search_path->entry[i].directory, cli->search_path->entry[i].origin);
}

static int run(const struct cli *cli, int argc, char **argv, struct proda_error *error)
{
  struct proda_found *found = NULL;
  size_t n = 0;
  if (argc != 1)
    return cli_usage(argv[0], "no arguments", error);
  if (proda_find_all(cli->search_path, &found, &n, error))
    return CLI_FAILED;
  print_all(cli, found, n);
  proda_found_free(found, n);
  return CLI_OK;
}

const struct cli_command cli_list = {
    .name = "list",
    .summary = "list the plugins that are there",
    .help = "Usage: proda list\n"
            "\n"
            "Lists every manifest on the search path with its kind, state, origin and place.\n"
            "No code is loaded. States:\n"
            "  ready      manifest is fine, the shared object stands beside it\n"
            "  no object  manifest is fine, there is no shared object\n"
            "  shadowed   another plugin of this name comes earlier on the path\n"
            "  refused    the manifest has a fault, or others can change the plugin; the second\n"
            "             line tells\n"
            "Origins: --plugin-path, PRODA_PLUGIN_PATH, user ($XDG_DATA_HOME/proda/plugins or\n"
            "~/.local/share/proda/plugins), installed.\n",
    .run = run,
};
